"""What one person looks at: the current snapshot, the filters, and the link that says the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import duckdb
import streamlit as st

from explorer import access, door, language, libraries, states
from explorer.access import Grant
from explorer.filters import OPENED, Chosen, Link, View, filters_of, from_parameters, to_parameters
from explorer.library import Library, decided
from store import Filters, Paths, Reader
from store.filters import TOPIC
from taxonomy.errors import SuasionError

#: The first page, whose own link says nothing of filters, and the page that a link with filters alone means.
START, QUOTES = access.SCREENS[0].id, "quotes"
#: Pages whose link is theirs alone: filters are remembered there, and not said.
_OWN_LINKS = frozenset({START, "quote"})
_POLL = "10s"
_FAILURES = (SuasionError, duckdb.Error, sqlite3.Error, OSError)


@dataclass(frozen=True)
class Visit:
    """One run of a page: the open snapshot, what is chosen in it, who looks at it, and what in the link was not understood."""

    shelf: Library
    view: View
    grant: Grant
    unknown: tuple[str, ...] = ()

    @property
    def library(self) -> Library:
        """The open snapshot, for those alone who still may read it: parts of a page are drawn again without the page."""
        if not door.holds(self.grant):
            st.rerun(scope="app")
        return self.shelf

    @property
    def filters(self) -> Filters:
        """The filters of the view."""
        return self.view.filters

    def show(self, filters: Filters, page: int = 1) -> None:
        """Look at something else from the next run on."""
        st.session_state["view"] = View(filters, page, self.view.topic)

    def open(self, topic: str) -> None:
        """Open the page of a topic from the next run on, or with "" the page of all topics."""
        st.session_state["view"] = replace(self.view, topic=topic)


def admitted(screen: str) -> Grant | None:
    """Return what the visitor was granted; who may not use the page is told so in its place, and nothing is opened."""
    found = door.admit()
    if not isinstance(found, Grant):
        door.refuse(found)
        return None
    if not found.may_open(screen):
        door.refuse(access.NOT_FOR_YOU, found)
        return None
    return found


def present(page: Callable[[Visit], None], screen: str, *, of_topics: bool = False, own: Sequence[str] = ()) -> None:
    """Run a page (``screen`` of ``access.SCREENS``) over the current snapshot; where that cannot be, say in its place what to do.

    The link of a page ``of_topics`` says which topic is open; on others this is only remembered. Parameters of the link that the page
    reads itself are its ``own``.
    """
    grant = admitted(screen)
    if grant is None:
        return
    if screen == START and _asked():
        # Such a link is of quotes; this page is about all there is.
        st.switch_page(f"screens/{QUOTES}.py", query_params={name: st.query_params.get_all(name) for name in st.query_params})
    paths, name = Paths.default(), grant.role.view
    current, stamp = None, decided(paths.decisions)
    try:
        current = Reader.current_id(paths, name)
        if current is None:
            states.no_snapshot(name, grant.role.id)
        else:
            with states.loading():
                library = libraries.library(paths, name, current)
            stamp = decided(paths.decisions)  # opening may have touched the files
            if library.snapshot.instead_of:
                states.stands_in(library.snapshot, grant.role.id)
            page(_visit(library.named(language.chosen()), grant, screen, of_topics, own))
    except _FAILURES as error:
        libraries.forget(paths, name)
        states.damaged(str(error) if isinstance(error, SuasionError) else type(error).__name__, grant.role.id)
    except Exception as error:
        states.failed(error)
    _watch(paths, grant, current, stamp)


@st.fragment(run_every=_POLL)
def _watch(paths: Paths, grant: Grant, shown: str | None, known: tuple[int, ...]) -> None:
    """Draw the page again when there is a newer snapshot, an answer on it may have been withdrawn, or what was granted has ended."""
    try:
        current = Reader.current_id(paths, grant.role.view)
    except _FAILURES:
        return
    if not door.holds(grant) or current != shown or decided(paths.decisions) != known:
        st.rerun(scope="app")


def _visit(library: Library, grant: Grant, screen: str, of_topics: bool, own: Sequence[str]) -> Visit:
    state, in_vain = st.session_state, language.unknown()
    asked = _asked(own)
    if "view" in state and (not asked or asked == state.get("link")):
        before: View = state["view"]
        known = before.filters
        # A newer snapshot may lack a value, a topic may have gone into another; the page menu drops the parameters.
        selection = _as_merged({**known.selected(), OPENED: (before.topic,)}, library)
        (topic,) = selection[OPENED]
        kept = filters_of(selection, known.text, library.options, suggestions=known.suggestions)
        link = Link(View(kept, before.page, topic if topic in library.options[TOPIC] else ""))
    else:
        link = from_parameters(_as_merged(asked, library), library.options)
    state["view"] = link.view
    if screen in _OWN_LINKS:
        return Visit(library, link.view, grant, link.unknown + in_vain)
    state["link"] = to_parameters(link.view if of_topics else replace(link.view, topic=""))
    if asked != state["link"]:
        of_page = {name: st.query_params.get_all(name) for name in own if name in st.query_params}
        st.query_params.from_dict(state["link"] | language.parameters() | of_page)
    return Visit(library, link.view, grant, link.unknown + in_vain)


def _asked(own: Sequence[str] = ()) -> dict[str, list[str]]:
    """Return what the link says of the view; a page's ``own`` parameters are no part of it."""
    return {name: st.query_params.get_all(name) for name in st.query_params if name != language.PARAMETER and name not in own}


def _as_merged(selection: Chosen, library: Library) -> Chosen:
    """Return a selection in which each topic that was merged is the one that it counts as now."""
    merged = library.topics.merged_into()
    return {
        name: tuple(dict.fromkeys(merged.get(value, value) for value in values)) if name in (TOPIC, OPENED) else values
        for name, values in selection.items()
    }
