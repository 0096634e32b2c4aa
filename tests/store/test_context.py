from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from store.context import FOLDER, CountryContext, country_context, read_context
from taxonomy import load_codebook
from taxonomy.errors import StoreError


def test_a_country_has_its_scores_with_their_bands() -> None:
    brazil = country_context("BRA")
    (assembly,) = [score for score in brazil.civil if score.right == "assembly"]
    assert 0 <= assembly.low < assembly.mean < assembly.high <= 10
    assert {score.right for score in brazil.social} == {"education", "food", "health", "housing", "work"}
    assert all(group.experts >= 5 for group in brazil.at_risk)


def test_of_a_country_that_nobody_measured_there_is_nothing() -> None:
    assert country_context("XXX") == CountryContext()
    assert country_context("ZZZ../") == CountryContext()
    assert len(read_context(FOLDER)) > 180


def test_rights_and_people_are_those_of_the_codebook() -> None:
    codebook = load_codebook()
    rights, people = ({code.id for code in codebook.facet(facet).codes} for facet in ("right", "people_at_risk"))
    shipped = read_context(FOLDER).values()
    assert {score.right for context in shipped for score in (*context.civil, *context.social, *context.at_risk)} <= rights
    assert {group.people for context in shipped for group in context.at_risk} <= people


def test_source_and_licence_go_with_the_tables() -> None:
    said = (FOLDER / "SOURCE.md").read_text("utf-8")
    assert "CC BY 4.0" in said
    assert {path.name for path in FOLDER.glob("*.csv")} == {name for name in ("civil.csv", "social.csv", "at_risk.csv") if name in said}


@pytest.mark.parametrize(
    ("file", "row", "said"),
    [
        ("civil.csv", "BRA,assembly,2021,5,6,7", "within its band"),
        ("civil.csv", "BRA,assembly,2021,10.5,6,11", "10 at most"),
        ("civil.csv", "BRA,assembly,2021,nan,1,2", "a score must be a number"),
        ("civil.csv", "BRA,assembly,2021,5,4", "must have 6 cells"),
        ("civil.csv", "BRAZIL,assembly,2021,5,4,6", "alpha-3"),
        ("civil.csv", "BRA,,2021,5,4,6", "no right"),
        ("civil.csv", "BRA,assembly,²021,5,4,6", "no year"),
        ("social.csv", "BRA,food,2019,some,50", "standard must be"),
        ("social.csv", "BRA,food,2019,core,101", "from 0 to 100"),
        ("at_risk.csv", "BRA,arrest,2021,2,9,8", "more experts"),
        ("at_risk.csv", "BRA,arrest,2021,2,=1+1,8", "a count must be a number"),
    ],
)
def test_a_row_that_cannot_be_true_is_named(file: str, row: str, said: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "hrmi"))
    header = (folder / file).read_text("utf-8").splitlines()[0]
    (folder / file).write_text(f"{header}\n{row}\n", "utf-8")
    with pytest.raises(StoreError, match=f"{file}: row 2: .*{said}"):
        read_context(folder)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a,b\n", None])
def test_a_damaged_table_is_refused(content: bytes | None, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "hrmi"))
    if content is None:
        (folder / "social.csv").unlink()
    else:
        (folder / "social.csv").write_bytes(content)
    with pytest.raises(StoreError, match=r"social\.csv"):
        read_context(folder)
