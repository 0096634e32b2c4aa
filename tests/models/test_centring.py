from __future__ import annotations

import numpy as np
import pytest

from models.centring import CentredRows, Centring, centroids, cosines, unit


def rows(*values: tuple[float, ...]) -> np.ndarray:
    return np.asarray(values, dtype=np.float32)


def test_languages_that_differ_by_their_mean_alone_fall_together() -> None:
    generator = np.random.default_rng(1)
    said = generator.normal(size=(40, 6))
    shift = np.array([9.0, 0, 0, 0, 0, 0])
    vectors = unit(np.concatenate([said * 0.1 + shift, said * 0.1 - shift]).astype(np.float32))
    languages = ["en"] * 40 + ["ko"] * 40
    centred = Centring.of(vectors, languages, weight=0.001).apply(vectors, languages)
    assert cosines(vectors[:40], vectors[40:]).diagonal().max() < 0
    assert cosines(centred[:40], centred[40:]).diagonal()[:10].min() > 0.8


def test_a_language_of_one_passage_keeps_its_direction_from_the_mean_of_all() -> None:
    vectors = unit(rows((1, 0, 0), (0.9, 0.1, 0), (1, 0.2, 0), (0, 0, 1)))
    centring = Centring.of(vectors, ["en", "en", "en", "fr"], weight=30)
    assert np.abs(centring.of_language["fr"] - centring.general).max() < 0.05
    assert centring.apply(vectors, ["en", "en", "en", "fr"])[3, 2] > 0.5


def test_weight_is_where_own_mean_and_that_of_all_count_alike() -> None:
    vectors = rows((1, 0), (1, 0), (0, 1), (0, 1))
    centring = Centring.of(vectors, ["en", "en", "fr", "fr"], weight=2)
    assert centring.general.tolist() == [0.5, 0.5]
    assert centring.of_language["en"].tolist() == [0.75, 0.25]


def test_an_unknown_language_is_centred_on_the_mean_of_all() -> None:
    vectors = rows((1, 0), (0, 1))
    centring = Centring.of(vectors, ["en", "fr"], weight=1)
    assert centring.apply(vectors, ["pt", "pt"]).tolist() == unit(rows((0.5, -0.5), (-0.5, 0.5))).tolist()


def test_rows_of_zeros_stay_zeros_and_count_in_no_mean() -> None:
    vectors = rows((1, 0), (0, 0), (0, 1), (0, 0))
    languages = ["en", "en", "en", "xx"]
    centring = Centring.of(vectors, languages, weight=1)
    assert centring.general.tolist() == [0.5, 0.5]
    assert set(centring.of_language) == {"en"}
    assert not centring.apply(vectors, languages)[[1, 3]].any()


def test_rows_that_are_the_mean_become_zeros() -> None:
    vectors = unit(rows(*[(0.3, 0.4, 0.7)] * 5))
    assert not Centring.of(vectors, ["en"] * 5, weight=30).apply(vectors, ["en"] * 5).any()


@pytest.mark.parametrize("shape", [(0, 0), (0, 4)])
def test_no_passages_have_no_means(shape: tuple[int, int]) -> None:
    vectors = np.zeros(shape, dtype=np.float32)
    centring = Centring.of(vectors, [], weight=30)
    assert centring.of_language == {}
    assert centring.apply(vectors, []).shape == shape


def test_a_row_is_centred_the_same_whichever_rows_are_beside_it() -> None:
    generator = np.random.default_rng(2)
    vectors = unit(generator.normal(size=(50, 16)).astype(np.float32))
    languages = ["en", "fr"] * 25
    centring = Centring.of(vectors, languages, weight=30)
    together = centring.apply(vectors, languages)
    alone = np.concatenate([centring.apply(vectors[i : i + 1], languages[i : i + 1]) for i in range(50)])
    assert np.array_equal(together, alone)
    assert np.array_equal(cosines(together, together[:3]), np.concatenate([cosines(together[i : i + 1], together[:3]) for i in range(50)]))


def test_equal_means_are_equal_and_others_are_not() -> None:
    vectors = rows((1, 0), (0, 1))
    one, other = (Centring.of(vectors, ["en", "fr"], weight=w) for w in (1, 2))
    assert one == Centring.of(vectors, ["en", "fr"], weight=1)
    assert one != other
    assert one != Centring.of(vectors, ["en", "pt"], weight=1)
    assert one != "a centring"


def test_centroids_are_unit_means_of_their_rows() -> None:
    vectors = rows((1, 0), (0, 1), (0, 1))
    found = centroids(vectors, [np.array([0, 1]), np.array([2])])
    assert found == pytest.approx(rows((0.7071068, 0.7071068), (0, 1)))
    assert centroids(vectors, []).shape == (0, 2)


def test_rows_that_are_made_when_asked_for_are_the_same() -> None:
    vectors = np.random.default_rng(1).standard_normal((40, 6)).astype(np.float32)
    languages = [("en", "fr", "ko")[row % 3] for row in range(40)]
    centring = Centring.of(vectors, languages, weight=3)
    whole, asked = centring.apply(vectors, languages), CentredRows(centring, vectors, languages)
    some = np.array([39, 2, 2, 17])
    assert (len(asked), asked.shape) == (40, (40, 6))
    assert asked[some].tolist() == whole[some].tolist()
    assert asked[5:11].tolist() == whole[5:11].tolist()
    assert asked[some[:0]].shape == (0, 6)
