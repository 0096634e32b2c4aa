"""The coder that ships: cue words, likeness and rules, each code with the words it was read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.claims import claims
from models.coded import Coded, code
from models.coding import Code, Coding, Passage
from models.combination import combine
from models.cues import CueMatcher, Match, codebook_cues
from models.loading import loading
from models.normalisation import normalise
from models.reading import Reading
from models.rules import single_values
from models.selection import select
from models.signals import company_cues, lists_hash, signal_cues
from models.similarity import Likeness

if TYPE_CHECKING:
    from models.encoders import Encoder
    from taxonomy import Codebook

__all__ = ["CODER", "Coded", "CueCoder", "code", "coder_version", "combine", "load_coder"]

#: The version of the method; raise it whenever the same passage could be coded otherwise.
CODER = "cues-1"
_AREA_PRIOR = 0.1  # added to the likeness of the rights of the area asked about


class CueCoder:
    """Codes passages by cues first, rules second, likeness last. It is the same for every language it has cues of."""

    def __init__(self, codebook: Codebook, encoder: Encoder) -> None:
        self._codebook = codebook
        self._cues = CueMatcher(chain(codebook_cues(codebook), signal_cues(), company_cues()))
        self._likeness = Likeness(codebook, encoder)
        self._areas = {code.id: code.parent for facet in codebook.facets if facet.id == "right" for code in facet.codes}
        self.version = coder_version()

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        """Return one coding per passage, in order."""
        if not passages:
            return []
        scores = self._likeness.scores(vectors).tolist()
        return [self._one(passage, row) for passage, row in zip(passages, scores, strict=True)]

    def _one(self, passage: Passage, scores: Sequence[float]) -> Coding:
        reading = self._read(passage, scores)
        picks = select(reading, self._codebook)
        singles = single_values(reading, picks)
        relevance = singles["relevance"]
        if relevance.code == "non_substantive":
            return Coding((relevance,), (), {"relevance": {relevance.code: relevance.confidence}})
        codes = (*singles.values(), *(pick for facet in picks.values() for pick in facet.values()))
        made = claims(reading, picks, singles["mode"].code, singles["direction"].code, singles["effect"].code)
        return Coding(codes, made, _probabilities(codes))

    def _read(self, passage: Passage, scores: Sequence[float]) -> Reading:
        words = normalise(passage.text, passage.language)
        found: dict[str, list[Match]] = defaultdict(list)
        for match in self._cues.matches(passage.text, words, passage.language):
            found[match.facet].append(match)
        similar = self._likeness.by_facet(scores)
        if passage.area is not None and "right" in similar:
            prior = {right: _AREA_PRIOR * (area == passage.area) for right, area in self._areas.items()}
            similar = {**similar, "right": {right: min(0.99, like + prior[right]) for right, like in similar["right"].items()}}
        return Reading(passage, words, {facet: tuple(matches) for facet, matches in found.items()}, similar)


def _probabilities(codes: Sequence[Code]) -> Mapping[str, Mapping[str, float]]:
    facets: dict[str, dict[str, float]] = defaultdict(dict)
    for each in codes:
        facets[each.facet][each.code] = each.confidence
    return dict(facets)


def coder_version() -> str:
    """Return the version that the coder has, without loading it. The codebook has a version of its own."""
    return f"{CODER}+{lists_hash()}"


def load_coder(codebook: Codebook, encoder: Encoder) -> CueCoder:
    """Return a coder for a codebook; its definitions and examples are encoded once, here."""
    with loading():
        return CueCoder(codebook, encoder)
