"""The quotes of a view as a table to take away: every passage that the filters let through, up to a limit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from explorer import vintage
from explorer.coverage import sentence, together
from explorer.export import LIMIT, QUOTE_ID, Sheet
from explorer.headline import subject
from explorer.library import Library
from explorer.names import LEARNED_FROM, TEXT_KINDS
from store import Filters

_FIRST = (
    QUOTE_ID, "Quote", "Country", "ISO code", "Language", "Wave", "Question",
    "Text kind", "Survey", "Source", "Licence", "Answer id", "Snapshot",
)  # fmt: skip
_LAST = ("For review", "Coder trained on it")
#: Stands behind a value that waits for a review, wherever values stand together.
DOUBT = " (for review)"


def quote_table(library: Library, filters: Filters, limit: int = LIMIT) -> Sheet:
    """Return the table; a facet's codes stand in one cell, divided by semicolons.

    What waits for a review stands in a column of its own, and among the codes only where the filters count it, marked.
    """
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
                names.code("wave", quote["wave"] or ""),
                library.wording(quote["survey"], quote["question"]) or quote["question"] or "",
                TEXT_KINDS.get(quote["text_kind"], quote["text_kind"]),
                survey.title,
                survey.source,
                survey.licence,
                quote["answer"],
                snapshot.id,
                *(_listed(library, quote["codes"], facet, filters.suggestions) for facet in facets),
                "; ".join(
                    _suggested(library, code) for facet in facets for code in quote["codes"] if code["review"] and code["facet"] == facet
                ),
                "yes" if quote["learned_from"] else "",
            )
        )
    about = [
        *view_lines(library, filters),
        ("Rows", f"{len(rows):,}" + (f" of {whole:,}" if (whole := library.counts(filters).whole) is not None else "")),
        ("Coder trained on it", LEARNED_FROM),
    ]
    return Sheet((*_FIRST, *(names.facet(facet) for facet in facets), *_LAST), rows, about)


def view_lines(library: Library, filters: Filters) -> list[tuple[str, str]]:
    """Return what there is to know about any table of a view: what it is of, what made it, and how far to trust it."""
    snapshot = library.snapshot
    coverage = sentence(together(library.coverage(filters).values()), counted=filters.suggestions)
    return [
        ("What", subject(filters, library.names)),
        ("Snapshot", f"{snapshot.id} of {snapshot.made}, view {snapshot.view}"),
        *(("Version", f"{name} {version}") for name, version in snapshot.versions.items()),
        *([("Older codes", old)] if (old := vintage.note(library.older_codes, snapshot.counts.get("quotes"))) else []),
        *([("Coverage", coverage)] if coverage else []),
        ("Note", "Codes are a machine's reading. The samples are not random: counts describe these texts, not the world."),
    ]


def _listed(library: Library, codes: Iterable[dict[str, Any]], facet: str, suggestions: bool) -> str:
    counted = [code for code in codes if code["facet"] == facet and (suggestions or not code["review"])]
    return "; ".join(library.names.code(facet, code["code"]) + DOUBT * code["review"] for code in counted)


def _suggested(library: Library, code: dict[str, Any]) -> str:
    names = library.names
    return f"{names.facet(code['facet'])}: {names.code(code['facet'], code['code'])} ({round(code['confidence'] * 100)} %)"
