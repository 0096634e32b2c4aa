"""Cells of what is handed out: a spreadsheet must not take any for a formula."""

from __future__ import annotations

import re

#: Also behind blanks and marks that are not seen: some readers drop them before they look.
_FORMULA = re.compile(r"^(?:[\t\r\n]|[\s\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－﹣−＠﹢﹦﹫])")


def inert(value: object) -> object:
    """Return the value, with an apostrophe before text that a spreadsheet would read as a formula."""
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value
