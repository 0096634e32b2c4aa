"""What the page of runs asks of an open snapshot."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store import Filters, Paths, Reader
from store.run_log import Trace, trace
from store.run_report import RejectCount, RunRecord, RunReport, Stage, run_report


@dataclass(frozen=True)
class Run(RunRecord):
    """A run. ``passages`` are those of the snapshot whose answers came, or changed, with it; None where withheld."""

    passages: int | None


@dataclass(frozen=True)
class Refused:
    """How many rows or passages of a file could not be used for one kind of reason, and the run that found it."""

    run: str
    survey: str
    stage: str
    file: str
    kind: str
    number: int


class RunShelf:
    """The runs up to a snapshot, and the versions it was ``made_with``. Every method may be called by several sessions at once."""

    def __init__(self, reader: Reader, paths: Paths, remembering: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        self._reader = reader
        self._paths = paths
        self._runs = remembering(self._read)
        self._arrivals = remembering(lambda filters: dict(zip(*reader.arrivals(filters).to_pydict().values(), strict=True)))
        self.made_with: Mapping[str, tuple[str, ...]] = reader.made_with()
        self._refused = remembering(lambda: tuple(Refused(**row) for row in reader.reject_counts().to_pylist()))

    def all(self) -> tuple[Run, ...]:
        """Return the runs, the latest first."""
        found: tuple[Run, ...] = self._runs()
        return found

    def arrivals(self, filters: Filters) -> dict[str, int | None]:
        """Return the runs with which the passages of a selection came, each with how many (None: withheld), the latest first."""
        found: dict[str, int | None] = self._arrivals(filters)
        return found

    def refused(self) -> tuple[Refused, ...]:
        """Return what could not be used when each survey was last read."""
        found: tuple[Refused, ...] = self._refused()
        return found

    def report(self, run: Run) -> RunReport:
        """Return the report of a run; what failed in it and who was told is read from the logs each time."""
        numbers: Counter[tuple[str, str, str]] = Counter()
        for each in self.refused():
            if each.run == run.id:
                numbers[each.survey, each.stage, each.kind] += each.number
        left = trace(self._paths, run.id) if self._reader.snapshot.view == "internal" else Trace()
        return run_report(run, self.all(), [RejectCount(*kind, number) for kind, number in numbers.items()], left)

    def _read(self) -> tuple[Run, ...]:
        stages: dict[str, list[Stage]] = {}
        for row in self._reader.stages().to_pylist():
            run, known = row.pop("run"), row.pop("skipped")
            stages.setdefault(run, []).append(Stage(**row, known=known))
        return tuple(
            Run(
                row["run"],
                datetime.fromisoformat(row["started"]),
                datetime.fromisoformat(row["finished"]) if row["finished"] else None,
                row["status"],
                tuple(row["surveys"]),
                json.loads(row["versions"]),
                tuple(stages.get(row["run"], ())),
                row["passages"],
            )
            for row in self._reader.runs().to_pylist()
        )
