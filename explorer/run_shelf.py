"""What the page of runs asks of an open snapshot."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store import Filters, Reader


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


@dataclass(frozen=True)
class Run:
    """A run as it was recorded. ``passages`` are those of the snapshot whose answers came, or changed, with it; None where withheld."""

    id: str
    began: datetime
    ended: datetime | None
    state: str
    surveys: tuple[str, ...]
    versions: dict[str, str]
    passages: int | None
    stages: tuple[Stage, ...]

    @property
    def seconds(self) -> float | None:
        """Return how long it took by the clock; nothing where it never ended."""
        return (self.ended - self.began).total_seconds() if self.ended else None

    def total(self, stage: str, measure: str) -> int:
        """Return a measure (``came``, ``made``, ``rejected``, ``known``) of a stage over all surveys."""
        return sum(getattr(each, measure) for each in self.stages if each.stage == stage)

    @property
    def rejected(self) -> int:
        """Return how many rows and passages could not be used."""
        return sum(each.rejected for each in self.stages)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """Return the surveys that were to be coded and did not come so far."""
        coded = {each.survey for each in self.stages if each.stage == "code"}
        return tuple(survey for survey in self.surveys if survey not in coded) if self.stages else ()


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

    def __init__(self, reader: Reader, remembering: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        self._reader = reader
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
                row["passages"],
                tuple(stages.get(row["run"], ())),
            )
            for row in self._reader.runs().to_pylist()
        )
