from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.description import find_surveys, load_survey
from flows.ingest import Ingested
from flows.labels import read_labels
from flows.training import SHIPPED_LABELS, Material
from models.masking import mask
from models.normalisation import fold
from models.segmentation import passages
from models.trained import LEARNED, imprint, imprints
from models.trained import SHIPPED as SHIPPED_CODER
from taxonomy import load_codebook
from tests.flows.folders import reasons, take

RAW = Path(__file__).parents[2] / "data/raw"
SHIPPED = ["example-three-questions", "hrmi-people-at-risk", "state-department-2023"]


@pytest.fixture(scope="module")
def taken() -> dict[str, Ingested]:
    return {name: take(RAW / name) for name in SHIPPED}


def test_they_are_found() -> None:
    assert set(SHIPPED) <= {folder.name for folder in find_surveys(RAW)}


@pytest.mark.parametrize(
    ("name", "answers", "countries", "languages", "kind", "protection"),
    [
        ("state-department-2023", 394, 18, {"en"}, "transcribed", "public"),
        ("hrmi-people-at-risk", 4595, 33, {"en", "es", "fr", "pt"}, "paraphrase", "public"),
        ("example-three-questions", 72, 8, {"en", "es", "fr", "pt", "ko"}, "invented", "invented"),
    ],
)
def test_they_are_read_whole(
    taken: dict[str, Ingested], name: str, answers: int, countries: int, languages: set[str], kind: str, protection: str
) -> None:
    table = taken[name].answers
    assert table.num_rows == answers == len(set(table.column("answer").to_pylist()))
    assert len(set(table.column("country").to_pylist())) == countries
    assert set(table.column("declared_language").to_pylist()) == languages
    survey = load_survey(RAW / name)
    assert (survey.text_kind, survey.protection) == (kind, protection)


def test_reports_keep_their_sections_and_year(taken: dict[str, Ingested]) -> None:
    rows = taken["state-department-2023"].answers.to_pylist()
    assert {row["wave"] for row in rows} == {"2023"}
    assert all(set(json.loads(row["attributes"])) == {"section"} for row in rows)


def test_hrmis_translations_share_their_group(taken: dict[str, Ingested]) -> None:
    groups: dict[str, set[str]] = {}
    for row in taken["hrmi-people-at-risk"].answers.to_pylist():
        groups.setdefault(row["translation_group"], set()).add(row["declared_language"])
    assert sum(len(languages) > 1 for languages in groups.values()) > 100
    assert taken["hrmi-people-at-risk"].rejects.num_rows == 0


def test_hrmi_is_attributed() -> None:
    notice = (RAW / "hrmi-people-at-risk/SOURCE.md").read_text("utf-8")
    assert all(word in notice for word in ("Human Rights Measurement Initiative", "CC BY 4.0", "cb594cc", "paraphrase".capitalize()))


def test_the_example_shows_what_ingest_does(taken: dict[str, Ingested]) -> None:
    found = taken["example-three-questions"]
    assert found.report.files[0].kind == "csv (qualtrics)"
    assert {"IPAddress", "RecipientEmail", "LocationLatitude"} <= set(found.report.personal)
    assert {"no consent", "a preview or test of the survey, not an answer"} < {reason for _, _, reason in reasons(found)}
    assert {"", "n/a", "-"} < set(found.answers.column("text").to_pylist())
    assert len(set(found.answers.column("respondent").to_pylist())) == 24
    assert {row["area"] for row in found.answers.to_pylist()} == {"physical_integrity", "empowerment", "economic_social"}


def test_the_example_is_invented_to_the_last_cell() -> None:
    text = (RAW / "example-three-questions/export.csv").read_text("utf-8-sig")
    assert text.count("@") == text.count("@example.org")
    assert "192.0.2." in text


@pytest.mark.real_models
def test_reports_that_were_learned_from_are_known_when_they_are_cut_into_passages(taken: dict[str, Ingested]) -> None:
    codebook, answers = load_codebook(), taken["state-department-2023"].answers
    learned = {fold(passage.text): passage for passage in Material.of(read_labels(SHIPPED_LABELS, codebook).rows, ()).passages}
    of_reports = {row["answer"]: learned[fold(row["text"])] for row in answers.to_pylist() if fold(row["text"]) in learned}
    masked = answers.append_column("masked", mask(answers).made.column("masked"))
    shown = [row["text"] for row in passages(masked, codebook.languages).made.to_pylist() if row["answer"] in of_reports]
    assert len(shown) > len(of_reports) > 150, "some reports are cut"
    assert set(map(imprint, shown)) <= imprints(of_reports.values())
    # What was learned from belongs to the coder: written anew by suasion train, or by flows.training.remember where labels alone changed.
    assert set(map(imprint, shown)) <= set(json.loads((SHIPPED_CODER / LEARNED).read_text("utf-8")))
