"""How a count looks that is not shown: a number here, a blank or a 0 there would all be untrue."""

from __future__ import annotations

from dataclasses import dataclass

from store.suppression import INTERNAL_THRESHOLD

_BECAUSE = "Not counted: "


@dataclass(frozen=True)
class Withheld:
    """What stands in the place of a count, and why there is none."""

    mark: str
    why: str

    def left_out(self, many: int, one: str, several: str) -> str:
        """Return how many figures are withheld and why, or nothing."""
        return f" {many:,} {one if many == 1 else several}: {self.why.removeprefix(_BECAUSE)}" if many else ""


_INSIDE = Withheld(f"<{INTERNAL_THRESHOLD}", f"{_BECAUSE}fewer than {INTERNAL_THRESHOLD} respondents, some of them of a protected survey.")
_OUTSIDE = Withheld("–", f"{_BECAUSE}released quotes of protected surveys. Their figures are on the page Numbers.")


def withheld(view: str) -> Withheld:
    """Return how a count that a view does not show looks."""
    return _INSIDE if view == "internal" else _OUTSIDE
