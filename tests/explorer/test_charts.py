from __future__ import annotations

import json
from typing import Any

import altair as alt
import pytest
from jsonschema import ValidationError

from explorer.charts import Cell, heat_map, mapped, world_map

FEW = "<5"


def inner(spec: dict[str, Any]) -> dict[str, Any]:
    (layer,) = spec["layer"]
    found: dict[str, Any] = layer
    return found


def test_what_is_drawn_is_valid_vega_lite() -> None:
    few = Cell("bank", "litigation", "Bank", "Litigation", None, None, 0, suppressed=True)
    told = Cell("bank", "lobbying", "Bank", "Lobbying", 5, 3, 0)
    for measure in ("claims", "harms"):
        alt.Chart.from_dict(heat_map([few, told], ["Bank"], ["Lobbying", "Litigation"], measure, FEW))
    alt.Chart.from_dict(world_map({"076": ("BRA", "Brazil", 12, 9)}))
    with pytest.raises(ValidationError):
        alt.Chart.from_dict({**world_map({}), "layer": [{"mark": "no such mark"}]})


def test_the_map_comes_with_its_shapes() -> None:
    spec = world_map({"076": ("BRA", "Brazil", 12, 9)})
    data = inner(spec)["data"]
    assert data["values"]["type"] == "Topology"
    assert data["format"] == {"type": "topojson", "feature": "countries"}
    assert "url" not in json.dumps(spec)
    (values,) = [layer["transform"][0]["from"]["data"]["values"] for layer in inner(spec)["layer"] if "transform" in layer]
    assert values == [{"id": "076", "alpha3": "BRA", "name": "Brazil", "passages": 12, "units": 9}]


def test_the_map_knows_which_countries_it_can_show() -> None:
    assert {"076", "410", "840"} <= mapped()
    assert "702" not in mapped()  # Singapore is too small


def test_countries_and_cells_can_be_picked() -> None:
    (param,) = world_map({})["params"]
    assert (param["name"], param["select"]["fields"]) == ("country", ["alpha3"])
    (param,) = heat_map([], [], [], "claims", FEW)["params"]
    assert (param["name"], param["select"]["fields"]) == ("cell", ["row", "column"])


def test_a_heat_map_leaves_out_what_its_measure_does_not_count() -> None:
    cells = [Cell("bank", "lobbying", "Bank", "Lobbying", 5, 3, 0), Cell("bank", "litigation", "Bank", "Litigation", 2, 0, 1)]
    shown = inner(heat_map(cells, ["Bank"], ["Lobbying", "Litigation"], "harms", FEW))["data"]["values"]
    assert [(value["column"], value["shown"], value["claims"]) for value in shown] == [("lobbying", 3, 5)]


def test_a_cell_of_too_few_looks_suppressed_and_neither_empty_nor_nought() -> None:
    few = Cell("bank", "litigation", "Bank", "Litigation", None, None, 0, suppressed=True)
    drawn = inner(
        heat_map([few, Cell("bank", "lobbying", "Bank", "Lobbying", 7, 0, 0)], ["Bank"], ["Lobbying", "Litigation"], "claims", FEW)
    )
    assert [(value["shown"], value["few"]) for value in drawn["data"]["values"]] == [(None, "<5"), (7, "<5")]
    filters = [layer["transform"][0]["filter"] for layer in drawn["layer"]]
    assert filters == ["isValid(datum.shown)", "isValid(datum.shown)", "!isValid(datum.shown)"]
    assert drawn["layer"][2]["encoding"]["text"]["field"] == "few"
    assert not inner(heat_map([few], ["Bank"], ["Litigation"], "improves", FEW))["data"]["values"]


def test_a_heat_map_keeps_the_order_it_is_given() -> None:
    cells = [Cell("b", "y", "B", "Y", 1, 0, 0), Cell("a", "x", "A", "X", 9, 0, 0)]
    squares = inner(heat_map(cells, ["B", "A"], ["Y", "X"], "claims", FEW))["layer"][0]["encoding"]
    assert squares["y"]["scale"]["domain"] == ["B", "A"]
    assert squares["x"]["scale"]["domain"] == ["Y", "X"]


def test_the_same_data_makes_the_same_specification() -> None:
    cells = [Cell("a", "x", "A", "X", 9, 0, 0)]
    assert heat_map(cells, ["A"], ["X"], "claims", FEW) == heat_map(cells, ["A"], ["X"], "claims", FEW)
    assert world_map({}) == world_map({})


def test_a_map_without_any_country_has_no_scale() -> None:
    def legend(spec: dict[str, Any]) -> object:
        return next(layer["encoding"]["color"]["legend"] for layer in spec["layer"][0]["layer"] if "encoding" in layer)

    assert legend(world_map({})) is None
    assert legend(world_map({"076": ("BRA", "Brazil", 12, 9)}))


@pytest.mark.parametrize(("highest", "white"), [(1, set()), (2, {2}), (100, set(range(39, 101)))])
def test_figures_are_white_on_dark_shades_alone(highest: int, white: set[int]) -> None:
    chart = inner(heat_map([Cell("bank", "lobbying", "Bank", "Lobbying", highest, 0, 0)], ["Bank"], ["Lobbying"], "claims", FEW))
    condition = chart["layer"][1]["encoding"]["color"]["condition"]
    assert condition["value"] == "#ffffff"
    threshold = float(condition["test"].removeprefix("sqrt(datum.shown) > "))
    assert {shown for shown in range(1, highest + 1) if shown**0.5 > threshold} == white
