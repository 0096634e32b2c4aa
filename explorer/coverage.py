"""How much of what the coder says is settled: coverage stands beside every count, because what waits for a review is not counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Coverage:
    """Codes that are settled, and codes that wait for a review; ``few`` where some are in neither, because so few have them."""

    settled: int = 0
    waiting: int = 0
    few: bool = False

    @property
    def codes(self) -> int:
        """Return how many codes there are in all."""
        return self.settled + self.waiting

    @property
    def percent(self) -> int:
        """Return the share of settled codes, rounded down: what waits is never rounded away."""
        return 100 * self.settled // self.codes if self.codes else 100


def together(parts: Iterable[Coverage]) -> Coverage:
    """Return the coverage of several facets as one, without those of which it is not told."""
    all_of_them = list(parts)
    return Coverage(
        sum(part.settled for part in all_of_them), sum(part.waiting for part in all_of_them), any(part.few for part in all_of_them)
    )


def sentence(coverage: Coverage, *, counted: bool) -> str:
    """Return the coverage of a view in words; ``counted`` says whether what waits counts all the same. Nothing is said of no codes."""
    if not coverage.codes:
        return ""
    apart = "; facets of which too few people speak are left out" if coverage.few else ""
    if not coverage.waiting:
        return f"Coverage 100 %: all {coverage.codes:,} codes are settled{apart}"
    what = "are counted here all the same" if counted else "are not counted"
    return f"Coverage {coverage.percent} %: {coverage.waiting:,} of {coverage.codes:,} codes wait for review and {what}{apart}"


def waiting(coverage: Coverage) -> str:
    """Return what waits in a facet in words, or nothing."""
    return f"{coverage.waiting:,} of {coverage.codes:,} wait for review" if coverage.waiting else ""
