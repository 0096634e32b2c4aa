"""Cells of what is handed out: a spreadsheet must not take any for a formula."""

from __future__ import annotations

import re

#: Blanks, and marks that are not seen: some readers drop them before they look.
_UNSEEN = r"\s\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_FORMULA = re.compile(rf"^(?:[\t\r\n]|[{_UNSEEN}]*[=+\-@＝＋－﹣−＠﹢﹦﹫])")


def inert(value: object) -> object:
    """Return the value, with an apostrophe before text that a spreadsheet would read as a formula."""
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value
