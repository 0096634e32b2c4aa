from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from taxonomy.codebook import Codebook, load_codebook
from taxonomy.errors import CodebookError

SMALL = """\
version: 1.2.3
title: Small
languages: [en, ko]
rules:
  - {id: r1, text: Read first.}
facets:
  - id: actor
    name: {en: Actor, ko: 행위자}
    definition: Who acts.
    values: many
    applies_to: influence
    groups:
      - {id: finance, name: {en: Finance}}
    codes:
      - id: bank
        name: {en: Bank, ko: 은행}
        definition: Banks.
        use_when: A bank is named.
        parent: finance
        examples:
          - {text: A bank lent money., language: en, holds: true}
          - {text: He sat on the bank., language: en, holds: false}
        cues:
          en: {strong: [bank], weak: [lender], not: [river bank]}
          ko: {strong: [은행]}
      - id: insurer
        name: {en: Insurer}
        definition: Insurers.
        use_when: An insurer is named.
"""

Load = Callable[[str], Codebook]
Faults = Callable[[str], tuple[str, ...]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a codebook from its text."""

    def from_text(text: str) -> Codebook:
        path = tmp_path / "codebook.yaml"
        path.write_text(text, encoding="utf-8")
        return load_codebook(path)

    return from_text


@pytest.fixture
def faults(load: Load) -> Faults:
    """Return the faults found in a codebook's text."""

    def of_text(text: str) -> tuple[str, ...]:
        with pytest.raises(CodebookError) as caught:
            load(text)
        return caught.value.faults

    return of_text


@pytest.fixture
def small() -> str:
    """A codebook of one facet and two codes that has no fault."""
    return SMALL
