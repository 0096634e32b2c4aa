"""What is shown, as CSV and XLSX that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from store.cells import inert
from store.exports import ExportRegister
from store.reader import Snapshot

Row = Sequence[object]

LIMIT = 10_000
#: Who takes an export away where nobody signs in.
THIS_MACHINE = "somebody at this machine"
#: The header of the column by which a table's quotes are known.
QUOTE_ID = "Quote id"
#: What one cell of an XLSX can hold.
_LONGEST_CELL = 32_767
_CUT = " […cut: a cell holds no more]"
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Sheet:
    """A table to hand out: its header, its rows, and what there is to know about it."""

    header: Sequence[str]
    rows: Sequence[Row]
    about: Sequence[tuple[str, str]]


def registered(sheet: Sheet, register: ExportRegister, *, what: str, who: str, of: Snapshot) -> Sheet:
    """Enter the quotes of a table in the register of exports, and return the table: what cannot be entered is not handed out.

    Raises:
        StoreError: the register cannot be written.
    """
    place = sheet.header.index(QUOTE_ID)
    register.record(what, (str(row[place]) for row in sheet.rows), who=who, view=of.view, snapshot=of.id)
    return sheet


def to_csv(sheet: Sheet) -> bytes:
    """Return the table as CSV in UTF-8, with the mark by which spreadsheets know it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (sheet.header, *sheet.rows):
        writer.writerow([inert(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def to_xlsx(sheet: Sheet, also: Mapping[str, Sheet] = MappingProxyType({})) -> bytes:
    """Return the table as XLSX, with further ones on sheets of their own and a last sheet that says what they are."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _write(book.create_sheet("Quotes"), (sheet.header, *sheet.rows))
    for name, other in also.items():
        _write(book.create_sheet(name), (other.header, *other.rows))
    about = [*sheet.about, *(line for other in also.values() for line in other.about if line not in sheet.about)]
    _write(book.create_sheet("About"), about)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(page: object, rows: Iterable[Row]) -> None:
    from openpyxl.cell import WriteOnlyCell

    for row in rows:
        cells = []
        for value in row:
            if isinstance(value, str):
                cell = WriteOnlyCell(page, value=_fitted(str(inert(value))))
                cell.data_type = "s"
            else:
                cell = WriteOnlyCell(page, value=value)
            cells.append(cell)
        page.append(cells)  # type: ignore[attr-defined]


def writable(text: str) -> str:
    """Return text without the signs that XML, and so XLSX and DOCX, cannot hold."""
    return _UNWRITABLE.sub("\ufffd", text)


def _fitted(text: str) -> str:
    text = writable(text)
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - len(_CUT)] + _CUT
