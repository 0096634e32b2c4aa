"""Around the flow: what is pending, and what is said when there is nothing to do."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from flows import running
from flows.notice_causes import Cause
from flows.notice_triggers import FailedRunError
from flows.progress import Terminal
from flows.raw_folders import survey_folder
from flows.report import RunReport, StageCount
from flows.workshop import work_key
from store import Paths, Writer
from taxonomy.errors import StoreError
from tests.flows.fake_topics import FakeTopics
from tests.flows.workbench import VERSIONS, carry, write_survey

pytestmark = pytest.mark.disk

ROWS = [("r1", "Brazil", "Banks lobbied.")]


@pytest.fixture
def paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Paths:
    monkeypatch.setattr("flows.raw_folders.CHECKOUT_RAW", tmp_path / "none")
    monkeypatch.setattr(running, "current_versions", lambda codebook: VERSIONS)
    return Paths.default()


@pytest.fixture
def flow(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The flow, replaced: what it was called with."""
    import flows.survey  # the real one stays an attribute of its package, where the workbench finds it

    assert flows.survey.STAGES
    calls: list[dict[str, Any]] = []
    module = ModuleType("flows.survey")

    def survey_flow(**parameters: Any) -> RunReport:
        calls.append(parameters)
        return RunReport("run", (StageCount("a-survey", "ingest", 1, 1, 0, 0, 0.1),), "snapshot", True, 1, 0.0, 0.0)

    module.survey_flow = survey_flow  # type: ignore[attr-defined]
    monkeypatch.setattr(running, "serving", nullcontext)
    monkeypatch.setitem(sys.modules, "flows.survey", module)
    return calls


def test_what_is_new_goes_to_the_flow_as_names_and_a_folder(paths: Paths, flow: list[dict[str, Any]]) -> None:
    write_survey(paths, ROWS)
    assert running.run_surveys([]) == 0
    assert flow == [{"surveys": ["a-survey"], "data": str(paths.root)}]


def test_prefect_lives_in_the_data_folder_without_telemetry(paths: Paths, flow: list[dict[str, Any]]) -> None:
    write_survey(paths, ROWS)
    running.run_surveys([])
    assert os.environ["PREFECT_HOME"] == str(paths.prefect)
    assert os.environ["DO_NOT_TRACK"] == "1"
    assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


def test_nothing_new_starts_no_prefect_and_is_recorded(
    paths: Paths, flow: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    write_survey(paths, ROWS)
    carry(paths)
    assert running.run_surveys([]) == 0
    assert flow == []
    assert "Nothing new in a-survey" in capsys.readouterr().err
    with Writer(paths, "a test") as writer:
        assert [run["status"] for run in writer.runs().to_pylist()] == ["nothing new", "done"]


def test_topics_that_are_still_to_be_found_are_something_to_do(paths: Paths, flow: list[dict[str, Any]]) -> None:
    write_survey(paths, ROWS)
    carry(paths, topics=FakeTopics(fails=StoreError("no")))
    assert running.run_surveys([]) == 0
    assert flow == [{"surveys": ["a-survey"], "data": str(paths.root)}]


def test_topics_of_another_specification_are_not(paths: Paths, flow: list[dict[str, Any]]) -> None:
    write_survey(paths, ROWS)
    carry(paths, topics=FakeTopics(spec="topics-0+12345678"))
    assert running.run_surveys([]) == 0
    assert flow == []


def test_only_what_changed_is_run(paths: Paths, flow: list[dict[str, Any]]) -> None:
    write_survey(paths, ROWS)
    write_survey(paths, ROWS, name="b-survey")
    carry(paths, ["a-survey", "b-survey"])
    write_survey(paths, [*ROWS, ("r2", "Kenya", "Mines.")], name="b-survey")
    running.run_surveys([])
    assert flow == [{"surveys": ["b-survey"], "data": str(paths.root)}]


def test_a_full_disk_is_told_before_anything_starts(paths: Paths, flow: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    write_survey(paths, ROWS)
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=3_000_000))
    with pytest.raises(StoreError, match=r"only 3 MB are free.*Make room"):
        running.run_surveys([])
    assert flow == []


def test_a_protected_survey_runs_like_any_other(paths: Paths, flow: list[dict[str, Any]]) -> None:
    write_survey(paths, ROWS, protection="protected")
    assert running.run_surveys([]) == 0
    assert flow == [{"surveys": ["a-survey"], "data": str(paths.root)}]


