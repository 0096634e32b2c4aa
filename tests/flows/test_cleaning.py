from __future__ import annotations

import pytest

from flows.cleaning import clean_name, clean_text


@pytest.mark.parametrize(
    ("given", "clean", "hidden"),
    [
        ("plain", "plain", 0),
        ("  outer space \t", "outer space", 0),
        ("a\r\nb\rc\nd", "a\nb\nc\nd", 0),
        ("a\x0bb\x0cc\u2028d\x85e", "a\nb\nc\nd\ne", 0),
        ("tab\tstays", "tab\tstays", 0),
        ("nul\x00 bell\x07 delete\x7f c1\x9b", "nul bell delete c1", 4),
        ("\u202egnp\u202c \u2066isolate\u2069", "gnp isolate", 4),
        ("mark\u200e \u200f\u061c\ufeffinside", "mark inside", 4),
        ("cafe\u0301", "café", 0),
        ("half \ud83d pair", "half \N{REPLACEMENT CHARACTER} pair", 1),
        ("x", "x", 0),
        ("", "", 0),
        ("\x00", "", 1),
        ("emoji 👩‍⚖️ stays", "emoji 👩‍⚖️ stays", 0),
        ("한국어 답변", "한국어 답변", 0),
    ],
)
def test_text_is_composed_and_free_of_what_cannot_be_seen(given: str, clean: str, hidden: int) -> None:
    assert clean_text(given) == (clean, hidden)


def test_cleaning_twice_changes_nothing() -> None:
    once, _ = clean_text("\ufeff A\u030a\r\n\u202eb\x00\x0b ")
    assert clean_text(once) == (once, 0)


def test_a_long_answer_stays_whole() -> None:
    assert clean_text("ñ" * 200_000) == ("ñ" * 200_000, 0)


def test_a_name_has_one_line() -> None:
    assert clean_name("  In (your\r\ncountry),\n\n have\u202e banks… ") == "In (your country), have banks…"
