"""What a person asked to see, and the conditions that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

#: Facets that a quote has by itself, each with its column; all others are codes.
ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {"survey": "survey", "country": "country", "language": "language", "wave": "wave", "question": "question"}
)


#: The facet whose values are other facets: passages in which a code of theirs waits for a review.
FOR_REVIEW = "for_review"

#: The facet whose values are topics: what was merged counts as what it went into.
TOPIC = "topic"

#: The facet whose values are runs: passages of answers that came, or changed, with one. Empty outside ``internal``.
RUN = "run"

#: Begins the facet of a column that a survey's description keeps as a filter: ``attribute:profession``.
SURVEY_ATTRIBUTE = "attribute:"


@dataclass(frozen=True)
class Filters:
    """A selection of quotes: any of the values within a facet, all of the facets together; nothing selected means everything.

    ``codes`` holds pairs of a facet and its codes, of ``attribute:NAME`` and its values, of ``TOPIC`` and ids of topics, of
    ``RUN`` and runs, or of ``FOR_REVIEW`` and facets. ``text`` is searched for word by word. Codes and claims that wait for a review
    count only with ``suggestions``.
    """

    surveys: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    codes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    text: str = ""
    suggestions: bool = False

    def selected(self) -> dict[str, tuple[str, ...]]:
        """Return the selected values of every facet in which something is selected."""
        attributes = (self.surveys, self.countries, self.languages, self.waves, self.questions)
        chosen = dict(zip(ATTRIBUTES, attributes, strict=True))
        for facet, codes in self.codes:
            chosen[facet] = chosen.get(facet, ()) + tuple(codes)
        return {facet: values for facet, values in chosen.items() if values}

    def without(self, facet: str) -> Filters:
        """Return the selection with that in a facet of codes lifted."""
        return replace(self, codes=tuple(pair for pair in self.codes if pair[0] != facet))


@dataclass(frozen=True)
class Condition:
    """A condition on the table ``quotes q``, with its parameters."""

    facet: str
    sql: str
    params: Mapping[str, Any]


def conditions(filters: Filters) -> tuple[Condition, ...]:
    """Return one condition for every facet in which something is selected."""
    settled = "" if filters.suggestions else " AND NOT c.review"
    return tuple(_condition(number, facet, values, settled) for number, (facet, values) in enumerate(filters.selected().items()))


def _condition(number: int, facet: str, values: tuple[str, ...], settled: str) -> Condition:
    chosen = f"list_contains($values_{number}, {{}})"
    if facet in ATTRIBUTES:
        return Condition(facet, f"coalesce({chosen.format(f'q.{ATTRIBUTES[facet]}')}, false)", {f"values_{number}": list(values)})
    if facet.startswith(SURVEY_ATTRIBUTE):
        return Condition(
            facet,
            f'q."row" IN (SELECT t."row" FROM attributes t WHERE t.name = $name_{number} AND {chosen.format("t.value")})',
            {f"values_{number}": list(values), f"name_{number}": facet.removeprefix(SURVEY_ATTRIBUTE)},
        )
    if facet == FOR_REVIEW:
        waiting = f'q."row" IN (SELECT c."row" FROM codes c WHERE c.review AND {chosen.format("c.facet")})'
        return Condition(facet, waiting, {f"values_{number}": list(values)})
    if facet == RUN:
        came = f'q."row" IN (SELECT r."row" FROM arrivals r WHERE {chosen.format("r.run")})'
        return Condition(facet, came, {f"values_{number}": list(values)})
    if facet == TOPIC:
        within = f'q."row" IN (SELECT m."row" FROM topic_members m WHERE {chosen.format("m.topic")})'
        return Condition(facet, within, {f"values_{number}": list(values)})
    return Condition(
        facet,
        f'q."row" IN (SELECT c."row" FROM codes c WHERE c.facet = $facet_{number} AND {chosen.format("c.code")}{settled})',
        {f"values_{number}": list(values), f"facet_{number}": facet},
    )
