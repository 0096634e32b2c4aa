from __future__ import annotations

from dataclasses import replace

import pytest

from models.coding import Code, Span
from models.logic import Told, settle
from models.selection import NAMED, Picks
from tests.models.readings import picked, read

LEAST = {"right": 0.6, "origin": 0.6, "responsibility": 0.6}
PLAIN = read("Nothing.")


def settled(given: Picks, *others: str, country: str | None = None, text: str = "Nothing.") -> Picks:
    """The codes after the rules; ``others`` are facets of which nothing was given."""
    made = {**{facet: {} for facet in others}, **given}
    settle(made, {}, read(text, country), LEAST)
    return made


def names(given: Picks, facet: str) -> set[str]:
    return set(given[facet])


@pytest.mark.parametrize(
    ("facet", "broad", "narrow"),
    [("actor", "private_sector", "bank"), ("industry", "other_industry", "mining"), ("mechanism", "other_mechanism", "lobbying")],
)
def test_the_broadest_code_gives_way_to_any_other(facet: str, broad: str, narrow: str) -> None:
    assert names(settled(picked(f"{facet}:{broad}", f"{facet}:{narrow}")), facet) == {narrow}
    assert names(settled(picked(f"{facet}:{broad}")), facet) == {broad}


def test_the_broadest_code_gives_way_to_one_that_another_brings() -> None:
    assert names(settled(picked("actor:ifi", "industry:other_industry")), "industry") == {"finance"}


@pytest.mark.parametrize(
    ("code", "rights"), [("minimum_wage", {"work"}), ("child_labour", {"work"}), ("association_bargaining", {"assembly", "work"})]
)
def test_labour_is_a_matter_of_work_and_bargaining_of_association_too(code: str, rights: set[str]) -> None:
    given = settled(picked(f"labour:{code}"), "right")
    assert names(given, "right") == rights
    for right in given["right"].values():
        assert (right.confidence, right.evidence, right.spans, right.review) == (0.8, "rule", (Span(0, 4),), False)


def test_doubtful_labour_brings_a_doubtful_right() -> None:
    given = settled(picked("labour:minimum_wage", confidence=0.55), "right")
    assert given["right"]["work"].review


@pytest.mark.parametrize(("cause", "other"), [("labour:minimum_wage", "right"), ("actor:ifi", "industry")])
def test_what_a_doubtful_code_brings_is_doubtful_however_sure_its_facet_asks_it_to_be(cause: str, other: str) -> None:
    given = picked(cause, confidence=0.8)
    for code in given[cause.split(":")[0]].values():
        given[code.facet][code.code] = replace(code, review=True)
    (brought,) = settled(given, other)[other].values()
    assert brought.review


def test_what_a_doubtful_code_brings_leaves_what_is_settled_as_it_is() -> None:
    given = picked("labour:minimum_wage", confidence=0.9) | picked("right:work", confidence=0.7)
    given["labour"]["minimum_wage"] = replace(given["labour"]["minimum_wage"], review=True)
    work = settled(given)["right"]["work"]
    assert (work.confidence, work.review) == (0.7, False)


def test_words_that_the_heads_alone_found_stay_marked_as_theirs() -> None:
    given = picked("labour:minimum_wage", "actor:state_owned_enterprise", "responsibility:corporate")
    for facet in ("labour", "actor"):
        given[facet] = {name: replace(code, evidence="model") for name, code in given[facet].items()}
    made = settled(given, "right")
    assert {code.evidence for facet in ("right", "responsibility") for code in made[facet].values()} == {"model"}


def test_a_right_keeps_its_own_words_and_the_greater_confidence() -> None:
    given = picked("labour:minimum_wage", confidence=0.9) | {"right": {"work": Code("right", "work", 0.5, "cue", (Span(7, 9),), True)}}
    work = settled(given)["right"]["work"]
    assert (work.confidence, work.evidence, work.spans, work.review) == (0.9, "cue", (Span(7, 9),), False)
    given = picked("labour:minimum_wage", confidence=0.4) | {"right": {"work": Code("right", "work", 0.7, "cue", (Span(7, 9),))}}
    assert settled(given)["right"]["work"] == Code("right", "work", 0.7, "cue", (Span(7, 9),))


