"""The claims of a view as a table to take away: who, by which means, on which right, a row for each, with the words it was read from."""

from __future__ import annotations

from typing import Any

from explorer.export import LIMIT, QUOTE_ID, Sheet
from explorer.highlight import merged
from explorer.library import Library
from explorer.quote_table import DOUBT, view_lines
from store import Filters

_FIRST = (QUOTE_ID, "Claim id")
_FACETS = ("actor", "mechanism", "right", "mode", "direction", "effect")
#: Of these a claim says what its passage does.
_OF_PASSAGE = frozenset({"mode", "direction", "effect"})
_LAST = ("For review", "Words", "Country", "ISO code", "Survey", "Text kind", "Coder trained on it", "Snapshot")


def claim_table(library: Library, filters: Filters, limit: int = LIMIT) -> Sheet:
    """Return the claims of the quotes that the filters let through, those of the first ``limit`` quotes.

    A claim that waits for a review is a row only where the filters count suggestions. What a claim says as its passage does (mode,
    direction, effect) is marked where the passage's code waits. Words are verbatim, pieces of a quote are divided by " … ".
    """
    names = library.names
    quotes = library.quotes(filters, limit)
    rows = [_row(quote, claim, library) for quote in quotes for claim in quote["claims"] if filters.suggestions or not claim["review"]]
    waiting = sum(claim["review"] for quote in quotes for claim in quote["claims"])
    left = "are rows too, with “yes” under “For review”" if filters.suggestions else "are left out; include codes for review to have them"
    about = [
        *view_lines(library, filters),
        ("Claims", f"{len(rows):,} of {len(quotes):,} passages; {waiting:,} wait for review and {left}"),
    ]
    return Sheet((*_FIRST, *(names.facet(facet) for facet in _FACETS), *_LAST), rows, about)


def _row(quote: dict[str, Any], claim: dict[str, Any], library: Library) -> tuple[object, ...]:
    names = library.names
    doubted = {code["facet"] for code in quote["codes"] if code["review"]} & _OF_PASSAGE
    return (
        quote["quote"],
        claim["claim"],
        *(names.code(facet, claim[facet]) + DOUBT * (facet in doubted) if claim[facet] else "" for facet in _FACETS),
        "yes" if claim["review"] else "",
        " … ".join(quote["text"][start:end] for start, end in merged((span["start"], span["end"]) for span in claim["spans"])),
        names.code("country", quote["country"]) if quote["country"] else "",
        quote["country"] or "",
        library.surveys[quote["survey"]].title,
        quote["text_kind"],
        "yes" if quote["learned_from"] else "",
        library.snapshot.id,
    )
