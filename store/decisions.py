"""People's decisions: many small writes from a running app, read by the flow. Nothing is ever updated; the newest stands."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from store.faults import storage_faults
from store.paths import FILE_MODE, Paths

WITHDRAWAL = "withdrawal"
WITHDRAWN = "withdrawn"
ACTIVE = "active"

DECISIONS_DDL = """
CREATE TABLE IF NOT EXISTS decisions (
    decision INTEGER PRIMARY KEY AUTOINCREMENT,
    at       TEXT NOT NULL,
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    value    TEXT NOT NULL,
    who      TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS decisions_by_subject ON decisions (kind, subject, decision);
CREATE TRIGGER IF NOT EXISTS decisions_never_change BEFORE UPDATE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER IF NOT EXISTS decisions_never_vanish BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
"""

_STANDING = """
SELECT subject, value, who, at, decision FROM decisions
WHERE decision IN (SELECT max(decision) FROM decisions WHERE kind = ? GROUP BY subject)
ORDER BY subject
"""
_STANDING_ON_ONE = """
SELECT value, who, at, decision FROM decisions WHERE kind = ? AND subject = ? ORDER BY decision DESC LIMIT 1
"""
_INSERT = "INSERT INTO decisions (at, kind, subject, value, who) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Decision:
    """What stands on one subject. Numbers grow: of two decisions the later one has the larger."""

    value: str
    who: str
    at: str
    number: int


class Turn:
    """One person's turn: nobody else decides anything between what is looked at in it and what is recorded."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def standing(self, kind: str, subject: str) -> Decision | None:
        """Return what stands on one subject, or nothing where nobody decided."""
        row = self._connection.execute(_STANDING_ON_ONE, (kind, subject)).fetchone()
        return None if row is None else Decision(*row)

    def record(self, kind: str, subject: str, value: str, who: str) -> Decision:
        """Append one decision, and return it as it stands from now on."""
        at = _now()
        number = self._connection.execute(_INSERT, (at, kind, subject, value, who)).lastrowid
        return Decision(value, who, at, int(number or 0))


class Decisions:
    """The decisions of one data folder. Every call opens its own connection, so any thread may make it."""

    def __init__(self, paths: Paths) -> None:
        self._path = paths.decisions
        paths.prepare()
        with self._connected() as connection:
            connection.executescript(DECISIONS_DDL)

    def record(self, kind: str, subject: str, value: str, who: str) -> None:
        """Append one decision."""
        self.record_all(kind, [(subject, value)], who)

    def record_all(self, kind: str, values: Iterable[tuple[str, str]], who: str) -> None:
        """Append many decisions of one kind and person: all of them or none."""
        at = _now()
        rows = [(at, kind, subject, value, who) for subject, value in values]
        with self._connected() as connection, connection:
            connection.executemany(_INSERT, rows)

    def standing(self, kind: str) -> dict[str, Decision]:
        """Return the newest decision of a kind on every subject."""
        with self._connected() as connection:
            return {subject: Decision(*rest) for subject, *rest in connection.execute(_STANDING, (kind,))}

    def latest(self, kind: str) -> dict[str, str]:
        """Return the newest value of a kind for every subject."""
        return {subject: decision.value for subject, decision in self.standing(kind).items()}

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Let one person look and decide while everybody else waits; if the block fails, nothing was decided."""
        with self._connected() as connection:
            connection.isolation_level = None
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Turn(connection)
                connection.execute("COMMIT")
            except BaseException:
                # A commit that failed may have rolled back by itself.
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with storage_faults(self._path):
            if not self._path.exists():
                # SQLite gives its side files the mode of the database, so the first byte decides.
                os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, FILE_MODE))
            with closing(sqlite3.connect(self._path, timeout=30)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                yield connection


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Watch:
    """What stands on every subject of a kind, as known this very moment, at the price of a look at a counter."""

    def __init__(self, paths: Paths) -> None:
        self._decisions = Decisions(paths)
        self._path = paths.decisions
        self._lock = threading.Lock()
        with storage_faults(self._path):
            self._watch = sqlite3.connect(self._path, timeout=30, check_same_thread=False)
        self._version = -1
        self._latest: dict[str, Mapping[str, str]] = {}

    def latest(self, kind: str) -> Mapping[str, str]:
        """Return the newest value of a kind for every subject: the same object until somebody decides something."""
        with self._lock, storage_faults(self._path):
            # SQLite counts the commits of all other connections: exact where a file's time and size are not.
            version = int(self._watch.execute("PRAGMA data_version").fetchone()[0])
            if version != self._version:
                self._latest.clear()
                self._version = version
            if kind not in self._latest:
                self._latest[kind] = self._decisions.latest(kind)
            return self._latest[kind]

    def close(self) -> None:
        """Close the watching connection; twice does no harm."""
        with self._lock:
            self._watch.close()
