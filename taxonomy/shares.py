"""Shares as they are printed, everywhere alike."""

from __future__ import annotations


def percent(share: float | None) -> str:
    """Return a share in per cent; never 0 % or 100 % of what is more or less than that; nothing of nothing."""
    if share is None:
        return ""
    rounded = f"{100 * share:.0f}"
    if rounded == "0" and share > 0:
        return "< 1 %"
    if rounded == "100" and share < 1:
        return "> 99 %"
    return f"{rounded} %"
