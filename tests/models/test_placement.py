from __future__ import annotations

import numpy as np
import pytest

from models.placement import CORE, NONE, WEAK, Standing, on_map
from models.topic_spec import topic_spec
from tests.models.blobs import blobs

RULES = topic_spec().members.model_copy(update={"weak_from": 0.5, "placed_from": 0.8})
CENTROIDS = np.eye(3, dtype=np.float32)[:2]


def at(*cosines: float) -> np.ndarray:
    return np.asarray([(c, 0, np.sqrt(1 - c * c)) for c in cosines], dtype=np.float32)


def test_how_near_a_new_passage_lies_decides_what_it_is() -> None:
    standing = Standing.placed(at(0.9, 0.6, 0.4), CENTROIDS, RULES)
    assert standing.memberships.tolist() == [CORE, WEAK, NONE]
    assert standing.labels.tolist() == [0, 0, -1]
    assert standing.similarities == pytest.approx([0.9, 0.6, 0.4], abs=1e-6)
    assert not standing.fitted.any()


def test_without_topics_everything_is_an_outlier() -> None:
    standing = Standing.placed(at(0.9), np.zeros((0, 3), dtype=np.float32), RULES)
    assert (standing.labels.tolist(), standing.similarities.tolist(), standing.memberships.tolist()) == ([-1], [0.0], [NONE])


def test_of_fitted_passages_a_cluster_has_its_own_and_the_others_are_weak_at_best() -> None:
    rows = np.concatenate([at(1.0, 1.0, 0.9, 0.6, 0.3), at(0.95)])
    standing = Standing.fitted_to(rows, np.arange(5), [np.array([0, 1])], RULES)
    assert standing.memberships.tolist() == [CORE, CORE, WEAK, WEAK, NONE, CORE]
    assert standing.labels.tolist() == [0, 0, 0, 0, -1, 0]
    assert standing.fitted.tolist() == [True] * 5 + [False]


def test_a_cluster_keeps_a_passage_that_is_nearer_to_another_centroid() -> None:
    rows = np.asarray([(1, 0, 0), (1, 0, 0), (0, 1, 0), (0.8, 0.6, 0)], dtype=np.float32)
    standing = Standing.fitted_to(rows, np.arange(4), [np.array([0, 1]), np.array([2, 3])], RULES)
    assert standing.labels.tolist() == [0, 0, 1, 1]
    assert standing.similarities[3] == pytest.approx(float(rows[3] @ standing.centroids[1]))


def test_a_point_is_the_mean_of_the_nearest_points() -> None:
    fitted = np.asarray([(1, 0, 0), (0.98, 0.199, 0), (0, 0, 1)], dtype=np.float32)
    points = np.asarray([(0, 0), (2, 4), (100, 100)], dtype=np.float32)
    assert on_map(at(1.0), fitted, points, neighbours=2).tolist() == [[1, 2]]
    assert on_map(at(1.0), fitted, points, neighbours=50) == pytest.approx(np.array([[34, 104 / 3]]))


def test_a_row_that_says_nothing_lies_in_the_middle_and_fitted_ones_that_say_nothing_draw_nobody() -> None:
    fitted = np.asarray([(1, 0, 0), (0, 1, 0), (0, 0, 0)], dtype=np.float32)
    points = np.asarray([(0, 0), (2, 4), (100, 100)], dtype=np.float32)
    assert on_map(np.zeros((1, 3), dtype=np.float32), fitted, points, neighbours=1).tolist() == [[1, 2]]
    assert on_map(at(-1.0), fitted, points, neighbours=2).tolist() == [[1, 2]]


@pytest.mark.parametrize("fitted", [np.zeros((0, 3), dtype=np.float32), np.zeros((2, 3), dtype=np.float32)])
def test_a_map_of_nothing_is_its_origin(fitted: np.ndarray) -> None:
    points = np.ones((len(fitted), 2), dtype=np.float32)
    assert on_map(at(1.0), fitted, points, neighbours=5).tolist() == [[0, 0]]


def test_points_hang_neither_on_the_others_nor_on_the_order_of_the_fitted() -> None:
    fitted, rows = np.repeat(blobs(4, 20), 2, axis=0), blobs(4, 10, seed=2)
    points = np.random.default_rng(1).normal(size=(160, 2)).astype(np.float32)
    together = on_map(rows, fitted, points, neighbours=5)
    assert np.array_equal(together, np.concatenate([on_map(rows[i : i + 1], fitted, points, 5) for i in range(40)]))
    order = np.random.default_rng(2).permutation(160)
    assert np.array_equal(together, on_map(rows, fitted[order], points[order], 5))
