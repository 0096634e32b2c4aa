"""What people decide on topics from the command line: a name, that two are one, and that it shall not be so after all."""

from __future__ import annotations

import getpass

from flows.page import printable
from flows.progress import Terminal
from flows.topic_lookup import require_topic
from store import Paths, Writer
from store.topic_decisions import forget_name, merge, rename, split_again, standing, survey_of
from taxonomy.errors import StoreError

_LIVE = "The explorer shows it at once."


def rename_topic(topic: str, name: str, who: str) -> None:
    """Give a topic a name.

    Raises:
        SurveyError: there is no such survey.
        StoreError: it has no such topic, or the name cannot be used.
    """
    with Writer(Paths.default(), "suasion topics rename") as writer:
        shown = rename(writer.decisions, topic, name, _person(who), known=require_topic(writer, topic))
        seen = _seen(writer, topic)
    Terminal().say(f"{topic} is called “{shown}” from now on. {seen} Lift it with: suasion topics undo {topic}")


def merge_topics(topic: str, into: str, who: str) -> None:
    """Count a topic as another one.

    Raises:
        SurveyError: there is no such survey.
        StoreError: a topic is not there, they belong to different surveys, or each would count as the other.
    """
    with Writer(Paths.default(), "suasion topics merge") as writer:
        known = require_topic(writer, topic) | require_topic(writer, into)
        merge(writer.decisions, topic, into, _person(who), known=known)
        seen = _seen(writer, topic, into)
    Terminal().say(f"{topic} counts as {into} from now on. {seen} Lift it with: suasion topics undo {topic}")


def undo_decision(topic: str, who: str) -> None:
    """Lift that a topic counts as another; where it does not, lift its name.

    Raises:
        StoreError: nobody decided anything on it.
    """
    with Writer(Paths.default(), "suasion topics undo") as writer:
        stands = standing(writer.decisions)
        if topic in stands.merged:
            split_again(writer.decisions, topic, _person(who))
            said = f"{topic} stands by itself again; it counted as {stands.merged[topic]}."
        elif topic in stands.names:
            forget_name(writer.decisions, topic, _person(who))
            said = f"{topic} is called by its words again; it was called “{printable(stands.names[topic])}”."
        else:
            decided = ", ".join(sorted({*stands.merged, *stands.names})) or "none"
            raise StoreError(f"{printable(topic)[:60]}: nobody named it or merged it; topics on which something was decided: {decided}")
        seen = _seen(writer, topic)
    Terminal().say(f"{said} {seen}")


def _seen(writer: Writer, *topics: str) -> str:
    """Return how what was decided on topics comes to be seen."""
    for topic in topics:
        model = writer.topic_model(survey_of(topic))
        if model is None or topic not in model.topics:
            return f"{topic} is not among the topics of the newest fit: this shows if it is found again."
    return _LIVE


def _person(who: str) -> str:
    return printable(who) or getpass.getuser()
