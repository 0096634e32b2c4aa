"""A table written for people to open in a spreadsheet, with nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from store.cells import inert
from taxonomy.errors import RawFileError


def write_csv(out: Path, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Write rows under their columns as CSV.

    Raises:
        RawFileError: the file cannot be written.
    """
    try:
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([inert(cell) for cell in row] for row in rows)
    except OSError as error:
        raise RawFileError(f"{out}: cannot be written: {error.strerror}") from error
