from __future__ import annotations

import threading

import numpy as np
import pytest

from explorer.query_encoder import SAID, QueryEncoder
from explorer.searching import Search, asked, from_link, ranked_by, reasons, typed, usual
from models.encoders import Encoder
from store import Filters
from store.search_reader import Found
from taxonomy.errors import ModelError
from tests.meant import Matters

BRAZIL = Filters(countries=("BRA",))


LINKS = (
    *(Search(), Search("banks"), Search("banks", "meaning"), Search("", "words")),
    *(Search("x", "both", "date"), Search("", "both", "confidence")),
)


@pytest.mark.parametrize("search", LINKS)
def test_a_link_says_the_search(search: Search) -> None:
    assert from_link(search.parameters()) == search
    assert from_link(search.parameters("words"), "words") == search


def test_a_link_of_anything_is_a_search() -> None:
    assert from_link({}) == Search()
    assert from_link({"how": "NEAR(", "sort": "*", "ask": "  a\n b  "}) == Search("a b")
    assert len(from_link({"ask": "\N{SLIGHTLY SMILING FACE}" * 10_000}).text) == 200
    assert Search().parameters() == {}


def test_by_words_it_is_a_filter_and_else_a_ranking() -> None:
    words, filters = asked(Search("old", "both"), BRAZIL, " banks ", "words")
    assert (words, filters) == (Search("", "words"), Filters(countries=("BRA",), text="banks"))
    assert typed(words, filters) == "banks"
    both, filters = asked(words, filters, typed(words, filters), "both")
    assert (both, filters) == (Search("banks", "both"), BRAZIL)
    kept = Filters(text="river")
    assert asked(both, kept, "coal", "meaning") == (Search("coal", "meaning"), kept)


def test_what_is_asked_of_the_snapshot() -> None:
    assert ranked_by(Search("", "words"), Filters(text="banks"), "ready") == (Filters(), "banks", "words", "")
    assert ranked_by(Search("banks", "both"), BRAZIL, "ready") == (BRAZIL, "banks", "both", "")
    assert ranked_by(Search("banks", "both"), BRAZIL, "loading") == (BRAZIL, "banks", "some", SAID["loading"])
    assert ranked_by(Search("banks", "meaning"), BRAZIL, "off") == (BRAZIL, "banks", "words", SAID["off"])
    assert ranked_by(Search(), BRAZIL, "ready") == (BRAZIL, "", "words", "")


def test_who_chose_nothing_searches_by_both_where_that_can_be() -> None:
    assert usual(BRAZIL, "ready") == usual(BRAZIL, "loading") == "both"
    assert usual(BRAZIL, "off") == usual(BRAZIL, "failed") == usual(Filters(text="x"), "ready") == "words"


def test_why_a_quote_was_found() -> None:
    quotes = [{"quote": "a", "row": 1}, {"quote": "b", "row": 2}, {"quote": "c", "row": 3}]
    found = Found((1, 2, 3), frozenset({1, 2}), {2: 0.4, 3: 0.3}, "x")
    assert reasons(quotes, found) == {"a": "Some of your words", "b": "Some of your words, and near in meaning", "c": "Near in meaning"}
    assert reasons(quotes, Found((1, 2, 3))) == {}


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.query_encoder.registered", lambda: {"other": None, "gone": None, "matters": None})

    def version(name: str) -> str:
        if name == "gone":
            raise ModelError("not installed")
        return Matters.version if name == "matters" else "other 1"

    monkeypatch.setattr("explorer.query_encoder.encoder_version", version)


@pytest.mark.usefixtures("named")
def test_the_encoder_loads_once_and_nobody_waits() -> None:
    may_load, loads, beside = threading.Event(), [], threading.Event()

    def load(name: str) -> Encoder:
        loads.append(name)
        assert may_load.wait(5)
        return Matters()

    encoder = QueryEncoder(Matters.version, load)
    assert (encoder.state, loads) == ("loading", [])
    assert [encoder.start(beside.set) for _ in range(3)] == ["loading"] * 3
    assert encoder.vector("court") is None
    may_load.set()
    wait(encoder)
    assert (encoder.state, loads, beside.is_set()) == ("ready", ["matters"], True)
    vector = encoder.vector("court")
    assert vector is not None
    assert np.array_equal(vector, Matters().encode(["court"])[0])


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("version", ["", "unheard of 7"])
def test_an_encoder_that_is_not_here_is_off(version: str) -> None:
    encoder = QueryEncoder(version, lambda _: Matters())
    assert encoder.start() == "off"
    assert "another encoder" in SAID[encoder.state]
    assert encoder.vector("court") is None


@pytest.mark.usefixtures("named")
def test_an_encoder_that_cannot_be_loaded_is_off_and_says_no_path() -> None:
    def load(_: str) -> Encoder:
        raise ModelError("/home/somebody/model is missing")

    encoder = QueryEncoder(Matters.version, load)
    encoder.start()
    wait(encoder)
    assert encoder.state == "failed"
    assert "/" not in SAID["failed"]


def wait(encoder: QueryEncoder) -> None:
    for thread in threading.enumerate():
        if thread.name == "query-encoder":
            thread.join(5)
