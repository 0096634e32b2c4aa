"""No cell that is handed out is a formula; all other text stays as it is."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


#: Characters that readers drop before they look, and those that begin a formula once they are dropped.
DROPPED = " \t\r\n\x00\x0b\x1b\x7f\x85\u00a0\u00ad\u061c\u180e\u2003\u200b\u200e\u200f\u2028\u202a\u202e\u2060\u2066\u2069\ufeff"
BEGINNINGS = "=+-@＝＋－﹣−＠﹢﹦﹫"

TRICKS = st.builds(str.__add__, st.text(DROPPED, max_size=4), st.builds(str.__add__, st.sampled_from(BEGINNINGS), st.text()))
TEXTS = st.one_of(st.text(), TRICKS)


def is_run(text: str) -> bool:
    """Whether a spreadsheet that drops what is not seen, and takes wide signs for plain ones, would run the text."""
    seen = "".join(sign for sign in text if sign not in DROPPED and unicodedata.category(sign) not in ("Cf", "Zs", "Zl", "Zp"))
    return unicodedata.normalize("NFKC", seen.replace("−", "-"))[:1] in ("=", "+", "-", "@")


@given(TEXTS)
def test_no_text_comes_out_as_a_formula(text: str) -> None:
    assert not is_run(str(inert(text)))


@given(TEXTS)
def test_nothing_is_lost_and_twice_is_as_good_as_once(text: str) -> None:
    made = str(inert(text))
    assert made in (text, f"'{text}")
    assert inert(made) == made


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=3), min_size=1, max_size=3))
def test_no_cell_of_a_csv_is_a_formula_wherever_its_text_breaks(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([inert(cell) for cell in row] for row in rows)
    met = list(csv.reader(io.StringIO(out.getvalue(), newline=""), strict=True))
    assert [len(row) for row in met] == [len(row) for row in rows]
    assert not [cell for row in met for cell in row if is_run(cell)]
