"""From evidence to probability: what cues, rules, likeness and the trained heads say of a code is weighed into one calibrated figure.

One small logistic model per facet (for facets of one value a conditional logit, McFadden 1974): the kinds of evidence have the same
weights for all codes of a facet, each code has a level of its own, and what was fitted on scores of passages that the heads had not
learned from is calibrated as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.coding import Code
from models.reading import Reading
from models.scoring import FacetLayout, Layout

if TYPE_CHECKING:
    from models.selection import Picks

#: The kinds of evidence, in the order of the features.
KINDS = ("head", "rule", "rule's confidence", "strong cue", "more strong cues", "weak cue", "more weak cues", "likeness", "likest")
_SURE = 8.0  # log-odds beyond which evidence says no more

_TILTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FacetWeights:
    """The fitted figures of a facet. ``take`` is the probability from which a code of a facet of many values is given."""

    weights: tuple[float, ...]  # one per kind of evidence
    levels: tuple[float, ...]  # one per code
    tilt: tuple[float, ...] = ()  # one per code of a facet of one value: what is added to its log-probability before one is chosen
    take: float = 0.5
    settle: float = 0.5  # confidence from which a code counts; below it a person is asked


Weights = Mapping[str, FacetWeights]


def evidence(reading: Reading, picks: Picks, singles: Mapping[str, Code], scores: NDArray[np.float32], layout: Layout) -> Floats:
    """Return what each kind of evidence says of each code, shape (codes, kinds), from the heads' scores, shape (codes,)."""
    table = np.zeros((layout.width, len(KINDS)))
    for facet in layout.facets:
        part = slice(facet.start, facet.end)
        table[part, 0] = _heads(scores[part].astype(np.float64), facet.one)
        for place, code in _ruled(facet, picks, singles):
            table[facet.start + place, 1] = 1.0
            table[facet.start + place, 2] = _log_odds(code.confidence)
        for match in reading.of(facet.facet):
            if match.code in facet.codes:
                row = facet.start + facet.codes.index(match.code)
                table[row, 3 if match.strength == "strong" else 5] += 1
        similar = reading.similar.get(facet.facet)
        if similar:
            table[part, 7] = [_log_odds(similar.get(code, 0.5)) for code in facet.codes]
            table[facet.start + int(table[part, 7].argmax()), 8] = 1.0
    for once, more in ((3, 4), (5, 6)):
        table[:, more] = np.clip(table[:, once] - 1, 0, 2)
        table[:, once] = table[:, once] > 0
    return table


def _heads(scores: Floats, one: bool) -> Floats:
    if one:
        scores = scores - scores.max()
        scores = scores - np.log(np.exp(scores).sum())
    return np.clip(scores, -_SURE, _SURE)


def _ruled(facet: FacetLayout, picks: Picks, singles: Mapping[str, Code]) -> list[tuple[int, Code]]:
    codes = [singles[facet.facet]] if facet.facet in singles else list(picks.get(facet.facet, {}).values())
    return [(facet.codes.index(code.code), code) for code in codes if code.code in facet.codes]


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 0.001), 0.999)
    return float(np.log(bounded / (1 - bounded)))


def probabilities(table: Floats, facet: FacetLayout, fitted: FacetWeights) -> Floats:
    """Return the probability of each code of a facet, shape (..., codes), from evidence of shape (..., codes, kinds) of that facet."""
    odds = table @ np.asarray(fitted.weights) + np.asarray(fitted.levels)
    if facet.one:
        odds = odds - odds.max(axis=-1, keepdims=True)
        shares = np.exp(odds)
        return np.asarray(shares / shares.sum(axis=-1, keepdims=True))
    return np.asarray(1 / (1 + np.exp(-odds)))


def chosen(probability: Floats, tilt: Sequence[float]) -> NDArray[np.int_]:
    """Return which code of a facet of one value is given, shape (...), from probabilities (..., codes)."""
    odds = np.log(np.maximum(probability, 1e-12))
    return np.asarray((odds + np.asarray(tilt or 0.0)).argmax(axis=-1))


