"""The sentence over a view: what is shown, and how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from explorer.few import withheld
from explorer.names import Names
from store import Filters
from store.filters import SURVEY_ATTRIBUTE, TOPIC
from store.reader import Counts

#: Who does what to whom and where: the order in which a sentence names it.
_ORDER = (
    "industry", "mechanism", "mode", "direction", "effect", "right", "labour", "people_at_risk", "responsibility", "awareness",
    "relevance", "country", "language", "wave", "question",
)  # fmt: skip
#: As many as stand side by side; of more, two and the number of the others.
_MOST_NAMED = 4
_LONGEST_SEARCH = 80
_UNCOUNTED = "released quotes of protected surveys, which are not counted here: see Numbers"


def subject(filters: Filters, names: Names, *, near: str = "") -> str:
    """Return the filters in words, such as "Foreign corporation · mining · harms · Brazil"; ``near`` is a search that only ranks them."""
    selection = filters.selected()
    implied = any(facet.applies_to == "influence" and facet.id in selection for facet in names.codebook.facets)
    if implied and selection.get("relevance") == ("influence",):
        del selection["relevance"]  # goes without saying
    origins, actors = (_listed(facet, selection.get(facet, ()), names) for facet in ("origin", "actor"))
    parts = [f"{origins} {actors.lower()}"] if origins and actors else [part for part in (origins, actors) if part]
    others = (*_ORDER, *(facet for facet in selection if facet not in _ORDER and facet not in ("origin", "actor")))
    proper = ("country", "language", "wave", "question", "survey", TOPIC)
    # The source is no part of what is said, and has its chip; but "Influence" alone says little.
    if set(selection) - {"survey", "relevance"}:
        selection.pop("survey", None)
    for facet in others:
        if values := selection.get(facet):
            words = _listed(facet, values, names)
            as_it_is = facet in proper or facet.startswith(SURVEY_ATTRIBUTE) or not parts
            parts.append(words if as_it_is else words[0].lower() + words[1:])
    if filters.text:
        parts.append(_quoted(filters.text))
    if near:
        parts.append(f"{'closest' if parts else 'Closest'} to {_quoted(near)}")
    return " · ".join(parts) or "Everything"


def voices(respondents: Sequence[bool]) -> tuple[str, str]:
    """Return what the units of some surveys are called, one and several; each flag says whether a survey tells respondents apart."""
    if all(respondents) and respondents:
        return "respondent", "respondents"
    return ("respondent or text", "respondents and texts") if any(respondents) else ("text", "texts")


def tally(counts: Counts, respondents: Sequence[bool]) -> str:
    """Return the counts in words; ``respondents`` says of each survey in question whether it tells respondents apart."""
    if counts.passages is None or counts.answers is None or counts.units is None:
        return withheld("internal").why.rstrip(".")
    if counts.uncounted:
        counted = tally(replace(counts, uncounted=False), respondents) if counts.passages else ""
        return f"{counted}, and {_UNCOUNTED}" if counted else _UNCOUNTED[0].upper() + _UNCOUNTED[1:]
    one, several = voices(respondents)
    passages = f"{counts.passages:,} {'passage' if counts.passages == 1 else 'passages'}"
    if counts.passages and not counts.units:
        return f"{passages}, in translations of texts that are counted in another language"
    return f"{passages} from {counts.units:,} {one if counts.units == 1 else several}"


def _quoted(search: str) -> str:
    return f"“{search[:_LONGEST_SEARCH].rstrip()}…”" if len(search) > _LONGEST_SEARCH else f"“{search}”"


def _listed(facet: str, values: Sequence[str], names: Names) -> str:
    labels = [names.alone(facet, value) for value in values]
    shown = labels if len(labels) <= _MOST_NAMED else [*labels[:2], f"{len(labels) - 2} more"]
    return " / ".join(shown)
