"""The values of every facet with the rows that have them, as numbers in memory: a selection is counted in one pass over them.

Nothing here says what may be shown: ``Tally`` tells of each value what ``store.facet_reader`` needs to judge it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from store.filters import ATTRIBUTES, FOR_REVIEW, SURVEY_ATTRIBUTE, TOPIC

Mask = NDArray[np.bool_]
Rows = NDArray[np.int32]

_QUOTES = f"""SELECT {", ".join(ATTRIBUTES.values())}, unit, protection = 'protected' AS guarded FROM quotes ORDER BY "row" """
_KEYS = """
SELECT facet, code, (row_number() OVER (ORDER BY facet, code) - 1)::INTEGER AS number FROM (SELECT DISTINCT facet, code FROM codes)
"""
_CODES = f'SELECT k.number, c."row", c.review FROM codes c JOIN ({_KEYS}) k USING (facet, code)'


@dataclass(frozen=True)
class Tally:
    """How many of a value's rows a selection holds: in all, how many of them are guarded, and of how many units (0 if not asked)."""

    rows: int
    guarded: int
    units: int


@dataclass(frozen=True)
class Postings:
    """Which rows have the values of a facet.

    Attributes:
        codes: the values.
        numbers: (m,) the place in ``codes`` of each posting's value, ascending.
        rows: (m,) its row; under each value by their units where there is something to guard.
        review: (m,) whether it waits for a review, None where nothing does.
    """

    codes: tuple[str, ...]
    numbers: Rows
    rows: Rows
    review: Mask | None = None

    def renamed(self, names: Mapping[str, str], units: Rows | None) -> Postings:
        """Return the same postings under other values, of which several may be one."""
        codes = tuple(dict.fromkeys(names.get(code, code) for code in self.codes))
        places = {code: place for place, code in enumerate(codes)}
        moved = np.array([places[names.get(code, code)] for code in self.codes], np.int32)
        return _in_order(replace(self, codes=codes, numbers=moved[self.numbers]), units)

    def tallies(self, shown: Mask, guarded: Mask | None, units: Rows | None, *, reviewed: bool) -> dict[str, Tally]:
        """Count the rows that are ``shown``, for every value that has any; ``reviewed`` leaves out what waits for a review."""
        kept = shown[self.rows]
        if reviewed and self.review is not None:
            kept &= ~self.review
        numbers, rows, most = self.numbers[kept], self.rows[kept], len(self.codes)
        counts = np.bincount(numbers, minlength=most)
        watched = np.bincount(numbers[guarded[rows]], minlength=most) if guarded is not None else np.zeros(most, np.int64)
        distinct = np.zeros(most, np.int64)
        if units is not None and len(rows):
            of = units[rows]
            first = np.concatenate([[True], (numbers[1:] != numbers[:-1]) | (of[1:] != of[:-1])])
            distinct = np.bincount(numbers[first], minlength=most)
        return {
            code: Tally(int(counts[place]), int(watched[place]), int(distinct[place]))
            for place, code in enumerate(self.codes)
            if counts[place]
        }


@dataclass(frozen=True)
class FacetIndex:
    """The postings of all facets of one snapshot; ``units`` and ``guarded`` (n,) are those of its rows."""

    units: Rows
    guarded: Mask
    facets: Mapping[str, Postings]

    @classmethod
    def read(cls, ask: Callable[[str], pa.Table], *, guards: bool) -> Self:
        """Read a snapshot; where it ``guards`` somebody the rows of each value are put in the order of their units."""
        quotes = ask(_QUOTES)
        units = np.asarray(quotes["unit"].to_numpy(), np.int32)
        ordered_by = units if guards else None
        facets = {facet: _of_column(quotes[column], ordered_by) for facet, column in ATTRIBUTES.items()}
        facets |= _of_codes(ask, ordered_by)
        facets[TOPIC] = _of_pairs(ask('SELECT topic AS code, "row" FROM topic_members WHERE topic IS NOT NULL'), ordered_by)
        own = ask('SELECT name, value AS code, "row" FROM attributes')
        for name in own["name"].unique().to_pylist():
            facets[f"{SURVEY_ATTRIBUTE}{name}"] = _of_pairs(own.filter(pa.compute.equal(own["name"], name)), ordered_by)
        return cls(units, np.asarray(quotes["guarded"].to_numpy()), facets)


def _of_column(column: pa.ChunkedArray, units: Rows | None) -> Postings:
    coded = column.combine_chunks().dictionary_encode()
    rows = np.flatnonzero(coded.is_valid().to_numpy(zero_copy_only=False)).astype(np.int32)
    numbers = coded.indices.drop_null().to_numpy().astype(np.int32)
    return _in_order(Postings(tuple(coded.dictionary.to_pylist()), numbers, rows), units)


def _of_pairs(pairs: pa.Table, units: Rows | None) -> Postings:
    coded = pairs["code"].combine_chunks().dictionary_encode()
    rows = np.asarray(pairs["row"].to_numpy(), np.int32)
    return _in_order(Postings(tuple(coded.dictionary.to_pylist()), coded.indices.to_numpy().astype(np.int32), rows), units)


def _of_codes(ask: Callable[[str], pa.Table], units: Rows | None) -> dict[str, Postings]:
    named: Sequence[dict[str, Any]] = ask(f"{_KEYS} ORDER BY number").to_pylist()
    found = ask(_CODES)
    numbers, rows = (np.asarray(found[name].to_numpy(), np.int32) for name in ("number", "row"))
    codes = tuple(key["code"] for key in named)
    whole = _in_order(Postings(codes, numbers, rows, np.asarray(found["review"].to_numpy())), units)
    facets: dict[str, Postings] = {}
    waiting: list[tuple[str, Rows]] = []
    for facet in dict.fromkeys(key["facet"] for key in named):
        places = [place for place, key in enumerate(named) if key["facet"] == facet]
        held = slice(*np.searchsorted(whole.numbers, (places[0], places[-1] + 1)))
        review = None if whole.review is None else whole.review[held]
        facets[facet] = Postings(codes[places[0] : places[-1] + 1], whole.numbers[held] - np.int32(places[0]), whole.rows[held], review)
        if review is not None and review.any():
            waiting.append((facet, np.unique(facets[facet].rows[review])))
    numbers = np.repeat(np.arange(len(waiting), dtype=np.int32), [len(rows) for _, rows in waiting])
    rows = np.concatenate([np.empty(0, np.int32), *(rows for _, rows in waiting)])
    facets[FOR_REVIEW] = _in_order(Postings(tuple(facet for facet, _ in waiting), numbers, rows), units)
    return facets


def _in_order(postings: Postings, units: Rows | None) -> Postings:
    """Return the postings by their values, and where units are given under each by these."""
    narrow = postings.numbers.astype(np.int16) if len(postings.codes) < 1 << 15 else postings.numbers
    if units is None:
        order = np.argsort(narrow, kind="stable")
    else:
        by_unit = np.argsort(units[postings.rows], kind="stable")
        order = by_unit[np.argsort(narrow[by_unit], kind="stable")]
    review = None if postings.review is None else postings.review[order]
    return replace(postings, numbers=postings.numbers[order], rows=postings.rows[order], review=review)
