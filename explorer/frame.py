"""What every page has around it: the filters at the side, and the sentence that says what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer import components, door, vintage
from explorer.access import Grant
from explorer.coverage import sentence, together, waiting
from explorer.examples import among
from explorer.few import withheld
from explorer.filters import SUGGESTIONS, Options, filters_of, without
from explorer.headline import subject, tally
from explorer.names import SOURCES
from explorer.searching import Ranking
from explorer.session import Visit
from store import Filters
from store.filters import FOR_REVIEW, RUN, SURVEY_ATTRIBUTE, TOPIC
from store.reader import Counts

#: The panel's sections. A facet that the codebook gains later appears under the last one.
_SECTIONS: Sequence[tuple[str, Sequence[str]]] = (
    ("Where and when", tuple(SOURCES)),
    ("Who", ("actor", "origin", "industry")),
    ("How", ("mode", "mechanism", "direction")),
    ("With what result", ("effect", "right", "labour", "people_at_risk")),
    ("Themes", (TOPIC,)),
    ("Reading", ("relevance", "responsibility", "awareness", FOR_REVIEW)),
)
_HELP = {
    FOR_REVIEW: "Passages in which a code of this facet is not sure enough to count: a person decides.",
    TOPIC: "What passages are about, found in their words and meaning and not in the codebook. See the page Topics.",
}
_INCLUDE = (
    "The coder gives each code a confidence. Where it is too low, the code is a suggestion that counts nowhere, unless this is ticked."
)
#: The chip of a search that ranks: no facet has this id.
_RANKING = "ranking"
_OPEN = frozenset({"survey", "country", "actor", "effect", "right"})
_LONG = 10
#: Of what a link asks for in vain, so many are named, each by so many characters.
_MOST_NAMED, _LONGEST_NAMED = 5, 60


def sidebar(visit: Visit, *, search: bool = True) -> None:
    """Draw the search, unless the page has its own, and the filters, each value with its count, and say which snapshot this is."""
    with st.sidebar:
        if search:
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


def page_head(grant: Grant) -> None:
    """Draw who is looking, and a way past the menu and the filters for those who go by keyboard."""
    components.skip(key="skip", data={"said": "Skip to the page"})
    door.nameplate(grant)


def heading(
    visit: Visit,
    kicker: str,
    counts: Counts,
    caveat: str = "",
    notes: Sequence[str] = (),
    *,
    title: str = "",
    said: str = "",
    within: Filters | None = None,
    ranking: Ranking | None = None,
) -> None:
    """Draw the sentence over the page, what is settled of it, and the chips by which each filter can be taken away.

    ``title`` and ``said`` stand in the place of the sentence and of the counts, where a page is about one thing; ``within`` is what
    the counts are of, where that is less than the filters let through. A ``ranking`` search has its place in the sentence and its chip.
    """
    library, filters = visit.library, visit.filters
    page_head(visit.grant)
    chips = [
        {"facet": library.names.facet(facet), "label": library.names.code(facet, code), "remove": {"facet": facet, "code": code}}
        for facet, codes in filters.selected().items()
        for code in codes
    ]
    if filters.text:
        chips.append({"facet": "Text", "label": filters.text, "remove": {"facet": "text", "code": ""}})
    if ranking:
        chips.append({"facet": ranking.how, "label": ranking.text, "remove": {"facet": _RANKING, "code": ""}})
    if filters.suggestions:
        chips.append({"facet": "Counted", "label": "codes for review too", "remove": {"facet": SUGGESTIONS, "code": ""}})
    looked_at = within or filters
    unknown = _in_vain(visit.unknown)
    components.banner(
        key=f"banner-{kicker}",
        data={
            "kicker": kicker,
            "lang": library.names.language,
            "headline": title or subject(looked_at, library.names, near=ranking.text if ranking else ""),
            "tally": said or tally(counts, library.told_apart(looked_at, counts)),
            "coverage": sentence(together(library.coverage(looked_at).values()), counted=filters.suggestions),
            "caveat": caveat,
            "chips": chips,
            "notes": [
                *([f"This link asks for something that is not in this snapshot; it was left out: {unknown}"] if unknown else []),
                *([invented] if (invented := among(looked_at, library)) else []),
                *notes,
            ],
        },
        on_remove_change=lambda: _removed(visit, f"banner-{kicker}", ranking),
        on_clear_change=lambda: _cleared(visit, ranking),
    )


def _in_vain(unknown: Sequence[str]) -> str:
    """Return what a link asks for in vain in few words: a link can hold anything, and any amount of it."""
    shown = [part if len(part) <= _LONGEST_NAMED else f"{part[:_LONGEST_NAMED]}…" for part in unknown[:_MOST_NAMED]]
    more = len(unknown) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


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
    old, few = vintage.note(library.older_codes, snapshot.counts.get("quotes")), withheld(snapshot.view)
    return {
        "turn": st.session_state.get("turn", 0),
        "lang": library.names.language,
        "chosen": selected,
        "suggestions": {
            "on": visit.filters.suggestions,
            "name": "Include codes for review",
            "help": _INCLUDE,
            "said": waiting(together(library.coverage(visit.filters).values())),
        },
        "sections": sections,
        "few": {"mark": few.mark, "why": few.why},
        "foot": {
            "title": f"Snapshot of {snapshot.made[:16].replace('T', ' ')} UTC",
            "lines": [
                ["Role", visit.grant.role.name],
                ["View", snapshot.view],
                ["Id", snapshot.id],
                *([name.capitalize(), f"{snapshot.counts[name]:,}"] for name in ("answers", "quotes", "claims") if name in snapshot.counts),
                *([name.replace("_", " ").capitalize(), version] for name, version in snapshot.versions.items()),
                *([["Older codes", old]] if old else []),
            ],
        },
    }


def _sections(options: Options) -> list[tuple[str, Sequence[str]]]:
    """Return the sections with all facets that there are; columns that a survey keeps have one of their own.

    Runs are chosen on their page and have their chip: nobody looks for passages by them.
    """
    placed = {facet for _, facets in _SECTIONS for facet in facets}
    own = tuple(facet for facet in options if facet.startswith(SURVEY_ATTRIBUTE))
    later = tuple(facet for facet in options if facet not in placed and facet not in own and facet != RUN)
    first, *middle, (last, facets) = _SECTIONS
    return [first, *([("From the survey", own)] if own else []), *middle, (last, (*facets, *later))]


def _facet(visit: Visit, facet: str, tallies: Any, selected: Sequence[str]) -> dict[str, Any]:
    library = visit.library
    met = library.everything.get(facet, {})
    values = [value for value in library.options[facet] if value in met or value in selected]
    if len(values) > _LONG:
        values.sort(key=lambda value: (-(tallies.get(value) or 0), -(met.get(value) or 0)))
    definition = next((known for known in library.names.codebook.facets if known.id == facet), None)
    meanings = {code.id: code.definition for code in definition.codes} if definition else {}
    explained = definition.definition if definition else _HELP.get(facet)
    coverage = library.coverage(visit.filters).get(facet)
    return {
        "id": facet,
        "name": library.names.facet(facet),
        "help": explained,
        "open": facet in _OPEN or bool(selected),
        "waiting": waiting(coverage) if coverage else "",
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
        suggestions = sent.get("suggestions") is True
        visit.show(filters_of(selection, visit.filters.text, visit.library.options, suggestions=suggestions))


def _searched(visit: Visit) -> None:
    filters, searched = visit.filters, st.session_state["search"] or ""
    visit.show(filters_of(filters.selected(), searched, visit.library.options, suggestions=filters.suggestions))


def _cleared(visit: Visit, ranking: Ranking | None) -> None:
    visit.show(filters_of({}, "", visit.library.options))
    if ranking:
        ranking.drop()


def _removed(visit: Visit, banner: str, ranking: Ranking | None) -> None:
    sent = st.session_state[banner].get("remove")
    if isinstance(sent, dict) and sent.get("facet") == _RANKING:
        if ranking:
            ranking.drop()
    elif isinstance(sent, dict):
        visit.show(without(visit.filters, str(sent.get("facet")), str(sent.get("code")), visit.library.options))
