"""The report of one run, the same for the page and the command line: its stages, what changed against the run before, what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.reject_kinds import OTHER, SAID
from store.run_log import Trace


@dataclass(frozen=True)
class Stage:
    """What one stage of a run did for a survey ("" for all of them together): how many items came, of these were known, and so on."""

    survey: str
    stage: str
    came: int
    made: int
    rejected: int
    known: int
    seconds: float

    @property
    def per_second(self) -> float | None:
        """Return how many of the items that came were worked on in a second of the clock; None where it took no time."""
        return self.came / self.seconds if self.came and self.seconds > 0 else None


@dataclass(frozen=True)
class RunRecord:
    """A run as it was recorded, its times in UTC; ``ended`` is None where its process died."""

    id: str
    began: datetime
    ended: datetime | None
    state: str
    surveys: tuple[str, ...]
    versions: Mapping[str, str]
    stages: tuple[Stage, ...]

    @property
    def seconds(self) -> float | None:
        """Return how long it took by the clock; None where it never ended."""
        return (self.ended - self.began).total_seconds() if self.ended else None

    @property
    def rejected(self) -> int:
        """Return how many rows and passages could not be used."""
        return sum(each.rejected for each in self.stages)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """Return the surveys that were to be coded and did not come so far."""
        coded = {each.survey for each in self.stages if each.stage == "code"}
        return tuple(survey for survey in self.surveys if survey not in coded) if self.stages else ()

    def total(self, stage: str, measure: str, surveys: Sequence[str] | None = None) -> int:
        """Return a measure (``came``, ``made``, ``rejected``, ``known``) of a stage over ``surveys``, or over all."""
        return sum(getattr(each, measure) for each in self.stages if each.stage == stage and (surveys is None or each.survey in surveys))


@dataclass(frozen=True)
class RejectCount:
    """How many rows or passages of a survey could not be used for one kind of reason (``store.reject_kinds``)."""

    survey: str
    stage: str
    kind: str
    number: int


@dataclass(frozen=True)
class Section:
    """A part of the report: a table, and a sentence where it needs one. All cells are words."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class RunReport:
    """A run, the one ``before`` it that worked on any of the same surveys, what of it is refused still, and what it left in the logs."""

    run: RunRecord
    before: RunRecord | None
    refused: tuple[RejectCount, ...]
    trace: Trace

    @property
    def sections(self) -> tuple[Section, ...]:
        """Return the parts that say anything, in the order in which they are read."""
        parts = (self._facts(), self._stages(), self._changes(), self._refused(), self._failures(), self._notices(), self._versions())
        return tuple(part for part in parts if part.rows)

    @property
    def shared(self) -> tuple[str, ...]:
        """Return the surveys that this run and the one before it both worked on: of these alone they can be compared."""
        before = {stage.survey for stage in self.before.stages} if self.before else set()
        return tuple(dict.fromkeys(stage.survey for stage in self.run.stages if stage.survey in before and stage.survey))

    @property
    def changes(self) -> tuple[tuple[str, int, int], ...]:
        """Return what is counted, the number of the run before, and that of this one."""
        if self.before is None:
            return ()
        before, now = self.before, self.run
        found = [(name, before.total(*of, self.shared), now.total(*of, self.shared)) for name, of in MEASURES.items()]
        return tuple(change for change in found if any(change[1:]))

    def _facts(self) -> Section:
        run = self.run
        took = "its end was not recorded" if run.seconds is None else f"{run.seconds:,.1f} s"
        rows = (
            ("Run", run.id),
            ("State", run.state),
            ("Began", f"{run.began:%Y-%m-%d %H:%M:%S} UTC"),
            ("Took", took),
            ("Surveys", ", ".join(run.surveys)),
            ("Not finished", ", ".join(run.unfinished)),
            ("Published", ", ".join(f"{view} {id}" for view, id in self.trace.snapshots)),
        )
        return Section("Run", ("", ""), tuple(row for row in rows if row[1]))

    def _stages(self) -> Section:
        rows = tuple(
            (
                *(stage.survey or "all", stage.stage),
                *(f"{number:,}" for number in (stage.came, stage.made, stage.rejected, stage.known)),
                f"{stage.seconds:.1f}",
                rate(stage.per_second),
            )
            for stage in self.run.stages
        )
        return Section("Stages", ("Survey", "Stage", "Came", "Made", "Not used", "Known", "Seconds", "A second"), rows)

    def _changes(self) -> Section:
        if self.before is None:
            return Section("Against the run before", (), ())
        rows = tuple((name, f"{then:,}", f"{now:,}", f"{now - then:+,}") for name, then, now in self.changes)
        note = f"The run before that worked on {', '.join(self.shared)}: {self.before.id}. Both are told of these surveys alone."
        return Section("Against the run before", ("What", "Before", "Now", "Difference"), rows, note)

    def _refused(self) -> Section:
        rows = tuple((each.survey, each.stage, SAID.get(each.kind, SAID[OTHER]), f"{each.number:,}") for each in self.refused)
        note = "As the surveys were last read. Each row with its place and its whole reason: suasion rejects SURVEY"
        return Section("What could not be used", ("Survey", "Stage", "Why", "Rows or passages"), rows, note)

    def _failures(self) -> Section:
        rows = tuple((each.survey or "all", each.stage, each.kind, " < ".join(each.places)) for each in self.trace.failures)
        note = "Kinds and places alone: an error’s words may quote an answer."
        return Section("What failed", ("Survey", "Stage", "Kind", "Place in the code"), rows, note)

    def _notices(self) -> Section:
        rows = tuple((each.way, "sent" if each.sent else f"not sent ({each.fault})", "; ".join(each.causes)) for each in self.trace.notices)
        return Section("Notices", ("Way", "Became of it", "Causes"), rows)

    def _versions(self) -> Section:
        before = self.before.versions if self.before else self.run.versions
        rows = tuple(
            (part, version, f"new; before {before.get(part) or 'none'}" if before.get(part) != version else "")
            for part, version in self.run.versions.items()
        )
        return Section("Versions", ("Part", "Version", "Changed"), rows)


#: What two runs are compared in: what is said of it, the stage, and the measure of the stage.
MEASURES: Mapping[str, tuple[str, str]] = {
    "Rows read": ("ingest", "came"),
    "Rows not used": ("ingest", "rejected"),
    "Answers, new or changed": ("ingest", "made"),
    "Passages coded": ("code", "came"),
    "Codes given": ("code", "made"),
    "Passages not coded": ("code", "rejected"),
    "Passages placed in topics": ("topics", "made"),
}


def run_report(run: RunRecord, runs: Sequence[RunRecord], refused: Sequence[RejectCount], trace: Trace) -> RunReport:
    """Return the report of a run among all ``runs``; ``refused`` are what it found that could not be used."""
    surveys = {stage.survey for stage in run.stages if stage.survey}
    earlier = (each for each in runs if each.id < run.id and surveys & {stage.survey for stage in each.stages})
    return RunReport(run, max(earlier, key=lambda each: each.id, default=None), tuple(refused), trace)


def rate(per_second: float | None) -> str:
    """Return a number of items a second as it is printed: small ones with a digit after the point."""
    if per_second is None:
        return "–"
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:,.1f}"
