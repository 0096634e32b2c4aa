"""The tray of a story pack: which quotes somebody collected, in which order, with which notes. Ids and notes, never an answer's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from taxonomy.errors import SuasionError

MOST = 100
LONGEST_NOTE = 2_000
LONGEST_TITLE = 200
#: A tray of the most quotes with the longest notes, as JSON with escapes.
LARGEST_FILE = 1_000_000


class TrayError(SuasionError):
    """A tray that cannot be opened, or cannot hold what was asked of it."""


@dataclass(frozen=True)
class Collected:
    """A quote in the tray, by its id, and what somebody noted about it."""

    quote: str
    note: str = ""


@dataclass(frozen=True)
class Tray:
    """Collected quotes in the order in which they are to be told."""

    title: str = ""
    quotes: tuple[Collected, ...] = ()

    def __contains__(self, quote: object) -> bool:
        return any(held.quote == quote for held in self.quotes)

    @property
    def ids(self) -> tuple[str, ...]:
        """The quotes' ids, in order."""
        return tuple(held.quote for held in self.quotes)

    def titled(self, title: str) -> Tray:
        """Return the tray with another title."""
        return replace(self, title=title[:LONGEST_TITLE].strip())

    def with_quote(self, quote: str) -> Tray:
        """Return the tray with a quote at its end; one that is in it stays where it is, so that a second click does nothing.

        Raises:
            TrayError: it is full.
        """
        if quote in self:
            return self
        if len(self.quotes) >= MOST:
            raise TrayError(f"a story pack holds {MOST} quotes at most; take one out first")
        return replace(self, quotes=(*self.quotes, Collected(quote)))

    def without(self, quotes: Iterable[str]) -> Tray:
        """Return the tray without some quotes."""
        gone = set(quotes)
        return replace(self, quotes=tuple(held for held in self.quotes if held.quote not in gone))

    def noted(self, quote: str, note: str) -> Tray:
        """Return the tray with another note on a quote."""
        kept = note[:LONGEST_NOTE].strip()
        return replace(self, quotes=tuple(replace(held, note=kept) if held.quote == quote else held for held in self.quotes))

    def moved(self, quote: str, by: int) -> Tray:
        """Return the tray with a quote ``by`` places further down (up, where negative), as far as it goes."""
        if quote not in self:
            return self
        others = [held for held in self.quotes if held.quote != quote]
        place = self.ids.index(quote)
        others.insert(min(max(place + by, 0), len(others)), self.quotes[place])
        return replace(self, quotes=tuple(others))


_Line = Annotated[str, StringConstraints(max_length=LONGEST_TITLE)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class _SavedQuote(_Strict):
    quote: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_.:-]{1,80}$")]
    note: Annotated[str, StringConstraints(max_length=LONGEST_NOTE)] = ""


class _Saved(_Strict):
    suasion_story_pack: int = Field(ge=1, le=1)
    title: _Line = ""
    quotes: list[_SavedQuote] = Field(max_length=MOST)


def saved(tray: Tray) -> bytes:
    """Return a tray as a JSON file that ``opened`` reads."""
    quotes = [_SavedQuote(quote=held.quote, note=held.note) for held in tray.quotes]
    return _Saved(suasion_story_pack=1, title=tray.title, quotes=quotes).model_dump_json(indent=1).encode()


def opened(content: bytes) -> Tray:
    """Return the tray that a file holds; of a quote that is in it twice the first stays.

    Raises:
        TrayError: it is no such file; the message says where it is wrong and repeats nothing of it.
    """
    if len(content) > LARGEST_FILE:
        raise TrayError(f"this file is larger than any story pack ({LARGEST_FILE // 1_000_000} MB): choose one that was saved here")
    try:
        read = _Saved.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise TrayError(f"this is no story pack that was saved here: {place}: {fault['msg']}") from None
    held = {each.quote: Collected(each.quote, each.note) for each in reversed(read.quotes)}
    return Tray(read.title, tuple(held[quote] for quote in dict.fromkeys(each.quote for each in read.quotes)))
