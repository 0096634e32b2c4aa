from __future__ import annotations

import pytest

from models.coding import Claim, Code, Coding, Span
from models.combination import combine


def coding(relevance: str, *codes: tuple[str, str], confidence: float = 0.8, review: bool = False) -> Coding:
    made = tuple(Code(facet, code, confidence, "cue", (Span(0, 4),), review) for facet, code in (("relevance", relevance), *codes))
    claims = (Claim("bank", None, None, "active", "not_stated", "harms", (Span(0, 4),)),) if relevance == "influence" else ()
    return Coding(made, claims, {facet: {code: confidence} for facet, code in (("relevance", relevance), *codes)})


def values(combined: Coding, facet: str) -> set[str]:
    return {code.code for code in combined.codes if code.facet == facet}


@pytest.mark.parametrize(
    ("passages", "answer"),
    [
        (["off_topic", "influence"], "influence"),
        (["off_topic", "no_influence"], "no_influence"),
        (["non_substantive", "off_topic"], "off_topic"),
        (["non_substantive"], "non_substantive"),
    ],
)
def test_relevance_is_the_first_that_any_passage_has(passages: list[str], answer: str) -> None:
    assert values(combine([coding(each) for each in passages]), "relevance") == {answer}


def test_sets_are_unions_over_the_passages_on_influence() -> None:
    combined = combine(
        [
            coding("influence", ("actor", "bank"), ("right", "work")),
            coding("influence", ("actor", "bank"), ("actor", "ifi")),
            coding("off_topic", ("actor", "lobby"), ("right", "arrest")),
        ]
    )
    assert values(combined, "actor") == {"bank", "ifi"}
    assert values(combined, "right") == {"work"}


@pytest.mark.parametrize(
    ("facet", "one", "other", "together"),
    [
        ("mode", "active", "passive", "both"),
        ("direction", "encouraged", "discouraged", "both"),
        ("direction", "encouraged", "not_stated", "encouraged"),
        ("effect", "harms", "improves", "mixed"),
        ("effect", "unclear", "improves", "improves"),
        ("effect", "unclear", "unclear", "unclear"),
        ("responsibility", "state", "corporate", "joint"),
        ("awareness", "unclear", "knowing", "knowing"),
        ("awareness", "unaware", "knowing", "knowing"),
    ],
)
def test_single_values_that_differ(facet: str, one: str, other: str, together: str) -> None:
    for pair in ((one, other), (other, one)):
        assert values(combine([coding("influence", (facet, each)) for each in pair]), facet) == {together}


def test_an_answer_without_influence_keeps_a_best_prediction() -> None:
    combined = combine([coding("off_topic", ("mode", "active")), coding("off_topic", ("mode", "passive"))])
    assert values(combined, "mode") == {"both"}
    assert combined.claims == ()


def test_spans_and_claims_move_to_their_place_in_the_answer() -> None:
    combined = combine([coding("influence", ("actor", "bank")), coding("influence", ("actor", "bank"))], [0, 10])
    actor = next(code for code in combined.codes if code.facet == "actor")
    assert actor.spans == (Span(0, 4), Span(10, 14))
    assert [claim.spans for claim in combined.claims] == [(Span(0, 4),), (Span(10, 14),)]


def test_the_most_confident_passage_speaks_for_a_code() -> None:
    combined = combine(
        [coding("influence", ("actor", "bank"), confidence=0.4, review=True), coding("influence", ("actor", "bank"), confidence=0.9)]
    )
    actor = next(code for code in combined.codes if code.facet == "actor")
    assert (actor.confidence, actor.review) == (0.9, False)
    assert combined.probabilities["actor"] == {"bank": 0.9}


def test_what_two_passages_settle_together_is_no_surer_than_either() -> None:
    combined = combine(
        [coding("influence", ("effect", "harms"), confidence=0.9), coding("influence", ("effect", "improves"), confidence=0.6)]
    )
    effect = next(code for code in combined.codes if code.facet == "effect")
    assert (effect.code, effect.confidence, effect.evidence) == ("mixed", 0.6, "rule")


def test_one_passage_is_its_own_answer() -> None:
    only = coding("influence", ("actor", "bank"), ("mode", "active"))
    assert combine([only]) == only


def test_an_answer_without_passages_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one passage"):
        combine([])


def test_the_value_of_an_answer_has_the_confidence_that_is_told_of_it() -> None:
    combined = combine([coding("influence", ("mode", "active")), coding("influence", ("mode", "passive"), confidence=0.6)])
    assert combined.probabilities["mode"] == {"both": 0.6}
