"""The codebook as a person reads it: everything is there, and nothing in it is taken for a mark or steers the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.codebook_show import Choice, lines, markdown
from taxonomy import load_codebook
from taxonomy.errors import CodebookError, RawFileError

TINY = """\
version: 1.0.0
title: "Tiny <b>*book*</b> \\e[2J"
languages: [en, ko]
rules:
  - id: r1
    text: Read first.
    examples: [{language: ko, country: KOR, text: 은행., expects: [actor:bank], refuses: [actor:fund]}]
facets:
  - id: actor
    name: {en: Actor, ko: 행위자}
    definition: Who acts.
    values: many
    applies_to: substantive
    groups: [{id: money, name: {en: Money, ko: 돈}}]
    codes:
      - id: bank
        name: {en: Bank, ko: 은행}
        definition: Banks.
        use_when: A bank acts.
        not_when: A river bank.
        parent: money
        isic: [K64]
        hrmi: b
        examples:
          - {text: A bank lent., language: en, holds: true}
          - {text: 강둑., language: ko, holds: false}
        cues: {en: {strong: [bank], weak: [lender], not: [river bank]}, ko: {strong: [은행]}}
      - {id: fund, name: {en: Fund}, definition: Funds., use_when: A fund acts.}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, "utf-8")
    return path


def shown(file: Path, **choice: object) -> str:
    return markdown(list(lines(load_codebook(file), Choice(**choice))))  # type: ignore[arg-type]


def test_all_that_a_code_is_decided_by_is_there(file: Path) -> None:
    text = shown(file)
    for part in (
        "# Tiny \\<b\\>\\*book\\*\\</b\\> \\[2J, version 1.0.0\n",
        "## Actor · actor",
        "**Takes:** as many codes as apply, asked of every real answer",
        "### Bank · actor:bank",
        "**Other names:** 은행 (ko)",
        "**Under:** Money",
        "**ISIC Rev. 4:** K64",
        "**HRMI:** b",
        "**Use when:** A bank acts.",
        "**Not when:** A river bank.",
        "- ✓ “A bank lent.” (en)\n- ✗ “강둑.” (ko)",
        "**Cues:** en 3, ko 1",
        "- “은행.” (ko KOR) → expects actor:bank; refuses actor:fund",
    ):
        assert part in text, part
    assert "\x1b" not in text


def test_cues_are_listed_on_demand(file: Path) -> None:
    text = shown(file, cues=True, language="en")
    assert "**Cues (en):** strong: bank; weak: lender; not within: river bank" in text
    assert "**Cues:**" not in text


def test_one_language_alone(file: Path) -> None:
    text = shown(file, language="ko")
    assert "### 은행 · actor:bank" in text
    assert "**Under:** 돈" in text
    assert "강둑" in text
    assert "A bank lent" not in text
    assert "Other names" not in text


def test_one_code_alone_comes_without_the_rules(file: Path) -> None:
    text = shown(file, code="fund")
    assert "actor:fund" in text
    assert "actor:bank" not in text
    assert "Rules" not in text
    assert "Rules" not in shown(file, facet="actor")


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"facet": "colour"}, "there is no facet 'colour'; there are actor"),
        ({"code": "cat"}, "there is no code 'cat'; name its facet"),
        ({"facet": "actor", "code": "cat"}, "there is no code 'cat'; bank, fund"),
        ({"language": "fr"}, "'fr' is not one of its languages; they are en, ko"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(file: Path, choice: dict[str, str], message: str) -> None:
    with pytest.raises(CodebookError, match=message):
        shown(file, **choice)


def test_it_is_printed_or_written(file: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    printed = run(app, ["codebook", "show", str(file), "--facet", "actor", "--code", "bank"])
    assert printed.exit_code == 0
    assert "    Use when: A bank acts.\n" in printed.stdout
    assert "\x1b" not in printed.stdout
    out = tmp_path / "codebook.md"
    assert run(app, ["codebook", "show", str(file), "--out", str(out)]).exit_code == 0
    assert out.read_text("utf-8") == shown(file)


def test_the_codebook_is_never_written_over(file: Path) -> None:
    done = CliRunner().invoke(app, ["codebook", "show", str(file), "--out", str(file)])
    assert isinstance(done.exception, RawFileError)
    assert file.read_text("utf-8") == TINY


def test_the_shipped_codebook_can_be_shown() -> None:
    done = CliRunner().invoke(app, ["codebook", "show", "--facet", "right"])
    assert done.exit_code == 0
    assert "right:extrajud-killing" in done.stdout
