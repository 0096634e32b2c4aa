"""Topics: what answers are about beyond what the codebook foresees, found once and kept.

A survey's topics are fitted to its passages (`fit`); later passages are placed among them without a refit (`place`), which needs
numpy alone; `Drift` says when a refit is due. The same passages give the same topics, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.centring import CentredRows, Centring, Rows, centroids
from models.clustering import Clustering, Method, cluster, scarcity
from models.code_seeds import CodeSeeds, Foreseen, foreseen
from models.conductor import conduct
from models.consensus import OUTLIER, Progress
from models.layout import layout, neighbourhood, principal, starts
from models.lineage import Ancestry, Fresh, inherit
from models.placement import WEAK, Standing, on_map
from models.tables import TOPIC_MEMBERS, TOPICS
from models.topic_spec import TopicSpec, topic_spec
from models.topic_words import Token, distinctive, documents, kept_names, names, tokens, topic_words
from models.topicable import Topicable, matrix
from taxonomy.errors import StageError
from taxonomy.shares import percent

__all__ = ["Ancestry", "CodeSeeds", "Drift", "Fit", "TopicModel", "fit", "place"]

_AT_ONCE = 100_000  # passages whose place on the map is looked for together
_MAP_LEAST_DISTANCE = 0.1  # on the map points are to be told apart; in the space of clusters they may fall together


@dataclass(frozen=True, eq=False)
class TopicModel:
    """What placing passages needs.

    ``encoder`` and ``spec`` name the versions of what it was made with; ``note`` is "" or a sentence for people that says why the
    method is not the consensus, or why there are no topics. Shares are of the fitted passages; ``outliers_after`` is that without
    the weak members. ``sharing``: of pairs of passages that share a topic in one run, the share that does in another; None where
    there were no such runs. ``centroids`` (topics, d): unit rows, centred by language. Two models are equal whatever time they took.
    """

    encoder: str
    spec: str
    seed: int
    method: Method
    note: str
    fitted: int
    outliers_before: float
    outliers_after: float
    sharing: float | None
    seconds: float
    centring: Centring
    topics: tuple[str, ...]
    centroids: NDArray[np.float32]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TopicModel):
            return NotImplemented
        return self._facts() == other._facts() and self.centring == other.centring and np.array_equal(self.centroids, other.centroids)

    def _facts(self) -> tuple[object, ...]:
        shares = (self.outliers_before, self.outliers_after, self.sharing)
        return (self.encoder, self.spec, self.seed, self.method, self.note, self.fitted, *shares, self.topics)


@dataclass(frozen=True)
class Fit:
    """What a fit makes. ``members`` covers all passages it was given: those it was fitted to, and the rest, placed."""

    model: TopicModel
    topics: pa.Table  # TOPICS
    words: pa.Table  # TOPIC_WORDS
    members: pa.Table  # TOPIC_MEMBERS
    events: pa.Table  # TOPIC_EVENTS


@dataclass(frozen=True)
class Drift:
    """How well a fit still holds.

    Of the ``fitted`` passages that topics were found in ``remaining`` are still there. Of the counted passages that are there now
    ``known`` came with the fit and ``placed`` later; ``poor`` of the placed are outliers, and ``outside`` of all.
    """

    fitted: int
    remaining: int
    known: int
    placed: int
    poor: int
    outside: int
    outliers_at_fit: float
    spec: TopicSpec = field(default_factory=topic_spec, repr=False)

    @property
    def share(self) -> float:
        """Outliers among the placed."""
        return self.poor / self.placed if self.placed else 0.0

    @property
    def share_outside(self) -> float:
        """Outliers among all that are there."""
        return self.outside / max(1, self.known + self.placed)

    @property
    def poorly_placed(self) -> bool:
        """Whether more of them than at the fit are outliers, by more than chance is allowed."""
        rules = self.spec.drift
        return self.placed >= rules.least_new and round(self.share - self.outliers_at_fit, 9) >= rules.excess

    @property
    def outgrown(self) -> bool:
        """Whether so many have come that the fit knows but a part."""
        return self.placed >= max(self.spec.drift.growth * self.known, self.spec.small.least)

    @property
    def shrunken(self) -> bool:
        """Whether so many are gone that the topics speak of what is no longer there."""
        return self.remaining < self.spec.drift.left * self.fitted

    @property
    def refit_proposed(self) -> bool:
        """Whether a person should think of a refit. None is ever made unasked."""
        return self.poorly_placed or self.outgrown or self.shrunken

    @property
    def sentence(self) -> str:
        """The figures for people, with what follows from them."""
        came = {0: "No passage has", 1: "1 passage has"}.get(self.placed, f"{self.placed:,} passages have")
        since = f"{came} come since the topics were found in {self.fitted:,}"
        gone = f", of which {self.remaining:,} {'is' if self.remaining == 1 else 'are'} still there" if self.remaining < self.fitted else ""
        found = f"; {percent(self.share)} of the new found no topic (at the fit {percent(self.outliers_at_fit)})" if self.placed else ""
        advice = ": a refit is worth while" if self.refit_proposed else ""
        return f"{since}{gone}{found}{advice}."


def fit(
    survey: str,
    passages: pa.Table,
    encoder: str,
    codes: Callable[[], CodeSeeds],
    ancestry: Ancestry,
    spec: TopicSpec | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Find the topics of a survey.

    Args:
        survey: the prefix of the topics' ids.
        passages: `models.tables.TOPICABLE`. The counted ones, or a sample of very many, are fitted; the rest is placed.
        encoder: the version of what made the vectors.
        codes: gives what the codebook foresees, of the same encoder; asked only where there are topics.
        ancestry: what the fits before left; topics that are the same keep their ids and names.
        spec: how; None for what ships.
        progress: told after each run of the ensemble.

    Raises:
        StageError: where vectors differ in length or hold what is no number.
    """
    began = perf_counter()
    spec = spec or topic_spec()
    given = Topicable.of(passages)
    del passages  # their vectors may have been copied, and of a million these are two gigabytes
    fitted = given.to_fit(spec.consensus.fit_at_most)
    centring = Centring.of(given.vectors[fitted], given.languages_of(fitted), spec.layout.language_weight)
    centred = CentredRows(centring, given.vectors, given.languages)
    said = fitted[centred[fitted].any(axis=1)]  # what the encoder saw nothing in has no topic
    words = _words(given, fitted, spec)
    clustering = cluster(centred[said], spec, spec.seed, progress)
    if clustering.method == "none":  # centred, answers that are all alike are nothing: people are told of what was given
        clustering = replace(clustering, note=scarcity(given.vectors[fitted], spec.small.least))
    clustering = _conducted(clustering, documents([words[row] for row in said.tolist()], given.languages_of(said)), centred[said])
    cores = [said[clustering.labels == label] for label in range(len(clustering.stability))]
    found = Standing.fitted_to(centred, fitted, cores, spec.members)
    plain = centroids(given.vectors, cores)  # of an encoder's own, they compare between fits
    fresh = Fresh(dict(zip(given.ids, found.labels.tolist(), strict=True)), plain, centring.general)
    inherited = inherit(survey, fresh, ancestry, spec.lineage)
    outliers = len(fitted) - sum(map(len, cores))
    model = TopicModel(
        encoder=encoder,
        spec=spec.stamp,
        seed=spec.seed,
        method=clustering.method,
        note=_note(clustering.note, len(fitted), int(given.counted.sum())),
        fitted=len(fitted),
        outliers_before=outliers / max(1, len(fitted)),
        outliers_after=int((found.labels[fitted] == OUTLIER).sum()) / max(1, len(fitted)),
        sharing=clustering.sharing,
        seconds=0.0,
        centring=centring,
        topics=inherited.ids,
        centroids=found.centroids,
    )
    described = np.asarray([row for row in sorted(words) if found.memberships[row] != WEAK], dtype=np.intp)
    told = [inherited.ids[label] if label >= 0 else None for label in found.labels[described].tolist()]
    languages = given.languages_of(described)
    units, ids = ([column[row] for row in described] for column in (given.units, given.ids))
    listed = distinctive(told, languages, units, [words[row] for row in described], spec.words, ids)
    kept = kept_names(inherited.names, listed)
    called = {**names(told, languages, listed, tuple(kept.values())), **kept}
    topics = _topics(model, clustering, plain, called, _foreseen(codes, centred, found, spec), spec)
    members = _members(given, found, model, _points(centred, said, clustering.method, spec))
    return Fit(replace(model, seconds=perf_counter() - began), topics, topic_words(listed), members, inherited.events)


