from __future__ import annotations

from xml.etree import ElementTree

import pytest

from explorer.figure import Figure, _sheet, _shown
from explorer.literal import literal
from explorer.still import still, to_png, to_svg

SPEC = {
    "width": "container", "height": 60, "params": [{"name": "cell", "select": "point"}],
    "data": {"values": [{"x": "a", "y": 2}]}, "mark": "bar", "config": {"view": {"stroke": None}},
    "encoding": {"x": {"field": "x", "type": "nominal"}, "y": {"field": "y", "type": "quantitative"}},
}  # fmt: skip


def drawn(n: int | None = 1234, **more: object) -> Figure:
    rows = [{"Means": "=cmd()", "Claims": 2}, {"Means": "b", "Claims": "<5"}]
    return Figure("means", "Means that actors use", "claims", n, SPEC, rows, **more)  # type: ignore[arg-type]


def test_the_account_says_unit_number_interval_and_what_is_withheld() -> None:
    said = drawn(interval="bars: 95 % intervals", withheld=" 1 cell is marked <5: not counted.", notes=["The 30 largest rows"]).account
    assert said == "Claims, n = 1,234. bars: 95 % intervals. 1 cell is marked <5: not counted. The 30 largest rows."
    assert drawn(None).account == "Claims; how many is withheld."


def test_its_table_leaves_as_it_is_shown() -> None:
    sheet = _sheet(drawn())
    assert sheet.header == ["Means", "Claims"]
    assert sheet.rows == [["=cmd()", 2], ["b", "<5"]]
    assert _sheet(Figure("none", "None", "claims", 0, SPEC, [])).rows == []


def test_a_mark_among_numbers_makes_text_of_them() -> None:
    assert _shown([{"a": 1234, "b": 1}, {"a": "<5", "b": None}]) == [{"a": "1,234", "b": 1}, {"a": "<5", "b": None}]


def test_a_still_has_a_title_and_nothing_to_pick() -> None:
    made = still(SPEC, "Means that actors use", ["word " * 60])
    assert "params" not in made
    assert made["width"] == 760
    assert made["title"]["text"] == ["Means that actors use"]
    assert len(made["title"]["subtitle"]) == 3
    assert "params" in SPEC


def test_pictures_are_drawn_without_a_network() -> None:
    made = still(SPEC, "Means <script>alert(1)</script>", ["n = 2"])
    root = ElementTree.fromstring(to_svg(made))
    assert {element.tag.rpartition("}")[2] for element in root.iter()}.isdisjoint({"script", "image", "foreignObject", "a"})
    assert to_png(made).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("text", "shown"), [("a *b* [c](d)", r"a \*b\* \[c\]\(d\)"), (":smile: $x$", r"\:smile\: \$x\$"), ("a\n# b", r"a \# b")]
)
def test_a_heading_holds_no_markup(text: str, shown: str) -> None:
    assert literal(text) == shown
