"""A report on the coder's quality as somebody looks at it: what may be told of few passages, and what may be taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.access import Grant
from explorer.figure import Figure, files
from explorer.names import Names
from store.quality import Quality
from store.suppression import INTERNAL_THRESHOLD


@dataclass(frozen=True)
class Report:
    """The report, by its id, and who looks at it."""

    grant: Grant
    id: str
    quality: Quality
    names: Names

    @property
    def inside(self) -> bool:
        """Return whether the passages themselves may be read."""
        return self.grant.role.view == "internal"

    @property
    def least(self) -> int:
        """Return how many passages a figure of a code or cell stands for at least."""
        return 1 if self.inside else INTERNAL_THRESHOLD

    def table(self, id: str, title: str, n: int, spec: dict[str, Any], rows: Sequence[Mapping[str, object]], **columns: Any) -> None:
        """Draw, closed, the table behind a chart of ``n`` passages, with the files of both; ``columns`` say how some columns look."""
        with st.expander("The same as a table, and to take away"):
            st.dataframe(list(rows), hide_index=True, column_config=columns or None)
            what = f"Coding quality, {self.quality.name}: coder {self.quality.coder}, codebook {self.quality.codebook}."
            files(self, Figure(f"quality-{id}", title, "passages", n, spec, rows), self.id, what)
