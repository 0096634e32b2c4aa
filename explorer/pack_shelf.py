"""The story pack of one visit: the tray that a session keeps, and the story that is made of it for those who may take it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from explorer.export import THIS_MACHINE
from explorer.headline import tally
from explorer.library import Library
from explorer.session import Visit
from explorer.story import Quote, Story, story
from explorer.tray import Tray
from store import Filters

#: How many quotes that say the opposite stand beside each.
COUNTERS = 2
_STATE = "tray"


def tray() -> Tray:
    """Return what this session has collected."""
    held: Tray = st.session_state.get(_STATE, Tray())
    return held


def keep(held: Tray) -> None:
    """Remember a tray for this session."""
    st.session_state[_STATE] = held


def present(held: Tray, library: Library) -> dict[str, Quote]:
    """Return the collected quotes that may be shown now, by their ids."""
    return {quote["quote"]: quote for quote in library.release.quotes(held.ids)}


def told(held: Tray, library: Library, *, opposed: bool) -> Story:
    """Return the story of a tray as of now, with quotes that say the opposite where they are wanted.

    Raises:
        GoneError, CitationError: a collected quote may not leave; the message names it.
    """
    return story(
        held,
        present(held, library),
        library,
        stands_for=lambda quote: stands_for(quote, library),
        caveats=lambda quote: caveats(quote, library),
        counters=lambda quote: counters(quote, library) if opposed else (),
    )


def handed(visit: Visit, render: Callable[[Story], bytes], what: str, *, opposed: bool) -> bytes:
    """Make a file of the tray, entered in the register of exports first.

    Raises:
        GoneError, CitationError, StoreError: a quote may not leave, or the register cannot be written.
    """
    library = visit.library
    made = told(tray(), library, opposed=opposed)
    who = visit.grant.person or THIS_MACHINE
    library.exports.record(what, made.ids, who=who, view=library.snapshot.view, snapshot=library.snapshot.id)
    return render(made)


def stands_for(quote: Quote, library: Library) -> str:
    """Return what a quote is one of: the passages of its country in its survey, as far as they may be counted."""
    country = (quote["country"],) if quote["country"] else ()
    counts = library.counts(Filters(surveys=(quote["survey"],), countries=country))
    survey = library.surveys[quote["survey"]]
    where = f" on {library.names.code('country', quote['country'])}" if country else ""
    if counts.uncounted or counts.passages is None:
        return f"How many of {survey.title} it stands for{where} is not told here: {tally(counts, [survey.has_respondents]).lower()}."
    return f"One of {tally(counts, [survey.has_respondents])}{where} in {survey.title}."


def caveats(quote: Quote, library: Library) -> Sequence[str]:
    """Return what else has to be said of a quote."""
    doubted = sorted({library.names.facet(code["facet"]).lower() for code in quote["codes"] if code["review"]})
    return [f"Nobody has settled yet how to code its {', '.join(doubted)}."] if doubted else []


def counters(quote: Quote, library: Library) -> list[tuple[dict[str, Any], str]]:
    """Return quotes that say the opposite, each with why it stands there."""
    names, found = library.names, []
    for other in library.search.opposite(quote["quote"])[:COUNTERS]:
        shared = " and ".join(names.facet(facet).lower() for facet in other.shares)
        says = f"{names.facet(other.facet).lower()}: {names.code(other.facet, other.code).lower()}"
        found.append((other.quote, f"same {shared}; {says}"))
    return found
