"""What an author comes for: find a quote by its meaning, see who says the opposite, tell a story of both, and take it away."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.encoders import encoder_version, load_encoder
from store import Decisions, Paths
from tests.explorer.browsing import Screen, no_serious_findings, window
from tests.explorer.serving import serving
from tests.explorer.test_search_browser import AGAINST, FOUND, PATIENCE, build_shipped
from tests.synthetic import answer_id

pytestmark = [pytest.mark.browser, pytest.mark.real_models]


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return build_shipped(tmp_path_factory.mktemp("author") / "data", load_encoder(), encoder_version(), "partner")


@pytest.fixture
def screen(chromium: Any, paths: Paths) -> Iterator[Screen]:
    with serving(paths, role="author") as address, window(chromium, address) as screen:
        yield screen


def taken(page: Any, name: str) -> bytes:
    with page.expect_download(timeout=PATIENCE) as download:
        page.get_by_role("button", name=name, exact=False).first.click()
    return Path(download.value.path()).read_bytes()


def test_an_author_tells_a_story(screen: Screen, paths: Paths) -> None:
    page = screen.page
    screen.open("/")
    box = page.get_by_label("Search in the quotes")
    box.fill("companies suing critics")
    box.press("Enter")
    page.get_by_text("that fit best").wait_for(timeout=PATIENCE)
    screen.headline("closest to “companies suing critics”")
    assert page.get_by_label("Remove Words and meaning: companies suing critics").count() == 1
    page.get_by_label("Mozambique").first.check()
    page.get_by_label("Remove Country").wait_for(timeout=PATIENCE)
    card = page.locator("article", has_text=FOUND)

    # A double click collects once; the sign says so on every page.
    card.get_by_role("button", name="Collect: quote").dblclick()
    page.get_by_role("link", name="Story pack · 1").wait_for(timeout=PATIENCE)
    card.get_by_role("button", name="Collected: quote").wait_for(timeout=PATIENCE)
    card.get_by_role("link", name="Open the page of quote").click()
    screen.headline("Mozambique")
    against = page.locator("article.brief", has_text=AGAINST)
    against.get_by_text("Same country, actor and right, effect: improves").wait_for(timeout=PATIENCE)
    against.get_by_role("button", name="Collect: quote").click()
    page.get_by_role("link", name="Story pack · 2").click()
    screen.headline("Story pack")
    page.get_by_text("2 of 2").wait_for(timeout=PATIENCE)

    # Order and notes.
    page.get_by_label("Title of the story").fill("Licences")
    page.get_by_label("Title of the story").press("Enter")
    page.get_by_role("button", name="Up").last.click()
    page.locator("article.brief").first.get_by_text(AGAINST).wait_for(timeout=PATIENCE)
    note = page.get_by_placeholder("Your note").first
    note.fill("First what went well.")
    note.press("Control+Enter")
    page.wait_for_function("document.querySelectorAll('[data-stale=true]').length === 0")
    page.wait_for_timeout(500)  # colours fade into one another
    no_serious_findings(page)

    from docx import Document

    document = Document(io.BytesIO(taken(page, "DOCX")))
    said = [paragraph.text for paragraph in document.paragraphs]
    told = html.unescape(re.sub(r"<[^>]+>", "\n", taken(page, "HTML").decode()))
    for text in ("\n".join(said), told):
        assert "Licences" in text
        assert text.index("First what went well.") < text.index(AGAINST) < text.index(FOUND)
        assert "Mozambique; 2025; Three questions; Example; verbatim answer; CC0-1.0; quote " in text
        assert "One of 3 passages from 3 texts on Mozambique in Three questions." in text
        assert "Set against it (same country, actor and right, effect: harms)" in text
        assert "(partner) of " in text
    assert FOUND in said

    # Withdrawn while the pack is open: refused by name, and offered to be taken out.
    Decisions(paths).record("withdrawal", answer_id("shipped", "1"), "withdrawn", "tests")
    page.get_by_text("The pack cannot be taken as it is: this quote is withdrawn").wait_for(timeout=PATIENCE)
    assert page.get_by_role("button", name="DOCX").count() == 0
    page.get_by_role("button", name="Take them out").click()
    page.get_by_role("link", name="Story pack · 1").wait_for(timeout=PATIENCE)
    assert AGAINST not in html.unescape(taken(page, "HTML").decode())
