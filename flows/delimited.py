"""CSV and TSV: delimiter found, quotes taken strictly, a broken row never swallows the rows behind it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from flows.encodings import decode
from flows.header import assemble
from flows.raw import UNDECODABLE, FileReport, RawReject, RawTable, Reading
from taxonomy.errors import RawFileError

_DELIMITERS = (",", ";", "\t", "|")
_SEP_LINE = re.compile(r"sep=(.)[\r\n]*\Z")
_SAMPLE_RECORDS = 200

# An answer may be long; yet an unclosed quote must not read to the end of a large file again and again.
csv.field_size_limit(4_000_000)

Parsed = tuple[list[str] | None, str]


def read_delimited(path: Path, data: bytes, reading: Reading) -> RawTable:
    """Return a CSV or TSV file's table."""
    decoded = decode(data, reading.encoding)
    lines = list(io.StringIO(decoded.text, newline=""))
    notices: list[str] = []
    delimiter = reading.delimiter
    while lines and not lines[0].strip():
        del lines[0]
    separator = _SEP_LINE.match(lines[0]) if lines else None
    if separator:
        delimiter = delimiter or separator.group(1)
        del lines[0]
    if not lines:
        raise RawFileError(f"{path.name}: the file is empty; export it again")
    delimiter = delimiter or _find_delimiter(lines, tab_first=path.suffix.lower() in (".tsv", ".tab"))

    records: list[list[str]] = []
    rejects: dict[int, str] = {}
    for cells, problem in _records(lines, delimiter):
        if cells is None:
            rejects[len(records)] = problem
        elif decoded.undecodable and any(UNDECODABLE in cell for cell in cells):
            if not records:
                cells = [cell.replace(UNDECODABLE, "\N{REPLACEMENT CHARACTER}") for cell in cells]
            else:
                rejects[len(records)] = f"the row cannot be decoded as {decoded.encoding}, as the rest of the file can"
        records.append(cells or [])
    if 0 in rejects:
        raise RawFileError(f"{path.name}: the header row cannot be read: {rejects[0]}")
    if decoded.undecodable:
        notices.append(f"mixed encodings: read as {decoded.encoding}, with {decoded.undecodable} places in another")
    report = FileReport(
        path.name, "tsv" if delimiter == "\t" else "csv", encoding=decoded.encoding, delimiter=delimiter, notices=tuple(notices)
    )
    return assemble(path, records, report, [RawReject(at, reason) for at, reason in rejects.items()], ragged=False)


def _records(lines: Sequence[str], delimiter: str) -> Iterator[Parsed]:
    """Yield (cells, "") or (None, what is wrong) for each record; reading goes on with the line after a broken one's first."""
    start = 0
    while start < len(lines):
        reader = csv.reader(islice(lines, start, None), delimiter=delimiter, strict=True)
        read = 0
        try:
            for cells in reader:
                read = reader.line_num
                yield cells, ""
            return
        except csv.Error:
            start += read + 1
            yield None, "quotes are not closed, or quotes within the text are not doubled"


def _find_delimiter(lines: Sequence[str], *, tab_first: bool) -> str:
    """Return the delimiter under which most records are as wide as the header, and wider than one cell."""
    order = ("\t", ",", ";", "|") if tab_first else _DELIMITERS
    best, best_score = order[0], (0.0, 0)
    for delimiter in order:
        widths = [len(cells) for cells, _ in islice(_records(lines, delimiter), _SAMPLE_RECORDS) if cells]
        if not widths or widths[0] < 2:
            continue
        score = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best
