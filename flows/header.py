"""From records to a table: header rows, unique names, rows of the right width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flows import qualtrics
from flows.cleaning import clean_name
from flows.raw import FileReport, RawReject, RawTable, Record
from taxonomy.errors import RawFileError


def assemble(
    path: Path, records: Sequence[Sequence[str]], report: FileReport, broken: Sequence[RawReject] = (), *, ragged: bool
) -> RawTable:
    """Return the table of records whose first is the header.

    Args:
        broken: records that could not be read, ``row`` being their index in ``records``.
        ragged: whether short rows are the format's habit (workbooks) and filled up, rather than a sign of damage.
    """
    head = qualtrics.recognise(records)
    header_rows = head.rows if head else 1
    columns, notices = unique_names(records[0])
    if head:
        report = replace(report, kind=f"{report.kind} (qualtrics)", header_rows=header_rows)
    bad = {reject.row: reject.reason for reject in broken if reject.row is not None}
    width = len(columns)
    rows: list[tuple[int, Record]] = []
    rejects: list[RawReject] = []
    for at in range(header_rows, len(records)):
        number, cells = at - header_rows + 1, tuple(records[at])
        if at in bad:
            rejects.append(RawReject(number, bad[at]))
        elif not any(cell.strip() for cell in cells):
            continue
        elif len(cells) == width:
            rows.append((number, cells))
        elif len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            rows.append((number, cells[:width]))
        elif len(cells) < width and ragged:
            rows.append((number, cells + ("",) * (width - len(cells))))
        else:
            rejects.append(RawReject(number, f"the row has {len(cells)} cells where the header has {width}"))
    if not rows and not rejects:
        raise RawFileError(f"{path.name}: the file has a header but no rows; export it again")
    if head:
        aliases = {name: column for name, column in zip(head.imports, columns, strict=False) if name and name not in columns}
        texts = {column: clean_name(text) for column, text in zip(columns, head.texts, strict=False)}
    else:
        aliases, texts = {}, {}
    return RawTable(path, columns, tuple(rows), replace(report, notices=(*report.notices, *notices)), tuple(rejects), aliases, texts)


def unique_names(header: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the header's names on one line each, repeated ones numbered and blank ones named, and what was changed."""
    names: list[str] = []
    taken = {clean_name(cell) for cell in header}
    seen: set[str] = set()
    repeated: list[str] = []
    for position, cell in enumerate(header, 1):
        name = clean_name(cell) or f"column {position}"
        if name in seen:
            repeated.append(name)
            number = 2
            while f"{name} ({number})" in seen | taken:
                number += 1
            name = f"{name} ({number})"
        seen.add(name)
        names.append(name)
    notices = []
    if repeated:
        shown = ", ".join(f'"{name[:60]}"' for name in dict.fromkeys(repeated))
        notices.append(f'repeated column names were numbered, as in "name (2)": {shown}')
    return tuple(names), notices
