"""Examples held against what a coder makes of them: what comes out otherwise is listed, and counted by facet and language."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from flows.cli import app
from flows.codebook_check import agreement, examine
from models.coding import Code, Coding, Passage
from taxonomy import Codebook, load_codebook
from taxonomy.errors import CodebookError
from taxonomy.expectations import expectations
from tests.flows.workbench import FakeEncoder

BOOK = """\
version: 1.0.0
title: Tiny
languages: [en, es]
rules:
  - id: r1
    text: Banks are foreign in Kenya.
    examples:
      - {language: es, country: KEN, text: El banco., expects: [actor:bank, origin:foreign]}
      - {language: es, text: El banco., refuses: ['origin:*']}
facets:
  - id: relevance
    name: {en: Relevance}
    definition: Whether.
    values: one
    applies_to: all
    codes:
      - {id: influence, name: {en: I}, definition: I., use_when: I., examples: [{text: A shop., language: en, holds: false}]}
  - id: actor
    name: {en: Actor}
    definition: Who.
    values: many
    applies_to: influence
    codes:
      - id: bank
        name: {en: Bank}
        definition: Banks.
        use_when: A bank.
        examples:
          - {text: A bank., language: en, holds: true}
          - {text: A shop., language: en, holds: false}
          - {text: "A \\e[31mloan.", language: en, holds: true}
  - id: origin
    name: {en: Origin}
    definition: Whose.
    values: many
    applies_to: influence
    codes:
      - {id: foreign, name: {en: Foreign}, definition: F., use_when: F.}
"""


class Keyword:
    """Gives the code bank for its word, as a suggestion in Spanish; foreign in Kenya; nothing is ever an influence."""

    version = "keyword-1"

    def __init__(self) -> None:
        self.passages: list[Passage] = []

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        assert len(vectors) == len(passages)
        self.passages += passages
        return [self._one(passage) for passage in passages]

    def _one(self, passage: Passage) -> Coding:
        codes = []
        if "ban" in passage.text:
            codes.append(Code("actor", "bank", 0.876, "cue", review=passage.language == "es"))
        if passage.country == "KEN":
            codes.append(Code("origin", "foreign", 0.7, "rule"))
        return Coding(tuple(codes), learned_from=passage.text == "A shop.")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(BOOK, "utf-8")
    return path


@pytest.fixture
def book(file: Path) -> Codebook:
    return load_codebook(file)


@pytest.fixture(autouse=True)
def keyword(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.encoders.load_encoder", FakeEncoder)
    monkeypatch.setattr("models.coder.load_coder", lambda codebook, encoder: Keyword())


def test_each_expectation_is_held_against_what_came_out(book: Codebook) -> None:
    coder = Keyword()
    found = {(finding.expectation.id, finding.expectation.facet): finding for finding in examine(expectations(book), FakeEncoder(), coder)}
    assert {key: finding.agrees for key, finding in found.items()} == {
        ("relevance:influence#1", "relevance"): True,
        ("actor:bank#1", "actor"): True,
        ("actor:bank#2", "actor"): True,
        ("actor:bank#3", "actor"): False,
        ("r1#1", "actor"): True,
        ("r1#1", "origin"): True,
        ("r1#2", "origin"): True,
    }
    assert found["r1#1", "actor"].told() == "bank 0.88 for review"
    assert found["actor:bank#3", "actor"].told() == "nothing"
    assert [finding.learned_from for finding in found.values()].count(True) == 2


def test_a_text_is_coded_once_for_each_country_it_is_asked_about(book: Codebook) -> None:
    coder = Keyword()
    examine(expectations(book), FakeEncoder(), coder)
    assert [(passage.text, passage.country) for passage in coder.passages if passage.language == "es"] == [
        ("El banco.", "KEN"),
        ("El banco.", None),
    ]
    assert len(coder.passages) == 5


def test_agreement_is_counted_by_facet_and_language(book: Codebook) -> None:
    relevance, actor, origin = agreement(book, examine(expectations(book), FakeEncoder(), Keyword()))
    assert (actor.facet, actor.examples, actor.agree, actor.doubtful, actor.share) == ("actor", 4, 3, 1, 0.75)
    assert actor.by_language == {"en": (2, 3), "es": (1, 1)}
    assert (relevance.agree, origin.agree, origin.examples) == (1, 2, 2)


def test_what_comes_out_otherwise_is_listed_and_counted(file: Path) -> None:
    done = CliRunner().invoke(app, ["codebook", "check", str(file)])
    assert done.exit_code == 0
    assert "actor:bank#3" in done.stdout
    assert "actor:bank#1" not in done.stdout
    assert "✗ nothing" in done.stdout
    assert "6 of 7 come out as the codebook says (85 %). Coder keyword-1. It was trained on 2 of them." in done.stdout
    assert "\x1b" not in done.stdout


def test_all_are_listed_on_demand_and_strictness_has_a_status(file: Path) -> None:
    done = CliRunner().invoke(app, ["codebook", "check", str(file), "--all", "--strict"])
    assert done.exit_code == 1
    assert "r1#1" in done.stdout
    assert "es KEN" in done.stdout
    file.write_text(BOOK.replace('          - {text: "A \\e[31mloan.", language: en, holds: true}\n', ""), "utf-8")
    assert CliRunner().invoke(app, ["codebook", "check", str(file), "--strict"]).exit_code == 0


def test_a_file_with_faults_is_refused_with_all_of_them(file: Path) -> None:
    file.write_text(BOOK.replace("[actor:bank, origin:foreign]", "[actor:bnak]").replace("title: Tiny", "titel: Tiny"), "utf-8")
    done = CliRunner().invoke(app, ["codebook", "check", str(file)])
    assert done.exit_code == 1
    assert isinstance(done.exception, CodebookError)
    assert len(done.exception.faults) == 3


def test_a_codebook_without_examples_agrees_with_nothing(file: Path) -> None:
    head, tail = BOOK.split("rules:")
    bare = tail.split("facets:")[1].split("        examples:")[0].replace(", examples: [{text: A shop., language: en, holds: false}]", "")
    file.write_text(f"{head}facets:{bare}", "utf-8")
    done = CliRunner().invoke(app, ["codebook", "check", str(file), "--strict"])
    assert done.exit_code == 0
    assert "0 of 0 come out" in done.stdout
