"""Countries or actors, one or several side by side: who, by which means, in which direction, on which rights, with which effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from explorer import components, influence_shapes
from explorer.brief import brief
from explorer.declared_beside import beside_profiles
from explorer.downloads import download
from explorer.export import THIS_MACHINE
from explorer.few import withheld
from explorer.filters import narrowed
from explorer.frame import heading, sidebar
from explorer.influence_shapes import MOST_SIDES, Side
from explorer.influence_view import shares, told_ways, units_called
from explorer.literal import literal
from explorer.session import Visit
from explorer.states import nothing_found
from taxonomy.shares import percent

_CAVEAT = (
    "Answers of experts and chosen passages are no random sample: figures describe these texts, not the world. Shares are of texts, or "
    "of respondents where a source has them, and not of claims: several claims of one text are no independent observations. One text may "
    "say several things, so that shares may add up to more than 100 %. What waits for a review is not counted unless codes for review "
    "are included; mode, direction and effect are of the whole passage."
)
_QUOTES, _QUOTES_EACH = 6, 3
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Profile:
    """What a page is about: the facet whose values are chosen, what it is called, and what is told of each value, under which title."""

    facet: str
    kicker: str
    chooser: str
    advice: str
    questions: Sequence[tuple[str, str]]


COUNTRIES = Profile(
    "country", "Countries", "Countries, up to four side by side",
    "Choose a country: on the map, in the list, or by its name above.",
    (
        ("effect", "With what effect on rights"), ("actor", "Who acts"), ("mechanism", "By which means"), ("right", "On which rights"),
        ("mode", "In which mode"), ("direction", "In which direction policies are moved"),
    ),
)  # fmt: skip
ACTORS = Profile(
    "actor", "Actors", "Actors, up to four side by side",
    "Choose an actor: in the list, or by its name above.",
    (
        ("effect", "With what effect on rights"), ("mechanism", "By which means"), ("right", "On which rights"),
        ("country", "In which countries"),
        ("mode", "In which mode"), ("direction", "In which direction policies are moved"),
    ),
)  # fmt: skip


def profile_page(
    visit: Visit, about: Profile, choose: Callable[[Visit], None], also: Callable[[Visit, Sequence[Side]], None] | None = None
) -> None:
    """Draw the page: ``choose`` draws what one chooses from where nothing is chosen, ``also`` what else belongs to what is."""
    library = visit.library
    counts = library.counts(visit.filters)
    codes = influence_shapes.chosen(visit.filters, about.facet)
    many = len(visit.filters.selected().get(about.facet, ())) > MOST_SIDES
    notes = [f"Only {MOST_SIDES} can stand side by side: the first {MOST_SIDES} of those chosen are shown."] if many else []
    heading(visit, about.kicker, counts, _CAVEAT, notes)
    sidebar(visit)
    _chooser(visit, about, codes)
    if not codes:
        st.text(about.advice)
        choose(visit)
        return
    if not counts.anything:
        nothing_found(visit, "Take a filter away above, or choose another one.")
        return
    sides = [_side(visit, about.facet, code) for code in codes]
    if not any(side.profile for side in sides):
        nothing_found(visit, "No claim of an influence is settled here. Take a filter away above, or choose another one.")
        beside_profiles(visit, about.facet, sides, [facet for facet, _ in about.questions])
        return
    _headlines(visit, sides)
    _briefs(visit, about, sides)
    beside_profiles(visit, about.facet, sides, [facet for facet, _ in about.questions])
    names = " · ".join(side.name for side in sides)
    # One alone is narrow: its charts stand two by two where the page is wide enough.
    alone = len(sides) == 1
    with st.container(horizontal=alone, gap="large" if alone else "medium", key="profile"):
        for facet, question in about.questions:
            with st.container(width=460 if alone else "stretch", key=f"of-{facet}"):
                shares(visit, sides, facet, f"{question}: {names}", of=about.facet)
    for side in sides:
        ways = influence_shapes.ways(library.influence.ways(side.filters))
        if ways:
            st.space("medium")
            _heading(f"What is told most of {side.name}")
            st.text("The ways of influence that most tell of, under the quote that tells them best; each quote once.")
            told_ways(visit, side.filters, ways, f"ways-{side.code}", _QUOTES if alone else _QUOTES_EACH)
    if also:
        also(visit, sides)


def _heading(text: str) -> None:
    st.subheader(literal(text), anchor=False)


def _side(visit: Visit, facet: str, code: str) -> Side:
    library = visit.library
    alone = narrowed(visit.filters, {facet: (code,)}, library.options)
    return influence_shapes.side(alone, facet, code, library.names, library.options, library.influence.profile(alone))


def _chooser(visit: Visit, about: Profile, codes: Sequence[str]) -> None:
    library = visit.library
    key = f"{about.facet}-chosen"
    st.session_state[key] = list(codes)

    def chose() -> None:
        visit.show(narrowed(visit.filters, {about.facet: tuple(st.session_state[key])}, library.options))

    st.multiselect(
        literal(about.chooser),
        list(library.options[about.facet]),
        key=key,
        format_func=lambda code: library.names.code(about.facet, code),
        max_selections=MOST_SIDES,
        on_change=chose,
        placeholder="Type a name",
    )


def _headlines(visit: Visit, sides: Sequence[Side]) -> None:
    """Say of each side in one line what all figures below rest on, and how often the effect is a harm and an improvement."""
    library = visit.library
    names, few = library.names, withheld(library.snapshot.view)
    facts = []
    _, several = units_called(visit)
    for side in sides:
        counts = library.counts(side.filters)
        effects = influence_shapes.shares([side], "effect", names)
        parts = []
        for code in ("harms", "improves"):
            found = next((share for share in effects if share.code == code), None)
            if found is None:
                parts.append(f"{names.code('effect', code).lower()}: none" if effects else "")
            elif found.share is None or found.units is None or found.total is None:
                parts.append(f"{names.code('effect', code).lower()}: {few.mark}")
            else:
                of = f"{percent(found.share)} ({found.units:,} of {found.total:,} {several}; 95 % interval {found.interval})"
                parts.append(f"{names.code('effect', code).lower()}: {of}")
        read = few.mark if counts.passages is None else f"{counts.passages:,}"
        passages = "passage" if counts.passages == 1 else "passages"
        facts.append((side.name, "; ".join([f"{read} {passages}", *(part for part in parts if part)])))
    components.topics(key="headlines", data={"facts": facts}, on_open_change=lambda: None)


def _briefs(visit: Visit, about: Profile, sides: Sequence[Side]) -> None:
    """Offer a brief of two pages on each side."""
    library = visit.library
    with st.container(horizontal=True, gap="small", key="briefs"):
        for side in sides:
            download(
                visit, "brief-docx", "Brief (DOCX)" if len(sides) == 1 else f"Brief {literal(side.name)}",
                partial(_brief, visit, about.facet, side), f"suasion-brief-{side.code}-{library.snapshot.id}.docx", _DOCX,
                key=f"brief-{side.code}", help="Two pages with numbers, charts and quotes, to be edited at will",
            )  # fmt: skip


def _brief(visit: Visit, facet: str, side: Side) -> bytes:
    """Make the brief; its quotes are entered in the register of exports first, and what cannot be entered is not handed out."""
    from explorer.brief_document import to_docx

    library = visit.library
    made = brief(library, facet, side)
    file = to_docx(made)
    who = visit.grant.person or THIS_MACHINE
    library.exports.record("brief DOCX", made.ids, who=who, view=library.snapshot.view, snapshot=library.snapshot.id)
    return file


def chosen_alone(visit: Visit, facet: str, code: str) -> None:
    """Look at one value alone from the next run on."""
    visit.show(narrowed(visit.filters, {facet: (code,)}, visit.library.options))
    st.rerun()


def list_of(visit: Visit, facet: str) -> None:
    """Draw the values of a facet as a list from which one is chosen by mouse or keyboard, with the numbers behind each."""
    library = visit.library
    names, few = library.names, withheld(library.snapshot.view)
    alone = influence_shapes.everything_but(visit.filters, facet, library.options)
    found = [row for row in library.influence.profile(alone) if row["facet"] == facet]
    if not found:
        nothing_found(visit, "No claim of an influence is settled under these filters. Take one away above.")
        return
    _, several = units_called(visit)
    rows = [
        {
            names.facet(facet): names.code(facet, row["code"]),
            several.capitalize(): few.mark if row["suppressed"] else f"{row['units']:,}",
            "Claims": few.mark if row["suppressed"] else f"{row['claims']:,}",
        }
        for row in found
    ]
    key = f"list-{facet}-{st.session_state.get('list-turn', 0)}"
    of_list = {name: st.column_config.TextColumn(width="small", alignment="right") for name in (several.capitalize(), "Claims")}
    picked = st.dataframe(rows, hide_index=True, on_select="rerun", selection_mode="single-row", key=key, column_config=of_list)
    if picked["selection"]["rows"]:
        st.session_state["list-turn"] = st.session_state.get("list-turn", 0) + 1
        chosen_alone(visit, facet, found[picked["selection"]["rows"][0]]["code"])
