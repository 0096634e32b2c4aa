from __future__ import annotations

import numpy as np
import pytest

from models.conductor import conduct


def conducted(labels: list[int], words: list[str] | None = None) -> list[int]:
    vectors = np.random.default_rng(1).normal(size=(len(labels), 4)).astype(np.float32)
    return conduct(words or ["en:wage en:hour", "ko:임금", "", "es:salario"] * 3, vectors, np.asarray(labels)).tolist()


def test_without_topics_bertopic_is_not_asked() -> None:
    assert conducted([-1] * 3, ["a"] * 3) == [-1] * 3
    assert conduct([], np.zeros((0, 4), dtype=np.float32), np.zeros(0, dtype=np.int64)).tolist() == []


@pytest.mark.real_models
@pytest.mark.parametrize(
    ("labels", "numbered"),
    [
        ([0] * 12, [0] * 12),
        ([0] * 4 + [1] * 8, [1] * 4 + [0] * 8),
        ([0] * 4 + [-1] * 8, [0] * 4 + [-1] * 8),
        ([2] * 2 + [0] * 3 + [-1] + [1] * 6, [2] * 2 + [1] * 3 + [-1] + [0] * 6),
    ],
)
def test_topics_are_numbered_by_size(labels: list[int], numbered: list[int]) -> None:
    assert conducted(labels) == numbered


@pytest.mark.real_models
@pytest.mark.parametrize("words", [[""] * 6, ["en:same"] * 6, ["en:"] * 6])
def test_passages_without_words_of_their_own_do_not_break_it(words: list[str]) -> None:
    assert conducted([0, 0, 0, 1, 1, -1], words) == [0, 0, 0, 1, 1, -1]


@pytest.mark.real_models
def test_it_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    conducted([0] * 6 + [1] * 6)
    assert capfd.readouterr() == ("", "")
