"""The story pack of one visit: the story that is made of what was collected, for those who may take it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from explorer.denominator import stands_for
from explorer.export import THIS_MACHINE
from explorer.library import Library
from explorer.quote_card import may_leave, why
from explorer.session import Visit
from explorer.story import Quote, Story, story
from explorer.tray import Tray

#: How many quotes that say the opposite stand beside each.
COUNTERS = 2


def present(held: Tray, library: Library) -> dict[str, Quote]:
    """Return the collected quotes that may be shown now, by their ids."""
    return {quote["quote"]: quote for quote in library.release.quotes(held.ids)}


def told(held: Tray, library: Library, *, opposed: bool) -> Story:
    """Return the story of a tray as of now, with quotes that say the opposite where they are wanted.

    Raises:
        GoneError, CitationError: a collected quote may not leave; the message names it.
    """
    return story(
        held,
        present(held, library),
        library,
        stands_for=lambda quote: stands_for(quote, library),
        caveats=lambda quote: caveats(quote, library),
        counters=lambda quote: counters(quote, library) if opposed else (),
    )


def handed(visit: Visit, held: Tray, render: Callable[[Story], bytes], what: str, *, opposed: bool) -> bytes:
    """Make a file of a tray, entered in the register of exports first. It may be called from any thread: no session is asked.

    Raises:
        GoneError, CitationError, StoreError: a quote may not leave, or the register cannot be written.
    """
    library = visit.library
    made = told(held, library, opposed=opposed)
    who = visit.grant.person or THIS_MACHINE
    library.exports.record(what, made.ids, who=who, view=library.snapshot.view, snapshot=library.snapshot.id)
    return render(made)


def caveats(quote: Quote, library: Library) -> Sequence[str]:
    """Return what else has to be said of a quote."""
    doubted = sorted({library.names.facet(code["facet"]).lower() for code in quote["codes"] if code["review"]})
    unreleased = not may_leave(quote, library.release.standing().get(quote["quote"]), library)
    return [
        *(["Not released as it stands here: for researchers alone. It must not be passed on."] if unreleased else []),
        *([f"Nobody has settled yet how to code its {', '.join(doubted)}."] if doubted else []),
    ]


def counters(quote: Quote, library: Library) -> list[tuple[dict[str, Any], str]]:
    """Return quotes that say the opposite, each with why it stands there."""
    found = [(other.quote, why(other, library)) for other in library.search.opposite(quote["quote"])[:COUNTERS]]
    return [(other, f"{said[0].lower()}{said[1:]}") for other, said in found]
