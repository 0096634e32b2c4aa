"""Krippendorff's alpha between two readings: agreement beyond chance, 1 where they agree in all, 0 where chance would do as well.

Nominal for single values (Krippendorff 2011, "Computing Krippendorff's alpha-reliability"), with the MASI distance for sets
(Passonneau 2006, "Measuring Agreement on Set-valued Items (MASI) for Semantic and Pragmatic Annotation"). The library that computes
alpha is under the GPL, which the licence of this project cannot stand on, and it would lay out passages x sets x sets, gigabytes where
sets are many. For two complete readings the few lines below do; tests hold them to the library's figures.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.comparison import Comparison

# MASI's weight of how two sets lie to each other.
_SUBSET, _OVERLAP = 2 / 3, 1 / 3


def alpha(comparison: Comparison) -> float | None:
    """Return alpha between reference and coder; None where all values are one, which leaves nothing to agree beyond."""
    if comparison.many:
        return set_alpha(comparison.held, comparison.said)
    return nominal_alpha(_values(comparison.held), _values(comparison.said))


def nominal_alpha(one: NDArray[np.int_], other: NDArray[np.int_]) -> float | None:
    """Return nominal alpha between two readings, each with shape (passages,)."""
    values, which = np.unique(np.concatenate([one, other]), return_inverse=True)
    return _alpha(which.reshape(2, -1), 1 - np.eye(len(values)))


def set_alpha(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float | None:
    """Return alpha with the MASI distance between two readings, each with shape (passages, codes)."""
    sets, which = np.unique(np.concatenate([one, other]), axis=0, return_inverse=True)
    return _alpha(which.reshape(2, -1), masi_distances(sets))


def _alpha(readings: NDArray[np.int_], distances: NDArray[np.float64]) -> float | None:
    """Return alpha of two complete readings, shape (2, passages), of values whose distances are given, shape (values, values)."""
    often = np.bincount(readings.reshape(-1), minlength=len(distances))
    pairs = readings.size * (readings.size - 1)
    expected = often @ distances @ often / pairs if pairs > 0 else 0.0
    if not expected:
        return None
    return float(1 - distances[readings[0], readings[1]].mean() / expected)


def masi_distances(sets: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the MASI distance between all pairs of sets, given as rows of shape (sets, codes); two empty sets are the same."""
    members = sets.astype(np.int64)
    common = members @ members.T
    sizes = np.diagonal(common)
    smaller = np.minimum(sizes[:, None], sizes)
    union = sizes[:, None] + sizes - common
    jaccard = np.divide(common, union, out=np.ones(common.shape), where=union > 0)
    monotonicity = np.where(common == union, 1.0, np.where(common == smaller, _SUBSET, _OVERLAP))
    return np.asarray(1 - jaccard * monotonicity)


def _values(marks: NDArray[np.bool_]) -> NDArray[np.int_]:
    """Return the place of each row's code; the place after the last where it has none, which is a value of its own."""
    return np.asarray(np.where(marks.any(axis=1), marks.argmax(axis=1), marks.shape[1]))
