"""What stands in the file of schedules is what is planned, whatever happens in between."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.progress import Terminal
from flows.schedule_book import Schedule, save_schedules
from flows.schedule_keeper import Keeper
from flows.schedule_record import last_begun, record_begun
from flows.schedule_watch import Watch
from store import Paths
from tests.flows.workbench import write_survey

SINCE = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SIX = Schedule(interval="6h", since=SINCE)
INBOX = Schedule(watch=True, settle="1s", since=SINCE)


class Planned:
    """What would be planned, and what was started."""

    def __init__(self) -> None:
        self.carried: dict[str, Schedule] = {}
        self.started: list[str] = []
        self.tidied = 0
        self.fails = False

    def names(self) -> set[str]:
        if self.fails:
            raise ConnectionError("down")
        return set(self.carried)

    def carry(self, name: str, schedule: Schedule) -> None:
        self.carried[name] = schedule

    def drop(self, name: str) -> None:
        del self.carried[name]

    def start(self, name: str) -> None:
        if self.fails:
            raise ConnectionError("down")
        self.started.append(name)

    def drop_late(self) -> None:
        self.tidied += 1


class Desk:
    """A keeper at work, with the time that a test sets."""

    def __init__(self, paths: Paths) -> None:
        self.paths, self.planned, self.said, self.now = paths, Planned(), io.StringIO(), SINCE
        self.keeper = self.again()

    def again(self) -> Keeper:
        self.keeper = Keeper(self.paths, self.planned, Terminal(self.said), lambda: self.now)
        return self.keeper

    def write(self, **book: Schedule) -> None:
        save_schedules(self.paths, book)
        # Two writings within a tick of the disk's clock would look alike.
        self.ticks = getattr(self, "ticks", 0) + 1
        os.utime(self.paths.root / "schedules.toml", ns=(self.ticks, self.ticks))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    monkeypatch.setattr("flows.raw_folders.CHECKOUT_RAW", tmp_path / "none")
    return Desk(Paths(tmp_path / "data"))


def test_without_any_schedule_nothing_is_planned(desk: Desk) -> None:
    desk.keeper.turn()
    assert desk.planned.carried == {}


def test_what_is_written_changed_paused_and_removed_is_planned_so(desk: Desk) -> None:
    desk.write(six=SIX)
    desk.keeper.turn()
    assert desk.planned.carried == {"six": SIX}
    other = Schedule(interval="7h", since=SINCE)
    desk.write(six=other, daily=Schedule(interval="1d", since=SINCE))
    desk.keeper.turn()
    assert desk.planned.carried["six"] == other
    assert set(desk.planned.carried) == {"six", "daily"}
    desk.write(six=other.model_copy(update={"paused": True}))
    desk.keeper.turn()
    assert desk.planned.carried == {}
    (desk.paths.root / "schedules.toml").unlink()
    desk.keeper.turn()
    assert desk.planned.started == []


def test_what_prefect_still_knows_and_the_file_does_not_is_dropped(desk: Desk) -> None:
    desk.planned.carried["old"] = SIX
    desk.write(six=SIX)
    desk.keeper.turn()
    assert set(desk.planned.carried) == {"six"}


def test_prefect_may_lose_its_records(desk: Desk) -> None:
    desk.write(six=SIX)
    desk.keeper.turn()
    desk.planned.carried.clear()
    desk.again().turn()
    assert desk.planned.carried == {"six": SIX}


def test_faults_are_said_once_and_what_was_planned_stays(desk: Desk) -> None:
    desk.write(six=SIX)
    desk.keeper.turn()
    (desk.paths.root / "schedules.toml").write_text('[six]\ninterval = "0h"\nsince = 2026-11-23T03:00:00Z\n', "utf-8")
    desk.keeper.turn()
    desk.keeper.turn()
    assert desk.said.getvalue().count("line 2: [six] interval") == 1
    assert desk.planned.carried == {"six": SIX}


def test_a_server_that_was_away_is_told_again(desk: Desk) -> None:
    desk.write(six=SIX)
    desk.planned.fails = True
    with pytest.raises(ConnectionError):
        desk.keeper.turn()
    desk.planned.fails = False
    desk.keeper.turn()
    assert desk.planned.carried == {"six": SIX}


@pytest.mark.parametrize(("hours", "began", "expected"), [(5, None, 0), (7, None, 1), (100, None, 1), (100, 99, 0), (100, 90, 1)])
def test_what_was_missed_is_made_up_for_once(desk: Desk, hours: int, began: int | None, expected: int) -> None:
    desk.write(six=SIX)
    if began is not None:
        record_begun(desk.paths, "six", SINCE + timedelta(hours=began))
    desk.now = SINCE + timedelta(hours=hours)
    desk.keeper.turn()
    desk.keeper.turn()
    assert desk.planned.started == ["six"] * expected


def test_what_was_made_while_serving_is_not_made_up_for(desk: Desk) -> None:
    desk.keeper.turn()
    desk.now = SINCE + timedelta(hours=100)
    desk.write(six=SIX)
    desk.keeper.turn()
    assert desk.planned.started == []


def test_files_start_what_watches_them_even_if_the_server_was_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.schedule_keeper.Watch", lambda settle: Watch(timedelta(0)))
    write_survey(desk.paths, [("r1", "Peru", "Banks.")])
    desk.write(inbox=INBOX)
    desk.planned.carried["inbox"] = INBOX
    desk.keeper.turn()
    assert desk.planned.started == ["inbox"]
    desk.keeper.turn()
    assert desk.planned.started == ["inbox"]
    write_survey(desk.paths, [("r1", "Peru", "Banks and mines.")])
    desk.planned.fails = True
    with pytest.raises(ConnectionError):
        desk.keeper.turn()
    desk.planned.fails = False
    desk.keeper.turn()
    assert desk.planned.started == ["inbox", "inbox"]


def test_a_folder_that_cannot_be_read_starts_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(paths: Paths, surveys: object) -> None:
        raise OSError("the disk is away")

    monkeypatch.setattr("flows.schedule_keeper.listing", away)
    desk.write(inbox=INBOX)
    desk.keeper.turn()
    assert desk.planned.started == []


def test_runs_that_pile_up_are_tidied_now_and_then(desk: Desk) -> None:
    for _ in range(31):
        desk.keeper.turn()
    assert desk.planned.tidied == 3


def test_the_record_knows_when_each_began_and_survives_rubbish(desk: Desk) -> None:
    record_begun(desk.paths, "six", SINCE)
    record_begun(desk.paths, "six", SINCE + timedelta(hours=6))
    with (desk.paths.logs / "schedules.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"schedule": "six"}\n{"schedule": "six", "at": "rubbish"}\n{"schedule": "six", "at": "2026-01-01T00:00:00"}\ncut off')
    assert last_begun(desk.paths) == {"six": SINCE + timedelta(hours=6)}
