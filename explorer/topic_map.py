"""The map of topics: every passage a point, coloured by its topic, as an interactive chart and as a picture for print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer import still
from explorer.charts import CONFIG, HAIR, INK, MUTED, PAPER, Spec
from explorer.topic_ground import Ground, Topic

Row = Mapping[str, Any]

#: For the largest topics: told apart from one another, also by most people who see few colours, and dark enough for paper.
PALETTE = (
    "#1f5f99", "#c4540e", "#2c8a5b", "#7d4fb3", "#c79200", "#c2387c",
    "#1b9aa8", "#8a5a2b", "#6b8e1f", "#d96c6c", "#5b6fd6", "#5d4157",
)  # fmt: skip
#: For all others, in turn.
QUIET = ("#8d99a6", "#a3968a", "#93a08c", "#a395a8")
OUTLIER = "#c9c2b5"
BEYOND = "#e3ddd1"
MOST_POINTS = 8_000
#: Of these, where filters leave passages out, so many of those left out are still hinted at.
MOST_FAINT = 2_000
HEIGHT = 560
#: The selections by which a point or an outline leads to its topic.
PICKS = ("point", "outline")
#: The plot in print, in inches.
_PRINT_WIDTH = 10
_FONT = '"Source Sans", "Source Sans 3", "Helvetica Neue", Arial, "Liberation Sans", "Noto Sans CJK KR", sans-serif'
#: Names are placed anew for each of these widths: (from, up to, as if so wide), px.
_WIDTHS = ((0, 480, 340), (480, 760, 600), (760, 100_000, 930))
_SIZES = {"core": 30, "weak": 17, "outlier": 11}
#: More points are drawn smaller.
_CROWD = 1_500
_OPACITY = {"core": 0.85, "weak": 0.6, "outlier": 0.75}


@dataclass(frozen=True)
class Picture:
    """What the map shows: points (``x``, ``y``, ``topic``, ``membership`` and texts for the hover) on the ground of their survey; the
    places of passages that the filters leave out; and the topic that is looked at, if any."""

    ground: Ground
    points: Sequence[Row]
    faint: Sequence[Row] = ()
    chosen: str = ""

    @property
    def topics(self) -> Sequence[Topic]:
        """The topics of the survey, the largest first."""
        return self.ground.topics


def colours(topics: Sequence[str]) -> dict[str, str]:
    """Return the colours of a survey's topics, given by size: the largest ones have one each."""
    return {
        topic: PALETTE[place] if place < len(PALETTE) else QUIET[(place - len(PALETTE)) % len(QUIET)] for place, topic in enumerate(topics)
    }


def topic_map(picture: Picture, *, height: int = HEIGHT) -> Spec:
    """Return the chart; ``PICKS`` are its selections, the id of a topic in the field ``topic``. It zooms with Ctrl and the wheel."""
    x, y = picture.ground.bounds
    layers = _layers(picture)
    layers[1]["name"], layers[2]["name"] = "outlines", "points"
    layers[1]["params"] = [_pick("outline")]
    layers[2]["params"] = [
        _pick("point"),
        {
            "name": "zoomed",
            "bind": "scales",
            "select": {"type": "interval", "zoom": "wheel![event.ctrlKey || event.metaKey]", "clear": "dblclick"},
        },
    ]
    layers[1]["encoding"]["tooltip"] = [{"field": "name", "title": "title"}, {"field": "size", "title": "Passages", "type": "quantitative"}]
    layers[2]["encoding"]["tooltip"] = [
        {"field": "name", "title": "title"},
        *({"field": key, "title": title} for key, title in (("text", "Text"), ("country", "Country"), ("language", "Language"))),
        {"field": "member", "title": "Here as"},
    ]
    for lower, upper, width in _WIDTHS:
        names = _names(picture, width, height)
        shown = f"width >= {lower} && width < {upper}"
        layers += _named(names, x, y, [{"filter": shown}])
    return {
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 1, "right": 2, "top": 1, "bottom": 6},
        # Thousands of points as SVG would be slow, and Streamlit counts only those of data that it was given by itself.
        "usermeta": {"embedOptions": {"renderer": "canvas"}},
        "config": CONFIG | {"view": {"stroke": HAIR, "fill": "#fffefb", "cornerRadius": 6}},
        "layer": layers,
    }


def print_map(picture: Picture, title: str, lines: Sequence[str]) -> Spec:
    """Return the map as a still picture of 10 by 7.5 inches, with a title and what there is to know; it holds no passage's words."""
    width, height = 960, 620
    x, y = picture.ground.bounds
    layers = [*_layers(picture), *_named(_names(picture, width, height), x, y, [])]
    keys = {"x", "y", "colour", "topic", "membership", "order", "line", "font"}
    for layer in layers:
        layer["data"] = {"values": [{key: row[key] for key in row if key in keys} for row in layer["data"]["values"]]}
    return {
        "width": width,
        "height": height,
        "background": "#ffffff",
        "padding": 18,
        "title": {
            "text": title, "subtitle": list(lines), "anchor": "start", "offset": 14, "fontSize": 19, "color": INK, "subtitleColor": MUTED,
            "subtitleFontSize": 11.5, "subtitleLineHeight": 16, "subtitlePadding": 6,
        },
        "config": {**CONFIG, "background": "#ffffff", "font": _FONT, "view": {"stroke": HAIR}, "aria": False},
        "layer": layers,
    }  # fmt: skip


