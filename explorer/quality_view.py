"""A report on the coder's quality, laid out as the page shows it: rows of names and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.names import Names
from store.quality import FacetQuality, Figure, MeasuredPassage, Quality
from taxonomy import shares

_NOT_DEFINED = "–"
NO_CODE = "(no code)"
#: A picked cell of the confusion names a missing code so: an empty text is no id of a code.
NOTHING = ""
_MOST_CODES = 20

GROUPINGS: Mapping[str, str] = {"language": "Language", "source": "Source", "region": "World region"}

Rows = list[dict[str, Any]]


def facts(quality: Quality) -> list[str]:
    """Return what has to be known of a report before its figures are read."""
    lines = [f"Coder {quality.coder} · codebook {quality.codebook} · measured {quality.made[:16].replace('T', ' ')} UTC"]
    lines.append(f"Reference: {quality.reference or 'nothing is said of who coded it and how'}")
    if quality.beyond:
        told = ", ".join(f"{language} ({count})" for language, count in quality.beyond.items())
        lines.append(f"In languages that the codebook has no words of, coded by what carries over: {told}")
    if quality.faults:
        lines.append(f"Lines of the reference that could not be used: {quality.faults:,}")
    lines += [f"{name}: {number(value)}" for name, value in quality.claims.items()]
    return lines


def facet_rows(quality: Quality, names: Names) -> Rows:
    """Return a row per facet."""
    return [
        {
            "facet": facet.facet,
            "name": names.facet(facet.facet),
            "value": facet.overall.value,
            "low": facet.overall.low,
            "high": facet.overall.high,
            "macro_value": facet.macro.value,
            "n": f"{facet.rows:,}",
            "measure": facet.measure,
            "figure": number(facet.overall.value),
            "interval": interval(facet.overall),
            "macro": number(facet.macro.value),
            "alpha": number(facet.alpha),
            "error": number(facet.calibration.error),
            "coverage": percentage(facet.coverage.share),
            "settled": number(facet.coverage.settled_precision),
        }
        for facet in quality.facets
    ]


def facet_table(quality: Quality, names: Names) -> Rows:
    """Return the same as ``facet_rows`` for reading, copying and screen readers."""
    titles = {
        "name": "Facet", "n": "Passages", "measure": "Measure", "figure": "Figure", "interval": "95 %", "macro": "Macro-F1",
        "alpha": "Alpha", "error": "Calibration error", "coverage": "Coverage", "settled": "Precision of what is settled",
    }  # fmt: skip
    return [{title: row[field] for field, title in titles.items()} for row in facet_rows(quality, names)]


def account(facet: FacetQuality, draws: int) -> str:
    """Return a facet's figures in words."""
    unit = "families of like passages" if facet.drawn == "families" else "passages"
    return (
        f"{facet.rows:,} passages: {facet.measure} {number(facet.overall.value)} ({interval(facet.overall)}, {draws:,} resamples of "
        f"{facet.units:,} {unit}); macro-F1 {number(facet.macro.value)} over the codes with at least five cases ({facet.macro_codes}); "
        f"alpha {number(facet.alpha)}. {percentage(facet.coverage.share)} of the {facet.coverage.codes:,} codes given are settled, with a "
        f"precision of {number(facet.coverage.settled_precision)} (of all: {number(facet.coverage.precision)})."
    )


def code_rows(facet: FacetQuality, names: Names, least: int = 1) -> Rows:
    """Return a row per code of at least so many cases that the reference or the coder gave, those with most cases first."""
    met = [code for code in facet.codes if max(code.support, code.predicted) >= least]
    return [
        {
            "name": names.code(facet.facet, code.code),
            "cases": code.support,
            "predicted": code.predicted,
            "precision": code.precision,
            "recall": code.recall,
            "f1": code.f1.value,
            "low": code.f1.low,
            "high": code.f1.high,
        }
        for code in sorted(met, key=lambda code: -code.support)
    ]


def code_table(rows: Sequence[Mapping[str, Any]]) -> Rows:
    """Return the same as ``code_rows`` for reading, copying and screen readers."""
    titles = {"name": "Code", "cases": "Cases", "predicted": "Predicted", "precision": "Precision", "recall": "Recall", "f1": "F1"}
    return [{title: row[field] for field, title in titles.items()} for row in rows]


def reliability_table(facet: FacetQuality) -> Rows:
    """Return what the coder expected and what came true, a row for each class of confidences."""
    bins = facet.calibration.bins
    return [{"Expected": percentage(each.confidence), "Came true": percentage(each.correct), "Codes": each.codes} for each in bins]


def never_met(facet: FacetQuality, names: Names) -> list[str]:
    """Return the names of the codes that nobody gave: nothing is known of them."""
    return [names.code(facet.facet, code.code) for code in facet.codes if not code.support and not code.predicted]


