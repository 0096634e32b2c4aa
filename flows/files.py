"""Raw files: what a file is, by its name and by its first bytes, and its table."""

from __future__ import annotations

import json
from pathlib import Path

from flows.encodings import looks_like_utf16
from flows.raw import MAX_BYTES, RawTable, Reading
from taxonomy.errors import RawFileError

__all__ = ["RawTable", "Reading", "read_table"]

_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
_NAMES = {"csv": "a CSV or TSV file", "xlsx": "an XLSX workbook", "jsonl": "JSON Lines", "parquet": "a Parquet file"}
_SIGNATURES = (
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls) or one with a password; save it as .xlsx without one"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"$FL2", "an SPSS file; export it as CSV"),
    (b"{\\rtf", "an RTF document"),
)


def read_table(path: Path, reading: Reading | None = None) -> RawTable:
    """Return a raw file's table. The file is opened for reading only.

    Raises:
        RawFileError: the file is empty, too large, damaged, or not what its name says.
    """
    reading = reading or Reading()
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise RawFileError(f'{path.name}: files that end in "{path.suffix}" are not read; use {", ".join(_SUFFIXES)}')
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8192)
    except OSError as error:
        raise RawFileError(f"{path.name}: the file cannot be opened: {error.strerror}") from error
    if size == 0 or (not head.strip(b"\xef\xbb\xbf \t\r\n") and size <= len(head)):
        raise RawFileError(f"{path.name}: the file is empty; export it again")
    if size > MAX_BYTES:
        raise RawFileError(f"{path.name}: {size} bytes are too many to read at once (at most {MAX_BYTES}); split the file")
    actual = _looks_like(path, head)
    if kind == "jsonl" and actual == _NAMES["csv"]:
        actual = None  # its first line may be the only broken one: the reader tells
    if actual is not None and actual != _NAMES[kind]:
        raise RawFileError(f'{path.name}: its name ends in "{path.suffix}" but it looks like {actual}')
    if kind == "xlsx":
        from flows.spreadsheet import read_spreadsheet

        return read_spreadsheet(path, reading)
    if kind == "parquet":
        from flows.columnar import read_parquet

        return read_parquet(path)
    if kind == "jsonl":
        from flows.jsonlines import read_jsonlines

        return read_jsonlines(path, path.read_bytes(), reading)
    from flows.delimited import read_delimited

    return read_delimited(path, path.read_bytes(), reading)


def _looks_like(path: Path, head: bytes) -> str | None:
    """Return what the bytes show, or nothing where text could be either CSV or another text."""
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    if head.startswith(b"PK"):
        return _zip_content(path)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or looks_like_utf16(head):
        return _NAMES["csv"] if path.suffix.lower() not in (".jsonl", ".ndjson") else None
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    controls = sum(byte < 32 and byte not in b"\t\r\n\x0b\x0c\x00\x1a" for byte in head)
    if controls > 0.1 * len(head) or head.count(0) > 0.3 * len(head):
        return "binary data"
    lowered = text[:200].lower()
    if lowered.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<table")):
        return "a web page or XML, perhaps a log-in page saved in place of the export"
    return _json_kind(text) or _NAMES["csv"]


def _json_kind(text: bytes) -> str | None:
    line = text.split(b"\n", 1)[0].strip()
    if line[:1] == b"[" and (line == b"[" or line[1:].lstrip()[:1] in (b"{", b"[")):
        return "one JSON array; JSON Lines has one object a line"
    if line == b"{":
        return "one JSON document over several lines; JSON Lines has one object a line"
    if line[:1] != b"{":
        return None
    if line[1:].lstrip()[:1] == b'"' and len(line) >= 8000:  # a first line longer than what was looked at
        return _NAMES["jsonl"]
    try:
        return _NAMES["jsonl"] if isinstance(json.loads(line), dict) else None
    except (ValueError, RecursionError):
        return _NAMES["jsonl"] if line[1:].lstrip()[:1] == b'"' and b'":' in line else None


def _zip_content(path: Path) -> str:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:5000])
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return "a damaged zip archive or workbook"
    if "xl/workbook.xml" in names:
        return _NAMES["xlsx"]
    if "word/document.xml" in names:
        return "a Word document"
    if "content.xml" in names and "mimetype" in names:
        return "an OpenDocument file; save it as .xlsx or .csv"
    return "a zip archive; unpack it first"
