"""Status and rejects: where every survey stands, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from flows import status
from flows.status import show_rejects, show_status, standings, write_rejects
from models.coding import Coding, Passage
from store import Paths
from taxonomy import load_codebook
from taxonomy.errors import ModelError, RawFileError, SurveyError
from tests.flows.fake_topics import FakeTopics
from tests.flows.workbench import VERSIONS, FakeCoder, carry, write_survey

pytestmark = pytest.mark.disk

ROWS = [("r1", "Brazil", "Banks lobbied."), ("r2", "Atlantis", "Mines.")]


@pytest.fixture
def paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Paths:
    monkeypatch.setattr("flows.raw_folders.CHECKOUT_RAW", tmp_path / "none")
    monkeypatch.setattr(status, "current_versions", lambda codebook: VERSIONS)
    return Paths.default()


def states(paths: Paths) -> dict[str, str]:
    return {line.survey: line.state for line in standings(paths)}


def test_a_survey_goes_from_never_coded_to_up_to_date_to_something_new(paths: Paths) -> None:
    write_survey(paths, ROWS)
    assert states(paths) == {"a-survey": "never coded"}
    carry(paths)
    assert states(paths) == {"a-survey": "up to date"}
    (line,) = standings(paths)
    assert (line.answers, line.passages, line.rejects) == (1, 1, 1)
    write_survey(paths, ROWS[:1])
    assert states(paths) == {"a-survey": "something is new"}


def test_a_survey_whose_folder_is_gone_is_still_told(paths: Paths) -> None:
    folder = write_survey(paths, ROWS)
    carry(paths)
    shutil.rmtree(folder)
    assert "not in a raw folder" in states(paths)["a-survey"]


def test_status_says_what_the_explorer_shows(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    write_survey(paths, ROWS)
    show_status()
    assert "suasion run" in capsys.readouterr().out
    report = carry(paths)
    show_status()
    assert report.snapshot in capsys.readouterr().out


class Unsure(FakeCoder):
    """Leaves the actor to a person; it was trained on what banks did."""

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        return [
            replace(
                coding,
                codes=tuple(replace(code, review=code.facet == "actor") for code in coding.codes),
                learned_from="Banks" in passage.text,
            )
            for passage, coding in zip(passages, super().code(passages, vectors), strict=True)
        ]


def test_status_says_in_a_line_how_a_survey_is_coded(
    paths: Paths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_survey(paths, ROWS)
    assert [line.coding_line() for line in standings(paths)] == [""]
    carry(paths, coder=Unsure())
    in_force = replace(VERSIONS, codebook=load_codebook().stamp)
    monkeypatch.setattr(status, "current_versions", lambda codebook: in_force)
    show_status()
    line = "a-survey: coverage 66 % (1 of 3 codes wait for review); the coder was trained on 1 of 1 passages\n"
    assert line in capsys.readouterr().out
    for newer in (replace(in_force, codebook="1.0.1+00000000"), replace(in_force, coder="coder-2")):
        monkeypatch.setattr(status, "current_versions", lambda codebook, newer=newer: newer)
        (standing,) = standings(paths)
        assert (standing.state, standing.coding.stale) == ("something is new", 1)
        assert "1 passage carries codes of another codebook or coder" in standing.coding_line()


def test_status_says_in_lines_which_topics_a_survey_has_and_why_to_find_them_anew(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    write_survey(paths, [*ROWS[:1], ("r3", "Peru", "A bank paid.")])
    carry(paths, topics=FakeTopics(spec="topics-0+12345678"))
    show_status()
    said = capsys.readouterr().out
    assert "a-survey · topics: 1 (1 tentative), found in 2 passages; 0 % of passages in none\n" in said
    assert "a-survey · topics: found by topics-0+12345678" in said
    assert states(paths) == {"a-survey": "up to date"}


def test_a_survey_whose_topics_are_still_to_be_found_is_not_up_to_date(paths: Paths) -> None:
    write_survey(paths, ROWS)
    carry(paths, topics=FakeTopics(fails=ModelError("no")))
    assert states(paths) == {"a-survey": "something is new"}


def test_rejects_are_listed_with_file_row_and_reason(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    write_survey(paths, ROWS)
    show_rejects(None, None)
    assert "Nothing was rejected" in capsys.readouterr().out
    carry(paths)
    show_rejects("a-survey", None)
    out = capsys.readouterr().out
    assert "answers.csv" in out
    assert "land" in out


def test_rejects_of_a_survey_that_is_not_there_are_not_none(paths: Paths) -> None:
    write_survey(paths, ROWS)
    carry(paths)
    with pytest.raises(SurveyError, match=r"b-survey(.|\n)*there are: a-survey"):
        show_rejects("b-survey", None)


def test_rejects_go_into_a_file_whole(paths: Paths, tmp_path: Path) -> None:
    write_survey(paths, [(f"r{number}", "Atlantis", "Mines.") for number in range(60)])
    with pytest.MonkeyPatch.context():
        carry(paths)
    out = tmp_path / "rejects.csv"
    show_rejects(None, out)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    assert rows[0]["file"] == "answers.csv"


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝x", "＋x", "－x", "＠x"])
def test_no_cell_is_a_formula(tmp_path: Path, value: str) -> None:
    out = tmp_path / "rejects.csv"
    reject = {"survey": "s", "stage": "ingest", "file": value, "row": 1, "column": None, "reason": value}
    write_rejects([reject], out)
    with out.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["file"] == row["reason"] == f"'{value}"
    assert row["row"] == "1"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match="cannot be written"):
        write_rejects([], tmp_path / "nowhere" / "rejects.csv")
