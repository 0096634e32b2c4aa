"""What a change of the codebook moves in the corpus: counted by code, listed on demand, and nothing in the store is changed."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from flows.cli import app
from flows.codebook_moves import BATCH, Corpus, Move, by_code, exchanges, first_moved, moves, read_corpus, write_moves
from models.coding import Code, Coding, Passage
from models.tables import CODABLE
from store import Paths, Writer
from taxonomy import Codebook, load_codebook
from taxonomy.errors import CodebookError, RawFileError, SurveyError
from tests.flows.workbench import VERSIONS, FakeEncoder, carry, write_survey

BOOK = """\
version: 1.0.0
title: Tiny
languages: [en]
facets:
  - id: relevance
    name: {en: Relevance}
    definition: Whether.
    values: one
    applies_to: all
    codes:
      - {id: influence, name: {en: I}, definition: I., use_when: I., cues: {en: {strong: [Banks, Funds]}}}
      - {id: off_topic, name: {en: O}, definition: O., use_when: O.}
  - id: actor
    name: {en: Actor}
    definition: Who.
    values: many
    applies_to: influence
    codes:
      - {id: bank, name: {en: Bank}, definition: B., use_when: B., cues: {en: {strong: [Banks], weak: [lobbied]}}}
      - {id: investor, name: {en: Investor}, definition: V., use_when: V., cues: {en: {strong: [Funds]}}}
