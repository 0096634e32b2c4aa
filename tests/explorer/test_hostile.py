"""Hostile answers through every page in a real browser: they show as text, nothing of them runs, nothing leaves the machine."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from store import Paths, Writer
from store.topic_decisions import TOPIC_NAME
from tests.explorer.browsing import WAIT, Screen, window
from tests.explorer.measured import kept
from tests.explorer.serving import serving
from tests.synthetic import BANK, CLINIC, REPORTS, VERSIONS, Response, Sentence, process
from tests.themed import give_topics

pytestmark = pytest.mark.browser

#: What tells that a text got through to where it must not: a global that scripts set, a host that links and images name.
HACKED, AWAY = "window.hacked", "attacker.example.org"

HOSTILE: Mapping[str, str] = {
    "script": f"Script <script>{HACKED}=1</script><svg onload={HACKED}=2><iframe srcdoc='<script>parent.hacked=3</script>'></iframe>",
    "image": f"Image <img src='http://{AWAY}/a.png' onerror='{HACKED}=4'> ![a](http://{AWAY}/b.png) <link rel=stylesheet href=//{AWAY}/c>",
    "link": f"Link [go](javascript:{HACKED}=5) [there](http://{AWAY}/d) <a href='javascript:{HACKED}=6'>x</a> http://{AWAY}/e",
    "style": f"Style <style>@import url(http://{AWAY}/f);*{{display:none}}</style> <div style='background:url(http://{AWAY}/g)'>",
    "template": f"Template {{{{constructor.constructor('{HACKED}=7')()}}}} ${{{HACKED}=8}} :material/home: :red[x] $\\href{{http://{AWAY}}}{{y}}$",
    "vega": f'Vega datum.url=\'http://{AWAY}/h\' "}}]}},"usermeta":{{"embedOptions":{{"loader":"http://{AWAY}/i"}}}}',
    "breakout": f"</script></style></textarea>--><script>{HACKED}=9</script> ]]>'\"`\\",
    "right to left": "Reversed \u202egnihtemos\u202c \u2067abc\u2069 \u200f\u061c text",
    "unseen": "Unseen \ufeff\u200b\u2028\u2029\u00ad\u0085 \ufffe\uffff bytes \x7f\x1b[31m end",
    "long": "Long " + "w" * 200_000,
    "combining": "Zalgo z" + "\u0301" * 500,
    "formula": f'=HYPERLINK("http://{AWAY}/j","x")',
    "command": "@SUM(1+1)*cmd|' /C calc'!A0",
}
NAME = f"<img src=http://{AWAY}/k onerror={HACKED}=10> ![t](http://{AWAY}/t.png)"


def build(root: Path) -> Paths:
    """Publish hostile answers: in a topic, under a title, a question, waves and a kept column that are hostile too."""
    paths = Paths(root)
    survey = replace(REPORTS, title=NAME, source=NAME, licence=NAME, questions=(("q1", NAME, None),))
    guarded = replace(survey, survey="guarded", protection="protected", has_respondents=True)
    codes = (BANK, CLINIC)
    responses = [
        Response(
            f"h{number}",
            (Sentence(text, codes[number % 2].codes, codes[number % 2].claims),),
            country=("KOR", "BRA", "IND")[number % 3],
            wave=NAME if number % 2 else "2025",
            attributes={"role": NAME},
        )
        for number, text in enumerate(HOSTILE.values())
    ]
    with Writer(paths, "tests") as writer:
        run = writer.begin_run([survey.survey], VERSIONS)
        process(writer, survey, responses, run)
        process(writer, guarded, [replace(each, respondent=f"r{each.row}", embargo="2999-01-01") for each in responses], run)
        words = {1: {"en": (NAME, "=1+1", HOSTILE["right to left"])}}
        give_topics(writer, survey.survey, run, lambda row: (1, "core"), words=words)
        writer.decisions.record(TOPIC_NAME, f"{survey.survey}.1", NAME, "tests")
        writer.publish("internal", run)
        writer.finish_run(run, "done")
    kept(paths, name=NAME, reference=NAME)
    return paths


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over the hostile store; what it prints tells nothing of an answer."""
    paths = build(tmp_path_factory.mktemp("hostile") / "data")
    with serving(paths, unsaid=["Traceback", AWAY]) as address:
        yield address


@pytest.fixture
def screen(chromium: Any, served: str) -> Iterator[Screen]:
    """A window in which nothing runs, nothing opens and from which nothing is asked of another machine."""
    with window(chromium, served, 1280, 1200) as screen:
        yield screen


#: Elements, in shadow trees too, that ask for something or run it, and attributes that do.
_ACTIVE = """() => {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
  return all(document).flatMap((one) => [...one.attributes]
    .filter(({name, value}) => (/^(src|srcset|href|srcdoc|style|action|data|xlink:href)$/.test(name) && /attacker|hacked/.test(value))
      || /^on/.test(name))
    .map(({name, value}) => `${one.tagName} ${name}=${value.slice(0, 80)}`));
}"""


