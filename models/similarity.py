"""How much a passage's vector resembles each code's definition and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from models.encoders import Encoder
    from taxonomy import Codebook, CodeDefinition

_USUAL_SPREAD = 0.05  # least spread of cosines taken as real: a code that nothing resembles has none
_LEAST = 0.001  # no likeness is certain, either way
_DOUBT = 2.0  # standard deviations above a code's usual likeness at which a passage is as likely to be of it as not


class Likeness:
    """Cosines to one centroid per code, set against what the code's centroid is like to the other codes' texts.

    Encoders differ in how high their cosines run, and codes in how broad they are; measuring each code by the other codes'
    definitions and examples makes the figures comparable without any coded passage.
    """

    def __init__(self, codebook: Codebook, encoder: Encoder) -> None:
        texts: list[str] = []
        owners: list[int] = []
        self._codes: list[tuple[str, str]] = []
        for facet in codebook.facets:
            for code in facet.codes:
                said = sayings(code)
                texts.extend(said)
                owners.extend([len(self._codes)] * len(said))
                self._codes.append((facet.id, code.id))
        vectors = encoder.encode(texts)
        owner = np.asarray(owners)
        self._centre: NDArray[np.float32] = vectors.mean(axis=0)
        centred = _unit(vectors - self._centre)
        self._centroids = _unit(np.stack([centred[owner == i].mean(axis=0) for i in range(len(self._codes))]))
        cosines = centred @ self._centroids.T
        others = np.where(owner[:, None] == np.arange(len(self._codes))[None, :], np.nan, cosines)
        self._usual = np.nanmean(others, axis=0)
        self._spread = np.maximum(np.nanstd(others, axis=0), _USUAL_SPREAD)

    def scores(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return passages x codes, between 0 and 1, in the order of the codebook's codes."""
        centred = _unit(vectors - self._centre).astype(np.float64)
        # einsum, not a matrix product: the sum of a row must not depend on which rows are beside it.
        cosines = np.einsum("pd,cd->pc", centred, self._centroids.astype(np.float64))
        deviations = (cosines - self._usual) / self._spread
        return np.asarray(np.clip(1 / (1 + np.exp(_DOUBT - deviations)), _LEAST, 1 - _LEAST), dtype=np.float64)

    def by_facet(self, row: Sequence[float]) -> Mapping[str, Mapping[str, float]]:
        """Arrange one passage's scores by facet and code."""
        arranged: dict[str, dict[str, float]] = {}
        for (facet, code), score in zip(self._codes, row, strict=True):
            arranged.setdefault(facet, {})[code] = score
        return arranged


def sayings(code: CodeDefinition) -> list[str]:
    """Return the texts that say what a code means: its definition, and the examples that it holds for."""
    return [f"{code.label('en')}: {code.definition}", *(example.text for example in code.examples if example.holds)]


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    # Not centring.unit, which sums in float64: other last digits would be another version of every coder that learned from these.
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1, lengths), dtype=np.float32)