def test_a_fault_is_told_and_the_others_run(paths: Paths, flow: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    write_survey(paths, ROWS)
    (write_survey(paths, ROWS, name="bad") / "survey.toml").write_text("title = 3", "utf-8")
    assert running.run_surveys([]) == 1
    assert flow == [{"surveys": ["a-survey"], "data": str(paths.root)}]
    assert "bad/survey.toml" in capsys.readouterr().err


def test_without_any_usable_survey_the_status_is_one(paths: Paths, flow: list[dict[str, Any]]) -> None:
    assert running.run_surveys(["nowhere"]) == 1
    assert flow == []


def test_publish_says_whether_anything_changed(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    write_survey(paths, ROWS)
    carry(paths)
    running.publish_view("internal")
    assert "Nothing changed" in capsys.readouterr().err
    running.publish_view("public")
    assert "New snapshot" in capsys.readouterr().err


def test_the_work_key_knows_files_and_versions(paths: Paths) -> None:
    write_survey(paths, ROWS)
    first = work_key(survey_folder(paths, "a-survey"), VERSIONS)
    assert first == work_key(survey_folder(paths, "a-survey"), VERSIONS)
    write_survey(paths, [*ROWS, ("r2", "Kenya", "Mines.")])
    assert first != work_key(survey_folder(paths, "a-survey"), VERSIONS)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """Of what people would be told: the run, and the kinds of causes."""
    found: list[tuple[str, list[str]]] = []

    def tell(paths: Paths, terminal: Terminal, run: str, causes: tuple[Cause, ...]) -> None:
        found.extend([(run, [cause.kind for cause in causes])] if causes else [])

    monkeypatch.setattr(running, "tell", tell)
    return found


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (RunReport("run", (), "snapshot", True, 1, 0.0, 0.0, causes=(Cause("rejects", "run"),)), ("run", ["rejects"])),
        (FailedRunError("no", "run", (Cause("failed", "run"),)), ("run", ["failed"])),
        (StoreError("no"), ("", ["failed"])),
    ],
)
def test_people_are_told_of_a_run_and_of_one_that_never_began(
    outcome: RunReport | Exception, expected: tuple[str, list[str]], paths: Paths, told: list[tuple[str, list[str]]], flow: object
) -> None:
    def survey_flow(**parameters: Any) -> RunReport:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    sys.modules["flows.survey"].survey_flow = survey_flow  # type: ignore[attr-defined]
    write_survey(paths, ROWS)
    with pytest.raises(type(outcome)) if isinstance(outcome, Exception) else nullcontext():
        running.run_surveys([])
    assert told == [expected]


def test_people_are_told_of_a_description_with_faults(paths: Paths, told: list[tuple[str, list[str]]], flow: object) -> None:
    (write_survey(paths, ROWS, name="bad") / "survey.toml").write_text("title = 3", "utf-8")
    assert running.run_surveys([]) == 1
    assert told == [("", ["partly_failed"])]


def test_a_run_stands_where_what_it_left_cannot_be_removed(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from flows import survey

    def gone(paths: Paths) -> None:
        raise StoreError("the disk of the partitions is not there")

    report = RunReport("run", (), "snapshot", True, 1, 0.0, 0.0)
    monkeypatch.setattr(survey, "clear", gone)
    monkeypatch.setattr(survey, "_carry", lambda *_: report)
    monkeypatch.setattr(survey, "create_table_artifact", lambda **_: None)
    assert survey.survey_flow.fn([], str(paths.root)) is report
    assert "the disk of the partitions is not there" in "".join(capsys.readouterr())


def test_a_run_that_fails_hands_on_what_failed(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import survey
    from flows.workshop import Workshop

    def fails(workshop: Workshop, surveys: list[str], drain: object) -> RunReport:
        with workshop.log.watching("", "publish"):
            raise StoreError("the disk is full")

    monkeypatch.setattr(survey, "_carry", fails)
    with pytest.raises(FailedRunError, match="the disk is full") as caught:
        survey.survey_flow.fn([], str(paths.root))
    assert [(cause.kind, cause.stage, cause.error) for cause in caught.value.causes] == [("failed", "publish", "StoreError")]
    with Writer(paths, "a test") as writer:
        assert [(run["run"], run["status"]) for run in writer.runs().to_pylist()] == [(caught.value.run, "failed")]
