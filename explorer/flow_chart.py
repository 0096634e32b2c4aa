"""The drawing of bands from actors over mechanisms to rights, coloured and named by effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from explorer.charts import CONFIG, INK, MUTED, PAPER, Spec
from explorer.few import Withheld
from explorer.influence_charts import EFFECT_COLOURS
from explorer.sankey import LABELS, WIDTH, Layout, Node, Ribbon, node_x, outline

#: The facets of the three columns.
COLUMNS = ("actor", "mechanism", "right")
#: Narrower bands hold no words.
_LABELLED = 17.0
_HEAD = 26
#: The part of the width that names have, less what divides them from their values.
_ROOM = round((LABELS - 14) / (WIDTH + 2 * LABELS), 3)

#: Gives the name of a value by its facet and code, and that of a facet by an empty facet and its id.
Named = Callable[[str, str], str]
Row = Mapping[str, Any]


def flows(layout: Layout, named: Named, effect_named: Callable[[str], str], few: Withheld) -> Spec:
    """Return the bands of a layout, coloured and named by effect; a band can be picked (selection ``band``).

    The selection holds the ``column`` (0 from actors, 1 to rights), the ``source``, the ``target`` and the ``effect``. A band that is not
    counted is a dashed line.
    """
    bands = [_told(ribbon, named, effect_named, few) for ribbon in layout.ribbons]
    points = [told | point for ribbon, told in zip(layout.ribbons, bands, strict=True) for point in outline(ribbon)]
    boxes = [_box(node, named, few) for node in layout.nodes]
    x: Spec = {"type": "quantitative", "scale": {"domain": [-LABELS, WIDTH + LABELS], "nice": False}, "axis": None}
    y: Spec = {"type": "quantitative", "scale": {"domain": [layout.height, -_HEAD], "nice": False}, "axis": None}
    tooltip = [
        {"field": "from", "title": "From"}, {"field": "to", "title": "To"}, {"field": "of", "title": "Effect"},
        {"field": "said", "title": "Claims"},
    ]  # fmt: skip
    bent: Spec = {"x": {**x, "field": "x"}, "y": {**y, "field": "y"}, "y2": {"field": "y2"}, "detail": {"field": "key"}, "tooltip": tooltip}
    return {
        "config": CONFIG,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "width": "container",
        "height": layout.height + _HEAD,
        "layer": [
            {
                "data": {"values": points},
                "params": [{"name": "band", "select": {
                    "type": "point", "fields": ["column", "source", "target", "effect"], "on": "click", "toggle": False}}],
                "transform": [{"filter": "!datum.few"}],
                "mark": {"type": "area", "interpolate": "linear", "cursor": "pointer", "opacity": 0.62},
                "encoding": {**bent, "color": _colour(layout, effect_named)},
            },
            {
                "data": {"values": points},
                "transform": [{"filter": "datum.few"}],
                "mark": {"type": "line", "strokeDash": [3, 3], "strokeWidth": 1.3, "color": MUTED},
                "encoding": {name: bent[name] for name in ("x", "y", "detail", "tooltip")},
            },
            {
                "data": {"values": boxes},
                "mark": {"type": "rect", "color": INK, "cornerRadius": 1.5},
                "encoding": {
                    "x": {**x, "field": "x"}, "x2": {"field": "x2"}, "y": {**y, "field": "y"}, "y2": {"field": "y2"},
                    "tooltip": [{"field": "name", "title": "Value"}, {"field": "count", "title": "Claims"}],
                },
            },
            *_words([told for told in bands if told["label"]], x, y),
            *_names(boxes, x, y),
            *_heads(named, x, y),
        ],
    }  # fmt: skip


def _told(ribbon: Ribbon, named: Named, effect_named: Callable[[str], str], few: Withheld) -> dict[str, Any]:
    """Return what is known of a band, with its label ("" where it is too narrow) and where that stands."""
    band, (source, target) = ribbon.band, COLUMNS[ribbon.column : ribbon.column + 2]
    edge = outline(ribbon)
    # Beside the values in the middle stand their names, so that what leaves them is named where it arrives.
    at, places = (edge[0]["x"] + 6, ribbon.start) if ribbon.column == 0 else (edge[-1]["x"] - 6, ribbon.end)
    wide = band.claims is not None and places[1] - places[0] >= _LABELLED
    return {
        "key": ribbon.key, "column": ribbon.column, "source": band.source, "target": band.target, "effect": band.effect,
        "few": band.claims is None, "said": few.why if band.claims is None else f"{band.claims:,}",
        "from": named(source, band.source), "to": named(target, band.target), "of": effect_named(band.effect),
        "label": f"{effect_named(band.effect)} {band.claims:,}" if wide else "", "label_x": at, "label_y": sum(places) / 2,
    }  # fmt: skip


def _box(node: Node, named: Named, few: Withheld) -> dict[str, Any]:
    left, right = node_x(node.column)
    name = named(COLUMNS[node.column], node.code)
    count = f"{node.claims:,}" if not node.few else f"{node.claims:,} + {few.mark}" if node.claims else few.mark
    return {
        "x": left, "x2": right, "y": node.top, "y2": node.bottom, "middle": (node.top + node.bottom) / 2, "column": node.column,
        "name": name, "count": count, "text": f"{count}  {name}",  # a name that is too long is cut at its end
    }  # fmt: skip


def _colour(layout: Layout, effect_named: Callable[[str], str]) -> Spec:
    present = [effect for effect in EFFECT_COLOURS if any(ribbon.band.effect == effect for ribbon in layout.ribbons)]
    return {
        "field": "of", "type": "nominal", "sort": None,
        "scale": {"domain": [effect_named(effect) for effect in present], "range": [EFFECT_COLOURS[effect] for effect in present]},
        "legend": {"orient": "top", "title": "Effect on the right", "titleOrient": "left", "symbolType": "square", "labelLimit": 260},
    }  # fmt: skip


def _words(labels: Sequence[Row], x: Spec, y: Spec) -> list[Spec]:
    return [
        {
            "data": {"values": [dict(label) for label in labels if label["column"] == column]},
            "mark": {"type": "text", "baseline": "middle", "align": align, "fontSize": 11, "color": INK},
            "encoding": {"x": {**x, "field": "label_x"}, "y": {**y, "field": "label_y"}, "text": {"field": "label"}},
        }
        for column, align in enumerate(("left", "right"))
    ]


def _names(boxes: Sequence[Row], x: Spec, y: Spec) -> list[Spec]:
    """Return the names of the values: beside them, and in the middle with a halo that lifts them from the bands."""
    plain: Spec = {"type": "text", "fontSize": 12, "baseline": "middle", "limit": {"expr": f"width * {_ROOM}"}}
    halo = {**plain, "stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round", "color": PAPER}
    inked = {**plain, "color": INK}
    layers: list[Spec] = []
    for column, (place, align, shift) in enumerate((("x", "right", -7), ("x2", "left", 6), ("x2", "left", 7))):
        for mark in (halo, inked) if column == 1 else (inked,):
            layers.append(
                {
                    "data": {"values": [dict(box) for box in boxes if box["column"] == column]},
                    "mark": {**mark, "align": align, "dx": shift},
                    "encoding": {
                        "x": {**x, "field": place}, "y": {**y, "field": "middle"}, "text": {"field": "text"}, "tooltip": {"field": "text"},
                    },
                }
            )  # fmt: skip
    return layers


def _heads(named: Named, x: Spec, y: Spec) -> list[Spec]:
    return [
        {
            "data": {"values": [{"x": node_x(column)[0], "text": named("", facet)}]},
            "mark": {"type": "text", "baseline": "middle", "align": align, "fontSize": 12, "fontWeight": 600, "color": MUTED},
            "encoding": {"x": {**x, "field": "x"}, "y": {**y, "datum": -14}, "text": {"field": "text"}},
        }
        for column, (facet, align) in enumerate(zip(COLUMNS, ("right", "left", "left"), strict=True))
    ]