def place(model: TopicModel, neighbours: pa.Table, passages: pa.Table, encoder: str, spec: TopicSpec | None = None) -> pa.Table:
    """Place passages among the topics of a model, without a refit.

    Args:
        model: what was found before.
        neighbours: the fitted passages (language, vector, x, y): a passage's point on the map is the mean of the nearest.
        passages: `models.tables.TOPICABLE`.
        encoder: the version of what made their vectors.
        spec: how; None for what ships.

    Returns:
        `models.tables.TOPIC_MEMBERS`, by passage. Each row depends on its own passage alone.

    Raises:
        StageError: where the vectors are not those of the model's encoder.
    """
    spec = spec or topic_spec()
    given = Topicable.of(passages)
    _same_encoder(model, encoder, given.vectors)
    if not len(given.ids):
        return TOPIC_MEMBERS.empty_table()
    fitted = matrix(neighbours["vector"])
    points = np.column_stack([np.asarray(neighbours[axis], dtype=np.float32) for axis in ("x", "y")])
    # Where there was not one vector to take a mean of, nothing can be near to anything.
    known = len(model.centring.general) > 0
    centred = model.centring.apply(given.vectors, given.languages) if known else np.zeros_like(given.vectors)
    near = model.centring.apply(fitted, neighbours["language"].to_pylist())
    found = Standing.placed(centred, model.centroids, spec.members)
    return _members(given, found, model, on_map(centred, near, points, spec.members.map_neighbours))


