"""JSON Lines: an object a line, each value as text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flows.cleaning import clean_name
from flows.encodings import decode
from flows.raw import UNDECODABLE, FileReport, RawReject, RawTable, Reading, Record
from taxonomy.errors import RawFileError

_MAX_COLUMNS = 5_000


def read_jsonlines(path: Path, data: bytes, reading: Reading) -> RawTable:
    """Return a JSON Lines file's table; its columns are the keys in the order of their first appearance."""
    decoded = decode(data, reading.encoding)
    columns: dict[str, None] = {}
    objects: list[tuple[int, dict[str, str]]] = []
    rejects: list[RawReject] = []
    for number, line in enumerate(decoded.text.split("\n") if "\n" in decoded.text else decoded.text.split("\r"), 1):
        if not line.strip():
            continue
        found, problem = _object(line, decoded.encoding)
        if found is None:
            rejects.append(RawReject(number, problem))
            continue
        columns.update(dict.fromkeys(found))
        objects.append((number, found))
    if not objects and not rejects:
        raise RawFileError(f"{path.name}: the file is empty; export it again")
    if not objects:
        raise RawFileError(f"{path.name}: no line is a JSON object; JSON Lines has one object a line. A CSV file should be named .csv")
    if len(columns) > _MAX_COLUMNS:
        raise RawFileError(f"{path.name}: the objects have {len(columns)} different keys (at most {_MAX_COLUMNS})")
    names = tuple(columns)
    rows: list[tuple[int, Record]] = [(number, tuple(found.get(name, "") for name in names)) for number, found in objects]
    report = FileReport(path.name, "jsonl", encoding=decoded.encoding, header_rows=0)
    return RawTable(path, names, tuple(rows), report, tuple(rejects))


def _object(line: str, encoding: str) -> tuple[dict[str, str] | None, str]:
    if UNDECODABLE in line:
        return None, f"the line cannot be decoded as {encoding}, as the rest of the file can"
    try:
        value = json.loads(line, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        return None, f"the line is not JSON (at character {error.pos + 1})"
    except RecursionError:
        return None, "the line is nested too deeply"
    if not isinstance(value, dict):
        return None, "the line is not a JSON object"
    return {clean_name(key): as_text(cell) for key, cell in value.items()}, ""


def as_text(value: Any) -> str:
    """Return a JSON value as the text of a cell; what is nested stays JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
