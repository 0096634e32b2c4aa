"""Release: which quotes of protected surveys may be shown outside, in which form, and who said so."""

from __future__ import annotations

import math

import streamlit as st

from explorer.few import withheld
from explorer.frame import heading, page_head, sidebar
from explorer.release_card import Candidate, card
from explorer.release_shelf import STAGES, Queue
from explorer.session import Visit, present
from store.release import LONGEST_WHO

PAGE = 10
_CAVEAT = (
    "Nothing of a protected survey leaves this view before somebody releases it. Its codes go with a quote. What is decided is kept "
    "with who decided it, holds from the next publication on, and can be taken back, which hides the quote at once."
)


def release_page(visit: Visit) -> None:
    """Draw the page."""
    shelf = visit.library.release
    if not shelf.surveys:
        page_head(visit.grant)
        st.title("No protected survey is in this snapshot", anchor=False)
        st.text("Only quotes of protected surveys need a release; those of the others are shown to everybody.")
        return
    within = shelf.within(visit.filters)
    heading(visit, "Release", visit.library.counts(within or visit.filters), _CAVEAT, within=within)
    sidebar(visit)
    if within is None:
        st.subheader("No protected survey passes these filters", anchor=False)
        st.text("Only quotes of protected surveys need a release: take the survey away above, or tick a protected one at the side.")
        return
    stands = shelf.standing()
    queues = shelf.queues(within, stands)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="release-tools"):
        chosen = st.segmented_control(
            "Quotes", STAGES, key="stage", default=STAGES[0], required=True, format_func=lambda name: _named(name, queues[name])
        )
        # A name that is typed is for machines on which nobody signs in.
        if not visit.grant.person:
            st.text_input("Your name", key="who", max_chars=LONGEST_WHO, width=320, placeholder="stands beside the decision")
    if told := st.session_state.pop("told", None):
        st.text(told)
    queue = queues[chosen or STAGES[0]]
    if not queue.quotes:
        st.text("No quote of these filters stands here.")
        return
    pages = math.ceil(len(queue.quotes) / PAGE)
    page = min(int(st.session_state.get("release-page", 1)), pages)
    quotes = shelf.quotes(queue.quotes[(page - 1) * PAGE : page * PAGE])
    with st.spinner("Looking for what could lead to a person …"):
        risks, embargoes = shelf.risks(quotes), shelf.embargoes(quotes)
    for quote in quotes:
        id = quote["quote"]
        card(visit, Candidate(quote, stands.get(id), risks[id], embargoes.get(id)))
    if pages > 1:
        st.number_input("Page", 1, pages, page, key="release-page", width=160)


def _named(name: str, queue: Queue) -> str:
    many = withheld("internal").mark if queue.count is None else f"{queue.count:,}"
    return f"{name.capitalize()} ({many})"


present(release_page, "release")
