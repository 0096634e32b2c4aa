"""The explorer's entry, which ``suasion explore`` starts: who may, sees the pages; for everybody else every address is the door."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from explorer import access, door, style
from explorer.access import SCREENS, Grant

_ASSETS = Path(__file__).with_name("assets")

st.set_page_config(page_title="Suasion", page_icon=_ASSETS / "mark.svg", layout="wide", initial_sidebar_state="auto")
style.apply()
st.logo(_ASSETS / "suasion.svg", size="large")

_found = door.admit()


def _page(screen: access.Screen) -> object:
    """Return the page, or at its address what is told to those who may not use it."""
    if isinstance(_found, Grant) and _found.may_open(screen.id):
        return st.Page(f"screens/{screen.id}.py", title=screen.title, icon=screen.icon, default=screen is SCREENS[0])
    told = partial(door.refuse, access.NOT_FOR_YOU, _found) if isinstance(_found, Grant) else partial(door.refuse, _found)
    return st.Page(told, title=screen.title, url_path=screen.id, default=screen is SCREENS[0], visibility="hidden")


st.navigation([_page(screen) for screen in SCREENS], position="top" if isinstance(_found, Grant) else "hidden").run()
