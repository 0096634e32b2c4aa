"""``schedules.toml`` in the data folder: which surveys are run when. It is the truth; Prefect is told what stands in it.

So nothing is lost with Prefect's own records, and a person can read and change it.
"""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from flows.faults import described
from flows.schedule_times import checked_cron, checked_zone, cron_times, interval_times, stretch
from store import Paths
from store.faults import storage_faults
from store.lock import holding
from store.paths import FILE_MODE
from taxonomy.errors import ScheduleError

FILE = "schedules.toml"
_MOST_BYTES = 100_000
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")
_SURVEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_LEAST, _MOST = timedelta(minutes=1), timedelta(days=366)
_PATIENCE = 10.0  # seconds
_LONGEST_SETTLE = timedelta(days=1)
_HEAD = "# Which surveys are run when (docs/running.md). suasion schedule writes this file anew: comments in it are lost.\n"


class Schedule(BaseModel):
    """When which surveys are run.

    Attributes:
        cron: five fields, in the time zone ``timezone``; or
        interval: a stretch of time, counted from ``since``; or
        watch: whenever files of ``data/raw`` are new or changed, and were left alone for ``settle``.
        surveys: those to run; all if none is named.
        paused: whether nothing is started for now.
        since: when it was made or resumed. What was due before is not made up for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    cron: str | None = None
    interval: str | None = None
    watch: bool = False
    timezone: str = "UTC"
    settle: str = "60s"
    surveys: tuple[str, ...] = ()
    paused: bool = False
    since: datetime

    @field_validator("cron")
    @classmethod
    def _fields(cls, value: str | None) -> str | None:
        return None if value is None else checked_cron(value)

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return checked_zone(value)

    @field_validator("interval")
    @classmethod
    def _between(cls, value: str | None) -> str | None:
        if value is not None and not _LEAST <= stretch(value) <= _MOST:
            raise ValueError("must be a minute at least, and a year at most")
        return value

    @field_validator("settle")
    @classmethod
    def _not_long(cls, value: str) -> str:
        if not timedelta(seconds=1) <= stretch(value) <= _LONGEST_SETTLE:
            raise ValueError("must be a second at least, and a day at most")
        return value

    @field_validator("surveys")
    @classmethod
    def _names(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_SURVEY.match(value) for value in values):
            raise ValueError("must be names of folders in data/raw")
        return tuple(sorted(set(values)))

    @field_validator("since")
    @classmethod
    def _of_a_zone(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError("must say its zone, as in 2026-01-31T03:00:00Z")
        return value.astimezone(UTC)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.cron is not None) + (self.interval is not None) + self.watch != 1:
            raise ValueError("must have one of cron, interval and watch")
        return self

    @property
    def said(self) -> str:
        """Return when it runs, in words."""
        if self.cron is not None:
            return f"{self.cron} ({self.timezone})"
        return f"every {self.interval}" if self.interval is not None else f"when files are left alone for {self.settle}"

    def is_like(self, other: Schedule) -> bool:
        """Whether it runs the same surveys at the same times."""
        return self._meant() == other._meant()

    def _meant(self) -> tuple[object, ...]:
        # A day is 24 hours, however it was typed.
        every = stretch(self.interval) if self.interval is not None else None
        return (self.cron, self.cron and self.timezone, every, self.watch and stretch(self.settle), self.surveys)

    def next_times(self, after: datetime, count: int) -> tuple[datetime, ...]:
        """Return when it is due after a moment; never where it waits for files."""
        if self.cron is not None:
            return cron_times(self.cron, self.timezone, after, count)
        if self.interval is not None:
            return interval_times(stretch(self.interval), self.since, after, count)
        return ()


Book = Mapping[str, Schedule]


def load_schedules(paths: Paths) -> dict[str, Schedule]:
    """Return the schedules by name; none where there is no file.

    Raises:
        ScheduleError: lists every fault with its line.
    """
    place = paths.root / FILE
    text = _text(place)
    try:
        content: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScheduleError(str(place), [str(error)]) from None
    faults: list[str] = []
    book: dict[str, Schedule] = {}
    for name, entry in content.items():
        if not _NAME.match(name):
            faults.append(f"{_line(text, name)}the name of a schedule has a-z, 0-9 and '-', at most 64")
            continue
        try:
            book[name] = Schedule.model_validate(entry)
        except ValidationError as error:
            known = entry if isinstance(entry, dict) else {}
            faults += [f"{_line(text, name, fault.split(':')[0])}[{name}] {fault}" for fault in _faults(error, known)]
    if faults:
        raise ScheduleError(str(place), faults)
    return book


def changing(paths: Paths) -> AbstractContextManager[None]:
    """Let nobody else change the schedules meanwhile.

    Raises:
        ScheduleError: another command has been changing them for seconds.
    """
    paths.prepare()
    refusal = ScheduleError(FILE, ["another command is changing the schedules; nothing was changed, try it again"])
    return holding(FileLock(paths.store / "schedules.lock", timeout=_PATIENCE, mode=FILE_MODE), refusal)


def save_schedules(paths: Paths, book: Book) -> None:
    """Write the schedules, for their owner alone; the file is whole at every moment.

    Raises:
        StoreError: the disk does not take it.
    """
    paths.prepare()
    place = paths.root / FILE
    partial = place.with_suffix(".part")
    text = _HEAD + "".join(f"\n[{name}]\n{_entry(schedule)}" for name, schedule in sorted(book.items()))
    with storage_faults(place):
        partial.unlink(missing_ok=True)
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(place)


def named_schedule(book: Book, name: str) -> Schedule:
    """Return a schedule.

    Raises:
        ScheduleError: there is none of this name.
    """
    if name not in book:
        raise ScheduleError(name[:64], [f"there is no schedule of this name; there are: {', '.join(sorted(book)) or 'none'}"])
    return book[name]


def require_name(name: str) -> str:
    """Return a name that a schedule may have, or raise a ScheduleError."""
    if not _NAME.match(name):
        raise ScheduleError(name[:64], ["the name of a schedule has a-z, 0-9 and '-', at most 64, and begins with a letter or digit"])
    return name


def _text(place: Path) -> str:
    """Return the file's text where nobody but its owner may read or change it: whoever changes it says what this machine runs."""
    try:
        with place.open("rb") as file:
            met = os.fstat(file.fileno())
            if met.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise ScheduleError(str(place), [f"others on this machine may read it; close it with: chmod 600 {place}"])
            if not stat.S_ISREG(met.st_mode) or met.st_size > _MOST_BYTES:
                raise ScheduleError(str(place), ["is not a small file"])
            return file.read().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ScheduleError(str(place), [f"the file cannot be opened: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ScheduleError(str(place), ["not UTF-8; save the file as UTF-8"]) from None


def _faults(error: ValidationError, entry: Mapping[str, Any]) -> list[str]:
    return [fault.removeprefix("the file: ") for fault in described(error, Schedule, entry)]


def _line(text: str, name: str, key: str = "") -> str:
    """Return "line 7: " for a key of a schedule, or for the schedule where the key stands nowhere; nothing where it cannot be told."""
    at, inside = 0, False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("["):
            inside = line.strip().strip("[] \"'") == name
            at = number if inside else at
        elif inside and key and line.partition("=")[0].strip() == key.split(".")[0].split("[")[0]:
            return f"line {number}: "
    return f"line {at}: " if at else ""


def _entry(schedule: Schedule) -> str:
    """Return a schedule's keys as TOML, of which JSON's texts and lists of texts are a part."""
    told = schedule.model_dump(mode="json", exclude_defaults=True)
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in told.items())
