"""The parts of the benchmarks of whole runs: the same material each time, clocks that count once, a plain script that is fair."""

from __future__ import annotations

import csv
import time
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.incremental import table
from benchmarks.plain_script import Descriptions, best_least, similar
from benchmarks.run_parts.clocks import Clocks
from benchmarks.run_parts.material import SURVEY, answers, phrases, write_survey

POOL = phrases(20)


def rows(raw: Path) -> list[dict[str, str]]:
    with (raw / SURVEY / "answers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_no_answer_is_there_twice_and_each_begins_with_a_phrase() -> None:
    made = list(islice(answers(POOL), 500))
    assert len({row["text"] for row in made}) == len({row["id"] for row in made}) == 500
    assert all(row["text"].startswith(POOL[number % 20]["text"]) for number, row in enumerate(made))
    assert made[300:] == list(islice(answers(POOL, 300), 200)), "the same number gives the same answer"


def test_changes_add_up_and_leave_the_rest_as_it_is(tmp_path: Path) -> None:
    write_survey(tmp_path, POOL, 100)
    before = rows(tmp_path)
    write_survey(tmp_path, POOL, 100, changes=[0.01, 0.1])
    after = rows(tmp_path)
    changed = [new["text"].removeprefix(old["text"]) for old, new in zip(before, after, strict=True)]
    assert changed == [" again again"] + [" again"] * 9 + [""] * 90


def test_what_is_called_within_something_watched_counts_once() -> None:
    clocks = Clocks()
    with clocks.watching("outer"), clocks.watching("inner"):
        time.sleep(0.01)
    assert set(clocks.spent) == {"outer"}
    assert clocks.total().calls == 1
    assert clocks.total().wall >= 0.01


def test_the_plain_script_gives_the_most_similar_code_or_all_that_are_similar_enough() -> None:
    vectors = np.eye(3, dtype=np.float32)[[0, 1, 2, 0]]
    one = Descriptions(("a", "b"), np.eye(3, dtype=np.float32)[:2])
    assert similar(vectors, one) == [("a",), ("b",), ("a",), ("a",)]
    held = [("a",), ("b",), (), ("a",)]
    least = best_least(vectors, one, held)
    assert 0 < least <= 1
    assert similar(vectors, Descriptions(one.codes, one.vectors, least)) == held


def test_the_table_says_what_a_new_item_costs_and_its_share_of_the_first_run() -> None:
    lines = table({"first run": {"code": (100, 2.0, 1.0)}, "1% new": {"code": (1, 0.1, 0.01)}}).splitlines()
    assert lines[2] == "| first run | code | 100 | 2.00 | 1.00 | 10.00 | 100% |"
    assert lines[4] == "| 1% new | code | 1 | 0.10 | 0.01 | 10.00 | 1% |"
