from __future__ import annotations

import numpy as np
import pytest

from models.layout import layout, neighbourhood, principal, starts
from tests.models.blobs import blobs


def test_neighbours_are_the_row_itself_then_the_nearest() -> None:
    vectors = blobs(3, 20)
    near = neighbourhood(vectors, 5)
    apart = 1 - vectors.astype(np.float64) @ vectors.T.astype(np.float64)
    np.fill_diagonal(apart, -1)
    assert near.indices.tolist() == np.argsort(apart, axis=1)[:, :5].tolist()
    assert near.indices[:, 0].tolist() == list(range(60))
    assert (near.distances[:, 0] == 0).all()
    assert (np.diff(near.distances, axis=1) >= 0).all()


def test_rows_beyond_a_block_find_themselves_too() -> None:
    vectors = blobs(10, 105)
    assert neighbourhood(vectors, 3).indices[:, 0].tolist() == list(range(1050))


def test_a_row_is_its_own_neighbour_among_equal_ones() -> None:
    near = neighbourhood(np.repeat(blobs(1, 1), 30, axis=0), 4)
    assert near.indices[:, 0].tolist() == list(range(30))
    assert not near.distances.any()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_fewer_rows_than_neighbours_are_all_taken(count: int) -> None:
    assert neighbourhood(blobs(1, count), 15).indices.shape == (count, count)


def test_the_first_axes_tell_groups_apart_and_their_sign_is_settled() -> None:
    vectors = blobs(3, 10)
    points = principal(vectors, 2)
    assert points.shape == (30, 2)
    centres = points.reshape(3, 10, 2).mean(axis=1)
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)[np.triu_indices(3, 1)]
    assert apart.min() > 5 * points.reshape(3, 10, 2).std(axis=1).max()
    reverse = np.arange(30)[::-1]
    assert principal(vectors[reverse], 2) == pytest.approx(points[reverse], abs=1e-5)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (1, 3), (4, 1), (3, 3)])
def test_axes_that_rows_do_not_have_are_zero(shape: tuple[int, int]) -> None:
    points = principal(np.ones(shape, dtype=np.float32), 2)
    assert points.shape == (shape[0], 2)
    assert not points.any()


def test_starts_span_the_same_whatever_the_rows_do() -> None:
    assert np.abs(starts(blobs(3, 10), 5)).max() == pytest.approx(10)
    assert np.abs(starts(blobs(3, 10, spread=0.01), 5)).max() == pytest.approx(10)
    assert not starts(np.ones((4, 3), dtype=np.float32), 5).any()
    assert starts(np.zeros((0, 3), dtype=np.float32), 5).shape == (0, 5)


@pytest.mark.real_models
def test_a_layout_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    vectors = blobs(4, 12)
    near = neighbourhood(vectors, 10)
    one, again, other = (layout(starts(vectors, 2), near, seed=seed, epochs=50, least_distance=0.1) for seed in (1, 1, 2))
    assert one.shape == (48, 2)
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert np.isfinite(one).all()
