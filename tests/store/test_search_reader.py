from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from store import Decisions, Filters, Paths, Reader
from store.search_reader import Found, How, Sort
from taxonomy.errors import StoreError
from tests.meant import COAL, DROPPED, KOREAN_SUIT, PROCESSED, RIVER, SECRET, SUED, Matters, build_meant
from tests.synthetic import ENCODER, answer_id

pytestmark = pytest.mark.disk
ENGLISH_VERSION = "The mining company took its critics to court."
NOT_WORDS = [
    '"',
    "()",
    "* : ^",
    "OR NOT",
    "NEAR(",
    "\N{SLIGHTLY SMILING FACE}",
    "[x](y)",
    "?!…",
    "\0",
    "lank " * 2_000,
    "은" * 10_000,
]


@pytest.fixture(scope="module")
def meant(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return build_meant(tmp_path_factory.mktemp("meant") / "data", ("internal", "partner", "public"))


@pytest.fixture(scope="module")
def reader(meant: Paths) -> Iterator[Reader]:
    with closing(Reader.open(meant)) as reader:
        yield reader


def ask(reader: Reader, text: str, how: How, sort: Sort = "fit", filters: Filters | None = None) -> Found:
    return reader.search(filters or Filters(), text, how, sort, Matters().encode([text])[0])


def texts(reader: Reader, found: Found) -> list[str]:
    return [str(text) for text in reader.listed(found.rows)["text"].to_pylist()]


def test_words_rank_by_how_well_they_fit(reader: Reader) -> None:
    assert texts(reader, ask(reader, "sued critics", "words")) == [SUED.text, SUED.text]
    assert texts(reader, ask(reader, "mining critics", "words")) == [SUED.text, SUED.text, ENGLISH_VERSION]
    assert ask(reader, "xylophone", "words") == Found(words="xylophone")


def test_meaning_finds_the_matter_in_every_language_and_each_text_once(reader: Reader) -> None:
    found = ask(reader, "lawsuits in court", "meaning")
    near = texts(reader, found)
    assert set(near[:6]) >= {SUED.text, PROCESSED.text, KOREAN_SUIT.text, SECRET.text, ENGLISH_VERSION}
    assert len(near) == len(set(near))
    assert COAL.text not in near
    assert list(found.near.values()) == sorted(found.near.values(), reverse=True)
    assert found.worded == frozenset()


def test_both_hold_what_has_any_of_the_words_and_what_is_near(reader: Reader) -> None:
    assert {COAL.text, SUED.text} <= set(texts(reader, ask(reader, "coal sued", "both")))
    found = ask(reader, "lawsuit", "both")
    both = reader.listed(found.rows).to_pylist()
    assert both[0]["text"] == DROPPED.text
    assert {row["text"] for row in both if row["row"] in found.worded} == {DROPPED.text}
    assert {KOREAN_SUIT.text, PROCESSED.text} & {row["text"] for row in both if row["row"] not in found.worded}
    assert len({row["text"] for row in both}) == len(both)


def test_some_words_are_enough_where_some_are_asked_for(reader: Reader) -> None:
    asked = "coal sued xylophone"
    assert ask(reader, asked, "words").rows == ()
    some = texts(reader, ask(reader, asked, "some"))
    assert {COAL.text, SUED.text} <= set(some)
    assert len(some) == len(set(some))


@pytest.mark.parametrize("how", ["words", "some", "meaning", "both"])
def test_filters_hold_first(reader: Reader, how: How) -> None:
    found = ask(reader, "critics sued", how, filters=Filters(countries=("KEN",), surveys=("reports",)))
    assert texts(reader, found) == [SUED.text]
    assert reader.listed(found.rows)["country"].to_pylist() == ["KEN"]
    assert ask(reader, "critics sued", how, filters=Filters(countries=("XXX",))).rows == ()
    within = ask(reader, "lawsuit", how, filters=Filters(text="river"))
    assert set(texts(reader, within)) <= {RIVER.text}


def test_sorted_by_confidence_or_date(reader: Reader) -> None:
    reports = Filters(surveys=("reports",))
    by_date = reader.listed(ask(reader, "", "words", "date", reports).rows)["wave"].to_pylist()
    assert by_date == ["2025", "2024", "2023", "2023", "2022", None]
    sure = ask(reader, "", "words", "confidence", reports)
    assert sure.rows == tuple(sorted(sure.rows))
    assert reader.listed(sure.rows)["quote"].to_pylist() == reader.quotes(reports)["quote"].to_pylist()
    near = ask(reader, "lawsuit", "meaning", "confidence")
    assert near.rows == tuple(sorted(near.rows))
    assert set(near.rows) == set(ask(reader, "lawsuit", "meaning").rows)


@pytest.mark.parametrize("text", NOT_WORDS)
@pytest.mark.parametrize("how", ["words", "some", "meaning", "both"])
def test_any_text_can_be_asked_for(reader: Reader, text: str, how: How) -> None:
    found = ask(reader, text, how)
    assert set(found.worded) <= set(found.rows)
    if how in ("words", "some"):
        assert found.rows == ()


def test_meaning_needs_a_vector_of_the_right_length(reader: Reader) -> None:
    for vector in (None, np.zeros(3, np.float32)):
        with pytest.raises(StoreError, match="vector"):
            reader.search(Filters(), "court", "meaning", "fit", vector)
    assert reader.encoder == ENCODER


@pytest.mark.parametrize("view", ["partner", "public"])
def test_outside_nothing_unreleased_is_near(meant: Paths, view: str) -> None:
    with closing(Reader.open(meant, view)) as outside:
        for how in ("words", "meaning", "both"):
            assert SECRET.text not in texts(outside, ask(outside, "managers sued", how))
        vectors = np.load(meant.snapshots(view) / outside.snapshot.id / "vectors.npy")
        hidden = Matters().encode([SECRET.text])[0]
        assert (np.abs(vectors - hidden).max(axis=1) > 1e-3).all(), "a vector tells what was said"


def test_what_is_withdrawn_is_found_no_more(tmp_path: Path) -> None:
    paths = build_meant(tmp_path / "data")
    with closing(Reader.open(paths)) as reader:
        before = {how: ask(reader, "coal", how) for how in ("words", "meaning", "both")}
        assert all(COAL.text in texts(reader, found) for found in before.values())
        Decisions(paths).record("withdrawal", answer_id("reports", "5"), "withdrawn", "tests")
        for how in ("words", "meaning", "both"):
            assert COAL.text not in texts(reader, ask(reader, "coal", how))
            assert COAL.text not in texts(reader, before[how]), "a page that was found before is listed without it"


def test_a_reader_that_searched_by_meaning_closes_itself(meant: Paths) -> None:
    reader = Reader.open(meant)
    ask(reader, DROPPED.text, "both")
    gone = weakref.ref(reader)
    del reader
    gc.collect()
    assert gone() is None
