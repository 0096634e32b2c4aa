from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.filters import LONGEST_SEARCH, View, filters_of, first_view, from_parameters, narrowed, to_parameters, without
from store import Filters

OPTIONS = {
    "survey": ("state-department-2023", "other"),
    "country": ("BRA", "KOR", "USA"),
    "language": ("en", "ko"),
    "wave": ("2024", "2025"),
    "question": ("q1", "q2"),
    "relevance": ("influence", "off_topic"),
    "actor": ("corporation", "bank"),
    "people_at_risk": ("0", "19"),
}

selections = st.fixed_dictionaries({}, optional={facet: st.lists(st.sampled_from(values), max_size=4) for facet, values in OPTIONS.items()})
views = st.builds(
    lambda selection, text, page, suggestions: View(filters_of(selection, text, OPTIONS, suggestions=suggestions), page),
    selections,
    st.text(max_size=300),
    st.integers(1, 999_999),
    st.booleans(),
)


@settings(max_examples=50)
@given(views)
def test_a_link_reopens_the_view(view: View) -> None:
    link = from_parameters(to_parameters(view), OPTIONS)
    assert link.view == view
    assert link.unknown == ()


@settings(max_examples=50)
@given(views)
def test_a_view_always_has_parameters_because_none_mean_the_first_view(view: View) -> None:
    assert to_parameters(view)


def test_no_parameters_open_the_first_view() -> None:
    link = from_parameters({}, OPTIONS)
    assert link.view == first_view(OPTIONS)
    assert link.view.filters == Filters(surveys=("state-department-2023",), codes=(("relevance", ("influence",)),))


def test_the_first_view_is_of_all_surveys_where_the_usual_one_is_missing() -> None:
    assert first_view(OPTIONS | {"survey": ("other",)}).filters == Filters(codes=(("relevance", ("influence",)),))


def test_everything_is_a_view_of_its_own() -> None:
    assert to_parameters(View()) == {"view": ["all"]}
    assert from_parameters({"view": ["all"]}, OPTIONS).view == View()


def test_the_order_of_ticking_does_not_matter() -> None:
    one = filters_of({"actor": ["bank", "corporation"], "country": ["USA", "BRA"]}, "", OPTIONS)
    other = filters_of({"country": ["BRA", "USA"], "actor": ["corporation", "bank", "bank"]}, "", OPTIONS)
    assert one == other
    assert hash(one) == hash(other)
    assert one.countries == ("BRA", "USA")


def test_what_is_unknown_in_a_link_is_left_out_and_named() -> None:
    link = from_parameters({"actor": ["bank", "wizard"], "colour": ["red"], "country": ["XXX"]}, OPTIONS)
    assert link.view.filters == Filters(codes=(("actor", ("bank",)),))
    assert link.unknown == ("actor=wizard", "colour", "country=XXX")


@pytest.mark.parametrize("page", ["0", "-3", "two", "", "1e9", "99999999999", "٣"])
def test_a_page_that_is_no_page_is_the_first(page: str) -> None:
    assert from_parameters({"page": [page]}, OPTIONS).view.page == 1


def test_the_search_is_one_line_of_bounded_length() -> None:
    assert filters_of({}, "  two \n words ", OPTIONS).text == "two words"
    assert filters_of({}, "nul\x00byte\x1b", OPTIONS).text == "nul byte"
    assert len(filters_of({}, "x" * 10_000, OPTIONS).text) == LONGEST_SEARCH
    cut = filters_of({}, "x" * (LONGEST_SEARCH - 1) + " word", OPTIONS).text
    assert cut == filters_of({}, cut, OPTIONS).text


def test_one_value_is_taken_away() -> None:
    filters = filters_of({"actor": ["bank", "corporation"], "country": ["BRA"]}, "river", OPTIONS)
    assert without(filters, "actor", "bank", OPTIONS) == filters_of({"actor": ["corporation"], "country": ["BRA"]}, "river", OPTIONS)
    assert without(filters, "country", "BRA", OPTIONS) == filters_of({"actor": ["bank", "corporation"]}, "river", OPTIONS)
    assert without(filters, "text", "", OPTIONS).text == ""
    assert without(filters, "text", "", OPTIONS).countries == ("BRA",)


def test_codes_for_review_count_where_a_link_says_so_and_nowhere_else() -> None:
    assert from_parameters({"suggestions": ["yes"]}, OPTIONS).view.filters == Filters(suggestions=True)
    assert to_parameters(View(Filters(suggestions=True))) == {"suggestions": ["yes"]}
    for sent in (["no"], [""], ["yes", "no"], ["1"]):
        assert not from_parameters({"suggestions": sent, "actor": ["bank"]}, OPTIONS).view.filters.suggestions


def test_codes_for_review_stay_until_their_chip_is_taken_away() -> None:
    filters = filters_of({"actor": ["bank"]}, "river", OPTIONS, suggestions=True)
    assert narrowed(filters, {"actor": ("corporation",)}, OPTIONS).suggestions
    assert without(filters, "actor", "bank", OPTIONS).suggestions
    assert without(filters, "text", "", OPTIONS).suggestions
    assert without(filters, "suggestions", "", OPTIONS) == filters_of({"actor": ["bank"]}, "river", OPTIONS)


def test_narrowing_replaces_a_facet_and_keeps_the_others() -> None:
    filters = filters_of({"actor": ["bank"], "country": ["BRA"]}, "river", OPTIONS)
    assert narrowed(filters, {"actor": ("corporation",)}, OPTIONS) == filters_of(
        {"actor": ["corporation"], "country": ["BRA"]}, "river", OPTIONS
    )


def test_narrowing_to_what_is_unknown_selects_nothing() -> None:
    assert narrowed(Filters(), {"actor": ("wizard",), "colour": ("red",)}, OPTIONS) == Filters()
