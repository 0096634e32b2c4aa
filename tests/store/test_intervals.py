from __future__ import annotations

import duckdb
import pytest

from store.intervals import wilson, wilson_sql


def test_a_known_interval() -> None:
    # Newcombe 1998, table I: 81 of 263 and 0 of 20, 95 %, score without continuity correction.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=1e-4)


def test_nothing_is_known_without_a_trial() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_limits_hold_the_share_and_stay_between_none_and_all() -> None:
    for trials in range(1, 40):
        for successes in range(trials + 1):
            low, high = wilson(successes, trials)
            assert 0 <= low <= successes / trials <= high + 1e-12 <= 1 + 1e-12
            assert (1 - high, 1 - low) == pytest.approx(wilson(trials - successes, trials))


def test_the_database_computes_the_same() -> None:
    low, high = wilson_sql("k", "n")
    rows = duckdb.sql(f"SELECT k, n, {low}, {high} FROM range(30) a(n), range(30) b(k) WHERE k <= n").fetchall()
    assert len(rows) == 30 * 31 / 2
    for successes, trials, *limits in rows:
        assert limits == pytest.approx(wilson(successes, trials), abs=1e-12)
