"""BERTopic (Grootendorst 2022, arXiv:2203.05794) over clusters that were found before: it orders and describes them as topics.

It is given vectors and clusters, so it loads no model of its own, and our words in place of texts, so that nothing of an answer
stays in it. What it makes is used within the call and not kept.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_FILLER = "_ __"  # stands where no word is left: with fewer than two different words BERTopic fails


class Given:
    """In the place of UMAP and of HDBSCAN: hands on the vectors as they are, and the labels that are known."""

    def __init__(self, labels: NDArray[np.int64]) -> None:
        self.labels_ = labels

    def fit(self, vectors: NDArray[np.float32], y: object = None) -> Given:
        return self

    def transform(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        return vectors


def conduct(documents: Sequence[str], vectors: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the labels as BERTopic numbers its topics: 0 for that of most passages, -1 for outliers.

    Args:
        documents: the words of each passage, with blanks between them.
        vectors: (n, d), a row per passage.
        labels: the cluster of each passage, from 0; -1 for outliers. Without any cluster they come back as they are.
    """
    if not (labels >= 0).any():
        return labels
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=SyntaxWarning)  # escapes in docstrings of what it imports, compiled anew
        warnings.filterwarnings("ignore", message="Tensorflow not installed", category=ImportWarning)  # nor needed
        from bertopic import BERTopic
        from bertopic.vectorizers import ClassTfidfTransformer
        from sklearn.feature_extraction.text import CountVectorizer

        model = BERTopic(
            language="multilingual",  # else all letters but English ones are dropped
            embedding_model=None,
            umap_model=Given(labels),
            hdbscan_model=Given(labels),
            vectorizer_model=CountVectorizer(analyzer=str.split),
            ctfidf_model=ClassTfidfTransformer(),
            calculate_probabilities=False,
            verbose=False,
        )
        scarce = len({word for words in documents for word in words.split()}) < 2
        topics, _ = model.fit_transform([_FILLER if scarce else words or _FILLER for words in documents], vectors)
    return np.asarray(topics, dtype=np.int64)
