"""From a survey's files to its answers: standardised, pseudonymous from here on, each row that cannot be used with its reason."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from flows.columns import Layout, lay_out, other_wordings
from flows.description import DESCRIPTION, Survey, survey_files
from flows.duplicates import Draft, answer_rows
from flows.files import read_table
from flows.raw import FileReport, RawTable
from flows.rows import Refused, RowReader
from models.tables import REJECTS
from taxonomy.errors import RawFileError, SurveyError

#: What ingest makes of the same files changes only together with this.
INGEST = "ingest-1"

_CHUNK = 1 << 20


@dataclass(frozen=True)
class IngestReport:
    """How a survey was read, in numbers and sentences; never with an answer's text.

    Attributes:
        personal: columns dropped because they identify a person.
        unused: other columns that the description does not mention.
        rows: rows the files have, blank ones left out.
        notices: what a person should know but need not act upon.
    """

    files: tuple[FileReport, ...]
    personal: tuple[str, ...]
    unused: tuple[str, ...]
    rows: int
    answers: int
    rejected: int
    notices: tuple[str, ...]

    def lines(self) -> list[str]:
        """Return the report as lines for a terminal."""
        lines = []
        for file in self.files:
            how = ", ".join(
                part
                for part in (
                    file.kind,
                    file.encoding or "",
                    f"delimiter {file.delimiter!r}" if file.delimiter else "",
                    f'sheet "{file.sheet}"' if file.sheet else "",
                )
                if part
            )
            lines.append(f"{file.file}: {how}")
            lines += [f"{file.file}: {notice}" for notice in file.notices]
        if self.personal:
            lines.append(f"personal columns, dropped: {', '.join(self.personal)}")
        if self.unused:
            lines.append(f"columns not used: {', '.join(self.unused)}")
        lines += self.notices
        lines.append(f"{self.rows} rows: {self.answers} answers, {self.rejected} rejects")
        return lines


@dataclass(frozen=True)
class Ingested:
    """The complete present content of a survey."""

    answers: pa.Table
    rejects: pa.Table
    report: IngestReport


def ingest(survey: Survey, folder: Path, key: bytes) -> Ingested:
    """Read a survey's files, which are never written to.

    A file that cannot be read at all stops the survey: to go on without it would withdraw its answers.

    Args:
        key: turns respondents into keyed hashes. With the same key and files the result is the same.

    Raises:
        SurveyError: a file lacks columns that the description names.
        RawFileError: a file cannot be read, or a protected survey's folder is open to others.
    """
    require_private(survey, folder)
    tables = [_named(read_table(path, survey.reading), folder) for path in survey_files(survey, folder)]
    layouts: list[Layout] = []
    faults: list[str] = []
    for _, table in tables:
        layout, lacking = lay_out(survey, table)
        faults += lacking
        if layout is not None:
            layouts.append(layout)
    if faults:
        raise SurveyError(f"{folder.name}/{DESCRIPTION}", faults)

    reader = RowReader(survey, key)
    drafts: list[Draft] = []
    rejects: list[tuple[str, int | None, str | None, str]] = []
    rows = 0
    for (name, table), layout in zip(tables, layouts, strict=True):
        rows += len(table.rows) + len(table.rejects)
        rejects += [(name, reject.row, reject.column, reject.reason) for reject in table.rejects]
        for number, cells in table.rows:
            for found in reader.read(name, number, cells, layout):
                if isinstance(found, Refused):
                    rejects.append((name, found.row, found.column, found.reason))
                else:
                    drafts.append(found)
    answers, repeated = answer_rows(survey, drafts)
    rejects += repeated
    order = {name: at for at, (name, _) in enumerate(tables)}
    rejects.sort(key=lambda reject: (order[reject[0]], reject[1] or 0, reject[2] or ""))

    rejected = pa.Table.from_pylist(
        [
            {"survey": survey.id, "stage": "ingest", "file": file, "row": row, "column": column, "reason": reason}
            for file, row, column, reason in rejects
        ],
        schema=REJECTS,
    )
    report = IngestReport(
        files=tuple(table.report for _, table in tables),
        personal=tuple(dict.fromkeys(column for layout in layouts for column in layout.personal)),
        unused=tuple(dict.fromkeys(column for layout in layouts for column in layout.unused)),
        rows=rows,
        answers=answers.num_rows,
        rejected=rejected.num_rows,
        notices=(
            *_notices(survey),
            *(notice for _, table in tables for notice in other_wordings(survey, table)),
            *(f"{text}: {count}" for text, count in sorted(reader.noticed.items()) if count),
        ),
    )
    return Ingested(answers, rejected, report)


def fingerprint(survey: Survey, folder: Path) -> str:
    """Return a hash of all that ingest depends on but the key: description, files, version."""
    digest = hashlib.sha256(f"{INGEST}\n{survey.id}\n".encode())
    for path in (folder / DESCRIPTION, *survey_files(survey, folder)):
        digest.update(f"{path.relative_to(folder).as_posix()}\n{path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def require_private(survey: Survey, folder: Path) -> None:
    """Refuse a protected survey whose folder others on this machine may enter.

    Raises:
        RawFileError: names the folder and the command that closes it.
    """
    mode = stat.S_IMODE(folder.stat().st_mode)
    if survey.protection == "protected" and mode & 0o077:
        raise RawFileError(
            f"{folder}: the survey is protected, but others on this machine may read its folder (mode {mode:03o}). "
            f"Close it first: chmod -R go-rwx '{folder}'"
        )


def _named(table: RawTable, folder: Path) -> tuple[str, RawTable]:
    return table.path.relative_to(folder).as_posix(), table


def _notices(survey: Survey) -> list[str]:
    notices = []
    if not survey.has_respondents:
        notices.append("no respondents are described: texts are counted, not people")
    if survey.columns.country is None:
        notices.append("no country is described")
    return notices
