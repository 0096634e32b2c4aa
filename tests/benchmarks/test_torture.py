"""The run survives five deaths; and what looks for what went wrong finds it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from benchmarks import torture
from benchmarks.torture import BEGINNINGS, Calm, choose
from benchmarks.torture_parts.mortal import Steps
from benchmarks.torture_parts.state import State, look
from benchmarks.torture_parts.witness import Seen, _look
from store import Paths, snapshots
from store.lock import WriterLock
from tests.synthetic import build_store

ROOT = Path(__file__).parents[2]
NOTHING = State({"answers": (1, "x")}, {"public": "y"}, ())


@pytest.mark.server
@pytest.mark.timeout(1500)  # under a minute on an idle machine, ten on a very busy one
def test_of_five_deaths_none_loses_or_doubles_anything(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.torture", "--points", "5", "--seed", "7", "--data", str(tmp_path / "torture")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 deaths, 0 with faults" in done.stdout


def calm() -> dict[str, Calm]:
    return {name: Calm(Path(name), ("a", "b", "b", "b", "c"), 2.0, NOTHING) for name in BEGINNINGS}


def test_points_are_drawn_from_names_and_from_the_clock_for_both_beginnings_and_can_be_drawn_again() -> None:
    points = choose(calm(), 80, seed=5)
    assert points == choose(calm(), 80, seed=5) != choose(calm(), 80, seed=6)
    for name in BEGINNINGS:
        named, timed = ([p for p in points if p.beginning == name and (p.moment is None) is by_clock] for by_clock in (False, True))
        assert (len(named), len(timed)) == (20, 20)
        assert {0, 4} <= {point.moment for point in named} <= {0, 1, 2, 3, 4}
        assert all(0 <= point.seconds <= 2 for point in timed)


def test_a_difference_is_told_by_its_table() -> None:
    assert list(NOTHING.differences(NOTHING)) == []
    for other, said in (
        (replace(NOTHING, tables={"answers": (2, "x")}), "answers: 2 rows instead of 1"),
        (replace(NOTHING, tables={"answers": (1, "z")}), "answers: other rows"),
        (replace(NOTHING, views={}), "public: another snapshot"),
    ):
        (told,) = other.differences(NOTHING)
        assert told.startswith(said)
    assert State.from_json(NOTHING.to_json()) == NOTHING


def spoil(statement: str) -> Callable[[Paths], None]:
    def spoiling(paths: Paths) -> None:
        with duckdb.connect(str(paths.work)) as work:
            work.execute(statement)

    return spoiling


def leave_partial(paths: Paths) -> None:
    (paths.snapshots("public") / f"{snapshots.PARTIAL}x").mkdir()


def leave_holder(paths: Paths) -> None:
    paths.holder.write_text("{}", "utf-8")


def lose_pointer(paths: Paths) -> None:
    (paths.snapshots("partner") / snapshots.CURRENT).unlink()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return build_store(tmp_path_factory.mktemp("built") / "data")


@pytest.mark.disk
def test_where_nothing_is_wrong_little_is_said(built: Paths) -> None:
    # The made-up store has actors that are read from the first word of their passage.
    assert [fault.split(" ", 1)[1] for fault in look(built).faults] == ["actors read from other words than theirs"]


@pytest.mark.disk
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (spoil("UPDATE passages SET text = text || '.'"), "passages that are not their answers' words"),
        (spoil("DELETE FROM coded"), "passages that are not coded"),
        (spoil("DELETE FROM vectors"), "texts without a vector"),
        (spoil("UPDATE runs SET status = 'running'"), "runs that still count as running"),
        (spoil("INSERT INTO topic_words SELECT 'survey.1', 'en', 1, 'word', 1 FROM range(2)"), "topic_words: 1 rows are there twice"),
        (leave_partial, ".partial-x is left over"),
        (leave_holder, "work.holder.json is left over"),
        (lose_pointer, "partner: "),
    ],
)
def test_each_fault_is_found(built: Paths, tmp_path: Path, harm: Callable[[Paths], None], said: str) -> None:
    paths = copied(built, tmp_path)
    harm(paths)
    assert any(said in fault for fault in look(paths).faults)


@pytest.mark.disk
def test_a_lock_that_is_held_is_found(built: Paths, tmp_path: Path) -> None:
    paths = copied(built, tmp_path)
    lock = WriterLock(paths, "somebody else")
    lock.acquire()
    try:
        assert any("somebody else" in fault for fault in look(paths).faults)
    finally:
        lock.release()


@pytest.mark.disk
def test_the_witness_misses_a_view_only_once_it_was_served(built: Paths, tmp_path: Path) -> None:
    seen = Seen()
    _look(Paths(tmp_path / "nothing"), "public", seen)
    assert (seen.opened["public"], seen.faults) == (0, [])
    paths = copied(built, tmp_path)
    _look(paths, "public", seen)
    assert (seen.opened["public"], seen.faults) == (1, [])
    (paths.snapshots("public") / snapshots.CURRENT).unlink()
    _look(paths, "public", seen)
    assert [fault.split(":")[0] for fault in seen.faults] == ["public"]


@pytest.mark.disk
def test_moments_have_names_and_numbers(tmp_path: Path) -> None:
    steps = Steps()
    with steps.counted():
        build_store(tmp_path / "data", views=("internal",))
    assert steps.met[0] == "before acquire"
    for name in ("put_codes · before a commit", "publish internal · seal · before sync", "publish internal · serve · after sync"):
        assert name in steps.met
    assert steps.where == steps.met[-1]


def test_the_command_line_says_how_it_went(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in (0, 1):
        monkeypatch.setattr(torture, "torture", lambda base, count, seed, wrong=wrong: wrong)
        assert torture.main(["--data", str(tmp_path / "here")]) == wrong
    assert str(tmp_path / "here") in capsys.readouterr().out


def copied(built: Paths, folder: Path) -> Paths:
    return Paths(Path(shutil.copytree(built.root, folder / "data")))
