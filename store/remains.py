"""Places outside the writer's database where a text may have been kept, and how it is taken from them."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from store.decisions import WITHDRAWAL
from store.faults import storage_faults
from store.paths import FILE_MODE, REPLACED, Paths
from store.quality import PASSAGES, MeasuredPassage
from store.tombstones import ERASURE
from taxonomy.errors import StoreBusyError
from taxonomy.folding import fold

#: Characters from which a text within another one tells that it is the same; a shorter one, “no comment” say, must be all of it.
_TELLING = 20
_MEASURED = TypeAdapter(tuple[MeasuredPassage, ...])
#: How names of files end that hold a copy of the store, or something that was taken from it.
_COPIES = frozenset({".duckdb", ".bak", ".old", ".csv", ".tsv", ".xlsx", ".parquet", ".jsonl", ".zip", ".gz", ".tar", ".7z"})


def forget_measured(paths: Paths, texts: Collection[str]) -> dict[str, int]:
    """Remove passages that repeat one of the texts from all reports on quality, and say how many by report; figures stay.

    A file of passages that cannot be read might repeat them and is removed whole.
    """
    wanted = {fold(text) for text in texts} - {""}
    removed: dict[str, int] = {}
    if not wanted:
        return removed
    with storage_faults(paths.quality):
        for place in sorted(paths.quality.glob(f"*/{PASSAGES}")):
            try:
                passages = _MEASURED.validate_json(place.read_bytes())
            except ValidationError:
                place.unlink()
                removed[place.parent.name] = 0
                continue
            kept = tuple(passage for passage in passages if not _repeats(passage.text, wanted))
            if len(kept) < len(passages):
                partial = place.with_name(f".partial-{PASSAGES}")
                with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE), "wb") as file:
                    file.write(_MEASURED.dump_json(kept))
                os.replace(partial, place)
                removed[place.parent.name] = len(passages) - len(kept)
    return removed


def _repeats(text: str, wanted: Collection[str]) -> bool:
    found = fold(text)
    return found in wanted or any(min(len(found), len(other)) >= _TELLING and (found in other or other in found) for other in wanted)


def empty_decisions(paths: Paths, subjects: Collection[str]) -> int:
    """Empty what was decided on erased quotes and answers, and say how many decisions: their values may repeat or retell the text.

    The one exception to their being append-only. Who decided when stays; withdrawals and erasures hold no text and stay whole.

    Raises:
        StoreBusyError: another program reads the decisions and does not let go of them.
    """
    given = [(subject,) for subject in subjects]
    with storage_faults(paths.decisions), closing(sqlite3.connect(paths.decisions, timeout=30, isolation_level=None)) as connection:
        connection.execute("CREATE TEMP TABLE erased (subject TEXT PRIMARY KEY)")
        connection.executemany("INSERT OR IGNORE INTO temp.erased VALUES (?)", given)
        which = "value <> '' AND kind NOT IN (?, ?) AND subject IN (SELECT subject FROM temp.erased)"
        kept = (WITHDRAWAL, ERASURE)
        ((count,),) = connection.execute(f"SELECT count(*) FROM main.decisions WHERE {which}", kept).fetchall()
        if count:
            triggers = connection.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger' AND tbl_name = 'decisions'")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("BEGIN IMMEDIATE")
            guards = triggers.fetchall()
            for name, _ in guards:
                connection.execute(f'DROP TRIGGER "{name}"')
            connection.execute(f"UPDATE main.decisions SET value = '' WHERE {which}", kept)
            for _, statement in guards:
                connection.execute(statement)
            connection.execute("COMMIT")
        # Also where a process that died left nothing but this to be done.
        connection.execute("VACUUM")
        ((busy, _, _),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    if busy:
        raise StoreBusyError(f"{paths.decisions}: another program holds on to it; close the explorer, then run suasion erase again")
    return int(count)


def sweep_spill(paths: Paths) -> None:
    """Remove what DuckDB spilled to disk in a process that died; only the writer may, while its database is closed."""
    with storage_faults(paths.store):
        for folder in paths.store.glob("*.tmp"):
            shutil.rmtree(folder, ignore_errors=True)


def strays(paths: Paths) -> tuple[Path, ...]:
    """Return what lies beside the store's own files and looks like a copy of it, or like an export: people must look at it."""
    found = [place for folder in (paths.root, paths.store) if folder.is_dir() for place in folder.iterdir()]
    own = {paths.work.name, f"{paths.work.name}.wal"}
    files = (place for place in found if place.is_file() and place.name not in own and _COPIES & set(place.suffixes))
    return tuple(sorted((*files, *paths.root.glob(f"{REPLACED}*"))))


def sync(place: Path) -> None:
    """Make what was written to a file or folder last through a power cut."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
