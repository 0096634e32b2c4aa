from __future__ import annotations

from itertools import combinations

from store.declared import OPEN, PLACES, TABLES, Key, Table, is_local, shapes


def test_no_table_has_more_than_three_dimensions_and_none_is_listed_twice() -> None:
    assert all(len(table.dimensions) <= 3 for table in TABLES)
    assert len({table.name for table in TABLES}) == len(TABLES)
    assert all(not {"actor", "family"} <= set(table.dimensions) and not set(PLACES) <= set(table.dimensions) for table in TABLES)


def test_the_margins_of_a_table_are_declared_too() -> None:
    declared = {table.dimensions for table in TABLES}
    for table in TABLES:
        for size in range(len(table.dimensions) + 1):
            assert set(combinations(table.dimensions, size)) <= declared


def test_shapes_come_with_the_general_ones_first() -> None:
    assert shapes()[0] == ()
    at = shapes().index
    assert at(("effect",)) < at(("family", "effect")) < at(("actor", "effect")) < at(("actor", "right", "effect"))
    assert is_local(("actor", "effect"))
    assert not is_local(("actor", "right"))


def test_what_says_a_step_less_is_declared() -> None:
    key = Key(actor="bank", right="work", effect="harms")
    assert set(key.above()) == {
        Key(family="finance", right="work", effect="harms"),
        Key(actor="bank", effect="harms"),
        Key(actor="bank", right="work"),
    }
    assert Key(actor="lobby").above() == (Key(),)
    assert Key(family="finance").above() == (Key(),)
    assert Key().above() == ()
    seen, waiting = set(), [key]
    while waiting:
        waiting += [above for above in waiting.pop().above() if above not in seen]
        seen.update(waiting)
    assert {each.shape for each in seen} <= set(shapes())


def test_names_are_made_of_dimensions() -> None:
    assert Table(()).name == "respondents"
    assert Table(("country", "actor")).name == "country-actor"
    assert set(OPEN) == set(Key._fields)
