from __future__ import annotations

import time

import pytest

from models.coding import Span
from models.cues import EVERY_LANGUAGE, Cue, CueMatcher, Match, codebook_cues, longest
from models.normalisation import normalise
from tests.models.tiny_codebook import tiny_codebook


def strong(code: str, text: str, language: str = "en", facet: str = "actor", cased: bool = False) -> Cue:
    return Cue(facet, code, "strong", text, language, cased)


def find(text: str, *cues: Cue, language: str = "en") -> list[tuple[str, str]]:
    matches = CueMatcher(cues).matches(text, normalise(text, language), language)
    return [(match.code, text[match.span.start : match.span.end]) for match in matches]


@pytest.mark.parametrize(
    ("language", "cue", "text", "found"),
    [
        ("en", "company", "Two COMPANIES left.", "COMPANIES"),
        ("en", "pay a bribe", "It was paying bribes.", "paying bribes"),
        ("en", "trade union", "a trade-unions' office", "trade-unions"),
        ("es", "multinacional", "Las multinacionales callan", "multinacionales"),
        ("es", "violación de derecho", "la violacion de los derechos", "violacion de los derechos"),
        ("fr", "usine", "Des usines ont fermé", "usines"),
        ("fr", "travail des enfants", "le travail d’enfants", "travail d’enfants"),
        ("pt", "demissão", "houve DEMISSÕES", "DEMISSÕES"),
        ("de", "konzern", "Der Konzern schweigt", "Konzern"),
    ],
)
def test_a_cue_is_found_in_its_forms(language: str, cue: str, text: str, found: str) -> None:
    assert find(text, strong("x", cue, language), language=language) == [("x", found)]


def test_an_english_noun_in_ing_does_not_stand_for_its_verb() -> None:
    assert find("He logged in to the log.", strong("agriculture", "logging")) == []
    assert find("Illegal logging went on.", strong("agriculture", "logging")) == [("agriculture", "logging")]


def test_a_cue_of_another_language_is_not_looked_for() -> None:
    assert find("la banca habló", strong("bank", "banca", "es")) == []


def test_what_stands_for_a_mask_is_no_cue() -> None:
    cues = strong("somebody", "person"), strong("number", "card")
    assert find("[person] paid by [card].", *cues) == []
    assert find("A person and [person].", *cues) == [("somebody", "person")]


def test_a_name_in_every_language_needs_its_capital() -> None:
    shell = strong("corporation", "Shell", EVERY_LANGUAGE, cased=True)
    assert find("Shell e o governo", shell, language="pt") == [("corporation", "Shell")]
    assert find("an empty shell", shell) == []


def test_the_longest_match_of_a_facet_wins() -> None:
    cues = (strong("bank", "bank"), strong("ifi", "development bank"), strong("finance", "bank", facet="industry"))
    assert find("A development bank and a bank.", *cues) == [
        ("ifi", "development bank"),
        ("finance", "bank"),
        ("bank", "bank"),
        ("finance", "bank"),
    ]


def test_a_not_phrase_silences_only_its_own_code() -> None:
    cues = (Cue("actor", "bank", "not", "river bank", "en"), strong("bank", "bank"), strong("other", "bank", facet="industry"))
    assert find("On the river bank.", *cues) == [("other", "bank")]


def test_a_not_phrase_is_never_reported() -> None:
    assert find("On the river bank.", Cue("actor", "bank", "not", "river bank", "en")) == []


def test_two_codes_may_share_a_word() -> None:
    assert sorted(find("the agro-bank", strong("a", "agro bank"), strong("b", "agro bank"))) == [("a", "agro-bank"), ("b", "agro-bank")]


def test_a_strong_cue_hides_the_same_weak_one() -> None:
    cues = (strong("bank", "bank"), Cue("actor", "bank", "weak", "banks", "en"))
    matches = CueMatcher(cues).matches("banks", normalise("banks", "en"), "en")
    assert [match.strength for match in matches] == ["strong"]


def test_overlaps_that_do_not_contain_each_other_both_stand() -> None:
    cues = (strong("a", "mining company"), strong("b", "company owner"))
    assert [code for code, _ in find("a mining company owner", *cues)] == ["a", "b"]


def test_the_order_of_what_was_found_does_not_matter() -> None:
    text = "A development bank and a bank."
    matcher = CueMatcher((strong("bank", "bank"), strong("ifi", "development bank")))
    matches = matcher.matches(text, normalise(text, "en"), "en")
    assert longest(reversed(matches)) == matches
    assert all(isinstance(match, Match) for match in matches)


def test_empty_texts_and_empty_cues() -> None:
    assert find("", strong("x", "bank")) == []
    assert find("bank", strong("x", "---")) == []


def test_cues_of_a_codebook() -> None:
    cues = set(codebook_cues(tiny_codebook()))
    assert Cue("actor", "bank", "strong", "bank", "en") in cues
    assert Cue("actor", "bank", "not", "river bank", "en") in cues
    assert Cue("actor", "ifi", "strong", "World Bank", EVERY_LANGUAGE) in cues
    assert Cue("mechanism", "inaction", "weak", "silent", "en") in cues


def test_many_cues_are_built_and_matched_quickly() -> None:
    matcher = CueMatcher([strong(f"c{n % 50}", f"cue number{n} word") for n in range(5_000)])
    text = "The cue number77 word and " * 4
    normalised = normalise(text, "en")
    started = time.perf_counter()
    assert len(matcher.matches(text, normalised, "en")) == 4
    assert time.perf_counter() - started < 5


@pytest.mark.real_models
def test_korean_cues_are_found_between_particles() -> None:
    cues = (strong("corporation", "기업", "ko"), strong("state_owned_enterprise", "국영기업", "ko"))
    assert find("국영기업은 기업들을 압박했다", *cues, language="ko") == [("state_owned_enterprise", "국영기업"), ("corporation", "기업")]


def test_who_lobbied_is_no_lobby() -> None:
    cues = (strong("lobby", "bank lobby"), strong("bank", "bank"))
    assert find("Banks lobbied the ministry.", *cues) == [("bank", "Banks")]
    assert find("The bank lobbies agree.", *cues) == [("lobby", "bank lobbies")]


def test_the_plural_of_a_phrase_is_the_phrase() -> None:
    cue = strong("corporation", "société minière", "fr")
    assert find("Les sociétés minières expulsent", cue, language="fr") == [("corporation", "sociétés minières")]


def test_the_time_for_a_text_grows_no_faster_than_its_length() -> None:
    found = {Match("actor", "bank", "strong", n, n + 1, Span(n, n + 1)) for n in range(30_000)}
    began = time.perf_counter()
    assert len(longest(found)) == len(found)
    assert time.perf_counter() - began < 5
