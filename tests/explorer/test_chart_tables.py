from __future__ import annotations

from typing import Any

import pyarrow as pa

from explorer.chart_tables import with_tables

MANY = [{"x": number, "name": f"n{number}", "colour": "#1f5f99"} for number in range(300)]


def test_long_data_of_layers_travels_as_one_table_and_short_data_stays() -> None:
    few = {"data": {"values": MANY[:3]}, "mark": "rule"}
    spec: dict[str, Any] = {"layer": [{"data": {"values": MANY}, "mark": "area"}, few, {"data": {"values": MANY}, "mark": "line"}]}
    made = with_tables(spec)
    assert [layer["data"] for layer in made["layer"]] == [{"name": "rows-0"}, few["data"], {"name": "rows-0"}]
    assert {name: table.to_pylist() for name, table in made["datasets"].items()} == {"rows-0": MANY}
    assert spec["layer"][0]["data"]["values"] is MANY


def test_long_data_of_a_whole_chart_is_a_table() -> None:
    made = with_tables({"data": {"values": MANY}, "mark": "bar"})
    assert made["data"]["values"].num_rows == len(MANY)
    assert "datasets" not in made
    assert with_tables({"data": {"values": MANY[:1]}})["data"]["values"].to_pylist() == MANY[:1]
    assert with_tables({"data": {"values": []}}) == {"data": {"values": []}}


def test_what_is_no_table_stays_as_it_is() -> None:
    shapes = {"values": {"type": "Topology"}, "format": {"type": "topojson"}}
    uneven, nested, mixed = [*MANY, {"x": 1}], [{"x": [1]}] * 300, [{"x": 1}] * 299 + [{"x": "one"}]
    spec = {"layer": [{"data": shapes}, {"mark": "rule"}, *({"data": {"values": values}} for values in (uneven, nested, mixed))]}
    assert with_tables(spec) == spec


def test_figures_that_are_missing_stay_missing() -> None:
    made = with_tables({"layer": [{"data": {"values": [{"claims": None if number % 2 else number} for number in range(300)]}}]})
    assert made["datasets"]["rows-0"].schema.field("claims").type == pa.int64()
    assert made["datasets"]["rows-0"]["claims"].null_count == 150
