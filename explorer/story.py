"""A story pack as it leaves: quotes with notes, citations, what they stand for and what others say, and how all of it was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.citation import KINDS, CitationError, Cited, cited, survey_in_apa
from explorer.library import Library
from explorer.tray import Tray
from taxonomy.errors import SuasionError

Quote = Mapping[str, Any]

#: What stands under every pack, whatever is in it.
_HOW = (
    "Quotes are as they stand in the store, with what leads to persons masked in square brackets. “Verbatim” is a respondent's "
    "own words, “transcribed” those of the source named; a paraphrase or a translation is neither, and says so.",
    "Codes were given by a machine and count where it was sure enough; the passages and respondents were not drawn at random, so "
    "numbers describe these answers and say nothing about the world.",
)


class GoneError(SuasionError):
    """Quotes that were collected and may not be shown any more."""


@dataclass(frozen=True)
class Counter:
    """A quote that says otherwise, and why it stands there."""

    what: Cited
    why: str


@dataclass(frozen=True)
class Told:
    """A quote of a story. ``stands_for`` is its denominator in words, ``caveats`` what else a reader must know."""

    what: Cited
    note: str
    stands_for: str
    caveats: tuple[str, ...]
    counters: tuple[Counter, ...]

    @property
    def kind(self) -> str:
        """What the words are, as a reader is told."""
        return KINDS[self.what.kind]


@dataclass(frozen=True)
class Story:
    """A whole pack. ``sources`` are references in APA's style, each once; ``method`` are sentences; ``snapshot`` identifies the data."""

    title: str
    quotes: tuple[Told, ...]
    sources: tuple[str, ...]
    method: tuple[str, ...]
    snapshot: str

    @property
    def ids(self) -> tuple[str, ...]:
        """All quotes that leave with it, counter-quotes too."""
        return tuple(
            dict.fromkeys(what for told in self.quotes for what in (told.what.quote, *(other.what.quote for other in told.counters)))
        )


def missing(tray: Tray, present: Mapping[str, Quote]) -> tuple[str, ...]:
    """Return the collected quotes that are not there any more, or may not leave: withdrawn, taken back, or of another snapshot."""
    return tuple(quote for quote in tray.ids if quote not in present)


def story(
    tray: Tray,
    present: Mapping[str, Quote],
    library: Library,
    *,
    stands_for: Callable[[Quote], str],
    caveats: Callable[[Quote], Sequence[str]],
    counters: Callable[[Quote], Sequence[tuple[Quote, str]]],
) -> Story:
    """Put a pack together from the quotes that are ``present`` now, by their ids.

    Raises:
        GoneError: one that was collected is not present; the message names it.
        CitationError: one was invented; the message names it.
    """
    if gone := missing(tray, present):
        named = ", ".join(gone[:10]) + (f" and {len(gone) - 10} more" if len(gone) > 10 else "")
        raise GoneError(f"withdrawn, or no longer released, since they were collected: quote {named}. Take them out of the pack first")
    told = tuple(
        Told(
            cited(present[held.quote], library),
            held.note,
            stands_for(present[held.quote]),
            tuple(caveats(present[held.quote])),
            tuple(Counter(what, why) for other, why in counters(present[held.quote]) if (what := _citable(other, library))),
        )
        for held in tray.quotes
    )
    everything = [what for each in told for what in (each.what, *(other.what for other in each.counters))]
    snapshot = library.snapshot
    versions = ", ".join(f"{name} {version}" for name, version in snapshot.versions.items())
    return Story(
        title=tray.title or "Story pack",
        quotes=told,
        sources=tuple(dict.fromkeys(survey_in_apa(what) for what in everything)),
        method=(*_HOW, *([f"Made with {versions}."] if versions else [])),
        snapshot=f"{snapshot.id} ({snapshot.view}) of {snapshot.made[:16].replace('T', ' ')} UTC",
    )


def _citable(quote: Quote, library: Library) -> Cited | None:
    try:
        return cited(quote, library)
    except CitationError:
        return None
