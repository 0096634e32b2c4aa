"""What is said where there is nothing to show: what happened and what to do."""

from __future__ import annotations

import streamlit as st


def no_snapshot(view: str) -> None:
    """Say how the first snapshot is made."""
    st.title("Nothing has been published yet")
    st.write("The explorer shows published snapshots. Put a survey into **data/raw**, or take the ones that came along, and type:")
    st.code("suasion run", language="bash")
    st.write("This page looks for a snapshot every few seconds and opens the first one by itself.")
    st.text(f"View: {view}")


def damaged(reason: str) -> None:
    """Say that a snapshot cannot be read, and how to get a sound one."""
    st.title("This snapshot cannot be read")
    st.text(reason)
    st.write("Nothing is lost: snapshots are copies. Publish a new one, and this page will open it by itself:")
    st.code("suasion publish", language="bash")