def confusion_cells(facet: FacetQuality, names: Names, least: int = 1) -> tuple[Rows, list[str], list[str]]:
    """Return the cells of the codes with most errors, those of at least so many passages, and their rows and columns in order.

    Rows and columns are names, in the codebook's order.
    """
    errors: Counter[str | None] = Counter()
    for cell in facet.cells:
        if cell.reference != cell.predicted:
            errors[cell.reference] += len(cell.passages)
            errors[cell.predicted] += len(cell.passages)
    errors.pop(None, None)
    shown = {code for code, _ in errors.most_common(_MOST_CODES)}
    cells = [cell for cell in facet.cells if {cell.reference, cell.predicted} - {None} <= shown and len(cell.passages) >= least]
    order = [*(code.code for code in facet.codes), None]
    rows: Rows = [
        {
            "reference": cell.reference or NOTHING,
            "predicted": cell.predicted or NOTHING,
            "row": _code(facet, cell.reference, names),
            "column": _code(facet, cell.predicted, names),
            "passages": len(cell.passages),
            "hit": cell.reference == cell.predicted,
        }
        for cell in cells
    ]
    referred, predicted = {cell.reference for cell in cells}, {cell.predicted for cell in cells}
    return (
        rows,
        [_code(facet, code, names) for code in order if code in referred],
        [_code(facet, code, names) for code in order if code in predicted],
    )


def confusion_table(cells: Sequence[Mapping[str, Any]]) -> Rows:
    """Return the same as the cells for reading, copying and screen readers, the commonest errors first."""
    in_order = sorted(cells, key=lambda cell: (cell["hit"], -cell["passages"]))
    return [{"Reference": cell["row"], "Coder": cell["column"], "Passages": cell["passages"]} for cell in in_order]


def passages_behind(facet: FacetQuality, reference: str, predicted: str, passages: Sequence[MeasuredPassage], names: Names) -> Rows:
    """Return the passages of one cell of the confusion."""
    cell = next(
        (cell for cell in facet.cells if ((cell.reference or NOTHING), (cell.predicted or NOTHING)) == (reference, predicted)), None
    )
    wanted = set(cell.passages) if cell else set()
    return [
        {
            "Passage": passage.text,
            "Reference": _listed(facet, passage.reference.get(facet.facet, ()), names),
            "Coder": _listed(facet, passage.predicted.get(facet.facet, ()), names),
            "For review": _listed(facet, passage.doubtful.get(facet.facet, ()), names),
            "Language": names.code("language", passage.language),
            "Country": names.code("country", passage.country) if passage.country else "",
            "Source": passage.source,
            "Id": passage.id,
        }
        for passage in passages
        if passage.id in wanted
    ]


def group_cells(quality: Quality, by: str, names: Names, least: int = 1) -> tuple[Rows, list[str], list[str]]:
    """Return the figures of the groups that are judged, the names of these groups, and what is too small to be judged.

    How many passages these have is told of those with at least ``least``.
    """
    whole = {facet.facet: facet.overall.value for facet in quality.facets}
    cells: Rows = []
    judged: list[str] = []
    few: list[str] = []
    for group in quality.groups:
        if group.by != by:
            continue
        name = names.code("language", group.group) if by == "language" else group.group
        if all(each.overall is None for each in group.facets):
            few.append(f"{name} ({group.rows:,})" if group.rows >= least else name)
            continue
        judged.append(name)
        for each in group.facets:
            if each.overall is not None and each.overall.value is not None:
                cells.append(
                    {
                        "facet": names.facet(each.facet),
                        "group": name,
                        "figure": number(each.overall.value),
                        "interval": interval(each.overall),
                        "difference": each.overall.value - (whole[each.facet] or 0),
                        "n": each.rows,
                    }
                )
    return cells, judged, few


def group_table(cells: Sequence[Mapping[str, Any]]) -> Rows:
    """Return the same as the cells of groups for reading, copying and screen readers."""
    titles = {"facet": "Facet", "group": "Group", "n": "Passages", "figure": "Figure", "interval": "95 %"}
    return [{title: cell[field] for field, title in titles.items()} for cell in cells]


def number(value: float | None) -> str:
    """Return a figure with two digits."""
    return _NOT_DEFINED if value is None else f"{value:.2f}"


def percentage(value: float | None) -> str:
    """Return a share as a percentage."""
    return shares.percent(value).replace(" ", "\u00a0") or _NOT_DEFINED


def interval(figure: Figure) -> str:
    """Return an interval, or nothing where there is none."""
    return "" if figure.low is None or figure.high is None else f"{figure.low:.2f}–{figure.high:.2f}"


def _code(facet: FacetQuality, code: str | None, names: Names) -> str:
    return names.code(facet.facet, code) if code else NO_CODE


def _listed(facet: FacetQuality, codes: Sequence[str], names: Names) -> str:
    return ", ".join(names.code(facet.facet, code) for code in codes)
