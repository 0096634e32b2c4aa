"""The register of exports: which file that somebody took away holds which quotes, so that an erasure can name what people must destroy."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from store.faults import storage_faults
from store.paths import FILE_MODE, Paths

EXPORTS_DDL = """
CREATE TABLE IF NOT EXISTS exports (
    export   INTEGER PRIMARY KEY AUTOINCREMENT,
    at       TEXT NOT NULL,
    who      TEXT NOT NULL,
    what     TEXT NOT NULL,
    view     TEXT NOT NULL,
    snapshot TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS exported (
    quote  TEXT NOT NULL,
    export INTEGER NOT NULL REFERENCES exports (export),
    PRIMARY KEY (quote, export)
) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS exports_never_change BEFORE UPDATE ON exports
BEGIN SELECT RAISE(ABORT, 'the register of exports is append-only'); END;
CREATE TRIGGER IF NOT EXISTS exports_never_vanish BEFORE DELETE ON exports
BEGIN SELECT RAISE(ABORT, 'the register of exports is append-only'); END;
CREATE TRIGGER IF NOT EXISTS exported_never_change BEFORE UPDATE ON exported
BEGIN SELECT RAISE(ABORT, 'the register of exports is append-only'); END;
CREATE TRIGGER IF NOT EXISTS exported_never_vanish BEFORE DELETE ON exported
BEGIN SELECT RAISE(ABORT, 'the register of exports is append-only'); END;
"""

_HOLDING = """
SELECT export, at, who, what, view, snapshot, count(*) FROM exported JOIN wanted USING (quote) JOIN exports USING (export)
GROUP BY export ORDER BY export
"""


@dataclass(frozen=True)
class Export:
    """A file that somebody took away. ``quotes`` says how many of those asked about are in it."""

    export: int
    at: str
    who: str
    what: str
    view: str
    snapshot: str
    quotes: int


class ExportRegister:
    """The register of one data folder. It holds ids of quotes and never their text; any thread may use it."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths

    @property
    def _place(self) -> Path:
        return self._paths.exports

    def record(self, what: str, quotes: Iterable[str], *, who: str, view: str, snapshot: str) -> int:
        """Enter a file before it is handed out, and return its number; a file that cannot be entered is not to be handed out.

        Args:
            what: the name of the file.
            quotes: the ids of the quotes in it.
            who: the person or role that takes it.
            view: the view that it was made of.
            snapshot: the snapshot that it was made of.

        Raises:
            StoreError: the register cannot be written.
        """
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._connected() as connection, connection:
            entry = (at, who, what, view, snapshot)
            number = connection.execute("INSERT INTO exports (at, who, what, view, snapshot) VALUES (?, ?, ?, ?, ?)", entry).lastrowid
            held = ((quote, number) for quote in sorted(set(quotes)))
            connection.executemany("INSERT INTO exported (quote, export) VALUES (?, ?)", held)
        return int(number or 0)

    def holding(self, quotes: Iterable[str]) -> list[Export]:
        """Return the exports that hold any of the quotes, the oldest first."""
        with self._connected() as connection:
            connection.execute("CREATE TEMP TABLE wanted (quote TEXT PRIMARY KEY)")
            connection.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", ((quote,) for quote in quotes))
            return [Export(*row) for row in connection.execute(_HOLDING)]

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with storage_faults(self._place):
            if not self._place.exists():
                self._paths.prepare()
                # SQLite gives its side files the mode of the database, so the first byte decides.
                os.close(os.open(self._place, os.O_CREAT | os.O_RDWR, FILE_MODE))
            with closing(sqlite3.connect(self._place, timeout=30)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(EXPORTS_DDL)
                yield connection
