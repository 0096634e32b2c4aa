from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from store import Decisions, Paths, Writer
from taxonomy import load_codebook
from tests.explorer.browsing import WAIT, Screen, no_serious_findings, window
from tests.explorer.serving import serving
from tests.synthetic import BANK, CLINIC, CONTENT, FACTORY, OFF_TOPIC, VERSIONS, Response, Sentence, answer_id, process

pytestmark = pytest.mark.browser

HOSTILE = (
    '<script>window.hacked = 1</script><img src="http://example.org/a.png" onerror="window.hacked = 2"> '
    "![x](http://example.org/b.png) [y](javascript:window.hacked=3)"
)
FORMULA = '=HYPERLINK("http://example.org","x")'


def label(facet: str, code: str) -> str:
    return load_codebook().facet(facet).code(code).label("en")


INFLUENCE, BANK_LABEL, COMPANY, LOBBYING = (
    label(*code) for code in (("relevance", "influence"), ("actor", "bank"), ("actor", "corporation"), ("mechanism", "lobbying"))
)


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
    with serving(paths) as address:
        yield Served(address, paths, responses)


@pytest.fixture
def restored(served: Served) -> Iterator[Served]:
    """For a test that changes what is served: the others find it as it was, in whatever order they come."""
    yield served
    Decisions(served.paths).record("withdrawal", answer_id("reports", "2"), "active", "tests")
    publish(served.paths, served.responses)


@pytest.fixture
def screen(chromium: Any, served: Served) -> Iterator[Screen]:
    with window(chromium, served.address) as screen:
        yield screen


def test_filter_open_an_answer_and_download(screen: Screen, tmp_path: Path) -> None:
    screen.open("/quotes")
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


def test_an_old_link_opens_the_influence_map_whole_and_leads_to_quotes(screen: Screen) -> None:
    screen.open("/overview?country=BRA")
    screen.headline("Brazil")
    charts = screen.page.locator('[data-testid="stVegaLiteChart"]')
    charts.nth(1).locator("canvas, svg").first.wait_for(timeout=WAIT)
    assert "/influence?" in screen.page.url
    screen.page.get_by_role("button", name="Find a quote").click()
    screen.page.get_by_role("menuitem", name="Quotes").click()
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
    screen.open("/influence")
    charts = screen.page.locator('[data-testid="stVegaLiteChart"]')
    charts.nth(1).locator("canvas, svg").first.wait_for(timeout=WAIT)
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
    screen.open("/quotes")
    screen.page.locator("article").first.wait_for(timeout=WAIT)
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= 390
    screen.page.get_by_role("button", name="Filters").click()
    screen.page.get_by_label(BANK_LABEL).first.wait_for(state="visible", timeout=WAIT)
    assert screen.page.locator("summary", has_text="Actor").is_visible()


def test_a_strategist_sees_who_moves_what_and_takes_a_brief(screen: Screen, tmp_path: Path) -> None:
    page = screen.page
    screen.open("/influence?view=all")
    means, effect = label("mechanism", "labour_practices"), label("effect", "harms")
    page.locator(".mark-area path").nth(1).click(timeout=WAIT)  # the second of three actors and means
    page.wait_for_url("**/quotes?**", timeout=WAIT)
    page.locator("blockquote", has_text=FACTORY.text).wait_for(timeout=WAIT)
    screen.headline(f"{COMPANY} · {means.lower()} · {effect.lower()}")

    screen.open("/country?view=all")
    page.get_by_label("Countries, up to four side by side").fill("Bangl")
    page.keyboard.press("Enter")
    screen.headline("Bangladesh")
    page.keyboard.press("Escape")  # while the list is open, nothing else is there for a screen reader
    page.get_by_role("heading", name="By which means: Bangladesh").wait_for(timeout=WAIT)
    page.locator("li blockquote", has_text=FACTORY.text).wait_for(timeout=WAIT)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(1000)  # colours fade into one another
        no_serious_findings(page, but='[data-testid="stDataFrameGlideDataEditor"]')
    with page.expect_download(timeout=WAIT) as download:
        page.get_by_role("button", name="Brief (DOCX)").click()
    download.value.save_as(tmp_path / "brief.docx")
    texts = [paragraph.text for paragraph in Document(str(tmp_path / "brief.docx")).paragraphs]
    assert texts[0] == "Bangladesh: who moves what"
    assert FACTORY.text in texts
