"""Where passages lie: their nearest neighbours, the space in which clusters are looked for, and the map that people see.

Everything is the same bit for bit from the same rows and seed. Distances and starting points are rounded first, so that the last
digits of a matrix product, which differ between machines and thread counts, decide nothing.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ROWS = 1_000  # at a time: a block of distances, not all of them
_DECIMALS = 6
_SPAN = 10.0  # how far starting points lie from the middle: UMAP's own
_NOISE = 1e-4  # and how far equal ones are set apart


@dataclass(frozen=True)
class Neighbourhood:
    """The nearest rows of each row, itself first, then by cosine distance: ``indices`` and ``distances`` (n, k)."""

    indices: NDArray[np.int32]
    distances: NDArray[np.float32]


def neighbourhood(vectors: NDArray[np.float32], count: int) -> Neighbourhood:
    """Return the ``count`` nearest of each of the unit rows (n, d), or all where there are fewer."""
    rows = len(vectors)
    count = min(count, rows)
    wide = vectors.astype(np.float64)
    indices = np.zeros((rows, count), dtype=np.int32)
    distances = np.zeros((rows, count), dtype=np.float32)
    for start in range(0, rows, _ROWS):
        block = np.round(1 - wide[start : start + _ROWS] @ wide.T, _DECIMALS)
        here = np.arange(len(block))
        block[here, start + here] = -np.inf
        nearest = np.argpartition(block, count - 1, axis=1)[:, :count]
        far = np.take_along_axis(block, nearest, axis=1)
        order = np.lexsort((nearest, far), axis=1)
        indices[start : start + _ROWS] = np.take_along_axis(nearest, order, axis=1)
        distances[start : start + _ROWS] = np.maximum(0, np.take_along_axis(far, order, axis=1))
    return Neighbourhood(indices, distances)


def principal(vectors: NDArray[np.float32], dimensions: int) -> NDArray[np.float32]:
    """Return the coordinates (n, dimensions) on the principal axes; those that the rows do not have are zero.

    The sign of an axis means nothing: its largest part is taken as positive.
    """
    points = np.zeros((len(vectors), dimensions), dtype=np.float32)
    if not len(vectors):
        return points
    wide = vectors.astype(np.float64)
    wide -= wide.mean(axis=0)
    _, axes = np.linalg.eigh(wide.T @ wide)
    axes = axes[:, ::-1][:, :dimensions]
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])] < 0, -1, 1)
    found = np.round(wide @ axes, _DECIMALS) + 0.0  # no negative zeros
    points[:, : found.shape[1]] = found
    return points


def starts(vectors: NDArray[np.float32], dimensions: int) -> NDArray[np.float32]:
    """Return where rows begin in a `layout` (n, dimensions): on the principal axes.

    These never fail, as the eigenvectors of a graph do that falls apart, which that of many equal answers does; and they are the same
    for all runs over the same rows.
    """
    points = principal(vectors, dimensions)
    return np.asarray(np.round(points * (_SPAN / max(float(np.abs(points).max(initial=0)), _NOISE)), 3), dtype=np.float32)


def layout(start: NDArray[np.float32], near: Neighbourhood, *, seed: int, epochs: int, least_distance: float = 0.0) -> NDArray[np.float32]:
    """Return UMAP's layout of a neighbourhood (McInnes, Healy & Melville 2018, arXiv:1802.03426), in as many dimensions as ``start``.

    The seed decides on a little noise and on which passages repel one another.
    """
    noise = np.random.default_rng(seed).normal(scale=_NOISE, size=start.shape)
    with warnings.catch_warnings():
        # Without a search index no new points can be placed by UMAP, and none are.
        warnings.filterwarnings("ignore", message=r"precomputed_knn\[2\]", category=UserWarning)
        warnings.filterwarnings("ignore", message="Tensorflow not installed", category=ImportWarning)  # nor needed
        from umap import UMAP

        fitted = UMAP(
            n_neighbors=near.indices.shape[1],
            n_components=start.shape[1],
            min_dist=least_distance,
            metric="cosine",
            n_epochs=epochs,
            init=(start + noise).astype(np.float32),
            random_state=seed,
            n_jobs=1,
            precomputed_knn=(near.indices, near.distances),
        ).fit_transform(start)  # known neighbours stand for the vectors
    return np.asarray(fitted, dtype=np.float32)
