"""Pages of a list, also where nobody is to be told how long it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import streamlit as st

from explorer.session import Visit
from store.reader import Counts


@dataclass(frozen=True)
class Place:
    """Where one is: the page, how many there are (None where that would tell a count), and whether there is another one."""

    page: int
    pages: int | None
    more: bool


def place(visit: Visit, counts: Counts, size: int) -> Place:
    """Return where a view is in a list of ``size`` quotes a page; a page beyond the end is the last one, or the first."""
    asked, whole = visit.view.page, counts.whole
    if whole is not None:
        pages = max(1, math.ceil(whole / size))
        return Place(min(asked, pages), pages, asked < pages)
    there = asked == 1 or bool(visit.library.quotes(visit.filters, 1, (asked - 1) * size))
    page = asked if there else 1
    return Place(page, None, bool(visit.library.quotes(visit.filters, 1, page * size)))


def pager(visit: Visit, at: Place) -> None:
    """Draw what leads to the other pages, if there are any. The view, not the widget, remembers the page."""
    if at.pages is not None:
        if at.pages > 1:
            key = f"page-{at.page}-{at.pages}"
            st.pagination(at.pages, default=at.page, key=key, on_change=lambda: visit.show(visit.filters, st.session_state[key]))
        return
    if at.page > 1 or at.more:
        with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center", gap="small", key="pager"):
            _button(visit, "Previous", at.page - 1, at.page > 1)
            st.text(f"Page {at.page:,}", width="content")
            _button(visit, "Next", at.page + 1, at.more)


def _button(visit: Visit, label: str, page: int, there: bool) -> None:
    icon = ":material/chevron_left:" if label == "Previous" else ":material/chevron_right:"
    st.button(label, icon=icon, key=f"{label}-{page}", disabled=not there, on_click=lambda: visit.show(visit.filters, page))
