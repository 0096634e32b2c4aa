"""What ``suasion schedule`` does: writes down when surveys are run, and tells what is written there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from flows import page
from flows.faults import described, near
from flows.finding import Finding
from flows.prefect_home import settle_prefect
from flows.raw_folders import folders
from flows.schedule_book import FILE, Schedule, changing, load_schedules, named_schedule, require_name, save_schedules
from flows.schedule_record import last_begun
from flows.schedule_times import own_zone
from flows.serve import is_served
from store import Paths
from taxonomy.errors import ScheduleError

_SHOWN = 5


@dataclass(frozen=True)
class Wish:
    """What was typed; an option that was not is empty."""

    surveys: Sequence[str]
    cron: str = ""
    interval: str = ""
    watch: bool = False
    timezone: str = ""
    settle: str = ""
    name: str = ""


def register(wish: Wish, *, replace: bool) -> None:
    """Write a schedule down, and say when it is due.

    Args:
        replace: whether one of the same name, with other times, gives way to it.

    Raises:
        ScheduleError: lists all that is wrong with it, or there is another one of its name.
    """
    paths, console = Paths.default(), page.console()
    schedule = _schedule(wish, tuple(_unknown_surveys(paths, wish.surveys)))
    with changing(paths):
        book = load_schedules(paths)
        name = require_name(wish.name) if wish.name else _own_name(schedule)
        twins = [other for other, known in book.items() if known.is_like(schedule) and (not wish.name or other == name)]
        if twins:
            state = ", paused" if book[twins[0]].paused else ""
            console.print(f"This schedule is there already, as {twins[0]}{state}. Nothing was changed.", soft_wrap=True)
            return
        if name in book and not replace:
            raise ScheduleError(name, [f"there is a schedule of this name ({book[name].said}); change it with --replace, or give --name"])
        save_schedules(paths, {**book, name: schedule})
        console.print(f"Schedule {name}: {schedule.said}, {_whom(schedule)}.", soft_wrap=True)
        if due := _due(paths, schedule):
            console.print(f"Next: {_when(due[0])}")
        _say_served(paths)


def show_schedules() -> None:
    """Print all schedules: when they are due, when they last began."""
    paths, console = Paths.default(), page.console()
    book = load_schedules(paths)
    if not book:
        console.print('There is no schedule yet. Make one: suasion schedule --cron "0 3 * * *"')
        return
    began = last_begun(paths)
    columns = ("schedule", "when", "surveys", "next", "last began")
    rows = [
        (
            name,
            schedule.said,
            ", ".join(schedule.surveys) or "all",
            _next(paths, schedule),
            _when(began[name]) if name in began else "never",
        )
        for name, schedule in sorted(book.items())
    ]
    console.print(page.table(columns, rows, wrapped=("surveys",)))
    _say_served(paths)


def show_next(name: str) -> None:
    """Print the next times at which a schedule is due, in its zone; a ScheduleError if there is none of this name."""
    console, paths = page.console(), Paths.default()
    schedule = named_schedule(load_schedules(paths), name)
    if schedule.paused:
        console.print(f"{name} is paused: resume it with suasion schedule resume {name}. It would be due:")
    if schedule.watch:
        console.print(f"{name} has no times: it runs {schedule.said}.")
    for due in _due(paths, schedule, _SHOWN):
        console.print(_when(due))


def set_paused(name: str, *, paused: bool) -> None:
    """Pause a schedule or resume it; a ScheduleError if there is none of this name."""
    paths, console = Paths.default(), page.console()
    with changing(paths):
        book = load_schedules(paths)
        schedule = named_schedule(book, name)
        if schedule.paused == paused:
            console.print(f"{name} is {'paused' if paused else 'active'} already. Nothing was changed.")
            return
        # What was due meanwhile is not made up for.
        changed: dict[str, Any] = {"paused": paused} if paused else {"paused": paused, "since": _now()}
        save_schedules(paths, {**book, name: schedule.model_copy(update=changed)})
        console.print(f"{name} is paused: it starts nothing until suasion schedule resume {name}" if paused else f"{name} is active again.")
        if not paused:
            _say_served(paths)


def remove(name: str) -> None:
    """Remove a schedule; a ScheduleError if there is none of this name."""
    paths = Paths.default()
    with changing(paths):
        book = load_schedules(paths)
        named_schedule(book, name)
        save_schedules(paths, {other: schedule for other, schedule in book.items() if other != name})
        page.console().print(f"{name} is removed. What it ran stays; a run that goes on ends as it would.")


def schedule_findings(paths: Paths) -> Iterator[Finding]:
    """See whether the schedules can be read, and whether anything starts what is due; nothing is told where there is none."""
    try:
        going = [schedule for schedule in load_schedules(paths).values() if not schedule.paused]
    except ScheduleError as error:
        yield Finding("broken", f"{FILE} has {len(error.faults)} fault(s)", "suasion schedule list says which, with their lines")
        return
    said = "1 schedule is active" if len(going) == 1 else f"{len(going)} schedules are active"
    if going and is_served(paths):
        yield Finding("fine", f"{said}, and suasion serve runs")
    elif going:
        yield Finding("look", f"{said}, and nothing starts what is due", "suasion serve does (docs/running.md)")
    gone = {name for schedule in going for name in schedule.surveys} - set(folders(paths))
    if gone:
        missing = f"schedules name surveys that are not in data/raw: {', '.join(sorted(gone))}"
        yield Finding("look", missing, "bring their folders back, or change the schedules (suasion schedule list)")


def schedule_lines(paths: Paths) -> tuple[str, ...]:
    """Return where the schedules stand in a line or two; nothing where there is none."""
    try:
        book = load_schedules(paths)
    except ScheduleError as error:
        return (f"{FILE} has {len(error.faults)} fault(s): suasion schedule list says which",)
    if not book:
        return ()
    due = sorted((times[0], name) for name, schedule in book.items() if not schedule.paused and (times := _due(paths, schedule)))
    soon = f"; the next is {due[0][1]}, {_when(due[0][0])}" if due else ""
    paused = sum(schedule.paused for schedule in book.values())
    resting = f", {paused} of them paused" if paused else ""
    asleep = "" if paused == len(book) or is_served(paths) else ". Nothing starts them now: suasion serve does"
    return (f"{len(book)} schedule{'s' * (len(book) > 1)}{resting}{soon}{asleep}",)


def _schedule(wish: Wish, unknown: Sequence[str]) -> Schedule:
    """Return the schedule that is wished for, or raise all that is wrong with it at once, with ``unknown`` of its surveys."""
    given = {
        "cron": wish.cron or None,
        "interval": wish.interval or None,
        "watch": wish.watch,
        "timezone": wish.timezone or (own_zone() if wish.cron else "UTC"),
        **({"settle": wish.settle} if wish.settle else {}),
        "surveys": tuple(wish.surveys),
        "since": _now(),
    }
    others = [*unknown]
    others += [
        f"--{option} is for --{kind}"
        for option, kind, said, fits in (
            ("timezone", "cron", wish.timezone, wish.cron),
            ("settle", "watch", wish.settle, wish.watch),
        )
        if said and not fits
    ]
    try:
        schedule = Schedule.model_validate(given)
    except ValidationError as error:
        faults = [
            fault.replace("the file: must have one of cron, interval and watch", "give one of --cron, --interval and --watch")
            for fault in described(error, Schedule, given)
        ]
        raise ScheduleError("the schedule", [*faults, *others]) from None
    if others:
        raise ScheduleError("the schedule", others)
    return schedule


def _unknown_surveys(paths: Paths, surveys: Sequence[str]) -> Iterator[str]:
    known = list(folders(paths))
    for name in surveys:
        if name not in known:
            meant = near(name, known) or f"; there are: {', '.join(known) or 'none'}"
            yield f'there is no survey "{page.printable(name)[:60]}"{meant}'


def _own_name(schedule: Schedule) -> str:
    """Return a name that says when it runs: ``cron-0-3-x-x-x``, ``every-6h``, ``watch``."""
    if schedule.cron is not None:
        words = schedule.cron.replace("*", "x")
    else:
        words = f"every {schedule.interval}" if schedule.interval is not None else "watch"
    signs = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in words.lower())
    return f"{'cron-' if schedule.cron else ''}{signs}"[:64]


def _due(paths: Paths, schedule: Schedule, count: int = 1) -> tuple[datetime, ...]:
    """Return the next times, as Prefect reckons them, which is told beforehand where its home is."""
    settle_prefect(paths.prefect)
    return schedule.next_times(_now(), count)


def _next(paths: Paths, schedule: Schedule) -> str:
    if schedule.paused:
        return "paused"
    due = _due(paths, schedule)
    return _when(due[0]) if due else "when files come"


def _when(moment: datetime) -> str:
    zone = getattr(moment.tzinfo, "key", "UTC")
    return f"{moment:%Y-%m-%d %H:%M} {zone}"


def _whom(schedule: Schedule) -> str:
    return ", ".join(schedule.surveys) if schedule.surveys else "all surveys"


def _say_served(paths: Paths) -> None:
    if not is_served(paths):
        page.console().print("Nothing starts it now: suasion serve does, as long as it runs (docs/running.md).", soft_wrap=True)


def _now() -> datetime:
    return datetime.now(UTC)
