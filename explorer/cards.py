"""Cards of quotes on a page: the part that draws them, the whole answers that were opened in them, and what somebody asked of a card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from explorer import collecting, components
from explorer.library import Library
from explorer.session import Visit
from store.reader import Answer
from taxonomy.errors import StoreError

_STATE = "opened"
_MOST_OPENED = 40


def whole_answers(quotes: Iterable[Mapping[str, Any]], library: Library) -> dict[str, Answer | None]:
    """Return the whole answers that this session opened, by quote; None where one was withdrawn since the page was drawn."""
    opened: list[str] = st.session_state.get(_STATE, [])
    answers: dict[str, Answer | None] = {}
    for quote in quotes:
        if quote["quote"] in opened:
            try:
                answers[quote["quote"]] = library.answer(quote["answer"])
            except StoreError:
                answers[quote["quote"]] = None
    return answers


def cards(visit: Visit, part: str, data: Mapping[str, Any], *, linked: bool = True) -> dict[str, Any] | None:
    """Draw cards as a ``part`` of the page; go to a quote's page where that was asked, and return the code that was picked in one.

    ``data`` is that of ``quote_list.list_data``. Cards that are ``linked`` lead to the page of their quote.
    """
    drawn = components.quotes(
        key=part, data={**data, "linked": linked, **collecting.offered(visit.grant)}, on_open_change=lambda: _opened(part),
        on_narrow_change=lambda: None, on_page_change=lambda: None, on_collect_change=lambda: collecting.collect(visit, part),
    )  # fmt: skip
    collecting.follow(drawn)
    return drawn.narrow if isinstance(drawn.narrow, dict) else None


def _opened(part: str) -> None:
    asked = st.session_state[part].get("open")
    if isinstance(asked, dict):
        st.session_state[_STATE] = [*st.session_state.get(_STATE, []), str(asked.get("quote"))][-_MOST_OPENED:]
