"""The explorer's entry: ``streamlit run explorer/app.py``, or better ``suasion explore``."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer import style

_ASSETS = Path(__file__).with_name("assets")

st.set_page_config(page_title="Suasion", page_icon=_ASSETS / "mark.svg", layout="wide", initial_sidebar_state="auto")
style.apply()
st.logo(_ASSETS / "suasion.svg", size="large")
st.navigation(
    [
        st.Page("screens/quotes.py", title="Quotes", icon=":material/format_quote:", default=True),
        st.Page("screens/overview.py", title="Overview", icon=":material/grid_on:"),
        st.Page("screens/topics.py", title="Topics", icon=":material/bubble_chart:"),
        st.Page("screens/quality.py", title="Coding quality", icon=":material/fact_check:"),
    ],
    position="top",
).run()
