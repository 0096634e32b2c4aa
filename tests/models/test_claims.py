from __future__ import annotations

import time

import pytest

from models.claims import _distance, claims
from models.coding import Claim, Code, Span
from models.selection import Picks
from tests.models.readings import read

TEXT = "The bank polluted a river. Employers cut wages."


def code(facet: str, name: str, words: str, confidence: float = 0.8) -> Code:
    start = TEXT.index(words)
    return Code(facet, name, confidence, "cue", (Span(start, start + len(words)),))


def picks(*codes: Code) -> Picks:
    made: Picks = {}
    for each in codes:
        made.setdefault(each.facet, {})[each.code] = each
    return made


def made(*codes: Code) -> list[Claim]:
    return list(claims(read(TEXT), picks(*codes), "active", "not_stated", "harms"))


BANK = code("actor", "bank", "bank")
EMPLOYER = code("actor", "corporation", "Employers")
POLLUTION = code("mechanism", "environment", "polluted")
LABOUR = code("mechanism", "labour_practices", "cut wages", 0.9)
RIVER = code("right", "environment", "river")
WORK = code("right", "work", "wages")


def test_one_actor_has_its_best_mechanism_and_each_right() -> None:
    claims_made = made(BANK, POLLUTION, LABOUR, RIVER, WORK)
    assert [(c.actor, c.mechanism, c.right) for c in claims_made] == [
        ("bank", "labour_practices", "environment"),
        ("bank", "labour_practices", "work"),
    ]


def test_several_actors_have_what_stands_in_their_sentence() -> None:
    claims_made = made(BANK, EMPLOYER, POLLUTION, LABOUR, RIVER, WORK)
    assert [(c.actor, c.mechanism, c.right) for c in claims_made] == [
        ("bank", "environment", "environment"),
        ("corporation", "labour_practices", "work"),
    ]


def test_an_actor_whose_sentence_names_nothing_has_the_best_of_all() -> None:
    claims_made = made(BANK, EMPLOYER, LABOUR, WORK)
    assert ("bank", "labour_practices", "work") in [(c.actor, c.mechanism, c.right) for c in claims_made]


def test_a_claim_holds_the_places_of_its_parts_and_the_values_of_the_passage() -> None:
    claim = made(BANK, POLLUTION, RIVER)[0]
    assert [TEXT[span.start : span.end] for span in claim.spans] == ["bank", "polluted", "river"]
    assert (claim.mode, claim.direction, claim.effect) == ("active", "not_stated", "harms")


def test_no_actor_no_claim_and_no_right_one_claim() -> None:
    assert made(POLLUTION, RIVER) == []
    assert [(c.mechanism, c.right) for c in made(BANK)] == [(None, None)]


def test_thousands_of_places_are_compared_in_one_sweep() -> None:
    some = [Span(20 * n, 20 * n + 3) for n in range(20_000)]
    others = [Span(20 * n + 10, 20 * n + 12) for n in range(20_000)]
    began = time.perf_counter()
    assert _distance(some, others) == 7
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("some", "others", "distance"),
    [
        ([Span(0, 4)], [Span(6, 8)], 2),
        ([Span(6, 8)], [Span(0, 4)], 2),
        ([Span(0, 9)], [Span(3, 4)], 0),
        ([Span(0, 2), Span(10, 12)], [Span(5, 7)], 3),
        ([], [Span(5, 7)], 1_000_000),
    ],
)
def test_the_distance_is_that_of_the_nearest_two(some: list[Span], others: list[Span], distance: int) -> None:
    assert _distance(some, others) == distance
