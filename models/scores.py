"""Accuracy, precision, recall and F1 of a facet, with bootstrap intervals.

The figures are scikit-learn's; the intervals are percentiles of 1,000 resamples (Efron & Tibshirani 1993, "An Introduction to the
Bootstrap"). Passages of one source and country are alike: where there are ten such families or more, whole families are drawn,
which gives the wider interval that is due.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

from models.comparison import Comparison
from models.figures import FEWEST_CASES, CodeQuality, Figure

DRAWS = 1000
SEED = 1
FEWEST_FAMILIES = 10
_TAILS = (2.5, 97.5)


@dataclass(frozen=True)
class Scores:
    """What a facet scores; ``drawn`` tells what the intervals rest on, ``units`` how many of these there are."""

    overall: Figure
    macro: Figure
    macro_codes: int
    codes: tuple[CodeQuality, ...]
    drawn: Literal["families", "rows"]
    units: int


def scores(comparison: Comparison, draws: int = DRAWS, seed: int = SEED) -> Scores:
    """Return a facet's figures, those of its codes, and their intervals. A comparison of no passages has figures of None."""
    # A spare code that nobody gives: with a single column scikit-learn would take passages for codes.
    held, said = (np.pad(marks, ((0, 0), (0, 1))) for marks in (comparison.held, comparison.said))
    if not len(held):
        return Scores(Figure(value=None), Figure(value=None), 0, (), "rows", 0)
    precision, recall, f1, support = (
        found[:-1] for found in precision_recall_fscore_support(held, said, average=None, zero_division=np.nan)
    )
    often = support >= FEWEST_CASES
    overall = f1_score(held, said, average="micro", zero_division=np.nan) if comparison.many else accuracy_score(held, said)
    macro = f1[often].mean() if often.any() else np.nan
    units, drawn = _units(comparison)
    overalls, macros, f1s = _resampled(comparison, units, often, draws, seed)
    codes = tuple(
        CodeQuality(
            code=code,
            support=int(support[place]),
            predicted=int(said[:, place].sum()),
            precision=_defined(precision[place]),
            recall=_defined(recall[place]),
            f1=_figure(f1[place], f1s[:, place]),
        )
        for place, code in enumerate(comparison.codes)
    )
    return Scores(_figure(overall, overalls), _figure(macro, macros), int(often.sum()), codes, drawn, int(units.max()) + 1)


def _units(comparison: Comparison) -> tuple[NDArray[np.int_], Literal["families", "rows"]]:
    """Return the number of each passage's family, or of the passage itself where families are few."""
    families, which = np.unique(comparison.families.astype(str), return_inverse=True)
    if len(families) >= FEWEST_FAMILIES:
        return which.reshape(-1), "families"
    return np.arange(len(comparison.families)), "rows"


def _resampled(
    comparison: Comparison, units: NDArray[np.int_], often: NDArray[np.bool_], draws: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the overall figure and the macro-F1 of each draw, shape (draws,), and the F1 of each code, (draws, codes)."""
    held, said = comparison.held, comparison.said
    count = int(units.max()) + 1
    drawn = np.random.default_rng(seed).integers(count, size=(draws, count))
    drawn += np.arange(draws)[:, None] * count
    times = np.bincount(drawn.reshape(-1), minlength=draws * count).reshape(draws, count).astype(np.float64)

    def totals(marks: NDArray[np.bool_]) -> NDArray[np.float64]:
        by_unit = np.zeros((count, marks.shape[1]))
        np.add.at(by_unit, units, marks)
        return times @ by_unit

    true, predicted, cases = totals(held & said), totals(said), totals(held)
    f1s = _ratio(2 * true, predicted + cases)
    # In a draw that has no case of a code, its F1 says nothing.
    counted = often & (cases > 0)
    macros = _ratio(np.where(counted, f1s, 0).sum(axis=1), counted.sum(axis=1))
    if comparison.many:
        return _ratio(2 * true.sum(axis=1), (predicted + cases).sum(axis=1)), macros, f1s
    right = totals((held == said).all(axis=1, keepdims=True))
    return (right / totals(np.ones((len(held), 1), dtype=bool)))[:, 0], macros, f1s


def _ratio(over: NDArray[np.float64], under: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(over, under, out=np.full(over.shape, np.nan), where=under > 0))


def _figure(value: float, resampled: NDArray[np.float64]) -> Figure:
    known = resampled[~np.isnan(resampled)]
    if np.isnan(value) or not len(known):
        return Figure(value=_defined(value))
    low, high = np.percentile(known, _TAILS)
    return Figure(value=float(value), low=float(low), high=float(high))


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
