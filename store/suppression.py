"""Tables of counts of distinct respondents from which nobody can read, or work out, that somebody is one of a few.

A count from 1 to one less than the threshold is suppressed (primary suppression). What would give it away is suppressed too
(secondary suppression): other cells of its lines, and cells that differ from a margin by so few, because a margin less a cell is
a count as well. Zeros are shown. Why a cell is suppressed is not said apart, as it would tell the two kinds from one another.

The rules are those that statistical offices and trusted research environments apply: ACRO (Smith, Albashir, Bacon et al., “SACRO:
Semi-Automated Checking of Research Outputs”, 2023) checks a threshold of 10 and tables that differ by few; OpenSAFELY suppresses
small counts and rounds the rest before anything leaves; Hundepool et al., *Statistical Disclosure Control* (Wiley 2012), chapter 4,
describe complementary suppression and its audit. What is not promised: that a count of 0, or one that equals its margin, tells
nothing about a group (chapter 4.2.2 there), and nothing is known here of what other tables about the same people show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa

from store.inference import Cells, Costs, Hidden, Outsider, Secret, relations
from taxonomy.errors import StoreError

#: Fewer distinct respondents than this are not told to anybody inside either.
INTERNAL_THRESHOLD = 5

#: What partners and the public see at least, where a survey says nothing else.
OUTSIDE_THRESHOLD = 10

#: Public counts are multiples of this.
PUBLIC_BASE = 5

_MOST_DIMENSIONS = 3

#: Margins are told to more people: one is suppressed only where this many cells would have to go instead.
_COST_OF_A_MARGIN = 10.0
_COST_OF_HIDDEN = 0.01


@dataclass(frozen=True)
class Dimension:
    """One way in which a table counts.

    Args:
        name: what it is called.
        values: its values, in the order of the table.
        exclusive: whether every respondent has exactly one of them, as with a country; not so with the actors that one names.
    """

    name: str
    values: tuple[str, ...]
    exclusive: bool


@dataclass(frozen=True)
class CountTable:
    """Counts of distinct respondents: ``counts`` has an axis for each dimension, with the margin behind its values.

    The margin of a dimension that is not exclusive counts everybody in the group, also those who have no value of it.
    """

    dimensions: tuple[Dimension, ...]
    counts: Cells


def checked_threshold(threshold: int) -> int:
    """Return a threshold of disclosure control.

    Raises:
        StoreError: it is no whole number of 2 or more, and would protect nobody.
    """
    if isinstance(threshold, bool) or not isinstance(threshold, int) or threshold < 2:
        raise StoreError(
            f"a threshold of {threshold} protects nobody; give a whole number of 2 or more. Counts of fewer respondents are not shown"
        )
    return threshold


def count_table(rows: pa.Table, respondent: str, exclusive: dict[str, bool]) -> CountTable:
    """Count distinct respondents in every cell and margin of the named columns.

    Args:
        rows: any number of rows for each respondent; a null in a column says that the row tells of no value there.
        respondent: the column that tells respondents apart.
        exclusive: the columns to count by, each with whether it has one value for each respondent.

    Raises:
        StoreError: there are no dimensions or more than three, or a respondent has none or several values of an exclusive one.
    """
    if not 1 <= len(exclusive) <= _MOST_DIMENSIONS:
        raise StoreError(f"a table has one to {_MOST_DIMENSIONS} dimensions, not {len(exclusive)}")
    rows = rows.select([respondent, *exclusive])
    for name, single in exclusive.items():
        if single and not _one_each(rows, respondent, name):
            raise StoreError(f"not every respondent has exactly one value of {name}: it cannot be counted as exclusive")
    dimensions = tuple(
        Dimension(name, tuple(sorted(set(rows.column(name).drop_null().to_pylist()))), single) for name, single in exclusive.items()
    )
    counts = np.zeros([len(dimension.values) + 1 for dimension in dimensions], np.int64)
    for inside in product((False, True), repeat=len(dimensions)) if rows.num_rows else ():
        by = [dimension.name for dimension, named in zip(dimensions, inside, strict=True) if named]
        places = [{value: at for at, value in enumerate(dimension.values)} for dimension in dimensions]
        for group in rows.group_by(by).aggregate([(respondent, "count_distinct")]).to_pylist():
            if all(group[name] is not None for name in by):
                at = tuple(
                    place[group[dimension.name]] if named else len(place)
                    for dimension, place, named in zip(dimensions, places, inside, strict=True)
                )
                counts[at] = group[f"{respondent}_count_distinct"]
    return CountTable(dimensions, counts)


def suppressed(table: CountTable, threshold: int) -> Hidden:
    """Return which cells and margins of a table must not be shown, in the shape of its counts.

    Shown beside the others, no count from 1 to ``threshold`` − 1 can be told to be one: neither a cell's, nor what is left of a
    margin without a cell. Each such number could as well be ``threshold`` or more, by an example that keeps to all that is shown.

    Raises:
        StoreError: the threshold would protect nobody.
    """
    checked_threshold(threshold)
    counts = table.counts.ravel()
    hidden = (counts > 0) & (counts < threshold)
    outsider = Outsider(counts, relations(table.counts.shape, [dimension.exclusive for dimension in table.dimensions]))
    costs = _COST_OF_A_MARGIN ** _margins(table.counts.shape) * np.log(counts + 2)
    small = [secret for secret in _secrets(table.counts.shape) if 0 < secret.value(counts) < threshold]
    while small:
        example = outsider.example(small[0], threshold, np.where(hidden, _COST_OF_HIDDEN, costs))
        if example is None:
            # So much of everything is possible too, and asks for no search.
            example = counts * threshold
        hidden |= example != counts
        small = [secret for secret in small if secret.value(example) < threshold]
    return hidden.reshape(table.counts.shape)


def released(table: CountTable, hidden: Hidden, threshold: int, base: int = 1) -> pa.Table:
    """Return a table's cells as they may be shown, margins with null in place of the value.

    Columns: one for each dimension, ``shown`` (null where suppressed; else rounded to ``base``), ``suppressed``, ``reason`` (""
    where it is shown).
    """
    reason = withheld_reason(threshold)
    columns: dict[str, list[object]] = {dimension.name: [] for dimension in table.dimensions}
    shown: list[int | None] = []
    for at in np.ndindex(table.counts.shape):
        for place, dimension in zip(at, table.dimensions, strict=True):
            columns[dimension.name].append(dimension.values[place] if place < len(dimension.values) else None)
        shown.append(None if hidden[at] else rounded(int(table.counts[at]), base, threshold))
    names = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    return pa.table(
        names
        | {
            "shown": pa.array(shown, pa.int64()),
            "suppressed": pa.array([count is None for count in shown], pa.bool_()),
            "reason": pa.array([reason if count is None else "" for count in shown], pa.string()),
        }
    )


def withheld_reason(threshold: int) -> str:
    """Return why a cell is not shown, in the same words for all of them."""
    return f"fewer than {threshold} respondents, or a number that would give such a one away"


def rounded(count: int, base: int, threshold: int) -> int:
    """Return a count as the nearest multiple of ``base`` (halves up), but of those below the threshold none other than 0."""
    if count == 0:
        return 0
    nearest = (count + base // 2) // base * base
    return nearest if nearest >= threshold else -(-threshold // base) * base


def band(count: int, width: int = OUTSIDE_THRESHOLD) -> str:
    """Return the band that stands for a denominator: “fewer than 10”, “10–19” and so on by ``width``."""
    checked_threshold(width)
    least = count // width * width
    return f"{least}–{least + width - 1}" if least else f"fewer than {width}"


def _one_each(rows: pa.Table, respondent: str, name: str) -> bool:
    if rows.column(name).null_count:
        return False
    values = rows.group_by([respondent]).aggregate([(name, "count_distinct")]).column(f"{name}_count_distinct")
    return all(count == 1 for count in values.to_pylist())


def _secrets(shape: Sequence[int]) -> Iterator[Secret]:
    """Give all that could be small: every cell, and every margin without any of its parts."""
    places = np.arange(int(np.prod(shape))).reshape(tuple(shape))
    for at in np.ndindex(*shape):
        cell = int(places[at])
        yield Secret(cell)
        above = product(*({place, size - 1} for place, size in zip(at, shape, strict=True)))
        yield from (Secret(margin, cell) for up in sorted(above) if (margin := int(places[up])) != cell)


def _margins(shape: Sequence[int]) -> Costs:
    """Return in how many dimensions each place is a margin."""
    return np.array([sum(place == size - 1 for place, size in zip(at, shape, strict=True)) for at in np.ndindex(*shape)], np.float64)
