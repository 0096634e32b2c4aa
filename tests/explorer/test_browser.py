from __future__ import annotations

import csv
import io
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from explorer.server import launch
from store import Decisions, Paths, Writer
from taxonomy import load_codebook
from tests.synthetic import BANK, CLINIC, CONTENT, FACTORY, OFF_TOPIC, VERSIONS, Response, Sentence, answer_id, process

pytestmark = pytest.mark.browser

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
HOSTILE = (
    '<script>window.hacked = 1</script><img src="http://example.org/a.png" onerror="window.hacked = 2"> '
    "![x](http://example.org/b.png) [y](javascript:window.hacked=3)"
)
FORMULA = '=HYPERLINK("http://example.org","x")'
WAIT = 30_000


def label(facet: str, code: str) -> str:
    return load_codebook().facet(facet).code(code).label("en")


INFLUENCE, BANK_LABEL, COMPANY, LOBBYING = (
    label(*code) for code in (("relevance", "influence"), ("actor", "bank"), ("actor", "corporation"), ("mechanism", "lobbying"))
)


@dataclass
class Screen:
    """A page in a browser, with all that it asked for and complained of."""

    page: Any
    address: str
    asked: list[str] = field(default_factory=list)
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


@dataclass(frozen=True)
class Served:
    """A running server and what it serves."""

    address: str
    paths: Paths
    responses: list[Response]


