"""One quote on the page Release: what stands on it, what could lead to a person, and the hands that decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from explorer import components, door
from explorer.highlight import segments
from explorer.release_shelf import stage
from explorer.session import Visit
from store.release import LONGEST_TEXT, Quoted, Standing, Verdict, Wish, preview, spans_of
from store.risk import Risk
from taxonomy.errors import StoreError

FORMS = {"as_is": "As it is", "masked": "With more words masked", "paraphrase": "As a paraphrase", "translation": "With a translation"}
_AUDIENCES = {"partner": "Partners", "public": "The public, once a second person has confirmed it"}
_OUTCOMES = {"released": "Released", "refused": "Kept inside", "withdrawn": "Taken back"}
_RISKS = {
    "country": "Small country", "role": "Rare role", "place": "Rare place", "name": "Name-like words", "mask": "Masks", "date": "Date",
    "number": "Numbers", "speech": "Quoted speech", "length": "Length", "words": "Style",
}  # fmt: skip
_MOST_WORDS = 8
_TONES = {"undecided": "open", "to confirm": "open", "released": "out"}


@dataclass(frozen=True)
class Candidate:
    """A quote that may be released: a row of the reader's, what was decided, its risks, and until when an embargo keeps it inside."""

    quote: Mapping[str, Any]
    stands: Standing | None
    risks: tuple[Risk, ...]
    embargo: str | None

    @property
    def id(self) -> str:
        """The id of the quote."""
        return str(self.quote["quote"])


def card(visit: Visit, candidate: Candidate) -> None:
    """Draw a quote and what can be decided on it."""
    with st.container(border=True, key=f"candidate-{candidate.id}"):
        components.release(key=f"release-{candidate.id}", data=card_data(visit, candidate))
        _hands(visit, candidate)


def card_data(visit: Visit, candidate: Candidate) -> dict[str, Any]:
    """Return what the card shows; everything in it is shown as text."""
    names, quote, stands = visit.library.names, candidate.quote, candidate.stands
    why = [f"{_RISKS[risk.kind]}: {risk.says}" for risk in candidate.risks]
    pieces = segments(quote["text"], [[(span.start, span.end) for span in risk.spans] for risk in candidate.risks])
    styled = [(mark,) for mark, risk in enumerate(candidate.risks) if risk.kind == "words"]
    codes = [f"{names.facet(code['facet'])}: {names.code(code['facet'], code['code'])}" for code in quote["codes"] if not code["review"]]
    released = stands.ruling if stands is not None and stands.released else None
    return {
        "place": names.code("country", quote["country"]) if quote["country"] else "Country not known",
        "about": " · ".join(
            part for part in (names.code("wave", quote["wave"] or ""), visit.library.surveys[quote["survey"]].title) if part
        ),
        "lang": quote["language"] or "",
        "state": stage(stands).capitalize(),
        "tone": _TONES.get(stage(stands), ""),
        "pieces": [
            # Where the way of speaking is all that tells, most words are marked: that must not drown the others.
            {"text": piece.text, "why": "; ".join(why[mark] for mark in piece.marks), "faint": piece.marks in styled}
            for piece in pieces
        ],
        "shown": released.shown(quote["text"]) if released is not None and released.form != "as_is" else "",
        "shownLang": (released.language if released else None) or quote["language"] or "",
        "facts": _facts(candidate),
        "codes": "; ".join(codes),
        "id": f"quote {candidate.id}",
    }


def _facts(candidate: Candidate) -> list[tuple[str, str, str]]:
    facts = [("Decided", told(candidate.stands), "")] if candidate.stands is not None else []
    if candidate.embargo is not None:
        facts.append(("Embargo", f"until {candidate.embargo}: whatever is decided, it stays inside till then", ""))
    for risk in candidate.risks:
        met = list(dict.fromkeys(candidate.quote["text"][span.start : span.end] for span in risk.spans))
        more = f" and {len(met) - _MOST_WORDS} more" if len(met) > _MOST_WORDS else ""
        words = ", ".join(met[:_MOST_WORDS]) + more
        facts.append((_RISKS[risk.kind], risk.says, words))
    return facts if candidate.risks else [*facts, ("Risks", "none was found; whoever knows the place may see one", "")]


def _hands(visit: Visit, candidate: Candidate) -> None:
    """Draw what can be decided. Callbacks keep what was on the screen: the number of the decision that the person saw."""
    shelf, stands, row = visit.shelf.release, candidate.stands, candidate.quote
    id, number = candidate.id, stands.number if stands else 0
    quote = Quoted(id, row["answer"], row["text"], row["language"])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if stands is not None and stands.awaits_confirmation:
            _button(visit, "Confirm for the public", f"confirm-{id}", lambda who: shelf.confirm(quote, who, number))
        if stands is not None and stands.released:
            _button(visit, "Take back", f"back-{id}", lambda who: shelf.take_back(id, who))
        elif stands is None:
            _button(visit, "Keep inside", f"refuse-{id}", lambda who: shelf.refuse(quote, who, number))
        if not st.toggle("Release it" if stands is None or not stands.released else "Release it otherwise", key=f"open-{id}"):
            return
    form = st.radio("How", list(FORMS), format_func=FORMS.__getitem__, key=f"form-{id}", horizontal=True)
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
    doubts = tuple(dict.fromkeys(shown[span.start : span.end] for span in shelf.names(shown, language or quote.language)))
    if doubts:
        st.text(f"These look like names: {', '.join(doubts)}")
        if st.checkbox("I looked at them: none leads to a person", key=f"looked-{id}-{'|'.join(doubts)}"):
            wish = replace(wish, looked_at=doubts)
    if form == "paraphrase":
        st.text("All codes and claims of the answer’s own words go with it, those too that the paraphrase does not say.")
    _button(visit, "Release", f"release-it-{id}", lambda who: shelf.release(quote, wish, who, number), main=True)


def _button(visit: Visit, label: str, key: str, decide: Callable[[str], Verdict], *, main: bool = False) -> None:
    st.button(label, key=key, on_click=_decide, args=(visit, decide), type="primary" if main else "secondary")


def _decide(visit: Visit, decide: Callable[[str], Verdict]) -> None:
    if not door.holds(visit.grant):
        return
    try:
        # Whoever signed in decides in that name and no other.
        verdict = decide(visit.grant.person or str(st.session_state.get("who") or ""))
    except StoreError as error:
        st.session_state["told"] = f"Not recorded. {error}"
        return
    if not verdict.recorded:
        stands = told(verdict.standing) if verdict.standing else "Nothing stands on it."
        st.session_state["told"] = f"Not recorded, for somebody was faster. {stands} Look at it again."


def told(stands: Standing | None) -> str:
    """Say what stands on a quote, and who decided it."""
    if stands is None:
        return ""
    ruling = stands.ruling
    said = _OUTCOMES[ruling.outcome]
    if stands.released:
        to = "partners" if not stands.holds_for("public") else "partners and the public"
        waits = "; the public waits for a second person" if stands.awaits_confirmation else ""
        first = f", first by {ruling.first}" if ruling.first else ""
        said += f" to {to}{waits}, {FORMS[str(ruling.form)].lower()}{first}"
    return f"{said}. Decided by {stands.who} on {stands.at[:10]}."
