"""What the pages ask about topics, and what a person may decide about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.topic_ground import Ground, Topic
from explorer.topic_map import colours
from store import Decisions, Filters, Paths, Reader
from store.topic_decisions import TOPIC_MERGE, TOPIC_NAME, forget_name, merge, rename, split_again, survey_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Naming:
    """What a person decided about a topic: the name given, or the topic merged into this one."""

    topic: str
    kind: str
    value: str
    who: str
    on: str


class TopicShelf:
    """The topics of a snapshot. Every method may be called by several sessions at once."""

    def __init__(self, reader: Reader, paths: Paths, remembering: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        self._reader = reader
        self._paths = paths
        self._topics = remembering(lambda filters: reader.topics(filters).to_pylist())
        self._points = remembering(lambda filters, limit: reader.topic_points(filters, limit).to_pylist())
        self._ground = remembering(self._read_ground)
        self._split = remembering(lambda by, filters: reader.topic_split(by, filters).to_pylist())
        self._beyond = remembering(lambda filters: reader.beyond_codebook(filters).to_pylist())
        self._models = remembering(lambda: reader.topic_models().to_pylist())
        self._words = remembering(self._read_words)
        self._names = remembering(self._read_names)

    def of(self, filters: Filters) -> list[Row]:
        """Return the topics that the filters leave something of, the largest first."""
        found: list[Row] = self._topics(filters)
        return found

    def surveys(self) -> list[str]:
        """Return the surveys whose topics were looked for, whether or not any were found."""
        return sorted({model["survey"] for model in self._models()})

    def found(self, survey: str) -> bool:
        """Return whether a survey ever had a topic, shown or not."""
        return any(topic.rpartition(".")[0] == survey for topic in self._reader.known_topics())

    def model(self, survey: str) -> Row | None:
        """Return how the topics of a survey were found."""
        found: list[Row] = self._models()
        return next((model for model in found if model["survey"] == survey), None)

    def names(self) -> Mapping[str, str]:
        """Return the name of every topic as people call it now; of merged ones that of the topic they went into."""
        found: Mapping[str, str] = self._names()
        return found

    def merged_into(self) -> Mapping[str, str]:
        """Return the topics that were merged, each with the one that it counts as now."""
        return {gone: row["topic"] for row in self.of(Filters(suggestions=True)) for gone in row["merged"]}

    def points(self, filters: Filters, limit: int) -> list[Row]:
        """Return the passages as points, at most ``limit``: the reader draws an even sample of more."""
        found: list[Row] = self._points(filters, limit)
        return found

    def ground(self, survey: str, limit: int) -> Ground:
        """Return what the map of a survey is drawn on: all its topics, and at most ``limit`` of its passages."""
        found: Ground = self._ground(survey, limit)
        return found

    def words(self, topic: str) -> dict[str, list[Row]]:
        """Return the words of a topic by language, the most distinctive first."""
        found: dict[str, list[Row]] = self._words(topic)
        return found

    def events(self, survey: str) -> list[Row]:
        """Return what became of a survey's topics from fit to fit, the latest last."""
        found: list[Row] = self._reader.topic_events(survey).to_pylist()
        return found

    def central_quotes(self, topic: str, filters: Filters, count: int = 3) -> list[Row]:
        """Return the quotes that stand for a topic, from different countries where there are."""
        found: list[Row] = self._reader.central_quotes(topic, filters, count).to_pylist()
        return found

    def codes(self, topic: str, filters: Filters) -> list[Row]:
        """Return the codes of a topic's passages with their share, its interval, and how many times the usual share that is."""
        found: list[Row] = self._reader.topic_codes(topic, filters).to_pylist()
        return found

    def split(self, by: str, filters: Filters) -> list[Row]:
        """Return how much of each value of a facet speaks of each topic."""
        found: list[Row] = self._split(by, filters)
        return found

    def beyond(self, filters: Filters) -> list[Row]:
        """Return the topics, those first that codes explain worst."""
        found: list[Row] = self._beyond(filters)
        return found

    def decided(self, topic: str) -> list[Naming]:
        """Return what people decided about a topic and stands, by time."""
        decisions = Decisions(self._paths)
        given = [
            Naming(subject, kind, each.value, each.who, each.at[:10])
            for kind in (TOPIC_NAME, TOPIC_MERGE)
            for subject, each in decisions.standing(kind).items()
            if each.value and survey_of(subject) == survey_of(topic)
        ]
        here = [each for each in given if each.topic == topic or (each.kind == TOPIC_MERGE and each.value == topic)]
        return sorted(here, key=lambda each: (each.on, each.kind, each.topic))

    def rename(self, topic: str, name: str, who: str) -> None:
        """Record a name for a topic; raises StoreError where it cannot be one."""
        rename(Decisions(self._paths), topic, name, who, known=self._reader.known_topics())

    def forget_name(self, topic: str, who: str) -> None:
        """Record that a topic goes by its own words again."""
        forget_name(Decisions(self._paths), topic, who)

    def merge(self, topic: str, into: str, who: str) -> None:
        """Record that a topic counts as another one; raises StoreError where that cannot be."""
        merge(Decisions(self._paths), topic, into, who, known=self._reader.known_topics())

    def split_again(self, topic: str, who: str) -> None:
        """Record that a merged topic stands for itself again."""
        split_again(Decisions(self._paths), topic, who)

    def _read_ground(self, survey: str, limit: int) -> Ground:
        whole = Filters(surveys=(survey,), suggestions=True)
        topics = self.of(whole)
        given = colours([topic["topic"] for topic in topics])
        drawn = [Topic(topic["topic"], topic["name"], given[topic["topic"]], topic["size"]) for topic in topics]
        return Ground(drawn, self.points(whole, limit))

    def _read_words(self, topic: str) -> dict[str, list[Row]]:
        words: dict[str, list[Row]] = {}
        for row in self._reader.topic_words(topic).to_pylist():
            words.setdefault(row["language"], []).append(row)
        return words

    def _read_names(self) -> Mapping[str, str]:
        names: dict[str, str] = {}
        for row in self.of(Filters(suggestions=True)):
            names |= dict.fromkeys((row["topic"], *row["merged"]), row["name"])
        return names
