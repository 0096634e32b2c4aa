"""``suasion topics refit``: a survey's topics found anew in all that it holds, and what became of those that it had."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import pyarrow as pa

from flows.page import console
from flows.progress import Terminal
from flows.report import StageCount
from flows.topic_finding import find
from flows.topic_lookup import known_surveys, topic_names
from flows.topic_pages import event_table, tally
from flows.workshop import Workshop
from store import Paths, Writer
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
        names = topic_names(writer, survey)
    before, after = _sizes(were.members), _sizes(fit.members)
    events = fit.events.to_pylist()
    out.print(f"{survey}: {sum(were.topics['alive'].to_pylist())} topics before, {fit.topics.num_rows} now: {tally(events)}", style="bold")
    if events:
        out.print(event_table(events, names, before, after))
    terminal.say("The explorer shows them after: suasion publish --view internal")


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
