"""Teaching the transformer to code: low-rank adapters (Hu et al. 2022) and one head per code, learned from labelled passages."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from models.heads import Heads, loss, targets
from models.labels import LabelledPassage
from models.scorer import Scorer, adapted
from models.scoring import Layout
from models.transformer import load_transformer, padded, tokenize, windows

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import BertModel

#: The version of training and scoring; raise it whenever the same passages and recipe would give other heads, or the same heads other
#: scores (heads, loss, this module, scorer): what was trained before is then trained anew.
TRAINING = "1"
THREADS = 2
_READ_AHEAD = 32  # inputs that go through the lower layers at once


@dataclass(frozen=True)
class Recipe:
    """How the adapters and heads are trained. Rates are for AdamW, decayed linearly to nothing after a short rise."""

    rank: int = 16
    first_layer: int = 6  # the layers below it stay as they came: they know letters and words, and reading them back costs most
    epochs: int = 4
    turns: int = 4  # epochs that it takes to read every auxiliary passage once
    batch: int = 16  # passages per step
    adapter_rate: float = 1e-3
    head_rate: float = 2e-3
    dropout: float = 0.1
    warm_up: float = 0.06  # share of all steps
    seed: int = 1


Advance = Callable[[int], None]


def fit(
    rows: Sequence[LabelledPassage],
    layout: Layout,
    recipe: Recipe,
    auxiliary: Sequence[LabelledPassage] = (),
    advance: Advance = lambda _: None,
) -> Scorer:
    """Train on rows, and on auxiliary ones that are coded in part; ``advance`` is told how many passages were read.

    The same rows and seed give the same result on the same number of threads.
    """
    torch.set_num_threads(THREADS)
    torch.manual_seed(recipe.seed)
    model = _adapted(recipe)
    heads = Heads(layout.width, model.config.hidden_size)
    learned = [*rows, *auxiliary]
    held, asked = targets(learned, layout)
    _start_at_base_rates(heads, held, asked)
    # A longer text gives its first window alone: what is learned is words in their sentences.
    inputs = [windows(tokens)[0] for tokens in tokenize([row.passage.text for row in learned])]
    adapters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(
        [
            {"params": list(heads.parameters()), "lr": recipe.head_rate, "weight_decay": 0.01},
            {"params": adapters, "lr": recipe.adapter_rate, "weight_decay": 0.0},
        ],
        betas=(0.9, 0.98),
    )
    steps = [batch for epoch in range(recipe.epochs) for batch in _batches(inputs, len(rows), recipe, epoch)]
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, len(steps), recipe.warm_up))
    drop = torch.nn.Dropout(recipe.dropout)
    with _upper(_base(model), inputs, recipe.first_layer) as (encoder, states):
        model.train()
        for batch in steps:
            below, mask = _stacked([states[place] for place in batch])
            above = encoder(below, attention_mask=_additive(mask)).last_hidden_state
            optimiser.zero_grad()
            loss(heads(drop(above), mask), held[batch], asked[batch], layout).backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_([*heads.parameters(), *adapters], 1.0)
            optimiser.step()
            schedule.step()
            advance(len(batch))
    return Scorer.of(model, heads, layout)


def _base(model: PeftModel) -> BertModel:
    base: BertModel = model.get_base_model()
    return base


@contextmanager
def _upper(model: BertModel, inputs: Sequence[Sequence[int]], first: int) -> Iterator[tuple[torch.nn.Module, list[Tensor]]]:
    """Give the layers from ``first`` on, and what those below, which never change, make of each input: computed once, not every epoch."""
    encoder, layers = model.encoder, model.encoder.layer
    encoder.layer = layers[:first]
    model.eval()
    states: list[Tensor] = [torch.empty(0)] * len(inputs)
    order = sorted(range(len(inputs)), key=lambda place: len(inputs[place]))
    with torch.inference_mode():
        for start in range(0, len(order), _READ_AHEAD):
            batch = order[start : start + _READ_AHEAD]
            ids, mask = padded([inputs[place] for place in batch])
            found = model(input_ids=ids, attention_mask=mask).last_hidden_state
            for place, state in zip(batch, found, strict=True):
                states[place] = state[: len(inputs[place])].half()
    encoder.layer = layers[first:]
    try:
        yield encoder, states
    finally:
        encoder.layer = layers


def _stacked(states: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Return states padded to shape (batch, longest, hidden), and their mask."""
    longest = max(map(len, states))
    together = torch.zeros(len(states), longest, states[0].shape[1])
    mask = torch.zeros(len(states), longest)
    for row, state in enumerate(states):
        together[row, : len(state)] = state
        mask[row, : len(state)] = 1
    return together, mask


def _additive(mask: Tensor) -> Tensor:
    """Return the mask as layers take it: 0 where there is a token, a great negative number elsewhere."""
    return (1 - mask[:, None, None, :]) * torch.finfo(torch.float32).min


def _adapted(recipe: Recipe) -> PeftModel:
    model = load_transformer()
    layers = list(range(recipe.first_layer, model.config.num_hidden_layers))
    return adapted(model, recipe.rank, layers)


def _start_at_base_rates(heads: Heads, held: Tensor, asked: Tensor) -> None:
    """Let every head begin by saying how often its code holds, so that the first steps are not spent on learning that."""
    with torch.no_grad():
        holds = (held * asked).sum(0) + 0.5
        odds = holds / (asked.sum(0) + 1 - holds).clamp(min=0.5)
        heads.bias.copy_(odds.log().clamp(-4.5, 2))


def passages_read(rows: int, auxiliary: int, recipe: Recipe) -> int:
    """Return how many passages a training reads."""
    return sum(rows + len(_turn(rows, rows + auxiliary, recipe, epoch)) for epoch in range(recipe.epochs))


def _turn(rows: int, all_rows: int, recipe: Recipe, epoch: int) -> range:
    return range(rows + epoch % recipe.turns, all_rows, recipe.turns)


def _batches(inputs: Sequence[Sequence[int]], rows: int, recipe: Recipe, epoch: int) -> Iterator[list[int]]:
    """Yield batches of passages of like length, in an order that is random but the same for the same seed."""
    order = random.Random(recipe.seed * 1000 + epoch)
    places = [*range(rows), *_turn(rows, len(inputs), recipe, epoch)]
    order.shuffle(places)
    stretch = recipe.batch * 16
    made: list[list[int]] = []
    for start in range(0, len(places), stretch):
        alike = sorted(places[start : start + stretch], key=lambda place: len(inputs[place]))
        made += [alike[first : first + recipe.batch] for first in range(0, len(alike), recipe.batch)]
    order.shuffle(made)
    yield from made


def _rate(step: int, steps: int, warm_up: float) -> float:
    return min(1.0, (step + 1) / max(1.0, warm_up * steps)) * (1 - step / steps)
