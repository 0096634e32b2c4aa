"""The file of schedules: what is written is read again, and what is wrong in it is told with its line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.schedule_book import Schedule, changing, load_schedules, named_schedule, save_schedules
from store import Paths
from taxonomy.errors import ScheduleError

SINCE = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
NIGHTLY = Schedule(cron="0 3 * * *", timezone="Europe/Berlin", surveys=("b", "a", "b"), since=SINCE)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data")


def written(paths: Paths, text: str) -> Paths:
    paths.root.mkdir(exist_ok=True)
    place = paths.root / "schedules.toml"
    place.write_text(text, "utf-8")
    place.chmod(0o600)
    return paths


def faults(paths: Paths) -> tuple[str, ...]:
    with pytest.raises(ScheduleError) as caught:
        load_schedules(paths)
    assert str(paths.root / "schedules.toml") in str(caught.value)
    return caught.value.faults


def test_without_a_file_there_is_none(paths: Paths) -> None:
    assert load_schedules(paths) == {}


def test_what_is_written_is_read_again(paths: Paths) -> None:
    book = {
        "nightly": NIGHTLY,
        "often": Schedule(interval="6h", paused=True, since=SINCE),
        "inbox": Schedule(watch=True, settle="5min", since=SINCE),
    }
    save_schedules(paths, book)
    save_schedules(paths, book)
    assert load_schedules(paths) == book
    assert NIGHTLY.surveys == ("a", "b")


def test_it_is_for_its_owner_alone(paths: Paths) -> None:
    save_schedules(paths, {"nightly": NIGHTLY})
    place = paths.root / "schedules.toml"
    assert place.stat().st_mode & 0o777 == 0o600
    place.chmod(0o644)
    assert "chmod 600" in faults(paths)[0]


def test_a_link_that_lies_in_the_way_is_not_followed(paths: Paths, tmp_path: Path) -> None:
    paths.prepare()
    (paths.root / "schedules.part").symlink_to(tmp_path / "elsewhere")
    save_schedules(paths, {"nightly": NIGHTLY})
    assert not (tmp_path / "elsewhere").exists()
    assert load_schedules(paths) == {"nightly": NIGHTLY}


def test_every_fault_is_told_with_its_line(paths: Paths) -> None:
    written(
        paths,
        '[nightly]\ncron = "0 25 * * *"\ntimezone = "Europe/Berln"\nsince = 2026-11-23T03:00:00Z\n\n'
        '[Often]\ninterval = "6h"\n\n[zero]\ninterval = "0h"\nsurvey = ["a"]\nsince = 2026-11-23T03:00:00Z\n\n'
        "[neither]\nsince = 2026-11-23T03:00:00\n",
    )
    found = faults(paths)
    assert [fault.split(":")[0] for fault in found] == ["line 2", "line 3", "line 6", "line 10", "line 11", "line 15"]
    assert "field 2 (hour)" in found[0]
    assert 'did you mean "Europe/Berlin"' in found[1]
    assert "name of a schedule" in found[2]
    assert "a minute at least" in found[3]
    assert 'did you mean "surveys"' in found[4]
    assert "must say its zone" in found[5]


def test_a_schedule_has_one_kind_of_time(paths: Paths) -> None:
    since = "since = 2026-11-23T03:00:00Z\n"
    written(paths, f'[none]\n{since}[both]\ninterval = "6h"\nwatch = true\n{since}')
    assert [fault.partition("] ")[2] for fault in faults(paths)] == ["must have one of cron, interval and watch"] * 2


@pytest.mark.parametrize("content", [b"[nightly\n", b"\xff\xfe", b"nightly = 3\n", b"[a.b]\nc = 1\n", b"a" * 200_000])
def test_rubbish_is_told_as_such(paths: Paths, content: bytes) -> None:
    written(paths, "")
    (paths.root / "schedules.toml").write_bytes(content)
    assert faults(paths)


def test_what_is_no_file_is_told(paths: Paths) -> None:
    paths.root.mkdir()
    (paths.root / "schedules.toml").mkdir(mode=0o700)
    assert faults(paths)


def test_names_of_surveys_are_names(paths: Paths) -> None:
    with pytest.raises(ValueError, match="names of folders"):
        Schedule(interval="6h", surveys=("../elsewhere",), since=SINCE)


def test_alike_are_those_that_run_the_same_at_the_same_times() -> None:
    assert NIGHTLY.is_like(NIGHTLY.model_copy(update={"paused": True, "since": SINCE + timedelta(days=1)}))
    assert not NIGHTLY.is_like(NIGHTLY.model_copy(update={"timezone": "UTC"}))
    assert not NIGHTLY.is_like(NIGHTLY.model_copy(update={"surveys": ("a",)}))
    day = Schedule(interval="1d", since=SINCE)
    assert day.is_like(Schedule(interval="24h", since=SINCE))
    assert not day.is_like(Schedule(interval="25h", since=SINCE))
    assert Schedule(watch=True, settle="60s", since=SINCE).is_like(Schedule(watch=True, settle="1min", since=SINCE))
    assert not Schedule(watch=True, since=SINCE).is_like(Schedule(watch=True, settle="2min", since=SINCE))


def test_an_interval_is_counted_from_when_it_was_made() -> None:
    often = Schedule(interval="6h", since=SINCE)
    assert often.next_times(SINCE + timedelta(hours=7), 2) == (SINCE + timedelta(hours=12), SINCE + timedelta(hours=18))
    assert Schedule(watch=True, since=SINCE).next_times(SINCE, 5) == ()


def test_one_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ScheduleError, match="there are: nightly"):
        named_schedule({"nightly": NIGHTLY}, "weekly")


def test_while_one_changes_them_another_is_told_to_wait(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.schedule_book._PATIENCE", 0.05)
    with changing(paths), pytest.raises(ScheduleError, match="another command is changing the schedules"), changing(paths):
        pass
    with changing(paths):
        save_schedules(paths, {"nightly": NIGHTLY})
    assert load_schedules(paths) == {"nightly": NIGHTLY}
