"""Files that are new or changed start a run once they are left alone, and only then."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from flows.schedule_watch import Watch, listing
from store import Paths
from tests.flows.workbench import write_survey


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Paths:
    monkeypatch.setattr("flows.raw_folders.CHECKOUT_RAW", tmp_path / "none")
    return Paths(tmp_path / "data")


A, B = frozenset({("a.csv", 10, 1)}), frozenset({("a.csv", 20, 2)})


def test_a_file_starts_a_run_once_when_it_was_left_alone() -> None:
    clock = Clock()
    watch = Watch(timedelta(seconds=60), clock)
    assert not watch.is_due(A)
    clock.now = 59
    assert not watch.is_due(A)
    clock.now = 60
    assert watch.is_due(A)
    assert watch.is_due(A), "until somebody says that a run was started"
    watch.begun(A)
    clock.now = 1000
    assert not watch.is_due(A)


def test_a_file_that_grows_starts_nothing_until_it_is_whole() -> None:
    clock = Clock()
    watch = Watch(timedelta(seconds=60), clock)
    for second in range(0, 300, 30):
        clock.now = float(second)
        assert not watch.is_due(frozenset({("a.csv", second, second)}))
    clock.now = 330
    assert watch.is_due(frozenset({("a.csv", 270, 270)}))


def test_a_change_starts_another_one_and_a_folder_that_is_not_there_none() -> None:
    clock = Clock()
    watch = Watch(timedelta(seconds=1), clock)
    watch.is_due(A)
    watch.begun(A)
    for found, expected in ((frozenset(), False), (A, False), (B, True)):
        watch.is_due(found)
        clock.now += 5
        assert watch.is_due(found) is expected


def test_files_are_told_by_size_and_time_and_hidden_ones_are_no_surveys(paths: Paths) -> None:
    folder = write_survey(paths, [("r1", "Peru", "Banks.")])
    write_survey(paths, [("r1", "Peru", "Banks.")], name="b-survey")
    (folder / ".answers.csv.part").write_text("half", "utf-8")
    (folder / ".sync").mkdir()
    (folder / ".sync" / "answers.csv").write_text("x", "utf-8")
    (folder / "dangling.csv").symlink_to(folder / "nowhere.csv")
    first = listing(paths, ())
    assert sorted(Path(name).name for name, *_ in first) == ["answers.csv", "answers.csv", "survey.toml", "survey.toml"]
    assert listing(paths, ["a-survey"]) < first
    os.utime(folder / "answers.csv", ns=(1, 1))
    assert listing(paths, ()) != first
    assert listing(paths, ["b-survey"]) < first


def test_where_nothing_lies_there_is_nothing(paths: Paths) -> None:
    assert listing(paths, ()) == frozenset()
