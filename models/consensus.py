"""What many clusterings agree on: topics that do not hang on one seed or on a handful of answers.

The runs are brought together by evidence accumulation (Fred & Jain 2005, "Combining multiple clusterings using evidence
accumulation"); a topic's stability is the cluster-wise Jaccard index over bootstrap resamples (Hennig 2007, "Cluster-wise assessment
of cluster stability").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Told after each run: how many are done, of how many.
Progress = Callable[[int, int], None]

#: Labels as everywhere here: a cluster's number from 0, or this.
OUTLIER = -1

_ABSENT = -2


@dataclass(frozen=True)
class Run:
    """One clustering. ``rows``: which passages were in it, ascending; ``labels``: the cluster of each of these, or ``OUTLIER``."""

    rows: NDArray[np.intp]
    labels: NDArray[np.int64]


def resample(count: int, seed: int) -> NDArray[np.intp]:
    """Return the distinct rows among ``count`` draws with replacement from ``count`` rows: about .632 of them, ascending."""
    return np.unique(np.random.default_rng(seed).integers(0, max(count, 1), count))


def distances(runs: Sequence[Run], count: int) -> NDArray[np.float64]:
    """Return 1 minus the share of the runs with both in which two of ``count`` passages share a cluster, condensed as scipy's are.

    Outliers share a cluster with nobody. Passages that are in no run together are at distance 1.
    """
    labels = np.full((len(runs), count), _ABSENT, dtype=np.int32)
    for place, run in enumerate(runs):
        labels[place, run.rows] = run.labels
    apart = np.empty(count * (count - 1) // 2, dtype=np.float64)
    end = 0
    # Row by row: neither a square of counts nor one of comparisons is ever held.
    for row in range(count - 1):
        own, others = labels[:, row : row + 1], labels[:, row + 1 :]
        both = ((own != _ABSENT) & (others != _ABSENT)).sum(axis=0)
        together = ((own == others) & (own >= 0)).sum(axis=0)
        apart[end : end + count - row - 1] = 1 - together / np.maximum(both, 1)
        end += count - row - 1
    return apart


def consensus(runs: Sequence[Run], count: int, agreement: float, smallest: int) -> NDArray[np.int64]:
    """Return the label of each of ``count`` passages: average linkage over `distances`, cut where ``agreement`` ends.

    Clusters of fewer than ``smallest`` passages are outliers.
    """
    if count < 2:
        return np.full(count, OUTLIER, dtype=np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(distances(runs, count), method="average")
    return sizeable(fcluster(tree, 1 - agreement, criterion="distance"), smallest)


def sizeable(labels: NDArray[np.int64], smallest: int) -> NDArray[np.int64]:
    """Return labels from 0, the largest cluster first, of equal ones that of the first row; outliers where fewer than ``smallest`` rows."""
    found, first, inverse, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    kept = np.flatnonzero((sizes >= smallest) & (found != OUTLIER))
    numbers = np.full(len(found), OUTLIER, dtype=np.int64)
    numbers[kept[np.lexsort((first[kept], -sizes[kept]))]] = np.arange(len(kept))
    return np.asarray(numbers[inverse], dtype=np.int64)


def stability(labels: NDArray[np.int64], resamples: Sequence[Run]) -> tuple[float, ...]:
    """Return for each cluster its mean Jaccard index with the cluster most like it, over the resamples that hold any of it.

    Both are counted over the passages of the resample alone. A cluster that no resample holds any of has stability 0.
    """
    clusters = int(labels.max(initial=OUTLIER)) + 1
    best = np.full((len(resamples), clusters), np.nan)
    for place, run in enumerate(resamples):
        shared = overlap(labels[run.rows], run.labels, clusters)
        own = np.bincount(_inside(labels[run.rows]), minlength=clusters)
        theirs = np.bincount(_inside(run.labels), minlength=shared.shape[1])
        union = own[:, None] + theirs[None, :] - shared
        best[place] = (shared / np.maximum(union, 1)).max(axis=1, initial=0.0)
        best[place, own == 0] = np.nan
    held = ~np.isnan(best)
    return tuple((np.where(held, best, 0).sum(axis=0) / np.maximum(held.sum(axis=0), 1)).tolist())


def sharing(runs: Sequence[Run]) -> float | None:
    """Return, of the pairs of passages that share a cluster in one run, the share that also does in another: the mean over pairs of runs.

    Pairs of which one passage is not in the other run are left out. None where no two runs have anything to compare.
    """
    shares = []
    for one in runs:
        for other in runs:
            if one is other:
                continue
            _, here, there = np.intersect1d(one.rows, other.rows, assume_unique=True, return_indices=True)
            pairs = _pairs(np.bincount(_inside(one.labels[here])))
            if pairs:
                shares.append(_pairs(overlap(one.labels[here], other.labels[there])) / pairs)
    return float(np.mean(shares)) if shares else None


def overlap(some: NDArray[np.int64], others: NDArray[np.int64], clusters: int | None = None) -> NDArray[np.int64]:
    """Return how many rows each cluster of one labelling shares with each of another: (clusters, other clusters), outliers in none.

    ``clusters``: how many the first labelling has, where some may have no row here.
    """
    shape = (int(some.max(initial=OUTLIER)) + 1 if clusters is None else clusters, int(others.max(initial=OUTLIER)) + 1)
    inside = (some >= 0) & (others >= 0)
    counts = np.bincount(some[inside] * shape[1] + others[inside], minlength=shape[0] * shape[1])
    return np.asarray(counts.reshape(shape), dtype=np.int64)


def _inside(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    return labels[labels >= 0]


def _pairs(sizes: NDArray[np.int64]) -> int:
    return int((sizes * (sizes - 1) // 2).sum())
