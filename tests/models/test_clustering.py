from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models.clustering import Draw, agglomerate, cluster
from tests.models.blobs import blobs, by_axis, small_spec


def test_enough_passages_are_clustered_by_the_consensus_of_all_runs() -> None:
    told: list[tuple[int, int]] = []
    found = cluster(blobs(4, 15), small_spec(), seed=1, progress=lambda done, of: told.append((done, of)), clusterer=by_axis)
    assert found.method == "consensus"
    assert found.note == ""
    assert found.labels.tolist() == np.repeat(np.arange(4), 15).tolist()
    assert min(found.stability) > 0.8
    assert found.sharing is not None
    assert found.sharing > 0.7
    assert told == [(number, 6) for number in range(1, 7)]


def test_seeds_see_everything_and_resamples_some_of_it_with_smaller_clusters() -> None:
    seen: list[tuple[int, int, int, int]] = []

    def watching(draw: Draw) -> NDArray[np.int64]:
        assert len(draw.vectors) == len(draw.start) == len(draw.near.indices)
        seen.append((len(draw.vectors), draw.near.indices.shape[1], draw.smallest, draw.seed))
        return by_axis(draw)

    cluster(blobs(4, 15), small_spec(clusters={"least": 10}), seed=7, clusterer=watching)
    assert seen[:3] == [(60, 15, 10, 7000), (60, 15, 10, 7001), (60, 15, 10, 7002)]
    assert all(rows < 60 and near == 10 and smallest == 6 for rows, near, smallest, _ in seen[3:])
    assert [seed for *_, seed in seen[3:]] == [7500, 7501, 7502]


def test_runs_that_agree_on_nothing_make_no_topics_and_a_note() -> None:
    found = cluster(blobs(4, 15), small_spec(), 1, clusterer=lambda draw: np.full(len(draw.vectors), -1, dtype=np.int64))
    assert (found.method, found.stability, found.sharing) == ("consensus", (), None)
    assert found.note.startswith("No topics: the 6 runs agree on none")
    assert set(found.labels.tolist()) == {-1}


def test_few_passages_make_about_their_cube_root_of_topics_and_say_why() -> None:
    found = cluster(blobs(3, 9), small_spec(), seed=1)
    assert found.method == "agglomerative"
    assert found.labels.tolist() == np.repeat(np.arange(3), 9).tolist()
    assert len(found.stability) == 3
    assert min(found.stability) > 0.9
    assert found.sharing is None
    assert "27 passages" in found.note
    assert "takes 30" in found.note
    assert "at most 3 topics" in found.note


@pytest.mark.parametrize("count", [0, 1, 3, 11])
def test_fewer_still_make_none(count: int) -> None:
    found = cluster(blobs(1, count), small_spec(), seed=1)
    assert (found.method, found.labels.tolist(), found.stability) == ("none", [-1] * count, ())
    assert "1 passage is too few" in found.note if count == 1 else f"{count} passages" in found.note


def test_the_same_words_a_thousand_times_are_one_passage() -> None:
    found = cluster(np.repeat(blobs(3, 1), 400, axis=0), small_spec(), seed=1)
    assert found.method == "none"
    assert found.note.startswith("No topics: 1,200 passages with 3 different texts are too few")


def test_many_equal_passages_among_few_are_clustered_without_ado() -> None:
    vectors = np.concatenate([blobs(3, 8), np.repeat(blobs(1, 1, spread=0), 50, axis=0)])
    found = cluster(vectors, small_spec(), seed=1)
    assert found.method == "agglomerative"
    assert found.labels[:8].tolist() == [0] * 8
    assert set(found.labels[24:].tolist()) == {0}


def test_the_smallest_among_few_is_stated() -> None:
    vectors = np.concatenate([blobs(2, 12), blobs(3, 1, spread=0)[2:]])
    assert cluster(vectors, small_spec(), seed=1).labels[-1] == -1
    assert cluster(vectors, small_spec(small={"smallest": 1}), seed=1).labels[-1] == 2


def test_a_tree_of_one_or_no_row_is_cut_all_the_same() -> None:
    assert agglomerate(blobs(1, 1), 3).tolist() == [0]
    assert agglomerate(blobs(1, 0), 3).tolist() == []


@pytest.mark.real_models
def test_umap_and_hdbscan_find_groups_and_the_same_ones_each_time() -> None:
    vectors = blobs(5, 12)
    one, other = (cluster(vectors, small_spec(), seed=1) for _ in range(2))
    assert one.method == "consensus"
    assert one.labels.tolist() == np.repeat(np.arange(5), 12).tolist()
    assert np.array_equal(one.labels, other.labels)
    assert one.stability == other.stability


@pytest.mark.real_models
def test_equal_passages_in_masses_do_not_break_umap() -> None:
    vectors = np.concatenate([np.repeat(blobs(2, 1, spread=0), 200, axis=0), blobs(6, 6)])
    found = cluster(vectors, small_spec(), seed=1)
    assert found.method == "consensus"
    assert len(set(found.labels[:200].tolist())) == len(set(found.labels[200:400].tolist())) == 1
