"""What the pages on influence ask: who moves what, by which means, in which direction, with which effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from store import Filters, Reader

Row = dict[str, Any]


class InfluenceShelf:
    """The claims of a snapshot. Every method may be called by several sessions at once."""

    def __init__(self, reader: Reader, remembering: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        self._reader = reader
        self._profile = remembering(lambda filters: reader.profile(filters).to_pylist())
        self._bands = remembering(lambda source, target, filters, by: reader.bands(source, target, filters, by).to_pylist())
        self._ways = remembering(lambda filters, by: reader.ways(filters, by).to_pylist())

    def profile(self, filters: Filters) -> Sequence[Row]:
        """Return what the claims say, value by value, with shares of texts and their intervals (see ``Reader.profile``)."""
        found: list[Row] = self._profile(filters)
        return found

    def bands(self, source: str, target: str, filters: Filters, by: str) -> Sequence[Row]:
        """Return the claims that link the values of two facets, told apart by a third (see ``Reader.bands``)."""
        found: list[Row] = self._bands(source, target, filters, by)
        return found

    def ways(self, filters: Filters, by: str = "effect") -> Sequence[Row]:
        """Return each actor, mechanism and right that claims link, told apart by a facet, most told first (see ``Reader.ways``)."""
        found: list[Row] = self._ways(filters, by)
        return found

    def quotes(self, ids: Sequence[str]) -> Mapping[str, Row]:
        """Return quotes by their ids; what was withdrawn since is missing."""
        return {quote["quote"]: quote for quote in self._reader.chosen(ids)}
