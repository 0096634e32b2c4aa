"""The trained part of a coder at work: texts in, a score per code out, with the words each score comes from."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from models.coding import Span
from models.heads import Heads
from models.loading import loading
from models.scoring import FacetLayout, Layout, Scores
from models.transformer import AFTER, BEFORE, Tokens, load_transformer, padded, tokenize, transformer_version, windows
from taxonomy.errors import ModelError

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import BertModel

_ADAPTED = ("query", "key", "value", "dense")  # the matrices of a layer that adapters are put beside
THREADS = 2
_TOKENS = 4096  # read at once: longer texts come in smaller batches
_SHORTEST, _LONGEST = 4, 12  # words of a stretch that is given as evidence
_PREFIX, _HEADS = "adapter.", "heads."


def adapted(model: BertModel, rank: int, layers: Sequence[int]) -> PeftModel:
    """Return the model with adapters of a rank in some of its layers, everything else frozen."""
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=list(_ADAPTED), layers_to_transform=list(layers), bias="none")
    with warnings.catch_warnings():
        # peft asks the model for something that transformers has renamed; neither is any news to whoever trains.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        return get_peft_model(model, config)


class Scorer:
    """The transformer with its adapters merged in, and the heads on top."""

    def __init__(self, model: torch.nn.Module, heads: Heads, layout: Layout, adapters: dict[str, Tensor]) -> None:
        self._model = model.eval()
        self._heads = heads.eval()
        self._adapters = adapters
        self.layout = layout

    @classmethod
    def of(cls, model: PeftModel, heads: Heads, layout: Layout) -> Scorer:
        """Return a reader from a model that was trained; the model is not to be trained any further."""
        from peft import get_peft_model_state_dict

        adapters = {name: tensor.detach().clone() for name, tensor in get_peft_model_state_dict(model).items()}
        return cls(model.merge_and_unload(), heads, layout, adapters)

    def save(self, path: Path) -> None:
        """Write adapters and heads as half-precision safetensors, with what they fit to."""
        tensors = {f"{_PREFIX}{name}": tensor for name, tensor in self._adapters.items()}
        tensors |= {f"{_HEADS}{name}": tensor for name, tensor in self._heads.state_dict().items()}
        rank = next(tensor.shape[0] for name, tensor in self._adapters.items() if "lora_A" in name)
        layers = sorted({int(found[1]) for name in self._adapters if (found := re.search(r"\.layer\.(\d+)\.", name))})
        facts = {
            "transformer": transformer_version(),
            "rank": str(rank),
            "layers": json.dumps(layers),
            "facets": json.dumps([[f.facet, f.one, f.codes] for f in self.layout.facets]),
        }
        path.write_bytes(_in_order(save({name: tensor.to(torch.float16).contiguous() for name, tensor in tensors.items()}, facts)))

    @classmethod
    def load(cls, path: Path) -> Scorer:
        """Read what ``save`` wrote.

        Raises:
            ModelError: the file is missing or damaged, or was trained on another transformer.
        """
        with loading():
            tensors, facts = _opened(path)
            if facts.get("transformer") != transformer_version():
                raise ModelError(
                    f"{path}: was trained on {facts.get('transformer', 'something else')}, but {transformer_version()} is installed; "
                    "install that one, or train anew with: suasion train"
                )
            torch.set_num_threads(THREADS)
            model = load_transformer()
            try:
                return cls(*_assembled(model, tensors, facts))
            except (LookupError, TypeError, ValueError, RuntimeError) as error:
                kind = type(error).__name__
                raise ModelError(f"{path}: does not hold the whole weights of a coder ({kind}); train anew with: suasion train") from error

    def score(self, texts: Sequence[str]) -> Scores:
        """Read texts of any length. What is said of a text does not depend, beyond rounding, on the texts beside it."""
        tokens = tokenize(texts)
        parts = [(number, window) for number, each in enumerate(tokens) for window in windows(each)]
        states: list[list[Tensor]] = [[] for _ in texts]
        with torch.inference_mode():
            for batch in _batches(parts):
                ids, mask = padded([window for _, window in batch])
                found = self._model(input_ids=ids, attention_mask=mask).last_hidden_state
                for (number, window), state in zip(batch, found, strict=True):
                    states[number].append(state[: len(window)])
            shares = [self._shares(each) for each in states]
        scores = np.stack([each.sum(1) for each in shares]) if texts else np.zeros((0, self.layout.width), np.float32)
        bias = self._heads.bias.detach().numpy()
        framed = cache(lambda text: _Words.of(tokens[text]))
        return Scores(np.asarray(scores + bias, dtype=np.float32), lambda text, code: framed(text).evidence(shares[text][code]))

    def _shares(self, states: Sequence[Tensor]) -> NDArray[np.float32]:
        """Return each token's share in each code's score, shape (codes, tokens with marks), over all windows of a text."""
        together = torch.cat(list(states))
        found: NDArray[np.float32] = self._heads.shares(together[None], torch.ones(1, len(together)))[0].numpy()
        return found


def _batches(parts: Sequence[tuple[int, list[int]]]) -> list[list[tuple[int, list[int]]]]:
    """Group windows of like length. Windows of one text stay in order, for they have one length but for the last, which is shorter."""
    made: list[list[tuple[int, list[int]]]] = []
    for part in sorted(parts, key=lambda part: -len(part[1])):
        if made and (len(made[-1]) + 1) * len(made[-1][0][1]) <= _TOKENS:
            made[-1].append(part)
        else:
            made.append([part])
    return made


@dataclass(frozen=True)
class _Words:
    """The whole words of a text, which of the tokens that the transformer saw are of words, and of which word each is."""

    spans: tuple[Span, ...]
    kept: NDArray[np.intp]
    owners: NDArray[np.intp]

    @classmethod
    def of(cls, tokens: Tokens) -> _Words:
        """A mark of white space is no word, and the marks around a window are no tokens of the text."""
        spans: list[Span] = []
        kept: list[int] = []
        owners: list[int] = []
        for start, end, place in zip(tokens.starts, tokens.ends, _places(tokens), strict=True):
            if start >= end:
                continue
            if spans and start <= spans[-1].end:
                spans[-1] = Span(spans[-1].start, max(end, spans[-1].end))
            else:
                spans.append(Span(start, end))
            kept.append(place)
            owners.append(len(spans) - 1)
        return cls(tuple(spans), np.asarray(kept, dtype=np.intp), np.asarray(owners, dtype=np.intp))

    def evidence(self, shares: NDArray[np.float32]) -> tuple[Span, ...]:
        """Return the stretch of words that the score comes from more than from any other, as one span; none for an empty text.

        The stretch is the one whose words' shares exceed the mean share the most in sum. Scattered words with great shares would be
        more exact and tell a reader less: a reason is a phrase. ``shares`` are those of all tokens with marks.
        """
        if not self.spans:
            return ()
        own = np.bincount(self.owners, weights=shares[self.kept])
        above = np.concatenate(([0.0], np.cumsum(own)))
        above -= np.arange(len(above)) * above[-1] / len(own)
        first, last = _stretch(above)
        return (Span(self.spans[first].start, self.spans[last - 1].end),)


def _stretch(above: NDArray[np.float64]) -> tuple[int, int]:
    """Return the words [first, last) over which a running sum rises most; of equal ones the first, and of these the longest."""
    words = len(above) - 1
    least = min(_SHORTEST, words)
    lengths = np.arange(min(_LONGEST, words), least - 1, -1)
    firsts = np.arange(words - least + 1)
    lasts = firsts[:, None] + lengths
    rises = np.where(lasts <= words, above[np.minimum(lasts, words)] - above[firsts, None], -np.inf)
    first, length = divmod(int(rises.argmax()), len(lengths))
    return first, first + int(lengths[length])


def _places(tokens: Tokens) -> Iterator[int]:
    """Yield where each token of a text stands among those of its windows with their marks."""
    place = 0
    for window in windows(tokens):
        yield from range(place + len(BEFORE), place + len(window) - len(AFTER))
        place += len(window)


def _in_order(file: bytes) -> bytes:
    """Return a safetensors file with its facts sorted: the library writes them in any order, and versions are hashes of files."""
    start = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:start])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    said = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    said += b" " * (-len(said) % 8)  # the tensors begin at a multiple of eight
    return len(said).to_bytes(8, "little") + said + file[start:]


def _opened(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    try:
        with safe_open(path, framework="pt") as file:
            names = file.keys()
            return {name: file.get_tensor(name) for name in names}, dict(file.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path}: cannot be read as the weights of a coder ({error}); train anew with: suasion train") from error


def _assembled(
    model: BertModel, tensors: dict[str, Tensor], facts: dict[str, str]
) -> tuple[torch.nn.Module, Heads, Layout, dict[str, Tensor]]:
    """Return what a scorer is made of, the adapters merged in; one of several built-in errors where a tensor is missing or damaged."""
    from peft import get_peft_model_state_dict, set_peft_model_state_dict

    if not all(bool(tensor.isfinite().all()) for tensor in tensors.values()):
        raise ValueError("not all numbers are finite")
    layout = _layout(facts)
    to_adapt = adapted(model, int(facts["rank"]), json.loads(facts["layers"]))
    adapters = {name.removeprefix(_PREFIX): tensor.float() for name, tensor in tensors.items() if name.startswith(_PREFIX)}
    expected = get_peft_model_state_dict(to_adapt)
    # peft itself takes what it finds and says nothing of the rest.
    if {name: tensor.shape for name, tensor in adapters.items()} != {name: tensor.shape for name, tensor in expected.items()}:
        raise ValueError("the adapters are not those of these layers")
    set_peft_model_state_dict(to_adapt, adapters)
    heads = Heads(layout.width, model.config.hidden_size)
    heads.load_state_dict({name.removeprefix(_HEADS): t.float() for name, t in tensors.items() if name.startswith(_HEADS)})
    return to_adapt.merge_and_unload(), heads, layout, adapters


def _layout(facts: dict[str, str]) -> Layout:
    made: list[FacetLayout] = []
    for facet, one, codes in json.loads(facts["facets"]):
        made.append(FacetLayout(facet, one, tuple(codes), made[-1].end if made else 0))
    return Layout(tuple(made))
