"""Home: what is here, and the three doors to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from explorer import components, language
from explorer.access import DOORS, Door
from explorer.coverage import together
from explorer.declared_beside import outside
from explorer.examples import real
from explorer.filters import View, narrowed, to_parameters
from explorer.frame import page_head
from explorer.headline import subject, tally
from explorer.names import TEXT_KINDS
from explorer.searching import Search, asked, usual
from explorer.session import Visit, present
from store import Filters
from store.filters import TOPIC
from store.tables_reader import DeclaredSurvey

_ALL = Filters()
#: Pages of protected surveys, and whether there is anything on them: where there is not, nobody is sent there.
_THERE: Mapping[str, Callable[[Visit], object]] = {
    "numbers": lambda visit: visit.library.numbers.surveys(),
    "release": lambda visit: visit.library.release.surveys,
}
_SEARCH = "search-at-home"
#: What was typed there, until the page of quotes is open.
_TYPED = "typed-at-home"
#: There as soon as another page was open, with its filters.
_CHOSEN = "link"


def home_page(visit: Visit) -> None:
    """Draw the page: the doors that the role has, each with what is found behind it now, and where the texts come from."""
    if text := st.session_state.pop(_TYPED, ""):
        _search(visit, text)
    page_head(visit.grant)
    library = visit.library
    counts = library.counts(_ALL)
    with st.container(key="welcome", gap="xsmall"):
        st.title("What experts say of companies and human rights", anchor=False)
        st.text(f"{tally(counts, library.told_apart(_ALL, counts))}. Snapshot of {library.snapshot.made[:10]}.")
        _kept(visit)
    # A door that holds nothing but what it shares with another one leads nowhere else.
    doors = [door for door in DOORS if any(screen.door == door.id for screen in visit.grant.behind(door.id))]
    for door, column in zip(doors, st.columns(len(doors), gap="medium"), strict=True):
        with column, st.container(border=True, height="stretch", gap="small", key=f"door-{door.id}"):
            _card(visit, door)
    st.space("small")
    _surveys(visit)


def _card(visit: Visit, door: Door) -> None:
    with st.container(gap=None, key=f"name-{door.id}"):
        st.text(door.whom)
        st.header(door.title, anchor=False)
    with st.container(key=f"about-{door.id}"):
        st.text(door.purpose)
    components.figures(key=f"found-{door.id}", data={"figures": _found(visit, door.id)})
    if door.id == "find":
        st.text_input(
            "Search in the quotes", key=_SEARCH, type="search", placeholder="Companies suing critics", label_visibility="collapsed",
            icon=":material/search:", on_change=_typed,
        )  # fmt: skip
    with st.container(gap=None, key=f"pages-{door.id}"):
        empty = {id for id, there in _THERE.items() if not there(visit)}
        for screen in (screen for screen in visit.grant.behind(door.id) if screen.id not in empty):
            st.page_link(f"screens/{screen.id}.py", width="stretch")


def _typed() -> None:
    st.session_state[_TYPED] = st.session_state[_SEARCH] or ""


def _search(visit: Visit, text: str) -> None:
    """Open the quotes as they are searched by whoever has chosen nothing, within the filters that are kept, if there are any.

    Where none are, all surveys are searched, in all their languages, as this page counts them, but for answers that nobody gave.
    """
    state, within = visit.library.search.state, visit.filters
    if _CHOSEN not in st.session_state:
        within = narrowed(within, {"survey": real(visit.library)}, visit.library.options)
    search, filters = asked(Search(how=(how := usual(within, state))), within, text, how)
    said = to_parameters(View(filters)) | search.parameters(usual(filters, state)) | language.parameters()
    st.switch_page("screens/quotes.py", query_params=said)


def _found(visit: Visit, door: str) -> list[dict[str, Any]]:
    """Return what stands behind a door in this snapshot, as figures with their names."""
    library = visit.library
    met = library.facet_counts(_ALL)
    if door == "check":
        settled = together(library.coverage(_ALL).values())
        coded = [_figure("codes settled", f"{settled.percent} %")] if settled.codes else []
        return [*coded, _figure("codebook", str(library.names.codebook.version))]
    kinds = {"find": ("language", TOPIC), "see": ("country", "actor", "right")}[door]
    many = {"language": "languages", TOPIC: "topics", "country": "countries", "actor": "kinds of actors", "right": "rights"}
    numbers = {kind: len(library.topics.of(_ALL)) if kind == TOPIC else len(met.get(kind, {})) for kind in kinds}
    return [_figure(many[kind], f"{number:,}") for kind, number in numbers.items() if number]


def _figure(name: str, said: str) -> dict[str, Any]:
    return {"name": name, "said": said}


def _kept(visit: Visit) -> None:
    """Say which filters are kept from other pages, and lead back to what they let through."""
    if _CHOSEN in st.session_state:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="kept"):
            st.text(f"Your filters are kept: {subject(visit.filters, visit.library.names)}", width="content")
            st.page_link("screens/quotes.py", label="Read these quotes", icon=":material/arrow_forward:")


def _surveys(visit: Visit) -> None:
    st.header("Where the texts come from", anchor=False)
    answered = {survey.survey: _answered(survey) for survey in outside(visit)}
    facts = [
        (
            survey.title,
            " · ".join(
                part for part in (survey.source, survey.licence, TEXT_KINDS.get(survey.text_kind, ""), answered.get(id, "")) if part
            ),
        )
        for id, survey in visit.library.surveys.items()
    ]
    components.topics(key="surveys", data={"facts": facts}, on_open_change=lambda: None)


def _answered(survey: DeclaredSurvey) -> str:
    steps = f" to the nearest {survey.base}" if survey.base > 1 else ""
    return f"{survey.answered} respondents{steps}, counted on the page Numbers" if survey.answered else "respondents: see Numbers"


present(home_page, "home")
