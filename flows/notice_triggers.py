"""What a run gives people to do, found in its counts and in the store."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from flows.logs import Failure, error_kind
from flows.notice_causes import Cause, Kind
from flows.notice_settings import Limits
from flows.report import StageCount
from flows.workshop import Workshop
from store import Paths, Writer
from store.reject_kinds import SAID
from taxonomy.errors import StageError, SuasionError, SurveyError

#: Percent; shares of people's answers are told in such steps.
_STEP = 5
_NAME = re.compile(r"[a-z0-9-]{1,64}\Z")


class FailedRunError(StageError):
    """A run that published nothing, with what is to be told of it."""

    def __init__(self, message: str, run: str, causes: tuple[Cause, ...]) -> None:
        super().__init__(message)
        self.run = run
        self.causes = causes


def failure_causes(kind: Kind, run: str, failures: Sequence[Failure]) -> tuple[Cause, ...]:
    """Return a cause for each failure of a run."""
    command = f"suasion runs {run}"
    return tuple(Cause(kind, run, failure.survey, failure.stage, failure.error, command=command) for failure in failures)


def before_a_run(error: Exception) -> Cause:
    """Return what is told where a run ended before it began: of a full disk, say, or of Prefect's server that does not start."""
    return Cause("failed", datetime.now(UTC).isoformat(timespec="seconds"), error=error_kind(error), command="suasion run")


def unusable(paths: Paths, errors: Sequence[SuasionError]) -> tuple[Cause, ...]:
    """Return what is told of folders whose description has faults: once a day, as they may stay so for long.

    Nobody is told of a name that somebody mistyped, nor by name of a folder that is not called as a survey may be.
    """
    today = datetime.now(UTC).date().isoformat()
    sources = dict.fromkeys(error.source.split("/")[0] for error in errors if isinstance(error, SurveyError))
    names = dict.fromkeys(name if _NAME.match(name) else "" for name in sources if name and (paths.raw / name).is_dir())
    return tuple(Cause("partly_failed", today, name, "description", command=f"suasion run {name}".rstrip()) for name in names)


def run_causes(workshop: Workshop, counts: Sequence[StageCount], limits: Limits) -> tuple[Cause, ...]:
    """Return what a run that published gives people to do."""
    writer, run, versions = workshop.writer, workshop.run, workshop.versions
    found = [*failure_causes("partly_failed", run, workshop.log.failures), *_codebook(writer, run, versions.codebook)]
    for count in counts:
        if count.stage == "ingest":
            found += _rejects(writer, run, count, limits)
        elif count.stage == "code":
            found += _languages(writer, run, count.survey, limits)
            found += _abstention(writer, run, count.survey, limits)
        elif count.stage == "topics":
            found += _topics(writer, count.survey, versions.encoder)
    stale = writer.coding_counts(versions.coder, versions.codebook)
    in_force = f"{versions.codebook} {versions.coder}"
    found += [
        Cause("codebook_stale", in_force, survey, command=f"suasion run {survey}")
        for survey, coding in sorted(stale.items())
        if coding.stale
    ]
    return tuple(found)


#: Runs that coded, for some surveys at least.
_CODED = ("done", "partly failed")


def _codebook(writer: Writer, run: str, stamp: str) -> list[Cause]:
    before = next((row["versions"] for row in writer.runs().to_pylist() if row["run"] < run and row["status"] in _CODED), None)
    former = json.loads(before).get("codebook", stamp) if before else stamp
    return [Cause("codebook_changed", stamp, about=(f"{former} before, {stamp} now",), command="suasion status")] if former != stamp else []


def _rejects(writer: Writer, run: str, count: StageCount, limits: Limits) -> list[Cause]:
    refused = writer.refused_rows(count.survey).to_pylist()
    rows = sum(row["rows"] for row in refused)
    if not count.came or rows / count.came <= limits.rejects:
        return []
    said = [SAID[row["kind"]] for row in refused[:3]]
    kinds = tuple(each[0].lower() + each[1:] for each in said)
    share, limit = min(100, round(100 * rows / count.came)), round(100 * limits.rejects)
    return [Cause("rejects", run, count.survey, share=share, usual=limit, about=kinds, command=f"suasion rejects {count.survey}")]


def _languages(writer: Writer, run: str, survey: str, limits: Limits) -> list[Cause]:
    """Total variation distance between the languages of what came and of what came before."""
    table = writer.languages_by_arrival(survey, run).to_pylist()
    now, before = (sum(row[name] for row in table) for name in ("now", "before"))
    if min(now, before) < limits.least:
        return []
    moved = {row["language"]: (row["now"] / now, row["before"] / before) for row in table}
    if sum(abs(one - other) for one, other in moved.values()) / 2 <= limits.languages:
        return []
    language, (share, usual) = max(moved.items(), key=lambda item: item[1][0] - item[1][1])
    return [Cause("languages", run, survey, share=_stepped(share), usual=_stepped(usual), about=(language,), command="suasion explore")]


def _abstention(writer: Writer, run: str, survey: str, limits: Limits) -> list[Cause]:
    table = {row["came"]: row for row in writer.reviews_by_arrival(survey, run).to_pylist()}
    if len(table) < 2 or min(row["passages"] for row in table.values()) < limits.least:
        return []
    share, usual = (table[came]["waiting"] / table[came]["codes"] for came in (True, False))
    if share - usual <= limits.abstention:
        return []
    return [Cause("abstention", run, survey, share=_stepped(share), usual=_stepped(usual), command="suasion status")]


def _topics(writer: Writer, survey: str, encoder: str) -> list[Cause]:
    """The reasons for which a refit is proposed (``flows.topic_finding``), by kind; told once for a fit."""
    from models.topic_spec import topic_spec

    model, drift = writer.topic_model(survey), writer.drift(survey)
    if model is None:
        return []
    reasons = {
        "another encoder is in use now": model.encoder != encoder,
        "this release finds them otherwise": model.spec != topic_spec().stamp,
        "much of what came fits badly": drift is not None and drift.poorly_placed,
        "much more has come since they were found": drift is not None and drift.outgrown,
        "much of what they were found in is gone": drift is not None and drift.shrunken,
    }
    about = tuple(reason for reason, holds in reasons.items() if holds)
    subject = "; ".join((f"{model.fitted} fitted with {model.encoder} by {model.spec}", *about))
    return [Cause("topics", subject, survey, about=about, command=f"suasion topics refit {survey}")] if about else []


def _stepped(share: float) -> int:
    """Return a share as percent, rounded down to a step."""
    return int(100 * share / _STEP) * _STEP
