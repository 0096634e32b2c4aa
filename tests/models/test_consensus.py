from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import squareform

from models.consensus import OUTLIER, Run, consensus, distances, overlap, resample, sharing, sizeable, stability


def labels(*values: int) -> np.ndarray:
    return np.asarray(values, dtype=np.int64)


def whole(*values: int) -> Run:
    return Run(np.arange(len(values)), labels(*values))


def test_a_resample_holds_about_two_thirds_once_each_in_order() -> None:
    rows = resample(10_000, seed=3)
    assert len(rows) == pytest.approx(6_321, abs=100)
    assert (np.diff(rows) > 0).all()
    assert np.array_equal(rows, resample(10_000, seed=3))
    assert not np.array_equal(rows, resample(10_000, seed=4))
    assert resample(0, seed=1).tolist() == []
    assert resample(1, seed=1).tolist() == [0]


def test_distance_is_the_share_of_common_runs_in_which_two_are_apart() -> None:
    runs = [whole(0, 0, 1), whole(0, 1, 1), Run(np.array([0, 1]), labels(4, 4))]
    assert squareform(distances(runs, 3)) == pytest.approx(np.array([[0, 1 / 3, 1], [1 / 3, 0, 0.5], [1, 0.5, 0]]))


def test_outliers_and_strangers_are_apart() -> None:
    runs = [whole(-1, -1, 0, 0), Run(np.array([0, 2]), labels(0, 0)), Run(np.array([1, 3]), labels(0, 0))]
    found = squareform(distances(runs, 4))
    assert found[0, 1] == 1
    assert found[0, 2] == found[1, 3] == 0.5
    assert squareform(distances([Run(np.array([0]), labels(0)), Run(np.array([1]), labels(0))], 2))[0, 1] == 1


def test_what_most_runs_hold_together_stays_together() -> None:
    runs = [whole(0, 0, 0, 1, 1, 1), whole(1, 1, 1, 0, 0, 0), whole(0, 0, 1, 1, 1, 1)]
    assert consensus(runs, 6, agreement=0.5, smallest=2).tolist() == [0, 0, 0, 1, 1, 1]


def test_clusters_below_the_smallest_are_outliers_and_so_is_what_runs_do_not_agree_on() -> None:
    runs = [whole(0, 0, 0, 1, 1, -1), whole(0, 0, 0, 1, 1, 0)]
    assert consensus(runs, 6, agreement=0.6, smallest=3).tolist() == [0, 0, 0, -1, -1, -1]


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_are_outliers(count: int) -> None:
    assert consensus([Run(np.arange(count), labels(*[0] * count))], count, 0.5, 1).tolist() == [OUTLIER] * count


def test_all_outliers_in_all_runs_make_no_cluster() -> None:
    assert consensus([whole(-1, -1, -1)] * 3, 3, 0.3, 2).tolist() == [-1, -1, -1]


def test_clusters_are_numbered_by_size_then_by_their_first_row() -> None:
    assert sizeable(labels(9, 9, 4, 4, 4, 7, 7, -1), 2).tolist() == [1, 1, 0, 0, 0, 2, 2, -1]
    assert sizeable(labels(), 2).tolist() == []


def test_a_cluster_that_every_resample_finds_is_wholly_stable() -> None:
    found = labels(0, 0, 0, 1, 1, 1)
    runs = [Run(np.array([0, 1, 3, 4]), labels(5, 5, 2, 2)), Run(np.array([0, 2, 4, 5]), labels(0, 0, 1, 1))]
    assert stability(found, runs) == (1.0, 1.0)


def test_stability_is_the_mean_of_the_best_jaccard_over_the_resamples_passages() -> None:
    found = labels(0, 0, 0, 1, 1, -1)
    runs = [Run(np.arange(6), labels(0, 0, 1, 1, 1, 1)), Run(np.array([0, 3, 5]), labels(-1, 0, 0))]
    # Of the first: 2 of 3, and 2 of 4. Of the second: none of 1, and 1 of 2.
    assert stability(found, runs) == pytest.approx(((2 / 3 + 0) / 2, (2 / 4 + 1 / 2) / 2))


def test_a_resample_without_any_of_a_cluster_says_nothing_about_it() -> None:
    runs = [Run(np.array([0, 1]), labels(0, 0)), Run(np.array([0, 1, 2]), labels(0, 0, 1))]
    assert stability(labels(0, 0, 1), runs) == (1.0, 1.0)
    assert stability(labels(0, 0, 1), runs[:1]) == (1.0, 0.0)


def test_nothing_but_outliers_has_no_stability_and_runs_of_outliers_no_overlap() -> None:
    assert stability(labels(-1, -1), [whole(0, 0)]) == ()
    assert stability(labels(0, 0), [whole(-1, -1)]) == (0.0,)


def test_sharing_is_the_share_of_pairs_that_meet_again() -> None:
    assert sharing([whole(0, 0, 1, 1), whole(1, 1, 0, 0)]) == 1.0
    # One way 1 of 3 pairs, the other way 1 of 1.
    assert sharing([whole(0, 0, 0), whole(0, 0, -1)]) == pytest.approx((1 / 3 + 1) / 2)


def test_sharing_looks_at_what_is_in_both_runs() -> None:
    assert sharing([whole(0, 0, 0), Run(np.array([0, 2]), labels(1, 1))]) == 1.0


def test_runs_without_pairs_share_nothing_that_could_be_counted() -> None:
    assert sharing([whole(-1, -1), whole(0, 1)]) is None
    assert sharing([whole(0, 0)]) is None
    assert sharing([]) is None


def test_overlap_counts_rows_in_both_and_outliers_in_neither() -> None:
    assert overlap(labels(0, 0, 1, -1), labels(1, 0, 1, 1)).tolist() == [[1, 1], [0, 1]]
    assert overlap(labels(0), labels(0), clusters=2).tolist() == [[1], [0]]