def best_tilt(probability: Floats, held: NDArray[np.bool_]) -> tuple[float, ...]:
    """Return how far rare codes are to be favoured so that the macro-F1 over the codes with five cases or more is greatest.

    One share for all codes, of the logarithm of how rare each is, so that there is hardly anything to overfit.
    """
    rare = -np.log((held.sum(axis=0) + 1) / (len(held) + held.shape[1]))
    often = held.sum(axis=0) >= 5
    if not often.any():
        return tuple(0.0 for _ in rare)
    scores = []
    for share in _TILTS:
        said = np.eye(held.shape[1], dtype=bool)[chosen(probability, tuple(share * rare))]
        hits = (said & held).sum(axis=0)
        f1 = 2 * hits / np.maximum(said.sum(axis=0) + held.sum(axis=0), 1)
        scores.append(f1[often].mean())
    best = _TILTS[int(np.argmax(scores))]
    return tuple(float(best * each) for each in rare)


def fit(
    tables: Floats, held: NDArray[np.bool_], asked: NDArray[np.bool_], facet: FacetLayout, *, without: Sequence[str] = ()
) -> FacetWeights:
    """Fit a facet's weights on evidence (rows, codes, kinds) and what holds, both of shape (rows, codes) of the facet alone.

    Kinds of evidence named in ``without`` are left out, which shows what they add. Weights are held near nothing (ridge), levels
    near the facet's common one, so that a code of few cases is judged like the others.
    """
    import torch

    rows = asked.any(axis=1)
    x = torch.tensor(tables[rows])
    y = torch.tensor(held[rows].astype(np.float64))
    known = torch.tensor(asked[rows].astype(np.float64))
    x[..., [KINDS.index(kind) for kind in without]] = 0
    weights = torch.zeros(len(KINDS), dtype=torch.float64, requires_grad=True)
    levels = torch.zeros(len(facet.codes), dtype=torch.float64, requires_grad=True)
    common = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, levels, common], max_iter=200, line_search_fn="strong_wolfe")

    def lack() -> torch.Tensor:
        optimiser.zero_grad()
        odds = x @ weights + levels + (0 if facet.one else common)
        if facet.one:
            fault = -(odds.log_softmax(1) * y).sum()
        else:
            fault = torch.nn.functional.binary_cross_entropy_with_logits(odds, y, weight=known, reduction="sum")
        total: torch.Tensor = fault + 0.5 * (weights**2).sum() + 0.5 * (levels**2).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimiser.step(lack)  # type: ignore[no-untyped-call]
    at = (levels + (0 if facet.one else common)).detach()
    return FacetWeights(tuple(weights.detach().tolist()), tuple(at.tolist()))


def best_take(probability: Floats, held: NDArray[np.bool_], asked: NDArray[np.bool_]) -> float:
    """Return the probability from which giving a code makes the greatest micro-F1."""
    said, true = probability[asked], held[asked]
    order = np.argsort(-said, kind="stable")
    hits = np.cumsum(true[order])
    f1 = 2 * hits / (np.arange(1, len(said) + 1) + true.sum())
    if not true.any():
        return 0.5
    return float(said[order][int(np.where(_last_of_equals(said[order]), f1, -1.0).argmax())])


def settling(confidence: Floats, right: NDArray[np.bool_], precision: float) -> float:
    """Return the least confidence such that of the codes at or above it the wanted share is right; 1 where no confidence suffices."""
    if not len(confidence):
        return 0.5
    order = np.argsort(-confidence, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero((shares >= precision) & _last_of_equals(confidence[order]))
    # A handful of lucky cases at the top is no proof: at least thirty, or all there are.
    least = min(30, len(order))
    return float(confidence[order][enough[-1]]) if len(enough) and enough[-1] + 1 >= least else 1.0


def _last_of_equals(falling: Floats) -> NDArray[np.bool_]:
    """Say where figures that fall may be cut: equal ones stay together."""
    return np.append(falling[1:] < falling[:-1], True)
