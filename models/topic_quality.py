"""How good topics are, in the figures that the field compares topics by. A label of -1 stands for an outlier."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log

import numpy as np
from numpy.typing import NDArray

TOP = 10  # words per topic, as most papers take


@dataclass(frozen=True)
class PairSharing:
    """How often two texts that say the same share a topic.

    ``together`` is the share of all pairs, a pair of outliers not among them; ``together_where_both`` that of the pairs of which
    both are in a topic. None where there is no such pair.
    """

    pairs: int
    together: float | None
    together_where_both: float | None


def npmi(words: Sequence[Sequence[str]], documents: Sequence[Collection[str]], top: int = TOP) -> float | None:
    """Return the coherence of topics, from -1 to 1: how much more often than by chance two words of a topic stand in one document.

    The mean over topics of the mean normalised pointwise mutual information (Bouma 2009) of the pairs among the ``top`` words, as
    Lau, Newman & Baldwin (2014) take it; words that never meet count -1, words that stand in every document 0. ``words`` and
    ``documents`` are of one language: two words of one language meet more often than chance merely for that. None without a pair.
    """
    shown = [list(dict.fromkeys(each))[:top] for each in words]
    wanted = {word for each in shown for word in each}
    holders: dict[str, set[int]] = {word: set() for word in wanted}
    for number, document in enumerate(documents):
        for word in wanted.intersection(document):
            holders[word].add(number)
    of_topics = [
        float(np.mean([_npmi(holders[one], holders[other], len(documents)) for one, other in combinations(each, 2)]))
        for each in shown
        if len(each) > 1
    ]
    return float(np.mean(of_topics)) if of_topics else None


def _npmi(one: set[int], other: set[int], documents: int) -> float:
    both = len(one & other)
    if not both:
        return -1.0
    if both == documents:
        return 0.0
    return log(both * documents / (len(one) * len(other))) / -log(both / documents)


def diversity(words: Sequence[Sequence[str]], top: int = TOP) -> float | None:
    """Return the share of different words among the ``top`` words of all topics (Dieng, Ruiz & Blei 2020, with 25); None without words."""
    shown = [word for each in words for word in each[:top]]
    return len(set(shown)) / len(shown) if shown else None


def outlier_share(labels: NDArray[np.int64]) -> float:
    """Return the share of passages that no topic took, nought of none."""
    return float((labels < 0).mean()) if len(labels) else 0.0


def adjusted_mutual_information(labels: NDArray[np.int64], codes: Sequence[Collection[str]]) -> float | None:
    """Return how much topics tell of people's codes beyond chance (Vinh, Epps & Bailey 2010): 0 by chance, 1 where they are the same.

    Passages with exactly one code are compared, outliers as one more topic. None where no two of them differ in their code.
    """
    compared = [(int(label), next(iter(own))) for label, own in zip(labels, codes, strict=True) if len(own) == 1]
    if len({code for _, code in compared}) < 2:
        return None
    from sklearn.metrics import adjusted_mutual_info_score

    return float(adjusted_mutual_info_score([code for _, code in compared], [label for label, _ in compared]))


def pair_sharing(labels: NDArray[np.int64], pairs: Sequence[tuple[int, int]]) -> PairSharing:
    """Compare the topics of pairs of passages, such as translations of one another; a pair holds two positions in ``labels``."""
    both = labels[np.asarray(pairs, dtype=np.int64).reshape(-1, 2)]
    inside = (both >= 0).all(axis=1)
    together = inside & (both[:, 0] == both[:, 1])
    return PairSharing(
        len(pairs),
        float(together.mean()) if len(pairs) else None,
        float(together[inside].mean()) if inside.any() else None,
    )


def language_mix(labels: NDArray[np.int64], languages: Sequence[str]) -> float | None:
    """Return how evenly topics mix languages: 1 where each has the languages of the whole, 0 where each has one language only.

    The mean entropy of the languages within a topic, weighted by its passages, over that within all topics together: one less the
    share of the languages' entropy that topics explain. Chance alone keeps small topics below 1. None where topics have one language.
    """
    inside = labels >= 0
    _, topic = np.unique(labels[inside], return_inverse=True)
    _, language = np.unique(np.asarray(languages, dtype=np.str_)[inside], return_inverse=True)
    if not len(topic) or not language.max():
        return None
    counts = np.zeros((topic.max() + 1, language.max() + 1))
    np.add.at(counts, (topic, language), 1)
    within = np.array([_entropy(row) for row in counts])
    return float((within * counts.sum(axis=1)).sum() / counts.sum() / _entropy(counts.sum(axis=0)))


def _entropy(counts: NDArray[np.float64]) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())
