from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from store import Paths, Writer
from taxonomy.errors import StoreError


def test_a_run_is_recorded_from_beginning_to_end(writer: Writer) -> None:
    run = writer.begin_run(["b", "a"], {"coder": "c 1", "encoder": "e 1"})
    writer.record_stage(run, "b", "mask", came=10, made=9, rejected=1, skipped=0, seconds=0.5)
    writer.record_stage(run, "b", "code", came=4, made=4, rejected=0, skipped=2, seconds=1.0)
    writer.record_stage(run, "b", "code", came=3, made=2, rejected=1, skipped=2, seconds=0.5)
    (record,) = writer.runs().to_pylist()
    assert (record["status"], record["finished"], record["surveys"]) == ("running", None, ["b", "a"])
    assert json.loads(record["versions"]) == {"coder": "c 1", "encoder": "e 1"}
    writer.finish_run(run, "done")
    (record,) = writer.runs().to_pylist()
    assert record["status"] == "done"
    assert record["started"] <= record["finished"]
    assert [tuple(row.values())[2:] for row in writer.stages(run).to_pylist()] == [
        ("mask", 10, 9, 1, 0, 0.5),
        ("code", 7, 6, 1, 4, 1.5),
    ]


def test_runs_sort_by_time_and_the_latest_comes_first(writer: Writer) -> None:
    runs = [writer.begin_run([], {}) for _ in range(3)]
    assert runs == sorted(set(runs))
    assert writer.runs().column("run").to_pylist() == runs[::-1]


def test_a_clock_that_is_set_back_leaves_runs_unique_and_in_order(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([datetime(2026, 11, 23, 3, 0, 0, 999999, UTC), *(datetime(2026, 11, 22, 3, tzinfo=UTC),) * 6])
    clock = type("Clock", (datetime,), {"now": classmethod(lambda cls, zone: next(times))})
    monkeypatch.setattr("store.runs.datetime", clock)
    runs = [writer.begin_run([], {}) for _ in range(3)]
    assert runs == ["20261123T030000-999999", "20261123T030001-000000", "20261123T030001-000001"]
    writer.finish_run(runs[-1], "done")
    assert [row["status"] for row in writer.runs().to_pylist()] == ["done", "interrupted", "interrupted"]


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_clock_that_jumps_during_a_run_lets_it_end_no_sooner_than_it_began(
    hours: int, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = datetime(2026, 11, 23, 3, tzinfo=UTC)
    times = iter([began, *(began + timedelta(hours=hours),) * 9])
    monkeypatch.setattr("store.runs.datetime", type("Clock", (datetime,), {"now": classmethod(lambda cls, zone: next(times))}))
    run = writer.begin_run([], {})
    writer.finish_run(run, "done")
    (record,) = writer.runs().to_pylist()
    assert record["finished"] == (began + timedelta(hours=max(hours, 0))).isoformat(timespec="milliseconds")
    assert writer.begin_run([], {}) > run


def test_a_run_of_a_process_that_died_is_marked(fresh: Paths) -> None:
    with Writer(fresh, "first") as writer:
        dead = writer.begin_run([], {})
    with Writer(fresh, "second") as writer:
        alive = writer.begin_run([], {})
        assert {row["run"]: row["status"] for row in writer.runs().to_pylist()} == {dead: "interrupted", alive: "running"}


def test_an_unknown_run_cannot_be_finished(writer: Writer) -> None:
    with pytest.raises(StoreError, match="no run nowhere"):
        writer.finish_run("nowhere", "done")
