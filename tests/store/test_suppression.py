from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.declared import Key
from store.inference import EVERYWHERE, Counts, Node
from store.suppression import Secret, Suppressed, band, checked_threshold, rounded, suppressed
from taxonomy.errors import StoreError
from tests.store.peopled import Claim, Person, counted, declared, holds, people, respondents_of

HARM = Claim("bank", None, None, "harms")


def secrets(counts: Counts, least: int) -> list[Secret]:
    """Find every small cell, and every small rest of a cell without a part, by looking at all pairs."""
    cells = declared(counts)
    small = [Secret(node) for node, count in cells.items() if count < least]
    return small + [
        Secret(whole, part)
        for whole, many in cells.items()
        for part, few in cells.items()
        if 0 < many - few < least and holds(counts, whole, part)
    ]


def node(counts: Counts, place: str, **values: str) -> Node:
    return Node(list(counts.keys).index(Key(**values)), place)


def shown(counts: Counts, found: Suppressed) -> dict[Node, int]:
    return {cell: count for cell, count in declared(counts).items() if cell not in found.hidden}


@settings(max_examples=20, deadline=None)
@given(people(), st.integers(2, 8))
def test_no_small_number_is_shown_or_can_be_had_from_all_tables_together(someone: list[Person], least: int) -> None:
    counts = counted(someone)
    found = suppressed(counts, least)
    told = shown(counts, found)
    assert all(count >= least for count in told.values())
    # For each small number there are other respondents with the very same tables, among whom it is not small.
    recounted: dict[int, tuple[dict[Node, int], Counts]] = {}
    for secret in secrets(counts, least):
        world = found.worlds[secret]
        if id(world) not in recounted:
            others = counted(respondents_of(counts, world.count), counts.keys)
            recounted[id(world)] = declared(others), others
            assert {cell: recounted[id(world)][0].get(cell, 0) for cell in told} == told
            assert set(recounted[id(world)][0]) == set(declared(counts)), "a zero stays a zero, and what is suppressed is none"
        cells = recounted[id(world)][0]
        assert secret.value(lambda cell, cells=cells: cells.get(cell, 0)) >= least  # type: ignore[misc]


@settings(max_examples=15, deadline=None)
@given(people(), st.integers(2, 8))
def test_subtracting_what_is_shown_gives_no_small_number(someone: list[Person], least: int) -> None:
    counts = counted(someone)
    told = shown(counts, suppressed(counts, least))
    cells = declared(counts)
    for whole, many in told.items():
        assert not any(0 < many - few < least for part, few in told.items() if holds(counts, whole, part))
        parts = [part for part in cells if part.key == whole.key and holds(counts, whole, part) and not part.place.startswith("region:")]
        missing = [part for part in parts if part not in told]
        rest = many - sum(told[part] for part in parts if part in told)
        assert not missing or rest >= least + len(missing) - 1, "what is left of a sum"


@settings(max_examples=10, deadline=None)
@given(people())
def test_what_is_safe_is_left_alone(someone: list[Person]) -> None:
    counts = counted(someone)
    if not secrets(counts, 3):
        assert not suppressed(counts, 3).hidden


def test_a_small_country_takes_another_one_with_it_and_its_region_stays() -> None:
    someone: list[Person] = [("BRA", ())] * 30 + [("PER", ())] * 3 + [("KOR", ())] * 40 + [("JPN", ())] * 50
    counts = counted(someone)
    hidden = suppressed(counts, 5).hidden
    assert hidden == {node(counts, "BRA"), node(counts, "PER")}


def test_a_small_region_is_shown_neither_nor_is_the_one_that_would_tell_it() -> None:
    counts = counted([("BRA", ())] * 3 + [("KOR", ())] * 40 + [("JPN", ())] * 50)
    hidden = suppressed(counts, 5).hidden
    assert {node(counts, "BRA"), node(counts, "region:South"), node(counts, "region:East")} <= hidden
    assert node(counts, EVERYWHERE) not in hidden


def test_what_is_left_of_a_whole_is_a_count_too() -> None:
    counts = counted(
        [("BRA", (HARM,))] * 28 + [("BRA", (Claim("bank", None, None, None),))] * 2 + [("KOR", (HARM,))] * 30 + [("KOR", ())] * 9
    )
    hidden = suppressed(counts, 5).hidden
    assert node(counts, "BRA", actor="bank", effect="harms") in hidden
    assert node(counts, "BRA", actor="bank") not in hidden
    assert node(counts, "BRA") not in hidden


def test_a_cell_that_stands_in_several_tables_is_hidden_in_all_of_them_by_being_one() -> None:
    # Three of Peru name banks. Everywhere, banks and what banks harm are shown: Korea, which would tell them, is not.
    plain: tuple[Claim, ...] = ()
    counts = counted(
        [("BRA", (HARM,))] * 30 + [("BRA", plain)] * 30 + [("PER", (HARM,))] * 3 + [("PER", plain)] * 30 + [("KOR", (HARM,))] * 30
        + [("KOR", plain)] * 30
    )  # fmt: skip
    hidden = suppressed(counts, 5).hidden
    for values in ({"actor": "bank"}, {"actor": "bank", "effect": "harms"}, {"effect": "harms"}, {"family": "finance"}):
        assert node(counts, "PER", **values) in hidden
        assert node(counts, "BRA", **values) in hidden
        assert node(counts, EVERYWHERE, **values) not in hidden
        assert node(counts, "KOR", **values) not in hidden


@given(st.integers(0, 10_000), st.integers(2, 60))
def test_a_rounded_count_is_a_multiple_and_never_small(count: int, least: int) -> None:
    told = rounded(count, 5, least)
    assert told % 5 == 0
    assert not 0 < told < least
    assert (told == 0) == (count == 0) or 0 < count < 3 or count < least
    if count >= least:
        assert abs(told - count) < 5


@pytest.mark.parametrize("threshold", [0, -1, 1, True, 2.5, "10"])
def test_a_threshold_that_protects_nobody_is_refused(threshold: int) -> None:
    with pytest.raises(StoreError, match="protects nobody; give a whole number of 2 or more"):
        checked_threshold(threshold)
    with pytest.raises(StoreError, match="protects nobody"):
        suppressed(counted([("BRA", ())]), threshold)


def test_bands_stand_for_denominators() -> None:
    assert [band(count) for count in (0, 1, 9, 10, 19, 20, 105)] == [
        "fewer than 10", "fewer than 10", "fewer than 10", "10–19", "10–19", "20–29", "100–109",
    ]  # fmt: skip
    assert band(7, 5) == "5–9"
