"""A coder measured against a reference: every figure of every facet, the same for a coder at work and for folds held out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal

import numpy as np

from models.agreement import alpha
from models.comparison import Comparison, Pair, Predicted, compare, scored
from models.confusion import cells
from models.figures import JUDGED_FROM, FacetQuality, GroupFigure, GroupQuality, Quality
from models.labels import LabelledPassage
from models.reliability import calibration, coverage
from models.scores import DRAWS, SEED, scores
from taxonomy import Codebook
from taxonomy.codebook import Facet
from taxonomy.regions import region

__all__ = ["ANEW", "Pair", "Predicted", "Quality", "report", "source_kind"]

ANEW = "coded anew by the coder that ships"
_UNKNOWN = "not given"


def report(
    pairs: Sequence[Pair],
    codebook: Codebook,
    *,
    name: str,
    coder: str,
    predictions: str = ANEW,
    reference: str = "",
    faults: int = 0,
    claims: Mapping[str, float | None] = MappingProxyType({}),
    draws: int = DRAWS,
    seed: int = SEED,
) -> Quality:
    """Measure predictions against the reference, facet by facet and group by group.

    ``pairs`` are labelled passages, each with what a coder said of it, whoever coded it and when: for cross-validation give what
    the folds predicted and say so in ``predictions``. Passages that the coder was trained on are counted and left out. ``reference``
    says where the labels come from; ``faults`` is the number of lines that could not be used; ``claims`` are figures of claim links,
    which are measured elsewhere. Facets that the reference was not asked are absent.
    """
    measured = [(row, predicted) for row, predicted in pairs if not predicted.learned_from]
    asked = [(facet, [pair for pair in measured if scored(pair[0], facet, codebook)]) for facet in codebook.facets]
    compared = [(facet, kept, compare(kept, facet)) for facet, kept in asked if kept]
    comparisons = [comparison for _, _, comparison in compared]
    return Quality(
        name=name,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        reference=reference,
        predictions=predictions,
        coder=coder,
        codebook=codebook.stamp,
        passages=len(measured),
        learned_from=len(pairs) - len(measured),
        beyond=_beyond(measured, codebook),
        faults=faults,
        draws=draws,
        seed=seed,
        facets=tuple(_facet(facet, comparison, draws, seed) for facet, _, comparison in compared),
        groups=tuple(group for by, of in _GROUPINGS.items() for group in _groups(by, of, measured, compared, draws, seed)),
        calibration=calibration(comparisons),
        coverage=coverage(comparisons),
        claims=dict(claims),
    )


def source_kind(source: str) -> str:
    """Return the kind of a source: what stands before the details that one passage alone has ("reports: page 3" is "reports")."""
    for mark in ":(@,;":
        source = source.split(mark, 1)[0]
    return source.strip()


def _facet(facet: Facet, comparison: Comparison, draws: int, seed: int) -> FacetQuality:
    found = scores(comparison, draws, seed)
    return FacetQuality(
        facet=facet.id,
        values=facet.values,
        rows=len(comparison.ids),
        drawn=found.drawn,
        units=found.units,
        overall=found.overall,
        macro=found.macro,
        macro_codes=found.macro_codes,
        alpha=alpha(comparison),
        calibration=calibration([comparison]),
        coverage=coverage([comparison]),
        codes=found.codes,
        cells=cells(comparison),
    )


_By = Literal["language", "source", "region"]
_GROUPINGS: Mapping[_By, Callable[[LabelledPassage], str]] = {
    "language": lambda row: row.passage.language or _UNKNOWN,
    "source": lambda row: source_kind(row.source) or _UNKNOWN,
    "region": lambda row: region(row.passage.country or "") or _UNKNOWN,
}


def _groups(
    by: _By,
    of: Callable[[LabelledPassage], str],
    measured: Sequence[Pair],
    compared: Sequence[tuple[Facet, Sequence[Pair], Comparison]],
    draws: int,
    seed: int,
) -> list[GroupQuality]:
    """Return the groups of one kind, the largest first."""
    sizes: dict[str, int] = {}
    for row, _ in measured:
        sizes[of(row)] = sizes.get(of(row), 0) + 1
    memberships = [(comparison, np.array([of(row) for row, _ in kept], dtype=object)) for _, kept, comparison in compared]
    return [
        GroupQuality(
            by=by,
            group=group,
            rows=size,
            facets=tuple(_group_figure(comparison.only(members == group), draws, seed) for comparison, members in memberships),
        )
        for group, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0]))
    ]


def _group_figure(comparison: Comparison, draws: int, seed: int) -> GroupFigure:
    rows = len(comparison.ids)
    enough = rows >= JUDGED_FROM
    return GroupFigure(facet=comparison.facet, rows=rows, overall=scores(comparison, draws, seed).overall if enough else None)


def _beyond(measured: Sequence[Pair], codebook: Codebook) -> dict[str, int]:
    """Count the passages in languages that the codebook has no words of, by language."""
    found: dict[str, int] = {}
    for row, _ in measured:
        if (language := row.passage.language) not in codebook.languages:
            found[language] = found.get(language, 0) + 1
    return dict(sorted(found.items()))
