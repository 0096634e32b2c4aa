from __future__ import annotations

import itertools

import pytest

from explorer.sankey import Band, laid_out, node_x, outline

EFFECTS = ("harms", "improves")
FIRST = [
    Band("bank", "lobbying", "harms", 4),
    Band("bank", "lobbying", "improves", 2),
    Band("firm", "lobbying", "harms", 1),
    Band("firm", "land", "harms", 7),
]
SECOND = [Band("lobbying", "work", "harms", 5), Band("lobbying", "work", "improves", 2), Band("land", "housing", "harms", 7)]


def test_values_stand_in_the_order_of_their_claims() -> None:
    layout = laid_out(FIRST, SECOND, EFFECTS)
    told = {column: [(node.code, node.claims) for node in layout.nodes if node.column == column] for column in range(3)}
    assert told == {0: [("firm", 8), ("bank", 6)], 1: [("land", 7), ("lobbying", 7)], 2: [("housing", 7), ("work", 7)]}


def test_bands_are_as_wide_as_their_claims_and_fill_their_values() -> None:
    layout = laid_out(FIRST, SECOND, EFFECTS)
    widths = {ribbon.key: ribbon.start[1] - ribbon.start[0] for ribbon in layout.ribbons}
    per_claim = widths["0|firm|land|harms"] / 7
    assert widths["0|bank|lobbying|improves"] == pytest.approx(2 * per_claim)
    for node in layout.nodes:
        assert node.bottom - node.top == pytest.approx(node.claims * per_claim)
    for ribbon in layout.ribbons:
        assert ribbon.end[1] - ribbon.end[0] == pytest.approx(ribbon.start[1] - ribbon.start[0])


@pytest.mark.parametrize("end", [0, 1])
def test_bands_leave_and_arrive_beside_one_another(end: int) -> None:
    layout = laid_out(FIRST, SECOND, EFFECTS)
    for node in layout.nodes:
        mine = [
            ribbon.end if end else ribbon.start
            for ribbon in layout.ribbons
            if ribbon.column + end == node.column and (ribbon.band.target if end else ribbon.band.source) == node.code
        ]
        places = sorted(mine)
        assert all(one[1] == pytest.approx(other[0]) for one, other in itertools.pairwise(places))
        if places:
            assert places[0][0] == pytest.approx(node.top)


def test_what_is_not_counted_is_a_line_and_no_claim() -> None:
    layout = laid_out([Band("bank", "lobbying", "harms", None)], [Band("lobbying", "work", "harms", 3)], EFFECTS)
    bank, lobbying, work = layout.nodes
    assert (bank.claims, bank.few, lobbying.few, work.few) == (0, True, True, False)
    line = layout.ribbons[0]
    assert 0 < line.start[1] - line.start[0] < 2


def test_nothing_and_a_single_value_are_drawn_too() -> None:
    assert laid_out([], [], EFFECTS).ribbons == ()
    layout = laid_out([Band("bank", "lobbying", "harms", 1)], [], EFFECTS)
    assert [node.code for node in layout.nodes] == ["bank", "lobbying"]
    assert all(node.top >= 0 and node.bottom <= layout.height + 1e-9 for node in layout.nodes)


def test_an_outline_goes_from_one_value_to_the_next() -> None:
    layout = laid_out(FIRST, SECOND, EFFECTS)
    for ribbon in layout.ribbons:
        first, *_, last = outline(ribbon)
        assert first["x"] == pytest.approx(node_x(ribbon.column)[1], abs=0.1)
        assert last["x"] == pytest.approx(node_x(ribbon.column + 1)[0], abs=0.1)
        assert (first["y"], first["y2"]) == pytest.approx(ribbon.start, abs=0.1)
        assert (last["y"], last["y2"]) == pytest.approx(ribbon.end, abs=0.1)


def test_the_largest_of_many_values_leaves_the_picture_readable() -> None:
    bands = [Band(f"actor {number}", "lobbying", "harms", 10**number) for number in range(6)]
    layout = laid_out(bands, [Band("lobbying", "work", "harms", 111_111)], EFFECTS)
    assert layout.height < 600
    tops = [node.top for node in layout.nodes if node.column == 0]
    assert all(later - earlier >= 14 for earlier, later in itertools.pairwise(tops))
