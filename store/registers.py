"""The two append-only files, decisions and the register of exports, copied for a backup and brought together after a restore.

A restore never takes a decision back: what the backup has and the data folder lacks is appended, and what the data folder knew stands.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from store.decisions import Decisions
from store.exports import ExportRegister
from store.faults import storage_faults
from store.paths import FILE_MODE, Paths
from store.remains import sync
from store.tombstones import ERASURE, tombstones
from taxonomy.errors import StoreError

_SAME = "d.decision = b.decision AND d.at = b.at AND d.kind = b.kind AND d.subject = b.subject AND d.who = b.who"
_LACKING = f"""
CREATE TEMP TABLE lacking AS SELECT * FROM restored.decisions b WHERE NOT EXISTS (SELECT 1 FROM main.decisions d WHERE {_SAME})
"""
#: What stands here on subjects about which the backup has something to say that was not known here.
_OWN = """
CREATE TEMP TABLE own AS SELECT * FROM main.decisions
WHERE decision IN (SELECT max(decision) FROM main.decisions GROUP BY kind, subject)
    AND (kind, subject) IN (SELECT kind, subject FROM temp.lacking)
"""
_GONE_ON = f"SELECT count(*) FROM main.decisions d WHERE NOT EXISTS (SELECT 1 FROM restored.decisions b WHERE {_SAME})"
_ERASED_IN_BACKUP = "SELECT DISTINCT subject FROM restored.decisions WHERE kind = ?"
_APPEND = "INSERT INTO main.decisions (at, kind, subject, value, who) SELECT at, kind, subject, value, who FROM {source} ORDER BY decision"
_GO_ON = "INSERT INTO main.decisions (decision, at, kind, subject, value, who) SELECT * FROM temp.lacking ORDER BY decision"
_UNKNOWN_EXPORTS = """
SELECT b.export, b.at, b.who, b.what, b.view, b.snapshot, b.export IN (SELECT export FROM main.exports) FROM restored.exports b
WHERE NOT EXISTS (
    SELECT 1 FROM main.exports d WHERE (d.export, d.at, d.who, d.what, d.snapshot) = (b.export, b.at, b.who, b.what, b.snapshot)
) ORDER BY b.export
"""


def copy_register(source: Path, place: Path) -> None:
    """Copy one of the two files into a file that is not there yet, whole as of one moment, also while others write to it.

    Raises:
        StoreError: the file is damaged, or the disk does not take the copy.
    """
    with storage_faults(place):
        os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE))
        with closing(sqlite3.connect(source, timeout=30)) as read, closing(sqlite3.connect(place)) as written:
            read.backup(written)
            # The copy lies in one file, without a log beside it.
            written.execute("PRAGMA journal_mode = DELETE")
            found = written.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreError(f"{source}: is damaged; run suasion doctor")
        sync(place)


def take_over_decisions(paths: Paths, restored: Path) -> tuple[str, ...]:
    """Append the decisions that a backup holds and the data folder lacks, and have erased again what was erased since.

    On a subject on which both have something to say, what stood here stands. It may be done twice.

    Returns:
        The answers whose erasure the backup does not know: they are due from now on, and hidden.
    """
    decisions = Decisions(paths)
    stones = tombstones(decisions)
    with _beside(paths.decisions, restored) as connection:
        connection.execute(_LACKING)
        connection.execute(_OWN)
        ((gone_on,),) = connection.execute(_GONE_ON).fetchall()
        if gone_on:
            connection.execute(_APPEND.format(source="temp.lacking"))
            connection.execute(_APPEND.format(source="temp.own"))
        else:
            connection.execute(_GO_ON)
        known = {subject for (subject,) in connection.execute(_ERASED_IN_BACKUP, (ERASURE,))}
    due = sorted(stones.keys() - known)
    standing = decisions.standing(ERASURE)
    for person in sorted({standing[answer].who for answer in due}):
        named = [answer for answer in due if standing[answer].who == person]
        decisions.record_all(
            ERASURE, [(each, stones[each].model_copy(update={"state": "due"}).model_dump_json()) for each in named], person
        )
    return tuple(due)


def take_over_exports(paths: Paths, restored: Path) -> None:
    """Enter the exports that a backup's register holds and the data folder's lacks; one whose number is taken gets a new one."""
    ExportRegister(paths).holding(())  # makes the register where there is none
    with _beside(paths.exports, restored) as connection:
        for export, at, who, what, view, snapshot, taken in connection.execute(_UNKNOWN_EXPORTS).fetchall():
            entry = (None if taken else export, at, who, what, view, snapshot)
            number = connection.execute("INSERT INTO main.exports VALUES (?, ?, ?, ?, ?, ?)", entry).lastrowid
            held = "INSERT INTO main.exported SELECT quote, ? FROM restored.exported WHERE export = ?"
            connection.execute(held, (number, export))


@contextmanager
def _beside(place: Path, restored: Path) -> Iterator[sqlite3.Connection]:
    """Open a file with the one of a backup beside it, of which no view or trigger is trusted, within one transaction."""
    with storage_faults(place), closing(sqlite3.connect(place, timeout=30, isolation_level=None)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("ATTACH ? AS restored", (str(restored),))
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
