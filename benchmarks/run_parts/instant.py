"""Models that answer at once: vectors and codings that the real ones gave to the phrases which passages begin with."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.run_parts.material import BEGINNING, SEED
from models.coding import Coder, Coding, Passage, Span
from models.encoders import Encoder
from models.segmentation import segment

NOISE = 0.05
_NOISES = 4_096


class InstantEncoder:
    """Gives each text the vector of the phrase that it begins with, moved a little by what else it says."""

    def __init__(self, texts: Sequence[str], encoder: Encoder) -> None:
        self.name, self.version, self.dimensions = encoder.name, encoder.version, encoder.dimensions
        self._rows = {text[:BEGINNING]: row for row, text in enumerate(texts)}
        self._vectors = encoder.encode(texts)
        noise = np.random.default_rng(SEED).standard_normal((_NOISES, self.dimensions)).astype(np.float32)
        self._noise = noise * (NOISE / np.sqrt(self.dimensions))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row per text."""
        marks = [zlib.crc32(text.encode("utf-8", "replace")) for text in texts]
        rows = [self._rows.get(text[:BEGINNING], mark % len(self._vectors)) for text, mark in zip(texts, marks, strict=True)]
        vectors = self._vectors[rows] + self._noise[np.asarray(marks, dtype=np.int64) % _NOISES]
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


class InstantCoder:
    """Gives each passage the coding of the phrase that it begins with."""

    def __init__(self, passages: Sequence[Passage], encoder: Encoder, coder: Coder) -> None:
        self.version = coder.version
        codings = coder.code(passages, encoder.encode([passage.text for passage in passages]))
        self._codings = list(codings)
        self._rows = {passage.text[:BEGINNING]: (len(passage.text), coding) for passage, coding in zip(passages, codings, strict=True)}

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        """Return one coding per passage."""
        return [self._one(passage.text) for passage in passages]

    def _one(self, text: str) -> Coding:
        length, known = self._rows.get(text[:BEGINNING], (0, None))
        if known is not None and length <= len(text):
            return known
        coding = self._codings[zlib.crc32(text.encode("utf-8", "replace")) % len(self._codings)]
        whole = (Span(0, len(text)),)
        return replace(
            coding,
            codes=tuple(replace(code, spans=whole if code.spans else ()) for code in coding.codes),
            claims=tuple(replace(claim, spans=whole) for claim in coding.claims),
        )


@dataclass(frozen=True)
class Instant:
    """Both of them, made by the real models from the same phrases."""

    encoder: InstantEncoder
    coder: InstantCoder


def instant(pool: Sequence[dict[str, str]]) -> Instant:
    """Let the real models read the phrases once."""
    from models.coder import load_coder
    from models.encoders import load_encoder
    from taxonomy import load_codebook

    encoder = load_encoder()
    passages = [
        Passage(row["text"][span.start : span.end], row["lang"], row["country"] or None)
        for row in pool
        for span in segment(row["text"], row["lang"])
    ]
    texts = list(dict.fromkeys(passage.text for passage in passages))
    return Instant(InstantEncoder(texts, encoder), InstantCoder(passages, encoder, load_coder(load_codebook(), encoder)))
