"""The heads of a trained coder: one per code, each looking at the words that matter to it.

Every code attends to the tokens of a passage by itself and is scored on what it sees (per-label attention, Mullenbach et al. 2018,
"Explainable Prediction of Medical Codes from Clinical Text"). A code's score is therefore a sum over the tokens, and the share of each
token in it is the evidence for the code.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.labels import LabelledPassage
from models.scoring import Layout

# A facet of many values has a loss per code, one of a single value one loss in all: without weights the former drown the latter.
_ONE, _MANY = 2.0, 0.5
_MASKED = -1e4
_SPREAD = 2.5  # brings the transformer's states, whose numbers are small, to the scale that heads learn well at


def targets(rows: Sequence[LabelledPassage], layout: Layout) -> tuple[Tensor, Tensor]:
    """Return what heads should say and where they are asked: two tables of 0 and 1, shape (rows, codes)."""
    held, asked = torch.zeros(len(rows), layout.width), torch.zeros(len(rows), layout.width)
    for number, row in enumerate(rows):
        for facet in layout.facets:
            values = row.values.get(facet.facet)
            if values is None or (facet.one and not values):
                continue
            for code in row.asked.get(facet.facet, facet.codes):
                asked[number, facet.start + facet.codes.index(code)] = 1
            for value in values:
                held[number, facet.start + facet.codes.index(value)] = 1
    return held, asked


class Heads(nn.Module):
    """Scores every code from the states of a passage's tokens."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.look = nn.Parameter(torch.zeros(width, hidden))
        self.weigh = nn.Parameter(torch.randn(width, hidden) * 0.02)
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Return scores (log-odds), shape (passages, codes), from states (passages, tokens, hidden) and mask (passages, tokens)."""
        return self.shares(states, mask).sum(-1) + self.bias

    def shares(self, states: Tensor, mask: Tensor) -> Tensor:
        """Return each token's share in each code's score, shape (passages, codes, tokens)."""
        states = states * _SPREAD
        attention = torch.einsum("pth,ch->pct", states, self.look) + (1 - mask[:, None, :]) * _MASKED
        return attention.softmax(-1) * torch.einsum("pth,ch->pct", states, self.weigh)


def loss(scores: Tensor, held: Tensor, asked: Tensor, layout: Layout) -> Tensor:
    """Return the mean loss per passage: cross-entropy where one code holds, binary cross-entropy where many may."""
    total = scores.new_zeros(())
    for facet in layout.facets:
        part = slice(facet.start, facet.end)
        rows = asked[:, part].any(1)
        if not rows.any():
            continue
        said, true, known = scores[rows, part], held[rows, part], asked[rows, part]
        if facet.one:
            each = _ONE * nn.functional.cross_entropy(said, true.argmax(1), reduction="sum", label_smoothing=0.05)
        else:
            each = _MANY * nn.functional.binary_cross_entropy_with_logits(said, true, known, reduction="sum")
        total = total + each
    return total / len(scores)
