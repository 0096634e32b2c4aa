"""What every page has around it: the filters at the side, and the sentence that says what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer import components
from explorer.filters import Options, filters_of, without
from explorer.headline import subject, tally
from explorer.names import SOURCES
from explorer.session import Visit
from store.filters import SURVEY_ATTRIBUTE
from store.reader import Counts

#: The panel's sections. A facet that the codebook gains later appears under the last one.
_SECTIONS: Sequence[tuple[str, Sequence[str]]] = (
    ("Where and when", tuple(SOURCES)),
    ("Who", ("actor", "origin", "industry")),
    ("How", ("mode", "mechanism", "direction")),
    ("With what result", ("effect", "right", "labour", "people_at_risk")),
    ("Reading", ("relevance", "responsibility", "awareness")),
)
_OPEN = frozenset({"survey", "country", "actor", "effect", "right"})
_LONG = 10


def sidebar(visit: Visit) -> None:
    """Draw the search and the filters, each value with its count, and say which snapshot this is."""
    with st.sidebar:
        st.session_state["search"] = visit.filters.text
        st.text_input(
            "Search in the text",
            key="search",
            type="search",
            placeholder="Search in the text",
            label_visibility="collapsed",
            icon=":material/search:",
            on_change=_searched,
            args=(visit,),
        )
        components.panel(key="panel", data=panel_data(visit), on_choice_change=lambda: _chose(visit))


def heading(visit: Visit, kicker: str, counts: Counts, caveat: str = "") -> None:
    """Draw the sentence over the page and the chips by which each filter can be taken away."""
    library, filters = visit.library, visit.filters
    with st.container(horizontal=True, gap="small", key="pages"):  # narrow screens hide the menu of pages
        st.page_link("screens/quotes.py")
        st.page_link("screens/overview.py")
    chips = [
        {"facet": library.names.facet(facet), "label": library.names.code(facet, code), "remove": {"facet": facet, "code": code}}
        for facet, codes in filters.selected().items()
        for code in codes
    ]
    if filters.text:
        chips.append({"facet": "Text", "label": filters.text, "remove": {"facet": "text", "code": ""}})
    surveys = filters.selected().get("survey") or tuple(library.surveys)
    unknown = ", ".join(visit.unknown)
    components.banner(
        key=f"banner-{kicker}",
        data={
            "kicker": kicker,
            "headline": subject(filters, library.names),
            "tally": tally(counts, [library.surveys[survey].has_respondents for survey in surveys]),
            "caveat": caveat,
            "chips": chips,
            "notes": [f"This link asks for something that is not in this snapshot; it was left out: {unknown}"] if unknown else [],
        },
        on_remove_change=lambda: _removed(visit, f"banner-{kicker}"),
        on_clear_change=lambda: visit.show(filters_of({}, "", library.options)),
    )


def panel_data(visit: Visit) -> dict[str, Any]:
    """Return what the panel shows: facets in their sections, with the counts that follow the other filters."""
    library = visit.library
    selected = visit.filters.selected()
    tallies = library.facet_counts(visit.filters)
    sections = []
    for name, facets in _sections(library.options):
        drawn = [_facet(visit, facet, tallies.get(facet, {}), selected.get(facet, ())) for facet in facets if facet in library.options]
        sections.append({"name": name, "facets": [facet for facet in drawn if facet["options"]]})
    snapshot = library.snapshot
    return {
        "turn": st.session_state.get("turn", 0),
        "chosen": selected,
        "sections": sections,
        "foot": {
            "title": f"Snapshot of {snapshot.made[:16].replace('T', ' ')} UTC",
            "lines": [
                ["View", snapshot.view],
                ["Id", snapshot.id],
                *([name.capitalize(), f"{snapshot.counts[name]:,}"] for name in ("answers", "quotes", "claims") if name in snapshot.counts),
                *([name.replace("_", " ").capitalize(), version] for name, version in snapshot.versions.items()),
            ],
        },
    }


def _sections(options: Options) -> list[tuple[str, Sequence[str]]]:
    """Return the sections with all facets that there are; columns that a survey keeps have one of their own."""
    placed = {facet for _, facets in _SECTIONS for facet in facets}
    own = tuple(facet for facet in options if facet.startswith(SURVEY_ATTRIBUTE))
    later = tuple(facet for facet in options if facet not in placed and facet not in own)
    first, *middle, (last, facets) = _SECTIONS
    return [first, *([("From the survey", own)] if own else []), *middle, (last, (*facets, *later))]


def _facet(visit: Visit, facet: str, tallies: Any, selected: Sequence[str]) -> dict[str, Any]:
    library = visit.library
    met = library.everything.get(facet, {})
    values = [value for value in library.options[facet] if value in met or value in selected]
    if len(values) > _LONG:
        values.sort(key=lambda value: (-tallies.get(value, 0), -met.get(value, 0)))
    definition = next((known for known in library.names.codebook.facets if known.id == facet), None)
    meanings = {code.id: code.definition for code in definition.codes} if definition else {}
    return {
        "id": facet,
        "name": library.names.facet(facet),
        "help": definition.definition if definition else None,
        "open": facet in _OPEN or bool(selected),
        "options": [
            {"id": value, "name": library.names.code(facet, value), "count": tallies.get(value, 0), "help": meanings.get(value)}
            for value in values
        ],
    }


def _chose(visit: Visit) -> None:
    sent = st.session_state["panel"].get("choice")
    if isinstance(sent, dict) and isinstance(sent.get("chosen"), dict) and isinstance(sent.get("turn"), int):
        st.session_state["turn"] = sent["turn"]
        selection = {facet: values for facet, values in sent["chosen"].items() if isinstance(values, list)}
        visit.show(filters_of(selection, visit.filters.text, visit.library.options))


def _searched(visit: Visit) -> None:
    visit.show(filters_of(visit.filters.selected(), st.session_state["search"] or "", visit.library.options))


def _removed(visit: Visit, banner: str) -> None:
    sent = st.session_state[banner].get("remove")
    if isinstance(sent, dict):
        visit.show(without(visit.filters, str(sent.get("facet")), str(sent.get("code")), visit.library.options))
