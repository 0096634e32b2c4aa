"""When a schedule is due: five fields of cron in a time zone, or a stretch of time that comes round."""

from __future__ import annotations

import os
import re
import zoneinfo
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.faults import near

#: What people write in a field of cron, in the order in which the fields stand: name, least, most, words that stand for numbers.
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
    ("day of the week", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)
_PART = re.compile(r"(?P<all>\*)(?:/(?P<each>\d{1,3}))?|(?P<first>\w{1,3})(?:-(?P<last>\w{1,3})(?:/(?P<step>\d{1,3}))?)?", re.ASCII)
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_STRETCH = re.compile(r"(\d{1,6})\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_ZONES = "zoneinfo"


def checked_cron(cron: str) -> str:
    """Return five fields of cron with one blank between them.

    Raises:
        ValueError: says which field is wrong, or that the moment never comes.
    """
    fields = cron.lower().split()
    if len(fields) != len(_FIELDS):
        names = ", ".join(name for name, *_ in _FIELDS)
        raise ValueError(f'must have five fields ({names}), as in "0 3 * * *" for three in the morning; it has {len(fields)}')
    meant = [_values(field, place) for place, field in enumerate(fields)]
    days, months = meant[2], meant[3]
    if fields[4] == "*" and not any(min(days) <= _LONGEST[month - 1] for month in months):
        raise ValueError("never comes: no month named in it has such a day")
    return " ".join(fields)


def _values(field: str, place: int) -> set[int]:
    name, least, most, words = _FIELDS[place]
    found: set[int] = set()
    for part in field.split(","):
        met = _PART.fullmatch(part)
        if met is None:
            raise ValueError(f'field {place + 1} ({name}) cannot be read: "{part[:20]}"; write *, 5, 1-5, */10 or 1,15')
        first = least if met["all"] else _number(met["first"], place)
        last = most if met["all"] else _number(met["last"], place) if met["last"] else first
        step = int(met["each"] or met["step"] or 1)
        if not least <= first <= last <= most or not 1 <= step <= most:
            told = f"{words[0]} to {words[-1]}, or {least} to {most}" if words else f"{least} to {most}"
            raise ValueError(f'field {place + 1} ({name}) cannot be "{part[:20]}": it goes from {told}')
        found.update(range(first, last + 1, step))
    return found


def _number(word: str, place: int) -> int:
    """Return what a number or word of a field stands for; -1 for what is neither."""
    _, least, _, words = _FIELDS[place]
    return int(word) if word.isdigit() else words.index(word) + least if word in words else -1


def checked_zone(zone: str) -> str:
    """Return the name of a time zone that exists.

    Raises:
        ValueError: there is none of this name.
    """
    if zone not in (known := zoneinfo.available_timezones()):
        raise ValueError(f'there is no time zone "{zone[:60]}"{near(zone, sorted(known)) or "; write it as in Europe/Berlin"}')
    return zone


def own_zone() -> str:
    """Return the name of this machine's time zone; UTC where it has none that is known."""
    named = os.environ.get("TZ", "").removeprefix(":")
    link = str(Path("/etc/localtime").resolve())
    zone = named or link.partition(f"{_ZONES}/")[2]
    return zone if zone in zoneinfo.available_timezones() else "UTC"


def stretch(text: str) -> timedelta:
    """Return a stretch of time: ``90s``, ``30min``, ``6h``, ``1d``.

    Raises:
        ValueError: it cannot be read.
    """
    met = _STRETCH.fullmatch(text.strip().lower())
    if met is None:
        raise ValueError("must be a number with s, min, h or d, as in 30min or 6h")
    return timedelta(**{_UNITS[met[2][0]]: int(met[1])})


def cron_times(cron: str, zone: str, after: datetime, count: int) -> tuple[datetime, ...]:
    """Return the next moments of a cron in its zone, by Prefect's own reckoning: what is told is what happens."""
    from prefect.server.schemas.schedules import CronSchedule
    from prefect.utilities.asyncutils import run_coro_as_sync

    # A moment that is now has come already: Prefect counts it among the next ones.
    start = after.astimezone(UTC) + timedelta(microseconds=1)
    times: Sequence[datetime] = run_coro_as_sync(CronSchedule(cron=cron, timezone=zone).get_dates(n=count, start=start))
    return tuple(datetime.fromtimestamp(each.timestamp(), zoneinfo.ZoneInfo(zone)) for each in times)


def interval_times(every: timedelta, since: datetime, after: datetime, count: int) -> tuple[datetime, ...]:
    """Return the next moments that lie whole stretches after ``since``."""
    past = max(0, (after - since) // every + 1)
    return tuple(since + every * (past + number) for number in range(count))
