"""What the codebook foresees: its codes as points among the passages, to see which topics lie far from all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.centring import Rows, cosines, unit
from models.centring import centroids as unit_means
from models.encoders import Encoder
from models.similarity import sayings
from taxonomy import Codebook

_ROWS = 10_000  # at a time: passages come by the million


@dataclass(frozen=True)
class CodeSeeds:
    """The codes that say what an answer is about: ``facet:code``, and a unit row each of ``vectors`` (codes x dimensions).

    The mean of all their texts is taken out, as that of its language is out of each passage: what remains is what tells a code
    from the other codes, and compares with what tells a passage from the other passages.
    """

    codes: tuple[str, ...]
    vectors: NDArray[np.float32]

    @staticmethod
    def none(dimensions: int) -> CodeSeeds:
        """Return the seeds of a codebook that foresees nothing."""
        return CodeSeeds((), np.zeros((0, dimensions), np.float32))


@dataclass(frozen=True)
class Foreseen:
    """Per topic: the share of its members near some code, the code nearest to its centroid (None without codes), and its cosine."""

    shares: tuple[float, ...]
    nearest: tuple[str | None, ...]
    similarities: tuple[float | None, ...]


def code_seeds(codebook: Codebook, encoder: Encoder) -> CodeSeeds:
    """Encode the definition of each code and the examples that it holds for.

    Only facets that may have many codes say what an answer is about; one that has a single value, such as the direction or the
    effect, says how, and a topic is no better foreseen for lying near it.
    """
    codes = [(f"{facet.id}:{code.id}", sayings(code)) for facet in codebook.facets if facet.values == "many" for code in facet.codes]
    if not codes:
        return CodeSeeds.none(encoder.dimensions)
    owners = np.repeat(np.arange(len(codes)), [len(texts) for _, texts in codes])
    vectors = encoder.encode([text for _, texts in codes for text in texts])
    centred = unit(vectors - vectors.mean(axis=0))
    return CodeSeeds(tuple(code for code, _ in codes), unit_means(centred, (np.flatnonzero(owners == at) for at in range(len(codes)))))


def foreseen(seeds: CodeSeeds, vectors: Rows, topics: NDArray[np.int64], centroids: NDArray[np.float32], near: float) -> Foreseen:
    """Say how much of each topic the codebook foresees.

    ``vectors`` (passages x dimensions) and ``centroids`` (topics x dimensions) are unit rows of the space centred by language,
    ``topics`` (passages,) the row of ``centroids`` that each passage belongs to, -1 for none. A passage is foreseen from a cosine of
    ``near`` to a code.
    """
    if not seeds.codes:
        return Foreseen((0.0,) * len(centroids), (None,) * len(centroids), (None,) * len(centroids))
    held = np.flatnonzero(topics >= 0)
    is_near = np.zeros(len(held), dtype=bool)
    for start in range(0, len(held), _ROWS):
        part = slice(start, start + _ROWS)
        is_near[part] = cosines(vectors[held[part]], seeds.vectors).max(axis=1) >= near
    sizes = np.bincount(topics[held], minlength=len(centroids))
    shares = np.bincount(topics[held], weights=is_near, minlength=len(centroids)) / np.maximum(sizes, 1)
    likeness = cosines(centroids, seeds.vectors)
    return Foreseen(
        tuple(shares.tolist()),
        tuple(seeds.codes[code] for code in likeness.argmax(axis=1)),
        tuple(likeness.max(axis=1).tolist()),
    )
