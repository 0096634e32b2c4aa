"""When schedules are due: what can be written, what is refused and how, and what happens when clocks are set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.schedule_times import checked_cron, checked_zone, cron_times, interval_times, own_zone, stretch

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "cron", ["0 3 * * *", "*/10 * * * *", "0 9-17 * * mon-fri", "0 9-17/2 1,15 jan,jul 0", "59 23 31 12 7", "0 0 29 2 *", "0 0 31 2 1"]
)
def test_five_fields_are_cron(cron: str) -> None:
    assert checked_cron(cron) == cron


def test_blanks_and_capitals_are_evened_out() -> None:
    assert checked_cron("  0  3 *\t* MON ") == "0 3 * * mon"


@pytest.mark.parametrize(
    ("cron", "fault"),
    [
        ("60 3 * * *", r"field 1 \(minute\).*0 to 59"),
        ("0 24 * * *", r"field 2 \(hour\).*0 to 23"),
        ("0 3 0 * *", r"field 3 \(day of the month\).*1 to 31"),
        ("0 3 * 13 *", r"field 4 \(month\).*jan to dec, or 1 to 12"),
        ("0 3 * * 8", r"field 5 \(day of the week\).*sun to sat, or 0 to 7"),
        ("0 3 * * someday", r"field 5 \(day of the week\) cannot be read"),
        ("0 3 * * dec", r"field 5 \(day of the week\)"),
        ("5-1 3 * * *", r"field 1 \(minute\)"),
        ("*/0 3 * * *", r"field 1 \(minute\)"),
        ("0, 3 * * *", r"field 1 \(minute\)"),
        ("²/2 3 * * *", r"field 1 \(minute\)"),
        ("0 3 * *", "five fields.*it has 4"),
        ("0 0 3 * * *", "five fields.*it has 6"),
        ("@daily", "five fields.*it has 1"),
        ("", "five fields.*it has 0"),
        ("0 0 30 2 *", "never comes"),
        ("0 0 31 4,6,9,11 *", "never comes"),
    ],
)
def test_a_cron_that_cannot_be_says_which_field(cron: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        checked_cron(cron)


@pytest.mark.parametrize("cron", ["0 3 * * *", "*/10 * * * *", "0 9-17/2 1,15 jan,jul 0", "0 0 29 2 *", "59 23 31 12 7"])
def test_what_is_taken_prefect_takes_too(cron: str) -> None:
    assert len(cron_times(cron, "UTC", datetime(2026, 1, 1, tzinfo=UTC), 3)) == 3


def test_a_zone_is_one_that_exists() -> None:
    assert checked_zone("Europe/Berlin") == "Europe/Berlin"
    with pytest.raises(ValueError, match='no time zone "Europe/Berln"; did you mean "Europe/Berlin"'):
        checked_zone("Europe/Berln")
    with pytest.raises(ValueError, match="no time zone"):
        checked_zone("../../etc/passwd")


def test_the_machines_own_zone_is_one_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    assert own_zone() == "Asia/Seoul"
    monkeypatch.setenv("TZ", "nowhere")
    assert own_zone() == "UTC"
    monkeypatch.delenv("TZ")
    monkeypatch.setattr(Path, "resolve", lambda self: Path("/usr/share/zoneinfo/America/Lima"))
    assert own_zone() == "America/Lima"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90s", timedelta(seconds=90)), ("30min", timedelta(minutes=30)), ("6 hours", timedelta(hours=6)), ("1d", timedelta(days=1))],
)
def test_a_stretch_of_time_is_a_number_and_a_unit(text: str, expected: timedelta) -> None:
    assert stretch(text) == expected


@pytest.mark.parametrize("text", ["", "6", "h", "-6h", "1.5h", "6 weeks", "9999999d", "६h"])
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="number with s, min, h or d"):
        stretch(text)


def days(cron: str, after: datetime) -> list[str]:
    return [f"{due:%m-%d %H:%M %z}" for due in cron_times(cron, "Europe/Berlin", after, 3)]


def test_a_daily_run_keeps_its_hour_when_clocks_are_set() -> None:
    assert days("0 3 * * *", datetime(2026, 3, 28, 12, tzinfo=BERLIN)) == ["03-29 03:00 +0200", "03-30 03:00 +0200", "03-31 03:00 +0200"]
    assert days("0 3 * * *", datetime(2026, 10, 24, 12, tzinfo=BERLIN)) == ["10-25 03:00 +0100", "10-26 03:00 +0100", "10-27 03:00 +0100"]


def test_an_hour_that_does_not_exist_or_comes_twice_gives_one_run_a_day() -> None:
    spring = cron_times("30 2 * * *", "Europe/Berlin", datetime(2026, 3, 27, 12, tzinfo=BERLIN), 4)
    assert len({due.date() for due in spring}) == 4
    autumn = cron_times("30 2 * * *", "Europe/Berlin", datetime(2026, 10, 23, 12, tzinfo=BERLIN), 4)
    assert len({due.date() for due in autumn}) == 4


def test_what_is_due_now_is_past() -> None:
    now = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert cron_times("0 3 * * *", "UTC", now, 1)[0] == now + timedelta(days=1)
    assert interval_times(timedelta(hours=6), now, now, 2) == (now + timedelta(hours=6), now + timedelta(hours=12))


def test_an_interval_is_counted_from_its_beginning() -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    assert interval_times(timedelta(hours=7), since, since + timedelta(hours=20), 1) == (since + timedelta(hours=21),)
    assert interval_times(timedelta(hours=7), since, since - timedelta(days=3), 1) == (since,)
