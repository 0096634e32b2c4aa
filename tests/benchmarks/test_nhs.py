"""What stands behind the comparison on the NHS's answers: the export as labels, the baseline, and the figures."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks import nhs
from flows.cli import app
from flows.labels import read_labels
from models.coding import Passage
from models.comparison import Comparison, Pair, Predicted, compare
from models.labels import LabelledPassage
from models.scoring import Layout
from taxonomy import load_codebook
from taxonomy.errors import RawFileError
from tests.models.toy_codebook import toy_codebook

CODEBOOK = load_codebook(nhs.CODEBOOK)
GUIDE = (Path(__file__).parents[2] / "docs" / "another-codebook.md").read_text("utf-8")
NAMES = {code.id: code.label("en") for code in CODEBOOK.facet("theme").codes} | {
    "referrals": "Referals & continuity of care",
    "safeguarding": "Safeguarding concerns?",
}
HEADER = [
    "Comment ID",
    "Trust",
    "Respondent ID",
    "FFT question",
    "FFT answer",
    "Comment sentiment",
    *NAMES.values(),
    nhs.NO_CODE,
    nhs.NO_ANSWER,
]


def export(folder: Path, *rows: dict[str, str], header: list[str] = HEADER) -> Path:
    path = folder / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def answer(id: str, text: str, *codes: str, sentiment: str = "1", question: str = "What was good?") -> dict[str, str]:
    marks = {NAMES.get(code, code): "1" for code in codes}
    return {"Comment ID": id, "Trust": "T", "Respondent ID": id[:1], "FFT question": question, "FFT answer": text} | (
        {"Comment sentiment": sentiment} | marks
    )


def test_the_codebook_has_the_themes_and_the_sentiment() -> None:
    assert [(facet.id, facet.values, len(facet.codes)) for facet in CODEBOOK.facets] == [("theme", "many", 48), ("sentiment", "one", 5)]
    assert CODEBOOK.languages == ("en",)
    assert all(code.parent and any(example.holds for example in code.examples) for code in CODEBOOK.facet("theme").codes)
    assert [code.id for code in CODEBOOK.facet("sentiment").codes] == list(nhs.SENTIMENTS.values())


def test_an_answer_becomes_a_label_that_training_reads(tmp_path: Path) -> None:
    path = export(
        tmp_path, answer("a1", "Kind  nurse,\nquick too. ", "staff_manner", "timeliness", sentiment="2", question="What\nwas good?")
    )
    (record,) = nhs.labels(path, CODEBOOK)
    assert record == {
        "id": "a1",
        "text": "What was good? Kind nurse, quick too.",
        "lang": "en",
        "source": "NHS: T",
        "family": "a",
        "theme": ["staff_manner", "timeliness"],
        "sentiment": "positive",
    }
    out = tmp_path / "nhs.jsonl"
    out.write_text(json.dumps(record) + "\n", "utf-8")
    found = read_labels([out], CODEBOOK)
    assert found.faults == ()
    assert found.rows[0].family == "a"


def test_columns_spelt_otherwise_are_known(tmp_path: Path) -> None:
    (record,) = nhs.labels(export(tmp_path, answer("a1", "Handed on.", "referrals", "safeguarding")), CODEBOOK)
    assert set(record["theme"]) == {"referrals", "safeguarding"}  # type: ignore[call-overload]


def test_no_theme_is_an_empty_list_and_no_sentiment_is_not_asked(tmp_path: Path) -> None:
    (record,) = nhs.labels(export(tmp_path, answer("a1", "Chest.", nhs.NO_CODE, sentiment="")), CODEBOOK)
    assert record["theme"] == []
    assert "sentiment" not in record


@pytest.mark.parametrize("text", ["", "  ", "Did not answer", "did not answer.", "…", "-"])
def test_what_is_no_answer_is_left_out(tmp_path: Path, text: str) -> None:
    path = export(tmp_path, answer("a1", text, nhs.NO_ANSWER), answer("a2", "Good.", "positive_experience"))
    assert [record["id"] for record in nhs.labels(path, CODEBOOK)] == ["a2"]


def test_another_table_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    without = [name for name in HEADER if name not in ("Respondent ID", "Parking")]
    with pytest.raises(RawFileError, match=r"export\.csv: has no column for Respondent ID, parking"):
        list(nhs.labels(export(tmp_path, header=without), CODEBOOK))


def test_an_export_that_cannot_be_read_is_named_and_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(b"Comment ID\nsecret \xff answer\n")
    with pytest.raises(RawFileError, match=r"export\.csv: cannot be read as a table \(UnicodeDecodeError\)") as caught:
        list(nhs.labels(path, CODEBOOK))
    assert "secret" not in str(caught.value)
    with pytest.raises(RawFileError, match="cannot be read"):
        list(nhs.labels(tmp_path / "nowhere.csv", CODEBOOK))


def row(number: int, text: str, theme: tuple[str, ...], mood: str | None) -> LabelledPassage:
    values = {"theme": theme} | ({"mood": (mood,)} if mood else {})
    return LabelledPassage(str(number), Passage(text, "en"), values, family=f"guest {number // 2}")


@pytest.fixture
def two_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nhs, "CHOICES", (nhs.Choice(10, balanced=False), nhs.Choice(10, balanced=True)))


def hotel(count: int) -> list[LabelledPassage]:
    kinds = [("lovely breakfast here", ("food",), "glad"), ("dreadful bed there", ("room",), "cross"), ("it was so", (), None)]
    return [row(number, *kinds[number % 3]) for number in range(count)]


@pytest.mark.usefixtures("two_choices")
def test_the_baseline_learns_what_words_tell_and_says_what_it_chose() -> None:
    rows = hotel(60)
    pairs, told = nhs.baseline(rows, Layout.of(toy_codebook()), 3)
    assert [pair[0] for pair in pairs] == rows
    for facet in ("theme", "mood"):
        asked = [(set(each.values[facet]), set(said.confidence[facet])) for each, said in pairs if facet in each.values]
        assert sum(held == said for held, said in asked) >= 0.8 * len(asked)  # a threshold that fits two folds may cut a case of the third
    assert len(told) == 2 * 3
    assert told[0].startswith("theme, fold 1: C 10, ")


@pytest.mark.usefixtures("two_choices")
def test_the_baseline_is_never_fitted_on_the_fold_that_it_codes() -> None:
    # A word that only one guest uses cannot be learned for this guest's own answers.
    rows = [*hotel(58), row(58, "zanzibar", ("parking",), "even"), row(59, "zanzibar", ("parking",), "even")]
    pairs, _ = nhs.baseline(rows, Layout.of(toy_codebook()), 3)
    assert "parking" not in pairs[58][1].confidence["theme"]


def comparison(*said: dict[str, float]) -> Comparison:
    rows = [row(0, "x", ("food", "room"), "glad"), row(1, "x", ("food",), "glad"), row(2, "x", (), "cross")]
    pairs: list[Pair] = [(each, Predicted({"theme": given})) for each, given in zip(rows, said, strict=True)]
    return compare(pairs, toy_codebook().facet("theme"))


def test_figures_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nhs, "SELDOM", (1, 2))
    found = nhs.measures(comparison({"food": 0.9}, {"food": 0.9, "room": 0.6}, {}))
    assert found["micro-F1"][0] == pytest.approx(2 * 2 / (3 + 3))
    assert found["macro-F1, 2 codes of 1 cases or more"][0] == pytest.approx((1 + 0) / 2)
    assert found["macro-F1, 1 codes of 2 cases or more"][0] == pytest.approx(1)


def test_draws_are_the_same_for_every_method_and_whole_respondents() -> None:
    one, same = (nhs.measures(comparison({"food": 0.9}, {}, {}))["micro-F1"] for _ in range(2))
    assert one.shape == (1 + nhs.DRAWS,)
    assert np.array_equal(one, same)
    # Two respondents, of whom only one was given codes: a draw holds him twice, once, or not at all.
    assert set(np.round(one, 6)) <= {round(2 * 1 / (1 + 3), 6), 0.0}


def test_the_tables_are_printed_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    rows = hotel(30)
    perfect = [(each, Predicted({facet: dict.fromkeys(codes, 0.9) for facet, codes in each.values.items()})) for each in rows]
    silent = [(each, Predicted({})) for each in rows]
    nhs.show({"none": silent, "all": perfect}, toy_codebook())
    printed = capsys.readouterr().out
    assert "## theme: 30 answers of 15 respondents" in printed
    assert "## mood: 20 answers" in printed
    assert "| micro-F1 | 0.000 [0.000, 0.000] | 1.000 [1.000, 1.000] | 1.000 [1.000, 1.000] |" in printed
    assert "| food | 10 | 0.00 | 1.00 |" in printed


def test_the_smallest_codebook_of_the_guide_loads(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)[0], "utf-8")
    assert [code.id for code in load_codebook(path).facet("theme").codes] == ["food", "room"]


@pytest.mark.parametrize("command", ["train", "code", "evaluate"])
def test_the_options_of_the_guide_exist(command: str) -> None:
    (line,) = re.findall(rf"^    suasion {command} (.*)", GUIDE, re.MULTILINE)
    known = CliRunner().invoke(app, [command, "--help"], terminal_width=200).output
    assert set(re.findall(r"--[a-z]+", line)) <= set(re.findall(r"--[a-z]+", known))
