"""Qualtrics' exports: three header rows, columns of its own, and rows that are only previews."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flows.cleaning import clean_name
from flows.raw import Record

#: Columns Qualtrics adds of itself. Those that identify a person are named in flows.personal as well.
METADATA = frozenset(
    {
        *("StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)", "Finished", "RecordedDate"),
        *("ResponseId", "ResponseID", "RecipientLastName", "RecipientFirstName", "RecipientEmail", "ExternalReference"),
        *("ExternalDataReference", "LocationLatitude", "LocationLongitude", "DistributionChannel", "UserLanguage", "Q_Language"),
    }
)

_PREVIEWS = frozenset({"survey preview", "survey test", "preview", "test"})
_PREVIEW_BITS = 1 | 2  # where statuses are exported as numbers


@dataclass(frozen=True)
class Header:
    """The head of a Qualtrics export.

    Attributes:
        rows: how many header rows there are.
        texts: the question's text per column.
        imports: the import id per column ("" where there is none).
    """

    rows: int
    texts: Record
    imports: Record


def recognise(records: Sequence[Sequence[str]]) -> Header | None:
    """Return the header if the first records are a Qualtrics export's, else nothing."""
    if len(records) < 2:
        return None
    names, texts = records[0], records[1]
    if len(records) > 2:
        imports = tuple(_import_id(cell) for cell in records[2])
        if imports and sum(map(bool, imports)) * 2 > len(imports):
            return Header(3, tuple(texts), imports)
    # Older exports and workbooks lack the third row; the column of response ids then shows its label in the second.
    for name, text in zip(names, texts, strict=False):
        if name.lower() == "responseid" and text.replace(" ", "").lower() == "responseid":
            return Header(2, tuple(texts), ("",) * len(names))
    return None


def is_preview(status: str) -> bool:
    """Return whether a row was made by trying the survey out."""
    status = status.strip().lower()
    return status in _PREVIEWS or (status.isascii() and status.isdigit() and len(status) < 4 and bool(int(status) & _PREVIEW_BITS))


def _import_id(cell: str) -> str:
    if not cell.lstrip().startswith("{"):
        return ""
    try:
        value = json.loads(cell)
    except ValueError:
        return ""
    found = value.get("ImportId") if isinstance(value, dict) else None
    return clean_name(found) if isinstance(found, str) else ""
