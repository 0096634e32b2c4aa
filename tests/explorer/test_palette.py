from __future__ import annotations

import pytest

from explorer import palette
from explorer.charts import HAIR, INK, MUTED, PAPER, SCALE
from explorer.palette import in_theme, on_dark
from explorer.topic_map import PALETTE
from tests.explorer.test_assets import contrast

DARK_GROUND = "#161512"


@pytest.mark.parametrize(("colour", "least"), [(INK, 12), (MUTED, 5), *((colour, 3) for colour in PALETTE)])
def test_what_stands_out_from_paper_stands_out_from_the_dark(colour: str, least: float) -> None:
    assert contrast(on_dark(colour), DARK_GROUND) >= least


def test_paper_becomes_the_ground_and_hair_stays_faint() -> None:
    assert contrast(on_dark(PAPER), DARK_GROUND) < 1.15
    assert contrast(on_dark(HAIR), DARK_GROUND) < 2


def test_shades_turn_round_and_what_is_written_on_them_too() -> None:
    shades = [contrast(on_dark(shade), DARK_GROUND) for shade in SCALE]
    assert shades == sorted(shades)
    assert (on_dark("#ffffff") < "#222222", on_dark("#000000")) == (True, "#ffffff")
    assert contrast(on_dark(SCALE[-1]), on_dark("#ffffff")) > 7


def test_colours_keep_their_hue() -> None:
    red, green, blue = (int(on_dark("#17507a")[at : at + 2], 16) for at in (1, 3, 5))
    assert red < green < blue


def test_a_chart_is_turned_wherever_a_colour_stands_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = {
        "mark": {"color": "#000000"}, "title": "#000000 is a colour", "width": 3, "config": {"range": ["#000000", "blue"]},
        "layer": [{"encoding": {"color": {"expr": "datum.x > 1 ? '#000000' : '#ffffff'"}}}],
    }  # fmt: skip
    monkeypatch.setattr(palette, "is_dark", lambda: False)
    assert in_theme(spec) == spec
    monkeypatch.setattr(palette, "is_dark", lambda: True)
    turned = in_theme(spec)
    assert turned["mark"] == {"color": "#ffffff"}
    assert turned["config"]["range"] == ["#ffffff", "blue"]
    assert turned["layer"][0]["encoding"]["color"]["expr"].startswith("datum.x > 1 ? '#ffffff' : '#")
    assert (turned["title"], turned["width"]) == ("#000000 is a colour", 3)
    assert spec["mark"] == {"color": "#000000"}


def test_colours_in_long_data_are_turned_too(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"x": number, "colour": None if number % 3 else "#000000", "name": "#000000 and more"} for number in range(300)]
    monkeypatch.setattr(palette, "is_dark", lambda: True)
    (turned,) = in_theme({"layer": [{"data": {"values": rows}}]})["datasets"].values()
    assert turned.to_pylist() == [row | {"colour": row["colour"] and "#ffffff"} for row in rows]
