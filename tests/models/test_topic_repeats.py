from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from models import topic_repeats
from models.clustering import Draw, cluster
from models.topic_repeats import repeat
from tests.models.blobs import blobs, by_axis, passages, small_spec

SPEC = small_spec()


@pytest.fixture
def _fake_consensus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_repeats, "cluster", partial(cluster, clusterer=by_axis))


@pytest.mark.usefixtures("_fake_consensus")
def test_groups_that_are_there_come_out_again() -> None:
    told: list[tuple[int, int]] = []
    found = repeat(passages(blobs(4, 15)), "enc-1", SPEC, 2, lambda done, of: told.append((done, of)))
    assert (found.encoder, found.spec, found.seed, found.method, found.fitted) == ("enc-1", SPEC.stamp, SPEC.seed, "consensus", 60)
    assert [topic.again for topic in found.topics] == [1.0] * 4
    assert [topic.size for topic in found.topics] == [15] * 4
    assert sorted(int(topic.central[1:]) // 15 for topic in found.topics) == [0, 1, 2, 3]
    assert (found.sharing, found.adjusted_rand) == (1.0, 1.0)
    assert (found.found, found.outliers) == ((4, 4, 4), (0.0, 0.0, 0.0))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_topics_that_hang_on_the_seed_are_told_apart_from_those_that_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def fickle(draw: Draw) -> NDArray[np.int64]:
        labels = by_axis(draw)
        if draw.seed // 1000 != SPEC.seed:  # of another fit: the third and the fourth group fall together
            labels[labels == 3] = 2
        return labels

    monkeypatch.setattr(topic_repeats, "cluster", partial(cluster, clusterer=fickle))
    found = repeat(passages(blobs(4, 15)), "enc-1", SPEC, 1)
    again = {int(topic.central[1:]) // 15: topic.again for topic in found.topics}
    assert again == {0: 1.0, 1: 1.0, 2: 0.5, 3: 0.5}
    assert found.found == (4, 3)
    assert found.sharing is not None
    assert 0.6 < found.sharing < 1
    assert found.adjusted_rand is not None
    assert 0.5 < found.adjusted_rand < 1


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_handful_has_nothing_to_repeat_and_says_so(count: int) -> None:
    found = repeat(passages(blobs(1, count)), "enc-1", SPEC, 2)
    assert (found.method, found.topics, found.sharing, found.adjusted_rand) == ("none", (), None, None)
    assert found.found == (0, 0, 0)
    assert found.note


def test_the_method_for_few_has_no_seed_and_comes_out_the_same() -> None:
    found = repeat(passages(blobs(3, 9)), "enc-1", SPEC, 2)
    assert (found.method, found.adjusted_rand, found.sharing) == ("agglomerative", 1.0, 1.0)


def test_no_repeats_leave_nothing_to_compare() -> None:
    found = repeat(passages(blobs(3, 9)), "enc-1", SPEC, 0)
    assert (found.sharing, found.adjusted_rand, found.found) == (None, None, (3,))
