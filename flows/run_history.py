"""What ``suasion runs`` shows: the runs there were, also those that failed or found nothing to do, and one of them stage by stage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows import page
from flows.logs import run_log
from store import Paths, Writer
from taxonomy.errors import StoreError

#: A record that is still open while nobody else writes is that of a process that died.
_DIED = "interrupted"


@dataclass(frozen=True)
class PastRun:
    """A run as it is recorded. Times are ISO 8601 in UTC; ``finished`` is "" where the process died."""

    run: str
    started: str
    finished: str
    status: str
    surveys: tuple[str, ...]
    versions: Mapping[str, str]
    stages: tuple[Mapping[str, Any], ...]

    @property
    def seconds(self) -> float | None:
        """Seconds from the beginning to the end; None where there was none."""
        if not self.finished:
            return None
        return (datetime.fromisoformat(self.finished) - datetime.fromisoformat(self.started)).total_seconds()

    def total(self, stage: str, what: str) -> int:
        """Return a count of a stage over all surveys."""
        return sum(int(row[what]) for row in self.stages if row["stage"] == stage)


def past_runs(paths: Paths, last: int) -> tuple[PastRun, ...]:
    """Return the last runs, the latest first.

    Raises:
        StoreBusyError: a run is going on.
    """
    with Writer(paths, "suasion runs") as writer:
        return tuple(_past(writer, row) for row in writer.runs().slice(0, last).to_pylist())


def past_run(paths: Paths, run: str) -> PastRun:
    """Return one run.

    Raises:
        StoreError: there is none of this id.
        StoreBusyError: a run is going on.
    """
    with Writer(paths, "suasion runs") as writer:
        for row in writer.runs().to_pylist():
            if row["run"] == run:
                return _past(writer, row)
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
            *(each.run, each.started[:19].replace("T", " "), _took(each.seconds), each.status),
            *(f"{count:,}" for count in (each.total("ingest", "came"), each.total("ingest", "rejected"), each.total("code", "came"))),
            ", ".join(each.surveys),
        )
        for each in found
    ]
    console.print(page.table(columns, rows, wrapped=("surveys",)))


def show_run(run: str) -> None:
    """Print one run: its stages, what failed, with which versions it worked."""
    console, paths = page.console(), Paths.default()
    found = past_run(paths, run)
    ended = f"{found.status} after {_took(found.seconds)}" if found.finished else found.status
    console.print(f"Run {found.run} of {found.started[:19].replace('T', ' ')} UTC: {ended}\n")
    columns = ("survey", "stage", "came", "made", "rejected", "known", "seconds")
    rows = [
        (
            *(row["survey"] or "all", row["stage"]),
            *(f"{row[name]:,}" for name in ("came", "made", "rejected", "skipped")),
            f"{row['seconds']:.1f}",
        )
        for row in found.stages
    ]
    console.print(page.table(columns, rows) if rows else "No stage was reached: nothing was new, or it ended before.")
    failures = [line for line in run_log(paths).lines() if line.get("run") == run and line.get("event") == "failed"]
    if failures:
        console.print("\nWhat failed (kinds and places alone; an error's words may quote an answer):")
        for line in failures:
            where = " · ".join(filter(None, (line.get("survey"), line.get("stage"))))
            console.print(f"  {where}: {line.get('kind')} at {' < '.join(line.get('places', ())[:3])}")
    console.print("\nVersions: " + ", ".join(f"{part} {version}" for part, version in found.versions.items()))


def _past(writer: Writer, row: Mapping[str, Any]) -> PastRun:
    return PastRun(
        run=row["run"],
        started=row["started"],
        finished=row["finished"] or "",
        status=_DIED if row["status"] == "running" else row["status"],
        surveys=tuple(row["surveys"]),
        versions=json.loads(row["versions"]),
        stages=tuple(writer.stages(row["run"]).to_pylist()),
    )


def _took(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min {rest:02} s"
