from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.names import EVIDENCE, SOURCES, TEXT_KINDS, WHOLE_PASSAGE, Names
from models.tables import TEXT_KINDS as KINDS
from store.filters import FOR_REVIEW
from taxonomy import load_codebook


def test_names_come_from_the_codebook(names: Names) -> None:
    definition = load_codebook().facet("right")
    assert names.facet("right") == definition.label("en")
    assert names.code("right", "education") == definition.code("education").label("en")


def test_names_are_in_the_language_asked_for(names: Names) -> None:
    assert replace(names, language="es").code("country", "BRA") == "Brasil"
    assert replace(names, language="fr").code("language", "ko") == "coréen"


@pytest.mark.parametrize(("facet", "code", "name"), [("country", "KOR", "South Korea"), ("language", "pt", "Portuguese")])
def test_places_and_languages_have_names(names: Names, facet: str, code: str, name: str) -> None:
    assert names.code(facet, code) == name


def test_surveys_and_questions_are_called_as_they_call_themselves() -> None:
    names = Names(load_codebook(), surveys={"s": "A survey"}, questions={"q1": "Why?", "q2": ""})
    assert [names.code("survey", "s"), names.code("survey", "t")] == ["A survey", "t"]
    assert [names.code("question", "q1"), names.code("question", "q2"), names.code("question", "q3")] == ["Why?", "q2", "q3"]


def test_what_nobody_named_stands_for_itself(names: Names) -> None:
    assert names.facet("colour") == "colour"
    assert names.code("colour", "red") == "red"


def test_a_column_that_a_survey_keeps_is_called_by_its_name(names: Names) -> None:
    assert names.facet("attribute:years_of_practice") == "Years of practice"
    assert names.code("attribute:years_of_practice", "5–10") == "5–10"


def test_every_source_facet_and_kind_of_text_has_a_name(names: Names) -> None:
    assert all(names.facet(facet) != facet for facet in SOURCES)
    assert set(TEXT_KINDS) == {*KINDS, "translation"}  # a quote can be released with one
    assert set(EVIDENCE) == {"cue", "rule", "model", "similarity", "default"}
    assert set(WHOLE_PASSAGE) < set(EVIDENCE)


def test_what_waits_for_review_is_named_by_its_facet(names: Names) -> None:
    assert names.facet(FOR_REVIEW) == "For review"
    assert names.code(FOR_REVIEW, "actor") == names.facet("actor")
    assert names.alone(FOR_REVIEW, "actor") == f"{names.facet('actor')} for review"


def test_a_wave_goes_by_its_year_where_that_is_known(names: Names) -> None:
    named = replace(names, waves={"v2": "2018"})
    assert (named.code("wave", "v2"), named.code("wave", "v9")) == ("2018", "v9")
