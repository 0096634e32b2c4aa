"""Reference and prediction of one facet side by side, as matrices of passages by codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from models.coding import Coding
from models.labels import LabelledPassage
from taxonomy import Codebook
from taxonomy.codebook import Facet

_RELEVANCE, _INFLUENCE = "relevance", "influence"


@dataclass(frozen=True)
class Predicted:
    """What a coder says of one passage, as far as it is measured."""

    confidence: Mapping[str, Mapping[str, float]]  # facet to the codes predicted present, each with its confidence
    review: frozenset[tuple[str, str]] = frozenset()  # (facet, code) left to a person
    learned_from: bool = False  # the coder was trained on this passage

    @classmethod
    def of(cls, coding: Coding) -> Predicted:
        """Return what a coding says."""
        confidence: dict[str, dict[str, float]] = {}
        for code in coding.codes:
            confidence.setdefault(code.facet, {})[code.code] = float(code.confidence)
        review = frozenset((code.facet, code.code) for code in coding.codes if code.review)
        return cls(confidence, review, coding.learned_from)


Pair = tuple[LabelledPassage, Predicted]


@dataclass(frozen=True)
class Comparison:
    """One facet over the passages it is scored on. The matrices have shape (passages, codes), the codes in the codebook's order."""

    facet: str
    many: bool
    codes: tuple[str, ...]
    ids: NDArray[np.object_]
    families: NDArray[np.object_]
    held: NDArray[np.bool_]  # by the reference
    said: NDArray[np.bool_]  # by the coder
    settled: NDArray[np.bool_]  # said and not left to a person
    confidence: NDArray[np.float64]  # 0 where not said

    def only(self, chosen: NDArray[np.bool_]) -> Comparison:
        """Return the comparison over some of its passages."""
        matrices = {each.name: getattr(self, each.name)[chosen] for each in fields(self) if each.name not in ("facet", "many", "codes")}
        return Comparison(self.facet, self.many, self.codes, **matrices)


def scored(row: LabelledPassage, facet: Facet, codebook: Codebook) -> bool:
    """Tell whether a facet is scored on a passage: it was asked, and the reference says influence where it says anything on that.

    A facet that applies to every passage (relevance itself) needs to be asked only.
    """
    if facet.id not in row.values:
        return False
    known = any(each.id == _RELEVANCE for each in codebook.facets)
    if facet.applies_to == "all" or not known or _RELEVANCE not in row.values:
        return True
    return _INFLUENCE in row.values[_RELEVANCE]


def compare(pairs: Sequence[Pair], facet: Facet) -> Comparison:
    """Lay out the pairs that a facet is scored on; ``KeyError`` for a code that the facet does not have."""
    codes = tuple(code.id for code in facet.codes)
    place = {code: number for number, code in enumerate(codes)}
    shape = (len(pairs), len(codes))
    held, said, settled = (np.zeros(shape, dtype=bool) for _ in range(3))
    confidence = np.zeros(shape)
    for number, (row, predicted) in enumerate(pairs):
        held[number, _places(row.values[facet.id], place)] = True
        for code, sure in predicted.confidence.get(facet.id, {}).items():
            said[number, place[code]] = True
            settled[number, place[code]] = (facet.id, code) not in predicted.review
            confidence[number, place[code]] = sure
    ids = np.array([row.id for row, _ in pairs], dtype=object)
    families = np.array([row.family or row.id for row, _ in pairs], dtype=object)
    return Comparison(facet.id, facet.values == "many", codes, ids, families, held, said, settled, confidence)


def _places(codes: Iterable[str], place: Mapping[str, int]) -> list[int]:
    return [place[code] for code in codes]
