"""Quotes: what was said, filtered, with its codes on the words they were read from."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import streamlit as st

from explorer import collecting, language
from explorer.cards import cards, whole_answers
from explorer.claim_table import claim_table
from explorer.downloads import download
from explorer.export import LIMIT, THIS_MACHINE, Sheet, registered, to_csv, to_xlsx
from explorer.filters import narrowed
from explorer.frame import heading, sidebar
from explorer.paging import Place, pager, place
from explorer.provenance import traced
from explorer.quote_list import list_data
from explorer.quote_table import quote_table
from explorer.search_box import find, nothing_near, search_box
from explorer.searching import HOW, PARAMETERS, QUOTE, Ranking, Search, from_link, reasons, usual
from explorer.session import Visit, present
from explorer.states import nothing_found
from store.reader import Counts
from store.search_reader import Found, How

PAGE = 20


def quotes_page(visit: Visit, *, came_bare: bool) -> None:
    """Draw the page. Who ``came_bare``, without a link, finds the search of before, as long as the filters are the same."""
    search = _standing(visit, came_bare)
    counts = visit.library.counts(visit.filters)
    heading(visit, "Quotes", counts, ranking=_ranking(visit, search))  # first: it answers whoever ticked a filter
    sidebar(visit, search=False)
    search_box(visit, search, lambda filters, chosen: _keep(chosen, usual(filters, visit.library.search.state)))
    if not counts.anything:
        nothing_found(visit, "Take a filter away above, tick another value beside one that is ticked, or search for fewer words.")
        return
    found = find(visit, search)
    if found is not None and not found.rows:
        nothing_near(visit, search)
        return
    at = place(visit, counts, PAGE) if found is None else _place(visit, found, counts)
    _tools(visit, counts, at, found)
    _cards(visit, at.page, found)
    pager(visit, at)


def _ranking(visit: Visit, search: Search) -> Ranking | None:
    if not search.text:
        return None
    return Ranking(search.text, HOW[search.how], lambda: _keep(replace(search, text=""), usual(visit.filters, visit.library.search.state)))


def _standing(visit: Visit, came_bare: bool) -> Search:
    """Return the search of the link, or the one of before; from now on the link says it."""
    state, as_usual = st.session_state, usual(visit.filters, visit.library.search.state)
    if came_bare and "searching" in state:
        before: Search = state["searching"]
        search = before if state["searched_in"] == visit.filters else replace(before, text="", how=as_usual)
    else:
        search = from_link({name: str(st.query_params[name]) for name in PARAMETERS if name in st.query_params}, as_usual)
    state["searched_in"] = visit.filters
    _keep(search, as_usual)
    return search


def _keep(search: Search, as_usual: How) -> None:
    st.session_state["searching"] = search
    said = search.parameters(as_usual)
    for name in (*PARAMETERS, QUOTE):
        if name in said and st.query_params.get(name) != said[name]:
            st.query_params[name] = said[name]
        elif name not in said and name in st.query_params:
            del st.query_params[name]


def _place(visit: Visit, found: Found, counts: Counts) -> Place:
    pages = math.ceil(len(found.rows) / PAGE)
    page = min(visit.view.page, pages)
    return Place(page, pages if _countable(visit, counts) else None, page < pages)


def _countable(visit: Visit, counts: Counts) -> bool:
    """Say whether it may be told how many quotes a search finds: of a protected survey they may be one person's."""
    library, chosen = visit.library, visit.filters.surveys
    inside = library.snapshot.view == "internal"
    kept = inside and any(survey.protected and (not chosen or id in chosen) for id, survey in library.surveys.items())
    return counts.whole is not None and not kept


def _shown(visit: Visit, counts: Counts, at: Place, found: Found | None) -> str:
    """Say which of the quotes are shown, and how many a download holds."""
    if found is not None and found.near:
        first, last = (at.page - 1) * PAGE + 1, min(at.page * PAGE, len(found.rows))
        shown = f"{first:,}–{last:,} of the {len(found.rows):,}" if _countable(visit, counts) else f"Page {at.page:,} of those"
        return f"{shown} that fit best, each text once; downloads hold all that the filters let through"
    if counts.whole is None:
        return f"Page {at.page:,}; downloads hold at most {LIMIT:,}" if at.more or at.page > 1 else "All are shown"
    first, last = (at.page - 1) * PAGE + 1, min(at.page * PAGE, counts.whole)
    of = f"{first:,}–{last:,} of {counts.whole:,}" if counts.whole > PAGE else f"{counts.whole:,} shown"
    return of + (f"; downloads hold the first {LIMIT:,}" if counts.whole > LIMIT else "")


def _tools(visit: Visit, counts: Counts, at: Place, found: Found | None) -> None:
    library, filters = visit.library, visit.filters
    name = f"suasion-quotes-{library.snapshot.id}"
    who = visit.grant.person or THIS_MACHINE

    def entered(sheet: Sheet, what: str) -> Sheet:
        return registered(sheet, library.exports, what=what, who=who, of=library.snapshot)

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="tools"):
        st.text(_shown(visit, counts, at, found), width="stretch")
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
def _cards(visit: Visit, page: int, found: Found | None) -> None:
    if collecting.moved():
        st.rerun()  # the sign of the story pack stands outside
    library, start = visit.library, (page - 1) * PAGE
    quotes = library.quotes(visit.filters, PAGE, start) if found is None else library.search.quotes(found.rows[start : start + PAGE])
    words, why = (found.words, reasons(quotes, found)) if found else ("", {})
    data = list_data(quotes, whole_answers(quotes, library), visit.filters, library, words=words, why=why) | {"page": page}
    if asked := cards(visit, "quotes", data):
        # From a suggestion one comes to all suggestions alike, not to a view in which it is missing.
        filters = replace(visit.filters, suggestions=True) if asked.get("suggestions") is True else visit.filters
        visit.show(narrowed(filters, {str(asked.get("facet")): (str(asked.get("code")),)}, library.options))
        st.rerun()


# On the way back from the page of a quote a browser passes this address with the parameter of that one: it says nothing of this page.
_elsewhere = (QUOTE, language.PARAMETER)
_bare = not any(name not in _elsewhere for name in st.query_params)
present(traced(partial(quotes_page, came_bare=_bare)), "quotes", own=(*PARAMETERS, QUOTE))
