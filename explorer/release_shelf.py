"""What the page Release asks of an open snapshot and of the decisions, and what it records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from store import Decisions, Filters, Paths, Reader
from store.release import NameLike, Quoted, Standing, Verdict, Wish, confirm, refuse, release, standing, take_back
from store.risk import Risk, name_like, risks
from store.suppression import INTERNAL_THRESHOLD

#: Stages of a release, in the order in which they are offered.
STAGES = ("undecided", "to confirm", "released", "kept inside")


@dataclass(frozen=True)
class Queue:
    """The quotes that stand at a stage, and how many; None where they are of too few people to be counted."""

    quotes: tuple[str, ...]
    count: int | None


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

    def queues(self, filters: Filters, stands: Mapping[str, Standing]) -> dict[str, Queue]:
        """Return the quotes that the filters let through, by the stage that they stand at."""
        found: dict[str, list[tuple[str, int]]] = {name: [] for name in STAGES}
        for quote, unit in self._reader.queue(filters):
            found[stage(stands.get(quote))].append((quote, unit))
        return {
            name: Queue(
                tuple(quote for quote, _ in rows), len(rows) if not 0 < len({unit for _, unit in rows}) < INTERNAL_THRESHOLD else None
            )
            for name, rows in found.items()
        }

    def quotes(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return quotes by their ids."""
        return self._reader.chosen(ids)

    def risks(self, quotes: Sequence[dict[str, Any]]) -> dict[str, tuple[Risk, ...]]:
        """Return the risks of quotes, by id."""
        around = self._reader.surroundings(quotes)
        return {quote["quote"]: risks(quote["text"], quote["language"], around[quote["quote"]], self.names) for quote in quotes}

    def embargoes(self, quotes: Sequence[dict[str, Any]]) -> dict[str, str]:
        """Return until when an embargo that has not ended keeps quotes inside, by id."""
        return self._reader.embargoes([quote["quote"] for quote in quotes], datetime.now(UTC).date())

    @property
    def names(self) -> NameLike:
        """What finds words that look like a name: a person has to look at them before a text goes out."""
        return name_like

    def release(self, quote: Quoted, wish: Wish, who: str, seen: int) -> Verdict:
        """Record a release; raises StoreError where it cannot be."""
        return release(Decisions(self._paths), quote, wish, who, seen=seen, names=self.names)

    def refuse(self, quote: Quoted, who: str, seen: int) -> Verdict:
        """Record that a quote stays inside."""
        return refuse(Decisions(self._paths), quote, who, seen=seen)

    def confirm(self, quote: Quoted, who: str, seen: int) -> Verdict:
        """Record that a second person stands by a release for the public."""
        return confirm(Decisions(self._paths), quote, who, seen=seen)

    def take_back(self, quote: str, who: str) -> Verdict:
        """Record that a quote is released no more."""
        return take_back(Decisions(self._paths), quote, who)
