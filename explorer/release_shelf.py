"""What the page Release asks of an open snapshot and of the decisions, and what it records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from store import Decisions, Filters, Paths, Reader
from store.release import NameLike, Quoted, Standing, Verdict, Wish, confirm, refuse, release, standing, take_back
from store.risk import Risk, capitalised, risks

#: What a person has to look at before a quote goes out.
NAMES: NameLike = capitalised

#: Stages of a release, in the order in which they are offered.
STAGES = ("undecided", "to confirm", "released", "kept inside")


def stage(stands: Standing | None) -> str:
    """Return where a quote stands on its way outside."""
    if stands is None:
        return "undecided"
    if stands.awaits_confirmation:
        return "to confirm"
    return "released" if stands.released else "kept inside"


class ReleaseShelf:
    """The quotes of protected surveys, what stands on them, and the hands that decide."""

    def __init__(self, reader: Reader, paths: Paths) -> None:
        self._reader = reader
        self._paths = paths
        self.surveys = tuple(row["survey"] for row in reader.surveys().to_pylist() if row["protection"] == "protected")

    def within(self, filters: Filters) -> Filters | None:
        """Return the filters with the protected surveys of theirs, None where there are none."""
        chosen = tuple(survey for survey in self.surveys if not filters.surveys or survey in filters.surveys)
        return replace(filters, surveys=chosen) if chosen else None

    def standing(self) -> dict[str, Standing]:
        """Return what stands on every quote on which somebody decided."""
        return standing(Decisions(self._paths))

    def queue(self, filters: Filters) -> list[str]:
        """Return the ids of the quotes that the filters let through."""
        return self._reader.queue(filters)

    def quotes(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return quotes by their ids."""
        return self._reader.chosen(ids)

    def risks(self, quotes: Sequence[dict[str, Any]]) -> dict[str, tuple[Risk, ...]]:
        """Return the risks of quotes, by id."""
        around = self._reader.surroundings(quotes)
        return {quote["quote"]: risks(quote["text"], quote["language"], around[quote["quote"]], NAMES) for quote in quotes}

    def release(self, quote: Quoted, wish: Wish, who: str, seen: int) -> Verdict:
        """Record a release; raises StoreError where it cannot be."""
        return release(Decisions(self._paths), quote, wish, who, seen=seen, names=NAMES)

    def refuse(self, quote: Quoted, who: str, seen: int) -> Verdict:
        """Record that a quote stays inside."""
        return refuse(Decisions(self._paths), quote, who, seen=seen)

    def confirm(self, quote: Quoted, who: str, seen: int) -> Verdict:
        """Record that a second person stands by a release for the public."""
        return confirm(Decisions(self._paths), quote, who, seen=seen)

    def take_back(self, quote: str, who: str) -> Verdict:
        """Record that a quote is released no more."""
        return take_back(Decisions(self._paths), quote, who)
