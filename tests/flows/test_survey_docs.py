from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.description import Survey, load_survey
from flows.disclosure import Disclosure
from flows.files import _SUFFIXES
from flows.mapping import Columns, Consent, CountrySource, DateSource, LanguageSource, Question, Source
from flows.masking import Masks
from flows.raw import Reading
from tests.flows.folders import take, write

PAGE = (Path(__file__).parents[2] / "docs/surveys.md").read_text("utf-8")
MODELS = (Survey, Masks, Disclosure, Columns, Question, Reading, Source, CountrySource, LanguageSource, DateSource, Consent)
KEYS = sorted({name for model in MODELS for name in model.model_fields})


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_documented(key: str) -> None:
    assert f"`{key}`" in PAGE


@pytest.mark.parametrize("suffix", sorted(_SUFFIXES))
def test_every_kind_of_file_is_documented(suffix: str) -> None:
    assert f"`{suffix}`" in PAGE


def examples() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_survey_to_copy_can_be_read(tmp_path: Path) -> None:
    home = write(
        tmp_path,
        examples()[0],
        export__csv="ResponseId,Country,UserLanguage,RecordedDate,Consent,Profession,Q4\nR_1,Brasil,PT-BR,2025-06-01,Sim,Law,x\n",
    )
    home.chmod(0o700)
    assert take(home).answers.num_rows == 1


def test_the_long_example_can_be_read(tmp_path: Path) -> None:
    head, wide_columns = examples()[0].split('layout = "wide"')[0], examples()[1]
    home = write(tmp_path, head + wide_columns, export__csv="expert,right,answer,country\n1,TORT,x,Brazil\n")
    assert load_survey(home).questions[0].value == "TORT"
