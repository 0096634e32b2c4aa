"""What somebody searches for on the page of quotes: the text, how it is searched, in which order, and the link that says the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from explorer.filters import one_line
from explorer.query_encoder import SAID, State
from store import Filters
from store.search_reader import Found, How, Sort

#: The parameters of the page's link that tell a search; others tell the filters.
PARAMETERS = ("ask", "how", "sort")
#: The parameter of the page of one quote, whose link lasts as long as the quote.
QUOTE = "quote"

HOW: Mapping[How, str] = {"both": "Words and meaning", "words": "Words", "meaning": "Meaning"}
SORT: Mapping[Sort, str] = {"fit": "Best fit first", "confidence": "Surest reading first", "date": "Latest first"}


@dataclass(frozen=True)
class Search:
    """A search by both or by meaning ranks ``text`` within the filters; one by words is a filter itself, and ``text`` is empty."""

    text: str = ""
    how: How = "both"
    sort: Sort = "fit"

    def parameters(self, usual: How = "both") -> dict[str, str]:
        """Return the link's parameters, only where they say something; ``usual`` is how one searches who has chosen nothing."""
        said = {"ask": self.text, "how": self.how, "sort": self.sort}
        unsaid = {"ask": "", "how": usual, "sort": Search.sort}
        return {name: value for name, value in said.items() if value != unsaid[name]}


@dataclass(frozen=True)
class Ranking:
    """A search that ranks what the filters let through and is no filter itself: its text, how it is searched, and what takes it away."""

    text: str
    how: str
    drop: Callable[[], None]


def from_link(parameters: Mapping[str, str], usual: How = "both") -> Search:
    """Return the search of a link; what is not said or unknown is as usual."""
    how, sort = parameters.get("how", ""), parameters.get("sort", "")
    return Search(
        one_line(parameters.get("ask", "")),
        next((known for known in HOW if known == how), usual),
        next((known for known in SORT if known == sort), Search.sort),
    )


def usual(filters: Filters, state: State) -> How:
    """Return how one searches who has chosen nothing: a filter by words is one, and without meaning words are all there is."""
    return "words" if filters.text or state in ("off", "failed") else "both"


def asked(search: Search, filters: Filters, text: str, how: How) -> tuple[Search, Filters]:
    """Return the search and the filters once somebody typed a text, or chose how it is searched.

    By words it becomes a filter, so that counts, other pages and downloads follow; otherwise it ranks what the filters let through.
    """
    tidy = one_line(text)
    if how == "words":
        return replace(search, text="", how=how), replace(filters, text=tidy)
    was_filter = search.how == "words"
    return replace(search, text=tidy, how=how), replace(filters, text="") if was_filter else filters


def typed(search: Search, filters: Filters) -> str:
    """Return the text that stands in the search box."""
    return filters.text if search.how == "words" else search.text


def ranked_by(search: Search, filters: Filters, state: State) -> tuple[Filters, str, How, str]:
    """Return what is to be asked of the snapshot: the filters, the text, how, and what has to be said of it.

    A filter by words ranks too, and is not asked twice. Where meaning cannot be searched, words are; as long as it gets ready, any of
    them: whoever asks in a sentence would find nothing that has them all.
    """
    if search.how == "words" or not search.text:
        return replace(filters, text=""), filters.text, "words", ""
    if state != "ready":
        return filters, search.text, "some" if state == "loading" else "words", SAID[state]
    return filters, search.text, search.how, ""


def reasons(quotes: Iterable[Mapping[str, Any]], found: Found) -> dict[str, str]:
    """Return, by quote, what a search by words and meaning found it by; nothing where all were found alike."""
    if not found.worded:
        return {}
    told = {(True, True): "Some of your words, and near in meaning", (True, False): "Some of your words", (False, True): "Near in meaning"}
    return {quote["quote"]: told.get((quote["row"] in found.worded, quote["row"] in found.near), "") for quote in quotes}
