"""Fitting the weights of evidence of every facet on labelled passages that the heads had not learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.coder import CueCoder
from models.heads import targets
from models.judgement import FacetWeights, Floats, Weights, best_take, best_tilt, chosen, evidence, fit, probabilities, settling
from models.labels import LabelledPassage
from models.scoring import FacetLayout, Layout

if TYPE_CHECKING:
    from taxonomy import Codebook

PRECISION = 0.85  # of the codes that count; what is less sure is left to a person


def evidence_of(
    rows: Sequence[LabelledPassage], scores: NDArray[np.float32], cues: CueCoder, vectors: NDArray[np.float32], layout: Layout
) -> Floats:
    """Return what every kind of evidence says of every code of every row, shape (rows, codes, kinds); ``vectors`` are the rows' own."""
    readings = cues.read([row.passage for row in rows], vectors)
    return np.stack([evidence(reading, *cues.opinion(reading), each, layout) for reading, each in zip(readings, scores, strict=True)])


def judge(
    rows: Sequence[LabelledPassage],
    tables: Floats,
    layout: Layout,
    codebook: Codebook,
    *,
    precision: float = PRECISION,
    without: Sequence[str] = (),
) -> Weights:
    """Fit the weights of evidence of every facet on out-of-fold scores.

    A facet for influence alone is fitted on influence alone; one that no row was asked has no weights, so that cues decide in it. The
    probability from which a code is taken is the one with the best micro-F1; the one from which it counts leaves the wanted precision.
    """
    held, asked = (np.asarray(each, dtype=bool) for each in targets(rows, layout))
    weights: dict[str, FacetWeights] = {}
    for facet in layout.facets:
        part = slice(facet.start, facet.end)
        in_scope = asked[:, part] & _in_scope(rows, codebook, facet.facet)[:, None]
        if in_scope.any():
            weights[facet.facet] = _judge(tables[:, part], held[:, part], in_scope, facet, precision, without)
    return weights


def _judge(
    tables: Floats,
    held: NDArray[np.bool_],
    asked: NDArray[np.bool_],
    facet: FacetLayout,
    precision: float,
    without: Sequence[str],
) -> FacetWeights:
    fitted = fit(tables, held, asked, facet, without=without)
    figures = probabilities(tables, facet, fitted)
    if facet.one:
        rows = asked.any(axis=1)
        # Relevance decides whether a passage counts at all: there every passage weighs the same, elsewhere every code does.
        tilt = () if facet.facet == "relevance" else best_tilt(figures[rows], held[rows])
        best, each = chosen(figures[rows], tilt), np.arange(rows.sum())
        return replace(fitted, tilt=tilt, settle=settling(figures[rows][each, best], held[rows][each, best], precision))
    take = best_take(figures, held, asked)
    given = asked & (figures >= take)
    return replace(fitted, take=take, settle=settling(figures[given], held[given], precision))


def _in_scope(rows: Sequence[LabelledPassage], codebook: Codebook, facet: str) -> NDArray[np.bool_]:
    """Say of each row whether a facet is judged on it: of influence alone where the codebook asks it of influence alone."""
    if codebook.facet(facet).applies_to != "influence":
        return np.ones(len(rows), dtype=bool)
    return np.asarray([row.values.get("relevance", ("influence",)) == ("influence",) for row in rows])
