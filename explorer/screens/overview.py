"""The address that the influence map once had: links of before lead on, with their filters."""

from __future__ import annotations

import streamlit as st

from explorer.session import admitted

if admitted("overview") is not None:
    st.switch_page("screens/influence.py", query_params={name: st.query_params.get_all(name) for name in st.query_params})
