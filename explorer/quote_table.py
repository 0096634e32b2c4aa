"""The quotes of a view as a table to take away: every passage that the filters let through, up to a limit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from explorer.export import LIMIT, Sheet
from explorer.headline import subject
from explorer.library import Library
from explorer.names import TEXT_KINDS
from store import Filters

_FIRST = (
    "Quote id", "Quote", "Country", "ISO code", "Language", "Wave", "Question",
    "Text kind", "Survey", "Source", "Licence", "Answer id", "Snapshot",
)  # fmt: skip


def quote_table(library: Library, filters: Filters, limit: int = LIMIT) -> Sheet:
    """Return the table; a facet's codes stand in one cell, divided by semicolons."""
    names, snapshot = library.names, library.snapshot
    facets = [facet.id for facet in names.codebook.facets]
    rows = []
    for quote in library.quotes(filters, limit):
        survey = library.surveys[quote["survey"]]
        rows.append(
            (
                quote["quote"],
                quote["text"],
                names.code("country", quote["country"]) if quote["country"] else "",
                quote["country"] or "",
                quote["language"] or "",
                quote["wave"] or "",
                library.wording(quote["survey"], quote["question"]) or quote["question"] or "",
                TEXT_KINDS.get(quote["text_kind"], quote["text_kind"]),
                survey.title,
                survey.source,
                survey.licence,
                quote["answer"],
                snapshot.id,
                *(_listed(library, quote["codes"], facet) for facet in facets),
            )
        )
    about = [
        ("What", subject(filters, names)),
        ("Snapshot", f"{snapshot.id} of {snapshot.made}, view {snapshot.view}"),
        *(("Version", f"{name} {version}") for name, version in snapshot.versions.items()),
        ("Rows", f"{len(rows):,} of {library.counts(filters).passages:,}"),
        ("Note", "Codes are a machine's reading. The samples are not random: counts describe these texts, not the world."),
    ]
    return Sheet((*_FIRST, *(names.facet(facet) for facet in facets)), rows, about)


def _listed(library: Library, codes: Iterable[dict[str, Any]], facet: str) -> str:
    return "; ".join(library.names.code(facet, code["code"]) for code in codes if code["facet"] == facet)
