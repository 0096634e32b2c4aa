"""Codebook: what is coded, how each code is told from its neighbours, how often it was given, and quotes that show it."""

from __future__ import annotations

import streamlit as st

from explorer import codebook_view, components, vintage
from explorer.cards import cards, whole_answers
from explorer.codebook_view import Code
from explorer.filters import filters_of, narrowed
from explorer.frame import page_head
from explorer.literal import literal
from explorer.provenance import where_from
from explorer.quote_list import list_data
from explorer.session import Visit, present
from store import Filters

#: The parameters of the link that say which code is open, and else of which facet the codes are listed.
_OPENED, _FACET = "code", "facet"
_SHOWN = 3
_LONGEST_SEARCH = 100
_COUNTED = "Counts are of all passages of this snapshot, whatever is filtered elsewhere; codes that wait for review are not among them."


def codebook_page(visit: Visit) -> None:
    """Draw the page: one code where the link names one, else the codes of a facet or those that were searched for."""
    page_head(visit.grant)
    asked = st.query_params.get(_OPENED, "")
    code = codebook_view.code_named(visit.library, asked)
    if code is not None:
        _one(visit, code)
        return
    if asked:
        del st.query_params[_OPENED]
    _all(visit, ["This link names a code that the codebook does not have."] if asked else [])


def _all(visit: Visit, notes: list[str]) -> None:
    library, codebook = visit.library, visit.library.names.codebook
    number = len(codebook_view.all_codes(library))
    old = vintage.note(library.older_codes, library.snapshot.counts.get("quotes"))
    _banner(
        "Codebook",
        codebook.title,
        f"Version {codebook.stamp} · {len(codebook.facets)} facets · {number:,} codes · {len(codebook.rules)} rules",
        _COUNTED,
        [*notes, *([old] if old else [])],
    )
    searched = st.text_input(
        "Search in the codebook", key="codebook-search", type="search", max_chars=_LONGEST_SEARCH, icon=":material/search:",
        placeholder="Names in any language, definitions, cue words, examples", label_visibility="collapsed",
    )  # fmt: skip
    if searched.strip():
        met = codebook_view.found(library, searched)
        st.subheader(literal(f"{len(met):,} {'code' if len(met) == 1 else 'codes'} found"), anchor=False)
        if not met:
            st.text("No code speaks of all these words. Search for fewer, or for the beginning of one.")
            return
        _rows(visit, met, of_facets=True)
        return
    known = [facet.id for facet in codebook.facets]
    if st.session_state.get("codebook-facet") not in known:
        asked = st.query_params.get(_FACET)
        st.session_state["codebook-facet"] = asked if asked in known else known[min(1, len(known) - 1)]
    chosen: str = st.session_state["codebook-facet"]
    st.query_params[_FACET] = chosen
    st.pills(
        "Facet", known, format_func=lambda facet: literal(library.names.facet(facet)), key="codebook-facet", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    facet = codebook.facet(chosen)
    st.subheader(literal(library.names.facet(chosen)), anchor=False)
    st.text(f"{facet.definition} {codebook_view.scope(facet)}")
    _rows(visit, tuple(Code(facet, definition) for definition in facet.codes), of_facets=False)
    where_from(visit, Filters())


def _rows(visit: Visit, codes: tuple[Code, ...], *, of_facets: bool) -> None:
    rows = codebook_view.code_rows(visit.library, codes, of_facets=of_facets)
    drawn = components.topics(
        key="codes", data={"title": "Code", "heads": ["Passages"], "rows": rows}, on_open_change=lambda: None, on_narrow_change=lambda: None
    )
    if drawn.open is not None:
        st.query_params[_OPENED] = str(drawn.open)
        st.rerun()


def _one(visit: Visit, code: Code) -> None:
    library, names = visit.library, visit.library.names
    here = filters_of({code.facet.id: (code.definition.id,)}, "", library.options)
    _banner(names.facet(code.facet.id), code.definition.label(names.language), codebook_view.told(library, code), _COUNTED, [])
    with st.container(horizontal=True, gap="small", key="ways"):
        if st.button("All codes", icon=":material/arrow_back:", key="back"):
            del st.query_params[_OPENED]
            st.rerun()
        if st.button("Read its quotes", icon=":material/format_quote:", type="primary", key="read"):
            visit.show(here)
            st.switch_page("screens/quotes.py")
    left, right = st.columns([5, 3], gap="large")
    with left:
        st.subheader("What it means", anchor=False)
        components.topics(key="meaning", data={"facts": codebook_view.meaning(library, code)}, on_open_change=lambda: None)
    with right:
        st.subheader("In five languages", anchor=False)
        components.topics(key="languages", data={"facts": codebook_view.in_languages(code)}, on_open_change=lambda: None)
    _quotes(visit, code, here)
    _examples(visit, code)
    where_from(visit, here)


def _quotes(visit: Visit, code: Code, here: Filters) -> None:
    library = visit.library
    st.space("small")
    st.subheader("Quotes that show it", anchor=False)
    quotes = library.surest(code.facet.id, code.definition.id, Filters(), _SHOWN)
    if not quotes:
        st.text("No passage of this snapshot shows this code for certain.")
        return
    st.text("The passages in which the coder is surest of it, one of each answer.")
    data = list_data(quotes, whole_answers(quotes, library), here, library) | {"page": 1}
    if asked := cards(visit, "surest", data):
        visit.show(narrowed(here, {str(asked.get("facet")): (str(asked.get("code")),)}, library.options))
        st.switch_page("screens/quotes.py")


def _examples(visit: Visit, code: Code) -> None:
    library = visit.library
    st.space("small")
    st.subheader("Where the line runs", anchor=False)
    st.text("Invented texts from the codebook, on either side of the line; the coder is tested on each of them.")
    st.dataframe(
        codebook_view.examples(library, code), hide_index=True, column_config={"Example": st.column_config.TextColumn(width="large")}
    )
    if found := codebook_view.rules(library, code):
        st.text("Rules for hard cases that touch it:")
    for rule in found:
        with st.expander(literal(f"{rule.id} {rule.text}")):
            st.dataframe(codebook_view.rule_examples(library, rule), hide_index=True)
    if words := codebook_view.cues(code, library):
        with st.expander("Words that speak for it"):
            st.dataframe(words, hide_index=True, row_height=70)


def _banner(kicker: str, headline: str, tally: str, caveat: str, notes: list[str]) -> None:
    components.banner(
        key="banner-codebook",
        data={
            "kicker": kicker, "headline": headline, "tally": tally, "caveat": caveat, "chips": [], "notes": notes, "unfiltered": True,
        },
        on_remove_change=lambda: None,
        on_clear_change=lambda: None,
    )  # fmt: skip


present(codebook_page, "codebook", own=(_OPENED, _FACET))
