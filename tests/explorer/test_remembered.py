"""What is asked once, and what is asked again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from explorer.remembered import Remembered


def test_the_latest_are_kept_and_a_stamp_makes_a_question_new() -> None:
    asked: list[str] = []
    remembered = Remembered(lambda question: asked.append(question) or question.upper(), most=2, rows=100)
    assert [remembered(1, "a"), remembered(1, "b"), remembered(1, "a"), remembered(1, "c"), remembered(1, "a")] == ["A", "B", "A", "C", "A"]
    assert asked == ["a", "b", "c"]
    remembered(1, "b")
    remembered(2, "a")
    assert asked == ["a", "b", "c", "b", "a"]


def test_what_many_ask_at_once_is_asked_once() -> None:
    asked, may_answer, waiting = [], threading.Event(), threading.Semaphore(0)

    def ask(question: str) -> str:
        asked.append(question)
        waiting.release()
        assert may_answer.wait(10)
        return question

    remembered = Remembered(ask, most=2, rows=100)
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(remembered, 1, "a") for _ in range(4)]
        assert waiting.acquire(timeout=10)
        may_answer.set()
        assert [answer.result(10) for answer in answers] == ["a"] * 4
    assert asked == ["a"]


def test_what_failed_is_asked_again() -> None:
    answers = iter([ValueError("no"), "yes"])

    def ask() -> str:
        if isinstance(answer := next(answers), Exception):
            raise answer
        return answer

    remembered = Remembered(ask, most=2, rows=100)
    with pytest.raises(ValueError, match="no"):
        remembered(1)
    assert remembered(1) == "yes"


def test_of_long_answers_fewer_are_kept() -> None:
    asked: list[int] = []
    remembered = Remembered(lambda rows: asked.append(rows) or [0] * rows, most=9, rows=10)
    for rows in (1, 8, 2, 8):
        remembered("", rows)
    assert asked == [1, 8, 2]
    remembered("", 1)
    assert asked == [1, 8, 2, 1]
    assert len(remembered("", 50)) == 50
    remembered("", 50)
    assert asked == [1, 8, 2, 1, 50]
