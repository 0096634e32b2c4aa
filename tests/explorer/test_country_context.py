from __future__ import annotations

from explorer import country_context
from explorer.names import Names
from store.context import AtRisk, CivilScore, CountryContext, SocialScore

CONTEXT = CountryContext(
    (CivilScore("BRA", "assembly", 2021, 5.9, 4.95, 6.9), CivilScore("BRA", "torture", 2021, 9.9, 9.2, 10.7)),
    (SocialScore("BRA", "food", 2019, "core", 93.2),),
    (AtRisk("BRA", "arrest", 2021, "2", 3, 12), AtRisk("BRA", "arrest", 2021, "0", 9, 12), AtRisk("BRA", "arrest", 2021, "3", 8, 12)),
)


def test_scores_come_with_their_bands_the_worst_first(names: Names) -> None:
    first, second = country_context.civil_rows(CONTEXT, names)
    assert (first["right"], first["said"], first["year"]) == (names.code("right", "assembly"), "5.9", "2021")
    assert (second["high"], second["band"]) == (10.0, "9.2 – 10.0"), "a band that passes the scale is cut to it"
    (food,) = country_context.social_rows(CONTEXT, names)
    assert (food["said"], food["standard"]) == ("93 %", "core")


def test_people_at_risk_are_shares_of_experts(names: Names) -> None:
    assert country_context.rights_with_people(CONTEXT) == ["arrest"]
    first, second = country_context.at_risk(CONTEXT, "arrest", names)
    assert (first.name, first.units, first.total) == (names.code("people_at_risk", "3"), 8, 12), "and nobody is no group of people"
    assert second.share == 0.25
    assert country_context.at_risk(CONTEXT, "work", names) == []


def test_only_scores_with_bands_have_bars(names: Names) -> None:
    banded = country_context.scores(country_context.civil_rows(CONTEXT, names), 10, "score")
    plain = country_context.scores(country_context.social_rows(CONTEXT, names), 100, "score")
    assert [layer["mark"]["type"] for layer in banded["layer"]] == ["rule", "point", "text"]
    assert [layer["mark"]["type"] for layer in plain["layer"]] == ["point", "text"]
    assert banded["layer"][1]["encoding"]["x"]["scale"]["domain"] == [0, 10]


def test_it_is_said_that_context_is_no_proof() -> None:
    assert "not proof" in country_context.CAVEAT
    assert "CC BY 4.0" in country_context.SOURCE
