from __future__ import annotations

import json

import pytest

from explorer.tray import LARGEST_FILE, LONGEST_NOTE, MOST, Tray, TrayError, opened, saved


@pytest.fixture
def tray() -> Tray:
    return Tray("Banks").with_quote("a").with_quote("b").with_quote("c")


def test_a_second_click_collects_nothing_twice(tray: Tray) -> None:
    assert tray.with_quote("a") == tray
    assert "a" in tray
    assert tray.without(["a"]).ids == ("b", "c")


@pytest.mark.parametrize(("quote", "by", "order"), [("c", -1, "acb"), ("a", 1, "bac"), ("a", -1, "abc"), ("c", 9, "abc"), ("x", 1, "abc")])
def test_quotes_move_within_the_pack(tray: Tray, quote: str, by: int, order: str) -> None:
    assert "".join(tray.moved(quote, by).ids) == order


def test_notes_stay_with_their_quote(tray: Tray) -> None:
    noted = tray.noted("b", "  because  ").moved("b", -1)
    assert [held.note for held in noted.quotes] == ["because", "", ""]
    assert len(tray.noted("a", "x" * 9_000).quotes[0].note) == LONGEST_NOTE


def test_a_full_tray_says_so() -> None:
    full = Tray(quotes=()).titled("t")
    for number in range(MOST):
        full = full.with_quote(str(number))
    with pytest.raises(TrayError, match="at most"):
        full.with_quote("more")


def test_a_tray_comes_back_as_it_was_saved(tray: Tray) -> None:
    noted = tray.noted("b", "한국어 = note").titled("T")
    assert opened(saved(noted)) == noted


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"suasion_story_pack": 2, "quotes": []}',
        b'{"suasion_story_pack": 1, "quotes": [{"quote": "../../x"}]}',
        b'{"suasion_story_pack": 1, "quotes": [], "more": 1}',
        json.dumps({"suasion_story_pack": 1, "quotes": [{"quote": "a", "note": "SECRET" * 1_000}]}).encode(),
        b" " * (LARGEST_FILE + 1),
    ],
)
def test_what_is_no_tray_is_refused_without_repeating_it(content: bytes) -> None:
    with pytest.raises(TrayError) as error:
        opened(content)
    assert "SECRET" not in str(error.value)


def test_of_a_quote_that_is_saved_twice_the_first_stays() -> None:
    twice = b'{"suasion_story_pack":1,"quotes":[{"quote":"a","note":"one"},{"quote":"b"},{"quote":"a","note":"two"}]}'
    assert [(held.quote, held.note) for held in opened(twice).quotes] == [("a", "one"), ("b", "")]
