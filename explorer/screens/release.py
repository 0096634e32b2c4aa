"""Release: which quotes of protected surveys may be shown outside, in which form, and who said so."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer import door
from explorer.frame import heading, sidebar
from explorer.release_shelf import NAMES, STAGES, stage
from explorer.session import Visit, present
from store.release import LONGEST_TEXT, LONGEST_WHO, Quoted, Standing, Verdict, Wish, preview, spans_of
from store.risk import Risk
from taxonomy.errors import StoreError

PAGE = 10
_CAVEAT = (
    "Nothing of a protected survey leaves this view before somebody releases it. Its codes go with a quote. What is decided is kept "
    "with who decided it, holds from the next publication on, and can be taken back, which hides the quote at once."
)
_FORMS = {"as_is": "As it is", "masked": "With more words masked", "paraphrase": "As a paraphrase", "translation": "With a translation"}
_AUDIENCES = {"partner": "Partners", "public": "The public, once a second person has confirmed it"}
_OUTCOMES = {"released": "Released", "refused": "Kept inside", "withdrawn": "Taken back"}
_RISKS = {
    "country": "Small country", "role": "Rare role", "place": "Rare place", "name": "Name-like words", "mask": "Masks", "date": "Date",
    "number": "Numbers", "speech": "Quoted speech", "length": "Length", "words": "Style",
}  # fmt: skip


def release_page(visit: Visit) -> None:
    """Draw the page."""
    shelf = visit.library.release
    within = shelf.within(visit.filters)
    heading(visit, "Release", visit.library.counts(within or visit.filters), _CAVEAT, within=within)
    sidebar(visit)
    if within is None:
        st.subheader("No protected survey here", anchor=False)
        st.text("Only quotes of protected surveys need a release; those of the others are shown to everybody.")
        return
    stands = shelf.standing()
    queue = shelf.queue(within)
    numbers = {name: sum(stage(stands.get(quote)) == name for quote in queue) for name in STAGES}
    chosen = st.segmented_control(
        "Quotes", STAGES, key="stage", default=STAGES[0], required=True, format_func=lambda name: f"{name.capitalize()} ({numbers[name]:,})"
    )
    shown = [quote for quote in queue if stage(stands.get(quote)) == (chosen or STAGES[0])]
    _who(visit)
    if told := st.session_state.pop("told", None):
        st.text(told)
    if not shown:
        st.text("No quote of these filters stands here.")
        return
    pages = math.ceil(len(shown) / PAGE)
    page = min(int(st.session_state.get("release-page", 1)), pages)
    quotes = shelf.quotes(shown[(page - 1) * PAGE : page * PAGE])
    risky = shelf.risks(quotes)
    for quote in quotes:
        with st.container(border=True):
            _card(visit, quote, stands.get(quote["quote"]), risky[quote["quote"]])
    if pages > 1:
        st.number_input("Page", 1, pages, page, key="release-page", width=160)


def _who(visit: Visit) -> None:
    if not visit.grant.person:
        st.text_input("Your name", key="who", max_chars=LONGEST_WHO, width=320, placeholder="stands beside the decision")


def _card(visit: Visit, quote: Mapping[str, Any], stands: Standing | None, found: tuple[Risk, ...]) -> None:
    names, id = visit.library.names, quote["quote"]
    place = names.code("country", quote["country"]) if quote["country"] else "Country not known"
    st.text(" · ".join(part for part in (place, quote["wave"], visit.library.surveys[quote["survey"]].title, f"quote {id}") if part))
    st.text(quote["text"])
    codes = [f"{names.facet(code['facet'])}: {names.code(code['facet'], code['code'])}" for code in quote["codes"] if not code["review"]]
    if codes:
        st.text("Codes: " + "; ".join(codes))
    for risk in found:
        words = ", ".join(dict.fromkeys(quote["text"][span.start : span.end] for span in risk.spans))
        st.text(f"{_RISKS[risk.kind]}: {risk.says}" + (f": {words}" if words else ""))
    if not found:
        st.text("No risk was found; whoever knows the place may see one.")
    seen = Quoted(id, quote["answer"], quote["text"], quote["language"])
    if stands is not None:
        st.text(_told(stands))
        if stands.released:
            st.text(f"Shown as: {stands.ruling.shown(quote['text'])}")
    _hands(visit, seen, stands)


def _hands(visit: Visit, quote: Quoted, stands: Standing | None) -> None:
    """Draw what can be decided. Callbacks keep what was on the screen: the number of the decision that the person saw."""
    shelf, id, number = visit.shelf.release, quote.quote, stands.number if stands else 0
    with st.container(horizontal=True, gap="small"):
        if stands is not None and stands.awaits_confirmation:
            _button(visit, "Confirm for the public", f"confirm-{id}", lambda who: shelf.confirm(quote, who, number))
        if stands is not None and stands.released:
            _button(visit, "Take back", f"back-{id}", lambda who: shelf.take_back(id, who))
        elif stands is None:
            _button(visit, "Keep inside", f"refuse-{id}", lambda who: shelf.refuse(quote, who, number))
        if not st.toggle("Release it" if stands is None or not stands.released else "Release it otherwise", key=f"open-{id}"):
            return
    form = st.radio("How", list(_FORMS), format_func=_FORMS.__getitem__, key=f"form-{id}", horizontal=True)
    written, language = "", None
    if form == "masked":
        written = st.text_area("Words to mask, a line for each", key=f"words-{id}", max_chars=LONGEST_TEXT)
    elif form != "as_is":
        written = st.text_area(f"The {form}, marked as such", key=f"text-{id}", max_chars=LONGEST_TEXT)
        if form == "translation":
            language = st.text_input("Its language", key=f"language-{id}", max_chars=3, width=160, placeholder="en, es, fr, …")
    audience = st.radio("To whom", list(_AUDIENCES), format_func=_AUDIENCES.__getitem__, key=f"audience-{id}", horizontal=True)
    try:
        spans = spans_of(quote.text, written.splitlines()) if form == "masked" else ()
        wish = Wish(audience, form, spans, "" if form == "masked" else written, language)  # type: ignore[arg-type]
        shown = preview(quote, wish)
    except StoreError as error:
        st.text(str(error))
        return
    st.text(f"It will read: {shown}")
    doubts = tuple(dict.fromkeys(shown[span.start : span.end] for span in NAMES(shown, language or quote.language)))
    if doubts:
        st.text(f"These look like names: {', '.join(doubts)}")
        if st.checkbox("I looked at them: none leads to a person", key=f"looked-{id}-{'|'.join(doubts)}"):
            wish = replace(wish, looked_at=doubts)
    _button(visit, "Release", f"release-{id}", lambda who: shelf.release(quote, wish, who, number))


def _button(visit: Visit, label: str, key: str, decide: Callable[[str], Verdict]) -> None:
    st.button(label, key=key, on_click=_decide, args=(visit, decide))


def _decide(visit: Visit, decide: Callable[[str], Verdict]) -> None:
    if not door.holds(visit.grant):
        return
    try:
        verdict = decide(visit.grant.person or str(st.session_state.get("who") or ""))
    except StoreError as error:
        st.session_state["told"] = f"Not recorded. {error}"
        return
    if not verdict.recorded:
        stands = _told(verdict.standing) if verdict.standing else "Nothing stands on it."
        st.session_state["told"] = f"Not recorded, for somebody was faster. {stands} Look at it again."


def _told(stands: Standing) -> str:
    ruling = stands.ruling
    said = _OUTCOMES[ruling.outcome]
    if stands.released:
        to = "partners" if not stands.holds_for("public") else "partners and the public"
        waits = "; the public waits for a second person" if stands.awaits_confirmation else ""
        first = f", first by {ruling.first}" if ruling.first else ""
        said += f" to {to}{waits}, {_FORMS[str(ruling.form)].lower()}{first}"
    return f"{said}. Decided by {stands.who} on {stands.at[:10]}."


present(release_page, "release")
