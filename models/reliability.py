"""Whether confidences mean what they say, and what leaving doubtful codes to people buys.

The expected calibration error (Guo et al. 2017, "On Calibration of Modern Neural Networks") is taken over the codes that are
predicted, in bins of equal mass (Nixon et al. 2019, "Measuring Calibration in Deep Learning"): equal widths would leave most
bins empty and all weight on the confident end.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.comparison import Comparison
from models.figures import Bin, Calibration, Coverage

BINS = 10


def calibration(comparisons: Sequence[Comparison]) -> Calibration:
    """Return the calibration over all predicted codes of one facet or several."""
    confidence = np.concatenate([np.zeros(0), *(each.confidence[each.said] for each in comparisons)])
    correct = np.concatenate([np.zeros(0), *(each.held[each.said].astype(float) for each in comparisons)])
    bins = _bins(confidence, correct)
    count = len(confidence)
    error = sum(each.codes * abs(each.confidence - each.correct) for each in bins) / count if count else None
    return Calibration(error=error, codes=count, bins=bins)


def coverage(comparisons: Sequence[Comparison]) -> Coverage:
    """Return how many predicted codes are settled, and the precision of all and of these."""
    said, settled, right, settled_right = (
        sum(int(marks.sum()) for marks in found)
        for found in (
            [each.said for each in comparisons],
            [each.settled for each in comparisons],
            [each.said & each.held for each in comparisons],
            [each.settled & each.held for each in comparisons],
        )
    )
    return Coverage(
        codes=said,
        settled=settled,
        precision=right / said if said else None,
        settled_precision=settled_right / settled if settled else None,
    )


def _bins(confidence: NDArray[np.float64], correct: NDArray[np.float64]) -> tuple[Bin, ...]:
    """Sort by confidence and cut into ten equal parts (into single codes where there are fewer)."""
    if not len(confidence):
        return ()
    _, which, often = np.unique(confidence, return_inverse=True, return_counts=True)
    # A cut through equal confidences shares their successes evenly: the order of the passages makes no difference.
    shared = (np.bincount(which, weights=correct) / often)[which]
    order = np.argsort(confidence, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return tuple(Bin(codes=len(part), confidence=float(confidence[part].mean()), correct=float(shared[part].mean())) for part in parts)
