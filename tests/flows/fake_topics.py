"""Topics without a model: one topic of all passages that name a bank, if there are two of them; the others are outliers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.centring import Centring
from models.code_seeds import CodeSeeds
from models.lineage import Ancestry
from models.tables import TOPIC_EVENTS, TOPIC_MEMBERS, TOPIC_WORDS, TOPICS
from models.topic_spec import TopicSpec, topic_spec
from models.topics import Fit, TopicModel
from taxonomy.errors import StageError

LEAST = 2
_WORDS = ((1, "bank"), (2, "lobby"))
_ROW = {
    "name": "bank, lobby",
    "stability": 0.4,
    "tentative": True,
    "centroid": [1.0, 0.0, 0.0],
    "plain_centroid": [1.0, 0.0, 0.0],
    "foreseen": 0.5,
    "nearest_code": "actor:bank",
    "code_similarity": 0.6,
}


@dataclass
class FakeTopics:
    """Stands for ``models.topics``; counts how many passages each call was given."""

    fitted: list[int] = field(default_factory=list)
    placed: list[int] = field(default_factory=list)
    spec: str = topic_spec().stamp
    fails: Exception | None = None
    second: bool = False  # the other passages are a topic too

    def fit(
        self,
        survey: str,
        passages: pa.Table,
        encoder: str,
        codes: Callable[[], CodeSeeds],
        ancestry: Ancestry,
        spec: TopicSpec,
        progress: Callable[[int, int], None] | None = None,
    ) -> Fit:
        self.fitted.append(passages.num_rows)
        if self.fails is not None:
            raise self.fails
        if progress is not None:
            progress(1, 1)
        enough = sum(map(_on_banks, passages["text"].to_pylist())) >= LEAST
        topics = (f"{survey}.1", f"{survey}.2")[: 1 + self.second] if enough else ()
        members = _members(passages, topics, fitted=True)
        outliers = members["topic"].null_count / max(members.num_rows, 1)
        model = TopicModel(
            encoder=encoder,
            spec=self.spec,
            seed=1,
            method="consensus" if enough else "none",
            note="" if enough else "Too few passages say anything of banks.",
            fitted=passages.num_rows,
            outliers_before=(outliers + 1) / 2,
            outliers_after=outliers,
            sharing=0.9 if enough else None,
            seconds=0.1,
            centring=Centring(np.zeros(3, np.float32), {}),
            topics=topics,
            centroids=np.ones((len(topics), 3), np.float32),
        )
        known = set(ancestry.topics["topic"].to_pylist())
        words = [
            {
                "topic": topic,
                "language": "en",
                "rank": rank,
                "word": word,
                "weight": 1.0,
                "passages": members.filter(pc.field("topic") == topic)["passage"].to_pylist(),
            }
            for topic in topics
            for rank, word in _WORDS
        ]
        events = [
            {"topic": topic, "event": "continued" if topic in known else "born", "others": [], "overlap": None, "similarity": None}
            for topic in topics
        ]
        return Fit(
            model,
            pa.Table.from_pylist([_ROW | {"topic": topic} for topic in topics], schema=TOPICS),
            pa.Table.from_pylist(words, schema=TOPIC_WORDS),
            members,
            pa.Table.from_pylist(events, schema=TOPIC_EVENTS),
        )

    def place(self, model: TopicModel, neighbours: pa.Table, passages: pa.Table, encoder: str, spec: TopicSpec) -> pa.Table:
        assert neighbours.column_names == ["language", "vector", "x", "y"]
        if model.encoder != encoder:
            raise StageError(f"found with {model.encoder}, these vectors are of {encoder}")
        self.placed.append(passages.num_rows)
        return _members(passages, model.topics, fitted=False)


def no_seeds(codebook: object, encoder: object) -> CodeSeeds:
    """Stands for the codebook's seeds, which need an encoder."""
    return CodeSeeds.none(3)


def _on_banks(text: str) -> bool:
    return "ank" in text


def _members(passages: pa.Table, topics: Sequence[str], *, fitted: bool) -> pa.Table:
    rows = []
    for row in passages.to_pylist():
        place = 0 if _on_banks(row["text"]) else 1
        topic = topics[place] if place < len(topics) else None
        rows.append(
            {
                "passage": row["passage"],
                "topic": topic,
                "membership": "outlier" if topic is None else "core",
                "fitted": fitted and row["counted"],
                "similarity": 0.9,
                "x": float(len(row["text"])),
                "y": 0.0,
            }
        )
    return pa.Table.from_pylist(rows, schema=TOPIC_MEMBERS)
