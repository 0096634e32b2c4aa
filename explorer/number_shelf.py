"""What the page Numbers asks: the declared tables of protected surveys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from store import Filters, Reader
from store.tables_reader import DeclaredCount, DeclaredSurvey


@dataclass(frozen=True)
class Told:
    """A cell of a table: a value for each dimension, None in a margin; the count is None where it is suppressed."""

    values: tuple[str | None, ...]
    shown: int | None


class NumberShelf:
    """The declared tables of a snapshot. Every method may be called by several sessions at once."""

    def __init__(self, reader: Reader, remembering: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        self._surveys = remembering(reader.declared)
        self._count = remembering(reader.declared_count)
        self._table = remembering(lambda survey, name: _cells(reader.declared_table(survey, name).to_pylist()))

    def surveys(self) -> Sequence[DeclaredSurvey]:
        """Return the protected surveys of the snapshot."""
        found: Sequence[DeclaredSurvey] = self._surveys()
        return found

    def count(self, filters: Filters) -> DeclaredCount | None:
        """Return how many respondents of a protected survey the filters stand for, None where that is no cell of a table."""
        found: DeclaredCount | None = self._count(filters)
        return found

    def table(self, survey: str, name: str) -> Sequence[Told]:
        """Return the cells of a table that are not 0."""
        found: Sequence[Told] = self._table(survey, name)
        return found


def _cells(rows: Sequence[dict[str, Any]]) -> Sequence[Told]:
    around = {"shown", "suppressed", "reason"}
    return tuple(Told(tuple(value for name, value in row.items() if name not in around), row["shown"]) for row in rows)
