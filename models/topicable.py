"""The passages that topics are found in, in an order that does not depend on how they came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.identity import identifier
from taxonomy.errors import StageError

_ROWS = 10_000  # at a time: passages come by the million


@dataclass(frozen=True)
class Topicable:
    """Passages by ascending id. ``units``: who speaks; ``vectors`` (n, d) are the encoder's own; ``counted``: no version of another."""

    ids: tuple[str, ...]
    units: tuple[str, ...]
    texts: tuple[str, ...]
    languages: tuple[str, ...]
    counted: NDArray[np.bool_]
    vectors: NDArray[np.float32]

    @staticmethod
    def of(passages: pa.Table) -> Topicable:
        """Return the passages of a table (`models.tables.TOPICABLE`).

        Raises:
            StageError: where vectors differ in length or hold what is no number.
        """
        order = pc.sort_indices(passages["passage"]).to_numpy()
        # The store gives them in order, and to take a million vectors once more needs the memory twice.
        ordered = passages if (np.diff(order) == 1).all() else passages.take(order)
        ids, units, texts, languages = (tuple(ordered[name].to_pylist()) for name in ("passage", "unit", "text", "language"))
        counted = np.asarray(ordered["counted"].to_pylist(), dtype=bool)
        return Topicable(ids, units, texts, languages, counted, matrix(ordered["vector"]))

    def to_fit(self, most: int) -> NDArray[np.intp]:
        """Return the rows to fit topics to: the counted ones, or ``most`` of them."""
        return self.drawn(np.flatnonzero(self.counted), most)

    def drawn(self, rows: NDArray[np.intp], most: int) -> NDArray[np.intp]:
        """Return the rows, or ``most`` of them drawn by a hash of their ids: where passages come or go, few others change."""
        if len(rows) <= most:
            return rows
        hashed = sorted(rows.tolist(), key=lambda row: identifier("drawn", self.ids[row]))
        return np.sort(np.asarray(hashed[:most], dtype=np.intp))

    def languages_of(self, rows: NDArray[np.intp]) -> list[str]:
        """Return the language of each of the rows."""
        return [self.languages[row] for row in rows.tolist()]


def matrix(vectors: pa.ChunkedArray) -> NDArray[np.float32]:
    """Return a column of vectors as (n, d); without any row as (0, 0).

    Raises:
        StageError: where they differ in length or hold what is no number.
    """
    if not len(vectors):
        return np.zeros((0, 0), dtype=np.float32)
    lengths = pc.unique(pc.list_value_length(vectors)).to_pylist()
    if len(lengths) > 1:
        raise StageError(f"topics: the vectors of passages are of different lengths: {', '.join(map(str, sorted(lengths)))}")
    found = np.asarray(vectors.combine_chunks().flatten(), dtype=np.float32).reshape(len(vectors), -1)
    if not all(np.isfinite(found[start : start + _ROWS]).all() for start in range(0, len(found), _ROWS)):
        raise StageError("topics: vectors of passages hold values that are no numbers")
    return found
