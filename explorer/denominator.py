"""What a quote stands for: how many passages and people of its survey and country it is one of, as far as that may be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.headline import tally
from explorer.library import Library
from explorer.names import Names
from store import Filters
from store.tables_reader import DeclaredCount, DeclaredSurvey


def stands_for(quote: Mapping[str, Any], library: Library) -> str:
    """Return in a sentence what a quote (a row of ``Reader.quotes``) is one of.

    Public sources, and all sources inside, count passages. Outside, the respondents of a protected survey are told by its declared
    tables alone: a count, or that it is withheld, with the nearest larger group that is not.
    """
    survey = library.surveys[quote["survey"]]
    filters = Filters(surveys=(quote["survey"],), countries=(quote["country"],) if quote["country"] else ())
    where = library.names.code("country", quote["country"]) if quote["country"] else ""
    if survey.protected and library.snapshot.view != "internal":
        declared = next((each for each in library.numbers.surveys() if each.survey == quote["survey"]), None)
        return declared_sentence(declared, library.numbers.count(filters), survey.title, where, library.names)
    counts = library.counts(filters)
    of = f"{f' on {where}' if where else ''} in {survey.title}"
    if counts.whole is None:
        return f"One of the passages{of}; how many there are is not told, to protect who answered."
    if not counts.units:
        return f"One of {counts.whole:,} passages{of}, translations of texts that are counted in another language."
    return f"One of {tally(counts, [survey.has_respondents])}{of}."


def declared_sentence(declared: DeclaredSurvey | None, found: DeclaredCount | None, title: str, where: str, names: Names) -> str:
    """Return how many respondents of a protected survey stand behind a quote on a country (``where``, "" for none that is known).

    A respondent who speaks of several countries is counted under none, so that 0 there says nothing of the quote.
    """
    steps = f" (to the nearest {declared.base})" if declared and declared.base > 1 else ""
    if found and found.shown and where:
        return f"One of the answers to {title}, in which {found.shown:,} respondents{steps} spoke of {where}."
    begins = f"One of the answers to {title}"
    withheld = f"; how many spoke of {where} is not shown: {found.reason}" if found and found.suppressed and where else ""
    if found and found.rolled_up and (region := found.rolled_up.values.get("region")):
        return f"{begins}{withheld}. Of {region} as a whole {found.rolled_up.shown:,} respondents{steps} spoke."
    if declared and declared.answered:
        return f"{begins}{withheld}. {declared.answered[0].upper()}{declared.answered[1:]} respondents{steps} answered it in all."
    return f"{begins}{withheld or '; how many answered is not told, to protect them'}."
