"""What a raw file looks like once read: text in cells, numbered rows, and an account of how it was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict

#: Larger files are refused: they are read into memory whole.
MAX_BYTES = 1_000_000_000

#: Stands where bytes could not be decoded. Never part of a real text, so a row that holds it can be told from all others.
UNDECODABLE = "\udc80"

Record = tuple[str, ...]


class Reading(BaseModel):
    """What detection may be told: the encoding and delimiter of text files, the sheet of a workbook."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class RawReject:
    """A row that could not be read, and why."""

    row: int | None
    reason: str
    column: str | None = None


@dataclass(frozen=True)
class FileReport:
    """How a file was read.

    Attributes:
        kind: csv, tsv, xlsx, jsonl or parquet, with " (qualtrics)" behind it where Qualtrics' header rows were found.
        notices: what a person should know but need not act upon, one sentence each.
    """

    file: str
    kind: str
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_rows: int = 1
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class RawTable:
    """A raw file as text.

    Attributes:
        columns: names, made unique, white space collapsed.
        rows: (1-based number of the data row, one cell per column; "" where there is none). Blank rows are left out but numbered.
        aliases: further names of columns (Qualtrics' import ids), each to the column's name.
        texts: question texts by column, where the file brings them (Qualtrics).
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Record], ...]
    report: FileReport
    rejects: tuple[RawReject, ...] = ()
    aliases: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def qualtrics(self) -> bool:
        """Whether the file has Qualtrics' header rows."""
        return self.report.kind.endswith("(qualtrics)")
