"""What is said where a page has nothing to show, or nothing yet: what happened, and what can be done."""

from __future__ import annotations

import sys
import traceback
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from explorer.session import Visit
    from store.reader import Snapshot

#: Who can do something about a snapshot, and may know where it lies.
_RUNS_IT = "researcher"


def no_snapshot(view: str, role: str) -> None:
    """Say that nothing is published in a view, and how that is done: a run publishes for researchers alone."""
    st.title("Nothing is published here now")
    if role == _RUNS_IT:
        st.write("The explorer shows published snapshots. Put a survey into **data/raw**, or take the ones that came along, and type:")
        st.code("suasion run", language="bash")
    else:
        st.write("The explorer shows published snapshots. Ask the researchers who run it to publish one for you, where it runs:")
        st.code(f"suasion publish --view {view}", language="bash")
    st.write("This page looks for a snapshot every few seconds and opens it by itself.")
    st.text(f"View: {view}")


def damaged(reason: str, role: str) -> None:
    """Say that a snapshot cannot be read, and to those who run the explorer why, and how to get a sound one."""
    st.title("This snapshot cannot be read")
    if role != _RUNS_IT:
        st.write("Nothing is lost. Tell the researchers who run this explorer; the page opens the next snapshot by itself.")
        return
    st.text(reason)
    st.write("Nothing is lost: snapshots are copies. Publish a new one, and this page will open it by itself:")
    st.code("suasion publish", language="bash")


def stands_in(snapshot: Snapshot, role: str) -> None:
    """Say that an older snapshot is shown because the newest is damaged, and to those who run the explorer how to get a new one."""
    st.space("medium")  # who is looking stands above, at the right
    st.warning("The newest snapshot is damaged. This is the last good one, and it is older.", icon=":material/history:")
    st.text(f"Shown: {snapshot.id}, made {snapshot.made[:16].replace('T', ' ')} UTC. Damaged: {snapshot.instead_of}")
    if role == _RUNS_IT:
        st.code("suasion publish", language="bash")


def failed(error: Exception) -> None:
    """Say that a page could not be drawn, and print where it broke, without what the error says: that can hold words of an answer."""
    st.title("This page could not be drawn")
    st.write("It is a fault of the explorer, and nothing is lost. Try again, or go on with other filters or another page.")
    st.button("Try again", icon=":material/refresh:", key="try-again")
    print(f"a page could not be drawn: {type(error).__name__}", file=sys.stderr)
    for frame in traceback.extract_tb(error.__traceback__):
        print(f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}", file=sys.stderr)


def nothing_found(visit: Visit, advice: str) -> None:
    """Say that nothing passes the filters and what to do, where it helps by counting what waits for a review."""
    st.subheader("No passage matches all of these filters")
    st.write(advice)
    suggested = visit.library.counts(replace(visit.filters, suggestions=True))
    if suggested.anything:
        there = "there is something" if suggested.whole is None else f"there are {suggested.whole:,}"
        st.text(f"With codes for review {there}: tick “Include codes for review” at the side.")


def loading() -> AbstractContextManager[object]:
    """Return a context in which a grey shape stands for what is being read, where that takes longer than a moment."""
    return st.skeleton(height=320)