def _conducted(clustering: Clustering, words: Sequence[str], vectors: NDArray[np.float32]) -> Clustering:
    """Return the clusters as BERTopic numbers them. Of few passages they are in order already, and its import takes seconds."""
    if clustering.method != "consensus" or not clustering.stability:
        return clustering
    labels = conduct(words, vectors, clustering.labels)
    before = [clustering.labels[labels == label][0] for label in range(len(clustering.stability))]
    return replace(clustering, labels=labels, stability=tuple(clustering.stability[label] for label in before))


def _words(given: Topicable, fitted: NDArray[np.intp], spec: TopicSpec) -> dict[int, list[Token]]:
    """Return the words of the fitted passages, and of as many of the others: translations show a topic's words in their language."""
    others = np.ones(len(given.ids), dtype=bool)
    others[fitted] = False
    rows = [*fitted.tolist(), *given.drawn(np.flatnonzero(others), spec.consensus.fit_at_most).tolist()]
    return {row: tokens(given.texts[row], given.languages[row]) for row in rows}


def _points(centred: Rows, said: NDArray[np.intp], method: Method, spec: TopicSpec) -> NDArray[np.float32]:
    """Return the map: UMAP's where there are enough passages for it, else the principal axes; the others beside their neighbours."""
    rows = np.ascontiguousarray(centred[said])
    if method == "consensus":
        near = neighbourhood(rows, spec.layout.neighbours)
        own = layout(starts(rows, 2), near, seed=spec.seed, epochs=spec.layout.epochs, least_distance=_MAP_LEAST_DISTANCE)
    else:
        own = principal(rows, 2)
    points = np.zeros((len(centred), 2), dtype=np.float32)
    rest = np.ones(len(centred), dtype=bool)
    rest[said] = False
    points[said] = own
    others = np.flatnonzero(rest)
    for start in range(0, len(others), _AT_ONCE):
        some = others[start : start + _AT_ONCE]
        points[some] = on_map(centred[some], rows, own, spec.members.map_neighbours)
    return points


def _foreseen(codes: Callable[[], CodeSeeds], centred: Rows, found: Standing, spec: TopicSpec) -> Foreseen:
    if not len(found.centroids):
        return Foreseen((), (), ())
    return foreseen(codes(), centred, found.labels, found.centroids, spec.beyond.near_code)


def _topics(
    model: TopicModel, clustering: Clustering, plain: NDArray[np.float32], called: Mapping[str, str], expected: Foreseen, spec: TopicSpec
) -> pa.Table:
    rows = [
        {
            "topic": topic,
            "name": called[topic],
            "stability": clustering.stability[row],
            "tentative": clustering.stability[row] < spec.consensus.tentative_below,
            "centroid": model.centroids[row],
            "plain_centroid": plain[row],
            "foreseen": expected.shares[row],
            "nearest_code": expected.nearest[row],
            "code_similarity": expected.similarities[row],
        }
        for row, topic in enumerate(model.topics)
    ]
    return pa.Table.from_pylist(rows, schema=TOPICS)


def _members(given: Topicable, found: Standing, model: TopicModel, points: NDArray[np.float32]) -> pa.Table:
    columns = [
        pa.array(given.ids, pa.string()),
        pa.array([model.topics[label] if label >= 0 else None for label in found.labels.tolist()], pa.string()),
        pa.array(found.memberships.tolist(), pa.string()),
        pa.array(found.fitted),
        pa.array(found.similarities.astype(np.float32)),
        pa.array(points[:, 0]),
        pa.array(points[:, 1]),
    ]
    return pa.Table.from_arrays(columns, schema=TOPIC_MEMBERS)


def _note(note: str, fitted: int, counted: int) -> str:
    if fitted == counted:
        return note
    drawn = f"Found in a sample of {fitted:,} of {counted:,} passages; the others were placed."
    return f"{note} {drawn}".strip()


def _same_encoder(model: TopicModel, encoder: str, vectors: NDArray[np.float32]) -> None:
    wanted, length = len(model.centring.general), vectors.shape[1]
    if encoder == model.encoder and (not wanted or not length or wanted == length):
        return
    lengths = f" of {wanted} and {length} numbers" if wanted != length else ""
    raise StageError(
        f"topics: they were found in vectors of the encoder {model.encoder}; those of {encoder} cannot be placed among them "
        f"(vectors{lengths} of two encoders do not compare). `suasion topics refit` finds topics in the new vectors"
    )
