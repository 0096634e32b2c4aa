from __future__ import annotations

from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.inference import Cells, Outsider, Secret, relations
from store.suppression import (
    CountTable,
    band,
    checked_threshold,
    count_table,
    released,
    rounded,
    suppressed,
    withheld_reason,
)
from taxonomy.errors import StoreError

Row = tuple[int | str | None, ...]


def table_of(rows: list[Row], **exclusive: bool) -> CountTable:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(("respondent", *exclusive))}
    types = {name: pa.array(values, None if name == "respondent" else pa.string()) for name, values in columns.items()}
    return count_table(pa.table(types), "respondent", exclusive)


def counted(numbers: dict[str, int], name: str = "country", *, single: bool = True) -> CountTable:
    return table_of([(f"{value}{number}", value) for value, many in numbers.items() for number in range(many)], **{name: single})


@st.composite
def people(draw: st.DrawFn) -> CountTable:
    """Respondents of a random table: each has one value of an exclusive dimension, any pairs of values of the others."""
    exclusive = draw(st.lists(st.booleans(), min_size=1, max_size=3))
    kinds = {f"d{at}": single for at, single in enumerate(exclusive)}
    sizes = [draw(st.integers(2, 4 if len(exclusive) < 3 else 3)) for _ in exclusive]
    rows: list[Row] = []
    for respondent in range(draw(st.integers(1, 30))):
        skew = draw(st.integers(0, 3))
        fixed = [str(draw(st.integers(0, size - 1)) if skew == 0 else 0) for size in sizes]
        for _ in range(draw(st.integers(1, 3)) if not all(exclusive) else 1):
            loose = [draw(st.none() | st.sampled_from([str(value) for value in range(size)])) for size in sizes]
            rows.append((respondent, *(fixed[at] if single else loose[at] for at, single in enumerate(exclusive))))
    return table_of(rows, **kinds)


def respondents_of(table: CountTable, counts: Cells) -> list[Row]:
    """Make up respondents who have just these counts: within each combination of exclusive values the groups lie inside one another."""
    rows: list[Row] = []
    axes = [range(len(dimension.values) + (not dimension.exclusive)) for dimension in table.dimensions]
    for at in product(*axes):
        values = [
            dimension.values[place] if place < len(dimension.values) else None
            for place, dimension in zip(at, table.dimensions, strict=True)
        ]
        stratum = " ".join(str(place) for place, dimension in zip(at, table.dimensions, strict=True) if dimension.exclusive)
        rows += [(f"{stratum}: {number}", *values) for number in range(counts[at])]
    return rows


def secrets(table: CountTable, least: int) -> list[tuple[tuple[int, ...], tuple[int, ...] | None]]:
    """Find every small cell, and every margin that a cell leaves little of."""
    found: list[tuple[tuple[int, ...], tuple[int, ...] | None]] = []
    shape = table.counts.shape
    for cell in np.ndindex(shape):
        if 0 < table.counts[cell] < least:
            found.append((cell, None))
        for margin in np.ndindex(shape):
            within = all(up in (place, size - 1) for up, place, size in zip(margin, cell, shape, strict=True))
            if within and 0 < table.counts[margin] - table.counts[cell] < least and table.counts[cell]:
                found.append((margin, cell))
    return found


@settings(max_examples=30, deadline=None)
@given(people(), st.integers(2, 6))
def test_no_small_number_is_rendered_or_can_be_had(table: CountTable, least: int) -> None:
    hidden = suppressed(table, least)
    shown = released(table, hidden, least)
    assert not any(0 < count < least for count in shown.column("shown").drop_null().to_pylist())
    # For each small number there are other respondents with the same table of shown counts, among whom it is not small.
    outsider = Outsider(table.counts.ravel(), relations(table.counts.shape, [dimension.exclusive for dimension in table.dimensions]))
    flat = np.arange(table.counts.size).reshape(table.counts.shape)
    for cell, less in secrets(table, least):
        secret = Secret(int(flat[cell]), None if less is None else int(flat[less]))
        found = outsider.example(secret, least, np.where(hidden.ravel(), 1.0, np.inf))
        assert found is not None
        counts = found.reshape(table.counts.shape)
        others = table_of(respondents_of(table, counts), **{dimension.name: dimension.exclusive for dimension in table.dimensions})
        assert others.dimensions == table.dimensions
        assert released(others, hidden, least).equals(shown)
        assert others.counts[cell] - (0 if less is None else others.counts[less]) >= least


@settings(max_examples=30, deadline=None)
@given(people(), st.integers(2, 6))
def test_subtracting_line_by_line_gives_no_small_number(table: CountTable, least: int) -> None:
    hidden = suppressed(table, least)
    counts = np.where(hidden, -1, table.counts)
    for axis, dimension in enumerate(table.dimensions):
        lines = np.moveaxis(counts, axis, -1).reshape(-1, counts.shape[axis])
        for *parts, margin in lines:
            unknown = [part for part in parts if part < 0]
            if margin >= 0:
                assert not any(0 < margin - part < least for part in parts if part > 0)
            if margin >= 0 and dimension.exclusive:
                assert not unknown or margin - sum(part for part in parts if part > 0) >= least


