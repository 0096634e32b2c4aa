"""The cards of a list of quotes, as data for the page's own part that draws them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from explorer.citation import KINDS, cited, plain
from explorer.highlight import segments
from explorer.library import Library
from explorer.names import EVIDENCE, LEARNED_FROM, TEXT_KINDS, WHOLE_PASSAGE
from store import Filters
from store.reader import Answer
from store.search import matched_spans

#: Codes are told apart by what they answer; a colour each is more than an eye can keep.
FAMILIES: Mapping[str, str] = {"who": "Who", "how": "How", "what": "Result and rights", "whom": "People at risk", "answers": "Reading"}
_FAMILY = {
    **dict.fromkeys(("actor", "origin", "industry"), "who"),
    **dict.fromkeys(("mode", "mechanism", "direction"), "how"),
    **dict.fromkeys(("effect", "right", "labour"), "what"),
    "people_at_risk": "whom",
}

#: Of these a claim says what its passage does.
_OF_PASSAGE = ("mode", "direction", "effect")
_FOR_REVIEW = "For review: not sure enough to count. A person decides."
_PASSAGE_FOR_REVIEW = "For review: whether this passage tells of an influence at all is not sure enough to count. A person decides."
_CLAIM_FOR_REVIEW = "For review: something that this claim rests on is not sure enough to count. A person decides."

Quote = Mapping[str, Any]
Spans = Sequence[Mapping[str, int]]


def list_data(
    quotes: Sequence[Quote],
    answers: Mapping[str, Answer | None],
    filters: Filters,
    library: Library,
    *,
    words: str = "",
    why: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return what the list shows; ``answers`` holds the whole answers that were opened, by quote (None: gone since).

    ``words`` are those that were searched for and are marked; ``why`` says of a quote what it was found by.
    """
    return {
        "families": FAMILIES,
        "quotes": [_card(quote, filters, library, words) | {"why": why.get(quote["quote"])} for quote in quotes],
        "answers": {quote["quote"]: _whole(quote, answers[quote["quote"]]) for quote in quotes if quote["quote"] in answers},
    }


def _card(quote: Quote, filters: Filters, library: Library, words: str) -> dict[str, Any]:
    names, survey, citable = library.names, library.surveys[quote["survey"]], quote["text_kind"] in KINDS
    order = {facet: place for place, facet in enumerate(library.options)}
    codes = sorted(quote["codes"], key=lambda code: (order.get(code["facet"], len(order)), -code["confidence"]))
    # What was read from the whole passage is said, not drawn: a line under everything shows nothing.
    whole = [_whole_of(quote, code["spans"]) for code in codes]
    marks = [[] if all_of_it else _places(code["spans"]) for code, all_of_it in zip(codes, whole, strict=True)]
    claimed = [_places(span for span in claim["spans"] if not _whole_of(quote, [span])) for claim in quote["claims"]]
    pieces = segments(quote["text"], [*marks, *claimed, matched_spans(quote["text"], words)])
    searched = len(codes) + len(claimed)
    facts = [names.code("language", quote["language"]) if quote["language"] else None, names.code("wave", quote["wave"] or "")]
    return {
        "id": quote["quote"],
        "lang": quote["language"],
        "length": len(quote["text"]),
        "country": names.code("country", quote["country"]) if quote["country"] else "Country not known",
        "facts": [fact for fact in facts if fact],
        "kind": TEXT_KINDS.get(quote["text_kind"], quote["text_kind"]),
        "citable": citable,
        "question": library.wording(quote["survey"], quote["question"]),
        "source": " · ".join(part for part in (survey.title, survey.source, survey.licence) if part),
        "citation": plain(cited(quote, library)) if citable else None,
        "lesson": LEARNED_FROM if quote["learned_from"] else None,
        "segments": [
            {
                "text": piece.text,
                "marks": [mark for mark in piece.marks if mark < len(codes)],
                "claims": [mark - len(codes) for mark in piece.marks if len(codes) <= mark < searched],
                "found": searched in piece.marks,
            }
            for piece in pieces
        ],
        "codes": [_code(code, all_of_it, quote, filters, library) for code, all_of_it in zip(codes, whole, strict=True)],
        "claims": [_claim(claim, places, quote, library) for claim, places in zip(quote["claims"], claimed, strict=True)],
    }


def _code(code: Mapping[str, Any], all_of_it: bool, quote: Quote, filters: Filters, library: Library) -> dict[str, Any]:
    names, evidence = library.names, code["evidence"]
    selected = code["code"] in filters.selected().get(code["facet"], ())
    return {
        "id": [code["facet"], code["code"]],
        "facet": names.facet(code["facet"]),
        "name": names.code(code["facet"], code["code"]),
        "family": _FAMILY.get(code["facet"], "answers"),
        "confidence": round(code["confidence"] * 100),
        "evidence": (WHOLE_PASSAGE.get(evidence) if all_of_it else None) or EVIDENCE.get(evidence, evidence),
        "review": _reason(code, quote, library) if code["review"] else None,
        "active": selected and (filters.suggestions or not code["review"]),
    }


def _reason(code: Mapping[str, Any], quote: Quote, library: Library) -> str:
    """Say why a code waits: by itself, or because only an influence has it and nobody is sure of one."""
    of_influence = any(facet.id == code["facet"] and facet.applies_to == "influence" for facet in library.names.codebook.facets)
    return _PASSAGE_FOR_REVIEW if of_influence and "relevance" in _doubted(quote) else _FOR_REVIEW


def _claim(claim: Mapping[str, Any], places: Sequence[tuple[int, int]], quote: Quote, library: Library) -> dict[str, Any]:
    names, doubted = library.names, _doubted(quote)
    said = {facet: names.code(facet, claim[facet]).lower() + "\N{NO-BREAK SPACE}?" * (facet in doubted) for facet in _OF_PASSAGE}
    return {
        "links": [names.code(facet, claim[facet]) if claim[facet] else None for facet in ("actor", "mechanism", "right")],
        "result": f"{said['direction']}, {said['effect']}",
        "facts": [[names.facet(facet), said[facet]] for facet in _OF_PASSAGE],
        "evidence": "Read from the marked words." if places else "Read from the whole passage.",
        "review": _CLAIM_FOR_REVIEW if claim["review"] else None,
    }


def _doubted(quote: Quote) -> set[str]:
    return {code["facet"] for code in quote["codes"] if code["review"]}


def _places(spans: Iterable[Mapping[str, int]]) -> list[tuple[int, int]]:
    return [(span["start"], span["end"]) for span in spans]


def _whole_of(quote: Quote, spans: Spans) -> bool:
    return any(span["start"] <= 0 and span["end"] >= len(quote["text"]) for span in spans)


def _whole(quote: Quote, answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {"title": "This answer is no longer available.", "segments": []}
    here = [(start, end) for other, start, end in answer.passages if other == quote["quote"]]
    pieces = segments(answer.text, [here])
    return {
        "title": "The whole answer, with this passage marked",
        "segments": [{"text": piece.text, "here": bool(piece.marks)} for piece in pieces],
    }
