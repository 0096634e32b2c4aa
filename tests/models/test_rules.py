from __future__ import annotations

import pytest

from models.coding import Code
from models.rules import awareness, direction, effect, mode, relevance, responsibility, single_values
from models.selection import Picks, select
from tests.models.readings import picked, read
from tests.models.tiny_codebook import tiny_codebook

NO_PICKS: Picks = {}


def said(text: str) -> Code:
    return relevance(read(text))


@pytest.mark.parametrize("text", ["No", "no.", "NÃO!", "Non", "아니요."])
def test_a_flat_no_answers_the_question(text: str) -> None:
    assert said(text).code == "no_influence"


@pytest.mark.parametrize("text", ["-", "…", "", "😀😀", "2023", "N/A", "n/a.", "No comment", "I do not know", "Do not know, sorry"])
def test_short_answers_without_content_are_non_substantive(text: str) -> None:
    assert said(text).code == "non_substantive"


def test_a_long_answer_that_does_not_know_one_thing_is_substantive() -> None:
    text = "I do not know who paid, but the company dismissed forty women in May and the ministry never asked why it was done at all."
    assert said(text).code == "influence"


def test_an_actor_in_a_short_answer_makes_it_substantive() -> None:
    assert said("No comment from the company").code != "non_substantive"


def test_denials_are_no_influence_with_their_words() -> None:
    text = "I am not aware of any influence by companies."
    code = said(text)
    assert code.code == "no_influence"
    assert [text[span.start : span.end] for span in code.spans] == ["not aware of any influence"]


@pytest.mark.parametrize(
    "text",
    [
        "The company dismissed workers who joined the union.",
        "A bank lobbied for the bill.",
        "Employers often refused to pay overtime.",
    ],
)
def test_an_actor_and_its_act_are_influence(text: str) -> None:
    code = said(text)
    assert code.code == "influence"
    assert code.spans


@pytest.mark.parametrize("text", ["Police arrested protesters.", "The law prohibits torture.", "The president won the election."])
def test_the_state_alone_is_off_topic(text: str) -> None:
    assert said(text).code == "off_topic"


@pytest.mark.parametrize(
    ("mechanisms", "expected"),
    [
        (["lobbying"], "passive"),
        (["labour_practices"], "active"),
        (["labour_practices", "lobbying"], "both"),
        (["litigation"], "both"),
        (["other_mechanism"], "active"),
    ],
)
def test_the_mode_follows_the_mechanisms(mechanisms: list[str], expected: str) -> None:
    picks = picked(*(f"mechanism:{each}" for each in mechanisms))
    assert mode(read("Something."), picks, Code("direction", "not_stated", 0.9, "default")).code == expected


def test_a_direction_makes_the_mode_passive_where_mechanisms_do_not_tell() -> None:
    towards = Code("direction", "discouraged", 0.6, "rule")
    assert mode(read("Something."), picked("mechanism:public_advocacy"), towards).code == "passive"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They lobbied against the bill.", "discouraged"),
        ("The chamber opposed stricter regulation.", "discouraged"),
        ("They pushed for the repeal of the law.", "encouraged"),
        ("They lobbied.", "encouraged"),
        ("They demanded a new tax.", "encouraged"),
    ],
)
def test_the_direction_is_read_from_the_verb_before_a_policy(text: str, expected: str) -> None:
    assert direction(read(text), picked("mechanism:lobbying")).code == expected


def test_opposing_a_person_is_no_direction() -> None:
    assert direction(read("The employer was against the women."), picked("mechanism:labour_practices")).code == "not_stated"


@pytest.mark.parametrize(
    ("text", "mechanism", "expected"),
    [
        ("Families suffer.", "labour_practices", "harms"),
        ("It brought better conditions.", "labour_practices", "improves"),
        ("It brought better conditions, but families suffer.", "labour_practices", "mixed"),
        ("They came.", "public_advocacy", "improves"),
        ("They came.", "labour_practices", "harms"),
    ],
)
def test_the_effect(text: str, mechanism: str, expected: str) -> None:
    assert effect(read(text), picked(f"mechanism:{mechanism}")).code == expected


@pytest.mark.parametrize(
    ("text", "picks", "expected"),
    [
        ("It spilled oil.", picked("actor:state_owned_enterprise"), "joint"),
        ("It spilled oil.", picked("actor:corporation"), "corporate"),
        ("It spilled oil and the ministry watched.", picked("actor:corporation"), "joint"),
        ("They spoke.", picked("mechanism:lobbying"), "joint"),
    ],
)
def test_responsibility(text: str, picks: Picks, expected: str) -> None:
    assert responsibility(read(text), picks).code == expected


@pytest.mark.parametrize(
    ("text", "mechanism", "expected"),
    [
        ("They did it on purpose.", "environment", "knowing"),
        ("They did it without knowing.", "environment", "unaware"),
        ("They did it.", "litigation", "knowing"),
        ("They did it.", "environment", "unclear"),
    ],
)
def test_awareness(text: str, mechanism: str, expected: str) -> None:
    assert awareness(read(text), picked(f"mechanism:{mechanism}")).code == expected


@pytest.mark.parametrize("text", ["", "The bank lobbied against the bill.", "Rain fell on the hills."])
def test_every_facet_with_one_value_gets_exactly_one(text: str) -> None:
    reading = read(text)
    values = single_values(reading, select(reading, tiny_codebook()))
    assert set(values) == {facet.id for facet in tiny_codebook().facets if facet.values == "one"}
    assert all(code.facet == facet and 0 < code.confidence < 1 for facet, code in values.items())


def test_what_no_word_decided_is_by_default_and_has_no_words() -> None:
    code = effect(read("They came."), NO_PICKS)
    assert (code.evidence, code.spans) == ("default", ())


def test_doubtful_values_are_left_to_a_person() -> None:
    assert mode(read("Something."), NO_PICKS, Code("direction", "not_stated", 0.9, "default")).review


@pytest.mark.parametrize("text", ["a", "A", "the", "The a an"])
def test_a_text_of_articles_alone_says_nothing(text: str) -> None:
    assert said(text).code == "non_substantive"


def test_a_denial_may_come_as_a_doubt() -> None:
    assert said("No, I don't think companies or banks had any influence on this.").code == "no_influence"


def test_policies_are_looked_for_near_the_verb_and_in_its_sentence() -> None:
    near = read("The company opposed the bill.")
    far = read("The company opposed it. A bill was passed.")
    assert direction(near, picked("mechanism:lobbying")).code == "discouraged"
    assert direction(far, picked("mechanism:lobbying")).code == "encouraged"
