"""Search by meaning: exact cosines over a snapshot's vectors, which stay in their file.

Vectors are compared after each language's mean is taken away, and what all of them have in common with it: an encoder says of every
text of a survey much that is the same, and of every text of a language too, and both hide what one text alone is about (Mu &
Viswanath, "All-but-the-top: simple and effective postprocessing for word representations", ICLR 2018). How often a passage that has
a code is found by the code's name says how much that does: docs/search.md.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.centring import NOTHING, Centring, unit
from models.topic_spec import topic_spec
from store.faults import storage_faults

#: Rows at a time: 128 MB of 512 numbers each, which the operating system can take back.
_ROWS = 1 << 16
#: What vectors have in common is estimated on so many, spread evenly.
_SAMPLED = 20_000
#: Directions that are common to all; with fewer vectors than this, or shorter ones, these cannot be told from what they are about.
_COMMON, _FEWEST, _SHORTEST = 3, 1_000, 100

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class _Space:
    """What is taken away. ``means`` (languages, d), ``common`` (k, d), and of each row its language's place and the length left."""

    centring: Centring
    means: Floats
    common: Floats
    places: NDArray[np.int16]
    lengths: Floats


class Meaning:
    """The vectors of one snapshot. Any thread may ask; the file stays open as long as somebody holds this."""

    def __init__(self, place: Path) -> None:
        """Open the vectors (n, d), rows of length 1, float32."""
        with storage_faults(place):
            self._vectors: Floats = np.load(place, mmap_mode="r", allow_pickle=False)
        self._lock = threading.Lock()
        self._known: _Space | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """How many vectors there are, and how long they are."""
        return self._vectors.shape[0], self._vectors.shape[1]

    @property
    def ready(self) -> bool:
        """Whether ``prepare`` was called."""
        return self._known is not None

    def prepare(self, languages: NDArray[np.str_]) -> None:
        """Learn what to take away, from the language of every row ("" where it is not known). Once is enough; it reads all vectors."""
        with self._lock:
            if self._known is None:
                self._known = self._space(languages)

    def query(self, vector: Floats) -> Floats:
        """Return the vector (d,) of a text of no known language as ``cosines`` compares it; of zeros where nothing of it is left."""
        space = self._prepared()
        return self._left(unit(vector[None])[0] - space.centring.general, space.common)

    def of_row(self, row: int) -> Floats:
        """Return the vector (d,) of a row as ``cosines`` compares it."""
        space = self._prepared()
        return self._left(unit(np.asarray(self._vectors[row : row + 1]))[0] - space.means[space.places[row]], space.common)

    def cosines(self, compared: Floats) -> Floats:
        """Return the cosine (n,) of every row with a vector that ``query`` or ``of_row`` gave.

        A row in which the encoder saw nothing is near nothing: −1.
        """
        space = self._prepared()
        found = np.empty(len(self._vectors), np.float32)
        for part in self._parts():
            # The vector asked for has nothing common left in it: taking that from the rows as well would change no product.
            found[part] = self._vectors[part] @ compared
        found -= (space.means @ compared)[space.places]
        lost = space.lengths < NOTHING
        np.divide(found, space.lengths, out=found, where=~lost)
        found[lost] = -1
        return found

    def _prepared(self) -> _Space:
        if self._known is None:
            raise RuntimeError("the vectors were not prepared")
        return self._known

    def _space(self, languages: NDArray[np.str_]) -> _Space:
        count, dimensions = self.shape
        sample = np.unique(np.linspace(0, max(count - 1, 0), min(count, _SAMPLED)).astype(np.intp))
        drawn = np.asarray(self._vectors[sample])
        centring = Centring.of(drawn, languages[sample].tolist(), topic_spec().layout.language_weight)
        common = np.zeros((0, dimensions), np.float32)
        if count >= _FEWEST and dimensions >= _SHORTEST:
            centred = centring.apply(drawn, languages[sample].tolist()).astype(np.float64)
            common = np.linalg.eigh(centred.T @ centred)[1][:, -_COMMON:].T.astype(np.float32)
        known = sorted(centring.of_language)
        means = np.stack([*(centring.of_language[language] for language in known), centring.general])
        places = np.full(count, len(known), np.int16)
        for place, language in enumerate(known):
            places[languages == language] = place
        return _Space(centring, means, common, places, self._lengths(means, common, places))

    def _lengths(self, means: Floats, common: Floats, places: NDArray[np.int16]) -> Floats:
        """Return how long each row is once all is taken away, without a copy of it: |v − m|² − |C(v − m)|²."""
        beside = np.concatenate([means, common])
        own = np.einsum("ld,ld->l", means, means)
        shared = means @ common.T
        lengths = np.zeros(len(self._vectors), np.float32)
        for part in self._parts():
            products, at = self._vectors[part] @ beside.T, places[part]
            whole = np.einsum("nd,nd->n", self._vectors[part], self._vectors[part])
            mean = np.take_along_axis(products, at[:, None].astype(np.intp), axis=1)[:, 0]
            alike = products[:, len(means) :] - shared[at]
            left = whole - 2 * mean + own[at] - np.einsum("nk,nk->n", alike, alike)
            lengths[part] = np.where(whole > NOTHING, np.sqrt(np.maximum(left, 0)), 0)
        return lengths

    def _parts(self) -> Iterator[slice]:
        for start in range(0, len(self._vectors), _ROWS):
            yield slice(start, start + _ROWS)

    @staticmethod
    def _left(vector: Floats, common: Floats) -> Floats:
        left: Floats = unit((vector - (vector @ common.T) @ common)[None].astype(np.float32))[0]
        return left
