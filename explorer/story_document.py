"""A story pack as a DOCX file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from explorer.citation import Cited, reference
from explorer.export import writable
from explorer.story import Story

if TYPE_CHECKING:
    from docx.document import Document

_QUOTE, _OTHER, _LINE = "Quote", "Intense Quote", "Caption"


def to_docx(story: Story) -> bytes:
    """Return a pack as DOCX. All of it is text in the styles of the document, so that whoever opens it can set it otherwise."""
    from docx import Document

    document = Document()
    document.core_properties.title = writable(story.title)
    document.core_properties.author = ""
    document.core_properties.comments = f"Snapshot {story.snapshot}"
    document.add_heading(writable(story.title), 0)
    document.add_heading("Quotes", 1)
    for number, told in enumerate(story.quotes, 1):
        place = ", ".join(part for part in (told.what.country, told.what.wave) if part) or "Country not known"
        document.add_heading(writable(f"{number}. {place}"), 2)
        for part in told.note.splitlines():
            if part.strip():
                document.add_paragraph(writable(part))
        add_quote(document, told.what, _QUOTE)
        for each in (told.stands_for, *told.caveats):
            if each:
                document.add_paragraph(writable(each), _LINE)
        for other in told.counters:
            document.add_paragraph(writable(f"Set against it ({other.why}):"), _LINE)
            add_quote(document, other.what, _OTHER)
    document.add_heading("Sources", 1)
    for source in story.sources:
        document.add_paragraph(writable(source), "List Bullet")
    document.add_heading("How this was made", 1)
    for sentence in (*story.method, f"Snapshot {story.snapshot}"):
        document.add_paragraph(writable(sentence))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def add_quote(document: Document, what: Cited, style: str = _QUOTE, *, besides: str = "") -> None:
    """Put a quote and its reference at the end of a document, with what is said ``besides``."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    run = document.add_paragraph(style=style).add_run(writable(what.text))
    if what.language.isalpha():
        # Tells the word processor by which spelling and with which letters the words are to be set.
        language = OxmlElement("w:lang")
        language.set(qn("w:eastAsia" if what.language in ("ko", "ja", "zh") else "w:val"), what.language)
        run._r.get_or_add_rPr().append(language)
    document.add_paragraph(writable(f"— {reference(what)}" + (f". {besides}" if besides else "")), _LINE)
