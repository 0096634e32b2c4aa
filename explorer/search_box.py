"""The search of the page of quotes: its box, what is said while meaning gets ready, and where nothing was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from explorer.searching import HOW, SORT, Search, asked, ranked_by, typed
from explorer.session import Visit
from store import Filters
from store.search_reader import Found

_POLL = "1s"
_HOW_HELP = (
    "Words: passages that have all of them, by their beginnings, in any order. "
    "Meaning: passages that say something like it, in any language."
)

Keep = Callable[[Filters, Search], None]


def search_box(visit: Visit, search: Search, keep: Keep) -> None:
    """Draw what one searches with: the text, how it is searched, and the order; ``keep`` takes what somebody chose."""
    state = st.session_state
    state["search"], state["how"] = typed(search, visit.filters), search.how
    sorts = [sort for sort in SORT if sort != "fit" or state["search"]]
    state["sort"] = search.sort if search.sort in sorts else sorts[0]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="searching"):
        st.text_input(
            "Search in the quotes", key="search", type="search", placeholder="Words, or what it is about: companies suing critics",
            label_visibility="collapsed", icon=":material/search:", on_change=_searched, args=(visit, search, keep),
        )  # fmt: skip
        if visit.library.search.state not in ("off", "failed"):
            st.segmented_control(
                "How to search", list(HOW), key="how", format_func=HOW.__getitem__, required=True, label_visibility="collapsed",
                on_change=_searched, args=(visit, search, keep), help=_HOW_HELP,
            )  # fmt: skip
        st.selectbox(
            "Order", sorts, key="sort", format_func=SORT.__getitem__, label_visibility="collapsed", width=220, on_change=_sorted,
            args=(visit, search, keep),
        )  # fmt: skip


def find(visit: Visit, search: Search) -> Found | None:
    """Return what the search finds, and say how it was searched where that is not as asked; None where nothing is to be searched."""
    library = visit.library
    state = library.search.start() if search.how != "words" and search.text else "ready"
    filters, text, how, note = ranked_by(search, visit.filters, state)
    if note and state == "loading":
        _await(visit, note)
    elif note:
        st.text(note)
    if not text and search.sort != "date":
        return None
    return library.search.find(filters, text, how, search.sort)


def nothing_near(visit: Visit, search: Search) -> None:
    """Say that the search found nothing among what passes the filters, and what to do."""
    state = visit.library.search.state
    if search.how != "words" and state == "loading":
        st.text("So far words alone were searched, and no passage has any of them.")
        return
    st.subheader("Nothing was found for this search", anchor=False)
    near = search.how != "words" and state == "ready"
    st.text("No passage here has these words, or lies near to them in meaning." if near else "No passage here has all of these words.")
    st.text("Search for other words, or take filters away: only what passes them is searched.")


def _searched(visit: Visit, search: Search, keep: Keep) -> None:
    now, filters = asked(search, visit.filters, st.session_state["search"] or "", st.session_state.get("how") or search.how)
    visit.show(filters)
    keep(filters, now)


def _sorted(visit: Visit, search: Search, keep: Keep) -> None:
    visit.show(visit.filters)
    keep(visit.filters, replace(search, sort=st.session_state["sort"]))


@st.fragment(run_every=_POLL)
def _await(visit: Visit, note: str) -> None:
    if visit.library.search.state != "loading":
        st.rerun(scope="app")
    st.text(note)
