"""The cards of a list of quotes, as data for the page's own part that draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.highlight import segments
from explorer.library import Library
from explorer.names import EVIDENCE, TEXT_KINDS, WHOLE_PASSAGE
from store import Filters
from store.reader import Answer

#: Codes are told apart by what they answer; a colour each is more than an eye can keep.
FAMILIES: Mapping[str, str] = {"who": "Who", "how": "How", "what": "Result and rights", "whom": "People at risk", "answers": "Reading"}
_FAMILY = {
    **dict.fromkeys(("actor", "origin", "industry"), "who"),
    **dict.fromkeys(("mode", "mechanism", "direction"), "how"),
    **dict.fromkeys(("effect", "right", "labour"), "what"),
    "people_at_risk": "whom",
}

Quote = Mapping[str, Any]


def list_data(quotes: Sequence[Quote], answers: Mapping[str, Answer | None], filters: Filters, library: Library) -> dict[str, Any]:
    """Return what the list shows; ``answers`` holds the whole answers that were opened, by quote (None: gone since)."""
    return {
        "families": FAMILIES,
        "quotes": [_card(quote, filters, library) for quote in quotes],
        "answers": {quote["quote"]: _whole(quote, answers[quote["quote"]]) for quote in quotes if quote["quote"] in answers},
    }


def citation(quote: Quote, library: Library) -> str:
    """Return the quote as one would cite it: the words, their kind, place, source and lasting id."""
    survey = library.surveys[quote["survey"]]
    place = library.names.code("country", quote["country"]) if quote["country"] else None
    about = (place, quote["wave"], survey.title, survey.source, TEXT_KINDS[quote["text_kind"]], survey.licence, f"quote {quote['quote']}")
    return f"“{quote['text']}” ({'; '.join(part for part in about if part)})"


def _card(quote: Quote, filters: Filters, library: Library) -> dict[str, Any]:
    names, survey = library.names, library.surveys[quote["survey"]]
    order = {facet: place for place, facet in enumerate(library.options)}
    codes = sorted(quote["codes"], key=lambda code: (order.get(code["facet"], len(order)), -code["confidence"]))
    selected = filters.selected()
    # What was read from the whole passage is said, not drawn: a line under everything shows nothing.
    whole = [any(span["start"] <= 0 and span["end"] >= len(quote["text"]) for span in code["spans"]) for code in codes]
    marks = [
        [] if all_of_it else [(span["start"], span["end"]) for span in code["spans"]] for code, all_of_it in zip(codes, whole, strict=True)
    ]
    pieces = segments(quote["text"], marks)
    facts = [names.code("language", quote["language"]) if quote["language"] else None, quote["wave"]]
    return {
        "id": quote["quote"],
        "lang": quote["language"],
        "length": len(quote["text"]),
        "country": names.code("country", quote["country"]) if quote["country"] else "Country not known",
        "facts": [fact for fact in facts if fact],
        "kind": TEXT_KINDS.get(quote["text_kind"], quote["text_kind"]),
        "citable": quote["text_kind"] != "invented",
        "question": library.wording(quote["survey"], quote["question"]),
        "source": " · ".join(part for part in (survey.title, survey.source, survey.licence) if part),
        "citation": citation(quote, library),
        "segments": [{"text": piece.text, "marks": piece.marks} for piece in pieces],
        "codes": [
            {
                "id": [code["facet"], code["code"]],
                "facet": names.facet(code["facet"]),
                "name": names.code(code["facet"], code["code"]),
                "family": _FAMILY.get(code["facet"], "answers"),
                "confidence": round(code["confidence"] * 100),
                "evidence": WHOLE_PASSAGE if all_of_it and code["evidence"] == "cue" else EVIDENCE.get(code["evidence"], code["evidence"]),
                "review": code["review"],
                "active": code["code"] in selected.get(code["facet"], ()),
            }
            for code, all_of_it in zip(codes, whole, strict=True)
        ],
    }


def _whole(quote: Quote, answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {"title": "This answer is no longer available.", "segments": []}
    here = [(start, end) for other, start, end in answer.passages if other == quote["quote"]]
    pieces = segments(answer.text, [here])
    return {
        "title": "The whole answer, with this passage marked",
        "segments": [{"text": piece.text, "here": bool(piece.marks)} for piece in pieces],
    }
