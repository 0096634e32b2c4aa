"""The explorer's entry, which ``suasion explore`` starts: who may, sees the pages; for everybody else every address is the door."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from explorer import access, door, palette, style
from explorer.access import DOORS, SCREENS, Grant

_ASSETS = Path(__file__).with_name("assets")

st.set_page_config(page_title="Suasion", page_icon=_ASSETS / "mark.svg", layout="wide", initial_sidebar_state="auto")
style.apply()
st.logo(_ASSETS / ("suasion-dark.svg" if palette.is_dark() else "suasion.svg"), size="large")

_found = door.admit()


def _page(screen: access.Screen) -> object:
    """Return the page, or at its address what is told to those who may not use it."""
    start = screen is SCREENS[0]
    if isinstance(_found, Grant) and _found.may_open(screen.id):
        seen = "visible" if screen.in_menu else "hidden"
        return st.Page(f"screens/{screen.id}.py", title=screen.title, icon=screen.icon, default=start, visibility=seen)
    told = partial(door.refuse, access.NOT_FOR_YOU, _found) if isinstance(_found, Grant) else partial(door.refuse, _found)
    return st.Page(told, title=screen.title, url_path=screen.id, default=start, visibility="hidden")


_menu: dict[str, list[object]] = {name: [] for name in ("", *(opened.title for opened in DOORS))}
_titles = {opened.id: opened.title for opened in DOORS}
for _screen in SCREENS:
    _menu[_titles.get(_screen.door, "")].append(_page(_screen))

_chosen = st.navigation(_menu, position="top" if isinstance(_found, Grant) else "hidden", expanded=True)
# Tabs, bookmarks and screen readers tell pages apart by this.
st.set_page_config(page_title="Suasion" if _chosen.title == SCREENS[0].title else f"{_chosen.title} · Suasion")
_chosen.run()
