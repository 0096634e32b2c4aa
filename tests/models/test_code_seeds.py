from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from models.code_seeds import CodeSeeds, code_seeds, foreseen
from tests.models.tiny_codebook import CountingEncoder, tiny_codebook

EAST, NORTH, UP = np.eye(3, dtype=np.float32)
SEEDS = CodeSeeds(("right:work", "right:health"), np.stack([EAST, NORTH]))


class Recording(CountingEncoder):
    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts.extend(texts)
        return super().encode(texts)


def test_codes_of_what_an_answer_is_about_are_seeds() -> None:
    seeds = code_seeds(tiny_codebook(), CountingEncoder())
    assert {code.split(":")[0] for code in seeds.codes} == {"actor", "origin", "industry", "mechanism", "right", "labour", "people_at_risk"}
    assert "right:health" in seeds.codes


def test_a_seed_is_made_of_the_definition_and_the_examples_that_hold() -> None:
    encoder = Recording()
    code_seeds(tiny_codebook(), encoder)
    assert "health: What health covers." in encoder.texts
    assert encoder.texts.count("They fell ill.") == 1
    assert not any("direction" in text or "encouraged" in text for text in encoder.texts)


def test_seeds_are_unit_rows_around_their_own_mean() -> None:
    seeds = code_seeds(tiny_codebook(), CountingEncoder())
    assert seeds.vectors.shape == (len(seeds.codes), 3)
    assert seeds.vectors.dtype == np.float32
    assert np.linalg.norm(seeds.vectors, axis=1) == pytest.approx(1.0, abs=1e-6)
    assert np.linalg.norm(seeds.vectors.mean(axis=0)) < 0.5


def test_a_codebook_without_such_codes_has_no_seeds() -> None:
    facets = tuple(facet for facet in tiny_codebook().facets if facet.values == "one")
    seeds = code_seeds(tiny_codebook().model_copy(update={"facets": facets}), CountingEncoder())
    assert seeds.codes == ()
    assert seeds.vectors.shape == (0, 3)


def test_the_share_of_a_topic_that_lies_near_a_code_is_foreseen() -> None:
    vectors = np.stack([EAST, EAST, UP, UP, NORTH])
    found = foreseen(SEEDS, vectors, np.array([0, 0, 0, 1, -1]), np.stack([EAST, UP]), near=0.5)
    assert found.shares == pytest.approx((2 / 3, 0.0))


def test_each_topic_has_its_nearest_code_however_far() -> None:
    centroids = np.array([[0.6, 0.8, 0.0], [0.1, 0.0, 0.9949874]], dtype=np.float32)
    found = foreseen(SEEDS, np.zeros((0, 3), dtype=np.float32), np.zeros(0, dtype=np.int64), centroids, near=0.5)
    assert found.nearest == ("right:health", "right:work")
    assert found.similarities == pytest.approx((0.8, 0.1), abs=1e-6)
    assert found.shares == (0.0, 0.0)


def test_of_two_codes_equally_near_the_first_of_the_codebook_is_named() -> None:
    found = foreseen(SEEDS, np.stack([UP]), np.array([0]), np.stack([UP]), near=0.5)
    assert found.nearest == ("right:work",)


def test_without_codes_nothing_is_foreseen() -> None:
    found = foreseen(CodeSeeds.none(3), np.stack([EAST]), np.array([0]), np.stack([EAST]), near=0.5)
    assert (found.shares, found.nearest, found.similarities) == ((0.0,), (None,), (None,))


def test_without_topics_there_is_nothing_to_foresee() -> None:
    found = foreseen(SEEDS, np.stack([EAST]), np.array([-1]), np.zeros((0, 3), dtype=np.float32), near=0.5)
    assert (found.shares, found.nearest, found.similarities) == ((), (), ())
