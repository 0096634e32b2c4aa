"""What was run is listed, also what failed, died or found nothing new; one run is shown with its stages and failures."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.run_history import past_run, past_runs
from store import Paths, Writer
from taxonomy.errors import StoreError, SuasionError
from tests.flows.workbench import carry, write_survey

pytestmark = pytest.mark.disk

ROWS = [("r1", "Brazil", "Banks lobbied."), ("r2", "Atlantis", "Mines polluted.")]


@pytest.fixture
def paths() -> Paths:
    return Paths.default()


def typed(*words: str) -> str:
    done = CliRunner().invoke(app, ["runs", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_before_anything_ran_it_says_how_to_begin(paths: Paths) -> None:
    assert typed() == "Nothing was run yet. Begin with: suasion run\n"


def test_runs_are_listed_with_how_they_ended(paths: Paths) -> None:
    write_survey(paths, ROWS)
    done = carry(paths).run
    with Writer(paths, "a test") as writer:
        idle = writer.begin_run(["a-survey"], {})
        writer.finish_run(idle, "nothing new")
        dead = writer.begin_run(["a-survey"], {})
    found = past_runs(paths, 9)
    assert [(run.id, run.state) for run in found] == [(dead, "interrupted"), (idle, "nothing new"), (done, "done")]
    assert (found[0].seconds, found[2].total("ingest", "came"), found[2].total("code", "came")) == (None, 2, 1)
    assert [run.id for run in past_runs(paths, 1)] == [dead]
    lines = typed("--last", "2").splitlines()
    assert len(lines) == 3
    assert "nothing new" in lines[2]


def test_a_run_is_shown_stage_by_stage(paths: Paths) -> None:
    write_survey(paths, ROWS)
    shown = typed(carry(paths).run)
    assert "State: done" in shown
    for stage in ("ingest", "mask", "passages", "embed", "code", "topics", "publish"):
        assert stage in shown
    assert "coder-1" in shown
    assert "A second" in shown or "a second" in shown
    assert "Another reason" not in shown
    assert "The country is not known" in shown
    assert "What failed" not in shown


def test_what_failed_is_shown_by_kind_and_place(paths: Paths) -> None:
    write_survey(paths, ROWS)
    with patch("tests.flows.workbench.fake_passages", side_effect=ValueError("Answercanary")), pytest.raises(SuasionError):
        carry(paths)
    shown = typed(past_runs(paths, 1)[0].id)
    failed = next(line for line in shown.splitlines() if "ValueError" in line)
    assert failed.split()[:3] == ["a-survey", "passages", "ValueError"]
    assert "Answercanary" not in shown


def test_a_run_that_reached_no_stage_says_so(paths: Paths) -> None:
    with Writer(paths, "a test") as writer:
        run = writer.begin_run([], {"coder": "c"})
        writer.finish_run(run, "nothing new")
    assert "No stage was reached" in typed(run)


def test_an_unknown_run_is_told(paths: Paths) -> None:
    with pytest.raises(StoreError, match="there is no run nosuch; suasion runs lists"):
        past_run(paths, "nosuch")
