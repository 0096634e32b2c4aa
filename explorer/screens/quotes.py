"""Quotes: what was said, filtered, with its codes on the words they were read from."""

from __future__ import annotations

import math
from dataclasses import replace

import streamlit as st

from explorer import components
from explorer.claim_table import claim_table
from explorer.downloads import download
from explorer.export import LIMIT, THIS_MACHINE, Sheet, registered, to_csv, to_xlsx
from explorer.filters import narrowed
from explorer.frame import heading, nothing_found, sidebar
from explorer.quote_list import list_data
from explorer.quote_table import quote_table
from explorer.session import Visit, present
from store.reader import Answer, Counts
from taxonomy.errors import StoreError

PAGE = 20
_MOST_OPENED = 40


def quotes_page(visit: Visit) -> None:
    """Draw the page."""
    counts = visit.library.counts(visit.filters)
    heading(visit, "Quotes", counts)  # first: it answers whoever ticked a filter
    sidebar(visit)
    if counts.passages == 0:
        nothing_found(visit, "Take a filter away above, tick another value beside one that is ticked, or search for fewer words.")
        return
    pages = math.ceil(counts.passages / PAGE)
    page = min(visit.view.page, pages)
    _tools(visit, counts, page)
    _cards(visit, page)
    if pages > 1:
        # Its own key for each state: the view, not the widget, remembers the page.
        key = f"page-{page}-{pages}"
        st.pagination(pages, default=page, key=key, on_change=lambda: visit.show(visit.filters, st.session_state[key]))


def _tools(visit: Visit, counts: Counts, page: int) -> None:
    first, last = (page - 1) * PAGE + 1, min(page * PAGE, counts.passages)
    of = f"{first:,}–{last:,} of {counts.passages:,}" if counts.passages > PAGE else f"{counts.passages:,} shown"
    limited = f"; downloads hold the first {LIMIT:,}" if counts.passages > LIMIT else ""
    library, filters = visit.library, visit.filters
    name = f"suasion-quotes-{library.snapshot.id}"
    who = visit.grant.person or THIS_MACHINE

    def entered(sheet: Sheet, what: str) -> Sheet:
        return registered(sheet, library.exports, what=what, who=who, of=library.snapshot)

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="tools"):
        st.text(of + limited, width="stretch")
        download(
            visit, "quotes-csv", "CSV", lambda: to_csv(entered(quote_table(library, filters), "quotes CSV")), f"{name}.csv", "text/csv",
            key="csv", help="All passages of this view as CSV",
        )  # fmt: skip
        download(
            visit, "claims-csv", "Claims", lambda: to_csv(entered(claim_table(library, filters), "claims CSV")),
            f"{name.replace('quotes', 'claims')}.csv", "text/csv", key="claims", help="The claims of these passages as CSV, a row for each",
        )  # fmt: skip
        download(
            visit, "quotes-xlsx", "XLSX",
            lambda: to_xlsx(entered(quote_table(library, filters), "quotes XLSX"), {"Claims": claim_table(library, filters)}),
            f"{name}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key="xlsx", help="All passages of this view and their claims as an Excel file",
        )  # fmt: skip


@st.fragment
def _cards(visit: Visit, page: int) -> None:
    library = visit.library
    quotes = library.quotes(visit.filters, PAGE, (page - 1) * PAGE)
    opened: list[str] = st.session_state.get("opened", [])
    answers: dict[str, Answer | None] = {}
    for quote in quotes:
        if quote["quote"] in opened:
            try:
                answers[quote["quote"]] = library.answer(quote["answer"])
            except StoreError:
                answers[quote["quote"]] = None
    data = list_data(quotes, answers, visit.filters, library) | {"page": page}
    drawn = components.quotes(key="quotes", data=data, on_open_change=_opened, on_narrow_change=lambda: None)
    if isinstance(asked := drawn.narrow, dict):
        # From a suggestion one comes to all suggestions alike, not to a view in which it is missing.
        filters = replace(visit.filters, suggestions=True) if asked.get("suggestions") is True else visit.filters
        visit.show(narrowed(filters, {str(asked.get("facet")): (str(asked.get("code")),)}, library.options))
        st.rerun()


def _opened() -> None:
    asked = st.session_state["quotes"].get("open")
    if isinstance(asked, dict):
        st.session_state["opened"] = [*st.session_state.get("opened", []), str(asked.get("quote"))][-_MOST_OPENED:]


present(quotes_page, "quotes")
