"""The drawing of bands from actors over mechanisms to rights, coloured and named by effect, mode or direction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.charts import CONFIG, INK, MUTED, PAPER, Spec
from explorer.few import Withheld
from explorer.sankey import LABELS, WIDTH, Layout, Node, Ribbon, node_x, outline

#: The facets of the three columns.
COLUMNS = ("actor", "mechanism", "right")
#: Narrower bands hold no words.
_LABELLED = 17.0
_HEAD = 26
#: A longer name stands on two lines, so that a narrow page cuts none.
_LINE, _LEADING = 20, 13.0
#: The part of the width that names have, less what divides them from their values.
_ROOM = round((LABELS - 14) / (WIDTH + 2 * LABELS), 3)

#: What each point of a band is told of it.
_TOLD = ["column", "source", "target", "part", "few", "said", "from", "to", "of"]

#: Gives the name of a value by its facet and code, and that of a facet by an empty facet and its id.
Named = Callable[[str, str], str]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Parts:
    """What tells the bands of one link apart: its name, its ``title`` over the legend, what its codes are called, and their colours."""

    name: str
    title: str
    named: Callable[[str], str]
    colours: Mapping[str, str]


def flows(layout: Layout, named: Named, parts: Parts, few: Withheld) -> Spec:
    """Return the bands of a layout, coloured and named by their part; a band can be picked (selection ``band``).

    The selection holds the ``column`` (0 from actors, 1 to rights), the ``source``, the ``target`` and the ``part``. A band that is not
    counted is a dashed line.
    """
    bands = [_told(ribbon, named, parts, few) for ribbon in layout.ribbons]
    points = [{"key": ribbon.key, **point} for ribbon in layout.ribbons for point in outline(ribbon)]
    told = {"lookup": "key", "from": {"data": {"values": bands}, "key": "key", "fields": _TOLD}}
    boxes = [_box(node, named, few) for node in layout.nodes]
    x: Spec = {"type": "quantitative", "scale": {"domain": [-LABELS, WIDTH + LABELS], "nice": False}, "axis": None}
    y: Spec = {"type": "quantitative", "scale": {"domain": [layout.height, -_HEAD], "nice": False}, "axis": None}
    tooltip = [
        {"field": "from", "title": "From"}, {"field": "to", "title": "To"}, {"field": "of", "title": parts.name},
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
                    "type": "point", "fields": ["column", "source", "target", "part"], "on": "click", "toggle": False}}],
                "transform": [told, {"filter": "!datum.few"}],
                "mark": {"type": "area", "interpolate": "linear", "cursor": "pointer", "opacity": 0.62},
                "encoding": {**bent, "color": _colour(layout, parts)},
            },
            {
                "data": {"values": points},
                "transform": [told, {"filter": "datum.few"}],
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


def _told(ribbon: Ribbon, named: Named, parts: Parts, few: Withheld) -> dict[str, Any]:
    """Return what is known of a band, with its label ("" where it is too narrow) and where that stands."""
    band, (source, target) = ribbon.band, COLUMNS[ribbon.column : ribbon.column + 2]
    edge = outline(ribbon)
    # Beside the values in the middle stand their names, so that what leaves them is named where it arrives.
    at, places = (edge[0]["x"] + 6, ribbon.start) if ribbon.column == 0 else (edge[-1]["x"] - 6, ribbon.end)
    wide = band.claims is not None and places[1] - places[0] >= _LABELLED
    return {
        "key": ribbon.key, "column": ribbon.column, "source": band.source, "target": band.target, "part": band.part,
        "few": band.claims is None, "said": few.why if band.claims is None else f"{band.claims:,}",
        "from": named(source, band.source), "to": named(target, band.target), "of": parts.named(band.part),
        "label": f"{parts.named(band.part)} {band.claims:,}" if wide else "", "label_x": at, "label_y": sum(places) / 2,
    }  # fmt: skip


def _box(node: Node, named: Named, few: Withheld) -> dict[str, Any]:
    left, right = node_x(node.column)
    name = named(COLUMNS[node.column], node.code)
    count = f"{node.claims:,}" if not node.few else f"{node.claims:,} + {few.mark}" if node.claims else few.mark
    return {
        "x": left, "x2": right, "y": node.top, "y2": node.bottom, "middle": (node.top + node.bottom) / 2, "column": node.column,
        "name": name, "count": count, "text": f"{count}  {name}", "lines": (lines := _in_lines(f"{count}  {name}")),
        "first": (node.top + node.bottom) / 2 - (_LEADING / 2 if "\n" in lines else 0.0),
    }  # fmt: skip


def _in_lines(text: str) -> str:
    """Return a name and its count, broken at the space next to the middle where they are long."""
    places = [place for place, sign in enumerate(text) if sign == " " and place > 4]
    if len(text) <= _LINE or not places:
        return text
    at = min(places, key=lambda place: abs(place - len(text) / 2))
    return f"{text[:at]}\n{text[at + 1 :]}"


def _colour(layout: Layout, parts: Parts) -> Spec:
    present = [part for part in parts.colours if any(ribbon.band.part == part for ribbon in layout.ribbons)]
    return {
        "field": "of", "type": "nominal", "sort": None,
        "scale": {"domain": [parts.named(part) for part in present], "range": [parts.colours[part] for part in present]},
        "legend": {"orient": "top", "title": parts.title, "titleOrient": "left", "symbolType": "square", "labelLimit": 260},
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
    plain: Spec = {
        "type": "text", "fontSize": 12, "baseline": "middle", "limit": {"expr": f"width * {_ROOM}"}, "lineBreak": "\n",
        "lineHeight": _LEADING,
    }  # fmt: skip
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
                        "x": {**x, "field": place}, "y": {**y, "field": "first"}, "text": {"field": "lines"}, "tooltip": {"field": "text"},
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
