"""Passages among topics and points that are known: numpy alone, and each passage by itself.

A passage comes out the same whichever others come with it: rough products find candidates in bulk, exact ones decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.centring import Rows, centroids, cosines
from models.consensus import OUTLIER
from models.topic_spec import MemberSpec

CORE, WEAK, NONE = "core", "weak", "outlier"

_ROWS = 1_000  # at a time
_SPARE = 10  # candidates beyond the neighbours that are wanted


@dataclass(frozen=True, eq=False)
class Standing:
    """Where passages belong, a row each.

    ``labels``: row of ``centroids``, or `OUTLIER`; ``similarities``: cosine to that centroid, for an outlier to the nearest one, 0
    where there is none; ``memberships``: `CORE`, `WEAK` or `NONE`; ``fitted``: whether topics were found in it, or it was placed.
    """

    centroids: NDArray[np.float32]
    labels: NDArray[np.int64]
    similarities: NDArray[np.float64]
    memberships: NDArray[np.object_]
    fitted: NDArray[np.bool_]

    @staticmethod
    def placed(rows: Rows, centroids: NDArray[np.float32], spec: MemberSpec) -> Standing:
        """Return it for unit rows (n, d) that come after a fit: the nearest topic's, near enough core members, less near weak ones."""
        labels, similarities = _nearest(rows, centroids)
        kinds = np.full(len(rows), NONE, dtype=object)
        kinds[similarities >= spec.weak_from] = WEAK
        kinds[similarities >= spec.placed_from] = CORE
        return Standing(centroids, np.where(kinds == NONE, OUTLIER, labels), similarities, kinds, np.zeros(len(rows), dtype=bool))

    @staticmethod
    def fitted_to(rows: Rows, fitted: NDArray[np.intp], cores: Sequence[NDArray[np.intp]], spec: MemberSpec) -> Standing:
        """Return it after a fit: a cluster's rows are core members, other ``fitted`` ones weak at best, all others are placed."""
        near = Standing.placed(rows, centroids(rows, cores), spec)
        centres, similarities, kinds = near.centroids, near.similarities, near.memberships
        labels = near.labels
        kinds[fitted] = np.where(similarities[fitted] >= spec.weak_from, WEAK, NONE)
        for label, core in enumerate(cores):
            labels[core], kinds[core] = label, CORE
            similarities[core] = cosines(rows[core], centres[label : label + 1])[:, 0]
        known = np.zeros(len(rows), dtype=bool)
        known[fitted] = True
        return Standing(centres, np.where(kinds == NONE, OUTLIER, labels), similarities, kinds, known)


def _nearest(rows: Rows, centroids: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    labels = np.full(len(rows), OUTLIER, dtype=np.int64)
    similarities = np.zeros(len(rows), dtype=np.float64)
    if not len(centroids):
        return labels, similarities
    for start in range(0, len(rows), _ROWS):
        found = cosines(rows[start : start + _ROWS], centroids)
        labels[start : start + _ROWS] = found.argmax(axis=1)
        similarities[start : start + _ROWS] = found.max(axis=1)
    return labels, similarities


def on_map(rows: NDArray[np.float32], fitted: NDArray[np.float32], points: NDArray[np.float32], neighbours: int) -> NDArray[np.float32]:
    """Return the point (n, 2) of each unit row: the mean of its nearest fitted rows' points.

    Fitted rows that are equal count as one, at the mean of their points. A row of zeros, which is near to nothing, lies in the middle
    of them all; where nothing was fitted, everything lies at the origin.
    """
    placed = np.zeros((len(rows), 2), dtype=np.float32)
    said = fitted.any(axis=1)
    if not said.any():
        return placed
    different, group = np.unique(fitted[said], axis=0, return_inverse=True)
    sums = np.zeros((len(different), 2), dtype=np.float64)
    np.add.at(sums, group.reshape(-1), points[said].astype(np.float64))
    means = sums / np.bincount(group.reshape(-1))[:, None]
    wanted, candidates = min(neighbours, len(different)), min(neighbours + _SPARE, len(different))
    wide = different.astype(np.float64)
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        near = np.argpartition(-(part @ different.T), candidates - 1, axis=1)[:, :candidates]
        exact = np.einsum("nd,nkd->nk", part.astype(np.float64), wide[near])
        order = np.lexsort((near, -exact), axis=1)[:, :wanted]
        placed[start : start + _ROWS] = means[np.take_along_axis(near, order, axis=1)].mean(axis=1)
    placed[~rows.any(axis=1)] = means.mean(axis=0)
    return placed
