"""The log of a run: what happened, by ids and counts; never what an error said."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from flows.logs import Failure, RunLog
from flows.progress import Terminal
from flows.survey import text_free
from store import Paths
from store.run_log import run_log
from taxonomy.errors import StageError, StoreError, SuasionError
from tests.flows.workbench import VERSIONS, carry, write_survey

pytestmark = pytest.mark.disk

ANSWER = "Answercanary"
ROWS = [("r1", "Brazil", f"Banks lobbied, {ANSWER}."), ("r2", "Atlantis", ANSWER)]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data")


def written(paths: Paths) -> str:
    return "".join(path.read_text("utf-8") for path in paths.logs.iterdir())


def test_a_run_is_logged_stage_by_stage(paths: Paths) -> None:
    write_survey(paths, ROWS)
    report = carry(paths)
    lines = list(run_log(paths).lines())
    assert [line["event"] for line in lines] == ["begun", *["stage done"] * 6, "published", "ended"]
    assert {line["run"] for line in lines} == {report.run}
    assert {"level", "at"} <= set(lines[0])
    assert lines[0]["versions"]["coder"] == VERSIONS.coder
    assert {key: lines[1][key] for key in ("survey", "stage", "came", "made", "rejected")} == {
        "survey": "a-survey",
        "stage": "ingest",
        "came": 2,
        "made": 1,
        "rejected": 1,
    }
    assert (lines[-2]["snapshot"], lines[-1]["status"]) == (report.snapshot, "done")
    assert ANSWER not in written(paths)


@pytest.mark.parametrize("stage", ["fake_mask", "fake_passages"])
def test_an_error_is_logged_by_kind_and_place(stage: str, paths: Paths) -> None:
    write_survey(paths, ROWS)
    with patch(f"tests.flows.workbench.{stage}", side_effect=ValueError(ANSWER)), pytest.raises(SuasionError):
        carry(paths)
    (failed,) = (line for line in run_log(paths).lines() if line["event"] == "failed")
    assert failed["stage"] == {"fake_mask": "mask", "fake_passages": "passages"}[stage]
    assert (failed["level"], failed["survey"], failed["error"], failed["kind"]) == ("error", "a-survey", "StageError", "ValueError")
    assert any(place.startswith("survey.py:") for place in failed["places"])
    assert ANSWER not in written(paths)


def test_what_a_stage_broke_on_is_told_by_kind(paths: Paths) -> None:
    @text_free
    def stage() -> None:
        raise KeyError(ANSWER)

    log = RunLog(paths, "run", Terminal())
    with pytest.raises(StageError), log.watching("a-survey", "code"):
        stage()
    with pytest.raises(StoreError), log.watching("", "publish"):
        raise StoreError("the disk is full")
    assert log.failures == (Failure("a-survey", "code", "KeyError"), Failure("", "publish", "StoreError"))


def test_a_stop_by_a_person_is_no_failure(paths: Paths) -> None:
    log = RunLog(paths, "run", Terminal())
    with pytest.raises(KeyboardInterrupt), log.watching("a-survey", "code"):
        raise KeyboardInterrupt
    assert log.failures == ()


def test_a_log_that_cannot_be_written_is_said_once(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    run_log(paths).place.mkdir(parents=True)
    log = RunLog(paths, "run", Terminal())
    log.begun([], {})
    log.ended("done")
    assert capsys.readouterr().err.count("cannot be written: Is a directory. The run goes on.") == 1
