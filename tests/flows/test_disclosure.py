from __future__ import annotations

from pathlib import Path

import pytest

from flows.description import load_survey
from flows.raw_folders import Found
from flows.workshop import survey_record
from taxonomy.errors import SurveyError
from tests.flows.folders import SURVEY, write

ANSWERS = "who,land,Q1,Q2\n1,BRA,a,b\n"


def test_a_survey_has_the_threshold_that_its_description_gives(tmp_path: Path) -> None:
    plain = load_survey(write(tmp_path, SURVEY, answers__csv=ANSWERS))
    strict = load_survey(write(tmp_path, SURVEY + "\n[disclosure]\nthreshold = 20\n", answers__csv=ANSWERS))
    assert [survey_record(Found(tmp_path, survey)).threshold for survey in (plain, strict)] == [10, 20]


@pytest.mark.parametrize("value", ["0", "-1", "1", "true", '"10"', "10.5", "[10]"])
def test_a_threshold_that_protects_nobody_is_refused_with_its_place(tmp_path: Path, value: str) -> None:
    folder = write(tmp_path, SURVEY + f"\n[disclosure]\nthreshold = {value}\n", answers__csv=ANSWERS)
    with pytest.raises(SurveyError, match=r"survey\.toml") as caught:
        load_survey(folder)
    (fault,) = caught.value.faults
    assert fault.startswith(f"disclosure.threshold: {value} would protect nobody; give a whole number of 2 or more")


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, SURVEY + "\n[disclosure]\nthreshhold = 20\n", answers__csv=ANSWERS)
    with pytest.raises(SurveyError, match='did you mean "threshold"'):
        load_survey(folder)
