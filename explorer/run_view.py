"""Runs as the page shows them: rows, facts and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from explorer.library import Library
from explorer.run_shelf import Refused, Run
from store.reject_kinds import OTHER, SAID
from store.run_report import RunReport, Stage, rate


@dataclass(frozen=True)
class Step:
    """How a stage is called, and of what come how many and are made how many."""

    name: str
    came: str
    made: str


STEPS: Mapping[str, Step] = {
    "ingest": Step("Read", "rows", "answers, new or changed"),
    "mask": Step("Mask", "answers", "masked answers"),
    "passages": Step("Cut", "answers", "passages"),
    "embed": Step("Encode", "texts", "vectors"),
    "code": Step("Code", "passages", "codes"),
    "topics": Step("Topics", "passages", "passages placed"),
}
_STATES: Mapping[str, str] = {
    "done": "done",
    "published": "made this snapshot",
    "nothing new": "nothing new",
    "partly failed": "partly failed",
    "failed": "failed",
    "interrupted": "interrupted",
    "erasure": "after an erasure",
}
_FINE = frozenset({"done", "published", "erasure", "nothing new"})
_GREEN, _RUST, _GREY = "#0d7358", "#a8480f", "#6f685c"
VERSIONS: Mapping[str, str] = {
    "codebook": "Codebook",
    "coder": "Coder",
    "encoder": "Encoder",
    "segmenter": "Segmenter",
    "masker": "Masker",
    "topics": "Topics",
}

Rows = list[dict[str, Any]]


def step(stage: str) -> Step:
    """Return how a stage is called; one that a later release records goes by its own name."""
    return STEPS.get(stage, Step(stage.capitalize(), "items", "made"))


def moment(when: datetime | None) -> str:
    """Return a time to the minute, in UTC."""
    return f"{when:%Y-%m-%d %H:%M} UTC" if when else "not recorded"


def duration(seconds: float | None) -> str:
    """Return a length of time in words that fit a table."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def state(run: Run) -> str:
    """Return a run's state in words."""
    return _STATES.get(run.state, run.state)


