"""A coder's quality as tables for a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from models.figures import JUDGED_FROM, FacetQuality, Figure, GroupQuality, Quality
from taxonomy import Codebook

_WIDE = 200  # into a pipe or a file lines are as long as they need to be
_CONFUSIONS = 5
_IDS = 4
_NOT_DEFINED = "–"


def show(quality: Quality, codebook: Codebook, codes: bool = False, console: Console | None = None) -> None:
    """Print a report: what it is measured on, every facet, every group that can be judged, and each code where asked for."""
    console = console or Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else _WIDE)
    for line in heading(quality):
        console.print(line, soft_wrap=True)
    console.print()
    console.print(_facets(quality))
    for by, title in (("language", "By language"), ("source", "By source"), ("region", "By world region")):
        groups = [group for group in quality.groups if group.by == by]
        judged = [group for group in groups if any(figure.overall is not None for figure in group.facets)]
        few = [f"{group.group} ({group.rows})" for group in groups if group not in judged]
        console.print(f"\n{title} (accuracy or micro-F1; {_NOT_DEFINED}: fewer than {JUDGED_FROM} passages)")
        if judged:
            console.print(_groups(judged, quality))
        if few:
            console.print(f"Too few passages to be judged: {', '.join(few)}", soft_wrap=True)
    if quality.claims:
        console.print("\n" + ", ".join(f"{name} {_number(value)}" for name, value in quality.claims.items()))
    if codes:
        for facet in quality.facets:
            _show_codes(facet, codebook, console)


def heading(quality: Quality) -> list[str]:
    """Return what every output of the figures says: what was measured, on what, and how far to trust it."""
    lines = [
        f"{quality.name}: {quality.passages:,} passages, {quality.predictions}. Coder {quality.coder}, codebook {quality.codebook}.",
        f"{quality.learned_from:,} passages that the coder was trained on are left out of every figure.",
    ]
    if quality.faults:
        lines.append(f"Lines of the reference that could not be used: {quality.faults:,}.")
    if quality.beyond:
        told = ", ".join(f"{language} ({count})" for language, count in quality.beyond.items())
        lines.append(f"In languages that the codebook has no words of, coded by what carries over: {told}.")
    if quality.reference:
        lines.append(f"Reference: {quality.reference}")
    lines.append(quality.caveat)
    return lines


def _facets(quality: Quality) -> Table:
    table = Table(
        *("facet", "n", "measure", "figure", "95 %", "macro-F1", "95 %", "codes", "alpha", "ECE", "coverage", "precision", "settled"),
        box=None, pad_edge=False, header_style="bold",
    )  # fmt: skip
    for facet in quality.facets:
        table.add_row(
            facet.facet, f"{facet.rows:,}", facet.measure, _number(facet.overall.value), _interval(facet.overall),
            _number(facet.macro.value), _interval(facet.macro), str(facet.macro_codes), _number(facet.alpha),
            _number(facet.calibration.error), _number(facet.coverage.share), _number(facet.coverage.precision),
            _number(facet.coverage.settled_precision),
        )  # fmt: skip
    table.add_row(
        "all codes", *[""] * 8, _number(quality.calibration.error), _number(quality.coverage.share), _number(quality.coverage.precision),
        _number(quality.coverage.settled_precision),
    )  # fmt: skip
    return table


def _groups(groups: Sequence[GroupQuality], quality: Quality) -> Table:
    table = Table("facet", "all", *(f"{group.group} ({group.rows:,})" for group in groups), box=None, pad_edge=False, header_style="bold")
    for place, facet in enumerate(quality.facets):
        figures = [group.facets[place].overall for group in groups]
        table.add_row(facet.facet, _number(facet.overall.value), *(_NOT_DEFINED if each is None else _full(each) for each in figures))
    return table


def _show_codes(facet: FacetQuality, codebook: Codebook, console: Console) -> None:
    table = Table("code", "cases", "predicted", "precision", "recall", "F1", "95 %", box=None, pad_edge=False, header_style="bold")
    for code in facet.codes:
        table.add_row(
            code.code, str(code.support), str(code.predicted), _number(code.precision), _number(code.recall), _number(code.f1.value),
            _interval(code.f1),
        )  # fmt: skip
    console.print(f"\n{facet.facet}: {codebook.facet(facet.facet).label('en')}")
    console.print(table)
    errors = sorted((cell for cell in facet.cells if cell.reference != cell.predicted), key=lambda cell: -len(cell.passages))
    if errors:
        confusions = Table("reference", "predicted", "passages", "which", box=None, pad_edge=False, header_style="bold")
        for cell in errors[:_CONFUSIONS]:
            more = ", …" if len(cell.passages) > _IDS else ""
            which = ", ".join(cell.passages[:_IDS]) + more
            confusions.add_row(cell.reference or "(none)", cell.predicted or "(none)", str(len(cell.passages)), which)
        console.print(confusions)


def _number(value: float | None) -> str:
    return _NOT_DEFINED if value is None else f"{value:.2f}"


def _interval(figure: Figure) -> str:
    return "" if figure.low is None or figure.high is None else f"{figure.low:.2f}–{figure.high:.2f}"


def _full(figure: Figure) -> str:
    return f"{_number(figure.value)} {_interval(figure)}"
