from __future__ import annotations

import json
from typing import Any

import pytest

from explorer.charts import PERCENT
from explorer.few import withheld
from explorer.flow_chart import Parts, flows
from explorer.influence_charts import EFFECT_COLOURS, PART_COLOURS, intervals
from explorer.influence_shapes import EFFECTS, Share
from explorer.sankey import Band, laid_out
from taxonomy import load_codebook

FEW = withheld("internal")
HIDDEN = Share("BRA", "Brazil", "lobby", "Lobby", None, None, None, None, None, None)


def share(side: str, code: str, units: int, total: int = 10) -> Share:
    return Share(side, side, code, code.title(), units, units, total, units / total, units / total / 2, min(1.0, units / total + 0.2))


def layers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = spec["spec"]["layer"]
    return found


def test_each_side_has_a_panel_and_each_value_a_row() -> None:
    spec = intervals([share("a", "bank", 4), share("b", "bank", 0), HIDDEN], ["Bank", "Lobby"], ["a", "b", "Brazil"], FEW, units="Texts")
    assert spec["facet"]["column"]["sort"] == ["a", "b", "Brazil"]
    assert layers(spec)[1]["encoding"]["y"]["scale"]["domain"] == ["Bank", "Lobby"]
    told = {(row["side"], row["code"]): row for row in spec["data"]["values"]}
    assert told["a", "bank"]["said"] == "40 %"
    assert told["BRA", "lobby"]["percent"] == FEW.why
    assert told["BRA", "lobby"]["share"] is None


def test_what_has_no_row_is_not_drawn_and_one_side_needs_no_head() -> None:
    spec = intervals([share("a", "bank", 4), share("a", "lobby", 1)], ["Bank"], ["a"], FEW, units="Texts")
    assert [row["code"] for row in spec["data"]["values"]] == ["bank"]
    assert spec["data"]["values"][0]["said"] == "40 %  (4 of 10)"
    assert spec["facet"]["column"]["header"] is None


def test_a_point_can_be_picked() -> None:
    spec = intervals([share("a", "bank", 4)], ["Bank"], ["a"], FEW, units="Texts")
    ((name, select),) = [(param["name"], param["select"]) for layer in layers(spec) for param in layer.get("params", ())]
    assert (name, select["fields"]) == ("share", ["side", "code"])


@pytest.mark.parametrize("highest", [0.004, 0.05, 0.3, 0.75, 1.0])
def test_the_scale_has_a_few_round_ticks(highest: float) -> None:
    spec = intervals([Share("a", "A", "bank", "Bank", 1, 1, 9, highest / 2, 0.0, highest)], ["Bank"], ["A"], FEW, units="Texts")
    ticks = layers(spec)[0]["encoding"]["x"]["axis"]["values"]
    assert ticks[0] == 0
    assert len(ticks) <= 6
    assert max(ticks) <= highest + 1e-9
    assert layers(spec)[0]["encoding"]["x"]["axis"]["labelExpr"] == PERCENT  # as the text beside it writes a share


def drawn(*bands: Band) -> dict[str, Any]:
    layout = laid_out(bands, [Band("lobbying", "work", "harms", 2)], EFFECTS)
    return flows(layout, lambda facet, code: f"{facet}:{code}", Parts("Effect", "Effect", lambda part: part or "open", EFFECT_COLOURS), FEW)


def of_bands(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """What the points of the bands are told of them."""
    told: list[dict[str, Any]] = spec["layer"][0]["transform"][0]["from"]["data"]["values"]
    return told


def test_bands_are_coloured_and_named_by_their_effect() -> None:
    spec = drawn(Band("bank", "lobbying", "harms", 30), Band("bank", "lobbying", "", 1))
    bands, lines, _, labels, *_ = spec["layer"]
    assert bands["encoding"]["color"]["scale"] == {"domain": ["harms", "open"], "range": [EFFECT_COLOURS["harms"], EFFECT_COLOURS[""]]}
    assert {told["of"] for told in of_bands(spec)} == {"harms", "open"}
    assert {point["key"] for point in bands["data"]["values"]} == {told["key"] for told in of_bands(spec)}
    assert [label["label"] for label in labels["data"]["values"]] == ["harms 30"]
    assert lines["transform"][1:] == [{"filter": "datum.few"}]


def test_a_band_that_is_not_counted_says_why() -> None:
    spec = drawn(Band("bank", "lobbying", "harms", None))
    assert {(told["column"], told["said"]) for told in of_bands(spec)} == {(0, FEW.why), (1, "2")}
    texts = [box["text"] for layer in spec["layer"] for box in layer["data"]["values"] if "count" in box]
    assert f"{FEW.mark}  actor:bank" in texts
    assert not any(text.startswith("0 ") for text in texts)


def test_a_long_name_stands_on_two_lines() -> None:
    layout = laid_out([Band("bank", "a_means_of_many_words", "harms", 3)], [Band("a_means_of_many_words", "work", "harms", 2)], EFFECTS)
    parts = Parts("Effect", "Effect", lambda part: part, EFFECT_COLOURS)
    spec = flows(layout, lambda facet, code: code.replace("_", " "), parts, FEW)
    boxes = {box["name"]: box for layer in spec["layer"] for box in layer["data"]["values"] if "lines" in box}
    long, short = boxes["a means of many words"], boxes["bank"]
    assert (long["lines"], long["text"]) == ("3  a means of\nmany words", "3  a means of many words")
    assert long["first"] < long["middle"]
    assert (short["lines"], short["first"]) == ("3  bank", short["middle"])


def test_a_band_can_be_picked_and_nothing_is_fetched() -> None:
    spec = drawn(Band("bank", "lobbying", "harms", 3))
    (param,) = [param for layer in spec["layer"] for param in layer.get("params", ())]
    assert (param["name"], param["select"]["fields"]) == ("band", ["column", "source", "target", "part"])
    assert "url" not in json.dumps(spec)


@pytest.mark.parametrize("facet", PART_COLOURS)
def test_every_code_that_tells_bands_apart_has_its_colour(facet: str) -> None:
    assert set(PART_COLOURS[facet]) == {"", *(code.id for code in load_codebook().facet(facet).codes)}
    assert len(set(PART_COLOURS[facet].values())) == len(PART_COLOURS[facet])
    assert facet != "effect" or tuple(PART_COLOURS[facet]) == EFFECTS
