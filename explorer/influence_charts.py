"""Shares of texts with their intervals, side by side, and the colours of effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explorer.charts import CONFIG, HAIR, INK, MUTED, PAPER, PERCENT, Spec
from explorer.few import Withheld
from explorer.influence_shapes import Share

#: Told apart by people with any kind of colour vision (Okabe and Ito 2008), and named wherever they stand.
EFFECT_COLOURS: Mapping[str, str] = {
    "harms": "#c2500a",
    "mixed": "#8f6aa8",
    "unclear": "#8b8579",
    "": "#b9b2a4",
    "improves": "#1769aa",
}
_UNSAID, _WAITING = EFFECT_COLOURS["unclear"], EFFECT_COLOURS[""]
#: By what bands can be told apart, and the colours of its codes in the order in which they are drawn; "" is what waits for a review.
PART_COLOURS: Mapping[str, Mapping[str, str]] = {
    "effect": EFFECT_COLOURS,
    "mode": {"active": "#0b6f77", "both": "#8f6aa8", "unclear": _UNSAID, "": _WAITING, "passive": "#c98a1b"},
    "direction": {"encouraged": "#3f5fb0", "both": "#8f6aa8", "not_stated": _UNSAID, "": _WAITING, "discouraged": "#a05a2c"},
}
_POINT = "#17507a"
#: Wide enough to be read at 1,024 pixels with the filters beside it.
_PANELS: Mapping[int, int] = {1: 215, 2: 205, 3: 135, 4: 100}
_LABELS: Mapping[int, int] = {1: 230, 2: 210, 3: 190, 4: 155}
_ROW = 27
#: Streamlit would fit labels and all into the width, which cuts off what stands beside the plot.
PAD: Mapping[str, str] = {"type": "pad", "contains": "padding"}


def intervals(found: Sequence[Share], order: Sequence[str], sides: Sequence[str], few: Withheld, *, units: str) -> Spec:
    """Return shares as points with their 95 % intervals: a row for each value of ``order``, a panel for each side; all on one scale.

    A point can be picked (selection ``share``: ``side`` and ``code``). What is withheld is marked and has no place on the scale.
    """
    shown = [share for share in found if share.name in set(order)]
    highest = max((share.high for share in shown if share.high is not None), default=1.0)
    values = [
        {
            "side": share.side, "side_name": share.side_name, "code": share.code, "name": share.name, "share": share.share,
            "low": share.low, "high": share.high, "interval": share.interval,
            "said": share.percent(few) + (f"  ({share.units:,} of {share.total:,})" if len(sides) <= 2 and not share.suppressed else ""),
            "percent": few.why if share.suppressed else share.percent(few),
            "units": few.mark if share.suppressed else f"{share.units:,} of {share.total:,}",
        }
        for share in shown
    ]  # fmt: skip
    # On the right the words beside the longest interval need room.
    end = highest * (1.62 if len(sides) == 1 else 1.9 if len(sides) == 2 else 1.55)
    ticks = _ticks(highest, most=4.5 if len(sides) < 3 else 2.5)
    x = {"type": "quantitative", "scale": {"domain": [0, end], "nice": False}}
    axis = {
        "title": None, "labelExpr": PERCENT, "labelSeparation": 6, "values": ticks, "grid": True, "gridColor": HAIR, "gridOpacity": 0.7,
        "labelColor": MUTED,
    }  # fmt: skip
    y = {
        "field": "name", "type": "nominal", "sort": list(order), "scale": {"domain": list(order)},
        "axis": {"title": None, "labelLimit": _LABELS[len(sides)], "labelPadding": 8, "minExtent": 150},
    }  # fmt: skip
    tooltip = [
        {"field": "side_name", "title": " "}, {"field": "name", "title": "Value"}, {"field": "percent", "title": "Share"},
        {"field": "interval", "title": "95 % interval"}, {"field": "units", "title": units},
    ]  # fmt: skip
    known, withheld = {"filter": "isValid(datum.share)"}, {"filter": "!isValid(datum.share)"}
    words: Spec = {"type": "text", "align": "left", "dx": 7, "fontSize": 11.5, "color": INK}
    layers: list[Spec] = [
        {
            "transform": [known],
            "mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round", "opacity": 0.3, "color": _POINT},
            "encoding": {"y": y, "x": {**x, "field": "low", "axis": axis}, "x2": {"field": "high"}},
        },
        {
            "transform": [known],
            "params": [{"name": "share", "select": {"type": "point", "fields": ["side", "code"], "on": "click", "toggle": False}}],
            "mark": {"type": "point", "size": 80, "opacity": 1, "strokeWidth": 1.6, "cursor": "pointer", "color": _POINT},
            "encoding": {
                "y": y, "x": {**x, "field": "share"}, "tooltip": tooltip,
                "fill": {"condition": {"test": "datum.share > 0", "value": _POINT}, "value": PAPER},
            },
        },
        {
            "transform": [known],
            "mark": words,
            "encoding": {"y": y, "x": {**x, "field": "high"}, "text": {"field": "said"}, "tooltip": tooltip},
        },
        {
            "transform": [withheld],
            "mark": {**words, "color": MUTED},
            "encoding": {"y": y, "x": {"datum": 0, "type": "quantitative"}, "text": {"value": few.mark}, "tooltip": tooltip},
        },
    ]  # fmt: skip
    return {
        "config": CONFIG,
        "autosize": PAD,
        "data": {"values": values},
        "spacing": 14,
        "facet": {
            "column": {
                "field": "side_name", "type": "nominal", "sort": list(sides), "title": None,
                "header": None if len(sides) == 1 else {
                    "labelColor": INK, "labelFontSize": 13, "labelFontWeight": 600, "labelAnchor": "start", "labelLimit": 200,
                },
            }
        },
        "spec": {"width": _PANELS[len(sides)], "height": {"step": _ROW}, "layer": layers},
    }  # fmt: skip


def _ticks(highest: float, most: float) -> list[float]:
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.25, 0.5) if highest / step <= most or step == 0.5)
    return [round(number * step, 2) for number in range(int(min(highest, 1.0) / step + 0.001) + 1)]
