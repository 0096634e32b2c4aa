"""Coding any table: a line per row, in order, every facet with its best value, evidence true to the input."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from flows import coding
from flows.cli import app
from flows.coding import Columns, Row, as_record, code_rows, write_lines
from flows.files import read_table
from models.coder import CueCoder
from models.coding import Claim, Code, Coding, Passage, Span
from models.trained import SHIPPED
from taxonomy import Codebook, load_codebook
from taxonomy.errors import RawFileError
from tests.flows.workbench import FakeEncoder
from tests.models.tiny_codebook import CountingEncoder, tiny_codebook


class Echo:
    """Says of every passage that its first word is a bank; an empty text has no substance."""

    version = "echo"

    def __init__(self) -> None:
        self.passages: list[Passage] = []

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        self.passages += passages
        return [self._one(passage.text) for passage in passages]

    def _one(self, text: str) -> Coding:
        if not text.strip():
            return Coding((Code("relevance", "non_substantive", 1.0, "rule"),), (), {"relevance": {"non_substantive": 1.0}})
        span = (Span(0, len(text.split()[0])),)
        codes = (
            Code("relevance", "influence", 0.81234567, "cue", span),
            Code("mode", "active", 0.3, "rule", (), review=True),
            Code("people_at_risk", "19", 0.7, "cue", span),
            Code("people_at_risk", "2", 0.4, "similarity", (), review=True),
        )
        claim = Claim("bank", None, "work", "active", "not_stated", "harms", span)
        return Coding(codes, (claim,), {"relevance": {"influence": 0.81234567}})


@pytest.fixture
def echo() -> Echo:
    return Echo()


def lines(rows: Sequence[Row], echo: Echo, unit: coding.Unit = "row") -> list[dict[str, Any]]:
    return list(code_rows(rows, unit, load_codebook(), FakeEncoder(), echo))


def row(text: str, id: str = "a", country: str | None = None, language: str | None = "en") -> Row:
    return Row(id, text, country, language)


def test_a_line_per_row_in_order(echo: Echo) -> None:
    made = lines([row("One.", "b"), row("", "a"), row("Two.", "b")], echo)
    assert [line["id"] for line in made] == ["b", "a", "b"]


def test_every_facet_of_the_codebook_is_there_under_its_name(echo: Echo) -> None:
    (line,) = lines([row("Banks lend.")], echo)
    facets = [facet.id for facet in load_codebook().facets]
    assert list(line) == ["id", *facets, "confidence", "review", "learned_from", "evidence", "claims"]
    assert line["relevance"] == "influence"
    assert line["actor"] == []


def test_people_at_risk_are_numbers_in_the_codebooks_order(echo: Echo) -> None:
    (line,) = lines([row("Banks lend.")], echo)
    assert line["people_at_risk"] == [2, 19]


def test_review_names_the_facet_or_the_code(echo: Echo) -> None:
    (line,) = lines([row("Banks lend.")], echo)
    assert line["review"] == ["mode", "people_at_risk:2"]


def test_a_text_without_substance_has_no_values(echo: Echo) -> None:
    (line,) = lines([row("")], echo)
    assert line["relevance"] == "non_substantive"
    assert line["mode"] is None
    assert line["right"] == []
    assert line["claims"] == []


def test_confidences_are_given_by_facet_and_code(echo: Echo) -> None:
    (line,) = lines([row("Banks lend.")], echo)
    assert line["confidence"] == {"relevance": {"influence": 0.8123}}


def test_evidence_is_in_code_points_of_the_input(echo: Echo) -> None:
    text = "𝔹anks lend 은행."
    (line,) = lines([row(text)], echo)
    evidence = next(each for each in line["evidence"] if each["facet"] == "relevance")
    assert text[evidence["start"] : evidence["end"]] == "𝔹anks"


def test_evidence_says_of_what_kind_it_is() -> None:
    word = (Span(0, 5),)
    codes = (Code("relevance", "influence", 0.9, "model", word), Code("actor", "bank", 0.9, "cue", word))
    record = as_record(Coding(codes), load_codebook())
    assert record["evidence"] == [
        {"facet": "relevance", "code": "influence", "kind": "model", "start": 0, "end": 5},
        {"facet": "actor", "code": "bank", "kind": "cue", "start": 0, "end": 5},
    ]


@pytest.mark.real_models
def test_an_answer_is_split_and_its_evidence_is_shifted(echo: Echo) -> None:
    text = "Banks lend to the dams without asking anybody. Mines poison the whole river every summer."
    (line,) = lines([row(text)], echo, unit="answer")
    assert len(echo.passages) == 2
    words = {text[each["start"] : each["end"]] for each in line["evidence"] if each["facet"] == "relevance"}
    assert words == {"Banks", "Mines"}
    assert [text[claim["spans"][0]["start"] : claim["spans"][0]["end"]] for claim in line["claims"]] == ["Banks", "Mines"]


def test_country_and_language_reach_the_coder(echo: Echo) -> None:
    lines([row("Los bancos.", country="PER", language="es")], echo)
    assert [(passage.country, passage.language) for passage in echo.passages] == [("PER", "es")]


def test_progress_is_told_by_batch(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coding, "BATCH", 2)
    told: list[int] = []
    rows = [row("One.")] * 5
    assert len(list(code_rows(rows, "row", load_codebook(), FakeEncoder(), echo, told.append))) == 5
    assert told == [2, 2, 1]


def table(tmp_path: Path, content: str, name: str = "answers.csv") -> Path:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    return path


def test_columns_may_be_named_and_some_may_be_absent(tmp_path: Path) -> None:
    raw = read_table(table(tmp_path, 'nr,answer,land\n7,"Banks lend, still.",Brasil\n8,Mines.,Atlantis\n'))
    rows = coding._rows(raw, Columns(id="nr", text="answer", country="land"))
    assert rows == [Row("7", "Banks lend, still.", "BRA", None), Row("8", "Mines.", None, None)]


def test_without_ids_rows_are_numbered(tmp_path: Path) -> None:
    raw = read_table(table(tmp_path, '{"text": "Banks."}\n{"text": "Mines."}\n', "answers.jsonl"))
    assert [each.id for each in coding._rows(raw, Columns())] == ["1", "2"]


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    raw = read_table(table(tmp_path, "id,answer\n1,Banks lend.\n"))
    with pytest.raises(RawFileError, match=r"no column “text”; there are id, answer.*--text"):
        coding._rows(raw, Columns())


def test_the_output_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"

    def breaking() -> Any:
        yield {"id": 1}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_lines(out, breaking())
    assert list(tmp_path.iterdir()) == []
    write_lines(out, [{"id": "é"}])
    assert [json.loads(line) for line in out.read_text("utf-8").splitlines()] == [{"id": "é"}]


def test_an_output_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match="cannot be written"):
        write_lines(tmp_path / "nowhere" / "out.jsonl", [])


def test_an_unknown_code_is_a_fault_of_the_coder_not_silence() -> None:
    coding_ = Coding((Code("relevance", "gossip", 1.0, "cue"),))
    with pytest.raises(KeyError):
        as_record(coding_, load_codebook())


def test_half_a_surrogate_pair_is_replaced_one_for_one(tmp_path: Path, echo: Echo) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": "\\ud83d", "text": "\\ud83d companies bribed"}\n', "utf-8")
    rows = coding._rows(read_table(source), Columns())
    assert rows[0].text == "\N{REPLACEMENT CHARACTER} companies bribed"
    write_lines(out, lines(rows, echo))
    assert json.loads(out.read_text("utf-8"))["id"] == "\ud83d"


def test_a_column_asked_for_by_name_and_absent_is_told(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text\n1,Banks lend.\n", "utf-8")
    table = read_table(source)
    assert list(coding._missing(table, Columns())) == []
    assert list(coding._missing(table, Columns(country="nation"))) == ["no column “nation” for the country; coded without it"]


OTHER_CODEBOOK = Path(__file__).parents[2] / "benchmarks" / "nhs" / "codebook.yaml"


class Waiting:
    """Says of every passage that it is about waiting, and sounds content."""

    version = "waiting"

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        codes = (Code("theme", "timeliness", 0.9, "model", (Span(0, 4),)), Code("sentiment", "positive", 0.6, "model", (Span(0, 4),)))
        return [Coding(codes) for _ in passages]


def test_it_is_told_where_cues_code_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("models.encoders.load_encoder", CountingEncoder)
    monkeypatch.setattr("models.coder.load_coder", lambda codebook, encoder, folder: CueCoder(tiny_codebook(), encoder))
    coding.code_table(table(tmp_path, "id,text\n1,Seen at once.\n"), tmp_path / "out.jsonl", Columns(), "row", OTHER_CODEBOOK)
    assert "by cues and likeness alone, because no trained coder knows this codebook" in " ".join(capsys.readouterr().err.split())


def test_another_codebook_and_its_coder_may_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, Path]] = []

    def loading(codebook: Codebook, encoder: object, folder: Path) -> Waiting:
        asked.append((codebook.title, folder))
        return Waiting()

    monkeypatch.setattr("models.encoders.load_encoder", FakeEncoder)
    monkeypatch.setattr("models.coder.load_coder", loading)
    source, out = table(tmp_path, "id,text\n1,Seen at once.\n"), tmp_path / "out.jsonl"
    named = ["--codebook", str(OTHER_CODEBOOK), "--coder", str(tmp_path)]
    done = CliRunner().invoke(app, ["code", str(source), "--out", str(out), *named])
    assert done.exit_code == 0, done.output
    (line,) = [json.loads(each) for each in out.read_text("utf-8").splitlines()]
    assert list(line)[:4] == ["id", "theme", "sentiment", "confidence"]
    assert (line["theme"], line["sentiment"], line["claims"]) == (["timeliness"], "positive", [])
    coding.code_table(source, out, Columns(), "row", OTHER_CODEBOOK)
    assert "by the coder that ships" in capsys.readouterr().err
    assert "1 rows coded into" in done.output
    assert "by the coder in " in done.output
    assert asked == [(load_codebook(OTHER_CODEBOOK).title, tmp_path), (load_codebook(OTHER_CODEBOOK).title, SHIPPED)]
