"""XLSX: measured before it is opened, read as a stream, formulas never evaluated."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from flows.columnar import cell_text
from flows.header import assemble
from flows.raw import FileReport, RawTable, Reading
from taxonomy.errors import RawFileError

_MAX_ENTRIES = 2_000
_MAX_UNPACKED = 300_000_000
_MAX_RATIO = 200  # ordinary workbooks pack 5 to 20 times
_RATIO_COUNTS_FROM = 20_000_000
_CHUNK = 1 << 20
_ERRORS = frozenset({"#NAME?", "#REF!", "#VALUE!", "#N/A", "#DIV/0!", "#NULL!", "#NUM!"})
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_spreadsheet(path: Path, reading: Reading) -> RawTable:
    """Return the table of a workbook's first sheet, or of the one that ``reading`` names."""
    formulas = _measure(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that no cell depends on
            records, sheet, notices = _records(path, reading.sheet, formulas)
    except (zipfile.BadZipFile, zlib.error, ParseError, LookupError, ValueError, TypeError, AttributeError, EOFError, OSError) as error:
        raise RawFileError(f"{path.name}: the workbook is damaged ({type(error).__name__}); open it and save it anew") from error
    while records and not any(cell.strip() for cell in records[0]):
        del records[0]
    if not records:
        raise RawFileError(f'{path.name}: the sheet "{sheet}" is empty')
    records[0] += [""] * (max(map(len, records)) - len(records[0]))  # cells beside the header's have a place, if no name
    return assemble(path, records, FileReport(path.name, "xlsx", sheet=sheet, notices=tuple(notices)), ragged=True)


def _measure(path: Path) -> bool:
    """Refuse what unpacks to too much, counting real bytes; return whether a sheet holds formulas."""
    formulas = False
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > _MAX_ENTRIES:
                raise RawFileError(f"{path.name}: the workbook has {len(entries)} parts (at most {_MAX_ENTRIES}); it is not opened")
            if any(entry.flag_bits & 1 for entry in entries):
                raise RawFileError(f"{path.name}: the workbook is encrypted; save it without a password")
            total, packed = 0, path.stat().st_size
            for entry in entries:
                tail, first = b"", True
                with archive.open(entry) as stream:
                    while chunk := stream.read(_CHUNK):
                        total += len(chunk)
                        if total > _MAX_UNPACKED or (total > _RATIO_COUNTS_FROM and total > _MAX_RATIO * packed):
                            raise RawFileError(
                                f"{path.name}: {packed} bytes unpack to more than {total // 1_000_000} MB; it is not opened. "
                                "If the data are real, export them as CSV"
                            )
                        if first and b"<!DOCTYPE" in chunk[:4096]:
                            raise RawFileError(f"{path.name}: the workbook defines XML entities; it is not opened")
                        formulas = formulas or (entry.filename.startswith("xl/worksheets/") and b"<f" in tail + chunk)
                        tail, first = chunk[-1:], False
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise RawFileError(f"{path.name}: the workbook is damaged ({type(error).__name__}); open it and save it anew") from error
    return formulas


def _records(path: Path, sheet: str | None, formulas: bool) -> tuple[list[list[str]], str, list[str]]:
    from openpyxl import load_workbook

    values = load_workbook(path, read_only=True, data_only=True)
    typed = load_workbook(path, read_only=True, data_only=False) if formulas else None
    try:
        names = [worksheet.title for worksheet in values.worksheets]
        if not names:
            raise RawFileError(f"{path.name}: the workbook has no sheets of cells")
        if sheet is not None and sheet not in names:
            raise RawFileError(f'{path.name}: there is no sheet "{sheet}"; reading.sheet may be: {", ".join(names)}')
        name = sheet or names[0]
        notices = [f'{len(names)} sheets; read the first, "{name}" (reading.sheet names another)'] if len(names) > 1 and not sheet else []
        rows = _rows(values, name)
        if typed is None:
            texts = ([_text(value) for value in row] for row in rows)
        else:
            texts = (
                [_typed_text(*pair) for pair in zip(row, written, strict=False)]
                for row, written in zip(rows, _rows(typed, name), strict=False)
            )
        records: list[list[str]] = []
        size = 0
        for cells in texts:
            while cells and not cells[-1].strip():
                cells.pop()
            size += 8 * len(cells) + sum(map(len, cells))  # shared texts and far columns unpack to any size: measured as it comes
            if size > _MAX_UNPACKED:
                raise RawFileError(f"{path.name}: its cells take more than {_MAX_UNPACKED // 1_000_000} MB; export it as CSV in parts")
            records.append(cells)
        return records, name, notices
    finally:
        values.close()
        if typed is not None:
            typed.close()


def _rows(workbook: Any, sheet: str) -> Iterator[tuple[Any, ...]]:
    worksheet = workbook[sheet]
    worksheet.reset_dimensions()  # some writers declare a size that is not the sheet's
    return islice(worksheet.iter_rows(values_only=True), 1_048_576)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), value) if "_x" in value else value
    return cell_text(value)


def _typed_text(value: Any, written: Any) -> str:
    """Where a cell that begins with "=" was taken for a formula and has no result, what was written is the text."""
    if (value is None or value in _ERRORS) and isinstance(written, str) and written.startswith("="):
        return _text(written)
    return _text(value)
