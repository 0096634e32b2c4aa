"""Whether topics would be found again: whole fits with other seeds, beside the one that counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.centring import Centring
from models.clustering import Clustering, Method, cluster
from models.consensus import OUTLIER, Progress, Run, sharing, stability
from models.placement import CORE, Standing
from models.topic_spec import TopicSpec, topic_spec
from models.topicable import Topicable


@dataclass(frozen=True)
class RepeatedTopic:
    """A topic of the fit with the specification's own seed.

    ``central``: its most central passage, by which it is found among the topics that a store holds. ``again``: mean over the repeats of
    the Jaccard index with the topic that is most like it there.
    """

    central: str
    size: int
    again: float


@dataclass(frozen=True)
class Repeats:
    """What whole fits with other seeds agree on, weak members among those of their topics.

    ``sharing``: of pairs of passages that share a topic in one fit, the share that also does in another. ``adjusted_rand``: the mean
    over pairs of fits (Hubert & Arabie 1985), outliers taken as one group. Both are None where there is nothing to compare. ``found``
    and ``outliers``: the number of topics and the share of passages in none, of each fit, that with the specification's own seed first.
    """

    encoder: str
    spec: str
    seed: int
    method: Method
    note: str
    fitted: int
    topics: tuple[RepeatedTopic, ...]
    sharing: float | None
    adjusted_rand: float | None
    found: tuple[int, ...]
    outliers: tuple[float, ...]


def repeat(passages: pa.Table, encoder: str, spec: TopicSpec | None = None, repeats: int = 5, progress: Progress | None = None) -> Repeats:
    """Fit topics to the same passages again with ``repeats`` other seeds, and compare.

    Args:
        passages: `models.tables.TOPICABLE`.
        encoder: the version of what made the vectors.
        spec: how; None for what ships. Its own seed comes first.
        repeats: how many fits beside that one.
        progress: told after each fit, the first included.

    Raises:
        StageError: where vectors differ in length or hold what is no number.
    """
    spec = spec or topic_spec()
    given = Topicable.of(passages)
    fitted = given.to_fit(spec.consensus.fit_at_most)
    languages = given.languages_of(fitted)
    centred = Centring.of(given.vectors[fitted], languages, spec.layout.language_weight).apply(given.vectors[fitted], languages)
    said = np.flatnonzero(centred.any(axis=1))
    first = cluster(centred[said], spec, spec.seed)
    standings = [_standing(first, centred, said, spec)]
    for number in range(repeats + 1):
        if number:
            standings.append(_standing(cluster(centred[said], spec, spec.seed + number), centred, said, spec))
        if progress is not None:
            progress(number + 1, repeats + 1)
    runs = [Run(np.arange(len(fitted)), standing.labels) for standing in standings]
    again = stability(runs[0].labels, runs[1:])
    return Repeats(
        encoder=encoder,
        spec=spec.stamp,
        seed=spec.seed,
        method=first.method,
        note=first.note,
        fitted=len(fitted),
        topics=tuple(_topic(given, fitted, standings[0], label, share) for label, share in enumerate(again)),
        sharing=sharing(runs),
        adjusted_rand=_adjusted_rand(runs),
        found=tuple(len(standing.centroids) for standing in standings),
        outliers=tuple(float((run.labels == OUTLIER).mean()) if len(fitted) else 0.0 for run in runs),
    )


def _standing(clustering: Clustering, centred: NDArray[np.float32], said: NDArray[np.intp], spec: TopicSpec) -> Standing:
    cores = [said[clustering.labels == label] for label in range(len(clustering.stability))]
    return Standing.fitted_to(centred, np.arange(len(centred)), cores, spec.members)


def _topic(given: Topicable, fitted: NDArray[np.intp], standing: Standing, label: int, again: float) -> RepeatedTopic:
    members = np.flatnonzero(standing.labels == label)
    central = members[np.argmax(np.where(standing.memberships[members] == CORE, standing.similarities[members], -1))]
    return RepeatedTopic(given.ids[fitted[central]], len(members), again)


def _adjusted_rand(runs: Sequence[Run]) -> float | None:
    if len(runs) < 2 or not len(runs[0].labels) or all((run.labels == OUTLIER).all() for run in runs):
        return None
    from sklearn.metrics import adjusted_rand_score

    return float(np.mean([adjusted_rand_score(one.labels, other.labels) for one, other in combinations(runs, 2)]))
