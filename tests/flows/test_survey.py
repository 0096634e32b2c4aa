"""The straight line from raw files to a snapshot, on fake models: what is new costs, what is known does not, nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from itertools import product
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pytest

from flows.raw_folders import survey_folder
from flows.workshop import work_key
from models.coded import Coded, code
from models.topic_spec import topic_spec
from store import Filters, Paths, Published, Reader, View, Writer
from store.work import Queue
from taxonomy import Codebook
from taxonomy.errors import ModelError, StageError, StoreBusyError, SuasionError
from tests.flows.workbench import VERSIONS, FakeCoder, FakeEncoder, carry, write_survey

pytestmark = pytest.mark.disk

ROOT = Path(__file__).parents[2]
ROWS = [("r1", "Brazil", "Banks lobbied."), ("r2", "Kenya", "Mines polluted."), ("r3", "Peru", "Funds divested.")]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data")


def quotes(paths: Paths) -> list[str]:
    with closing(Reader.open(paths)) as reader:
        return sorted(reader.quotes(Filters(), limit=100)["text"].to_pylist())


def test_a_survey_goes_the_whole_way(paths: Paths) -> None:
    write_survey(paths, ROWS)
    report = carry(paths)
    assert [(count.stage, count.came, count.made) for count in report.stages] == [
        ("ingest", 3, 3),
        ("mask", 3, 3),
        ("passages", 3, 3),
        ("embed", 3, 3),
        ("code", 3, 9),
        ("topics", 3, 0),
    ]
    assert report.snapshot_is_new
    assert report.quotes == 3
    assert quotes(paths) == ["Banks lobbied.", "Funds divested.", "Mines polluted."]


def test_the_run_is_recorded_with_counts_and_versions(paths: Paths) -> None:
    write_survey(paths, [*ROWS, ("r4", "Atlantis", "Unknown land.")])
    report = carry(paths)
    with Writer(paths, "a test") as writer:
        (run,) = writer.runs().to_pylist()
        stages = {row["stage"]: row for row in writer.stages(report.run).to_pylist()}
        rejects = writer.rejects("a-survey").to_pylist()
    assert run["status"] == "done"
    assert '"encoder": "encoder-1"' in run["versions"]
    assert f'"topics": "{topic_spec().stamp}"' in run["versions"]
    assert (stages["ingest"]["came"], stages["ingest"]["made"], stages["ingest"]["rejected"]) == (4, 3, 1)
    assert [(reject["file"], reject["row"]) for reject in rejects] == [("answers.csv", 4)]


def test_again_with_nothing_new_nothing_is_done(paths: Paths) -> None:
    write_survey(paths, ROWS)
    first = carry(paths)
    encoder, coder = FakeEncoder(), FakeCoder()
    again = carry(paths, encoder=encoder, coder=coder)
    assert (encoder.seen, coder.coded) == ([], 0)
    assert [(count.made, count.skipped) for count in again.stages] == [(0, 3)] * 6
    assert not again.snapshot_is_new
    assert again.snapshot == first.snapshot


def test_a_changed_row_costs_one_row(paths: Paths) -> None:
    write_survey(paths, ROWS)
    carry(paths)
    write_survey(paths, [*ROWS[:2], ("r3", "Peru", "Funds divested at last.")])
    encoder, coder = FakeEncoder(), FakeCoder()
    report = carry(paths, encoder=encoder, coder=coder)
    assert encoder.seen == ["Funds divested at last."]
    assert coder.coded == 1
    assert report.snapshot_is_new
    assert quotes(paths) == ["Banks lobbied.", "Funds divested at last.", "Mines polluted."]


def test_a_removed_row_is_hidden_at_once_and_absent_from_the_next_snapshot(paths: Paths) -> None:
    write_survey(paths, ROWS)
    carry(paths)
    with closing(Reader.open(paths)) as reader:
        write_survey(paths, ROWS[:2])
        with patch.object(Writer, "publish", side_effect=RuntimeError), pytest.raises(StageError):
            carry(paths)
        assert sorted(reader.quotes(Filters(), limit=9)["text"].to_pylist()) == ["Banks lobbied.", "Mines polluted."]
    carry(paths)
    assert quotes(paths) == ["Banks lobbied.", "Mines polluted."]


def test_the_same_text_is_encoded_once(paths: Paths) -> None:
    write_survey(paths, [("r1", "Brazil", "The same."), ("r2", "Kenya", "The same.")])
    encoder = FakeEncoder()
    carry(paths, encoder=encoder)
    assert encoder.seen == ["The same."]
    assert quotes(paths) == ["The same.", "The same."]


def test_batches_add_up(paths: Paths) -> None:
    write_survey(paths, [(f"r{number}", "Kenya", f"Answer {number}.") for number in range(7)])
    with patch("flows.survey.BATCH", 3):
        report = carry(paths)
    assert [count.came for count in report.stages] == [7] * 6
    assert len(quotes(paths)) == 7


def test_one_bad_survey_does_not_stop_the_others(paths: Paths) -> None:
    write_survey(paths, ROWS, name="good")
    (write_survey(paths, ROWS, name="bad") / "answers.csv").write_bytes(b"")
    report = carry(paths, ["bad", "good"])
    assert report.quotes == 3
    assert len(report.failures) == 1
    assert "answers.csv" in report.failures[0]
    with Writer(paths, "a test") as writer:
        assert writer.runs().to_pylist()[0]["status"] == "partly failed"
        assert writer.fingerprint("good") is not None
        assert not writer.fingerprint("bad")


def test_if_no_survey_can_be_used_the_run_fails_and_says_why_for_each(paths: Paths) -> None:
    (write_survey(paths, ROWS) / "answers.csv").write_bytes(b"")
    (write_survey(paths, ROWS, name="b-survey") / "answers.csv").write_text("who,land\nr1,Kenya\n", "utf-8")
    with pytest.raises(SuasionError) as caught:
        carry(paths, ["a-survey", "b-survey"])
    first, second, *_ = str(caught.value).splitlines()
    assert first == "a-survey: answers.csv: the file is empty; export it again"
    assert second.startswith("b-survey/survey.toml: 2 faults")


def test_what_all_surveys_fail_on_is_told_once(paths: Paths) -> None:
    write_survey(paths, ROWS)
    write_survey(paths, ROWS, name="b-survey")
    with (
        patch("tests.flows.workbench.fake_mask", side_effect=ModelError("The model is not installed.")),
        pytest.raises(SuasionError) as caught,
    ):
        carry(paths, ["a-survey", "b-survey"])
    assert str(caught.value) == "a-survey, b-survey: The model is not installed."


def test_what_a_library_says_of_an_answer_is_not_passed_on(paths: Paths) -> None:
    write_survey(paths, ROWS)

    def choke(self: FakeCoder, passages: object, vectors: object) -> object:
        raise ValueError("cannot parse 'Banks lobbied.'")

    with patch.object(FakeCoder, "code", choke), pytest.raises(StageError) as caught:
        carry(paths)
    assert "lobbied" not in str(caught.value)
    assert "ValueError" in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def damaged(passages: pa.Table, coder: FakeCoder, codebook: Codebook) -> Coded:
    """Code all but the answers of mines, whose vectors are damaged."""
    harmed = [[float("nan")] * 3 if "Mine" in row["text"] else row["vector"] for row in passages.to_pylist()]
    place = passages.schema.get_field_index("vector")
    return code(passages.set_column(place, passages.schema.field(place), pa.array(harmed, pa.list_(pa.float32()))), coder, codebook)


def test_what_cannot_be_coded_is_recorded_batch_by_batch_and_not_tried_for_ever(paths: Paths) -> None:
    texts = ["Mine one.", "Bank one.", "Mine two.", "Bank two.", "Mine three.", "Bank three.", "Bank four."]
    write_survey(paths, [(f"r{number}", "Kenya", text) for number, text in enumerate(texts)])
    coder = FakeCoder()
    with patch("flows.survey.BATCH", 2), patch("models.coder.code", damaged):
        report = carry(paths, coder=coder)
    coding = report.stages[-2]
    assert (coding.came, coding.made, coding.rejected, coder.coded) == (7, 12, 3, 4)
    with Writer(paths, "a test") as writer:
        rejects = writer.rejects("a-survey").to_pylist()
        assert {row["stage"]: row["rejected"] for row in writer.stages(report.run).to_pylist()}["code"] == 3
    assert [(reject["stage"], reject["file"], reject["row"]) for reject in rejects] == [("code", "answers.csv", row) for row in (1, 3, 5)]
    assert not any("Mine" in reject["reason"] for reject in rejects)
    assert len(quotes(paths)) == 7, "what has no codes is there to be read"


def test_what_could_not_be_coded_is_tried_again_by_the_next_run(paths: Paths) -> None:
    write_survey(paths, ROWS)
    with patch("models.coder.code", damaged):
        carry(paths)
    coder = FakeCoder()
    again = carry(paths, coder=coder)
    assert (again.stages[-2].came, again.stages[-2].rejected, coder.coded) == (1, 0, 1)
    with Writer(paths, "a test") as writer:
        assert writer.rejects("a-survey").num_rows == 0


def test_a_stage_that_hands_out_less_than_waits_does_not_go_on_for_ever(paths: Paths) -> None:
    write_survey(paths, ROWS)
    with patch.object(Writer, "queue", return_value=Queue(waiting=5, known=0)), pytest.raises(StageError, match="2 items wait"):
        carry(paths)


def test_another_codebook_recodes_and_encodes_nothing(paths: Paths) -> None:
    write_survey(paths, ROWS)
    carry(paths)
    encoder, coder = FakeEncoder(), FakeCoder()
    with patch("tests.flows.workbench.VERSIONS", replace(VERSIONS, codebook="1.0.1+00000000")):
        carry(paths, encoder=encoder, coder=coder)
    assert encoder.seen == []
    assert coder.coded == 3


def test_what_was_done_is_remembered_only_when_all_is_done(paths: Paths) -> None:
    write_survey(paths, ROWS)
    with patch.object(Writer, "put_codes", side_effect=RuntimeError), pytest.raises(StageError):
        carry(paths)
    with Writer(paths, "a test") as writer:
        assert not writer.fingerprint("a-survey")
    carry(paths)
    with Writer(paths, "a test") as writer:
        assert writer.fingerprint("a-survey") == work_key(survey_folder(paths, "a-survey"), VERSIONS)


def test_a_file_that_changes_during_the_run_is_new_to_the_next(paths: Paths) -> None:
    write_survey(paths, ROWS)
    publish = Writer.publish

    def meanwhile(writer: Writer, view: View, run: str) -> Published:
        write_survey(paths, [*ROWS, ("r4", "Chad", "Oil firms paid.")])
        return publish(writer, view, run)

    with patch.object(Writer, "publish", meanwhile):
        carry(paths)
    with Writer(paths, "a test") as writer:
        assert writer.fingerprint("a-survey") != work_key(survey_folder(paths, "a-survey"), VERSIONS)
    carry(paths)
    assert "Oil firms paid." in quotes(paths)


def test_a_second_run_is_told_who_is_first(paths: Paths) -> None:
    write_survey(paths, ROWS)
    with Writer(paths, "suasion run"), pytest.raises(StoreBusyError, match="suasion run"):
        carry(paths)


METHODS = ("put_answers", "put_masked", "put_passages", "put_vectors", "put_codes", "put_fit", "publish")


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of data folders, in each of which a run was killed at another moment."""
    base = tmp_path_factory.mktemp("killed")
    for method, when in product(METHODS, ("before", "after")):
        write_survey(Paths(base / f"{method} {when}"), ROWS)
    subprocess.run([sys.executable, "-m", "tests.flows.dying", str(base)], cwd=ROOT, check=True)
    return base


@pytest.mark.server
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", METHODS)
def test_killed_at_any_stage_the_next_run_goes_on_and_nothing_is_doubled(killed: Path, method: str, when: str) -> None:
    paths = Paths(killed / f"{method} {when}")
    encoder = FakeEncoder()
    report = carry(paths, encoder=encoder)
    assert report.quotes == 3
    assert quotes(paths) == ["Banks lobbied.", "Funds divested.", "Mines polluted."]
    if (method, when) == ("put_vectors", "after") or method in ("put_codes", "put_fit", "publish"):
        assert encoder.seen == []
    with Writer(paths, "a test") as writer:
        assert [run["status"] for run in writer.runs().to_pylist()] == ["done", "interrupted"]
    with closing(Reader.open(paths)) as reader:
        assert reader.count(Filters()).passages == 3
        assert sum(reader.cross("actor", "mechanism", Filters())["claims"].to_pylist()) == 3
