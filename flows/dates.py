"""Dates of an export as ISO 8601."""

from __future__ import annotations

import re
from datetime import date, datetime

_YEAR_FIRST = re.compile(
    r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?:[T ]+(\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?\Z"
)


def iso_date(text: str, form: str | None = None) -> str | None:
    """Return a date, with its time where it has one, in ISO 8601; nothing where it cannot be read for sure.

    Args:
        form: how dates are written, in the codes of ``strptime``. Without it the year must come first, as day and month
            cannot be told apart otherwise.
    """
    text = text.strip()
    try:
        if form is not None:
            found = datetime.strptime(text, form)
            return found.isoformat() if any(code in form for code in ("%H", "%I", "%X", "%c")) else found.date().isoformat()
        match = _YEAR_FIRST.match(text)
        if match is None:
            return None
        year, _, month, day, time, zone = match.groups()
        found_day = date(int(year), int(month), int(day)).isoformat()
        if time is None:
            return found_day
        zone = "+00:00" if zone in ("Z", "UTC") else zone or ""
        return datetime.fromisoformat(f"{found_day}T{time.rjust(8 if time.count(':') == 2 else 5, '0')}{zone}").isoformat()
    except ValueError:
        return None
