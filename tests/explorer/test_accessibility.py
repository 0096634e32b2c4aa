"""Every page for people who see little, hear a page instead, or use no mouse: in both themes and without a mouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from explorer.access import DOORS, SCREENS
from store import Paths
from tests.explorer.browsing import WAIT, Screen, no_serious_findings, window
from tests.explorer.measured import kept
from tests.explorer.serving import serving
from tests.synthetic import build_store

pytestmark = pytest.mark.browser

#: Streamlit's own menus and tables, on whose markup a page has no say.
NOT_OURS = '[data-testid="stDataFrameGlideDataEditor"]'


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """The made-up store with a report on its coder."""
    built = build_store(tmp_path_factory.mktemp("accessible") / "data", views=("internal",))
    kept(built)
    return built


@pytest.fixture(scope="module")
def address(paths: Paths) -> Iterator[str]:
    with serving(paths) as found:
        yield found


def settled(screen: Screen) -> None:
    screen.page.wait_for_function("document.querySelectorAll('[data-stale=true], [data-testid=stSkeleton]').length === 0", timeout=WAIT)
    screen.page.wait_for_timeout(400)


def test_no_page_has_a_serious_finding(chromium: Any, address: str) -> None:
    found = []
    with window(chromium, address) as screen:
        for page in SCREENS:
            screen.open("/" if page is SCREENS[0] else f"/{page.id}?view=all")
            settled(screen)
            for scheme in ("light", "dark"):
                screen.page.emulate_media(color_scheme=scheme)
                screen.page.wait_for_function(
                    "scheme => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === scheme", arg=scheme
                )
                screen.page.wait_for_timeout(300)  # colours fade into one another
                try:
                    # Between the themes nothing differs but colours.
                    no_serious_findings(screen.page, but=NOT_OURS, rules=() if scheme == "light" else ("color-contrast",))
                except AssertionError as finding:
                    found.append(f"{page.id}, {scheme}: {finding}")
            screen.page.emulate_media(color_scheme="light")
    assert found == [], "\n".join(found)


def test_everything_is_reached_by_keyboard(chromium: Any, address: str) -> None:
    with window(chromium, address, width=1024) as screen:
        screen.open("/quotes?view=all")
        settled(screen)
        press = screen.page.keyboard.press
        press("Tab")
        assert screen.page.evaluate("document.activeElement.textContent") == "Skip to the page"
        press("Enter")
        assert screen.page.evaluate("document.activeElement.dataset.testid") == "stMainBlockContainer"
        menu = screen.page.get_by_role("button", name=DOORS[0].title)
        menu.focus()
        press("Enter")
        screen.page.get_by_role("menuitem", name="Topics").wait_for(timeout=WAIT)
        press("Escape")
        box = screen.page.locator("li input[type=checkbox]").first
        box.focus()
        press("Space")
        screen.page.locator(".chip").first.wait_for(timeout=WAIT)
        settled(screen)
        screen.page.locator(".chip button").first.focus()
        press("Enter")
        screen.page.locator(".chip").first.wait_for(state="detached", timeout=WAIT)


def test_the_way_through_the_doors_keeps_the_filters(chromium: Any, address: str) -> None:
    with window(chromium, address) as screen:
        screen.open("/?country=BRA&names=es")
        screen.headline("Brasil")
        for page in [page for page in SCREENS if page.door and page.id not in ("quality",) and page.in_menu]:
            (door,) = [door.title for door in DOORS if door.id == page.door]
            screen.page.get_by_role("button", name=door).click()
            screen.page.get_by_role("menuitem", name=page.title).click()
            screen.page.wait_for_url(f"**/{page.id}?**", timeout=WAIT)
            settled(screen)
            assert "names=es" in screen.page.url
