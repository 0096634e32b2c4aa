from __future__ import annotations

from store import Filters
from store.filters import conditions


def test_filters_can_be_keys_of_a_cache() -> None:
    assert {Filters(codes=(("actor", ("bank",)),)): 1}[Filters(codes=(("actor", ("bank",)),))] == 1
    assert Filters() != Filters(text="bank")


def test_only_facets_with_a_selection_are_selected() -> None:
    filters = Filters(countries=("BRA", "KOR"), waves=(), codes=(("actor", ("bank",)), ("right", ())))
    assert filters.selected() == {"country": ("BRA", "KOR"), "actor": ("bank",)}
    assert [condition.facet for condition in conditions(filters)] == ["country", "actor"]


def test_a_facet_that_is_named_twice_is_one() -> None:
    filters = Filters(codes=(("actor", ("bank",)), ("actor", ("lobby",))))
    assert filters.selected() == {"actor": ("bank", "lobby")}


def test_values_are_parameters_and_never_part_of_the_query() -> None:
    filters = Filters(surveys=("'; DROP",), codes=(("'; DROP", ("'; DROP",)),))
    for condition in conditions(filters):
        assert "DROP" not in condition.sql
        assert "'; DROP" in str(condition.params)
