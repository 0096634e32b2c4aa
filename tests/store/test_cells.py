"""No cell that is handed out is a formula; all other text stays as it is."""

from __future__ import annotations

import pytest

from store.cells import inert

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A1", " =1", "\u200b=1", "\ufeff=1", "−1",
]  # fmt: skip
HARMLESS = ["a=b", "", "mining", "1-2", "'=1", "기업", "§ 3", "“=”", " a", "a\tb"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize("value", [None, 3, -3, 0.5])
def test_only_text_is_touched(value: object) -> None:
    assert inert(value) == value
