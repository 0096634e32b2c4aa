"""Vectors without what their language alone gives them.

A multilingual encoder puts the same thought near the same place in every language, but not in the same place: each language has a
mean of its own, and density-based clusters find the languages before they find the matters. Taking each language's mean away leaves
what an answer is about. The mean of a language of few passages is mostly chance, so it is shrunk towards the mean of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

#: Shorter than this a centred row says nothing: what is left of it is rounding.
NOTHING = 1e-6

_ROWS = 10_000  # at a time: passages come by the hundred thousand


@dataclass(frozen=True, eq=False)
class Centring:
    """The means that are taken away. ``general`` (d,) serves languages that are not in ``of_language``."""

    general: NDArray[np.float32]
    of_language: Mapping[str, NDArray[np.float32]]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Centring):
            return NotImplemented
        return (
            np.array_equal(self.general, other.general)
            and self.of_language.keys() == other.of_language.keys()
            and all(np.array_equal(mean, other.of_language[language]) for language, mean in self.of_language.items())
        )

    @staticmethod
    def of(vectors: NDArray[np.float32], languages: Sequence[str], weight: float) -> Centring:
        """Return the means of the languages of ``vectors`` (n, d), each worth ``weight`` passages of the mean of all besides its own.

        Rows of zeros, in which the encoder saw nothing, count nowhere.
        """
        rows = unit(vectors)
        said = rows.any(axis=1)
        known = np.asarray(languages, dtype=np.str_)
        general = _sum(rows[said]) / max(1, int(said.sum()))
        means = {}
        for language in sorted(set(known[said].tolist())):
            own = rows[said & (known == language)]
            means[language] = ((_sum(own) + weight * general) / (len(own) + weight)).astype(np.float32)
        return Centring(general.astype(np.float32), means)

    def apply(self, vectors: NDArray[np.float32], languages: Sequence[str]) -> NDArray[np.float32]:
        """Return the centred unit rows (n, d), float32; each depends on its own row alone.

        A row of zeros stays one, and a row that is nothing but the mean becomes one.
        """
        centred = np.zeros(vectors.shape, dtype=np.float32)
        known = np.asarray(languages, dtype=np.str_)
        for start in range(0, len(centred), _ROWS):
            part = slice(start, start + _ROWS)
            centred[part] = self._apply(vectors[part], known[part])
        return centred

    def _apply(self, vectors: NDArray[np.float32], languages: NDArray[np.str_]) -> NDArray[np.float32]:
        rows = unit(vectors).astype(np.float64)
        said = rows.any(axis=1)
        for language in np.unique(languages).tolist():
            rows[said & (languages == language)] -= self.of_language.get(language, self.general).astype(np.float64)
        lengths = _lengths(rows)
        rows /= np.where(lengths < NOTHING, np.inf, lengths)[:, None]
        return np.asarray(rows, dtype=np.float32)


class Rows(Protocol):
    """Rows (n, d) of which some are asked for, by slice or by number: an array, or what makes them."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice | NDArray[np.intp], /) -> NDArray[np.float32]: ...


class CentredRows:
    """The rows that `Centring.apply` returns, made when they are asked for: of a million passages no second copy is held."""

    def __init__(self, centring: Centring, vectors: NDArray[np.float32], languages: Sequence[str]) -> None:
        self._centring, self._vectors = centring, vectors
        self._languages = np.asarray(languages, dtype=np.str_)

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and numbers of each."""
        return self._vectors.shape

    def __len__(self) -> int:
        return len(self._vectors)

    def __getitem__(self, rows: slice | NDArray[np.intp], /) -> NDArray[np.float32]:
        return self._centring.apply(self._vectors[rows], self._languages[rows].tolist())


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows (n, d) at length 1, float32; a row of zeros stays one."""
    lengths = _lengths(vectors)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths)[:, None], dtype=np.float32)


def cosines(rows: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the inner products (n, m) of unit rows, each one independent of the rows beside it."""
    # einsum, not a matrix product: its sums are the same whatever else is in the batch.
    return np.asarray(np.einsum("nd,md->nm", rows.astype(np.float64), others.astype(np.float64)), dtype=np.float64)


def centroids(vectors: Rows, groups: Iterable[NDArray[np.intp]]) -> NDArray[np.float32]:
    """Return the unit mean of each group of rows, (groups, d)."""
    means = [_sum(vectors[rows]) for rows in groups]
    return unit(np.asarray(means, dtype=np.float64).reshape(len(means), vectors.shape[1]).astype(np.float32))


def _lengths(rows: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float64]:
    # einsum has no wide accumulator of its own for float32: the rows are widened first.
    wide = rows.astype(np.float64)
    return np.asarray(np.sqrt(np.einsum("nd,nd->n", wide, wide)), dtype=np.float64)


def _sum(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(rows.sum(axis=0, dtype=np.float64), dtype=np.float64)
