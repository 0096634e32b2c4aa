"""The stage ``topics``: found in a survey the first time, from then on new passages are placed among them; a refit is a person's to ask."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from flows.report import StageCount
from flows.workshop import Workshop
from models.loading import loading_seconds
from models.topic_spec import topic_spec
from taxonomy.errors import StageError
from taxonomy.shares import percent

if TYPE_CHECKING:
    from models.topics import Drift, Fit, TopicModel


#: Passages that are placed together: their vectors are in memory.
AT_ONCE = 50_000


@dataclass(frozen=True)
class _Done:
    """What came, how many passages of it are in a topic now, how many needed nothing."""

    came: int
    made: int
    known: int = 0


def find_or_place(workshop: Workshop, survey: str) -> StageCount:
    """Bring a survey's topics up to date, and say what happened.

    Raises:
        StageError: there is something to place, and the topics were found with another encoder.
    """
    began, loaded = time.perf_counter(), loading_seconds()
    model = workshop.writer.topic_model(survey)
    queue = workshop.writer.topic_queue(survey, workshop.versions.encoder)
    # Where no topic was found there is none to keep: with more passages it is looked for them again.
    if model is None or (queue.waiting and model.method == "none"):
        fit = find(workshop, survey)
        done = _Done(fit.members.num_rows, _in_a_topic(fit.members))
    else:
        made = _place(workshop, survey, model, queue.waiting) if queue.waiting else 0
        for line in proposals(survey, model, workshop.writer.drift(survey), workshop.versions.encoder):
            workshop.terminal.say(f"  {survey} · topics: {line}")
        done = _Done(queue.waiting, made, queue.known)
    seconds = time.perf_counter() - began - (loading_seconds() - loaded)
    return StageCount(survey, "topics", done.came, done.made, 0, done.known, seconds)


def find(workshop: Workshop, survey: str) -> Fit:
    """Find a survey's topics in all that it holds, keep them, and say how many there are."""
    from models.topics import fit

    writer, spec, encoder = workshop.writer, topic_spec(), workshop.versions.encoder
    with workshop.terminal.stage(survey, "topics", spec.consensus.seeds + spec.consensus.resamples) as bar:
        # Handed over, not kept: the fit lets go of what it no longer needs.
        ancestry = writer.ancestry(survey, encoder)
        found = fit(survey, writer.to_topics(survey, encoder), encoder, lambda: workshop.code_seeds, ancestry, spec, bar.reach)
    writer.put_fit(survey, workshop.run, found)
    for line in found_lines(found):
        workshop.terminal.say(f"  {survey} · topics: {line}")
    return found


def _place(workshop: Workshop, survey: str, model: TopicModel, waiting: int) -> int:
    """Place what is new among the topics there are, so many passages at once; return how many of them are in one."""
    from models.topics import place

    writer, encoder = workshop.writer, workshop.versions.encoder
    if model.encoder != encoder:
        raise StageError(
            f"its topics were found with the encoder {model.encoder}, new passages are encoded with {encoder}, and the two cannot be "
            f"compared. What is coded is published; find the topics anew with: suasion topics refit {survey}"
        )
    neighbours, made = writer.neighbours(survey), 0
    for _ in range(0, waiting, AT_ONCE):
        members = place(model, neighbours, writer.to_place(survey, encoder, limit=AT_ONCE), encoder, topic_spec())
        writer.put_placed(survey, members)
        made += _in_a_topic(members)
    workshop.terminal.say(f"  {survey} · topics: {placed_line(waiting, waiting - made)}")
    return made


def found_lines(fit: Fit) -> list[str]:
    """Return what a fit found, and why it was done otherwise than usual where it was."""
    model, topics = fit.model, fit.topics.num_rows
    note = [model.note] if model.note else []
    if not topics:
        return note or [f"no topics found in {_counted(model.fitted, 'passage')}"]
    tentative = sum(fit.topics["tentative"].to_pylist())
    line = f"{_counted(topics, 'topic')} found in {_counted(model.fitted, 'passage')}"
    line += f" ({tentative:,} tentative)" * bool(tentative)
    line += f", {percent(model.outliers_after)} of passages in none"
    if percent(model.outliers_before) != percent(model.outliers_after):
        line += f" ({percent(model.outliers_before)} before weak members)"
    return [line, *note]


def topics_line(model: TopicModel, topics: pa.Table, drift: Drift | None = None) -> str:
    """Return which topics a survey has, those that people brought together counted as one; or why it has none.

    With ``drift`` the share in no topic is that of today too, where it is not what it was at the fit.
    """
    if not topics.num_rows:
        return f"none. {model.note}".rstrip()
    tentative = sum(topics["tentative"].to_pylist())
    line = f"{topics.num_rows:,}" + f" ({tentative:,} tentative)" * bool(tentative)
    line += f", found in {_counted(model.fitted, 'passage')}; {percent(model.outliers_after)} of passages in none"
    now = model.outliers_after if drift is None else drift.share_outside
    return line if percent(now) == percent(model.outliers_after) else f"{line} at the fit, {percent(now)} now"


def placed_line(placed: int, outside: int) -> str:
    """Return how many new passages were placed, and how many belong nowhere."""
    return f"{_counted(placed, 'new passage')} placed, {f'{outside:,}' if outside else 'none'} of them in no topic"


def proposals(survey: str, model: TopicModel, drift: Drift | None, encoder: str) -> list[str]:
    """Return each reason for which topics might be found anew, with the command that does it. Nothing does it unasked."""
    stamp, reasons = topic_spec().stamp, []
    if model.encoder != encoder:
        reasons.append(f"found with the encoder {model.encoder}, texts are encoded with {encoder} now")
    if model.spec != stamp:
        reasons.append(f"found by {model.spec}, this release finds them by {stamp}")
    if drift is not None and drift.refit_proposed:
        reasons.append(drift.sentence.rstrip("."))
    return [f"{reason}. They stay as they are until you type: suasion topics refit {survey}" for reason in reasons]


def _in_a_topic(members: pa.Table) -> int:
    return int(members.num_rows - members["topic"].null_count)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
