from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from store.declared import Key
from store.inference import EVERYWHERE
from store.suppression import suppressed
from store.untold import told
from tests.store.peopled import Claim, Person, counted, declared, people

LOCAL = ("BRA", "PER", "KOR", "JPN")
HARM, HELP = Claim("bank", "lobbying", "work", "harms"), Claim("investor", None, "health", "improves")


def cells(someone: list[Person], least: int) -> dict[tuple[Key, str], int | None]:
    counts = counted(someone)
    return {(cell.key, cell.place): cell.count for cell in told(counts, suppressed(counts, least).hidden)}


@settings(max_examples=20, deadline=None)
@given(people(), st.integers(2, 8))
def test_what_is_safe_is_told_and_what_is_small_is_not(someone: list[Person], least: int) -> None:
    counts = counted(someone)
    hidden = suppressed(counts, least).hidden
    found = cells(someone, least)
    true = {(counts.keys[node.key], node.place): (None if node in hidden else count) for node, count in declared(counts).items()}
    assert {cell: count for cell, count in found.items() if cell in true} == true
    assert all(found[cell] is None for cell in found.keys() - true.keys()), "a zero is withheld, or not there"


@settings(max_examples=20, deadline=None)
@given(people(), st.integers(2, 8))
def test_of_few_nobody_learns_what_they_did_not_say(someone: list[Person], least: int) -> None:
    found = cells(someone, least)
    place = {"BRA": "region:South", "PER": "region:South", "KOR": "region:East", "JPN": "region:East"}
    said = {(key, at) for key, at in found if len(key.shape) == 1 and at == EVERYWHERE}
    for country, of in place.items():
        if found.get((Key(), country), 0) is None:
            for key, _ in said:
                # Either it is withheld, or it is told by a larger group that has nobody who said so.
                assert (key, country) in found or (key, of) not in found or _said_by_no_family(found, key, country)


def _said_by_no_family(found: dict[tuple[Key, str], int | None], key: Key, country: str) -> bool:
    return any((above, country) not in found for above in key.above() if above != Key())


def test_of_a_country_with_one_respondent_it_is_not_told_what_was_said_and_what_not() -> None:
    someone: list[Person] = [("BRA", (HARM, HELP))] * 20 + [("PER", (HARM, HELP))] * 15 + [("KOR", (HARM,))]
    found = cells(someone, 10)
    for values in ({"actor": "bank"}, {"actor": "investor"}, {"right": "work"}, {"right": "health"}, {"effect": "improves"}):
        assert found[Key(**values), "KOR"] is None, values
    assert found[Key(), "KOR"] is None
    assert found[Key(actor="bank"), "PER"] in (15, None)


def test_what_nobody_in_a_large_country_said_is_still_a_zero() -> None:
    someone: list[Person] = [("BRA", (HARM,))] * 20 + [("PER", (HARM, HELP))] * 15
    found = cells(someone, 10)
    assert found[Key(), "BRA"] == 20
    assert (Key(actor="investor"), "BRA") not in found
