"""A part of ``suasion serve``: tells Prefect what stands in ``schedules.toml`` whenever it changes, and watches files."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from flows.logs import error_kind
from flows.progress import Terminal
from flows.schedule_book import FILE, Schedule, load_schedules
from flows.schedule_record import last_begun
from flows.schedule_times import stretch
from flows.schedule_watch import Watch, listing
from store import Paths
from taxonomy.errors import ScheduleError

#: Seconds between two looks at the files.
TURN = 2.0
_TIDY_TURNS = 15


class Planned(Protocol):
    """Whoever starts runs at their times."""

    def names(self) -> set[str]: ...

    def carry(self, name: str, schedule: Schedule) -> None: ...

    def drop(self, name: str) -> None: ...

    def start(self, name: str) -> None: ...

    def drop_late(self) -> None: ...


def _now() -> datetime:
    return datetime.now(UTC)


class Keeper:
    """Keeps what Prefect plans as the file says. Faults of the file are said once, and what stood in it before stays."""

    def __init__(self, paths: Paths, planned: Planned, terminal: Terminal, now: Callable[[], datetime] = _now) -> None:
        self._paths, self._planned, self._terminal, self._now = paths, planned, terminal, now
        self._book: dict[str, Schedule] = {}
        self._carried: dict[str, Schedule] | None = None
        self._looked_at: tuple[int, int] | None = None
        self._watches: dict[str, tuple[Schedule, Watch]] = {}
        self._turns = 0

    def turn(self) -> None:
        """Look once at everything. An error of Prefect's leaves it, and the next turn does again what was not done."""
        self._read()
        wanted = {name: schedule for name, schedule in self._book.items() if not schedule.paused}
        if wanted != self._carried:
            self._carry(wanted)
        self._watch(wanted)
        if self._turns % _TIDY_TURNS == 0:
            self._planned.drop_late()
        self._turns += 1

    def _read(self) -> None:
        try:
            met = (self._paths.root / FILE).stat()
            stamp = (met.st_mtime_ns, met.st_size)
        except OSError:
            stamp = (0, 0)
        if stamp == self._looked_at:
            return
        self._looked_at = stamp
        try:
            self._book = load_schedules(self._paths)
        except ScheduleError as error:
            self._terminal.say(f"{error}\nSchedules stay as they were before.")

    def _carry(self, wanted: dict[str, Schedule]) -> None:
        before, self._carried = self._carried, None  # until all of it is done nothing counts as done
        for name in self._planned.names() - set(wanted):
            self._planned.drop(name)
        began = last_begun(self._paths)
        for name, schedule in wanted.items():
            if before is not None and before.get(name) == schedule:
                continue
            self._planned.carry(name, schedule)
            self._terminal.say(f"Schedule {name}: {schedule.said}")
            if before is None and self._was_missed(schedule, began.get(name)):
                self._planned.start(name)
                self._terminal.say(f"Schedule {name} was due while nothing ran here: it is run once now")
        self._carried = wanted

    def _was_missed(self, schedule: Schedule, began: datetime | None) -> bool:
        """Whether it was due since it last began, or since it was made: told when serving starts, which makes up for it once."""
        due = schedule.next_times(max(began or schedule.since, schedule.since), 1)
        return bool(due) and due[0] <= self._now()

    def _watch(self, wanted: dict[str, Schedule]) -> None:
        watched = {name: schedule for name, schedule in wanted.items() if schedule.watch}
        for name, schedule in watched.items():
            known = self._watches.get(name)
            if known is None or known[0] != schedule:
                self._watches[name] = known = (schedule, Watch(stretch(schedule.settle)))
            try:
                found = listing(self._paths, schedule.surveys)
            except OSError:
                continue  # a disk that is not there for now: nothing is known of its files
            if known[1].is_due(found):
                self._terminal.say(f"Schedule {name}: files are new or changed")
                self._planned.start(name)
                known[1].begun(found)
        self._watches = {name: known for name, known in self._watches.items() if name in watched}


def keep(paths: Paths) -> None:
    """Keep Prefect, whose server ``PREFECT_API_URL`` names, as the file says, until the process is ended."""
    from prefect.client.orchestration import get_client

    from flows.schedule_deployments import Deployments

    terminal = Terminal()
    with get_client(sync_client=True) as client:
        keeper, told = None, ""
        while True:
            try:
                keeper = keeper or Keeper(paths, Deployments(client), terminal)
                keeper.turn()
                told = ""
            except Exception as error:
                if (kind := error_kind(error)) != told:
                    terminal.say(f"Prefect's server did not take a schedule ({kind}); it is tried again")
                told = kind
            time.sleep(TURN)


def main() -> None:
    """Run as a part of ``suasion serve``."""
    keep(Paths.default())


if __name__ == "__main__":
    main()
