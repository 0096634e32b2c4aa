from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.topic_quality import adjusted_mutual_information, diversity, language_mix, npmi, outlier_share, pair_sharing


def test_words_that_always_meet_cohere_fully() -> None:
    assert npmi([["mine", "river"]], [{"mine", "river"}, {"school"}]) == pytest.approx(1.0)


def test_words_that_never_meet_do_not_cohere_at_all() -> None:
    assert npmi([["mine", "school"]], [{"mine", "river"}, {"school"}]) == -1.0
    assert npmi([["mine", "unheard"]], [{"mine"}]) == -1.0


def test_words_that_meet_as_chance_has_it_count_nought() -> None:
    assert npmi([["a", "b"]], [{"a", "b"}, {"a"}, {"b"}, set()]) == pytest.approx(0.0)
    assert npmi([["a", "b"]], [{"a", "b"}]) == 0.0


def test_coherence_is_the_mean_over_topics_of_the_mean_over_pairs() -> None:
    documents = [{"a", "b"}, {"c"}, {"d"}]
    assert npmi([["a", "b"], ["c", "d"]], documents) == pytest.approx(0.0)
    assert npmi([["a", "b", "c"]], documents) == pytest.approx((1 - 1 - 1) / 3)


def test_only_the_first_words_of_a_topic_count_and_each_once() -> None:
    assert npmi([["a", "b", "c"]], [{"a", "b"}, {"c"}], top=2) == pytest.approx(1.0)
    assert npmi([["a", "a", "b"]], [{"a", "b"}, set()]) == pytest.approx(1.0)


def test_without_a_pair_there_is_no_coherence() -> None:
    assert npmi([], [{"a"}]) is None
    assert npmi([["a"], []], [{"a"}]) is None
    assert npmi([["a", "b"]], []) == -1.0


def test_diversity_is_the_share_of_different_words() -> None:
    assert diversity([["a", "b"], ["b", "c"]]) == pytest.approx(0.75)
    assert diversity([["a", "b"], ["b", "c"]], top=1) == 1.0
    assert diversity([[], []]) is None


def test_outliers_are_labelled_below_nought() -> None:
    assert outlier_share(np.array([0, -1, 1, -1])) == 0.5
    assert outlier_share(np.array([], dtype=np.int64)) == 0.0


def test_topics_that_are_the_codes_tell_everything() -> None:
    labels = np.array([0, 0, 1, 1, -1, -1])
    assert adjusted_mutual_information(labels, [["x"], ["x"], ["y"], ["y"], ["z"], ["z"]]) == pytest.approx(1.0)


def test_passages_with_no_code_or_several_are_not_compared() -> None:
    labels = np.array([0, 0, 1, 1, 1, 0])
    assert adjusted_mutual_information(labels, [["x"], ["x"], ["y"], ["y"], ["x", "y"], []]) == pytest.approx(1.0)


def test_one_topic_for_all_tells_nothing() -> None:
    assert adjusted_mutual_information(np.zeros(4, dtype=np.int64), [["x"], ["x"], ["y"], ["y"]]) == pytest.approx(0.0)


def test_codes_that_do_not_differ_cannot_be_told() -> None:
    assert adjusted_mutual_information(np.array([0, 1]), [["x"], ["x"]]) is None
    assert adjusted_mutual_information(np.array([], dtype=np.int64), []) is None


def test_pairs_share_a_topic_and_not_the_lack_of_one() -> None:
    labels = np.array([0, 0, 1, -1, -1])
    found = pair_sharing(labels, [(0, 1), (0, 2), (0, 3), (3, 4)])
    assert (found.pairs, found.together, found.together_where_both) == (4, 0.25, 0.5)


def test_no_pairs_share_nothing() -> None:
    found = pair_sharing(np.array([0, 1]), [])
    assert (found.pairs, found.together, found.together_where_both) == (0, None, None)
    assert pair_sharing(np.array([-1, -1]), [(0, 1)]).together_where_both is None


def test_topics_that_mix_as_the_whole_does_are_even() -> None:
    assert language_mix(np.array([0, 0, 1, 1]), ["en", "pt", "pt", "en"]) == pytest.approx(1.0)


def test_topics_of_one_language_each_do_not_mix() -> None:
    assert language_mix(np.array([0, 0, 1, 1]), ["en", "en", "pt", "pt"]) == pytest.approx(0.0)


def test_outliers_do_not_count_for_the_mix() -> None:
    assert language_mix(np.array([0, 0, 1, 1, -1]), ["en", "pt", "pt", "en", "ko"]) == pytest.approx(1.0)


def test_one_language_cannot_mix() -> None:
    assert language_mix(np.array([0, 1]), ["en", "en"]) is None
    assert language_mix(np.array([-1]), ["en"]) is None
    assert language_mix(np.array([], dtype=np.int64), []) is None


@given(st.lists(st.tuples(st.integers(-1, 3), st.sampled_from(["en", "pt", "ko"])), max_size=30))
def test_the_mix_lies_between_nought_and_one(passages: list[tuple[int, str]]) -> None:
    mix = language_mix(np.array([label for label, _ in passages], dtype=np.int64), [language for _, language in passages])
    assert mix is None or -1e-9 <= mix <= 1 + 1e-9
