from __future__ import annotations

import pytest

from models.selection import REVIEW_BELOW, WEIGHTS, Picks, select
from tests.models.readings import read
from tests.models.tiny_codebook import tiny_codebook


def chosen(text: str, facet: str, country: str | None = None, like: dict[tuple[str, str], float] | None = None) -> set[str]:
    return set(picks(text, country, like)[facet])


def picks(text: str, country: str | None = None, like: dict[tuple[str, str], float] | None = None) -> Picks:
    return select(read(text, country, like), tiny_codebook())


def test_a_strong_cue_is_enough() -> None:
    actor = picks("The company left.")["actor"]["corporation"]
    assert actor.evidence == "cue"
    assert [(span.start, span.end) for span in actor.spans] == [(4, 11)]
    assert actor.confidence >= REVIEW_BELOW


def test_more_cues_make_surer() -> None:
    once = picks("The company left.")["actor"]["corporation"].confidence
    twice = picks("The company, an employer, left.")["actor"]["corporation"].confidence
    assert twice > once


def test_a_weak_cue_needs_support() -> None:
    assert "inaction" not in chosen("The employer was silent while it dismissed them.", "mechanism")
    assert "inaction" in chosen("Silent, the employer looked on, and dismissed them.", "mechanism", like={("mechanism", "inaction"): 0.4})


def test_likeness_alone_is_marked_for_review_or_rests_on_the_whole_passage() -> None:
    text = "Things went that way in the valley."
    guess = picks(text, like={("mechanism", "environment"): 0.7})["mechanism"]["environment"]
    assert guess.evidence == "similarity"
    assert [(span.start, span.end) for span in guess.spans] == [(0, len(text))]


def test_every_passage_has_an_actor_a_mechanism_and_a_right() -> None:
    for text in ("", "Nothing here.", "The river rose."):
        found = picks(text)
        assert all(found[facet] for facet in ("actor", "mechanism", "right"))
        assert all(0 <= code.confidence <= 1 for codes in found.values() for code in codes.values())


def test_facets_that_may_be_empty_stay_empty() -> None:
    found = picks("The company left.")
    assert not found["origin"]
    assert not found["industry"]
    assert not found["people_at_risk"]


def test_an_act_at_work_presupposes_an_employer() -> None:
    actor = picks("Overtime was never paid.")["actor"]["corporation"]
    assert actor.evidence == "rule"
    assert actor.spans


def test_the_private_sector_gives_way_to_any_other_actor() -> None:
    assert chosen("The private sector gained.", "actor") == {"private_sector"}
    assert chosen("The private sector and a bank gained.", "actor") == {"bank"}


@pytest.mark.parametrize("text", ["A bank lent.", "An investor came.", "The World Bank lent."])
def test_lenders_and_investors_are_in_finance(text: str) -> None:
    assert "finance" in chosen(text, "industry")


def test_other_industry_gives_way() -> None:
    assert chosen("The circus owned a mining firm.", "industry") == {"mining"}


def test_association_brings_assembly_and_work() -> None:
    found = picks("The company broke the union.")
    assert {"assembly", "work"} <= set(found["right"])
    assert "labour_practices" in found["mechanism"]
    assert found["right"]["assembly"].spans == found["labour"]["association_bargaining"].spans


def test_labour_practices_bring_work() -> None:
    assert "work" in chosen("A sweatshop.", "right")


def test_a_mechanism_suggests_a_right_where_none_is_named() -> None:
    assert chosen("The company lobbied.", "right") == {"participation"}
    assert chosen("The company lobbied and illness spread.", "right") == {"health"}


def test_an_actor_suggests_a_mechanism_where_none_is_named() -> None:
    assert chosen("The World Bank came.", "mechanism") == {"advice_conditionality"}


@pytest.mark.parametrize(("country", "origin"), [("GBR", {"domestic"}), ("NGA", {"foreign"}), (None, set())])
def test_a_named_company_is_at_home_or_not(country: str | None, origin: set[str]) -> None:
    assert chosen("Shell left the delta.", "origin", country) == origin


@pytest.mark.parametrize(("country", "origin"), [("CHN", {"domestic"}), ("AGO", {"foreign"}), (None, set())])
def test_a_company_called_after_its_nation_is_at_home_or_not(country: str | None, origin: set[str]) -> None:
    assert chosen("A Chinese mining company left.", "origin", country) == origin
    assert chosen("A Chinese mining company left.", "origin", country, {("origin", "foreign"): 0.9, ("origin", "domestic"): 0.9}) == origin


@pytest.mark.parametrize(("country", "origin"), [("CHN", {"domestic"}), ("AGO", {"foreign"}), (None, set())])
def test_a_company_of_another_state_is_no_domestic_one(country: str | None, origin: set[str]) -> None:
    assert chosen("Sinopec and a Chinese state oil company drilled.", "origin", country) == origin


def test_a_company_of_a_state_that_nobody_names_is_domestic() -> None:
    assert chosen("A state oil company drilled.", "origin", "AGO") == {"domestic"}
    assert chosen("A state oil company drilled beside a Chinese bank.", "origin", "AGO") == {"domestic", "foreign"}


def test_a_named_company_brings_its_kind_and_industry() -> None:
    found = picks("Vale and BHP signed.", "BRA")
    assert set(found["origin"]) == {"domestic", "foreign"}
    assert set(found["industry"]) == {"mining"}
    assert set(found["actor"]) == {"corporation"}


def test_there_are_weights_for_every_facet_with_many_values() -> None:
    assert set(WEIGHTS) == {facet.id for facet in tiny_codebook().facets if facet.values == "many"}


def test_what_a_guess_implies_is_as_doubtful_as_the_guess() -> None:
    found = picks("Things went that way.", like={("mechanism", "environment"): 0.4})
    mechanism = found["mechanism"]["environment"]
    assert mechanism.review
    assert all(right.confidence <= mechanism.confidence for right in found["right"].values() if right.evidence == "rule")


def test_lobbying_about_labour_is_no_labour_practice() -> None:
    assert "labour_practices" not in chosen("The bank lobbied against the union.", "mechanism")
    assert "labour_practices" in chosen("The bank fought the union.", "mechanism")
