"""Surveys and topics that someone asked for by name, found or told with what there is."""

from __future__ import annotations

from collections.abc import Sequence

from flows.faults import near
from flows.page import printable
from store import Writer
from store.topic_decisions import survey_of
from taxonomy.errors import StoreError, SurveyError

_SHOWN = 12


def known_surveys(writer: Writer, survey: str | None = None) -> list[str]:
    """Return the survey, or all of the store's.

    Raises:
        SurveyError: nothing was read of it.
    """
    known: list[str] = writer.surveys()["survey"].to_pylist()
    if survey is None:
        return known
    if survey not in known:
        there = ", ".join(known) or "none"
        raise SurveyError(survey, [f"nothing was read of a survey of this name{near(survey, known)}; there are: {there}"])
    return [survey]


def require_topics(writer: Writer, survey: str) -> None:
    """Make sure that a survey's topics were looked for.

    Raises:
        SurveyError: there is no such survey.
        StoreError: nothing was looked for in it.
    """
    known_surveys(writer, survey)
    if writer.topic_model(survey) is None:
        raise StoreError(f"{survey}: its topics were not looked for yet; suasion run {survey} does it")


def require_topic(writer: Writer, topic: str) -> frozenset[str]:
    """Make sure that a survey has a topic, or had it once; return all that it ever had.

    Raises:
        SurveyError: there is no such survey.
        StoreError: it has no such topic.
    """
    survey = named_survey(topic)
    require_topics(writer, survey)
    known = frozenset(each for each in writer.known_topics() if survey_of(each) == survey)
    if topic not in known:
        raise no_topic(topic, writer.topics(survey)["topic"].to_pylist(), "")
    return known


def named_survey(topic: str) -> str:
    """Return the survey that a topic's id names.

    Raises:
        StoreError: it is no topic's id.
    """
    survey = survey_of(topic)
    if not (survey and topic.removeprefix(f"{survey}.").isdecimal()):
        raise StoreError(f"“{printable(topic)[:60]}” is no topic's id; one is a survey and a number, our-survey.7 say: suasion topics list")
    return survey


def no_topic(topic: str, topics: Sequence[str], where: str) -> StoreError:
    """Return the error that says which topics there are instead."""
    there = ", ".join(topics[:_SHOWN]) + f" and {len(topics) - _SHOWN} more" * (len(topics) > _SHOWN)
    return StoreError(f"there is no topic {topic}{where}; there are: {there or 'none'}. suasion topics list says what they are about")
