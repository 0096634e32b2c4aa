from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.fusion import DAMPING, fused

RANKINGS = st.lists(st.lists(st.integers(0, 30), unique=True, max_size=12), max_size=3)


@pytest.mark.parametrize(
    ("rankings", "expected"),
    [
        ([[7, 8], [8, 9]], [8, 7, 9]),
        ([[1, 2, 3], []], [1, 2, 3]),
        ([[], []], []),
        ([[4], [2]], [2, 4]),
        # Two middling places are worth more than one good one.
        ([[1, 5, 2, 3], [9, 8, 3, 2]], [2, 3, 1, 9, 5, 8]),
    ],
)
def test_what_both_rank_well_comes_first(rankings: list[list[int]], expected: list[int]) -> None:
    assert fused(*rankings).tolist() == expected


@given(RANKINGS)
def test_nothing_is_lost_and_nothing_doubled(rankings: list[list[int]]) -> None:
    found = fused(*rankings).tolist()
    assert sorted(found) == sorted(set().union(*rankings))


@given(RANKINGS)
def test_each_place_is_worth_what_the_authors_say(rankings: list[list[int]]) -> None:
    worth = {row: sum(1 / (DAMPING + 1 + ranking.index(row)) for ranking in rankings if row in ranking) for row in set().union(*rankings)}
    found = fused(*rankings).tolist()
    assert all(worth[one] >= worth[other] - 1e-12 for one, other in pairwise(found))
