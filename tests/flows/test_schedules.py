"""What a person types of schedules, and what is answered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows import schedules
from flows.cli import app
from flows.schedule_book import load_schedules
from flows.schedule_record import record_begun
from flows.serve import only_one
from store import Paths
from tests.flows.workbench import write_survey

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Paths:
    monkeypatch.setattr("flows.raw_folders.CHECKOUT_RAW", tmp_path / "none")
    monkeypatch.setattr(schedules, "_now", lambda: NOW)
    monkeypatch.setattr(schedules, "own_zone", lambda: "America/Lima")
    found = Paths.default()
    write_survey(found, [("r1", "Peru", "Banks.")])
    return found


def typed(*arguments: str) -> str:
    """Type a command that answers; return what it prints."""
    done = CliRunner().invoke(app, ["schedule", *arguments])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def refused(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["schedule", *arguments])
    assert done.exit_code != 0
    return str(done.exception) if not isinstance(done.exception, SystemExit) else done.output


def test_a_cron_is_written_down_with_its_next_time(paths: Paths) -> None:
    said = typed("--cron", "0 3 * * *", "--timezone", "Europe/Berlin", "--name", "nightly", "a-survey")
    assert "Schedule nightly: 0 3 * * * (Europe/Berlin), a-survey." in said
    assert "Next: 2026-11-23 03:00 Europe/Berlin" in said
    assert "suasion serve" in said
    found = load_schedules(paths)["nightly"]
    assert (found.cron, found.timezone, found.surveys, found.since) == ("0 3 * * *", "Europe/Berlin", ("a-survey",), NOW)


def test_the_machines_zone_is_meant_where_none_is_said(paths: Paths) -> None:
    typed("add", "--cron", "0 3 * * *")
    assert load_schedules(paths)["cron-0-3-x-x-x"].timezone == "America/Lima"


def test_others_have_names_of_their_own_too(paths: Paths) -> None:
    typed("--interval", "6h")
    typed("--watch", "--settle", "5min")
    assert set(load_schedules(paths)) == {"every-6h", "watch"}


def test_the_same_twice_changes_nothing(paths: Paths) -> None:
    typed("--interval", "6h", "--name", "six")
    before = (paths.root / "schedules.toml").stat().st_mtime_ns
    assert "there already, as six. Nothing was changed" in typed("--interval", "6h")
    assert "there already, as six. Nothing was changed" in typed("--interval", "6h", "--name", "six", "--replace")
    assert (paths.root / "schedules.toml").stat().st_mtime_ns == before


def test_another_of_the_same_name_needs_a_word(paths: Paths) -> None:
    typed("--interval", "6h", "--name", "six")
    assert "--replace" in refused("--interval", "7h", "--name", "six")
    assert load_schedules(paths)["six"].interval == "6h"
    typed("--interval", "7h", "--name", "six", "--replace")
    assert load_schedules(paths)["six"].interval == "7h"


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("--cron", "0 25 * * *"), "field 2 (hour)"),
        (("--cron", "0 3 * * *", "--timezone", "Mars/Olympus"), 'no time zone "Mars/Olympus"'),
        (("--interval", "0h"), "a minute at least"),
        (("--interval", "soon"), "as in 30min or 6h"),
        (("--cron", "0 3 * * *", "--interval", "6h"), "one of --cron, --interval and --watch"),
        (("--name", "nothing"), "one of --cron, --interval and --watch"),
        (("--interval", "6h", "--timezone", "UTC"), "--timezone is for --cron"),
        (("--interval", "6h", "--settle", "60s"), "--settle is for --watch"),
        (("--interval", "6h", "--name", "../up"), "name of a schedule"),
        (("--interval", "6h", "a-survy"), 'did you mean "a-survey"'),
    ],
)
def test_what_cannot_be_is_refused(paths: Paths, arguments: tuple[str, ...], fault: str) -> None:
    assert fault in refused(*arguments)
    assert load_schedules(paths) == {}


def test_all_that_is_wrong_is_told_at_once(paths: Paths) -> None:
    said = refused("--cron", "0 25 * * *", "--settle", "5s", "nowhere")
    assert "3 faults" in said
    for fault in ("field 2 (hour)", "--settle is for --watch", 'no survey "nowhere"; there are: a-survey'):
        assert fault in said


def test_the_list_tells_when_each_is_due_and_began(paths: Paths) -> None:
    assert "There is no schedule yet" in typed("list")
    typed("--interval", "6h", "--name", "six")
    typed("--watch", "--name", "inbox", "a-survey")
    record_begun(paths, "six", NOW)
    typed("pause", "inbox")
    said = typed("list")
    assert "every 6h" in said
    assert "2026-11-23 07:30 UTC" in said
    assert "2026-11-23 01:30 UTC" in said
    assert "paused" in said
    with only_one(paths):
        assert "suasion serve" not in typed("list")


def test_the_next_five_times_are_told_in_their_zone() -> None:
    typed("--cron", "30 2 * * *", "--timezone", "Europe/Berlin", "--name", "nightly")
    said = typed("next", "nightly").splitlines()
    assert said == [f"2026-11-{day} 02:30 Europe/Berlin" for day in (24, 25, 26, 27, 28)]
    typed("--watch", "--name", "inbox")
    assert "has no times" in typed("next", "inbox")


def test_pause_and_resume_and_remove(paths: Paths) -> None:
    typed("--interval", "6h", "--name", "six")
    assert "is active already" in typed("resume", "six")
    typed("pause", "six")
    assert load_schedules(paths)["six"].paused
    assert "It would be due" in typed("next", "six")
    assert "is paused already" in typed("pause", "six")
    assert "there already, as six, paused" in typed("--interval", "6h")
    typed("resume", "six")
    assert not load_schedules(paths)["six"].paused
    assert "is removed" in typed("remove", "six")
    for command in ("pause", "resume", "remove", "next"):
        assert "no schedule of this name; there are: none" in refused(command, "six")


def test_where_schedules_stand_is_told_in_a_line(paths: Paths) -> None:
    assert schedules.schedule_lines(paths) == ()
    typed("--interval", "6h", "--name", "six")
    typed("--interval", "5h", "--name", "five")
    assert schedules.schedule_lines(paths) == (
        "2 schedules; the next is five, 2026-11-23 06:30 UTC. Nothing starts them now: suasion serve does",
    )
    (paths.root / "schedules.toml").write_text("[six]\n", "utf-8")
    assert "suasion schedule list says which" in schedules.schedule_lines(paths)[0]


def test_the_doctor_says_which_surveys_of_schedules_are_gone(paths: Paths) -> None:
    typed("--watch", "a-survey")
    (paths.raw / "a-survey").rename(paths.raw / "moved")
    _, gone = schedules.schedule_findings(paths)
    assert (gone.level, gone.what) == ("look", "schedules name surveys that are not in data/raw: a-survey")
    typed("pause", "watch")
    assert list(schedules.schedule_findings(paths)) == []


def test_the_doctor_and_the_status_say_what_starts_nothing(paths: Paths) -> None:
    assert list(schedules.schedule_findings(paths)) == []
    typed("--interval", "6h", "--name", "six")
    (asleep,) = schedules.schedule_findings(paths)
    assert (asleep.level, asleep.advice) == ("look", "suasion serve does (docs/running.md)")
    assert asleep.what.startswith("1 schedule is active")
    with only_one(paths):
        (awake,) = schedules.schedule_findings(paths)
    assert awake.level == "fine"
    assert "1 schedule; the next is six" in CliRunner().invoke(app, ["status"]).output
    typed("pause", "six")
    assert schedules.schedule_lines(paths) == ("1 schedule, 1 of them paused",)
    assert list(schedules.schedule_findings(paths)) == []
    (paths.root / "schedules.toml").write_text("[six]\n", "utf-8")
    assert [found.level for found in schedules.schedule_findings(paths)] == ["broken"]