def busy(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return the runs that did something, or failed to: on a schedule most find nothing new."""
    return tuple(run for run in runs if run.stages or run.state not in ("nothing new", "done"))


def run_rows(runs: Sequence[Run], library: Library) -> Rows:
    """Return a row for each run, with what it took in, made of it, and refused."""
    highest = [max(figures) or 1 for figures in zip(*(_figures(run) for run in runs), strict=True)]
    return [
        {
            "id": run.id,
            "name": moment(run.began),
            "tags": [state(run)],
            "words": f"{_did(run)} · {_surveys(run.surveys, library)}" if run.surveys else _did(run),
            "colour": (_GREEN if run.stages else _GREY) if run.state in _FINE else _RUST,
            "figures": [
                {"share": value / most, "text": f"{value:,}", "faint": not value}
                for value, most in zip(_figures(run), highest, strict=True)
            ],
        }
        for run in runs
    ]


HEADS = ("Rows read", "Passages coded", "Not used")


def _figures(run: Run) -> tuple[int, ...]:
    return run.total("ingest", "came"), run.total("code", "came"), run.rejected


def _did(run: Run) -> str:
    taken_in = run.total("ingest", "made")
    did = f"{taken_in:,} answers taken in" if run.stages else "nothing to do" if run.state == "nothing new" else "published what there was"
    return f"{did}, in {duration(run.seconds)}" if run.ended else did


def facts(run: Run, library: Library, snapshots: Sequence[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """Return what there is to know of a run besides its figures; ``snapshots`` are those it published, by view and id."""
    lines = [
        ("State", state(run)),
        ("Began", moment(run.began)),
        ("Took", duration(run.seconds) if run.ended else "its end was not recorded"),
        ("Surveys", _surveys(run.surveys, library)),
        ("Not finished", _surveys(run.unfinished, library)),
        ("Published", _published(run)),
        ("Snapshots", ", ".join(f"{view}: {id}" for view, id in snapshots)),
        ("Run", run.id),
    ]
    return [line for line in lines if line[1]]


def _published(run: Run) -> str:
    stage = next((stage for stage in run.stages if stage.stage == "publish"), None)
    if stage is None:
        return ""
    return f"{stage.came:,} passages, in {duration(stage.seconds)}" if stage.made else "nothing that differed from the snapshot before"


def versions(made_with: Mapping[str, str], seeds: Sequence[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """Return versions under their names, those that are known first; ``seeds`` are lines that follow."""
    known = [(name, made_with[id]) for id, name in VERSIONS.items() if made_with.get(id)]
    later = [(id.replace("_", " ").capitalize(), version) for id, version in made_with.items() if id not in VERSIONS]
    return [*known, *later, *seeds]


def seeds(run: Run, library: Library) -> list[tuple[str, str]]:
    """Return the seeds by which the topics that stand were found, if in this run; coding itself leaves nothing to chance."""
    models = [model for survey in library.topics.surveys() if (model := library.topics.model(survey)) and model["run"] == run.id]
    return [("Seed of topics", str(seed)) for seed in sorted({model["seed"] for model in models})]


def changed(run: Run, runs: Sequence[Run]) -> list[str]:
    """Return the versions in which a run differs from the one before it that did something."""
    before = next((other for other in runs if other.id < run.id and other.stages), None)
    if before is None:
        return []
    return [name for id, name in VERSIONS.items() if before.versions.get(id) != run.versions.get(id)]


def change_table(report: RunReport) -> Rows:
    """Return what a run did against the one before it, for a table."""
    return [{"What": name, "Before": then, "Now": now, "Difference": now - then} for name, then, now in report.changes]


def failure_table(report: RunReport, library: Library) -> Rows:
    """Return what failed in a run, for a table."""
    return [
        {
            "Survey": _surveys((each.survey,), library) if each.survey else "All",
            "Stage": step(each.stage).name,
            "Kind of error": each.kind,
            "Place in the code": " < ".join(each.places),
        }
        for each in report.trace.failures
    ]


def notice_table(report: RunReport) -> Rows:
    """Return of what people were told because of a run, for a table."""
    return [
        {"Way": each.way, "Became of it": "sent" if each.sent else f"not sent: {each.fault}", "Causes": "; ".join(each.causes)}
        for each in report.trace.notices
    ]


def of_survey(run: Run) -> dict[str, list[Stage]]:
    """Return a run's stages by survey, in order."""
    found: dict[str, list[Stage]] = {}
    for stage in run.stages:
        if stage.survey:  # all surveys are published together
            found.setdefault(stage.survey, []).append(stage)
    return found


def stage_rows(stages: Sequence[Stage]) -> Rows:
    """Return a row for each stage, for a chart and for the table behind it."""
    return [
        {
            "stage": step(each.stage).name,
            "worked": max(each.came - each.rejected, 0),
            "rejected": min(each.rejected, each.came),
            # Rows are read whether they are known or not; what waits for a later stage is not.
            "known": 0 if each.stage == "ingest" else each.known,
            "came_said": f"{each.came:,} {step(each.stage).came}",
            "made_said": f"{each.made:,} {step(each.stage).made}",
            "known_said": f"{each.known:,}",
            "rejected_said": f"{each.rejected:,}",
            "seconds": round(each.seconds, 3),
            "seconds_said": duration(each.seconds),
            "rate": None if each.per_second is None else round(each.per_second, 1),
            "rate_said": "" if each.per_second is None else f"{rate(each.per_second)} {step(each.stage).came}",
        }
        for each in stages
    ]


def stage_table(rows: Sequence[Mapping[str, Any]]) -> Rows:
    """Return the same for reading, copying and screen readers."""
    titles = {"stage": "Stage", "came_said": "Came", "known_said": "Known already", "rejected_said": "Not used", "made_said": "Made"}
    return [
        {title: row[field] for field, title in titles.items()} | {"Seconds": row["seconds"], "In a second": row["rate"]} for row in rows
    ]


def refused_table(refused: Sequence[Refused], library: Library) -> Rows:
    """Return what could not be used, for a table."""
    return [
        {
            "Survey": _surveys((each.survey,), library),
            "Stage": step(each.stage).name,
            "File": each.file,
            "Why": SAID.get(each.kind, SAID[OTHER]),
            "Rows or answers": each.number,
        }
        for each in refused
    ]


def _surveys(ids: Sequence[str], library: Library) -> str:
    return ", ".join(library.surveys[id].title if id in library.surveys else id for id in ids)
