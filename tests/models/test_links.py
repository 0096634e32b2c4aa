from __future__ import annotations

import math

import pytest

from models.links import known_links, likelihood
from taxonomy import load_codebook


def test_the_lift_is_the_share_against_that_at_large() -> None:
    made = likelihood({"a": {"x": 6}, "b": {"x": 3, "y": 3}})
    at_large = (1 + 0.5) / 2
    assert made.lift("a", "x") == pytest.approx(math.log((6 + 4 * at_large) / 10 / at_large))
    assert made.lift("a", "y") == pytest.approx(math.log((4 * 0.25) / 10 / 0.25))


def test_nothing_is_known_of_codes_that_were_never_seen() -> None:
    made = likelihood({"a": {"x": 6}})
    assert made.lift("z", "x") == 0
    assert made.lift("a", "z") == pytest.approx(math.log(4 / 10))


@pytest.mark.parametrize(
    ("mechanism", "fits", "does_not"),
    [
        ("labour_practices", "work", "privacy"),
        ("environment", "health", "expression"),
        ("security_violence", "extrajud-killing", "education"),
        ("surveillance_censorship", "privacy", "land"),
        ("land_resources", "land", "work"),
    ],
)
def test_the_kept_counts_know_what_goes_together(mechanism: str, fits: str, does_not: str) -> None:
    known = known_links().rights
    assert known.lift(mechanism, fits) > 0 > known.lift(mechanism, does_not)


def test_the_kept_counts_hold_codes_of_the_codebook_alone() -> None:
    codes = {facet.id: {code.id for code in facet.codes} for facet in load_codebook().facets}
    links = known_links()
    assert {first for first, _ in links.mechanisms.lifts} <= codes["actor"]
    assert {second for _, second in links.mechanisms.lifts} | {first for first, _ in links.rights.lifts} <= codes["mechanism"]
    assert {second for _, second in links.rights.lifts} <= codes["right"]
    assert {(facet, value) for (facet, _), value in links.usual.items()} <= {(facet, code) for facet in codes for code in codes[facet]}


def test_a_usual_value_is_that_of_most_cases() -> None:
    usual = known_links().usual
    assert usual["mode", "lobbying"] == "passive"
    assert usual["direction", "labour_practices"] == "not_stated"
    assert ("direction", "lobbying") not in usual
