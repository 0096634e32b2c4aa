"""Heat maps and a world map. The shapes of the countries come along; nothing is fetched."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

INK, MUTED, PAPER, HAIR = "#1d1b18", "#5b554b", "#fdfcfa", "#d8d2c6"
SCALE = ["#e9eff4", "#b9cfe0", "#7fa8c6", "#4680a9", "#17507a", "#0d3350"]
#: On shades in the middle the ink would be too pale.
ON_SHADE = "#000000"
_KOREAN = '"Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic"'
_FONT = f'"Source Sans", {_KOREAN}, system-ui, sans-serif'
#: Of pictures that are taken away, which no page lends its fonts to.
PRINT_FONT = f'"Source Sans", "Source Sans 3", "Helvetica Neue", Arial, "Liberation Sans", {_KOREAN}, sans-serif'
_CELL_WIDTH, _CELL_HEIGHT = 37, 34
CONFIG: dict[str, Any] = {
    "background": "transparent",
    "mark": {"aria": False},  # a chart is one picture, which its page describes: its marks have no names of their own
    "font": _FONT,
    "padding": 4,
    "view": {"stroke": None},
    "axis": {"labelColor": INK, "labelFontSize": 12.5, "domain": False, "ticks": False, "grid": False},
    "legend": {"labelColor": MUTED, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"},
}
#: Labels of an axis of shares, written as the text writes them: Vega's own format leaves no space before the sign.
PERCENT = "format(100 * datum.value, '.1~f') + '\u00a0%'"

Spec = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """One crossing of two values, with the claims that link them."""

    row: str
    column: str
    row_name: str
    column_name: str
    claims: int | None
    harms: int | None
    improves: int | None
    suppressed: bool = False

    def few(self, measure: str) -> bool:
        """Return whether there are some, but too few to be counted."""
        return getattr(self, measure) is None


def layered(rows: Sequence[Mapping[str, Any]], layers: Sequence[Spec], **size: object) -> Spec:
    """Return a chart of layers over the same rows, as large as its plot and all that stands beside it."""
    # Streamlit would fit axes and all into the width, which cuts off what stands beside the plot.
    return {
        **size,
        "autosize": {"type": "pad", "contains": "padding"},
        "config": CONFIG,
        "data": {"values": [dict(row) for row in rows]},
        "layer": list(layers),
    }


def heat_map(cells: Sequence[Cell], rows: Sequence[str], columns: Sequence[str], measure: str, few: str) -> Spec:
    """Return a heat map whose cells can be picked (selection ``cell``).

    ``rows`` and ``columns`` are names, in order; ``few`` stands where a cell is not counted.
    """
    values = [vars(cell) | {"shown": getattr(cell, measure), "few": few} for cell in cells if cell.few(measure) or getattr(cell, measure)]
    highest = max((getattr(cell, measure) or 0 for cell in cells), default=1)
    # From here on the shade is so dark that its figure is white.
    dark = 1 + 0.58 * (max(highest, 2) ** 0.5 - 1)
    shared = {
        "x": {
            "field": "column_name", "type": "nominal", "sort": list(columns), "scale": {"domain": list(columns)},
            "axis": {"orient": "top", "labelAngle": -40, "title": None, "labelLimit": 230, "labelPadding": 6},
        },
        "y": {
            "field": "row_name", "type": "nominal", "sort": list(rows), "scale": {"domain": list(rows)},
            "axis": {"title": None, "labelLimit": 190, "labelPadding": 8},
        },
        "tooltip": [
            {"field": "row_name", "type": "nominal", "title": "Row"}, {"field": "column_name", "type": "nominal", "title": "Column"},
            *({"field": name, "type": "quantitative", "title": name.capitalize()} for name in ("claims", "harms", "improves")),
        ],
    }  # fmt: skip
    shades = {"range": SCALE, "domain": [1, max(highest, 2)], "type": "sqrt"}
    white = {"test": f"sqrt(datum.shown) > {dark}", "value": "#ffffff"}
    layers: list[Spec] = [
        {
            "name": "cells",
            "transform": [{"filter": "isValid(datum.shown)"}],
            "mark": {"type": "rect", "stroke": PAPER, "strokeWidth": 2, "cornerRadius": 3, "cursor": "pointer"},
            "encoding": shared | {"color": {"field": "shown", "type": "quantitative", "legend": None, "scale": shades}},
        },
        {
            "transform": [{"filter": "isValid(datum.shown)"}],
            "mark": {"type": "text", "fontSize": 12, "cursor": "pointer"},
            "encoding": shared
            | {"text": {"field": "shown", "type": "quantitative", "format": ","}, "color": {"condition": white, "value": ON_SHADE}},
        },
        {
            "transform": [{"filter": "!isValid(datum.shown)"}],
            "mark": {"type": "text", "fontSize": 11},
            "encoding": shared | {"text": {"field": "few", "type": "nominal"}, "color": {"value": MUTED}},
        },
    ]
    return {
        "width": {"step": _CELL_WIDTH},
        "height": {"step": _CELL_HEIGHT},
        "config": CONFIG,
        "params": [_picked("cell", "cells", ["row", "column"])],
        "layer": [{"data": {"values": values}, "layer": layers}],
    }


def world_map(passages: Mapping[str, tuple[str, str, int, int]]) -> Spec:
    """Return a world map; ``passages`` maps a numeric ISO code to alpha-3, name, passages, units. Selection: ``country``."""
    values = [
        {"id": number, "alpha3": alpha3, "name": name, "passages": count, "units": units}
        for number, (alpha3, name, count, units) in passages.items()
    ]
    highest = max((count for _, _, count, _ in passages.values()), default=1)
    coast = {"type": "geoshape", "stroke": PAPER, "strokeWidth": 0.6}
    # Placed from the top: a narrow page cuts the empty foot off.
    scale = "min(width / 5.5, height / 2.3)"
    layers: list[Spec] = [
        {"mark": coast | {"fill": "#ebe6dc"}},
        {
            "name": "countries",
            "transform": [
                {
                    "lookup": "id",
                    "from": {"data": {"values": values}, "key": "id", "fields": ["alpha3", "name", "passages", "units"]},
                },
                {"filter": "isValid(datum.passages)"},
            ],
            "mark": coast | {"cursor": "pointer"},
            "encoding": {
                "color": {
                    "field": "passages", "type": "quantitative",
                    "scale": {"range": SCALE[1:], "domain": [1, max(highest, 2)], "type": "sqrt"},
                    # A scale of nothing would show shades that no country has.
                    "legend": {
                        "orient": "top", "title": "Passages", "titleOrient": "left", "gradientLength": 130, "gradientThickness": 10,
                        "tickCount": 3,
                    } if passages else None,
                },
                "tooltip": [
                    {"field": "name", "type": "nominal", "title": "Country"},
                    {"field": "passages", "type": "quantitative", "title": "Passages", "format": ","},
                    {"field": "units", "type": "quantitative", "title": "Respondents or texts", "format": ","},
                ],
            },
        },
    ]  # fmt: skip
    return {
        "width": "container",
        "height": 440,
        "config": CONFIG,
        "params": [_picked("country", "countries", ["alpha3"])],
        "layer": [
            {
                "data": {"values": _shapes(), "format": {"type": "topojson", "feature": "countries"}},
                "projection": {
                    "type": "equalEarth",
                    "scale": {"expr": scale},
                    "translate": {"expr": f"[width / 2, 1.33 * {scale}]"},
                },
                "layer": layers,
            }
        ],
    }


@cache
def mapped() -> frozenset[str]:
    """Return the numeric ISO codes of the countries that the map has a shape for."""
    return frozenset(shape["id"] for shape in _shapes()["objects"]["countries"]["geometries"] if "id" in shape)


@cache
def _shapes() -> dict[str, Any]:
    world: dict[str, Any] = json.loads((Path(__file__).with_name("assets") / "countries-110m.json").read_text("utf-8"))
    countries = world["objects"]["countries"]
    countries["geometries"] = [shape for shape in countries["geometries"] if shape.get("id") != "010"]  # Antarctica
    world["objects"] = {"countries": countries}
    return world


def _picked(name: str, view: str, fields: Sequence[str]) -> Spec:
    return {"name": name, "views": [view], "select": {"type": "point", "fields": list(fields), "on": "click"}}
