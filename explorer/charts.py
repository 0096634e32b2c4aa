"""Heat maps and a world map. The shapes of the countries come along; nothing is fetched."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt

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
#: Stands for data that is put into the finished specification.
_LATER = alt.NamedData("later")

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


def heat_map(cells: Sequence[Cell], rows: Sequence[str], columns: Sequence[str], measure: str, few: str) -> Spec:
    """Return a heat map whose cells can be picked (selection ``cell``).

    ``rows`` and ``columns`` are names, in order; ``few`` stands where a cell is not counted.
    """
    values = [vars(cell) | {"shown": getattr(cell, measure), "few": few} for cell in cells if cell.few(measure) or getattr(cell, measure)]
    picked = alt.selection_point(name="cell", fields=["row", "column"], on="click", empty=False)
    highest = max((getattr(cell, measure) or 0 for cell in cells), default=1)
    base = alt.Chart(_LATER).encode(
        x=alt.X("column_name:N", sort=list(columns), scale=alt.Scale(domain=list(columns)),
                axis=alt.Axis(orient="top", labelAngle=-40, title=None, labelLimit=230, labelPadding=6)),
        y=alt.Y("row_name:N", sort=list(rows), scale=alt.Scale(domain=list(rows)),
                axis=alt.Axis(title=None, labelLimit=190, labelPadding=8)),
        tooltip=[
            alt.Tooltip("row_name:N", title="Row"), alt.Tooltip("column_name:N", title="Column"), alt.Tooltip("claims:Q", title="Claims"),
            alt.Tooltip("harms:Q", title="Harms"), alt.Tooltip("improves:Q", title="Improves"),
        ],
    )  # fmt: skip
    # From here on the shade is so dark that its figure is white.
    dark = 1 + 0.58 * (max(highest, 2) ** 0.5 - 1)
    squares = (
        base.transform_filter("isValid(datum.shown)")
        .mark_rect(stroke=PAPER, strokeWidth=2, cornerRadius=3, cursor="pointer")
        .encode(color=alt.Color("shown:Q", legend=None, scale=alt.Scale(range=SCALE, domain=[1, max(highest, 2)], type="sqrt")))
    )
    figures = (
        base.transform_filter("isValid(datum.shown)")
        .mark_text(fontSize=12, cursor="pointer")
        .encode(
            text=alt.Text("shown:Q", format=","),
            color=alt.condition(f"sqrt(datum.shown) > {dark}", alt.value("#ffffff"), alt.value(ON_SHADE)),
        )
    )
    marks = base.transform_filter("!isValid(datum.shown)").mark_text(fontSize=11).encode(text="few:N", color=alt.value(MUTED))
    squares = squares.add_params(picked).properties(name="cells")
    return _spec(alt.layer(squares, figures, marks), {"values": values}, width={"step": _CELL_WIDTH}, height={"step": _CELL_HEIGHT})


def world_map(passages: Mapping[str, tuple[str, str, int, int]]) -> Spec:
    """Return a world map; ``passages`` maps a numeric ISO code to alpha-3, name, passages, units. Selection: ``country``."""
    values = [
        {"id": number, "alpha3": alpha3, "name": name, "passages": count, "units": units}
        for number, (alpha3, name, count, units) in passages.items()
    ]
    picked = alt.selection_point(name="country", fields=["alpha3"], on="click", empty=False)
    shapes = alt.Chart(_LATER)
    land = shapes.mark_geoshape(fill="#ebe6dc", stroke=PAPER, strokeWidth=0.6)
    highest = max((count for _, _, count, _ in passages.values()), default=1)
    named = (
        shapes.mark_geoshape(stroke=PAPER, strokeWidth=0.6, cursor="pointer")
        .transform_lookup("id", alt.LookupData(data=_LATER, key="id", fields=["alpha3", "name", "passages", "units"]))
        .transform_filter("isValid(datum.passages)")
        .encode(
            color=alt.Color(
                "passages:Q",
                scale=alt.Scale(range=SCALE[1:], domain=[1, max(highest, 2)], type="sqrt"),
                legend=alt.Legend(
                    orient="top", title="Passages", titleOrient="left", gradientLength=130, gradientThickness=10, tickCount=3
                ),
            ),
            tooltip=[
                alt.Tooltip("name:N", title="Country"),
                alt.Tooltip("passages:Q", title="Passages", format=","),
                alt.Tooltip("units:Q", title="Respondents or texts", format=","),
            ],
        )
        .add_params(picked)
        .properties(name="countries")
    )
    # Placed from the top: a narrow page cuts the empty foot off.
    scale = "min(width / 5.5, height / 2.3)"
    world = alt.layer(land, named).project("equalEarth", scale=alt.expr(scale), translate=alt.expr(f"[width / 2, 1.33 * {scale}]"))
    data = {"values": _shapes(), "format": {"type": "topojson", "feature": "countries"}}
    spec = _spec(world, data, width="container", height=440)
    spec["layer"][0]["layer"][1]["transform"][0]["from"]["data"] = {"values": values}
    return spec


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


def _spec(layers: alt.LayerChart | alt.FacetChart, data: Mapping[str, Any], **size: object) -> Spec:
    """Return the specification with its data put in last: Altair would check every number and every coast."""
    inner = layers.to_dict()
    del inner["$schema"]
    config = inner.pop("config")
    inner["data"] = data
    return {**size, "config": config | CONFIG, "params": inner.pop("params"), "layer": [inner]}
