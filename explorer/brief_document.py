"""A brief as a DOCX file of two pages."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from explorer.brief import Brief
from explorer.export import writable
from explorer.still import still, to_png
from explorer.story_document import add_quote

if TYPE_CHECKING:
    from docx.document import Document

_FACTS = ("What", "Share", "95 % interval")


def to_docx(told: Brief) -> bytes:
    """Return the brief as DOCX: all but the charts is text in the styles of the document."""
    from docx import Document
    from docx.shared import Cm, Pt

    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin = page.bottom_margin = Cm(1.7)
    for style, size, after in (("Normal", 10, 4), ("Quote", 10, 2), ("Caption", 8, 6), ("Title", 22, 4)):
        document.styles[style].font.size = Pt(size)
        document.styles[style].paragraph_format.space_after = Pt(after)
    document.core_properties.title = writable(told.title)
    document.core_properties.author = ""
    document.core_properties.comments = writable(told.method[-1])
    document.add_heading(writable(told.title), 0)
    document.add_paragraph(writable(told.about))
    _facts(document, told)
    _charts(document, told)
    if told.quotes:
        document.add_heading("In their words", 1)
        for quote, stands_for in zip(told.quotes, told.denominators, strict=True):
            add_quote(document, quote, besides=stands_for)
    if told.context:
        document.add_heading("Context, not proof", 1)
        for line in told.context:
            document.add_paragraph(writable(line))
    document.add_heading("How this was made", 1)
    for line in told.method:
        document.add_paragraph(writable(line), "Caption")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _facts(document: Document, told: Brief) -> None:
    if not told.facts:
        return
    table = document.add_table(1, len(_FACTS), "Light List Accent 1")
    for cell, head in zip(table.rows[0].cells, _FACTS, strict=True):
        cell.text = head
    for fact in told.facts:
        for cell, said in zip(table.add_row().cells, (fact.what, fact.share, fact.interval), strict=True):
            cell.text = writable(said)
    document.add_paragraph()


def _charts(document: Document, told: Brief) -> None:
    """Put the charts side by side, each with its title, its n and what its bars are, and a text for those who cannot see it."""
    from docx.shared import Cm

    if not told.charts:
        return
    table = document.add_table(1, len(told.charts))
    for cell, chart in zip(table.rows[0].cells, told.charts, strict=True):
        cell.paragraphs[0].add_run(writable(chart.title)).bold = True
        picture = {name: value for name, value in still(chart.spec, "", []).items() if name != "title"}
        placed = cell.add_paragraph().add_run().add_picture(io.BytesIO(to_png(picture, scale=0.6)), width=Cm(8.2))
        placed._inline.docPr.set("descr", writable(f"{chart.title}. {chart.account}"))
        cell.add_paragraph(writable(chart.account), "Caption")
