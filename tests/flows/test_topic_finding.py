"""The stage of topics: found once, placed among from then on, told in plain lines, and never a reason to lose codes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from flows.raw_folders import survey_folder
from flows.topic_finding import placed_line, proposals, topics_line
from flows.workshop import is_due, topics_wait
from models.topic_spec import topic_spec
from models.topics import Drift, TopicModel
from store import Paths, Writer
from taxonomy.errors import StageError
from tests.flows.fake_topics import FakeTopics
from tests.flows.workbench import VERSIONS, FakeEncoder, carry, write_survey

pytestmark = pytest.mark.disk

ROWS = [("r1", "Brazil", "Banks lobbied."), ("r2", "Kenya", "Mines polluted."), ("r3", "Peru", "A bank divested.")]
MORE = [("r4", "Chad", "Banks paid."), ("r5", "Mali", "Mines paid.")]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data")


def model_of(paths: Paths, survey: str = "a-survey") -> TopicModel:
    with Writer(paths, "a test") as writer:
        found = writer.topic_model(survey)
    assert found is not None
    return found


def members(paths: Paths, survey: str = "a-survey") -> dict[str, int]:
    with Writer(paths, "a test") as writer:
        topics = writer.topics(survey).to_pylist()
    return {row["topic"]: row["size"] for row in topics}


def waits(paths: Paths) -> tuple[bool, bool]:
    with Writer(paths, "a test") as writer:
        return is_due(writer, survey_folder(paths, "a-survey"), VERSIONS), topics_wait(writer, "a-survey", VERSIONS.encoder)


def test_the_first_run_finds_topics_and_says_so(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    write_survey(paths, ROWS)
    topics = FakeTopics()
    report = carry(paths, topics=topics)
    assert (topics.fitted, topics.placed) == ([3], [])
    assert (report.stages[-1].stage, report.stages[-1].came, report.stages[-1].made) == ("topics", 3, 2)
    said = capsys.readouterr().err
    assert "a-survey · topics: 1 topic found in 3 passages (1 tentative), 33 % of passages in none (67 % before weak members)" in said
    assert members(paths) == {"a-survey.1": 2}
    with Writer(paths, "a test") as writer:
        assert [row["stage"] for row in writer.stages(report.run).to_pylist()][-2:] == ["topics", "publish"]


def test_new_passages_are_placed_and_nothing_is_found_anew(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    write_survey(paths, ROWS)
    carry(paths)
    write_survey(paths, [*ROWS, *MORE])
    topics = FakeTopics()
    report = carry(paths, topics=topics)
    assert (topics.fitted, topics.placed) == ([], [2])
    assert (report.stages[-1].came, report.stages[-1].made, report.stages[-1].skipped) == (2, 1, 3)
    assert "a-survey · topics: 2 new passages placed, 1 of them in no topic" in capsys.readouterr().err
    assert members(paths) == {"a-survey.1": 3}
    again = FakeTopics()
    carry(paths, topics=again)
    assert (again.fitted, again.placed) == ([], [])


def test_a_store_from_before_there_were_topics_gets_them_although_nothing_else_is_new(paths: Paths) -> None:
    write_survey(paths, ROWS)
    carry(paths, topics=FakeTopics(fails=StageError("no")))
    assert waits(paths) == (True, True)
    encoder, topics = FakeEncoder(), FakeTopics()
    carry(paths, encoder=encoder, topics=topics)
    assert (encoder.seen, topics.fitted) == ([], [3])
    assert waits(paths) == (False, False)


def test_codes_are_published_where_topics_fail_and_the_failure_is_told(paths: Paths) -> None:
    write_survey(paths, ROWS)
    write_survey(paths, ROWS[:1], name="b-survey")
    report = carry(paths, ["a-survey", "b-survey"], topics=FakeTopics(fails=ValueError("Banks lobbied.")))
    assert report.quotes == 4
    assert report.snapshot_is_new
    assert "ValueError" in "".join(report.failures)
    assert "lobbied" not in "".join(report.failures)
    assert [count.stage for count in report.stages].count("topics") == 0
    with Writer(paths, "a test") as writer:
        assert writer.runs().to_pylist()[0]["status"] == "partly failed"
        assert writer.fingerprint("a-survey"), "what is coded is not coded again"


def test_topics_that_could_not_be_published_are_by_the_next_run(paths: Paths) -> None:
    write_survey(paths, ROWS)
    carry(paths, topics=FakeTopics(fails=StageError("no")))
    with patch.object(Writer, "publish", side_effect=StageError("the disk is full")), pytest.raises(StageError, match="full"):
        carry(paths)
    assert waits(paths) == (True, False), "all topics are there, and none is served"
    report = carry(paths)
    assert report.snapshot_is_new
    assert waits(paths) == (False, False)


def test_where_no_topic_was_found_it_is_looked_for_them_again_with_more_passages(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    write_survey(paths, ROWS[:2])
    carry(paths)
    assert "a-survey · topics: Too few passages say anything of banks." in capsys.readouterr().err
    again = FakeTopics()
    carry(paths, topics=again)
    assert again.fitted == []
    write_survey(paths, ROWS)
    carry(paths, topics=again)
    assert (again.fitted, again.placed) == ([3], [])


def test_a_survey_without_any_passage_is_looked_at_once(paths: Paths) -> None:
    write_survey(paths, [("r1", "Brazil", "")])
    topics = FakeTopics()
    carry(paths, topics=topics)
    carry(paths, topics=topics)
    assert topics.fitted == [0]
    assert waits(paths) == (False, False)


def test_vectors_of_another_encoder_are_refused_naming_both_and_the_command(paths: Paths) -> None:
    write_survey(paths, ROWS)
    carry(paths)
    newer = replace(VERSIONS, encoder="encoder-2")

    class Newer(FakeEncoder):
        version = newer.encoder

    with patch("tests.flows.workbench.VERSIONS", newer):
        unchanged = carry(paths, encoder=Newer())
        assert unchanged.failures == (), "what has a place keeps it"
        write_survey(paths, [*ROWS, *MORE])
        topics = FakeTopics()
        report = carry(paths, encoder=Newer(), topics=topics)
    (failure,) = report.failures
    assert "encoder-1" in failure
    assert "encoder-2" in failure
    assert "suasion topics refit a-survey" in failure
    assert (topics.fitted, topics.placed) == ([], [])
    assert report.quotes == 5


def test_another_specification_only_proposes(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    write_survey(paths, ROWS)
    carry(paths, topics=FakeTopics(spec="topics-0+12345678"))
    assert waits(paths) == (False, False)
    capsys.readouterr()
    topics = FakeTopics()
    carry(paths, topics=topics)
    assert (topics.fitted, topics.placed) == ([], [])
    said = capsys.readouterr().err
    assert f"found by topics-0+12345678, this release finds them by {topic_spec().stamp}" in said
    assert "suasion topics refit a-survey" in said


def test_drift_proposes_with_the_command(paths: Paths) -> None:
    write_survey(paths, ROWS)
    carry(paths)
    model = model_of(paths)
    drifted = Drift(fitted=100, remaining=100, known=100, placed=100, poor=90, outside=100, outliers_at_fit=0.1)
    assert drifted.refit_proposed
    (line,) = proposals("a-survey", model, drifted, VERSIONS.encoder)
    assert line.endswith("suasion topics refit a-survey")
    assert proposals("a-survey", model, replace(drifted, placed=3, poor=0), VERSIONS.encoder) == []
    assert proposals("a-survey", model, None, VERSIONS.encoder) == []


def test_a_stop_ends_the_run_and_the_next_one_finds_topics(paths: Paths) -> None:
    write_survey(paths, ROWS)

    def stopped(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    topics = FakeTopics()
    topics.fit = stopped  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        carry(paths, topics=topics)
    assert waits(paths) == (True, True)
    carry(paths)
    assert waits(paths) == (False, False)


def test_figures_are_told_in_the_right_number(paths: Paths) -> None:
    write_survey(paths, ROWS)
    carry(paths)
    model = model_of(paths)
    with Writer(paths, "a test") as writer:
        topics = writer.topics("a-survey")
    assert topics_line(model, topics) == "1 (1 tentative), found in 3 passages; 33 % of passages in none"
    drift = Drift(fitted=3, remaining=3, known=3, placed=1, poor=1, outside=2, outliers_at_fit=1 / 3)
    assert topics_line(model, topics, drift) == "1 (1 tentative), found in 3 passages; 33 % of passages in none at the fit, 50 % now"
    assert topics_line(model, topics, replace(drift, placed=0, outside=1)).endswith("33 % of passages in none")
    assert topics_line(replace(model, note="Too few."), topics.slice(1)) == "none. Too few."
    assert placed_line(31, 3) == "31 new passages placed, 3 of them in no topic"
    assert placed_line(1, 0) == "1 new passage placed, none of them in no topic"