def to_png(spec: Spec) -> bytes:
    """Return a picture of the width of a printed page, at 300 dots per inch."""
    return still.to_png(spec, _PRINT_WIDTH * 72 / spec["width"])


def _layers(picture: Picture) -> list[Spec]:
    known = {topic.id: topic for topic in picture.topics}
    around, scales = picture.ground.outlines, _scales(*picture.ground.bounds)
    still = {"scale": None, "legend": None}
    faint = [{"x": row["x"], "y": row["y"]} for row in picture.faint]
    corners = [
        {"x": corner[0], "y": corner[1], "order": order, "topic": topic.id, "colour": topic.colour, "name": topic.name, "size": topic.size}
        for topic in reversed(picture.topics)
        for order, corner in enumerate(around[topic.id].tolist())
    ]
    points = [_point(row, known) for row in sorted(picture.points, key=lambda row: _SIZES[row["membership"]])]
    chosen = {"test": {"field": "topic", "equal": picture.chosen}}
    return [
        {
            "data": {"values": faint},
            "mark": {"type": "circle", "size": 9, "color": BEYOND, "opacity": 1, "clip": True},
            "encoding": scales,
        },
        {
            "data": {"values": corners},
            "mark": {"type": "line", "interpolate": "linear-closed", "strokeWidth": 1.2, "clip": True, "cursor": "pointer"},
            "encoding": {
                **scales,
                "order": {"field": "order", "type": "quantitative"},
                "detail": {"field": "topic", "type": "nominal"},
                "stroke": {"field": "colour", "type": "nominal", **still},
                "fill": {"field": "colour", "type": "nominal", **still},
                "fillOpacity": {"condition": {**chosen, "value": 0.16}, "value": 0.07},
                "strokeOpacity": {"condition": {**chosen, "value": 0.9}, "value": 0.3 if picture.chosen else 0.45},
            },
        },
        {
            "data": {"values": points},
            "mark": {"type": "circle", "clip": True, "cursor": "pointer", "stroke": PAPER, "strokeWidth": 0.4},
            "encoding": {
                **scales,
                "color": {"field": "colour", "type": "nominal", **still},
                "size": {"field": "membership", "type": "ordinal", "legend": None, "scale": _by_membership(_sizes(len(points)))},
                "opacity": (
                    {"condition": {**chosen, "value": 0.95}, "value": 0.22}
                    if picture.chosen
                    else {"field": "membership", "type": "ordinal", "legend": None, "scale": _by_membership(_OPACITY)}
                ),
            },
        },
    ]  # fmt: skip


def _point(row: Row, known: Mapping[str, Topic]) -> dict[str, Any]:
    topic = known.get(row["topic"] or "")
    return {
        "x": row["x"],
        "y": row["y"],
        "topic": topic.id if topic else None,
        "membership": row["membership"] if topic else "outlier",
        "colour": topic.colour if topic else OUTLIER,
        "name": topic.name if topic else "In no topic",
        **{key: row.get(key) for key in ("text", "country", "language", "member")},
    }


def _names(picture: Picture, width: float, height: float) -> list[dict[str, Any]]:
    """Return the lines of the names, each with its place, the largest topics first."""
    if picture.chosen:
        return []  # Its name stands over the page, and the others tell theirs when they are hovered over.
    inks = {topic.id: ink(topic.colour) for topic in picture.topics}
    return [row | {"colour": inks[row["topic"]]} for row in picture.ground.names(width, height)]


def _named(names: Sequence[Row], x: tuple[float, float], y: tuple[float, float], only: Sequence[Spec]) -> list[Spec]:
    encoding: Spec = {
        **_scales(x, y),
        "text": {"field": "line", "type": "nominal"},
        "size": {"field": "font", "type": "quantitative", "scale": None, "legend": None},
    }
    mark = {"type": "text", "align": "center", "baseline": "middle", "fontWeight": 600, "clip": True, "tooltip": None}
    common = {"data": {"values": list(names)}, "transform": list(only)} if only else {"data": {"values": list(names)}}
    return [
        {**common, "mark": {**mark, "stroke": "#fffefb", "strokeWidth": 4, "strokeJoin": "round", "strokeOpacity": 0.9, "fill": "#fffefb"},
         "encoding": encoding},
        {**common, "mark": mark, "encoding": {**encoding, "color": {"field": "colour", "type": "nominal", "scale": None, "legend": None}}},
    ]  # fmt: skip


def _scales(x: tuple[float, float], y: tuple[float, float]) -> Spec:
    return {
        axis: {"field": axis, "type": "quantitative", "axis": None, "scale": {"domain": list(domain), "nice": False, "zero": False}}
        for axis, domain in (("x", x), ("y", y))
    }


def _sizes(points: int) -> Mapping[str, float]:
    return _SIZES if points <= _CROWD else {membership: 0.55 * size for membership, size in _SIZES.items()}


def _by_membership(values: Mapping[str, float]) -> Spec:
    return {"domain": list(values), "range": list(values.values())}


def _pick(name: str) -> Spec:
    return {"name": name, "select": {"type": "point", "fields": ["topic"], "on": "click", "toggle": False, "clear": False}}


def ink(colour: str) -> str:
    """Return a colour dark enough for letters."""
    return "#" + "".join(f"{int(int(colour[at : at + 2], 16) * 0.62):02x}" for at in (1, 3, 5))
