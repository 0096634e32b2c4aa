"""Postings against counts made one by one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from store.facet_index import FacetIndex, Tally
from store.filters import FOR_REVIEW, TOPIC

QUOTES = pa.table(
    {
        "survey": ["s"] * 6,
        "country": ["B", None, "A", "B", "A", "B"],
        "language": ["en"] * 6,
        "wave": pa.array([None] * 6, pa.string()),
        "question": ["q"] * 6,
        "unit": [1, 2, 2, 1, 3, 4],
        "guarded": [True, True, False, True, False, False],
    }
)
KEYS = [("actor", "bank"), ("actor", "state"), ("right", "life")]
CODES = [(0, 0, False), (0, 3, True), (0, 5, False), (1, 0, False), (1, 2, True), (2, 1, True), (2, 2, True)]
TOPICS = [("s.1", 0), ("s.2", 3), ("s.2", 4), ("s.3", 5)]
OWN = [("role", "nurse", 1), ("role", "lawyer", 2), ("age", "30", 2)]


def ask(query: str) -> pa.Table:
    if "FROM quotes" in query:
        return QUOTES
    if "topic_members" in query:
        return pa.table({"code": [topic for topic, _ in TOPICS], "row": [row for _, row in TOPICS]})
    if "attributes" in query:
        return pa.table(dict(zip(("name", "code", "row"), zip(*OWN, strict=True), strict=True)))
    if "review" in query:
        return pa.table(dict(zip(("number", "row", "review"), zip(*CODES, strict=True), strict=True)))
    return pa.table({"facet": [facet for facet, _ in KEYS], "code": [code for _, code in KEYS], "number": range(3)})


@pytest.fixture(params=[True, False])
def index(request: pytest.FixtureRequest) -> FacetIndex:
    return FacetIndex.read(ask, guards=request.param)


ALL = np.ones(6, np.bool_)


def test_values_are_counted_with_what_is_guarded_of_them_and_their_units() -> None:
    index = FacetIndex.read(ask, guards=True)
    countries = index.facets["country"].tallies(ALL, index.guarded, index.units, reviewed=True)
    assert countries == {"A": Tally(2, 0, 2), "B": Tally(3, 2, 2)}
    some = np.array([True, True, False, True, False, False])
    assert index.facets["country"].tallies(some, index.guarded, index.units, reviewed=True) == {"B": Tally(2, 2, 1)}
    assert index.facets["wave"].tallies(ALL, index.guarded, index.units, reviewed=True) == {}


def test_what_waits_counts_only_where_it_is_asked_for(index: FacetIndex) -> None:
    def counts(facet: str, *, reviewed: bool) -> dict[str, int]:
        return {code: tally.rows for code, tally in index.facets[facet].tallies(ALL, None, None, reviewed=reviewed).items()}

    assert counts("actor", reviewed=True) == {"bank": 2, "state": 1}
    assert counts("actor", reviewed=False) == {"bank": 3, "state": 2}
    assert (counts("right", reviewed=True), counts("right", reviewed=False)) == ({}, {"life": 2})
    assert counts(FOR_REVIEW, reviewed=True) == counts(FOR_REVIEW, reviewed=False) == {"actor": 2, "right": 2}


def test_columns_of_a_survey_are_facets_of_their_own(index: FacetIndex) -> None:
    assert {facet: postings.codes for facet, postings in index.facets.items() if facet.startswith("attribute:")} == {
        "attribute:role": ("nurse", "lawyer"),
        "attribute:age": ("30",),
    }


def test_values_that_are_one_are_counted_as_one() -> None:
    index = FacetIndex.read(ask, guards=True)
    merged = index.facets[TOPIC].renamed({"s.1": "s.2"}, index.units)
    assert merged.tallies(ALL, index.guarded, index.units, reviewed=True) == {"s.2": Tally(3, 2, 2), "s.3": Tally(1, 0, 1)}


@pytest.mark.parametrize("seed", range(5))
def test_units_are_counted_as_one_would_by_hand(seed: int) -> None:
    random = np.random.default_rng(seed)
    quotes = QUOTES.slice(0, 0).to_pydict() | {name: ["x"] * 200 for name in ("survey", "language", "wave", "question")}
    quotes |= {"country": random.choice(list("ABC"), 200).tolist(), "unit": random.integers(0, 30, 200).tolist()}
    table = pa.table(quotes | {"guarded": [True] * 200})
    index = FacetIndex.read(lambda query: table if "FROM quotes" in query else ask(query).slice(0, 0), guards=True)
    shown = random.random(200) < 0.3
    found = index.facets["country"].tallies(shown, index.guarded, index.units, reviewed=True)
    for country, tally in found.items():
        units = {unit for unit, of, on in zip(quotes["unit"], quotes["country"], shown, strict=True) if of == country and on}
        assert tally.units == len(units)
