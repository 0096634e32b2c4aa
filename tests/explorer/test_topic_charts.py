from __future__ import annotations

from typing import Any

from explorer.topic_charts import crossing, over_waves


def cell(topic: str, value: str, share: float) -> dict[str, Any]:
    return {
        "topic": topic, "value": value, "row": topic.upper(), "column": value.upper(), "share": share,
        "low": share / 2, "high": share * 1.5, "percent": "x", "interval": "y", "units": "1 of 2", "colour": "#123456",
    }  # fmt: skip


CELLS = [cell("a", "x", 0.2), cell("b", "x", 0.1), cell("a", "y", 0.0)]


def test_a_cell_leads_to_its_topic_and_value() -> None:
    spec = crossing(CELLS, ["A", "B"], ["X", "Y"])
    (param,) = spec["layer"][0]["params"]
    assert (param["name"], param["select"]["fields"]) == ("cell", ["topic", "value"])
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == ["A", "B"]
    assert spec["data"]["values"] == CELLS
    assert {tip["field"] for tip in spec["layer"][0]["encoding"]["tooltip"]} >= {"interval", "units"}


def test_waves_share_one_scale_that_holds_every_interval() -> None:
    spec = over_waves(CELLS, ["A", "B"], ["X", "Y"])
    (low, high) = spec["spec"]["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert low == 0
    assert high >= max(cell["high"] for cell in CELLS)
    assert spec["facet"]["sort"] == ["A", "B"]


def test_charts_of_nothing_are_charts() -> None:
    assert crossing([], [], [])["data"]["values"] == []
    assert over_waves([], [], [])["data"]["values"] == []
