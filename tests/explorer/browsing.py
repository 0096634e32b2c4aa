"""A window on the explorer: what a page asked for, what it complained of, what a reader with other senses would stumble over.

A test gets the browser from the fixture ``chromium`` and opens a window of its own::

    @pytest.fixture
    def screen(chromium: Any, address: str) -> Iterator[Screen]:
        with window(chromium, address) as screen:
            yield screen

    def test_the_page(screen: Screen) -> None:
        screen.open("/influence")
        no_serious_findings(screen.page)
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

#: Milliseconds after which something that should be on a page is held to be missing.
WAIT = 30_000

_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    # Whatever a page asks of another machine is seen by its test and goes nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


@dataclass
class Screen:
    """A page in a browser, with all that it asked for, opened and complained of."""

    page: Any
    address: str
    asked: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, link: str = "/") -> None:
        self.page.goto(self.address + link)
        self.page.locator("h1").first.wait_for(timeout=WAIT)

    def headline(self, text: str) -> None:
        self.page.locator("h1", has_text=text).wait_for(timeout=WAIT)

    def unchecked(self, name: str) -> None:
        from playwright.sync_api import expect

        expect(self.page.get_by_label(name).first).not_to_be_checked(timeout=WAIT)

    def counts(self, facet: str, value: str, expected: str) -> None:
        from playwright.sync_api import expect

        found = self.page.locator("details", has=self.page.locator("summary", has_text=facet)).locator("li", has_text=value)
        expect(found.first.locator(".count")).to_have_text(expected, timeout=WAIT)


@contextmanager
def browser() -> Iterator[Any]:
    """Give the Chromium that the machine has; skip where it has none, which in CI is a failure."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        reason = "no Chromium found: install Debian's chromium to run the tests of the explorer in a browser"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(_ARGUMENTS))
        yield started
        started.close()


@contextmanager
def window(
    chromium: Any, address: str, width: int = 1440, height: int = 1000, *, scheme: str = "light", besides: Sequence[str] = ()
) -> Iterator[Screen]:
    """Give an empty page, which knows nothing of those before it; ``scheme`` is light or dark.

    When it closes, nothing must have been asked but of the ``address`` and of those ``besides``, no other page opened and no script
    have failed.
    """
    context = _context(chromium)
    screen = Screen(context.new_page(), address)
    screen.page.set_viewport_size({"width": width, "height": height})
    screen.page.emulate_media(color_scheme=scheme)
    screen.page.on("request", lambda request: screen.asked.append(request.url))
    screen.page.on("popup", lambda page: screen.opened.append(page.url))
    screen.page.on("websocket", lambda socket: screen.asked.append(socket.url.replace("ws://", "http://")))
    screen.page.on("pageerror", lambda error: screen.complaints.append(str(error)))
    screen.page.on("dialog", lambda dialog: (screen.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    yield screen
    at_home = (*(f"{place}/" for place in (address, *besides)), "blob:", "data:")
    away = [url for url in screen.asked if not url.startswith(at_home)]
    if screen.page.url.startswith(address):
        screen.page.evaluate("localStorage.clear()")
    for page in context.pages:
        page.close()
    context.clear_cookies()
    assert away == [], "something was asked of the network"
    assert (screen.opened, screen.complaints) == ([], [])


def _context(chromium: Any) -> Any:
    """Return the one profile of the browser: what Streamlit sends to every page is fetched and compiled once."""
    return chromium.contexts[0] if chromium.contexts else chromium.new_context(accept_downloads=True)


def no_serious_findings(page: Any, *, but: str | None = None, rules: Sequence[str] = ()) -> None:
    """Assert that axe finds nothing serious or critical on a page as it is now.

    ``but`` selects what is not looked at; of ``rules`` these alone are asked, all where none is named.
    A finding is told by its rule and its places, and never with what stands there.
    """
    from axe_playwright_python.sync_playwright import Axe

    context = {"include": [["html"]], "exclude": [[but]]} if but else None
    options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else None
    found = Axe().run(page, context=context, options=options).response["violations"]
    serious = {each["id"]: [node["target"] for node in each["nodes"]] for each in found if each["impact"] in ("serious", "critical")}
    assert serious == {}, serious
