"""``suasion topics list`` and ``history``: the topics that the store has, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.table import Table

from flows.page import console, table
from flows.topic_finding import proposals, topics_line
from flows.topic_lookup import known_surveys, require_topics
from flows.workshop import current_versions
from store import Paths, Writer
from taxonomy import load_codebook

#: What became of a topic that a fit has; all else is said of those that ended, and besides.
_THERE = ("born", "continued", "returned")


def show_list(survey: str | None) -> None:
    """Print the topics of a survey, or of all, with what there is to know about each.

    Raises:
        SurveyError: there is no such survey.
        StoreError: its topics were not looked for yet.
    """
    out = console()
    encoder = current_versions(load_codebook()).encoder
    with Writer(Paths.default(), "suasion topics list") as writer:
        if survey is not None:
            require_topics(writer, survey)
        pages = [_page(writer, each, encoder) for each in known_surveys(writer, survey)]
    shown = [page for page in pages if page is not None]
    if not shown:
        out.print("No topics were looked for yet; suasion run does it.")
    for number, (heading, topics, proposed) in enumerate(shown):
        out.print("\n" * bool(number) + heading, style="bold")
        if topics:
            out.print(_topics(topics))
        for line in proposed:
            out.print(line)


def _page(writer: Writer, survey: str, encoder: str) -> tuple[str, list[dict[str, Any]], list[str]] | None:
    model = writer.topic_model(survey)
    if model is None:
        return None
    topics = writer.topics(survey)
    drift = writer.drift(survey)
    notes = [model.note] if model.note and topics.num_rows else []
    return (
        f"{survey} · topics: {topics_line(model, topics, drift)}",
        topics.to_pylist(),
        [*notes, *proposals(survey, model, drift, encoder)],
    )


def _topics(topics: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        (
            topic["topic"],
            topic["name"] + "".join(f" (with {merged})" for merged in topic["merged"]),
            str(topic["size"]),
            str(topic["weak"]),
            f"{figure(topic['stability'])}{' tentative' * topic['tentative']}",
            ", ".join(topic["words"]),
        )
        for topic in topics
    ]
    return table(("topic", "name", "passages", "of these weak", "stability", "words"), rows, wrapped=("name", "words"))


def show_history(survey: str) -> None:
    """Print what became of a survey's topics at every fit.

    Raises:
        SurveyError: there is no such survey.
        StoreError: its topics were not looked for yet.
    """
    out = console()
    with Writer(Paths.default(), "suasion topics history") as writer:
        require_topics(writer, survey)
        events = writer.topic_events(survey).to_pylist()
        names = writer.topic_names(survey)
    if not events:
        out.print(f"{survey}: no topics were found so far.")
    before = ""
    fits = groupby(events, key=lambda event: (event["made"], event["run"], event["method"]))
    for number, ((made, run, method), of_fit) in enumerate(fits):
        happened = list(of_fit)
        # Other topics by another method need not mean that anything else is spoken of.
        by = f", found by another method: {method}" if number and method != before else ""
        before = method
        out.print("\n" * bool(number) + f"{made} (run {run}{by}): {tally(happened)}", style="bold")
        out.print(event_table(happened, names))


def tally(events: Sequence[Mapping[str, Any]]) -> str:
    """Return how many topics went on, were born and so on: each once, by how it began or ended."""
    there = {event["topic"] for event in events if event["event"] in _THERE}
    kinds = [event["event"] for event in events if event["event"] in _THERE or event["topic"] not in there]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)) or "nothing"


def event_table(
    events: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    before: Mapping[str, int] | None = None,
    after: Mapping[str, int] | None = None,
) -> Table:
    """Return events as a table; with ``before`` and ``after``, how many passages each topic had and has."""
    columns = ["topic", "name", "what", "others", "overlap", "similarity"]
    sizes = [(label, known) for label, known in (("passages before", before), ("now", after)) if known is not None]
    rows = [
        (
            event["topic"],
            names.get(event["topic"], ""),
            event["event"],
            ", ".join(event["others"]),
            figure(event["overlap"]),
            figure(event["similarity"]),
            *(str(known.get(event["topic"], 0)) for _, known in sizes),
        )
        for event in events
    ]
    return table([*columns, *(label for label, _ in sizes)], rows, wrapped=("name", "others"))


def figure(number: float | None) -> str:
    """Return a figure between 0 and 1 as it is printed."""
    return "" if number is None else f"{number:.2f}"
