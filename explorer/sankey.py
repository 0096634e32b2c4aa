"""Actor → mechanism → right as bands whose width is the number of claims: a layout of three fixed columns, drawn by Vega-Lite.

The bands' outlines are computed here, so that the picture is the same on the page, as PNG and as SVG.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]

#: Sizes, in pixels where the page is wide.
WIDTH, NODE, LABELS = 560.0, 11.0, 220.0
#: Two lines of a name stand between the middles of the thinnest values.
_GAP = 24.0
_THINNEST = 1.2
_TALLEST = 380.0
_PER_CLAIM = 18.0
_STEPS = 24


@dataclass(frozen=True)
class Band:
    """Claims that link two values and have one ``part`` in common, such as their effect; ``claims`` is None where too few to count."""

    source: str
    target: str
    part: str
    claims: int | None

    @property
    def weight(self) -> float:
        """What the band is as wide as: what is withheld has the width of a line."""
        return float(self.claims or 0)


@dataclass(frozen=True)
class Node:
    """A value in its column (0, 1, 2) with its place from the top."""

    column: int
    code: str
    top: float
    bottom: float
    claims: int
    few: bool


@dataclass(frozen=True)
class Ribbon:
    """A band with its places: from ``start`` (upper, lower) at the right of its source to ``end`` at the left of its target."""

    column: int
    band: Band
    start: tuple[float, float]
    end: tuple[float, float]

    @property
    def key(self) -> str:
        """What tells it from all others."""
        return f"{self.column}|{self.band.source}|{self.band.target}|{self.band.part}"


@dataclass(frozen=True)
class Layout:
    """All that is drawn, in pixels from the upper left corner of the first column."""

    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]
    height: float


def laid_out(first: Sequence[Band], second: Sequence[Band], parts: Sequence[str]) -> Layout:
    """Return where the values and bands of three columns lie: ``first`` links columns 0 and 1, ``second`` 1 and 2.

    Values stand in the order of their claims, the largest at the top; bands leave and arrive in the order of what they link, so that
    few of them cross, those of one link in the order of ``parts``.
    """
    weights = [_sums((band.source, band) for band in first)]
    left, right = _sums((band.target, band) for band in first), _sums((band.source, band) for band in second)
    weights.append({code: max(left.get(code, 0.0), right.get(code, 0.0)) for code in {**left, **right}})
    weights.append(_sums((band.target, band) for band in second))
    orders = [[code for code, _ in sorted(column.items(), key=lambda item: (-item[1], item[0]))] for column in weights]
    largest = max((sum(column.values()) for column in weights), default=0.0) or 1.0
    scale = min(_PER_CLAIM, _TALLEST / largest)
    few = [
        {band.source for band in first if band.claims is None},
        {band.target for band in first if band.claims is None} | {band.source for band in second if band.claims is None},
        {band.target for band in second if band.claims is None},
    ]
    heights = [sum(max(weight * scale, _THINNEST) for weight in column.values()) + _GAP * max(len(column) - 1, 0) for column in weights]
    height = max(heights)
    nodes = []
    for place, order in enumerate(orders):
        # Short columns are spread over the whole height: nothing is read from an empty foot.
        gap = _GAP + (height - heights[place]) / max(len(order) - 1, 1) if len(order) > 1 else 0.0
        top = 0.0 if len(order) > 1 else (height - heights[place]) / 2
        for code in order:
            tall = max(weights[place][code] * scale, _THINNEST)
            nodes.append(Node(place, code, top, top + tall, int(weights[place][code]), code in few[place]))
            top += tall + gap
    at = {(node.column, node.code): node for node in nodes}
    rank = {part: number for number, part in enumerate(parts)}
    ribbons = [ribbon for column, bands in enumerate((first, second)) for ribbon in _ribbons(column, bands, at, rank, scale)]
    return Layout(tuple(nodes), tuple(ribbons), height)


def _sums(pairs: Iterable[tuple[str, Band]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for code, band in pairs:
        sums[code] = sums.get(code, 0.0) + band.weight
    return sums


def _ribbons(column: int, bands: Sequence[Band], at: Mapping[tuple[int, str], Node], rank: Mapping[str, int], scale: float) -> list[Ribbon]:
    def placed(end: int, code: str, other: str) -> dict[Band, tuple[float, float]]:
        places: dict[Band, tuple[float, float]] = {}
        used: dict[str, float] = {}
        far = column + 1 - end
        tops = {band: at[far, getattr(band, other)].top for band in bands}
        for band in sorted(bands, key=lambda band: (tops[band], rank.get(band.part, len(rank)))):
            node = at[column + end, getattr(band, code)]
            upper = node.top + used.get(node.code, 0.0)
            lower = upper + max(band.weight * scale, _THINNEST)
            used[node.code] = used.get(node.code, 0.0) + band.weight * scale
            places[band] = (upper, lower)
        return places

    starts, ends = placed(0, "source", "target"), placed(1, "target", "source")
    return [Ribbon(column, band, starts[band], ends[band]) for band in bands]


def outline(ribbon: Ribbon) -> list[dict[str, float]]:
    """Return the upper and lower edge of a ribbon (``x``, ``y``, ``y2``), swinging evenly from its start to its end."""
    step = (WIDTH - NODE) / 2
    x0 = ribbon.column * step + NODE
    points = []
    for number in range(_STEPS + 1):
        part = number / _STEPS
        swing = part * part * (3 - 2 * part)
        upper = ribbon.start[0] + (ribbon.end[0] - ribbon.start[0]) * swing
        lower = ribbon.start[1] + (ribbon.end[1] - ribbon.start[1]) * swing
        points.append({"x": round(x0 + part * (step - NODE), 1), "y": round(upper, 1), "y2": round(lower, 1)})
    return points


def node_x(column: int) -> tuple[float, float]:
    """Return where a column's values begin and end."""
    left = column * (WIDTH - NODE) / 2
    return left, left + NODE
