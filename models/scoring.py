"""What a trained coder says of texts: which score belongs to which code, and the scores. Nothing here loads torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.coding import Span

if TYPE_CHECKING:
    from taxonomy import Codebook


@dataclass(frozen=True)
class FacetLayout:
    """A facet's place among the scores: codes [start, end); ``one`` where exactly one of them holds."""

    facet: str
    one: bool
    codes: tuple[str, ...]
    start: int

    @property
    def end(self) -> int:
        """The place after its last code."""
        return self.start + len(self.codes)


@dataclass(frozen=True)
class Layout:
    """Which score belongs to which code: the codes of all facets in a row."""

    facets: tuple[FacetLayout, ...]

    @classmethod
    def of(cls, codebook: Codebook) -> Layout:
        """Return the layout of a codebook, in its order."""
        made: list[FacetLayout] = []
        start = 0
        for facet in codebook.facets:
            made.append(FacetLayout(facet.id, facet.values == "one", tuple(code.id for code in facet.codes), start))
            start = made[-1].end
        return cls(tuple(made))

    @property
    def width(self) -> int:
        """How many codes there are."""
        return self.facets[-1].end

    @cached_property
    def _by_name(self) -> dict[str, FacetLayout]:
        return {facet.facet: facet for facet in self.facets}

    def __getitem__(self, facet: str) -> FacetLayout:
        return self._by_name[facet]

    def __contains__(self, facet: str) -> bool:
        return facet in self._by_name

    def codes(self) -> Iterator[tuple[str, str]]:
        """Yield (facet, code) in the order of the scores."""
        for facet in self.facets:
            for code in facet.codes:
                yield facet.facet, code


@dataclass(frozen=True)
class Scores:
    """What the heads say of some texts: values (texts, codes) as log-odds, and where each score comes from."""

    values: NDArray[np.float32]
    evidence: Callable[[int, int], tuple[Span, ...]]  # of a text and a code, both by number
