"""The way of the data through the stages of a run, as a picture: what came, what of it was known or refused, and how long it took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.charts import CONFIG, HAIR, INK, MUTED, Spec

_BLUE, _RUST, _GREY, _TIME = "#4680a9", "#c2571a", "#b8b0a2", "#8a6bb8"
_PARTS = (("worked", "worked on", _BLUE), ("rejected", "not used", _RUST), ("known", "known already", _GREY))
_LABELS, _BAR, _CAME, _MADE, _CLOCK, _RATE = 74, 200, 130, 200, 105, 110
_ROW = 30

Row = Mapping[str, Any]


def stage_flow(rows: Sequence[Row]) -> Spec:
    """Return the stages of one survey as bars of what came to each; beside them what it made, its seconds, and how many it did in one.

    The bars of one chart share a scale, although rows, answers, texts and passages are counted: the words beside them say which.
    Rows are those of ``run_view.stage_rows``.
    """
    names = [row["stage"] for row in rows]
    y = {"field": "stage", "type": "nominal", "sort": names, "scale": {"domain": names}}
    labels = {"title": None, "labelFontSize": 13, "labelLimit": _LABELS, "minExtent": _LABELS, "labelPadding": 10}
    order = {id: place for place, (id, _, _) in enumerate(_PARTS)}
    parts = {
        "transform": [
            {"fold": [id for id, _, _ in _PARTS], "as": ["part", "number"]},
            {"calculate": f"{_lookup({id: name for id, name, _ in _PARTS})}[datum.part]", "as": "name"},
            {"calculate": f"{_lookup(order)}[datum.part]", "as": "place"},
        ],
        "mark": {"type": "bar", "height": 13, "cornerRadius": 2},
        "encoding": {
            "y": {**y, "axis": labels},
            "x": {"field": "number", "type": "quantitative", "axis": None, "stack": "zero"},
            "order": {"field": "place", "type": "quantitative"},
            "color": {
                "field": "name",
                "type": "nominal",
                "scale": {"domain": [name for _, name, _ in _PARTS], "range": [colour for _, _, colour in _PARTS]},
                "legend": {"title": None, "orient": "top", "direction": "horizontal", "symbolType": "square", "offset": 18},
            },
            "tooltip": [
                {"field": "stage", "title": "Stage"},
                {"field": "name", "title": "What came"},
                {"field": "number", "title": "Number", "format": ","},
            ],
        },
        "width": _BAR,
    }
    bare = {**y, "axis": None}
    clock = {
        "layer": [
            {
                "mark": {"type": "bar", "height": 13, "cornerRadius": 2, "color": _TIME},
                "encoding": {"y": bare, "x": {"field": "seconds", "type": "quantitative", "axis": None}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 12.5, "color": INK},
                "encoding": {"y": bare, "x": {"field": "seconds", "type": "quantitative"}, "text": {"field": "seconds_said"}},
            },
        ],
        "width": _CLOCK,
    }
    panels = [
        parts,
        _words(bare, "came_said", "Came", _CAME),
        _words(bare, "made_said", "Made", _MADE),
        _headed(clock, "Seconds"),
        _words(bare, "rate_said", "In a second", _RATE),
    ]
    return {
        "data": {"values": list(rows)},
        "hconcat": [{**panel, "height": {"step": _ROW}} for panel in panels],
        "spacing": 14,
        "resolve": {"scale": {"y": "independent"}},
        "config": {**CONFIG, "axis": {**CONFIG["axis"], "gridColor": HAIR}},
    }


def _words(y: Row, field: str, title: str, width: int) -> Spec:
    words = {
        "mark": {"type": "text", "align": "left", "fontSize": 12.5, "color": INK, "limit": width},
        "encoding": {"y": y, "x": {"value": 0}, "text": {"field": field}},
    }
    return _headed({"layer": [words], "width": width}, title)


def _headed(panel: Spec, title: str) -> Spec:
    head = {
        "data": {"values": [{}]},
        "mark": {"type": "text", "align": "left", "fontSize": 12, "color": MUTED, "text": title},
        "encoding": {"x": {"value": 0}, "y": {"value": -12}},
    }
    return {**panel, "layer": [*panel["layer"], head]}


def _lookup(values: Mapping[str, object]) -> str:
    return "{" + ", ".join(f"'{name}': {value!r}" for name, value in values.items()) + "}"
