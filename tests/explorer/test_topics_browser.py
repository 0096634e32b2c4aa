from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer import topic_view
from explorer.library import Library
from explorer.topic_map import HEIGHT
from explorer.topic_shapes import Frame
from store import Filters, Paths
from tests.explorer.browsing import WAIT, Screen, window
from tests.explorer.serving import serving
from tests.explorer.topical import BANKS, HOSTILE, build

pytestmark = pytest.mark.browser

_TOOLTIP = "#vg-tooltip-element.visible"


@pytest.fixture(scope="module")
def topical(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Paths]]:
    """The address of a server over a survey with topics, one of whose passages is hostile."""
    paths = build(tmp_path_factory.mktemp("topics") / "data")
    with serving(paths) as address:
        yield address, paths


@pytest.fixture
def screen(chromium: Any, topical: tuple[str, Paths]) -> Iterator[Screen]:
    with window(chromium, topical[0], 1280, 1400) as screen:
        yield screen


def drawn(screen: Screen) -> Any:
    """The map, once it is drawn."""
    found = screen.page.locator('[data-testid="stVegaLiteChart"] canvas').first
    found.wait_for(timeout=WAIT)
    screen.page.wait_for_function("document.querySelectorAll('[data-stale=true]').length === 0")
    screen.page.wait_for_timeout(500)
    return found


def place_of(words: str, paths: Paths, shown: Any) -> tuple[float, float]:
    """Return where on the page the passage with these words is drawn."""
    library = Library(paths, "internal")
    picture = topic_view.picture(library, "reports", Filters())
    library.close()
    x, y = picture.ground.bounds
    box = shown.bounding_box()
    frame = Frame(x, y, box["width"] - 3, HEIGHT)
    point = next(point for point in picture.points if words in point["text"])
    ((across, down),) = frame.pixels(np.array([(point["x"], point["y"])])).tolist()
    return box["x"] + 1 + across, box["y"] + 1 + down


def test_a_hostile_passage_shows_as_text_and_its_point_opens_the_topic(screen: Screen, topical: tuple[str, Paths]) -> None:
    screen.open("/topics?survey=reports&country=KOR")
    place = place_of("Bank said", topical[1], drawn(screen))
    screen.page.mouse.move(5, 5)
    screen.page.mouse.move(*place)
    tooltip = screen.page.locator(_TOOLTIP)
    tooltip.wait_for(timeout=WAIT)
    assert HOSTILE in tooltip.text_content()
    assert "South Korea" in tooltip.text_content()
    assert "English" in tooltip.text_content()
    assert tooltip.locator("img, script, a").count() == 0
    screen.page.mouse.click(*place)
    screen.page.wait_for_url(f"**opened={BANKS}**", timeout=WAIT)
    screen.headline("theme 1")
    screen.page.locator("article").first.wait_for(timeout=WAIT)
    assert screen.page.locator("article img").count() == 0
    assert screen.page.evaluate("window.hacked") is None


def test_from_the_list_to_a_topic_to_its_quotes_and_back(screen: Screen) -> None:
    screen.open("/topics?survey=reports")
    screen.page.get_by_role("button", name="theme 2").first.click()
    screen.headline("theme 2")
    screen.page.get_by_role("button", name="Read its 4 quotes").click()
    screen.page.wait_for_url("**topic=reports.2**", timeout=WAIT)
    screen.page.locator("article").nth(3).wait_for(timeout=WAIT)
    screen.page.go_back()
    screen.headline("theme 2")


def test_a_share_leads_to_the_quotes_behind_it(screen: Screen) -> None:
    screen.open(f"/topics?survey=reports&opened={BANKS}")
    screen.page.get_by_role("button", name="India").click()
    screen.page.wait_for_url("**country=IND**", timeout=WAIT)
    assert f"topic={BANKS}" in screen.page.url
    screen.page.locator("article").nth(1).wait_for(timeout=WAIT)


def test_the_map_and_the_table_can_be_taken_away(screen: Screen, tmp_path: Path) -> None:
    screen.open("/topics?survey=reports")
    drawn(screen)
    for name, beginning in (("PNG", b"\x89PNG"), ("SVG", b"<svg"), ("CSV", b"\xef\xbb\xbfTopic")):
        with screen.page.expect_download(timeout=2 * WAIT) as download:
            screen.page.get_by_role("button", name=name, exact=True).click()
        download.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(beginning)
    assert b"lobbied" not in (tmp_path / "SVG").read_bytes()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "CSV").read_text("utf-8-sig"), newline="")))
    assert [(row["Topic"], row["Passages"]) for row in rows] == [("reports.1", "6"), ("reports.2", "4")]


def test_the_map_zooms_with_ctrl_and_lets_the_page_scroll_without(screen: Screen) -> None:
    screen.page.set_viewport_size({"width": 1280, "height": 900})
    screen.open("/topics?survey=reports")
    shown = drawn(screen)
    box = shown.bounding_box()
    screen.page.mouse.move(box["x"] + 8, box["y"] + 60)
    before = shown.screenshot()
    screen.page.keyboard.down("Control")
    screen.page.mouse.wheel(0, -300)
    screen.page.wait_for_timeout(400)
    screen.page.keyboard.up("Control")
    assert shown.screenshot() != before
    screen.page.mouse.wheel(0, 200)
    screen.page.wait_for_timeout(600)
    assert shown.bounding_box()["y"] < box["y"]


@pytest.mark.parametrize("width", [1024, 390])
def test_nothing_is_wider_than_the_page(screen: Screen, width: int) -> None:
    screen.page.set_viewport_size({"width": width, "height": 844})
    for link in ("/topics?survey=reports", f"/topics?survey=reports&opened={BANKS}"):
        screen.open(link)
        drawn(screen)
        assert screen.page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth") == 0
