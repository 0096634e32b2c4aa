"""The clusters among passages: a consensus of many runs where there are enough, a plain tree where there are few."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.consensus import OUTLIER, Progress, Run, consensus, resample, sharing, sizeable, stability
from models.layout import Neighbourhood, layout, neighbourhood, starts
from models.topic_spec import TopicSpec

Method = Literal["consensus", "agglomerative", "none"]


@dataclass(frozen=True)
class Draw:
    """What one run is given: unit rows (n, d), where their layout starts, their neighbourhood, the smallest cluster, and a seed."""

    vectors: NDArray[np.float32]
    start: NDArray[np.float32]
    near: Neighbourhood
    smallest: int
    seed: int


#: One run: a label per row comes back.
Clusterer = Callable[[Draw], NDArray[np.int64]]

_RESAMPLED = 500  # first seed of the resamples, after the seeds' own
_SEEDS = 1000  # one seed of a fit makes so many: those of two fits never meet
_KEPT = 0.632  # share of the passages that a resample holds: its clusters are smaller by as much


@dataclass(frozen=True)
class Clustering:
    """What was found.

    ``labels`` (n,): from 0, or `models.consensus.OUTLIER`; ``stability``: of each cluster; ``note``: "" or a sentence.
    """

    labels: NDArray[np.int64]
    method: Method
    note: str
    stability: tuple[float, ...]
    sharing: float | None


def cluster(
    vectors: NDArray[np.float32],
    spec: TopicSpec,
    seed: int,
    progress: Progress | None = None,
    clusterer: Clusterer | None = None,
) -> Clustering:
    """Return the clusters of unit rows (n, d), which are to be in an order that does not change.

    How many different rows there are decides the method: the same words said a thousand times say nothing about density.
    """
    different = len(np.unique(vectors, axis=0)) if len(vectors) else 0
    if different < spec.small.least:
        return Clustering(np.full(len(vectors), OUTLIER, dtype=np.int64), "none", scarcity(vectors, spec.small.least), (), None)
    if different < spec.small.below:
        return _few(vectors, different, spec, seed, progress)
    return _many(vectors, spec, seed, progress, clusterer or density_clusters(spec))


def scarcity(vectors: NDArray[np.float32], least: int) -> str:
    """Return why there are no topics in rows (n, d), of which at least so many have to differ."""
    different = len(np.unique(vectors, axis=0)) if len(vectors) else 0
    if different == 1 < len(vectors):
        return f"No topics: {_passages(len(vectors))}, all alike."
    if different < len(vectors):
        return f"No topics: {_passages(len(vectors))} with {different:,} different texts are too few to be grouped; it takes {least}."
    return f"No topics: {_passages(different)} {'is' if different == 1 else 'are'} too few to be grouped; it takes {least}."


def density_clusters(spec: TopicSpec) -> Clusterer:
    """Return the run of UMAP and HDBSCAN (Campello, Moulavi & Sander 2013) that a specification describes."""

    def run(draw: Draw) -> NDArray[np.int64]:
        points = layout(draw.start, draw.near, seed=draw.seed, epochs=spec.layout.epochs)
        with warnings.catch_warnings():
            # Compiled anew, hdbscan's own docstrings hold escapes that Python 3.12 warns of.
            warnings.filterwarnings("ignore", category=SyntaxWarning)
            from hdbscan import HDBSCAN

            labels = (
                HDBSCAN(min_cluster_size=draw.smallest, min_samples=spec.clusters.density_neighbours, core_dist_n_jobs=1)
                .fit(points)
                .labels_
            )
        return np.asarray(labels, dtype=np.int64)

    return run


def agglomerate(vectors: NDArray[np.float32], clusters: int) -> NDArray[np.int64]:
    """Return the labels of unit rows (n, d) in a tree of average cosine distance, cut into ``clusters`` at most."""
    if len(vectors) < 2:
        return np.zeros(len(vectors), dtype=np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage

    wide = vectors.astype(np.float64)
    apart = np.maximum(0, np.round(1 - wide @ wide.T, 6))[np.triu_indices(len(wide), 1)]
    return np.asarray(fcluster(linkage(apart, method="average"), clusters, criterion="maxclust") - 1, dtype=np.int64)


def _few(vectors: NDArray[np.float32], different: int, spec: TopicSpec, seed: int, progress: Progress | None) -> Clustering:
    clusters = max(2, round(different ** (1 / 3)))
    labels = sizeable(agglomerate(vectors, clusters), spec.small.smallest)
    runs = []
    for number in range(spec.consensus.resamples):
        rows = resample(len(vectors), seed * _SEEDS + _RESAMPLED + number)
        runs.append(Run(rows, agglomerate(vectors[rows], clusters)))
        _tell(progress, len(runs), spec.consensus.resamples)
    note = (
        f"{_passages(different)} that differ say too little about density for a consensus of UMAP and HDBSCAN, which takes "
        f"{spec.small.below}: they were clustered by average cosine distance into at most {clusters} topics, about their cube root."
    )
    return Clustering(labels, "agglomerative", note, stability(labels, runs), None)


def _many(vectors: NDArray[np.float32], spec: TopicSpec, seed: int, progress: Progress | None, clusterer: Clusterer) -> Clustering:
    smallest = spec.clusters.smallest(len(vectors))
    everything = np.arange(len(vectors))
    start = starts(vectors, spec.layout.dimensions)
    near = neighbourhood(vectors, spec.layout.neighbours)
    runs: list[Run] = []
    of = spec.consensus.seeds + spec.consensus.resamples
    for number in range(spec.consensus.seeds):
        runs.append(Run(everything, clusterer(Draw(vectors, start, near, smallest, seed * _SEEDS + number))))
        _tell(progress, len(runs), of)
    smaller = max(2, round(_KEPT * smallest))
    for number in range(spec.consensus.resamples):
        drawn = seed * _SEEDS + _RESAMPLED + number
        rows = resample(len(vectors), drawn)
        some = np.ascontiguousarray(vectors[rows])
        around = neighbourhood(some, spec.consensus.resample_neighbours)
        runs.append(Run(rows, clusterer(Draw(some, start[rows], around, smaller, drawn))))
        _tell(progress, len(runs), of)
    labels = consensus(runs, len(vectors), spec.consensus.agreement, smallest)
    note = "" if labels.max() >= 0 else f"No topics: the {of} runs agree on none of at least {smallest} passages."
    seeded, resampled = runs[: spec.consensus.seeds], runs[spec.consensus.seeds :]
    return Clustering(labels, "consensus", note, stability(labels, resampled), sharing(seeded))


def _passages(count: int) -> str:
    return "1 passage" if count == 1 else f"{count:,} passages"


def _tell(progress: Progress | None, done: int, of: int) -> None:
    if progress is not None:
        progress(done, of)