def test_a_development_bank_is_in_finance() -> None:
    assert names(settled(picked("actor:ifi"), "industry"), "industry") == {"finance"}
    assert names(settled(picked("actor:bank"), "industry"), "industry") == set()


@pytest.mark.parametrize(("country", "origin"), [("NLD", {"foreign"}), ("USA", {"domestic"}), (None, set())])
def test_a_named_company_has_the_origin_of_its_home(country: str | None, origin: set[str]) -> None:
    given = settled({}, "origin", country=country, text="Chevron came.")
    assert names(given, "origin") == origin
    for code in given["origin"].values():
        assert (code.confidence, code.evidence, code.spans) == (NAMED, "rule", (Span(0, 7),))


@pytest.mark.parametrize(
    ("text", "country", "origin"),
    [
        ("Chinese mining firms came.", "CHN", {"domestic"}),
        ("Chinese mining firms came.", "AGO", {"foreign"}),
        ("Chinese mining firms came.", None, set()),
        ("Congolese firms came.", "COD", {"domestic"}),
        ("Congolese firms came.", "COG", {"domestic"}),
        ("Congolese firms came.", "RWA", {"foreign"}),
        ("Chinese workers came.", "AGO", set()),
    ],
)
def test_a_nation_beside_a_business_is_its_home(text: str, country: str | None, origin: set[str]) -> None:
    assert names(settled({}, "origin", country=country, text=text), "origin") == origin


@pytest.mark.parametrize(
    ("code", "country", "origin"),
    [
        (Code("origin", "foreign", 0.9, "model", (Span(0, 7),)), "CHN", {"domestic"}),
        (Code("origin", "foreign", 0.9, "model", (Span(0, 7),)), None, set()),
        (Code("origin", "foreign", 0.9, "model", (Span(0, 7),)), "AGO", {"foreign"}),
        (Code("origin", "foreign", 0.9, "model", (Span(27, 32),)), "CHN", {"domestic", "foreign"}),
        (Code("origin", "foreign", 0.9, "cue", (Span(0, 7),)), "CHN", {"domestic", "foreign"}),
    ],
)
def test_what_the_heads_made_of_the_words_for_a_home_gives_way(code: Code, country: str | None, origin: set[str]) -> None:
    given: Picks = {"origin": {"foreign": code}}
    told: Told = {"origin": {"foreign": 0.9}}
    settle(given, told, read("Chinese mining firms and a giant came.", country), LEAST)
    assert names(given, "origin") == origin
    assert ("foreign" in told["origin"]) == ("foreign" in origin)


def test_for_what_a_company_of_the_state_does_both_answer() -> None:
    given = settled(picked("actor:state_owned_enterprise", "responsibility:corporate"))
    assert names(given, "responsibility") == {"joint"}
    assert not given["responsibility"]["joint"].review
    doubtful = settled(picked("actor:state_owned_enterprise", confidence=0.3) | picked("responsibility:corporate"))
    assert names(doubtful, "responsibility") == {"corporate"}
    assert names(settled(picked("actor:bank", "responsibility:corporate")), "responsibility") == {"corporate"}


def test_what_a_rule_adds_is_told_with_its_probability() -> None:
    told: Told = {"right": {"health": 0.3}}
    given = {"right": {}} | picked("labour:minimum_wage")
    settle(given, told, PLAIN, {})
    assert told["right"] == {"health": 0.3, "work": 0.8}


def test_a_codebook_without_these_facets_is_left_as_it_is() -> None:
    given = picked("colour:red", "labour:minimum_wage", "actor:ifi", "actor:state_owned_enterprise")
    before = {facet: dict(codes) for facet, codes in given.items()}
    told: Told = {}
    settle(given, told, read("Chevron came.", "USA"), {})
    assert given == before
    assert told == {}
    nothing: Picks = {}
    settle(nothing, told, PLAIN, {})
    assert nothing == {}
