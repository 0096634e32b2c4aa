from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from store import Decisions, Paths
from store.decisions import Watch
from taxonomy.errors import StoreError


@pytest.fixture
def decisions(fresh: Paths) -> Decisions:
    return Decisions(fresh)


@pytest.fixture
def watch(fresh: Paths) -> Iterator[Watch]:
    with closing(Watch(fresh)) as watch:
        yield watch


def test_the_newest_decision_stands_for_each_subject_and_kind(decisions: Decisions) -> None:
    decisions.record("release", "q1", "yes", "ada")
    decisions.record("release", "q2", "yes", "ada")
    decisions.record("release", "q1", "no", "ben")
    decisions.record("review", "q1", "right", "ada")
    assert decisions.latest("release") == {"q1": "no", "q2": "yes"}
    assert decisions.latest("review") == {"q1": "right"}
    assert decisions.latest("names") == {}
    assert decisions.standing("release")["q1"].who == "ben"


def test_the_newest_stands_also_where_the_clock_was_set_back(decisions: Decisions, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter(["2026-11-23T03:00:00.000+00:00", "2026-11-22T03:00:00.000+00:00"])
    monkeypatch.setattr("store.decisions._now", lambda: next(times))
    decisions.record("withdrawal", "a", "withdrawn", "ada")
    decisions.record("withdrawal", "a", "active", "ada")
    assert decisions.latest("withdrawal") == {"a": "active"}


def test_another_opening_sees_what_was_decided(decisions: Decisions, fresh: Paths) -> None:
    decisions.record("release", "q1", "yes", "ada")
    assert Decisions(fresh).latest("release") == {"q1": "yes"}


@pytest.mark.parametrize("statement", ["UPDATE decisions SET value = 'no'", "DELETE FROM decisions"])
def test_nothing_that_was_decided_can_be_changed(decisions: Decisions, fresh: Paths, statement: str) -> None:
    decisions.record("release", "q1", "yes", "ada")
    with closing(sqlite3.connect(fresh.decisions)) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    assert decisions.latest("release") == {"q1": "yes"}


def test_many_are_recorded_together_or_not_at_all(decisions: Decisions) -> None:
    with pytest.raises(StoreError):
        decisions.record_all("release", [("q1", "yes"), ("q2", None)], "ada")  # type: ignore[list-item]
    assert decisions.latest("release") == {}


def test_threads_may_decide_at_the_same_time(decisions: Decisions) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: decisions.record("release", str(number), "yes", "ada"), range(20)))
    assert len(decisions.latest("release")) == 20


def test_a_watch_follows_every_decision(decisions: Decisions, watch: Watch) -> None:
    assert watch.latest("withdrawal") == {}
    for value in ("withdrawn", "active", "withdrawn"):
        decisions.record("withdrawal", "a", value, "ada")
        assert watch.latest("withdrawal") == {"a": value}
    decisions.record("release", "b", "yes", "ada")
    assert (watch.latest("withdrawal"), watch.latest("release")) == ({"a": "withdrawn"}, {"b": "yes"})


def test_nothing_is_read_again_while_nothing_was_decided(decisions: Decisions, watch: Watch) -> None:
    decisions.record("withdrawal", "a", "withdrawn", "ada")
    assert watch.latest("withdrawal") is watch.latest("withdrawal")
    seen = watch.latest("withdrawal")
    assert watch.latest("release") == {}
    assert watch.latest("withdrawal") is seen


def test_a_damaged_file_is_named(fresh: Paths) -> None:
    fresh.prepare()
    fresh.decisions.write_bytes(b"no database at all" * 500)
    with pytest.raises(StoreError, match=r"decisions\.sqlite"):
        Decisions(fresh)
