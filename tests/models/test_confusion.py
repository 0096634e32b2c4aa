from __future__ import annotations

from models.confusion import cells
from tests.models.compared import compared


def found(facet: str, *both: tuple[str, str]) -> dict[tuple[str | None, str | None], tuple[str, ...]]:
    return {(cell.reference, cell.predicted): cell.passages for cell in cells(compared(facet, *both))}


def test_single_values_with_the_passages_behind_them() -> None:
    assert found("mode", ("active", "active"), ("active", "passive"), ("both", "passive"), ("active", "passive"), ("both", "")) == {
        ("active", "active"): ("p0",),
        ("active", "passive"): ("p1", "p3"),
        ("both", "passive"): ("p2",),
        ("both", None): ("p4",),
    }


def test_of_a_set_every_missed_code_meets_every_false_one() -> None:
    assert found("actor", ("bank ifi", "bank investor corporation"), ("bank ifi", "bank"), ("", "bank"), ("", "")) == {
        ("bank", "bank"): ("p0", "p1"),
        ("ifi", "corporation"): ("p0",),
        ("ifi", "investor"): ("p0",),
        ("ifi", None): ("p1",),
        (None, "bank"): ("p2",),
    }
