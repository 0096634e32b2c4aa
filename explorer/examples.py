"""Invented examples among what is looked at: nobody gave these answers, and figures that hold them say so."""

from __future__ import annotations

from explorer.library import Library
from store import Filters

_INVENTED = "invented"


def among(filters: Filters, library: Library) -> str:
    """Return a sentence that names the invented surveys of which something passes the filters; "" where there are none."""
    met = library.facet_counts(filters).get("survey", {})
    # A count that is withheld is one, too.
    titles = [
        survey.title
        for id, survey in library.surveys.items()
        if survey.text_kind == _INVENTED and met.get(id, 0) != 0 and (not filters.surveys or id in filters.surveys)
    ]
    if not titles:
        return ""
    return f"Counted here too, and invented: {', '.join(titles)}. Nobody gave these answers: leave them out before you rest on a figure."


def real(library: Library) -> tuple[str, ...]:
    """Return the surveys that are not invented, to choose them alone; none where there is nothing to choose between."""
    found = tuple(id for id, survey in library.surveys.items() if survey.text_kind != _INVENTED)
    return found if len(found) < len(library.surveys) else ()