def publish(paths: Paths, responses: list[Response]) -> None:
    survey = replace(CONTENT[0][0], title="![t](http://example.org/t.png)")
    with Writer(paths, "tests") as writer:
        run = writer.begin_run([survey.survey], VERSIONS)
        process(writer, survey, responses, run)
        writer.publish("internal", run)
        writer.finish_run(run, "done")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a small store with hostile answers in it."""
    paths = Paths(tmp_path_factory.mktemp("served") / "data")
    responses = [
        Response("1", (BANK, CLINIC)),
        Response("2", (FACTORY,), country="BGD"),
        Response("3", (Sentence(HOSTILE, BANK.codes),), country="KOR"),
        Response("4", (Sentence(FORMULA, CLINIC.codes),), country="KOR"),
    ]
    publish(paths, responses)
    port = free_port()
    start = launch(paths, port=port, headless=True)
    with subprocess.Popen(start.command, env=dict(start.environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process_:
        try:
            address = f"http://127.0.0.1:{port}"
            await_health(address, process_)
            yield Served(address, paths, responses)
        finally:
            process_.terminate()
            assert process_.stdout is not None
            said = process_.stdout.read().decode()
        assert "Traceback" not in said


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def await_health(address: str, process_: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert process_.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.25)
    pytest.fail("the server did not answer within a minute")


@pytest.fixture
def restored(served: Served) -> Iterator[Served]:
    """For a test that changes what is served: the others find it as it was, in whatever order they come."""
    yield served
    Decisions(served.paths).record("withdrawal", answer_id("reports", "2"), "active", "tests")
    publish(served.paths, served.responses)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        reason = "no Chromium found: install Debian's chromium to run the tests of the explorer in a browser"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def screen(chromium: Any, served: Served) -> Iterator[Screen]:
    context = chromium.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    seen = Screen(context.new_page(), served.address)
    seen.page.on("request", lambda request: seen.asked.append(request.url))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    yield seen
    away = [url for url in seen.asked if not url.startswith((f"{served.address}/", "blob:", "data:"))]
    context.close()
    assert away == [], "something was asked of the network"
    assert seen.complaints == []


def test_filter_open_an_answer_and_download(screen: Screen, tmp_path: Path) -> None:
    screen.open()
    screen.headline(INFLUENCE)
    screen.counts("Actor", BANK_LABEL, "2")

    screen.page.get_by_label(BANK_LABEL).first.check()
    screen.headline(BANK_LABEL)
    screen.page.wait_for_url("**actor=bank**", timeout=WAIT)
    screen.counts("Country", "Brazil", "1")
    screen.counts("Actor", COMPANY, "3")

    screen.page.get_by_label("Brazil").check()
    screen.page.wait_for_url("**country=BRA**", timeout=WAIT)
    card = screen.page.locator("article").first
    card.locator("blockquote", has_text="Foreign banks lobbied against the labour law.").wait_for(timeout=WAIT)
    screen.page.wait_for_function("document.querySelectorAll('[data-stale=true]').length === 0")

    card.get_by_role("button", name="Whole answer").click()
    whole = card.locator(".whole")
    whole.locator("mark").wait_for(timeout=WAIT)
    assert whole.locator("mark").text_content() == "Foreign banks lobbied against the labour law."
    assert "A company opened clinics in the région." in whole.text_content()

    with screen.page.expect_download(timeout=WAIT) as download:
        screen.page.get_by_role("button", name="CSV").click()
    download.value.save_as(tmp_path / "quotes.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "quotes.csv").read_text("utf-8-sig"), newline="")))
    assert [(row["Quote"], row["Country"]) for row in rows] == [("Foreign banks lobbied against the labour law.", "Brazil")]

    screen.page.get_by_role("button", name="Clear all").click()
    screen.headline("Everything")
    assert screen.page.url.endswith("?view=all")


def test_a_code_shows_its_words_its_confidence_and_its_evidence(screen: Screen) -> None:
    screen.open("/?country=BRA&actor=bank")
    card = screen.page.locator("article").first
    code = card.locator(".code", has_text=BANK_LABEL)
    code.wait_for(timeout=WAIT)
    code.focus()
    screen.page.keyboard.press("Enter")
    shown = card.locator(".pop")
    assert "Confidence 90 % · read from these words" in shown.text_content()
    assert card.locator("mark.lit").all_text_contents() == ["Foreign"]
    screen.page.keyboard.press("Escape")
    shown.wait_for(state="detached")

    card.locator("mark").first.hover()
    assert f"Actor: {BANK_LABEL}" in card.locator(".pop").text_content()

    card.locator(".code", has_text=LOBBYING).click()
    card.locator(".pop").get_by_role("button", name="Show only passages with this code").click()
    screen.page.wait_for_url("**mechanism=lobbying**", timeout=WAIT)


def test_codes_for_review_are_included_and_left_out_again(screen: Screen) -> None:
    screen.open("/?labour=minimum_wage")
    screen.page.get_by_text("With codes for review there are 2").wait_for(timeout=WAIT)
    screen.page.get_by_label("Include codes for review").check()
    screen.page.wait_for_url("**suggestions=yes**", timeout=WAIT)
    card = screen.page.locator("article").first
    code = card.locator(".code.doubt", has_text=label("labour", "minimum_wage"))
    code.wait_for(timeout=WAIT)
    assert "? 30 %" in code.text_content()
    code.click()
    assert "A person decides." in card.locator(".pop").text_content()
    screen.counts("Labour", label("labour", "minimum_wage"), "2")
    screen.page.get_by_role("button", name="Remove Counted").click()
    screen.page.wait_for_url(lambda url: "suggestions" not in url, timeout=WAIT)
    screen.unchecked("Include codes for review")


def test_a_claim_lights_its_words(screen: Screen) -> None:
    screen.open("/?country=BGD")
    card = screen.page.locator("article").first
    claim = card.locator(".claim").first
    claim.wait_for(timeout=WAIT)
    actor, mechanism = label("actor", "corporation"), label("mechanism", "labour_practices")
    assert claim.text_content().startswith(f"{actor} → {mechanism} → ")
    assert card.locator("mark.lit").count() == 0
    claim.focus()
    screen.page.keyboard.press("Enter")
    assert card.locator("mark.lit").all_text_contents() == ["Garment"]
    assert "Read from the marked words." in card.locator(".pop").text_content()
    screen.page.keyboard.press("Escape")
    card.locator(".pop").wait_for(state="detached")


def test_hostile_text_shows_as_text_and_does_nothing(screen: Screen, tmp_path: Path) -> None:
    screen.open("/?country=KOR&q=hacked")
    quote = screen.page.locator("blockquote")
    quote.wait_for(timeout=WAIT)
    assert quote.text_content() == HOSTILE
    assert quote.locator("img, script, a").count() == 0
    screen.page.get_by_role("button", name="Whole answer").click()
    screen.page.locator(".whole mark").wait_for(timeout=WAIT)
    assert screen.page.locator(".whole").locator("img, script, a").count() == 0
    screen.page.wait_for_timeout(500)
    assert screen.page.evaluate("window.hacked") is None

    screen.open("/?country=KOR&actor=corporation")
    screen.page.locator("blockquote", has_text="HYPERLINK").wait_for(timeout=WAIT)
    with screen.page.expect_download(timeout=WAIT) as download:
        screen.page.get_by_role("button", name="CSV").click()
    download.value.save_as(tmp_path / "quotes.csv")
    (row,) = csv.DictReader(io.StringIO((tmp_path / "quotes.csv").read_text("utf-8-sig"), newline=""))
    assert row["Quote"] == f"'{FORMULA}"


def test_a_link_to_the_overview_opens_it_whole_and_leads_to_quotes(screen: Screen) -> None:
    screen.open("/overview?country=BRA")
    screen.headline("Brazil")
    charts = screen.page.locator('[data-testid="stVegaLiteChart"]')
    charts.nth(2).locator("canvas, svg").first.wait_for(timeout=WAIT)
    screen.page.get_by_role("link", name="Quotes").first.click()
    screen.page.locator("article").first.wait_for(timeout=WAIT)
    assert "country=BRA" in screen.page.url


def test_the_way_back_goes_to_the_view_before(screen: Screen) -> None:
    screen.open("/?country=KOR")
    screen.headline("South Korea")
    screen.page.get_by_label(BANK_LABEL).first.check()
    screen.page.wait_for_url("**actor=bank**", timeout=WAIT)
    screen.headline(f"{BANK_LABEL} · South Korea")
    screen.page.go_back()
    screen.headline("South Korea")
    screen.page.wait_for_function("!location.search.includes('actor')", timeout=WAIT)
    screen.page.locator("article").nth(1).wait_for(timeout=WAIT)
    screen.unchecked(BANK_LABEL)


def test_a_new_snapshot_shows_by_itself(screen: Screen, restored: Served) -> None:
    screen.open("/?relevance=off_topic")
    screen.page.get_by_text("No passage matches all of these filters").wait_for(timeout=WAIT)
    publish(restored.paths, [*restored.responses, Response("5", (OFF_TOPIC,), country="USA")])
    screen.page.locator("blockquote", has_text=OFF_TOPIC.text).wait_for(timeout=WAIT)
    assert "relevance=off_topic" in screen.page.url


@pytest.mark.parametrize("width", [1024, 390])
def test_a_wide_map_scrolls_in_its_own_frame(screen: Screen, width: int) -> None:
    screen.page.set_viewport_size({"width": width, "height": 844})
    screen.open("/overview")
    charts = screen.page.locator('[data-testid="stVegaLiteChart"]')
    charts.nth(2).locator("canvas, svg").first.wait_for(timeout=WAIT)
    assert charts.nth(1).evaluate("chart => chart.getBoundingClientRect().right") <= width
    assert screen.page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth") == 0


def test_a_withdrawn_answer_leaves_a_page_that_is_open(screen: Screen, restored: Served) -> None:
    screen.open("/?country=BGD")
    quote = screen.page.locator("blockquote", has_text=FACTORY.text)
    quote.wait_for(timeout=WAIT)
    Decisions(restored.paths).record("withdrawal", answer_id("reports", "2"), "withdrawn", "tests")
    quote.wait_for(state="detached", timeout=WAIT)


def test_a_narrow_screen_has_its_filters_at_hand(screen: Screen) -> None:
    screen.page.set_viewport_size({"width": 390, "height": 844})
    screen.open()
    screen.page.locator("article").first.wait_for(timeout=WAIT)
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= 390
    screen.page.get_by_role("button", name="Filters").click()
    screen.page.get_by_label(BANK_LABEL).first.wait_for(state="visible", timeout=WAIT)
    assert screen.page.locator("summary", has_text="Actor").is_visible()
