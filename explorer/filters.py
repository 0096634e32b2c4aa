"""The filters of a view, and the query parameters that say the same: a link always reopens what is shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from store import Filters
from store.filters import TOPIC

#: Facets that are fields of ``Filters``; every other facet is one of the codebook's.
FIELDS: Mapping[str, str] = {"survey": "surveys", "country": "countries", "language": "languages", "wave": "waves", "question": "questions"}
FIRST_SURVEY = "state-department-2023"
LONGEST_SEARCH = 200
#: The parameter, and the chip, by which codes for review count too.
SUGGESTIONS = "suggestions"
_YES = "yes"
#: The parameter that names the topic whose page is open.
OPENED = "opened"

Options = Mapping[str, Sequence[str]]
Chosen = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class View:
    """What is looked at: the filters, the page of the list, and the topic whose page is open ("" for none)."""

    filters: Filters = field(default_factory=Filters)
    page: int = 1
    topic: str = ""


@dataclass(frozen=True)
class Link:
    """What query parameters say, and those of their parts that nobody knows here."""

    view: View
    unknown: tuple[str, ...] = ()


def filters_of(selection: Chosen, text: str, options: Options, *, suggestions: bool = False) -> Filters:
    """Return the filters of a selection, in the order of the options, so that the same choice is always the same filter."""
    ordered = {facet: tuple(value for value in options[facet] if value in set(selection.get(facet, ()))) for facet in options}
    return Filters(
        **{name: ordered.get(facet, ()) for facet, name in FIELDS.items()},
        codes=tuple((facet, codes) for facet, codes in ordered.items() if facet not in FIELDS and codes),
        text=one_line(text),
        suggestions=suggestions,
    )


def without(filters: Filters, facet: str, code: str, options: Options) -> Filters:
    """Return the filters with one value (of facet ``text``: the search; of ``suggestions``: codes for review) taken away."""
    selection = {name: tuple(value for value in values if (name, value) != (facet, code)) for name, values in filters.selected().items()}
    text = "" if facet == "text" else filters.text
    return filters_of(selection, text, options, suggestions=filters.suggestions and facet != SUGGESTIONS)


def narrowed(filters: Filters, selection: Chosen, options: Options) -> Filters:
    """Return the filters with the facets named in ``selection`` set to its values, whatever they were."""
    return filters_of({**filters.selected(), **selection}, filters.text, options, suggestions=filters.suggestions)


def first_view(options: Options) -> View:
    """Return what is shown to somebody who asks for nothing in particular."""
    return View(filters_of({"relevance": ("influence",), "survey": (FIRST_SURVEY,)}, "", options))


def to_parameters(view: View) -> dict[str, list[str]]:
    """Return the query parameters of a view; never none at all, because no parameters mean the first view."""
    parameters = {facet: list(values) for facet, values in view.filters.selected().items()}
    if view.filters.text:
        parameters["q"] = [view.filters.text]
    if view.filters.suggestions:
        parameters[SUGGESTIONS] = [_YES]
    if view.page > 1:
        parameters["page"] = [str(view.page)]
    if view.topic:
        parameters[OPENED] = [view.topic]
    return parameters or {"view": ["all"]}


def from_parameters(parameters: Mapping[str, Sequence[str]], options: Options) -> Link:
    """Return the view that query parameters ask for; what is not known is left out and named."""
    if not parameters:
        return Link(first_view(options))
    unknown: list[str] = []
    selection: dict[str, list[str]] = {}
    for name, values in parameters.items():
        if name in ("q", "page", "view", SUGGESTIONS, OPENED):
            continue
        if name not in options:
            unknown.append(name)
            continue
        known = set(options[name])
        selection[name] = [value for value in values if value in known]
        unknown.extend(f"{name}={value}" for value in values if value not in known)
    text = _last(parameters.get("q", ()))
    page = _last(parameters.get("page", ()))
    suggestions = _last(parameters.get(SUGGESTIONS, ())) == _YES
    topic = _last(parameters.get(OPENED, ()))
    if topic and topic not in options.get(TOPIC, ()):
        unknown.append(f"{OPENED}={topic}")
        topic = ""
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    filters = filters_of(selection, text, options, suggestions=suggestions)
    return Link(View(filters, max(number, 1), topic), tuple(dict.fromkeys(unknown)))


def one_line(text: str) -> str:
    """Return what somebody searches for as it is searched: one line, no longer than ``LONGEST_SEARCH``."""
    printable = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text[: 2 * LONGEST_SEARCH])
    return " ".join(printable.split())[:LONGEST_SEARCH].strip()


def _last(values: Iterable[str]) -> str:
    return next(iter(reversed(tuple(values))), "")
