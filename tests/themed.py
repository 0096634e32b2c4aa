"""Topics made up for tests: who is of which topic is said by the test, so that every count is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from models.centring import Centring
from models.tables import TOPIC_EVENTS, TOPIC_MEMBERS, TOPIC_WORDS, TOPICS
from models.topics import Fit, TopicModel
from store import Paths, Writer
from tests.synthetic import BANK, BANK_AND_FACTORY, CLINIC, CONTENT, ENCODER, KOREAN, OFF_TOPIC, VERSIONS

#: The number of a passage's topic, and how it belongs to it; (0, "outlier") for none.
Placing = Callable[[Mapping[str, Any]], tuple[int, str]]


def members_table(survey: str, passages: pa.Table, placing: Placing, *, fitted: bool = True) -> pa.Table:
    """Return members; similarity falls and x and y rise with the place in the table."""
    rows = []
    for place, row in enumerate(passages.to_pylist()):
        number, membership = placing(row)
        rows.append(
            {
                "passage": row["passage"],
                "topic": f"{survey}.{number}" if number else None,
                "membership": membership,
                "fitted": fitted and row["counted"],
                "similarity": 0.9 - place / 1_000,
                "x": float(place),
                "y": float(place) * 2,
            }
        )
    return pa.Table.from_pylist(rows, schema=TOPIC_MEMBERS)


def made_up_fit(
    survey: str,
    passages: pa.Table,
    placing: Placing,
    *,
    numbers: Sequence[int] | None = None,
    encoder: str = ENCODER,
    words: Mapping[int, Mapping[str, Sequence[str]]] | None = None,
    events: Sequence[tuple[int, str, Sequence[int]]] | None = None,
) -> Fit:
    """Return a fit with the topics that the placing gives, or with those of ``numbers``.

    Words are given by topic and language; without them each topic has three English ones, the second of which is its name. All passages
    of a topic hold all its words. Events are (topic, event, others); without them each topic is born.
    """
    members = members_table(survey, passages, placing)
    found = sorted({int(topic.rpartition(".")[2]) for topic in members["topic"].to_pylist() if topic})
    kept = list(numbers if numbers is not None else found)
    placed = list(zip(members["passage"].to_pylist(), members["topic"].to_pylist(), strict=True))
    dimensions = len(passages["vector"][0]) if passages.num_rows else 4
    said = {number: {"en": (f"word{number}", f"theme {number}", "common")} for number in kept} if words is None else words
    topics = [
        {
            "topic": f"{survey}.{number}",
            "name": f"theme {number}",
            "stability": 0.8 if number != 2 else 0.4,
            "tentative": number == 2,
            "centroid": axis(dimensions, number),
            "plain_centroid": axis(dimensions, number + 1),
            "foreseen": 0.25 * (number % 4),
            "nearest_code": f"actor:code{number}",
            "code_similarity": 0.3,
        }
        for number in kept
    ]
    worded = [
        {
            "topic": f"{survey}.{number}",
            "language": language,
            "rank": rank,
            "word": word,
            "weight": 1 / rank,
            "passages": [passage for passage, topic in placed if topic == f"{survey}.{number}"],
        }
        for number, languages in said.items()
        for language, listed in languages.items()
        for rank, word in enumerate(listed, start=1)
    ]
    happened = [
        {"topic": f"{survey}.{number}", "event": event, "others": [f"{survey}.{other}" for other in others]}
        for number, event, others in (events if events is not None else [(number, "born", ()) for number in kept])
    ]
    model = TopicModel(
        encoder=encoder,
        spec="topics-1+00000000",
        seed=7,
        method="agglomerative",
        note="Few passages.",
        fitted=sum(members["fitted"].to_pylist()),
        outliers_before=0.5,
        outliers_after=0.25,
        sharing=None,
        seconds=1.5,
        centring=Centring(np.full(dimensions, 0.5, np.float32), {"en": np.arange(dimensions, dtype=np.float32)}),
        topics=tuple(row["topic"] for row in topics),
        centroids=np.asarray([row["centroid"] for row in topics], np.float32).reshape(len(topics), dimensions),
    )
    return Fit(
        model=model,
        topics=pa.Table.from_pylist(topics, schema=TOPICS),
        words=pa.Table.from_pylist(worded, schema=TOPIC_WORDS),
        members=members,
        events=pa.Table.from_pylist([row | {"overlap": None, "similarity": None} for row in happened], schema=TOPIC_EVENTS),
    )


def give_topics(writer: Writer, survey: str, run: str, placing: Placing, **how: Any) -> Fit:
    """Fit a survey of a writer to made-up topics."""
    fit = made_up_fit(survey, writer.to_topics(survey, ENCODER), placing, **how)
    writer.put_fit(survey, run, fit)
    return fit


def themed(row: Mapping[str, Any]) -> tuple[int, str]:
    """Place the passages of the made-up store: 1 banks, 2 factories, 3 clinics (weak members), 4 Korean; what is off topic is outside."""
    numbers = {BANK.text: 1, BANK_AND_FACTORY.text: 1, CLINIC.text: 3, KOREAN.text: 4}
    if row["text"] == OFF_TOPIC.text or row["text"].startswith("A polícia"):
        return 0, "outlier"
    number = numbers.get(row["text"], 2)
    return number, "weak" if number == 3 else "core"


def give_all_topics(paths: Paths, views: Sequence[str] = ("internal", "partner", "public")) -> None:
    """Fit every survey of a made-up store to the topics of ``themed``, and publish the views."""
    with Writer(paths, "tests") as writer:
        run = writer.begin_run([survey.survey for survey, _ in CONTENT], VERSIONS)
        for survey, _ in CONTENT:
            give_topics(writer, survey.survey, run, themed)
        for view in views:
            writer.publish(view, run)
        writer.finish_run(run, "done")


def axis(dimensions: int, number: int) -> list[float]:
    """Return a unit vector along one axis."""
    return [float(place == number % dimensions) for place in range(dimensions)]
