from __future__ import annotations

import json
from typing import Any

import pytest

from explorer.still import to_svg
from explorer.topic_ground import Ground, Topic
from explorer.topic_map import OUTLIER, PALETTE, PICKS, Picture, colours, ink, print_map, to_png, topic_map
from tests.explorer.test_assets import contrast

SECRET = "words of a passage"


def point(number: int, topic: str | None) -> dict[str, Any]:
    return {
        "topic": topic, "membership": "core" if topic else "outlier", "x": float(number % 7), "y": float(number // 7), "text": SECRET,
        "country": "Brazil", "language": "English", "member": "core member",
    }  # fmt: skip


def shown(chosen: str = "") -> Picture:
    points = [point(number, "s.1" if number < 15 else "s.2" if number < 28 else None) for number in range(30)]
    topics = [Topic("s.1", "land, water", PALETTE[0], 15), Topic("s.2", "<b>pay</b>", PALETTE[1], 13)]
    return Picture(Ground(topics, points), points, faint=[{"x": 1.0, "y": 2.0}], chosen=chosen)


def layer(spec: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(layer for layer in spec["layer"] if layer.get("name") == name)
    return found


def test_every_passage_is_a_point_with_its_topics_colour() -> None:
    values = layer(topic_map(shown()), "points")["data"]["values"]
    assert len(values) == 30
    assert {(value["topic"], value["colour"], value["name"]) for value in values} == {
        ("s.1", PALETTE[0], "land, water"), ("s.2", PALETTE[1], "<b>pay</b>"), (None, OUTLIER, "In no topic"),
    }  # fmt: skip


def test_points_and_outlines_can_be_picked_and_the_map_zooms() -> None:
    spec = topic_map(shown())
    names = [param["name"] for layer in spec["layer"] for param in layer.get("params", [])]
    assert set(PICKS) < set(names)
    assert [param["select"]["fields"] for layer in spec["layer"] for param in layer.get("params", []) if param["name"] in PICKS] == [
        ["topic"]
    ] * 2
    assert any(param.get("bind") == "scales" for param in layer(spec, "points")["params"])


def test_names_are_placed_for_wide_and_narrow_pages_and_shown_on_one_of_them() -> None:
    tests = [layer["transform"][0]["filter"] for layer in topic_map(shown())["layer"] if "transform" in layer]
    assert tests == [
        test for test in ("width >= 0 && width < 480", "width >= 480 && width < 760", "width >= 760 && width < 100000") for _ in "ab"
    ]
    lines = {value["line"] for layer in topic_map(shown())["layer"] if "transform" in layer for value in layer["data"]["values"]}
    assert lines == {"land, water", "<b>pay</b>"}


def test_the_topic_that_is_looked_at_stands_out() -> None:
    opacity = layer(topic_map(shown("s.2")), "points")["encoding"]["opacity"]
    assert opacity["condition"]["test"] == {"field": "topic", "equal": "s.2"}


def test_a_map_of_nothing_is_a_map() -> None:
    spec = topic_map(Picture(Ground([], []), []))
    assert layer(spec, "points")["data"]["values"] == []


def test_the_picture_for_print_holds_no_words_of_passages() -> None:
    spec = print_map(shown(), "Title", ["Source"])
    assert SECRET not in json.dumps(spec)
    assert "Brazil" not in json.dumps(spec)
    svg = to_svg(spec).decode()
    assert svg.startswith("<svg")
    assert "land, water" in svg
    assert "&lt;b&gt;pay" in svg
    assert SECRET not in svg
    assert "http" not in svg.replace("http://www.w3.org", "")


def test_the_picture_for_print_is_large() -> None:
    small = Picture(Ground([], [point(1, None)]), [point(1, None)])
    png = to_png(print_map(small, "Title", ["Source"]))
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20], "big") >= 3000


def test_the_largest_topics_have_a_colour_each_and_the_others_quiet_ones() -> None:
    topics = [f"s.{number}" for number in range(40)]
    given = colours(topics)
    assert [given[topic] for topic in topics[: len(PALETTE)]] == list(PALETTE)
    assert not set(PALETTE) & {given[topic] for topic in topics[len(PALETTE) :]}
    assert len(set(PALETTE)) == 12


@pytest.mark.parametrize("colour", PALETTE)
def test_names_in_the_colour_of_their_topic_can_be_read(colour: str) -> None:
    assert contrast(ink(colour), "#fffefb") >= 4.5
