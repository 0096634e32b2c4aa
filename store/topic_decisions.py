"""What people decide about topics: their names, and which of them are one. Appended like every decision, so all can be taken back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from store.decisions import Decisions
from taxonomy.errors import StoreError

TOPIC_NAME = "topic-name"
TOPIC_MERGE = "topic-merge"

#: Takes back the name of a topic or its merge.
LIFTED = ""

#: Longer names would not fit on a map.
LONGEST_NAME = 80


class Latest(Protocol):
    """Whatever knows the newest value of a kind for every subject: ``Decisions``, or what a reader watches them with."""

    def latest(self, kind: str) -> Mapping[str, str]:
        """Return the newest value of a kind for every subject."""


@dataclass(frozen=True)
class TopicDecisions:
    """What stands: the names that people gave, by topic, and what each merged topic went into."""

    names: Mapping[str, str]
    merged: Mapping[str, str]

    def target(self, topic: str, alive: Collection[str]) -> str:
        """Return the topic that this one counts as: the last one alive on its way from merge to merge.

        A topic whose targets have all died stands for itself again. Of a circle, which only two people can make who merge at the
        same moment, the topic that comes first by its id stands for all.
        """
        way = [topic]
        while (into := self.merged.get(way[-1])) is not None and into not in way:
            way.append(into)
        circle = [met for met in way[way.index(into) :] if met in alive] if into is not None else []
        return min(circle) if circle else next((met for met in reversed(way) if met in alive), topic)

    def targets(self, alive: Collection[str]) -> dict[str, str]:
        """Return the topics of ``alive`` that count as another one, each with that one."""
        return {topic: into for topic in self.merged if topic in alive and (into := self.target(topic, alive)) != topic}


_OVERLAY = """
merges AS (SELECT unnest($merged::VARCHAR[]) AS topic, unnest($targets::VARCHAR[]) AS target),
names AS (SELECT unnest($named::VARCHAR[]) AS topic, unnest($given::VARCHAR[]) AS given)
"""


def overlay(decided: TopicDecisions, alive: Collection[str]) -> tuple[str, dict[str, Any]]:
    """Return what stands as common table expressions, ``merges`` (topic, target) and ``names`` (topic, given), with their parameters."""
    targets = decided.targets(alive)
    return _OVERLAY, {
        "merged": list(targets),
        "targets": list(targets.values()),
        "named": list(decided.names),
        "given": list(decided.names.values()),
    }


def standing(decisions: Latest) -> TopicDecisions:
    """Return what stands on all topics."""
    names, merged = ({topic: value for topic, value in decisions.latest(kind).items() if value} for kind in (TOPIC_NAME, TOPIC_MERGE))
    return TopicDecisions(names, merged)


def rename(decisions: Decisions, topic: str, name: str, who: str, *, known: Collection[str]) -> str:
    """Record the name that a person gives to a topic, and return it as it will be shown.

    Args:
        decisions: where it is recorded.
        topic: the topic's id.
        name: any text; blanks are tidied up.
        who: the person.
        known: the ids of all topics that ever were (``TopicBook.known_topics`` or ``Reader.known_topics``).

    Raises:
        StoreError: no such topic, or no usable name.
    """
    _require(topic, known)
    tidy = " ".join(name.split())
    if not tidy:
        raise StoreError(f"topic {topic}: a name has at least one letter; to go back to the automatic name, undo the one given")
    if len(tidy) > LONGEST_NAME:
        raise StoreError(f"topic {topic}: the name has {len(tidy)} characters; at most {LONGEST_NAME} can be shown")
    # Marks that are not seen, or that turn the direction of writing, would make one name look like another.
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") for letter in tidy):
        raise StoreError(f"topic {topic}: the name holds characters that cannot be seen; type it anew")
    decisions.record(TOPIC_NAME, topic, tidy, who)
    return tidy


def forget_name(decisions: Decisions, topic: str, who: str) -> None:
    """Take back the name that a person gave to a topic: it goes by its automatic one again.

    Raises:
        StoreError: nobody has named it.
    """
    if topic not in standing(decisions).names:
        raise StoreError(f"topic {_shown(topic)}: nobody has named it, so there is no name to take back")
    decisions.record(TOPIC_NAME, topic, LIFTED, who)


def merge(decisions: Decisions, topic: str, into: str, who: str, *, known: Collection[str]) -> None:
    """Record that a topic counts as another one of its survey, until this is undone.

    Args:
        decisions: where it is recorded.
        topic: the one that goes.
        into: the one that stays; it may itself have gone into a third.
        who: the person.
        known: the ids of all topics that ever were (``TopicBook.known_topics`` or ``Reader.known_topics``).

    Raises:
        StoreError: no such topic, topics of two surveys, or a merge that would lead back to where it began.
    """
    _require(topic, known)
    _require(into, known)
    if survey_of(topic) != survey_of(into):
        raise StoreError(
            f"topic {topic} belongs to the survey {survey_of(topic)}, {into} to {survey_of(into)}; only topics of one survey can be merged"
        )
    if topic == into:
        raise StoreError(f"topic {topic}: a topic cannot be merged into itself")
    merged = standing(decisions).merged
    way = [into]
    while (after := merged.get(way[-1])) is not None and after not in way:
        way.append(after)
        if after == topic:
            raise StoreError(
                f"topic {topic}: {' went into '.join(way)} already, so the merge would go round in a circle; undo that one first"
            )
    decisions.record(TOPIC_MERGE, topic, into, who)


def split_again(decisions: Decisions, topic: str, who: str) -> None:
    """Undo the merge of a topic: it stands for itself again.

    Raises:
        StoreError: it is not merged into any other.
    """
    if topic not in standing(decisions).merged:
        raise StoreError(f"topic {_shown(topic)}: it is not merged into another one, so there is nothing to undo")
    decisions.record(TOPIC_MERGE, topic, LIFTED, who)


def survey_of(topic: str) -> str:
    """Return the survey that a topic belongs to."""
    return topic.rpartition(".")[0]


def _require(topic: str, known: Collection[str]) -> None:
    if topic not in known:
        raise StoreError(f"there is no topic “{_shown(topic)}”; `suasion topics list` shows those that there are")


def _shown(topic: str) -> str:
    return re.sub(r"[^\w.\-]", "?", topic)[:60]