"""
#: Funds become no influence, mines one; the bank is only a suggestion; the investor gets another id.
OTHER = (
    BOOK.replace("{strong: [Banks, Funds]}", "{strong: [Banks, Mines]}")
    .replace("{strong: [Banks], weak: [lobbied]}", "{weak: [Banks]}")
    .replace("id: investor", "id: holder")
)
ROWS = [("r1", "Brazil", "Banks lobbied."), ("r2", "Kenya", "Mines polluted."), ("r3", "Peru", "Funds divested.")]


class Cued:
    """Gives the codes whose cues stand in the text, by weak ones only as suggestions."""

    version = "cued"

    def __init__(self, codebook: Codebook) -> None:
        self.facets = codebook.facets
        self.batches: list[int] = []

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        self.batches.append(len(passages))
        return [Coding(tuple(self._codes(passage.text))) for passage in passages]

    def _codes(self, text: str) -> list[Code]:
        found = []
        for facet in self.facets:
            for code in facet.codes:
                cues = code.cues.get("en")
                strong = cues is not None and any(cue in text for cue in cues.strong)
                weak = cues is not None and any(cue in text for cue in cues.weak)
                if strong or weak:
                    found.append(Code(facet.id, code.id, 0.9, "cue", review=not strong))
        if not any(code.facet == "relevance" for code in found):
            found.append(Code("relevance", "off_topic", 0.5, "default"))
        return found


@pytest.fixture
def books(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(BOOK, "utf-8")
    new.write_text(OTHER, "utf-8")
    return old, new


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("flows.raw_folders.CHECKOUT_RAW", tmp_path / "none")
    monkeypatch.setattr("models.encoders.load_encoder", FakeEncoder)
    monkeypatch.setattr("models.encoders.encoder_version", lambda: VERSIONS.encoder)
    monkeypatch.setattr("models.coder.load_coder", lambda codebook, encoder: Cued(codebook))


def corpus(*texts: str) -> Corpus:
    passages = [
        {"passage": f"p{place}", "answer": f"a{place}", "text": text, "start": 0, "language": "en", "key": "", "vector": [1.0]}
        for place, text in enumerate(texts)
    ]
    return Corpus(CODABLE.empty_table().from_pylist(passages, schema=CODABLE), ("a-survey",) * len(texts), len(texts), frozenset())


def between(found: Corpus, books: tuple[Path, Path]) -> list[Move]:
    old, new = map(load_codebook, books)
    return moves(found, (old, Cued(old)), (new, Cued(new)), {("actor", "investor"): "holder"})


def test_what_moves_is_told_code_by_code(books: tuple[Path, Path]) -> None:
    assert between(corpus("Banks lobbied.", "Mines polluted.", "Funds divested.", "Rain."), books) == [
        Move(0, "actor", "bank", "now for review"),
        Move(1, "relevance", "off_topic", "lost"),
        Move(1, "relevance", "influence", "gained"),
        Move(2, "relevance", "influence", "lost"),
        Move(2, "actor", "holder", "lost"),
        Move(2, "relevance", "off_topic", "gained"),
    ]


def test_a_code_that_was_only_renamed_stays(books: tuple[Path, Path]) -> None:
    books[1].write_text(BOOK.replace("id: investor", "id: holder"), "utf-8")
    assert between(corpus("Funds divested."), books) == []


def test_moves_are_counted_by_code_and_by_exchange(books: tuple[Path, Path]) -> None:
    found = between(corpus("Mines.", "Mines polluted.", "Funds."), books)
    assert by_code(found)["relevance", "influence"] == {"gained": 2, "lost": 1}
    assert exchanges(found, ["relevance"]) == {("relevance", "off_topic", "influence"): 2, ("relevance", "influence", "off_topic"): 1}


def test_passages_are_coded_in_batches(books: tuple[Path, Path]) -> None:
    old, advanced = load_codebook(books[0]), []
    coder = Cued(old)
    assert moves(corpus(*["Banks."] * (BATCH + 1)), (old, coder), (old, Cued(old)), {}, advanced.append) == []
    assert coder.batches == advanced == [BATCH, 1]


def test_moves_are_written_with_nothing_that_a_spreadsheet_would_run(tmp_path: Path) -> None:
    write_moves([Move(0, "actor", "bank", "gained")], corpus("=1+1"), tmp_path / "moves.csv")
    with (tmp_path / "moves.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["survey"], row["answer"], row["passage"]) == ("a-survey", "a0", "p0")
    assert (row["facet"], row["code"], row["move"]) == ("actor", "bank", "gained")
    assert row["text"] == "'=1+1"
    with pytest.raises(RawFileError, match="cannot be written"):
        write_moves([], corpus(), tmp_path)


def test_the_first_answers_that_move_are_named() -> None:
    found = [
        Move(0, "actor", "bank", "gained"), Move(0, "actor", "holder", "now for review"),
        *(Move(place, "relevance", "influence", "lost") for place in range(1, 30)),
    ]  # fmt: skip
    rows = first_moved(found, corpus(*["Banks."] * 30), 3)
    assert rows == [
        ("a-survey", "a0", "actor:bank gained, actor:holder now for review"),
        ("a-survey", "a1", "relevance:influence lost"),
        ("a-survey", "a2", "relevance:influence lost"),
    ]


def test_passages_of_one_answer_are_named_once() -> None:
    both = corpus("Banks.", "Banks again.")
    both = replace(both, passages=both.passages.set_column(1, "answer", pa.array(["a7", "a7"])))
    found = [Move(0, "actor", "bank", "gained"), Move(1, "actor", "bank", "gained"), Move(1, "relevance", "influence", "lost")]
    assert first_moved(found, both, 10) == [("a-survey", "a7", "actor:bank gained, relevance:influence lost")]


def diff(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, ["codebook", "diff", *map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == 0
    return done.stdout


def test_without_a_store_the_differences_in_sense_are_all(books: tuple[Path, Path]) -> None:
    out = diff(*books)
    assert "code investor → holder" in out
    assert "Warning: the version is still 1.0.0; the changes ask for its first number: 2.0.0 (actor:holder)" in out
    assert "There is no store" in out
    assert not Paths.default().root.exists()


def test_two_that_say_the_same_move_nothing(books: tuple[Path, Path]) -> None:
    assert "The two say the same" in diff(books[0], books[0])
    assert "The two say the same" in diff("shipped", "shipped")


def test_a_file_with_faults_is_refused(books: tuple[Path, Path]) -> None:
    books[1].write_text(BOOK.replace("title: Tiny", "titel: Tiny"), "utf-8")
    done = CliRunner().invoke(app, ["codebook", "diff", *map(str, books)])
    assert isinstance(done.exception, CodebookError)


@pytest.mark.parametrize("place", ["nowhere/moves.csv", "old.yaml"])
def test_a_bad_place_for_the_moves_is_told_before_the_work(books: tuple[Path, Path], place: str) -> None:
    done = CliRunner().invoke(app, ["codebook", "diff", *map(str, books), "--out", str(books[0].parent / place)])
    assert isinstance(done.exception, RawFileError)
    assert books[0].read_text("utf-8") == BOOK


@pytest.mark.disk
def test_the_corpus_is_coded_under_both_and_stays_as_it_is(books: tuple[Path, Path], tmp_path: Path) -> None:
    paths = Paths.default()
    write_survey(paths, ROWS, protection="protected")
    carry(paths)
    out = tmp_path / "moves.csv"
    said = diff(*books, "--survey", "a-survey", "--out", out)
    assert "Of 3 passages, 3 would be coded otherwise." in said
    assert "6 moves written" in said
    assert "It quotes protected answers: keep it inside." in said
    assert "Banks lobbied." not in said
    with out.open(encoding="utf-8-sig", newline="") as file:
        answers = {row["answer"] for row in csv.DictReader(file)}
    assert len(answers) == 3
    assert all(answer in said for answer in answers)
    assert "Banks lobbied." in out.read_text("utf-8-sig")
    with Writer(paths, "a test") as writer:
        assert writer.to_code("a-survey", VERSIONS.encoder, VERSIONS.coder, VERSIONS.codebook).num_rows == 0


@pytest.mark.disk
def test_a_sample_is_always_the_same(books: tuple[Path, Path]) -> None:
    paths = Paths.default()
    write_survey(paths, ROWS)
    carry(paths)
    drawn = [read_corpus(paths, None, 2, VERSIONS.encoder) for _ in range(2)]
    assert drawn[0].passages.equals(drawn[1].passages)
    assert (drawn[0].passages.num_rows, drawn[0].known, drawn[0].sampled) == (2, 3, True)
    assert not read_corpus(paths, None, 3, VERSIONS.encoder).sampled
    assert "Of 2 passages, drawn at random from 3" in diff(*books, "--limit", "2")
    with pytest.raises(SurveyError, match="a-survey"):
        read_corpus(paths, "another", None, VERSIONS.encoder)
    assert read_corpus(paths, None, None, "another encoder").surveys == ()
