"""What a command prints: plain text for whoever reads it, in a terminal or from a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from taxonomy.errors import RawFileError

_WIDE = 200


def console() -> Console:
    """Return standard output; into a pipe or a file lines are as long as they need to be."""
    found = Console(markup=False, highlight=False)
    return found if found.is_terminal else Console(markup=False, highlight=False, width=_WIDE)


def printable(text: str) -> str:
    """Return a text on one line, without the marks by which a file could steer the terminal."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, wrapped: Sequence[str] = ()) -> Table:
    """Return a table without lines; the columns ``wrapped`` share the width, numbers stand to the right."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        number = bool(rows) and all(row[place].rstrip(" %").replace(",", "").isdigit() for row in rows if row[place])
        made.add_column(column, justify="right" if number else "left", no_wrap=column not in wrapped)
    for row in rows:
        made.add_row(*(Text(printable(cell)) for cell in row))
    return made


def require_place(out: Path, *read: Path) -> None:
    """Make sure, before any work is done, that a file can be written without writing over what is read.

    Raises:
        RawFileError: its folder is not there, or it is one of the files ``read``.
    """
    if not out.absolute().parent.is_dir():
        raise RawFileError(f"{out}: there is no folder {out.parent}; make it, or name a file in another one with --out")
    if out.exists() and any(source.exists() and out.samefile(source) for source in read):
        raise RawFileError(f"{out}: is the codebook itself; name another file with --out")
