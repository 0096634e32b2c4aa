from __future__ import annotations

import pytest

from models.clauses import Place, clauses, places
from models.coding import Span
from models.normalisation import normalise


def cut(text: str, language: str = "en", actors: str = "", acts: str = "") -> list[str]:
    """The clauses of a text, given the words that name someone and those for what is done."""
    words = normalise(text, language)
    spans = [[Span(text.index(word), text.index(word) + len(word)) for word in found.split()] for found in (actors, acts)]
    named, done = (places(words, found) for found in spans)
    numbers = clauses(text, words, language, named, done).numbers
    starts = [words.starts[numbers.index(number)] for number in sorted(set(numbers))]
    return [text[start:end].strip(" ,.;\n") for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("en", "Banks lobby while mines pollute.", ["Banks lobby", "while mines pollute"]),
        ("en", "Banks lobby. Mines pollute; nobody cares", ["Banks lobby", "Mines pollute", "nobody cares"]),
        ("en", "a) banks lobby\nb) mines pollute", [") banks lobby", "b) mines pollute"]),
        ("en", "Banks, which lobby, grow", ["Banks", "which lobby, grow"]),
        ("es", "Piden, mientras que otros pagan", ["Piden", "mientras que otros pagan"]),
        ("fr", "Ils demandent, tandis que d'autres paient", ["Ils demandent", "tandis que d'autres paient"]),
        ("pt", "Pedem, ao passo que outros pagam", ["Pedem, ao", "passo que outros pagam"]),
        ("ko", "은행은 압박하고, 광산은 오염시킨다", ["은행은 압박하고", "광산은 오염시킨다"]),
        ("ko", "은행은 압박하고 있다", ["은행은 압박하고 있다"]),
        ("ko", "은행은 완화하라고 요구했다", ["은행은 완화하라고 요구했다"]),
        ("ko", "그는 광고 회사를 보고 떠났다", ["그는 광고 회사를 보고", "떠났다"]),
        ("xx", "one while two. three", ["one while two", "three"]),
    ],
)
def test_small_words_part_clauses(language: str, text: str, parts: list[str]) -> None:
    assert cut(text, language) == parts


@pytest.mark.parametrize(
    ("text", "actors", "acts", "count"),
    [
        ("Banks and mines lobby", "Banks mines", "lobby", 1),
        ("Banks lobby and mines pollute", "Banks mines", "lobby pollute", 2),
        ("Banks lobby, mines pollute and landlords evict", "Banks mines landlords", "lobby pollute evict", 3),
        ("Banks lobby and bribe", "Banks", "lobby bribe", 1),
        ("Banks lobby and bribe mines", "Banks mines", "lobby bribe", 1),
        ("Men were shot by farmers and traders who seize land", "farmers traders", "shot seize", 2),
        ("Banks lobby, men are beaten by guards", "Banks guards", "lobby beaten", 2),
    ],
)
def test_a_comma_or_an_and_parts_clauses_where_both_sides_have_someone_who_acts(text: str, actors: str, acts: str, count: int) -> None:
    assert len(cut(text, actors=actors, acts=acts)) == count


def test_relative_clauses_and_agents_are_known_by_the_words_before_them() -> None:
    text = "Men are hit by big guards whom mines pay."
    words = normalise(text, "en")
    guards, mines = places(words, [Span(text.index("guards"), text.index("guards") + 6)]), places(words, [Span(30, 35)])
    made = clauses(text, words, "en", [*guards, *mines], [])
    assert made.by == set(guards)
    assert made.relative == {1}
    assert made.of(mines[0]) == 1


@pytest.mark.parametrize(
    ("span", "place"),
    [(Span(0, 5), Place(0, 1)), (Span(0, 11), Place(0, 2)), (Span(2, 8), Place(0, 2)), (Span(5, 6), None), (Span(40, 50), None)],
)
def test_a_place_is_the_words_that_a_span_covers(span: Span, place: Place | None) -> None:
    assert places(normalise("Banks lobby", "en"), [span]) == ((place,) if place else ())


def test_a_text_without_words_has_no_clauses() -> None:
    assert clauses("", normalise("", "en"), "en", (), ()).numbers == ()
