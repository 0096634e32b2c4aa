from __future__ import annotations

from typing import Any

import pytest

from explorer.denominator import declared_sentence, stands_for
from explorer.library import Library
from explorer.names import Names
from store.tables_reader import DeclaredCount, DeclaredSurvey
from tests.meant import RIVER, SECRET, SUED, quote

FEW = "fewer than 10 respondents, or a number that would give such a one away"


@pytest.fixture
def library(meant_library: Library) -> Library:
    return meant_library


def survey(**more: Any) -> DeclaredSurvey:
    known = {"survey": "experts", "title": "Experts", "threshold": 10, "base": 1, "note": "", "answered": "62", "tables": ()}
    return DeclaredSurvey(**known | more)


def count(shown: int | None, above: DeclaredCount | None = None) -> DeclaredCount:
    return DeclaredCount({"country": "PER"}, shown, "" if shown is not None else FEW, above)


def test_what_is_public_is_counted_by_passages(library: Library) -> None:
    assert stands_for(quote(library, RIVER.text), library) == "One of 3 passages from 2 texts on Brazil in Country reports."
    assert stands_for(quote(library, SUED.text) | {"country": None}, library).startswith("One of ")


def test_inside_few_people_of_a_protected_survey_are_not_counted(library: Library) -> None:
    assert "is not told" in stands_for(quote(library, SECRET.text), library)


def test_outside_the_declared_tables_tell(names: Names) -> None:
    said = declared_sentence(survey(), count(32), "Experts", "Peru", names)
    assert said == "One of the answers to Experts, in which 32 respondents spoke of Peru."
    assert "30 respondents (to the nearest 5) spoke of Peru" in declared_sentence(survey(base=5), count(30), "Experts", "Peru", names)


def test_what_is_withheld_says_why_and_what_larger_group_is_told(names: Names) -> None:
    region = DeclaredCount({"region": "South America"}, 55, "")
    said = declared_sentence(survey(), count(None, region), "Experts", "Peru", names)
    assert FEW in said
    assert said.endswith("Of South America as a whole 55 respondents spoke.")
    assert declared_sentence(survey(), count(None), "Experts", "Peru", names).endswith("62 respondents answered it in all.")
    band = declared_sentence(survey(answered="fewer than 10"), count(None), "Experts", "Peru", names)
    assert band.endswith("Fewer than 10 respondents answered it in all.")


def test_nothing_is_said_that_is_not_known(names: Names) -> None:
    # Counted under no country, because they spoke of several: 0 would be untrue of the quote.
    none = declared_sentence(survey(), count(0), "Experts", "Peru", names)
    assert none == "One of the answers to Experts. 62 respondents answered it in all."
    told_nothing = declared_sentence(survey(answered="", note="no ids"), None, "Experts", "", names)
    assert told_nothing == "One of the answers to Experts; how many answered is not told, to protect them."
    assert FEW in declared_sentence(survey(answered=""), count(None), "Experts", "Peru", names)