@settings(max_examples=25, deadline=None)
@given(people())
def test_zeros_are_shown_and_a_safe_table_is_left_alone(table: CountTable) -> None:
    hidden = suppressed(table, 4)
    assert not hidden[table.counts == 0].any()
    if not secrets(table, 4):
        assert not hidden.any()


@given(st.integers(0, 10_000), st.integers(2, 60))
def test_a_rounded_count_is_a_multiple_and_never_small(count: int, least: int) -> None:
    shown = rounded(count, 5, least)
    assert shown % 5 == 0
    assert not 0 < shown < least
    assert (shown == 0) == (count == 0) or 0 < count < 3 or count < least
    if count >= least:
        assert abs(shown - count) < 5


def test_a_small_cell_takes_another_one_with_it() -> None:
    table = counted({"BRA": 30, "KOR": 3, "MEX": 12, "PER": 40})
    assert table.counts.tolist() == [30, 3, 12, 40, 85]
    assert suppressed(table, 5).tolist() == [False, True, True, False, False]


def test_what_is_left_of_a_margin_is_a_count_too() -> None:
    rows: list[Row] = [(number, "yes" if number < 28 else None) for number in range(30)]
    table = table_of(rows, answer=False)
    assert table.counts.tolist() == [28, 30]
    assert suppressed(table, 5).tolist() == [True, False]
    assert not suppressed(table, 2).any()


def test_two_small_cells_that_their_sum_gives_away_take_a_third() -> None:
    table = counted({"BRA": 30, "KOR": 2, "MEX": 2, "PER": 40})
    assert suppressed(table, 5).tolist() == [True, True, True, False, False]


def test_a_square_of_two_exclusive_dimensions_hides_rectangles() -> None:
    numbers = np.array([[20, 2, 30], [25, 35, 40], [50, 45, 60]])
    rows: list[Row] = [
        (f"{row} {column} {number}", str(row), str(column)) for row, column in np.ndindex(3, 3) for number in range(numbers[row, column])
    ]
    hidden = suppressed(table_of(rows, row=True, column=True), 5)
    inner = hidden[:3, :3]
    assert inner[0, 1]
    assert (inner.sum(axis=0) != 1).all()
    assert (inner.sum(axis=1) != 1).all()
    assert not hidden[3].any()
    assert not hidden[:, 3].any()


def test_distinct_respondents_are_counted_once_however_much_they_say() -> None:
    rows: list[Row] = [(1, "BRA", "bank"), (1, "BRA", "bank"), (1, "BRA", "farm"), (2, "BRA", None), (3, "KOR", "bank")]
    table = table_of(rows, country=True, actor=False)
    assert table.counts.tolist() == [[1, 1, 2], [1, 0, 1], [2, 1, 3]]


def test_what_is_released_says_why_and_holds_no_suppressed_number() -> None:
    table = counted({"BRA": 33, "KOR": 3, "MEX": 12})
    cells = released(table, suppressed(table, 10), 10, base=5).to_pylist()
    reason = withheld_reason(10)
    assert cells == [
        {"country": "BRA", "shown": 35, "suppressed": False, "reason": ""},
        {"country": "KOR", "shown": None, "suppressed": True, "reason": reason},
        {"country": "MEX", "shown": None, "suppressed": True, "reason": reason},
        {"country": None, "shown": 50, "suppressed": False, "reason": ""},
    ]


def test_an_empty_table_has_nothing_to_hide() -> None:
    table = table_of([], country=True, actor=False)
    assert table.counts.tolist() == [[0]]
    assert not suppressed(table, 10).any()


@pytest.mark.parametrize("threshold", [0, -1, 1, True, 2.5, "10"])
def test_a_threshold_that_protects_nobody_is_refused(threshold: int) -> None:
    with pytest.raises(StoreError, match="protects nobody; give a whole number of 2 or more"):
        checked_threshold(threshold)
    with pytest.raises(StoreError, match="protects nobody"):
        suppressed(counted({"BRA": 3}), threshold)


def test_a_table_has_one_to_three_dimensions() -> None:
    with pytest.raises(StoreError, match="one to 3 dimensions, not 4"):
        table_of([], a=True, b=True, c=True, d=True)
    with pytest.raises(StoreError, match="one to 3 dimensions, not 0"):
        table_of([])


@pytest.mark.parametrize("rows", [[(1, "BRA"), (1, "KOR")], [(1, None)], [(1, "BRA"), (1, None)]])
def test_an_exclusive_dimension_has_one_value_for_each_respondent(rows: list[Row]) -> None:
    with pytest.raises(StoreError, match="exactly one value of country"):
        table_of(rows, country=True)


def test_bands_stand_for_denominators() -> None:
    assert [band(count) for count in (0, 1, 9, 10, 19, 20, 105)] == [
        "fewer than 10", "fewer than 10", "fewer than 10", "10–19", "10–19", "20–29", "100–109",
    ]  # fmt: skip
    assert band(7, 5) == "5–9"
