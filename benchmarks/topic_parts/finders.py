"""The two ways of finding topics that are compared, on the same vectors: this project's, and BERTopic as it comes."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.topic_parts.cache import Cache, Vectors
from benchmarks.topic_parts.material import Material
from models.topic_spec import TopicSpec
from models.topics import Ancestry, fit

Labels = NDArray[np.int64]

#: Words of a topic that are looked through for ten that count.
DEPTH = 200
OUTLIER = -1
#: Between the seeds of two fits: a consensus draws the seeds of its runs from its own, and no two may share one.
APART = 1_000


@dataclass(frozen=True)
class Found:
    """Topics of passages: each passage's number, −1 for none; ``core`` before any outlier was given to a topic.

    ``shown`` are the words that each topic is described by, ``ranked`` more of them, most distinctive first.
    """

    labels: Labels
    core: Labels
    shown: tuple[tuple[str, ...], ...]
    ranked: tuple[tuple[str, ...], ...]
    seconds: float

    @property
    def count(self) -> int:
        return len(self.shown)


Finder = Callable[[Material, Vectors, int], Found]


# --- this project's


@dataclass(frozen=True)
class Consensus:
    """Topics as ``suasion run`` finds them."""

    cache: Cache
    spec: TopicSpec

    def __call__(self, material: Material, vectors: Vectors, seed: int, *, place_versions: bool = False) -> Found:
        spec = self.spec.model_copy(update={"seed": seed})
        table = material.table(vectors, place_versions=place_versions)
        encoder, seeds = self.cache.encoder(), self.cache.seeds()
        began = time.perf_counter()
        made = fit("benchmark", table, encoder, lambda: seeds, Ancestry.none(), spec)
        seconds = time.perf_counter() - began
        topics = tuple(made.topics["topic"].to_pylist())
        labels, core = members(made.members, material.ids, topics)
        words = words_of(made.words, topics, material.languages, labels)
        return Found(labels, core, words, words, seconds)


def members(table: pa.Table, ids: Sequence[str], topics: Sequence[str]) -> tuple[Labels, Labels]:
    """Return the number of each passage's topic: with its weak members, and of core members alone."""
    number = {topic: place for place, topic in enumerate(topics)}
    rows = {row["passage"]: row for row in table.select(["passage", "topic", "membership"]).to_pylist()}
    labels = np.asarray([number.get(rows[passage]["topic"], OUTLIER) for passage in ids], np.int64)
    weak = np.asarray([rows[passage]["membership"] != "core" for passage in ids])
    return labels, np.where(weak, OUTLIER, labels)


def words_of(table: pa.Table, topics: Sequence[str], languages: Sequence[str], labels: Labels) -> tuple[tuple[str, ...], ...]:
    """Return each topic's words in the language of most of its members."""
    rows = sorted(table.to_pylist(), key=lambda row: row["rank"])
    mine = [main_language(languages, labels, number) for number in range(len(topics))]
    return tuple(
        tuple(row["word"] for row in rows if row["topic"] == topic and row["language"] == language)
        for topic, language in zip(topics, mine, strict=True)
    )


def main_language(languages: Sequence[str], labels: Labels, topic: int) -> str:
    """Return the language of most members, of equally frequent ones the first by name."""
    counts = Counter(np.asarray(languages)[labels == topic].tolist())
    return min(counts, key=lambda language: (-counts[language], language), default="")


# --- BERTopic as it comes


def plain(material: Material, vectors: Vectors, seed: int) -> Found:
    """Return what BERTopic finds with nothing set but the seed."""
    return bertopic(material, vectors, seed)[0]


def bertopic(material: Material, vectors: Vectors, seed: int) -> tuple[Found, Found]:
    """Return what BERTopic finds as it comes, and the same after its own ``reduce_outliers`` by vectors.

    UMAP and HDBSCAN are given because that is how a seed is set, with the values that BERTopic gives them itself. It would have HDBSCAN
    keep what a later prediction needs, which changes no label and fails with the releases of today.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from bertopic import BERTopic
        from hdbscan import HDBSCAN
        from umap import UMAP

        layout = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", low_memory=False, random_state=seed, n_jobs=1)
        clusters = HDBSCAN(min_cluster_size=10, metric="euclidean", cluster_selection_method="eom")
        model = BERTopic(embedding_model=None, umap_model=layout, hdbscan_model=clusters)
        began = time.perf_counter()
        labels = np.asarray(model.fit_transform(list(material.texts), np.asarray(vectors))[0], np.int64)
        seconds = time.perf_counter() - began
        shown, ranked = _words(model, labels)
        found = Found(labels, labels, shown, ranked, seconds)
        if not found.count or (labels >= 0).all():
            return found, found
        given = model.reduce_outliers(list(material.texts), labels.tolist(), strategy="embeddings", embeddings=np.asarray(vectors))
    return found, Found(np.asarray(given, np.int64), labels, shown, ranked, seconds)


def _words(model: object, labels: Labels) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
    count = int(labels.max(initial=OUTLIER)) + 1
    vocabulary = model.vectorizer_model.get_feature_names_out()  # type: ignore[attr-defined]
    weights = model.c_tf_idf_[-count:] if count else ()  # type: ignore[attr-defined]  # the outliers' row, where there are any, is first
    ranked = []
    for row in weights:
        order = row.indices[np.lexsort((row.indices, -row.data))]
        ranked.append(tuple(str(vocabulary[place]) for place in order[:DEPTH]))
    shown = tuple(tuple(word for word, _ in model.get_topic(number) if word) for number in range(count))  # type: ignore[attr-defined]
    return shown, tuple(ranked)
