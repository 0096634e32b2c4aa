"""What ``suasion runs`` shows: the runs there were, also those that failed or found nothing to do, and one of them stage by stage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flows import page
from store import Paths, Writer
from store.run_log import trace
from store.run_report import RejectCount, RunRecord, RunReport, Stage, run_report
from taxonomy.errors import StoreError

#: A record that is still open while nobody else writes is that of a process that died.
_DIED = "interrupted"


def past_runs(paths: Paths, last: int) -> tuple[RunRecord, ...]:
    """Return the last runs, the latest first.

    Raises:
        StoreBusyError: a run is going on.
    """
    with Writer(paths, "suasion runs") as writer:
        return tuple(_past(writer, row) for row in writer.runs().slice(0, last).to_pylist())


def past_run(paths: Paths, run: str) -> RunReport:
    """Return the report of one run.

    Raises:
        StoreError: there is none of this id.
        StoreBusyError: a run is going on.
    """
    with Writer(paths, "suasion runs") as writer:
        runs = [_past(writer, row) for row in writer.runs().to_pylist()]
        for found in runs:
            if found.id == run:
                refused = [RejectCount(**row) for row in writer.reject_kinds(run).to_pylist()]
                return run_report(found, runs, refused, trace(paths, run))
    raise StoreError(f"there is no run {page.printable(run)[:60]}; suasion runs lists those there are")


def show_runs(last: int) -> None:
    """Print the last runs."""
    console = page.console()
    found = past_runs(Paths.default(), last)
    if not found:
        console.print("Nothing was run yet. Begin with: suasion run")
        return
    columns = ("run", "started (UTC)", "took", "status", "rows read", "rejected", "passages coded", "surveys")
    rows = [
        (
            *(each.id, f"{each.began:%Y-%m-%d %H:%M:%S}", _took(each.seconds), each.state),
            *(f"{count:,}" for count in (each.total("ingest", "came"), each.total("ingest", "rejected"), each.total("code", "came"))),
            ", ".join(each.surveys),
        )
        for each in found
    ]
    console.print(page.table(columns, rows, wrapped=("surveys",)))


def show_run(run: str) -> None:
    """Print the report of one run, which the explorer's page Runs shows too."""
    console = page.console()
    report = past_run(Paths.default(), run)
    for section in report.sections:
        console.print(f"\n{section.title}")
        if any(section.heads):
            console.print(page.table([head.lower() for head in section.heads], section.rows, wrapped=("place in the code", "causes")))
        else:
            console.print("\n".join(f"  {term}: {page.printable(said)}" for term, said in section.rows))
        if section.note:
            console.print(page.printable(section.note))
    if not report.run.stages:
        console.print("\nNo stage was reached: nothing was new, or it ended before.")


def _past(writer: Writer, row: Mapping[str, Any]) -> RunRecord:
    return RunRecord(
        id=row["run"],
        began=datetime.fromisoformat(row["started"]),
        ended=datetime.fromisoformat(row["finished"]) if row["finished"] else None,
        state=_DIED if row["status"] == "running" else row["status"],
        surveys=tuple(row["surveys"]),
        versions=json.loads(row["versions"]),
        stages=tuple(
            Stage(known=stage.pop("skipped"), **{name: value for name, value in stage.items() if name != "run"})
            for stage in writer.stages(row["run"]).to_pylist()
        ),
    )


def _took(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min {rest:02} s"
