"""Heat maps and bars of respondents in which what is suppressed is marked, never empty."""

from __future__ import annotations

from explorer.charts import CONFIG, INK, MUTED, ON_SHADE, PAPER, SCALE, Spec
from explorer.influence_charts import PAD
from explorer.number_shapes import Layout

_HEIGHT = 30
#: Where there are many columns they are as narrow as their figures allow.
_WIDTH, _NARROW, _MANY = 46, 33, 14
_WITHHELD = "#e4ddd0"


def heat(layout: Layout) -> Spec:
    """Return a heat map of respondents; zeros are empty, suppressed squares are grey with a dash."""
    highest = max((square.count or 0 for square in layout.squares), default=1)
    dark = 1 + 0.58 * (max(highest, 2) ** 0.5 - 1)
    x = {
        "field": "column", "type": "nominal", "sort": list(layout.columns), "scale": {"domain": list(layout.columns)},
        "axis": {"orient": "top", "labelAngle": -40, "title": None, "labelLimit": 210, "labelPadding": 6},
    }  # fmt: skip
    y = {
        "field": "row", "type": "nominal", "sort": list(layout.rows), "scale": {"domain": list(layout.rows)},
        "axis": {"title": None, "labelLimit": 230, "labelPadding": 8},
    }  # fmt: skip
    tooltip = [{"field": "row", "title": "Row"}, {"field": "column", "title": "Column"}, {"field": "why", "title": "Count"}]
    known, withheld = {"filter": "isValid(datum.count) && datum.count > 0"}, {"filter": "!isValid(datum.count)"}
    square: Spec = {"type": "rect", "stroke": PAPER, "strokeWidth": 2, "cornerRadius": 3}
    shade = {
        "field": "count",
        "type": "quantitative",
        "legend": None,
        "scale": {"range": SCALE, "domain": [1, max(highest, 2)], "type": "sqrt"},
    }
    return {
        "config": CONFIG, "width": {"step": _NARROW if len(layout.columns) > _MANY else _WIDTH}, "height": {"step": _HEIGHT},
        "data": {"values": [vars(each) for each in layout.squares]},
        "encoding": {"x": x, "y": y, "tooltip": tooltip},
        "layer": [
            {"transform": [known], "mark": square, "encoding": {"color": shade}},
            {"transform": [withheld], "mark": {**square, "color": _WITHHELD}},
            {
                "transform": [known], "mark": {"type": "text", "fontSize": 12},
                "encoding": {
                    "text": {"field": "said"},
                    "color": {"condition": {"test": f"sqrt(datum.count) > {dark}", "value": "#ffffff"}, "value": ON_SHADE},
                },
            },
            {"transform": [withheld], "mark": {"type": "text", "fontSize": 12, "color": MUTED}, "encoding": {"text": {"field": "said"}}},
        ],
    }  # fmt: skip


def bars(layout: Layout) -> Spec:
    """Return bars of respondents; in the place of a suppressed one stands a dash."""
    highest = max((square.count or 0 for square in layout.squares), default=1)
    y = {
        "field": "row", "type": "nominal", "sort": list(layout.rows), "scale": {"domain": list(layout.rows)},
        "axis": {"title": None, "labelLimit": 260, "labelPadding": 8},
    }  # fmt: skip
    x = {"field": "count", "type": "quantitative", "axis": None, "scale": {"domain": [0, max(highest, 1) * 1.12], "nice": False}}
    tooltip = [{"field": "row", "title": "Value"}, {"field": "why", "title": "Count"}]
    words: Spec = {"type": "text", "align": "left", "dx": 6, "fontSize": 12}
    known, withheld = {"filter": "isValid(datum.count)"}, {"filter": "!isValid(datum.count)"}
    return {
        "config": CONFIG, "autosize": PAD, "width": 430, "height": {"step": 27},
        "data": {"values": [vars(each) for each in layout.squares]},
        "encoding": {"y": y, "tooltip": tooltip},
        "layer": [
            {"mark": {"type": "bar", "color": SCALE[3], "cornerRadiusEnd": 3, "height": {"band": 0.66}}, "encoding": {"x": x}},
            {"transform": [known], "mark": {**words, "color": INK}, "encoding": {"x": x, "text": {"field": "said"}}},
            {
                "transform": [withheld], "mark": {**words, "color": MUTED},
                "encoding": {"x": {"datum": 0, "type": "quantitative"}, "text": {"field": "said"}},
            },
        ],
    }  # fmt: skip
