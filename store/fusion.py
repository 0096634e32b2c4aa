"""Rankings become one, by the places that they give alone: scores of words and of meaning cannot be weighed against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

#: How little the very first places outweigh those after them; the authors' value.
DAMPING = 60


def fused(*rankings: Iterable[int]) -> NDArray[np.int32]:
    """Return the union of rankings by reciprocal rank fusion, the best first; of equals the lower number.

    Each place p (from 1) is worth 1 / (``DAMPING`` + p): Cormack, Clarke & Buettcher, "Reciprocal rank fusion outperforms Condorcet and
    individual rank learning methods", SIGIR 2009.
    """
    worth: defaultdict[int, float] = defaultdict(float)
    for ranking in rankings:
        for place, row in enumerate(ranking, start=1):
            worth[int(row)] += 1 / (DAMPING + place)
    return np.array(sorted(worth, key=lambda row: (-worth[row], row)), np.int32)
