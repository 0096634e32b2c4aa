from __future__ import annotations

from typing import Any

import pytest

from explorer import influence_shapes
from explorer.few import withheld
from explorer.influence_shapes import Side, Way
from explorer.names import Names
from store import Filters
from store.intervals import wilson

FEW = withheld("internal")


def row(facet: str, code: str, units: int | None, total: int | None = 10) -> dict[str, Any]:
    known = units is not None and total is not None
    share = (units or 0) / (total or 1) if known else None
    low, high = wilson(units or 0, total or 0) if known else (None, None)
    return {
        "facet": facet, "code": code, "claims": units, "units": units, "total": total, "share": share, "low": low, "high": high,
        "suppressed": not known,
    }  # fmt: skip


def side(code: str, *rows: dict[str, Any]) -> Side:
    return Side(code, code.title(), Filters(countries=(code,)), rows)


def test_shares_are_those_of_a_facet_with_their_names(names: Names) -> None:
    found = influence_shapes.shares([side("BRA", row("actor", "bank", 4), row("right", "work", 2))], "actor", names)
    (share,) = found
    assert (share.side, share.name, share.percent(FEW), share.units, share.total) == ("BRA", names.code("actor", "bank"), "40 %", 4, 10)
    assert share.interval == "17 % – 69 %"
    assert influence_shapes.total(found, "BRA") == 10
    assert influence_shapes.total(found, "PER") is None


def test_what_one_side_does_not_say_is_nought_and_what_is_withheld_is_not(names: Names) -> None:
    sides = [
        side("BRA", row("actor", "bank", 4)),
        side("PER", row("actor", "investor", 5, 5)),
        side("COL", row("actor", "bank", None, None)),
    ]
    found = influence_shapes.with_noughts(influence_shapes.shares(sides, "actor", names), sides)
    told = {(share.side, share.code): (share.units, share.total) for share in found}
    assert told == {
        ("BRA", "bank"): (4, 10), ("BRA", "investor"): (0, 10), ("PER", "investor"): (5, 5), ("PER", "bank"): (0, 5),
        ("COL", "bank"): (None, None),
    }  # fmt: skip
    nought = next(share for share in found if share.units == 0 and share.side == "BRA")
    assert (nought.low, nought.high) == wilson(0, 10)
    hidden = next(share for share in found if share.suppressed)
    assert (hidden.percent(FEW), hidden.interval) == (FEW.mark, "")


def test_values_stand_in_the_order_of_their_largest_share(names: Names) -> None:
    sides = [
        side("BRA", row("actor", "bank", 4), row("actor", "lobby", None)),
        side("PER", row("actor", "investor", 9), row("actor", "bank", 1)),
    ]
    found = influence_shapes.shares(sides, "actor", names)
    assert influence_shapes.most_told(found, 9) == [names.code("actor", code) for code in ("investor", "bank", "lobby")]
    assert len(influence_shapes.most_told(found, 2)) == 2


def test_a_part_is_told_of_its_base(names: Names) -> None:
    base = [row("actor", "bank", 8), row("actor", "lobby", 4), row("actor", "investor", None)]
    better = [row("actor", "bank", 2, 3), row("actor", "investor", 1, 3), row("right", "work", 1, 3), row("actor", "lobby", None, 3)]
    bank, investor, lobby = influence_shapes.part_of(better, base, "actor", names)
    assert (bank.units, bank.total, bank.share, (bank.low, bank.high)) == (2, 8, 0.25, wilson(2, 8))
    assert investor.suppressed, "of whom is withheld"
    assert lobby.suppressed, "how many is withheld"
    assert influence_shapes.by_count([lobby, investor, bank])[0] == bank.name
    assert influence_shapes.whole(better, "actor") == 3
    assert influence_shapes.whole([], "actor") is None


def test_a_table_has_a_row_for_each_share(names: Names) -> None:
    found = influence_shapes.shares([side("BRA", row("actor", "bank", 4), row("actor", "lobby", None))], "actor", names)
    bank, lobby = influence_shapes.as_table(found, "Actor", "Country", "texts", FEW)
    assert bank["Texts"] == 4
    assert (bank["Share"], bank["Country"]) == ("40 %", "Bra")
    assert (lobby["Share"], lobby["95 % interval"]) == (FEW.mark, "")
    assert (lobby["Texts"], lobby["Claims"]) == (FEW.mark, FEW.mark), "what is withheld looks so, and is no blank"
    assert list(bank) == list(lobby)


def way(quote: str, right: str = "work", effect: str = "harms") -> Way:
    return Way("bank", "lobbying", right, effect, 1, 1, quote)


def test_each_quote_stands_once_with_all_its_ways() -> None:
    ways = [way("q1"), way("q2"), way("q1", "housing"), way("q3")]
    assert influence_shapes.by_quote(ways, 2) == [("q1", [ways[0], ways[2]]), ("q2", [ways[1]])]
    assert influence_shapes.by_quote([], 2) == []


def test_a_way_can_be_selected_but_for_what_waits(names: Names) -> None:
    assert way("q").narrow() == {"actor": ("bank",), "mechanism": ("lobbying",), "right": ("work",), "effect": ("harms",)}
    assert "effect" not in way("q", effect="").narrow()
    (read,) = influence_shapes.ways(
        [{"actor": "bank", "mechanism": "lobbying", "right": "work", "effect": None, "claims": None, "units": None, "quote": "q"}]
    )
    assert read == Way("bank", "lobbying", "work", "", None, None, "q")
    assert influence_shapes.effect_name(read.effect, names) == influence_shapes.OPEN


@pytest.mark.parametrize(("chosen", "shown"), [(0, 0), (3, 3), (6, 4)])
def test_no_more_stand_side_by_side_than_can_be_compared(chosen: int, shown: int) -> None:
    countries = ("BRA", "PER", "COL", "KOR", "KEN", "IND")[:chosen]
    assert influence_shapes.chosen(Filters(countries=countries), "country") == countries[:shown]
