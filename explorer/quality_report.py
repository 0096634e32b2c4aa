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

#: The id of the figures that come with the coder: no report that somebody made has such a one.
SHIPPED = "at-training"
_FITTED = (
    "the passages that the coder learned from, each coded by heads and weights fitted on other families. Not all is out of fold: what a "
    "cue counts for and which codes go together in a claim were fitted once on all of them, so that the figures are that much too kind"
)


def at_training(quality: Quality) -> Quality:
    """Return the figures of the coder's training under a name that says what they are."""
    return quality.model_copy(update={"name": "Measured at training, by cross-validation", "reference": quality.reference or _FITTED})


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
