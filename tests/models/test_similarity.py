from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.similarity import Likeness
from tests.models.tiny_codebook import CountingEncoder, tiny_codebook


class Recording(CountingEncoder):
    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts.extend(texts)
        return super().encode(texts)


def test_definitions_and_positive_examples_are_encoded_once() -> None:
    encoder = Recording()
    likeness = Likeness(tiny_codebook(), encoder)
    assert "bank: What bank covers." in encoder.texts
    assert encoder.texts.count("They paid no wages.") == 1
    before = len(encoder.texts)
    likeness.scores(encoder.encode(["A text."]))
    assert len(encoder.texts) == before + 1


def test_a_code_is_most_like_its_own_texts() -> None:
    encoder = CountingEncoder()
    likeness = Likeness(tiny_codebook(), encoder)
    near = likeness.by_facet(likeness.scores(encoder.encode(["They fell ill."]))[0].tolist())["right"]["health"]
    far = likeness.by_facet(likeness.scores(encoder.encode(["rrrrrrrr"]))[0].tolist())["right"]["health"]
    assert near > far


def test_scores_lie_between_nought_and_one_for_every_code() -> None:
    encoder = CountingEncoder()
    likeness = Likeness(tiny_codebook(), encoder)
    scores = likeness.scores(encoder.encode(["", "eeee", "arear"]))
    assert scores.shape == (3, sum(len(facet.codes) for facet in tiny_codebook().facets))
    assert ((scores > 0) & (scores < 1)).all()


def test_a_passage_scores_the_same_in_any_company() -> None:
    encoder = CountingEncoder()
    likeness = Likeness(tiny_codebook(), encoder)
    vectors = encoder.encode([f"{'re' * n} a" for n in range(50)])
    together = likeness.scores(vectors)
    alone = np.vstack([likeness.scores(vectors[n : n + 1]) for n in range(50)])
    assert np.array_equal(together, alone)


def test_a_vector_of_zeros_is_like_nothing_in_particular() -> None:
    likeness = Likeness(tiny_codebook(), CountingEncoder())
    scores = likeness.scores(np.zeros((1, 3), dtype=np.float32))
    assert np.isfinite(scores).all()


def test_scores_are_arranged_by_facet_and_code() -> None:
    likeness = Likeness(tiny_codebook(), CountingEncoder())
    count = sum(len(facet.codes) for facet in tiny_codebook().facets)
    arranged = likeness.by_facet([n / count for n in range(count)])
    assert list(arranged["relevance"]) == ["influence", "no_influence", "non_substantive", "off_topic"]
    assert arranged["relevance"]["influence"] == 0.0
