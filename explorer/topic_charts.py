"""Shares of topics: against the values of a facet, and from wave to wave with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.charts import CONFIG, HAIR, INK, ON_SHADE, PAPER, PERCENT, SCALE, Spec, layered

Row = Mapping[str, Any]


def crossing(cells: Sequence[Row], topics: Sequence[str], values: Sequence[str]) -> Spec:
    """Return topics against the values of a facet, shaded by share; a cell can be picked (selection ``cell``: ``topic``, ``value``).

    A cell holds these ids, the names ``row`` and ``column``, the number ``share`` and the texts ``percent``, ``interval`` and ``units``.
    """
    highest = max((cell["share"] for cell in cells), default=1.0)
    encoding: Spec = {
        "x": {
            "field": "column", "type": "nominal", "sort": list(values), "scale": {"domain": list(values)},
            "axis": {"orient": "top", "labelAngle": -40, "title": None, "labelLimit": 200, "labelPadding": 6},
        },
        "y": {"field": "row", "type": "nominal", "sort": list(topics), "scale": {"domain": list(topics)},
              "axis": {"title": None, "labelLimit": 240, "labelPadding": 8}},
        "tooltip": [
            {"field": "row", "title": "Topic"}, {"field": "column", "title": "Value"}, {"field": "percent", "title": "Share"},
            {"field": "interval", "title": "95 %"}, {"field": "units", "title": "Units"},
        ],
    }  # fmt: skip
    shade = {"scale": {"range": SCALE, "domain": [0, max(highest, 0.01)], "type": "sqrt"}, "legend": None}
    pale = f"datum.share > {highest * 0.42:.6f}"
    layers: list[Spec] = [
        {
            "name": "cells",
            "params": [{"name": "cell", "select": {"type": "point", "fields": ["topic", "value"], "on": "click", "toggle": False}}],
            "mark": {"type": "rect", "stroke": PAPER, "strokeWidth": 2, "cornerRadius": 3, "cursor": "pointer"},
            "encoding": {**encoding, "color": {"field": "share", "type": "quantitative", **shade}},
        },
        {
            "mark": {"type": "text", "fontSize": 12, "cursor": "pointer"},
            "encoding": {
                **encoding, "text": {"field": "percent"}, "color": {"condition": {"test": pale, "value": "#ffffff"}, "value": ON_SHADE},
            },
        },
    ]  # fmt: skip
    return layered(cells, layers, width={"step": 46}, height={"step": 30})


def over_waves(rows: Sequence[Row], topics: Sequence[str], waves: Sequence[str]) -> Spec:
    """Return a small chart for each topic: its share in each wave with the 95 % interval; all on one scale.

    A row is a cell as above, with the topic's ``colour``; a point can be picked (selection ``cell``: ``topic``, ``value``).
    """
    highest = max((row["high"] for row in rows), default=1.0)
    x = {"field": "column", "type": "ordinal", "sort": list(waves), "scale": {"domain": list(waves)},
         "axis": {"title": None, "labelAngle": 0, "labelPadding": 6}}  # fmt: skip
    axis = {"title": None, "labelExpr": PERCENT, "tickCount": 3, "grid": True, "gridColor": HAIR, "gridOpacity": 0.6}
    y = {"type": "quantitative", "scale": {"domain": [0, min(1.0, highest * 1.05)], "nice": False}}
    colour = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    tooltip = [
        {"field": "row", "title": "Topic"}, {"field": "column", "title": "Wave"}, {"field": "percent", "title": "Share"},
        {"field": "interval", "title": "95 %"}, {"field": "units", "title": "Units"},
    ]  # fmt: skip
    return {
        "config": CONFIG,
        "data": {"values": [dict(row) for row in rows]},
        "columns": 3,
        "spacing": 28,
        "facet": {
            "field": "row", "type": "nominal", "sort": list(topics), "title": None,
            "header": {"labelColor": INK, "labelFontSize": 12.5, "labelFontWeight": 600, "labelLimit": 250, "labelAnchor": "start"},
        },
        "spec": {
            "width": 240,
            "height": 110,
            "layer": [
                {"mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round", "opacity": 0.28},
                 "encoding": {"x": x, "y": {**y, "field": "low", "axis": axis}, "y2": {"field": "high"}, "color": colour}},
                {"mark": {"type": "line", "strokeWidth": 1.6}, "encoding": {"x": x, "y": {**y, "field": "share"}, "color": colour}},
                {"params": [{"name": "cell", "select": {"type": "point", "fields": ["topic", "value"], "on": "click", "toggle": False}}],
                    "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1, "cursor": "pointer"},
                 "encoding": {"x": x, "y": {**y, "field": "share"}, "color": colour, "tooltip": tooltip}},
            ],
        },
    }  # fmt: skip
