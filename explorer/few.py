"""How a count looks that is not shown: a number here, a blank or a 0 there would all be untrue."""

from __future__ import annotations

from store.suppression import INTERNAL_THRESHOLD

FEW = f"<{INTERNAL_THRESHOLD}"
FEW_SAID = f"Not counted: fewer than {INTERNAL_THRESHOLD} respondents, some of them of a protected survey."


def left_out(many: int, one: str, several: str) -> str:
    """Return how many figures are withheld and why, or nothing."""
    return f" {many:,} {one if many == 1 else several}: {FEW_SAID[0].lower()}{FEW_SAID[1:]}" if many else ""
