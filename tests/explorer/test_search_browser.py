"""What an author comes for: search by meaning in English, find the Portuguese passage, open it, see who says the opposite, cite it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from models.encoders import Encoder, encoder_version, load_encoder
from models.tables import VECTORS
from store import Paths, SurveyRecord, Writer
from store.paths import View
from tests import synthetic
from tests.explorer.browsing import Screen, no_serious_findings, window
from tests.explorer.serving import serving
from tests.synthetic import VERSIONS, Response, Sentence, process

pytestmark = [pytest.mark.browser, pytest.mark.real_models]

#: Loading the encoder takes its time on a busy machine.
PATIENCE = 150_000
SHIPPED = (Path(__file__).parents[2] / "data/raw/example-three-questions/export.csv").read_text("utf-8")
FOUND = "Rádios comunitárias perderam licenças depois de criticarem a mina de grafite."
AGAINST = "Houve avanços: a associação comercial pediu acesso à informação sobre contratos e a lei foi publicada."


def said(text: str, effect: str, right: str, country: str, language: str) -> tuple[Sentence, str]:
    assert text in SHIPPED
    codes = ("relevance:influence", "actor:corporation", "mechanism:lobbying", f"right:{right}", f"effect:{effect}")
    return Sentence(text, codes, (("corporation", "lobbying", right, effect),), language), country


PASSAGES = (
    said(FOUND, "harms", "expression", "MOZ", "pt"),
    said(AGAINST, "improves", "expression", "MOZ", "pt"),
    said("Pescadores foram reassentados longe do mar.", "harms", "food", "MOZ", "pt"),
    said("Bancos privados continuam financiando a soja em áreas embargadas.", "harms", "environment", "BRA", "pt"),
    said("Aplicativos de entrega negam vínculo de emprego e pagam menos que o salário mínimo.", "harms", "work", "BRA", "pt"),
    said("As associações de empregadores fizeram lobby para afrouxar as regras de saúde e segurança.", "harms", "work", "BRA", "pt"),
    said("Investors in the wind park promised jobs.", "improves", "work", "KEN", "en"),
    said("Herders lost grazing land and were never asked", "harms", "housing", "KEN", "en"),
    said("한 언론사는 광고주의 압력으로 기사를 내렸다.", "harms", "expression", "KOR", "ko"),
    said("Les négociants étrangers fixent le prix du cobalt.", "harms", "work", "COD", "fr"),
)
SURVEY = SurveyRecord(
    survey="shipped", title="Three questions", source="Example", licence="CC0-1.0", protection="public", text_kind="verbatim",
    has_respondents=False, languages=("en", "pt", "ko", "fr"), questions=(("q1", "What do companies do?", None),),
)  # fmt: skip


def build_shipped(root: Path, encoder: Encoder, version: str, view: View) -> Paths:
    """Make a store of the passages with their vectors and publish one view of it."""

    def vectors(waiting: pa.Table) -> pa.Table:
        rows = zip(waiting["text_hash"].to_pylist(), encoder.encode(waiting["text"].to_pylist()).tolist(), strict=True)
        return pa.Table.from_pylist([{"text_hash": hash, "encoder": version, "vector": vector} for hash, vector in rows], schema=VECTORS)

    paths = Paths(root)
    responses = [
        Response(str(number), (sentence,), country=country, language=sentence.language)
        for number, (sentence, country) in enumerate(PASSAGES)
    ]
    with pytest.MonkeyPatch.context() as patch, Writer(paths, "tests") as writer:
        patch.setattr(synthetic, "ENCODER", version)
        patch.setattr(synthetic, "vectors_table", vectors)
        run = writer.begin_run(["shipped"], {**VERSIONS, "encoder": version})
        process(writer, SURVEY, responses, run)
        writer.publish(view, run)
        writer.finish_run(run, "done")
    return paths


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(build_shipped(tmp_path_factory.mktemp("meaning") / "data", load_encoder(), encoder_version(), "internal")) as address:
        yield address


@pytest.fixture
def screen(chromium: Any, address: str) -> Iterator[Screen]:
    with window(chromium, address) as screen:
        screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        yield screen


def test_a_question_in_english_finds_the_portuguese_passage_and_who_says_the_opposite(screen: Screen) -> None:
    page = screen.page
    screen.open("/quotes?relevance=influence&how=meaning")
    box = page.get_by_label("Search in the quotes")
    box.fill("companies suing critics")
    box.press("Enter")
    page.get_by_text("that fit best").wait_for(timeout=PATIENCE)
    card = page.locator("article", has_text=FOUND)
    card.wait_for()
    assert "ask=companies+suing+critics" in page.url
    no_serious_findings(page)

    # Both: the words that were searched for are marked, otherwise than codes are.
    page.get_by_role("radio", name="Words and meaning").or_(page.get_by_role("button", name="Words and meaning")).first.click()
    box.fill("rádios, critics")
    box.press("Enter")
    page.locator("article b.found", has_text="Rádios").wait_for(timeout=PATIENCE)
    assert page.locator("article", has_text=FOUND).get_by_text("Some of your words", exact=False).count() == 1

    page.locator("article", has_text=FOUND).get_by_role("link", name="Open the page of quote").click()
    screen.headline("Mozambique")
    against = page.locator("article.brief", has_text=AGAINST)
    against.get_by_text("Same country, actor and right, effect: improves").wait_for(timeout=PATIENCE)
    page.get_by_role("button", name="Copy citation: CSL-JSON").click()
    page.get_by_text("Copied").wait_for()
    (item,) = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert item["abstract"] == FOUND
    no_serious_findings(page)
    quote = page.url.partition("?")[2]
    assert quote.startswith("quote=")

    # The search is still there where one came from, and the quote's link opens it to somebody who never searched.
    page.go_back()
    page.locator("article b.found", has_text="Rádios").wait_for(timeout=PATIENCE)
    screen.open(f"/quote?{quote}")
    page.locator("blockquote", has_text=FOUND).wait_for(timeout=PATIENCE)
    against.get_by_role("link", name="Open the page of quote").click()
    page.locator("article:not(.brief)", has_text=AGAINST).wait_for(timeout=PATIENCE)
