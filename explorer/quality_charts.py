"""Pictures of the coder's quality: facets with their intervals, codes, reliability, confusion and groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.charts import HAIR, INK, MUTED, ON_SHADE, PAPER, PERCENT, SCALE, Spec, layered

_BLUE, _RUST = "#17507a", "#a8480f"
_WASH = "#e9eff4"
_PLOT = 230  # px of the scale from 0 to 1
_ROW = 30
_TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1]
_UNIT = {"domain": [0, 1], "range": [0, _PLOT]}
#: The figures beside the intervals: field, heading, right edge in px.
_COLUMNS: Sequence[tuple[str, str, int]] = (
    ("n", "Passages", 300),
    ("measure", "Measure", 376),
    ("figure", "Figure", 430),
    ("interval", "95 %", 514),
    ("macro", "Macro-F1", 588),
    ("alpha", "Alpha", 640),
    ("error", "Calib. error", 720),
    ("coverage", "Coverage", 790),
)
_WIDTH = _COLUMNS[-1][2] + 8

Row = Mapping[str, Any]


def facet_rows(rows: Sequence[Row], chosen: str) -> Spec:
    """Return the facets as rows with their figures drawn and written; a row can be picked (selection ``facet``).

    A row holds ``facet`` and ``name``, the numbers ``value``, ``low``, ``high`` and ``macro_value`` (None where not defined), and
    a text for each column.
    """
    names = [row["name"] for row in rows]
    y = {"field": "name", "type": "nominal", "sort": names, "scale": {"domain": names}, "axis": _labels(190)}
    x = {"type": "quantitative", "scale": _UNIT}
    axis = {"title": None, "values": _TICKS, "format": ".1f", "orient": "top", "grid": True, "gridColor": HAIR, "gridOpacity": 0.6}
    layers: list[Spec] = [
        {
            "name": "rows",
            "params": [{"name": "facet", "select": {"type": "point", "fields": ["facet"], "on": "click", "toggle": False}}],
            "mark": {"type": "rect", "color": _WASH, "cursor": "pointer"},
            "encoding": {
                "y": y, "x": {"value": -4}, "x2": {"value": _WIDTH},
                "opacity": {"condition": {"test": _is("facet", chosen), "value": 1}, "value": 0},
            },
        },
        {
            "mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round", "color": SCALE[1], "cursor": "pointer"},
            "encoding": {"y": y, "x": {**x, "field": "low", "axis": axis}, "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "shape": "diamond", "size": 70, "filled": False, "color": _RUST, "strokeWidth": 1.6},
            "encoding": {"y": y, "x": {**x, "field": "macro_value"}},
        },
        {
            "mark": {"type": "point", "size": 90, "filled": True, "color": _BLUE, "opacity": 1},
            "encoding": {"y": y, "x": {**x, "field": "value"}, "tooltip": [{"field": "name"}, {"field": "figure"}, {"field": "interval"}]},
        },
    ]  # fmt: skip
    for field, title, edge in _COLUMNS:
        bold = {"fontWeight": 600} if field == "figure" else {}
        layers.append(
            {
                "mark": {"type": "text", "align": "right", "fontSize": 12.5, "color": INK, "cursor": "pointer", **bold},
                "encoding": {"y": y, "x": {"value": edge}, "text": {"field": field}},
            }
        )
        layers.append(
            {
                "data": {"values": [{}]},
                "mark": {"type": "text", "align": "right", "fontSize": 12, "color": MUTED, "text": title},
                "encoding": {"x": {"value": edge}, "y": {"value": -12}},
            }
        )
    return layered(rows, layers, width=_WIDTH, height={"step": _ROW})


def code_rows(rows: Sequence[Row]) -> Spec:
    """Return precision and recall of each code, with the interval of its F1; a row holds ``name``, ``cases`` and these numbers."""
    names = [row["name"] for row in rows]
    y = {"field": "name", "type": "nominal", "sort": names, "scale": {"domain": names}, "axis": _labels(210)}
    scale = {"domain": [0, 1], "range": [0, 240]}
    axis = {"title": None, "values": _TICKS, "format": ".1f", "orient": "top", "grid": True, "gridColor": HAIR, "gridOpacity": 0.6}
    tooltip = [
        {"field": field, "title": title, **({} if field in ("name", "cases", "predicted") else {"format": ".2f"})}
        for field, title in (
            ("name", "Code"), ("cases", "Cases"), ("predicted", "Predicted"),
            ("precision", "Precision"), ("recall", "Recall"), ("f1", "F1"),
        )
    ]  # fmt: skip
    layers: list[Spec] = [
        {
            "mark": {"type": "rule", "strokeWidth": 7, "color": "#ece7dd"},
            "encoding": {"y": y, "x": {"field": "low", "type": "quantitative", "scale": scale, "axis": axis}, "x2": {"field": "high"}},
        },
        *(
            {
                "transform": [{"calculate": f"'{title}'", "as": "kind"}, {"filter": f"isValid(datum.{field})"}],
                "mark": {"type": "point", "filled": field == "precision", "size": 75, "strokeWidth": 1.8, "opacity": 1},
                "encoding": {
                    "y": y,
                    "x": {"field": field, "type": "quantitative", "scale": scale},
                    "color": {
                        "field": "kind",
                        "type": "nominal",
                        "scale": {"domain": ["Precision", "Recall"], "range": [_BLUE, _RUST]},
                        "legend": {"title": None, "orient": "bottom"},
                    },
                    "shape": {
                        "field": "kind",
                        "type": "nominal",
                        "scale": {"domain": ["Precision", "Recall"], "range": ["circle", "diamond"]},
                        "legend": {"title": None, "orient": "bottom"},
                    },
                    "tooltip": tooltip,
                },
            }
            for field, title in (("precision", "Precision"), ("recall", "Recall"))
        ),
        {
            "mark": {"type": "text", "align": "right", "fontSize": 12.5, "color": MUTED},
            "encoding": {"y": y, "x": {"value": 290}, "text": {"field": "cases"}},
        },
        {
            "data": {"values": [{}]},
            "mark": {"type": "text", "align": "right", "fontSize": 12, "color": MUTED, "text": "Cases"},
            "encoding": {"x": {"value": 290}, "y": {"value": -12}},
        },
    ]
    return layered(rows, layers, width=296, height={"step": 23})


def reliability(bins: Sequence[Row]) -> Spec:
    """Return the reliability diagram, on whose diagonal confidences mean what they say.

    A bin holds ``confidence`` (what the coder expected), ``correct`` (what came true) and ``codes`` (how many).
    """
    axis = {"values": [0, 0.25, 0.5, 0.75, 1], "labelExpr": PERCENT, "grid": True, "gridColor": HAIR, "gridOpacity": 0.6}
    x = {"field": "confidence", "type": "quantitative", "scale": {"domain": [0, 1]}}
    y = {"type": "quantitative", "scale": {"domain": [0, 1]}}
    titles = {"titleColor": MUTED, "titleFontWeight": "normal", "titleFontSize": 12}
    layers: list[Spec] = [
        {
            "data": {"values": [{"at": 0}, {"at": 1}]},
            "mark": {"type": "line", "strokeDash": [4, 4], "color": MUTED, "strokeWidth": 1},
            "encoding": {
                "x": {"field": "at", "type": "quantitative", "axis": {**axis, **titles, "title": "What the coder expected"}},
                "y": {"field": "at", "type": "quantitative", "axis": {**axis, **titles, "title": "What came true"}},
            },
        },
        {
            "mark": {"type": "rule", "color": _RUST, "strokeWidth": 1.5, "opacity": 0.7},
            "encoding": {"x": x, "y": {**y, "field": "confidence"}, "y2": {"field": "correct"}},
        },
        {
            "mark": {"type": "point", "filled": True, "color": _BLUE, "size": 80, "opacity": 1},
            "encoding": {
                "x": x,
                "y": {**y, "field": "correct"},
                "tooltip": [
                    {"field": "confidence", "title": "Expected", "format": ".0%"},
                    {"field": "correct", "title": "Came true", "format": ".0%"},
                    {"field": "codes", "title": "Codes"},
                ],
            },
        },
    ]
    return layered(bins, layers, width=270, height=270)


def confusion(cells: Sequence[Row], rows: Sequence[str], columns: Sequence[str]) -> Spec:
    """Return the heat map of what is taken for what; a cell can be picked (selection ``cell``).

    A cell holds ``reference``, ``predicted`` (ids), ``row``, ``column`` (names), ``passages`` (a count) and ``hit``.
    """
    highest = max((cell["passages"] for cell in cells if not cell["hit"]), default=1)
    encoding = {
        "y": {
            "field": "row", "type": "nominal", "sort": list(rows), "scale": {"domain": list(rows)},
            "axis": {**_labels(230), "title": "Reference", "titleColor": MUTED, "titleFontWeight": "normal"},
        },
        "x": {
            "field": "column", "type": "nominal", "sort": list(columns), "scale": {"domain": list(columns)},
            "axis": {
                "orient": "top", "labelAngle": -40, "labelLimit": 230, "labelPadding": 6, "title": "Coder", "titleColor": MUTED,
                "titleFontWeight": "normal",
            },
        },
        "tooltip": [
            {"field": "row", "title": "Reference"}, {"field": "column", "title": "Coder"}, {"field": "passages", "title": "Passages"},
        ],
    }  # fmt: skip
    shade = {
        "field": "passages",
        "type": "quantitative",
        "legend": None,
        "scale": {"range": SCALE, "domain": [1, max(highest, 2)], "type": "sqrt"},
    }
    layers: list[Spec] = [
        {
            "name": "cells",
            "params": [{"name": "cell", "select": {"type": "point", "fields": ["reference", "predicted"], "on": "click", "toggle": False}}],
            "mark": {"type": "rect", "stroke": PAPER, "strokeWidth": 2, "cornerRadius": 3, "cursor": "pointer"},
            "encoding": {**encoding, "color": {"condition": {"test": "datum.hit", "value": "#ebe6dc"}, **shade}},
        },
        {
            "mark": {"type": "text", "fontSize": 12, "cursor": "pointer"},
            "encoding": {
                **encoding,
                "text": {"field": "passages"},
                "color": {
                    "condition": {"test": f"!datum.hit && sqrt(datum.passages) > {highest**0.5 * 0.62}", "value": "#ffffff"},
                    "value": ON_SHADE,
                },
            },
        },
    ]  # fmt: skip
    return layered(cells, layers, width={"step": 37}, height={"step": 32})


def group_grid(cells: Sequence[Row], facets: Sequence[str], groups: Sequence[str]) -> Spec:
    """Return the figure of each facet in each group, shaded by how far it is from that over all.

    A cell holds ``facet`` and ``group`` (names), ``figure`` and ``interval`` (texts), ``difference`` and ``n``.
    """
    encoding = {
        "y": {"field": "facet", "type": "nominal", "sort": list(facets), "scale": {"domain": list(facets)}, "axis": _labels(190)},
        "x": {
            "field": "group", "type": "nominal", "sort": list(groups), "scale": {"domain": list(groups)},
            "axis": {"orient": "top", "labelAngle": -25, "labelLimit": 230, "labelPadding": 6, "title": None},
        },
        "tooltip": [
            {"field": "facet", "title": "Facet"}, {"field": "group", "title": "Group"}, {"field": "figure", "title": "Figure"},
            {"field": "interval", "title": "95 %"}, {"field": "n", "title": "Passages"},
            {"field": "difference", "title": "From all", "format": "+.2f"},
        ],
    }  # fmt: skip
    shade = {"domain": [-0.2, 0, 0.2], "range": ["#e0a37e", "#f4f1eb", "#9dbfd6"], "clamp": True, "interpolate": "rgb"}
    layers: list[Spec] = [
        {
            "mark": {"type": "rect", "stroke": PAPER, "strokeWidth": 2, "cornerRadius": 3},
            "encoding": {**encoding, "color": {"field": "difference", "type": "quantitative", "legend": None, "scale": shade}},
        },
        {"mark": {"type": "text", "fontSize": 12.5, "color": ON_SHADE}, "encoding": {**encoding, "text": {"field": "figure"}}},
    ]
    return layered(cells, layers, width={"step": 92}, height={"step": 27})


def _labels(limit: int) -> Spec:
    return {"title": None, "labelLimit": limit, "labelPadding": 10}


def _is(field: str, value: str) -> Spec:
    return {"field": field, "equal": value}
