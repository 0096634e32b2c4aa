from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.tables import MASKED, PASSAGES
from store.verbatim import check_masks, check_passages
from taxonomy.errors import VerbatimError

# Letters that join with their neighbours in all the ways that make "a character" a matter of opinion.

JOINING = "e\u0301\u0308a\U0001f468\u200d\U0001f469\U0001f1e7\U0001f1f7\ufe0f가\u1112\u1161\u11ab\u05d0\u200f \n"
texts = st.text(
    alphabet=st.one_of(st.sampled_from(JOINING), st.characters(exclude_categories=("Cs",), exclude_characters="\0")), max_size=40
)


@st.composite
def slices(draw: st.DrawFn) -> tuple[str, int, int]:
    text = draw(texts.filter(bool))
    start = draw(st.integers(0, len(text) - 1))
    return text, start, draw(st.integers(start + 1, len(text)))


def passage(start: int, end: int, text: str) -> pa.Table:
    row = {
        "passage": "p",
        "answer": "a",
        "start": start,
        "end": end,
        "text": text,
        "language": "en",
        "language_confidence": 1,
        "segmenter": "s",
    }
    return pa.Table.from_pylist([row], schema=PASSAGES)


def masked(text: str, *masks: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([{"answer": "a", "masked": text, "masks": list(masks), "masker": "m"}], schema=MASKED)


@settings(max_examples=25, deadline=None)
@given(slices())
def test_the_very_slice_is_taken(case: tuple[str, int, int]) -> None:
    text, start, end = case
    check_passages(passage(start, end, text[start:end]), {"a": text})


@settings(max_examples=25, deadline=None)
@given(slices(), st.integers(-2, 60), st.integers(-2, 60))
def test_any_other_place_is_refused(case: tuple[str, int, int], start: int, end: int) -> None:
    text, right_start, right_end = case
    quoted = text[right_start:right_end]
    assume(not (0 <= start < end <= len(text) and text[start:end] == quoted))
    with pytest.raises(VerbatimError):
        check_passages(passage(start, end, quoted), {"a": text})


@settings(max_examples=25, deadline=None)
@given(slices(), texts)
def test_any_other_text_is_refused(case: tuple[str, int, int], other: str) -> None:
    text, start, end = case
    assume(other != text[start:end])
    with pytest.raises(VerbatimError):
        check_passages(passage(start, end, other), {"a": text})


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@settings(max_examples=25, deadline=None)
@given(case=slices())
def test_the_database_counts_code_points_as_we_do(connection: duckdb.DuckDBPyConnection, case: tuple[str, int, int]) -> None:
    """The check of a published snapshot is made in SQL."""
    text, start, end = case
    found = connection.execute("SELECT substring($1, $2 + 1, $3 - $2)", [text, start, end]).fetchall()
    assert found == [(text[start:end],)]


@settings(max_examples=25, deadline=None)
@given(slices(), st.sampled_from(["[email]", "", "가"]))
def test_a_mask_may_change_what_it_covers_alone(case: tuple[str, int, int], label: str) -> None:
    text, start, end = case
    mask = {"kind": "x", "start": start, "end": start + len(label), "original_start": start, "original_end": end}
    check_masks(masked(text[:start] + label + text[end:], mask), {"a": text})
    with pytest.raises(VerbatimError):
        check_masks(masked(text[:start] + label + text[end:] + "!", mask), {"a": text})


@pytest.mark.parametrize(
    "mask",
    [
        {"start": 4, "end": 2, "original_start": 4, "original_end": 6},
        {"start": 0, "end": 99, "original_start": 0, "original_end": 6},
        {"start": 0, "end": 2, "original_start": 6, "original_end": 0},
        {"start": -1, "end": 2, "original_start": -1, "original_end": 2},
    ],
)
def test_a_mask_that_is_none_is_refused(mask: dict[str, int]) -> None:
    with pytest.raises(VerbatimError, match="masked answer a"):
        check_masks(masked("abcdef", {"kind": "x", **mask}), {"a": "abcdef"})


def test_masks_that_overlap_are_refused() -> None:
    first = {"kind": "x", "start": 0, "end": 3, "original_start": 0, "original_end": 3}
    second = {"kind": "x", "start": 2, "end": 4, "original_start": 2, "original_end": 4}
    with pytest.raises(VerbatimError):
        check_masks(masked("abcdef", first, second), {"a": "abcdef"})
