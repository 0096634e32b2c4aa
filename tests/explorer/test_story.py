from __future__ import annotations

import io
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from explorer.citation import CitationError
from explorer.library import Library
from explorer.story import GoneError, Story, missing, story
from explorer.story_document import to_docx
from explorer.story_text import to_html, to_markdown
from explorer.tray import Tray
from store import Filters

HOSTILE = (
    "<img src=x onerror=alert(1)> ![x](http://evil.example/a.png) www.evil.example [a](javascript:b) \u202eright to left\n"
    "1. first\n# not a heading\x00\x0b `code` <!-- x --> a@b.example"
)


@pytest.fixture
def quotes(library: Library) -> list[dict[str, Any]]:
    return library.quotes(Filters(surveys=("reports",)), 3)


def told(tray: Tray, quotes: list[dict[str, Any]], library: Library) -> Story:
    return story(
        tray,
        {quote["quote"]: quote for quote in quotes},
        library,
        stands_for=lambda quote: "one of 41 passages",
        caveats=lambda quote: ["Two answers were read by a machine."],
        counters=lambda quote: [(quotes[-1], "same country, other effect")] if quote is quotes[0] else [],
    )


@pytest.fixture
def pack(quotes: list[dict[str, Any]], library: Library) -> Story:
    first = quotes[0] | {"text": HOSTILE, "language": 'en" onload="x'}
    tray = (
        Tray("Banks & *rights*")
        .with_quote(first["quote"])
        .with_quote(quotes[1]["quote"])
        .noted(first["quote"], "My <b>note</b>\nsecond line")
    )
    return told(tray, [first, *quotes[1:]], library)


class Page(HTMLParser):
    """Collects what a browser would find in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_pack_names_all_quotes_that_leave_and_each_source_once(pack: Story, quotes: list[dict[str, Any]]) -> None:
    assert pack.ids == (quotes[0]["quote"], quotes[2]["quote"], quotes[1]["quote"])
    assert len(set(pack.sources)) == len(pack.sources) == len({quote["wave"] for quote in quotes})
    assert not any("(quote" in source for source in pack.sources)


def test_a_quote_withdrawn_since_is_refused_by_name(quotes: list[dict[str, Any]], library: Library) -> None:
    tray = Tray().with_quote(quotes[0]["quote"]).with_quote("gone-1")
    assert missing(tray, {quotes[0]["quote"]: quotes[0]}) == ("gone-1",)
    with pytest.raises(GoneError, match="gone-1"):
        told(tray, quotes, library)


def test_an_invented_quote_is_refused_by_name(quotes: list[dict[str, Any]], library: Library) -> None:
    invented = quotes[0] | {"text_kind": "invented"}
    with pytest.raises(CitationError, match=str(invented["quote"])):
        told(Tray().with_quote(invented["quote"]), [invented, *quotes[1:]], library)


def test_the_web_page_holds_the_words_and_none_of_their_markup(pack: Story) -> None:
    content = to_html(pack).decode()
    page = Page()
    page.feed(content)
    assert not {"img", "a", "script", "b"} & set(page.tags)
    assert not any(name.startswith("on") or name in ("src", "href") for name, _ in page.attributes)
    assert "<img src=x onerror=alert(1)>" in page.text
    assert "one of 41 passages" in page.text
    assert "same country, other effect" in page.text
    assert pack.snapshot in page.text


def test_markdown_holds_the_words_and_none_of_their_markup(pack: Story) -> None:
    content = to_markdown(pack).decode()
    tokens = MarkdownIt("commonmark", {"html": True}).parse(content)
    kinds = {token.type for block in tokens for token in [block, *(block.children or [])]}
    assert not kinds & {"image", "link_open", "html_inline", "html_block", "code_inline", "em_open", "strong_open", "ordered_list_open"}
    said = "".join(child.content for block in tokens for child in block.children or [])
    assert "<img src=x onerror=alert(1)>" in said
    assert "www.evil.example" in said
    # Many readers make a link of an address that stands bare.
    assert "www.evil" not in content
    assert "http:" not in content
    assert "a@b" not in content
    assert [block.tag for block in tokens if block.type == "heading_open"] == ["h1", "h2", "h2", "h2", "h2"]


def test_the_document_opens_and_holds_everything(pack: Story, quotes: list[dict[str, Any]]) -> None:
    from docx import Document

    document = Document(io.BytesIO(to_docx(pack)))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert said[0] == "Banks & *rights*"
    assert any("<img src=x onerror=alert(1)>" in text for text in said)
    assert quotes[1]["text"] in said
    levels = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style.name.startswith(("Title", "Heading"))]
    assert levels == ["Title", "Heading 1", *["Heading 2"] * len(pack.quotes), "Heading 1", "Heading 1"]
    assert {"My <b>note</b>", "second line", "one of 41 passages", f"Snapshot {pack.snapshot}"} <= set(said)
    assert not any("hyperlink" in rel.reltype for rel in document.part.rels.values())
