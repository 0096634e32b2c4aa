"""Surveys are found in the data folder and in the checkout, and a fault in one hides none of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.raw_folders import CHECKOUT_RAW, find, folders, survey_folder
from store import Paths
from taxonomy.errors import SurveyError
from tests.flows.workbench import write_survey

SHIPPED = ["example-three-questions", "hrmi-people-at-risk", "state-department-2023"]
ROWS = [("r1", "Brazil", "Banks lobbied.")]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data")


def test_a_data_folder_elsewhere_does_not_lose_the_shipped_surveys(paths: Paths) -> None:
    write_survey(paths, ROWS, name="own")
    assert list(folders(paths)) == ["example-three-questions", "hrmi-people-at-risk", "own", "state-department-2023"]


def test_a_survey_of_the_data_folder_stands_before_one_of_the_same_name(paths: Paths) -> None:
    own = write_survey(paths, ROWS, name=SHIPPED[0])
    assert folders(paths)[SHIPPED[0]] == own.resolve()


def test_the_checkouts_own_data_folder_is_looked_at_once() -> None:
    assert list(folders(Paths(CHECKOUT_RAW.parent))) == SHIPPED


def test_a_survey_with_faults_does_not_hide_the_others(paths: Paths) -> None:
    write_survey(paths, ROWS, name="good")
    (write_survey(paths, ROWS, name="bad") / "survey.toml").write_text("title = 3\n", "utf-8")
    found, errors = find(paths, ["bad", "good"])
    assert [each.survey.id for each in found] == ["good"]
    assert len(errors) == 1
    assert "bad/survey.toml" in str(errors[0])


def test_a_name_that_is_not_there_is_told_with_those_that_are(paths: Paths) -> None:
    write_survey(paths, ROWS, name="own")
    with pytest.raises(SurveyError, match=r"no such survey .* own"):
        survey_folder(paths, "owm")


def test_without_any_survey_it_says_what_to_do(paths: Paths, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("flows.raw_folders.CHECKOUT_RAW", tmp_path)
    found, (error,) = find(paths)
    assert found == ()
    assert "survey.toml" in str(error)


def test_a_folder_without_a_description_is_told_and_not_passed_over(paths: Paths) -> None:
    write_survey(paths, ROWS, name="good")
    (write_survey(paths, ROWS, name="new") / "survey.toml").rename(paths.raw / "new" / "survey.toml.txt")
    (paths.raw / "nothing-yet").mkdir()
    for names in ((), ("good", "new")):
        found, (error,) = find(paths, names)
        assert "good" in [each.survey.id for each in found]
        assert "new: 1 fault" in str(error)
        assert "no survey.toml" in str(error)
    assert find(paths, ["good"])[1] == ()
