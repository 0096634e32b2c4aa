"""A transformer of two layers and a tokenizer of white space in place of the real ones, for tests that train in a blink."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import Any

import pytest
import torch

from models.coding import Passage
from models.labels import LabelledPassage
from models.scorer import Scorer
from models.scoring import Layout
from models.training import Recipe, fit
from models.transformer import Tokens
from tests.models.tiny_codebook import tiny_codebook

#: The marks before a text have numbers up to 1,294; words have those from 50 to 1,049.
_VOCABULARY, _FIRST, _WORDS = 1300, 50, 1000
_PIECE = 5  # code points: a longer word is of several pieces

LAYOUT = Layout.of(tiny_codebook())
RECIPE = Recipe(rank=2, first_layer=1, epochs=2, turns=2, batch=4, adapter_rate=1e-2, head_rate=1e-1)


def tiny_model() -> Any:
    """Return a new one, each time with the same weights; the caller's random numbers go on as if nothing had happened."""
    from transformers import BertConfig, BertModel

    with torch.random.fork_rng():
        torch.manual_seed(7)
        config = BertConfig(
            vocab_size=_VOCABULARY,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=300,
            initializer_range=0.2,  # larger than usual, so that words can be told apart untrained
        )
        return BertModel(config, add_pooling_layer=False)


def tiny_tokens(texts: Sequence[str]) -> list[Tokens]:
    """Return the words of each text in pieces of at most five code points."""
    return [_tokens(text) for text in texts]


def _tokens(text: str) -> Tokens:
    pieces = [
        (start, min(start + _PIECE, word.end())) for word in re.finditer(r"\S+", text) for start in range(word.start(), word.end(), _PIECE)
    ]
    ids = [_FIRST + zlib.crc32(text[start:end].encode("utf-8", "replace")) % _WORDS for start, end in pieces]
    return Tokens(tuple(ids), tuple(start for start, _ in pieces), tuple(end for _, end in pieces))


def use_tiny_transformer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let training and scoring work on the tiny one."""
    for module in ("models.training", "models.scorer"):
        monkeypatch.setattr(f"{module}.load_transformer", tiny_model)
        monkeypatch.setattr(f"{module}.tokenize", tiny_tokens)
        # Two threads wait for each other longer than so small a model takes, and for ever on a busy machine.
        monkeypatch.setattr(f"{module}.THREADS", 1)
    torch.set_num_threads(1)


def row(id: str, text: str, family: str = "", **values: str) -> LabelledPassage:
    """A labelled passage; codes of a facet stand a space apart."""
    return LabelledPassage(id, Passage(text, "en"), {facet: tuple(codes.split()) for facet, codes in values.items()}, family=family or id)


def lesson(count: int = 24) -> list[LabelledPassage]:
    """Passages from which it can be learned that "lobbied" is lobbying by a bank and "polluted" the environment by a company."""
    made = []
    for number in range(count):
        where = ("north", "south", "east", "west")[number % 4]
        if number % 2:
            text, codes = f"the bank lobbied in the {where}", {"actor": "bank", "mechanism": "lobbying", "mode": "passive"}
        else:
            text, codes = f"the company polluted the {where}", {"actor": "corporation", "mechanism": "environment", "mode": "active"}
        made.append(row(f"p{number}", text, relevance="influence", right="", **codes))
    return made


def tiny_scorer(epochs: int = 2) -> Scorer:
    """Return a scorer that was trained a little; the tiny transformer must be in use."""
    return fit(lesson(), LAYOUT, Recipe(**{**RECIPE.__dict__, "epochs": epochs}))
