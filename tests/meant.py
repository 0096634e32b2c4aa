"""A small store whose vectors mean something: a fake encoder knows a few matters in three languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from explorer.library import Library
from models.tables import VECTORS
from store import Filters, Paths, Writer
from tests import synthetic
from tests.synthetic import EXPERTS, REPORTS, SUMMARIES, VERSIONS, Response, Sentence

#: The beginnings of words that a matter is known by.
MATTERS = (("sue", "lawsuit", "process", "court", "소송"), ("water", "river", "água", "강"), ("wage", "salár", "임금"), ("coal", "carvão"))


class Matters:
    """An encoder: one axis for each matter, and a little for the text itself."""

    name = "matters"
    version = synthetic.ENCODER
    dimensions = 8

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [[sum(word in text.casefold() for word in words) for words in MATTERS] + [0.0] * 4 for text in texts]
        noise = [np.random.default_rng(sum(text.encode())).normal(size=8) * 0.05 for text in texts]
        vectors = np.asarray(rows, np.float64) + np.asarray(noise)
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def _said(text: str, effect: str, right: str = "work", actor: str = "corporation", **more: object) -> Sentence:
    codes = ("relevance:influence", f"actor:{actor}", f"right:{right}", f"effect:{effect}", "mechanism:lobbying", "mode:active")
    return Sentence(text, codes, ((actor, "lobbying", right, effect),), **more)  # type: ignore[arg-type]


SUED = _said("Mining companies sued their critics.", "harms", confidence=0.7)
PROCESSED = _said("A mineradora processou quem a criticava.", "harms", language="pt", confidence=0.8)
KOREAN_SUIT = _said("기업이 비판자에게 소송을 냈다.", "harms", "assembly", language="ko")
DROPPED = _said("The company dropped its lawsuit and raised wages.", "improves", confidence=0.6)
BANK_HELPED = _said("A bank paid for clean water.", "improves", "health", "bank")
RIVER = _said("The mine fouled the river.", "harms", "health", confidence=0.65)
COAL = _said("Banks lend to coal.", "harms", "health", "bank", confidence=0.75)
SECRET = _said("Managers sued the union’s lawyer.", "harms")

RESPONSES = (
    Response("1", (SUED, RIVER), wave="2023"),
    Response("2", (DROPPED,), wave="2024"),
    Response("3", (BANK_HELPED,), country="KEN", wave="2025"),
    Response("4", (SUED,), country="KEN", wave="2022"),
    Response("5", (COAL,), country="IND", wave=None),
)
VERSIONS_OF_ONE = (
    Response("1", (PROCESSED,), language="pt", group="g1"),
    Response("2", (replace(PROCESSED, text="The mining company took its critics to court.", language="en"),), language="en", group="g1"),
    Response("3", (KOREAN_SUIT,), country="KOR", language="ko"),
)
KEPT = (Response("1", (SECRET,), country="KOR", respondent="r-one"), Response("2", (BANK_HELPED,), respondent="r-two"))


def _vectors(waiting: pa.Table, encoder: str = synthetic.ENCODER) -> pa.Table:
    vectors = Matters().encode(waiting["text"].to_pylist())
    hashes = waiting["text_hash"].to_pylist()
    rows = [{"text_hash": hash, "encoder": encoder, "vector": vector} for hash, vector in zip(hashes, vectors.tolist(), strict=True)]
    return pa.Table.from_pylist(rows, schema=VECTORS)


@contextmanager
def _meant() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(synthetic, "vectors_table", _vectors)
        yield


def build_meant(root: Path, views: Sequence[str] = ("internal",)) -> Paths:
    """Make the store and publish it."""
    paths = Paths(root)
    with _meant(), Writer(paths, "tests") as writer:
        run = writer.begin_run(["reports", "summaries", "experts"], VERSIONS)
        for survey, responses in ((REPORTS, RESPONSES), (SUMMARIES, VERSIONS_OF_ONE), (EXPERTS, KEPT)):
            synthetic.process(writer, survey, responses, run)
        for view in views:
            writer.publish(view, run)
        writer.finish_run(run, "done")
    return paths


def quote(library: Library, text: str) -> dict[str, Any]:
    """Return the quote with these words, as the explorer's pages get it."""
    return next(row for row in library.quotes(Filters(), 50) if row["text"] == text)
