"""What one visit collects for its story pack: the tray that the session keeps, the buttons that fill it, and the sign that leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.access import Grant
from explorer.citation import KINDS
from explorer.literal import literal
from explorer.searching import QUOTE
from explorer.tray import Tray, TrayError

if TYPE_CHECKING:
    from explorer.session import Visit

_SCREEN = "pack"
_TRAY, _MOVED, _TOLD = "tray", "tray-moved", "tray-told"
_LONGEST_ID = 64


def tray() -> Tray:
    """Return what this session has collected."""
    held: Tray = st.session_state.get(_TRAY, Tray())
    return held


def keep(held: Tray) -> None:
    """Remember a tray for this session."""
    st.session_state[_TRAY] = held


def offered(grant: Grant) -> dict[str, Any]:
    """Return what cards of quotes are given so that they can be collected: what is in the tray, None for a role without a story pack."""
    return {"collected": list(tray().ids) if grant.may_open(_SCREEN) else None}


def collect(visit: Visit, part: str) -> None:
    """Put the quote of which a card in a ``part`` of the page says so into the tray, or take it out; what cannot be cited stays out."""
    sent = st.session_state[part].get("collect")
    if not isinstance(sent, dict) or not visit.grant.may_open(_SCREEN):
        return
    st.session_state[_MOVED] = True
    quote = str(sent.get("quote"))[:_LONGEST_ID]
    if sent.get("wanted") is not True:
        keep(tray().without([quote]))
        return
    met = visit.library.search.quote(quote)
    if met is None or met["text_kind"] not in KINDS:
        st.session_state[_TOLD] = "This quote cannot be collected: it was withdrawn meanwhile, or nobody said it."
        return
    try:
        keep(tray().with_quote(quote))
    except TrayError as error:
        st.session_state[_TOLD] = f"Not collected: {error}."


def follow(drawn: Any) -> None:
    """Go to the page of the quote that was opened in a part of the page: a browser that goes there itself forgets what was collected."""
    if isinstance(asked := drawn.page, dict):
        st.switch_page("screens/quote.py", query_params={QUOTE: str(asked.get("quote"))[:_LONGEST_ID]})


def moved() -> bool:
    """Say, once, whether the tray was changed since the sign was drawn: a part of a page that is drawn alone does not draw the sign."""
    return bool(st.session_state.pop(_MOVED, False))


def sign(grant: Grant) -> None:
    """Draw how many quotes are collected, as a link to them, and why one was not."""
    moved()
    many = len(tray().quotes)
    if many and grant.may_open(_SCREEN):
        st.page_link(f"screens/{_SCREEN}.py", label=literal(f"Story pack · {many}"), icon=":material/inventory_2:", width="content")
    if told := st.session_state.pop(_TOLD, None):
        st.toast(literal(told), icon=":material/info:")
