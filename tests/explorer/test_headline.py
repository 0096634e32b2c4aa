from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.headline import subject, tally
from explorer.names import Names
from store import Filters
from store.reader import Counts


def codes(**facets: str) -> Filters:
    return Filters(codes=tuple((facet, tuple(values.split())) for facet, values in facets.items()))


def test_nothing_selected_is_everything(names: Names) -> None:
    assert subject(Filters(), names) == "Everything"


def test_who_does_what_where(names: Names) -> None:
    filters = Filters(
        countries=("BRA",),
        codes=(
            ("relevance", ("influence",)),
            ("actor", ("corporation",)),
            ("effect", ("harms",)),
            ("industry", ("mining",)),
            ("origin", ("foreign",)),
        ),
    )
    origin, actor = names.code("origin", "foreign"), names.code("actor", "corporation")
    assert subject(filters, names) == f"{origin} {actor.lower()} · {names.code('industry', 'mining').lower()} · harms · Brazil"


def test_influence_is_named_only_where_nothing_else_implies_it(names: Names) -> None:
    assert subject(codes(relevance="influence"), names) == names.code("relevance", "influence")
    assert subject(codes(relevance="influence", actor="bank"), names) == names.code("actor", "bank")
    assert "off" in subject(codes(relevance="off_topic", actor="bank"), names).lower()


def test_several_values_are_joined_and_many_are_counted(names: Names) -> None:
    bank, investor = names.code("actor", "bank"), names.code("actor", "investor")
    assert subject(codes(actor="bank investor"), names) == f"{bank} / {investor}"
    listed = subject(codes(actor="corporation investor bank lobby ifi"), names)
    assert listed == f"{names.code('actor', 'corporation')} / {investor} / 3 more"


def test_a_name_of_several_facets_says_which(names: Names) -> None:
    assert subject(codes(right="health"), names) != subject(codes(industry="health"), names)
    assert subject(codes(mode="unclear"), names) != subject(codes(effect="unclear"), names)


def test_the_survey_is_named_only_where_nothing_else_is(names: Names) -> None:
    named = replace(names, surveys={"s": "A survey"})
    assert subject(Filters(surveys=("s",)), named) == "A survey"
    assert subject(Filters(surveys=("s",), countries=("BRA",)), named) == "Brazil"
    assert subject(replace(codes(relevance="influence"), surveys=("s",)), named) == f"{names.code('relevance', 'influence')} · A survey"


def test_the_search_is_quoted(names: Names) -> None:
    assert subject(Filters(text="river bank"), names) == "“river bank”"


def test_a_search_that_only_ranks_says_so(names: Names) -> None:
    assert subject(Filters(countries=("BRA",), text="mine"), names, near="suing critics") == "Brazil · “mine” · closest to “suing critics”"
    assert subject(Filters(), names, near="word " * 40) == f"Closest to “{'word ' * 15}word…”"


def test_a_long_search_is_cut(names: Names) -> None:
    assert subject(Filters(text="word " * 40), names) == f"“{'word ' * 15}word…”"


def test_what_a_survey_keeps_is_named_as_it_is(names: Names) -> None:
    filters = replace(codes(actor="bank"), codes=(("actor", ("bank",)), ("attribute:kind", ("NGO staff",))))
    assert subject(filters, names).endswith(" · NGO staff")


@pytest.mark.parametrize(
    ("counts", "respondents", "expected"),
    [
        (Counts(41, 40, 38), [False], "41 passages from 38 texts"),
        (Counts(1, 1, 1), [False], "1 passage from 1 text"),
        (Counts(1, 1, 1), [True, True], "1 passage from 1 respondent"),
        (Counts(12_345, 9_999, 1_200), [True], "12,345 passages from 1,200 respondents"),
        (Counts(5, 5, 5), [True, False], "5 passages from 5 respondents and texts"),
        (Counts(0, 0, 0), [], "0 passages from 0 texts"),
        (Counts(3, 3, 0), [True], "3 passages, in translations of texts that are counted in another language"),
        (Counts(None, None, None), [True], "Not counted: fewer than 5 respondents, some of them of a protected survey"),
        (Counts(0, 0, 0, uncounted=True), [True], "Released quotes of protected surveys, which are not counted here: see Numbers"),
        (
            Counts(41, 40, 38, uncounted=True),
            [False],
            "41 passages from 38 texts, and released quotes of protected surveys, which are not counted here: see Numbers",
        ),
    ],
)
def test_the_tally_counts_respondents_where_there_are_any(counts: Counts, respondents: list[bool], expected: str) -> None:
    assert tally(counts, respondents) == expected