def settled(screen: Screen) -> None:
    """Wait until the page is drawn, then look for anything in it that a text has brought to life."""
    screen.page.wait_for_function("document.querySelectorAll('[data-stale=true]').length === 0")
    screen.page.wait_for_timeout(500)
    assert screen.page.evaluate(_ACTIVE) == []
    assert [frame.evaluate("window.hacked") for frame in screen.page.frames] == [None] * len(screen.page.frames)
    assert screen.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_every_hostile_answer_is_a_quote_to_the_letter(screen: Screen) -> None:
    screen.open("/quotes?survey=reports")
    cards = screen.page.locator("article blockquote")
    cards.nth(len(HOSTILE) - 1).wait_for(timeout=WAIT)
    settled(screen)
    assert sorted(cards.all_text_contents()) == sorted(HOSTILE.values())


def test_whole_answers_codes_and_citations_show_as_text(screen: Screen) -> None:
    screen.open("/?country=BRA")
    cards = screen.page.locator("article")
    cards.first.wait_for(timeout=WAIT)
    screen.page.locator("article").first.get_by_role("button", name="Whole answer").click()
    cards.first.locator(".whole mark").wait_for(timeout=WAIT)
    cards.first.locator(".code").first.click()
    cards.first.locator(".pop").wait_for(timeout=WAIT)
    settled(screen)


def test_the_page_stays_usable(screen: Screen) -> None:
    screen.open("/quotes?survey=reports&how=words")
    screen.page.locator("article").nth(len(HOSTILE) - 1).wait_for(timeout=WAIT)
    screen.page.get_by_label("Brazil").check()
    screen.page.wait_for_url("**country=BRA**", timeout=WAIT)
    screen.headline("Brazil")
    box = screen.page.get_by_label("Search in the quotes")
    box.fill('"><img src=x onerror=window.hacked=1> OR NEAR(')
    box.press("Enter")
    screen.page.get_by_text("No passage matches all of these filters").wait_for(timeout=WAIT)
    settled(screen)
    screen.page.get_by_role("button", name="Clear all").click()
    screen.headline("Everything")


@pytest.mark.parametrize(
    "link", ["/influence", "/country?country=BRA", "/topics?survey=reports", "/topics?survey=reports&opened=reports.1", "/quality"]
)
def test_nothing_runs_on_the_other_pages(screen: Screen, link: str) -> None:
    screen.open(link)
    screen.page.locator('[data-testid="stVegaLiteChart"]').first.locator("canvas, svg").first.wait_for(timeout=WAIT)
    settled(screen)


def test_nothing_runs_where_quotes_are_released(screen: Screen) -> None:
    """Ten quotes, the one that is being released in three forms, and who decided it."""
    screen.open("/release?survey=guarded")
    quotes = screen.page.locator("blockquote")
    quotes.nth(9).wait_for(timeout=4 * WAIT)  # what knows names is loaded first
    settled(screen)
    shown = quotes.all_text_contents()
    assert set(shown) <= set(HOSTILE.values())
    screen.page.get_by_label("Your name").fill(NAME[:80])
    screen.page.get_by_text("Release it", exact=True).first.click()
    screen.page.get_by_text("As a paraphrase", exact=True).first.click()
    box = screen.page.get_by_label("The paraphrase, marked as such")
    box.fill(HOSTILE["image"])
    box.press("Control+Enter")
    screen.page.get_by_text("It will read:").first.wait_for(timeout=WAIT)
    settled(screen)
    screen.page.get_by_role("button", name="Release", exact=True).click()
    screen.page.get_by_text("Released (<5)").first.click(timeout=WAIT)
    screen.page.get_by_text("Decided by <img").first.wait_for(timeout=WAIT)
    assert screen.page.locator(".outside").text_content() == HOSTILE["image"]
    settled(screen)


def test_a_hostile_link_shows_as_text(screen: Screen) -> None:
    screen.open(f"/?country={NAME.replace(' ', '%20').replace('&', '%26')}&q={HOSTILE['image'].replace(' ', '%20').replace('#', '%23')}")
    settled(screen)


@pytest.fixture
def long_cells() -> Iterator[None]:
    """Let Python's reader of CSV take cells longer than it usually does."""
    usual = csv.field_size_limit(1_000_000)
    yield
    csv.field_size_limit(usual)


def test_downloads_hold_no_formula(screen: Screen, long_cells: None, tmp_path: Path) -> None:
    screen.open("/quotes")
    screen.page.locator("article").first.wait_for(timeout=WAIT)
    for name in ("CSV", "XLSX", "Claims"):
        with screen.page.expect_download(timeout=2 * WAIT) as download:
            screen.page.get_by_role("button", name=name, exact=True).click()
        download.value.save_as(tmp_path / name)
    for name in ("CSV", "Claims"):
        cells = [cell for row in csv.reader(io.StringIO((tmp_path / name).read_text("utf-8-sig"), newline="")) for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
    book = load_workbook(io.BytesIO((tmp_path / "XLSX").read_bytes()))
    assert {cell.data_type for page in book for row in page.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert not [cell.hyperlink for page in book for row in page.iter_rows() for cell in row if cell.hyperlink]


def test_a_picture_of_the_map_runs_nothing(screen: Screen, tmp_path: Path) -> None:
    screen.open("/topics?survey=reports")
    with screen.page.expect_download(timeout=2 * WAIT) as download:
        screen.page.get_by_role("button", name="SVG", exact=True).click()
    download.value.save_as(tmp_path / "map.svg")
    drawn = ElementTree.parse(tmp_path / "map.svg")
    for element in drawn.iter():
        assert element.tag.rpartition("}")[2] not in {"script", "image", "foreignObject", "iframe", "a"}
        assert not [name for name in element.attrib if name.rpartition("}")[2].startswith(("on", "href"))]
