"""The report of a run: what stands in it, and what it is compared with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from store.run_log import Failure, Told, Trace
from store.run_report import RejectCount, RunRecord, Section, Stage, rate, run_report

BEGAN = datetime(2026, 11, 23, 3, tzinfo=UTC)
STAGES = (Stage("a", "ingest", 100, 90, 10, 0, 2.0), Stage("a", "code", 90, 700, 0, 0, 30.0), Stage("", "publish", 90, 90, 0, 0, 0.0))
RUN = RunRecord("2", BEGAN, BEGAN + timedelta(seconds=33), "done", ("a",), {"coder": "c 2", "masker": "m"}, STAGES)
BEFORE = replace(RUN, id="1", versions={"coder": "c 1", "masker": "m"}, stages=(Stage("a", "ingest", 40, 40, 0, 0, 1.0), STAGES[2]))
ELSEWHERE = replace(RUN, id="11", stages=(Stage("b", "ingest", 5, 5, 0, 0, 1.0),))


def section(title: str, *arguments: object) -> Section:
    report = run_report(*arguments)  # type: ignore[arg-type]
    return next(part for part in report.sections if part.title == title)


@pytest.mark.parametrize(("per_second", "said"), [(None, "–"), (0.25, "0.2"), (9.94, "9.9"), (12345.6, "12,346")])
def test_a_rate_fits_a_table(per_second: float | None, said: str) -> None:
    assert rate(per_second) == said


def test_stages_are_told_with_what_they_did_in_a_second() -> None:
    rows = section("Stages", RUN, (RUN,), (), Trace()).rows
    assert rows[0] == ("a", "ingest", "100", "90", "10", "0", "2.0", "50")
    assert rows[2][-1] == "–"
    assert rows[2][0] == "all"


def test_it_is_compared_with_the_run_before_on_the_same_survey() -> None:
    report = run_report(RUN, (RUN, ELSEWHERE, BEFORE), (), Trace())
    assert report.before == BEFORE
    assert report.changes == (
        ("Rows read", 40, 100), ("Rows not used", 0, 10), ("Answers, new or changed", 40, 90), ("Passages coded", 0, 90),
        ("Codes given", 0, 700),
    )  # fmt: skip
    told = section("Against the run before", RUN, (RUN, BEFORE), (), Trace())
    assert told.rows[0] == ("Rows read", "40", "100", "+60")
    assert section("Versions", RUN, (RUN, BEFORE), (), Trace()).rows == (("coder", "c 2", "new; before c 1"), ("masker", "m", ""))


def test_of_surveys_that_only_one_of_them_worked_on_nothing_is_compared() -> None:
    both = replace(RUN, stages=(*STAGES, Stage("b", "ingest", 1000, 1000, 0, 0, 1.0)))
    assert run_report(both, (both, BEFORE), (), Trace()).changes[0] == ("Rows read", 40, 100)
    assert run_report(ELSEWHERE, (RUN, BEFORE), (), Trace()).changes == ()


def test_what_was_refused_failed_and_told_has_its_part() -> None:
    left = Trace(
        (Failure("", "publish", "OSError", ("a.py:1 f", "b.py:2 g")),),
        (Told("webhook", True, "", ("a run failed",)),),
        (("internal", "2"),),
    )
    report = run_report(RUN, (RUN,), [RejectCount("a", "ingest", "no_consent", 9), RejectCount("a", "ingest", "new", 1)], left)
    parts = {part.title: part.rows for part in report.sections}
    assert list(parts) == ["Run", "Stages", "What could not be used", "What failed", "Notices", "Versions"]
    assert parts["What could not be used"] == (("a", "ingest", "No consent was given", "9"), ("a", "ingest", "Another reason", "1"))
    assert parts["What failed"] == (("all", "publish", "OSError", "a.py:1 f < b.py:2 g"),)
    assert parts["Notices"] == (("webhook", "sent", "a run failed"),)
    assert ("Published", "internal 2") in parts["Run"]


def test_a_run_that_died_says_so() -> None:
    died = replace(RUN, ended=None, stages=())
    assert ("Took", "its end was not recorded") in section("Run", died, (died,), (), Trace()).rows
