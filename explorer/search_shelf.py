"""What the pages of quotes ask of an open snapshot when somebody searches, and what stands beside a quote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from explorer.query_encoder import QueryEncoder, State, query_encoder
from store import Filters, Reader
from store.search_reader import Found, How, Sort
from store.similar import Near, Opposite

SIMILAR, OPPOSITE = 5, 5


class SearchShelf:
    """Searches of one open snapshot; what was asked is remembered as long as nothing is decided."""

    def __init__(self, reader: Reader, remembering: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        self._reader = reader
        self._find = remembering(self._search)
        self._similar = remembering(reader.similar)
        self._opposite = remembering(reader.opposite)
        self._versions = remembering(reader.versions)

    @property
    def state(self) -> State:
        """Whether meaning can be searched; looking starts nothing."""
        return self._encoder.state

    def start(self) -> State:
        """Get ready for searches by meaning, if that can be; return how far it is."""
        return self._encoder.start(self._reader.prepare_meaning)

    def find(self, filters: Filters, text: str, how: How, sort: Sort) -> Found:
        """Return what a search finds. By meaning it can only be asked once ``start`` says ready."""
        found: Found = self._find(filters, text, how, sort)
        return found

    def quotes(self, rows: tuple[int, ...]) -> list[dict[str, Any]]:
        """Return the quotes of found rows, in their order."""
        return list(self._reader.listed(rows).to_pylist())

    def quote(self, quote: str) -> dict[str, Any] | None:
        """Return a quote by its id; None where it is not in the snapshot, or was withdrawn since."""
        return next(iter(self._reader.chosen([quote])), None)

    def similar(self, quote: str) -> list[Near]:
        """Return quotes near to a quote in meaning."""
        found: list[Near] = self._similar(quote, None, SIMILAR)
        return found

    def opposite(self, quote: str) -> list[Opposite]:
        """Return quotes that say the opposite of a quote."""
        found: list[Opposite] = self._opposite(quote, OPPOSITE)
        return found

    def versions(self, quote: str) -> list[Near]:
        """Return the same answer's words in other languages."""
        found: list[Near] = self._versions(quote)
        return found

    @property
    def _encoder(self) -> QueryEncoder:
        return query_encoder(self._reader.encoder)

    def _search(self, filters: Filters, text: str, how: How, sort: Sort) -> Found:
        vector = None if how in ("words", "some") else self._encoder.vector(text)
        return self._reader.search(filters, text, how, sort, vector)
