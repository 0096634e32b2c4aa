from __future__ import annotations

import pytest

from models.coding import Span
from store import Filters, Reader
from store.risk import Risk, Surroundings, name_like, risks, words


def nobody(text: str, language: str | None) -> tuple[Span, ...]:
    return ()


def told(text: str, around: Surroundings | None = None, language: str = "en") -> dict[str, list[str]]:
    found = risks(text, language, around or Surroundings(), nobody)
    return {risk.kind: [text[span.start : span.end] for span in risk.spans] for risk in found}


def test_a_plain_quote_has_none() -> None:
    assert told("Banks lobbied against the law in 2023.") == {}


@pytest.mark.parametrize(
    ("text", "kind", "spans"),
    [
        ("It happened in Wexford.", "place", ["Wexford"]),
        ("Los del barrio Quipo callan.", "place", ["Quipo"]),
        ("The [person] of [place] paid.", "mask", ["[person]", "[place]"]),
        ("On 3 March 2021 they came.", "date", ["3 March"]),
        ("El 12 de octubre vinieron.", "date", ["12 de octubre"]),
        ("3월 5일에 왔다.", "date", ["3월 5일"]),
        ("They paid 14,500 dollars to 37 families in 2020.", "number", ["14,500", "37"]),
        ("He said “leave this town now” to us.", "speech", ["“leave this town now”"]),
        ("Dijo «váyanse de aquí ya».", "speech", ["«váyanse de aquí ya»"]),
    ],
)
def test_each_risk_says_from_which_words(text: str, kind: str, spans: list[str]) -> None:
    assert told(text)[kind] == spans


def test_a_term_between_quotation_marks_is_no_speech_and_a_known_place_is_not_rare() -> None:
    assert told("They call it “land reform”.") == {}
    assert told("It happened in Wexford.", Surroundings(words={"wexford": 3})) == {}


def test_small_countries_and_rare_roles_are_told_without_their_number() -> None:
    around = Surroundings(in_country=3, roles={"profession": ("judge", 2), "gender": ("f", 40)})
    found = risks("Banks lobbied.", "en", around, nobody)
    assert [(risk.kind, risk.says) for risk in found] == [
        ("country", "fewer than 10 people of its country answered"),
        ("role", "fewer than 10 people have its profession (judge)"),
    ]
    assert risks("Banks lobbied.", "en", Surroundings(in_country=10), nobody) == ()


def test_style_is_length_and_rare_words() -> None:
    text = "The obstreperous plutocrats hornswoggled the flabbergasted bank."
    around = Surroundings(words={"the": 50, "bank": 20}, usual_length=20)
    assert set(told(text, around)) == {"words", "length"}
    assert "obstreperous" in told(text, around)["words"]
    assert "words" not in told("은행이 법에 반대했다 그리고 모두 떠났다.", Surroundings(words={"은행": 9}), "ko")


def test_what_looks_like_a_name_comes_from_whoever_knows_names() -> None:
    (risk,) = risks("He met Zebedee.", "en", Surroundings(), lambda text, language: [Span(7, 14)])
    assert risk == Risk("name", "words that look like a name", (Span(7, 14),))


@pytest.mark.real_models
def test_names_are_looked_for_as_the_masking_does() -> None:
    text = "Los bancos, dice Zebedea Quipo, pagan."
    assert [text[span.start : span.end] for span in name_like(text, "es")] == ["Zebedea Quipo"]
    assert name_like("Los bancos pagan a [person].", "es") == ()


def test_what_stands_around_a_quote_is_counted_in_its_survey(shared_reader: Reader) -> None:
    quotes = shared_reader.quotes(Filters(surveys=("experts",))).to_pylist()
    around = shared_reader.surroundings(quotes)
    bank = next(around[quote["quote"]] for quote in quotes if "banks" in quote["text"])
    assert (bank.in_country, bank.roles, bank.words["banks"]) == (1, {"role": ("lawyer", 1)}, 1)
    assert bank.usual_length > 10
    assert shared_reader.surroundings([]) == {}


def test_words_are_compared_in_small_letters() -> None:
    assert words("Banks, L'État 12") == {"banks", "l'état"}
