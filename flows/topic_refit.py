"""``suasion topics refit``: a survey's topics found anew in all that it holds, and what became of those that it had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from flows.page import console, printable
from flows.progress import Terminal
from flows.report import StageCount
from flows.topic_finding import find
from flows.topic_lookup import known_surveys
from flows.topic_pages import event_table, tally
from flows.workshop import Workshop
from store import Paths, Writer
from store.topic_decisions import TopicDecisions, standing
from taxonomy.errors import StoreError


def refit_topics(survey: str) -> None:
    """Find a survey's topics anew and print their history at this fit.

    Raises:
        SurveyError: nothing was read of the survey.
        StoreError: it has texts that are not encoded yet; the topics stay as they are.
    """
    out, terminal, paths = console(), Terminal(), Paths.default()
    with Writer(paths, "suasion topics refit") as writer:
        known_surveys(writer, survey)
        workshop = Workshop(writer, paths, terminal, [survey])
        try:
            _require_vectors(workshop, survey)
            were = writer.ancestry(survey, workshop.versions.encoder)
            fit = find(workshop, survey)
            made = fit.members.num_rows - fit.members["topic"].null_count
            writer.record_stage(workshop.run, **asdict(StageCount(survey, "topics", fit.members.num_rows, made, 0, 0, fit.model.seconds)))
        except BaseException:
            writer.finish_run(workshop.run, "failed")
            raise
        writer.finish_run(workshop.run, "done")
        names = writer.topic_names(survey)
        decided = standing(writer.decisions)
    before, after = _sizes(were.members), _sizes(fit.members)
    events = fit.events.to_pylist()
    out.print(f"{survey}: {sum(were.topics['alive'].to_pylist())} topics before, {fit.topics.num_rows} now: {tally(events)}", style="bold")
    if events:
        out.print(event_table(events, names, before, after))
    for line in lost(decided, events, set(were.topics.filter(were.topics["alive"])["topic"].to_pylist()), set(fit.model.topics)):
        out.print(printable(line))
    terminal.say("The explorer shows them after: suasion publish --view internal")


def lost(decided: TopicDecisions, events: Sequence[Mapping[str, Any]], before: Collection[str], now: Collection[str]) -> list[str]:
    """Return a line for every name and every merge by people that a fit took the topic from."""
    ended = {event["topic"]: event for event in events if event["topic"] not in now}
    lines = []
    for topic in sorted(set(before) - set(now)):
        event = ended.get(topic, {"event": "died", "others": []})
        others = f" into {', '.join(event['others'])}" if event["others"] else ""
        gone = f"{topic} {event['event']}{others}"
        if topic in decided.names:
            lines.append(f"{gone}: its name “{decided.names[topic]}”, given by a person, is not shown any more, unless it returns.")
        for merged in sorted(each for each, into in decided.merged.items() if into == topic and each in now):
            target = decided.target(merged, now)
            stands = "it stands by itself again" if target == merged else f"it counts as {target}"
            lines.append(f"{gone}: {merged}, which a person let count as it, does so no more; {stands}.")
    return lines


def _require_vectors(workshop: Workshop, survey: str) -> None:
    """Topics of half a survey would be taken for those of all of it."""
    waiting = workshop.writer.queue("embed", survey, {"encoder": workshop.versions.encoder}).waiting
    if waiting:
        raise StoreError(
            f"{survey}: {waiting:,} of its texts are not encoded with {workshop.versions.encoder} yet. Type: suasion run {survey}; "
            f"then again: suasion topics refit {survey}"
        )


def _sizes(members: pa.Table) -> Counter[str]:
    """How many passages each topic of a fit has, before anything that people brought together."""
    return Counter(topic for topic in members["topic"].to_pylist() if topic is not None)
