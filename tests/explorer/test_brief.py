from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer import influence_shapes
from explorer.access import ROLES, Grant
from explorer.brief import Brief, brief
from explorer.brief_document import to_docx
from explorer.filters import View
from explorer.library import Library
from explorer.profile_page import _brief
from explorer.session import Visit
from store import Decisions, Filters, Paths, Writer
from store.exports import ExportRegister
from store.release import Quoted, Wish, release, spans_of
from taxonomy.errors import StoreError
from tests.synthetic import FACTORY, REPORTS, VERSIONS, Response, Sentence, answer_id, process

pytestmark = pytest.mark.disk

TEXTS = tuple(Sentence(f"Factory {number} dismissed \x0b<b>members</b> of a union.", FACTORY.codes, FACTORY.claims) for number in range(8))
LONG = Sentence("Factory " + "after factory " * 60 + "dismissed workers.", FACTORY.codes, FACTORY.claims, confidence=0.99)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Library]]:
    shelves: list[Library] = []

    def made(responses: tuple[Response, ...], survey: Any = REPORTS) -> Library:
        paths = Paths(tmp_path / "data")
        with Writer(paths, "tests") as writer:
            run = writer.begin_run([survey.survey], VERSIONS)
            process(writer, survey, responses, run)
            writer.publish("internal", run)
        shelves.append(Library(paths, "internal"))
        return shelves[0]

    yield made
    for library in shelves:
        library.close()


Opens = Callable[..., Library]


def side(library: Library, facet: str = "country", code: str = "BGD") -> influence_shapes.Side:
    filters = Filters(countries=("BGD",)) if facet == "country" else Filters(codes=(("actor", (code,)),))
    return influence_shapes.side(filters, facet, code, library.names, library.options, library.influence.profile(filters))


def told(library: Library, facet: str = "country", code: str = "BGD") -> Brief:
    return brief(library, facet, side(library, facet, code))


def all_of(*sentences: Sentence) -> tuple[Response, ...]:
    return tuple(Response(str(number), (sentence,), country="BGD") for number, sentence in enumerate(sentences, 1))


def test_a_brief_says_how_often_of_how_many_and_in_whose_words(opened: Opens) -> None:
    found = told(opened(all_of(LONG, *TEXTS)))
    assert found.title == "Bangladesh: who moves what"
    assert found.about == "Bangladesh. 9 passages from 9 texts."
    assert (found.facts[0].share, found.facts[0].interval) == ("100 % (9 of 9 texts)", "70 % – 100 %")
    assert [chart.title for chart in found.charts] == ["Who acts: Bangladesh", "On which rights: Bangladesh"]
    assert [chart.n for chart in found.charts] == [9, 9]
    assert len(found.quotes) == 6
    assert set(found.denominators) == {"One of 9 passages from 9 texts on Bangladesh in Country reports."}
    assert LONG.text not in {quote.text for quote in found.quotes}, "what is too long for a brief is left out, not cut"
    assert any("Economic and social rights" in line for line in found.context)
    assert "Context, not proof" in found.context[0]


def test_a_brief_on_an_actor_has_means_and_no_context(opened: Opens) -> None:
    found = told(opened(all_of(*TEXTS)), "actor", "corporation")
    assert [chart.title.split(":")[0] for chart in found.charts] == ["By which means", "On which rights"]
    assert found.context == ()


def test_what_was_invented_is_not_quoted_and_few_are_not_counted(opened: Opens) -> None:
    from dataclasses import replace

    guarded = replace(REPORTS, protection="protected", text_kind="invented")
    found = told(opened(all_of(*TEXTS[:3]), guarded))
    assert found.quotes == ()
    assert {fact.share for fact in found.facts} == {"<5"}
    assert {chart.n for chart in found.charts} == {None}
    assert all("withheld: fewer than 5 respondents" in chart.account for chart in found.charts)


def test_a_brief_made_inside_quotes_nobody_who_was_not_released(opened: Opens, tmp_path: Path) -> None:
    from dataclasses import replace

    guarded = replace(REPORTS, protection="protected", text_kind="verbatim")
    library = opened(all_of(*TEXTS), guarded)
    assert told(library).quotes == ()
    assert "for researchers alone" in told(library).method[1]
    wishes = (Wish("partner", "as_is"), Wish("partner", "masked", spans=spans_of(TEXTS[1].text, ["union"])))
    by_text = {quote["text"]: quote for quote in library.quotes(Filters(), 20)}
    for sentence, wish in zip(TEXTS, wishes, strict=False):
        quote = by_text[sentence.text]
        quoted = Quoted(quote["quote"], quote["answer"], quote["text"], "en")
        release(Decisions(Paths(tmp_path / "data")), quoted, wish, "Ada", seen=0, names=lambda text, language: [])
    assert [quote.text for quote in told(library).quotes] == [TEXTS[0].text], "what was released otherwise is not told as it is here"


def test_the_document_holds_numbers_charts_quotes_and_how_it_was_made(opened: Opens) -> None:
    from docx import Document

    found = told(opened(all_of(*TEXTS)))
    file = to_docx(found)
    document = Document(io.BytesIO(file))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "Bangladesh: who moves what"
    levels = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style.name.startswith(("Title", "Heading"))]
    assert levels == ["Title", "Heading 1", *["Heading 1"] * (len(levels) - 2)]
    for quote in found.quotes:
        assert any(quote.text.replace("\x0b", "\ufffd") == text for text in texts), "verbatim, but for what XML cannot hold"
    assert sum(text.startswith("— ") for text in texts) == 6
    assert found.method[-1] in texts
    facts, charts = document.tables
    assert [cell.text for cell in facts.rows[0].cells] == ["What", "Share", "95 % interval"]
    assert len(facts.rows) == len(found.facts) + 1
    assert [cell.paragraphs[0].text for cell in charts.rows[0].cells] == [chart.title for chart in found.charts]
    assert all(chart.account in cell.text for cell, chart in zip(charts.rows[0].cells, found.charts, strict=True))
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        pictures = [packed.read(name) for name in packed.namelist() if name.endswith(".png")]
        described = packed.read("word/document.xml").decode()
        outside = "".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".rels"))
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert len(pictures) == 2
    assert 'descr="Who acts: Bangladesh.' in described
    assert 'TargetMode="External"' not in outside
    assert "<b>members" not in described


def visit(library: Library) -> Visit:
    return Visit(library, View(Filters(countries=("BGD",))), Grant(ROLES["researcher"]))


def test_a_brief_is_entered_in_the_register_with_its_quotes(opened: Opens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = opened(all_of(*TEXTS))
    monkeypatch.setattr("explorer.door.holds", lambda grant: True)
    found = told(library)
    assert _brief(visit(library), "country", side(library)).startswith(b"PK")
    (entry,) = ExportRegister(Paths(tmp_path / "data")).holding(found.ids)
    assert (entry.what, entry.quotes, entry.snapshot) == ("brief DOCX", 6, library.snapshot.id)

    def full(*_: object, **__: object) -> int:
        raise StoreError("the disk is full")

    monkeypatch.setattr(library.exports, "record", full)
    with pytest.raises(StoreError, match="full"):
        _brief(visit(library), "country", side(library))


def test_a_quote_withdrawn_since_is_in_no_brief(opened: Opens, tmp_path: Path) -> None:
    library = opened(all_of(*TEXTS[:2]))
    Decisions(Paths(tmp_path / "data")).record("withdrawal", answer_id("reports", "1"), "withdrawn", "tests")
    assert [quote.text for quote in told(library).quotes] == [TEXTS[1].text]
