from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from explorer import run_chart, run_view
from explorer.library import Library
from explorer.run_shelf import Refused, Run, Stage
from explorer.still import to_svg

BEGAN = datetime(2026, 11, 22, 21, 23, tzinfo=UTC)
STAGES = (
    Stage("reports", "ingest", 10, 8, 2, 5, 0.5),
    Stage("reports", "code", 8, 70, 0, 5, 61.0),
    Stage("", "publish", 13, 13, 0, 0, 0.25),
)
RUN = Run("20261122T212300-000000", BEGAN, BEGAN + timedelta(seconds=62), "done", ("reports",), {"coder": "c 2"}, STAGES, 8)
IDLE = replace(RUN, id="20261121T000000-000000", state="nothing new", stages=(), passages=0)
FIRST = replace(RUN, id="20261120T000000-000000", versions={"coder": "c 1"})


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "–"), (0.04, "0.0 s"), (9.96, "10.0 s"), (59, "59 s"), (60, "1 min 0 s"), (389.2, "6 min 29 s"), (7260, "2 h 1 min")],
)
def test_a_length_of_time_fits_a_table(seconds: float | None, said: str) -> None:
    assert run_view.duration(seconds) == said


def test_runs_that_found_nothing_new_are_told_apart() -> None:
    failed = replace(IDLE, state="failed")
    assert run_view.busy((RUN, IDLE, failed, FIRST)) == (RUN, failed, FIRST)


def test_a_run_is_told_with_what_it_took_in_and_refused(library: Library) -> None:
    row, idle = run_view.run_rows((RUN, IDLE), library)
    assert (row["name"], row["tags"]) == ("2026-11-22 21:23 UTC", ["done"])
    assert row["words"] == f"8 answers taken in, in 1 min 2 s · {library.surveys['reports'].title}"
    assert [figure["text"] for figure in row["figures"]] == ["10", "8", "2"]
    assert [figure["share"] for figure in row["figures"]] == [1, 1, 1]
    assert [figure["faint"] for figure in idle["figures"]] == [True, True, True]
    assert idle["words"].startswith("nothing to do")


def test_facts_say_what_did_not_come_so_far_and_what_was_published(library: Library) -> None:
    facts = dict(run_view.facts(replace(RUN, surveys=("reports", "experts"), ended=None), library))
    assert facts["Not finished"] == library.surveys["experts"].title
    assert facts["Took"] == "its end was not recorded"
    assert facts["Published"] == "13 passages, in 0.2 s"
    assert "Not finished" not in dict(run_view.facts(RUN, library))
    nothing = replace(RUN, stages=(Stage("", "publish", 13, 0, 0, 13, 0.1),))
    assert dict(run_view.facts(nothing, library))["Published"].startswith("nothing that differed")


def test_versions_that_changed_since_the_run_before_are_named() -> None:
    assert run_view.changed(RUN, (RUN, IDLE, FIRST)) == ["Coder"]
    assert run_view.changed(FIRST, (RUN, IDLE, FIRST)) == []


def test_versions_stand_under_their_names_and_later_ones_under_their_own() -> None:
    assert run_view.versions({"made_up": "1", "coder": "c"}, [("Seed of topics", "7")]) == [
        ("Coder", "c"), ("Made up", "1"), ("Seed of topics", "7"),
    ]  # fmt: skip


def test_stages_are_rows_with_units_and_a_picture() -> None:
    by_survey = run_view.of_survey(RUN)
    assert list(by_survey) == ["reports"]
    rows = run_view.stage_rows(by_survey["reports"])
    assert [(row["stage"], row["worked"], row["rejected"], row["known"]) for row in rows] == [("Read", 8, 2, 0), ("Code", 8, 0, 5)]
    assert run_view.stage_table(rows)[1] == {
        "Stage": "Code", "Came": "8 passages", "Known already": "5", "Not used": "0", "Made": "70 codes", "Seconds": 61.0,
        "In a second": 0.1,
    }  # fmt: skip
    picture = to_svg(run_chart.stage_flow(rows)).decode()
    assert all(word in picture for word in ("Read", "10 rows", "70 codes", "1 min 1 s", "not used"))


def test_a_stage_of_a_later_release_goes_by_its_own_name() -> None:
    assert run_view.step("translate").name == "Translate"


def test_what_was_refused_is_told_by_kind(library: Library) -> None:
    table = run_view.refused_table(
        [Refused("r", "reports", "ingest", "a.csv", "no_consent", 2), Refused("r", "gone", "code", "b.csv", "new", 1)], library
    )
    assert [(row["Survey"], row["Why"], row["Rows or answers"]) for row in table] == [
        (library.surveys["reports"].title, "No consent was given", 2),
        ("gone", "Another reason", 1),
    ]
