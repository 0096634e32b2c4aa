"""What the doctor looks at in the data folder. It changes nothing there; the store is opened for reading, and not while a run goes on."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from flows.finding import Finding
from store import Paths, snapshots
from store.erasure import unfinished
from store.faults import storage_faults
from store.key import key_in
from store.lock import WriterLock
from store.migrations import MIGRATIONS
from store.paths import FILE_MODE, FOLDER_MODE, VIEWS
from store.remains import strays
from taxonomy.errors import SnapshotError, StoreBusyError, StoreError

_LISTED = 5
_RESTORE = "Restore a backup (docs/backup.md); the damaged file is put aside, not removed"
#: A clock is not set exactly: a run of a minute hence is no run of the future.
_SLACK = timedelta(minutes=1)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def database(paths: Paths, *, thorough: bool) -> Iterator[Finding]:
    """See who writes, and where nobody does whether the store opens, its tables, its runs and the key that belongs to it."""
    if not paths.work.exists():
        yield Finding(
            "look", f"{paths.work}: there is no store yet", "suasion run makes it; if there was one, restore a backup (docs/backup.md)"
        )
        return
    with ExitStack() as stack:
        lock = WriterLock(paths, "suasion doctor")
        try:
            lock.acquire()
        except StoreBusyError as error:
            yield Finding("look", str(error), "While it goes on the store cannot be looked at: ask again afterwards")
            return
        except StoreError as error:
            yield Finding("broken", str(error), "Nothing can be run until the folder can be written")
            return
        stack.callback(lock.release)
        try:
            with storage_faults(paths.work), closing(_opened(paths.work)) as opened:
                # Listed: the lock is not held while somebody reads what was found.
                yield from list(_looked_at(opened, paths, thorough=thorough))
        except StoreError as error:
            yield Finding("broken", str(error), _cure(paths))


def _opened(place: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(place), read_only=True, config={"enable_external_access": "false"})


def _looked_at(opened: duckdb.DuckDBPyConnection, paths: Paths, *, thorough: bool) -> Iterator[Finding]:
    steps = opened.execute("SELECT number, name FROM migrations ORDER BY number").fetchall()
    known = [(step.number, step.name) for step in MIGRATIONS]
    if steps != known[: len(steps)]:
        newer = "by a newer Suasion" if steps[: len(known)] == known else "by something else than Suasion"
        yield Finding(
            "broken", f"{paths.work}: its tables were made {newer}", "Update Suasion, or name another data folder with SUASION_DATA"
        )
        return
    if len(steps) < len(known):
        yield Finding("look", f"{paths.work}: its tables are at step {len(steps)} of {len(known)}", "The next run brings them up to date")
    if thorough:
        # DuckDB compares each block with its checksum as it reads it.
        for (table,) in opened.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY 1").fetchall():
            opened.execute(f'SELECT count(COLUMNS(*)) FROM "{table}"').fetchall()
    yield Finding("fine", "The store opens" + (" and every block of it can be read" if thorough else ""))
    yield from _runs(opened)
    yield from _key(paths, needed=bool(opened.execute("SELECT 1 FROM answers WHERE respondent IS NOT NULL LIMIT 1").fetchall()))


def _runs(opened: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    open_runs = [run for (run,) in opened.execute("SELECT run FROM runs WHERE status = 'running' ORDER BY run").fetchall()]
    if open_runs:
        cure = "What was done is kept: suasion run goes on from there and closes its record"
        yield Finding("look", f"The run {open_runs[-1]} never ended: its process died", cure)
    ((newest,),) = opened.execute("SELECT max(started) FROM runs").fetchall()
    if newest and datetime.fromisoformat(newest) > datetime.now(UTC) + _SLACK:
        cure = "Set the clock right. Runs keep their order, but times that are shown and embargoes go by the clock"
        yield Finding("look", f"The newest run began at {newest}, which is in the future: this machine's clock was set back", cure)
    else:
        yield Finding("fine", "The clock agrees with the runs")


def _key(paths: Paths, *, needed: bool) -> Iterator[Finding]:
    bring = "Bring it back from its backup; with a new one every respondent would count as new"
    if not paths.key.exists():
        yield Finding("broken", f"{paths.key}: the respondents' key is gone", bring) if needed else Finding("fine", "No key is needed yet")
        return
    try:
        key_in(paths.key)
    except StoreError as error:
        yield Finding("broken", str(error), bring)
    else:
        yield Finding("fine", "The respondents' key is there. Only a copy of it elsewhere helps when this disk is lost")


def registers(paths: Paths, *, thorough: bool) -> Iterator[Finding]:
    """Let SQLite check the decisions and the register of exports."""
    for place in (paths.decisions, paths.exports):
        if not place.exists():
            continue
        try:
            with storage_faults(place), closing(sqlite3.connect(place, timeout=30)) as connection:
                found = connection.execute(f"PRAGMA {'integrity_check' if thorough else 'quick_check'}(1)").fetchone()[0]
        except StoreError as error:
            yield Finding("broken", str(error), _cure(paths))
            continue
        # What SQLite says of a fault can repeat a value; that there is one is enough.
        yield Finding("fine", f"{place.name} is sound") if found == "ok" else Finding("broken", f"{place}: is damaged", _cure(paths))


def erasures(paths: Paths) -> Iterator[Finding]:
    """See whether an erasure was decided and not completed."""
    try:
        due = unfinished(paths)
    except StoreError as error:
        yield Finding("broken", str(error), _cure(paths))
        return
    if due:
        told = f"To be erased, and still in the files: {len(due):,} of the answers; they are hidden"
        yield Finding("look", told, "suasion publish completes it")
    else:
        yield Finding("fine", "No erasure waits")


def served(paths: Paths, *, thorough: bool) -> Iterator[Finding]:
    """Compare what each view serves with its manifest; thorough: the older snapshots too."""
    for view in VIEWS:
        home = paths.snapshots(view)
        try:
            current = snapshots.read_current(paths, view)
            if current is None:
                told = f"{view}: nothing is published"
                yield Finding("look", told, "suasion run publishes it") if view == "internal" else Finding("fine", told)
                continue
            manifest = snapshots.verify(home / current)
        except StoreError as error:
            last = _stand_in(paths, view)
            instead = f" Until then {last} is shown in its place" if last else ""
            yield Finding("broken", str(error), f"suasion publish --view {view} makes a new one.{instead}")
            continue
        yield Finding("fine", f"{view}: {current}, made {manifest.made}, is as it was published")
        others = [place.name for place in home.iterdir() if place.is_dir() and place.name != current] if thorough else []
        if bad := [name for name in others if not _sound(home / name)]:
            cure = "It is never served, and goes with the next publications"
            yield Finding("look", f"{view}: {len(bad)} older snapshots are damaged or of another release ({bad[0]})", cure)


def leftovers(paths: Paths) -> Iterator[Finding]:
    """Look for what a killed publication left, and for copies of the store: answers are in both, and no erasure finds those copies."""
    for view in VIEWS:
        if any(paths.snapshots(view).glob(f"{snapshots.PARTIAL}*")):
            told = f"{view}: a publication goes on, or was killed and left what it had made"
            yield Finding("look", told, f"If none goes on: suasion publish --view {view} removes it")
    if copies := strays(paths):
        named = ", ".join(place.relative_to(paths.root).as_posix() for place in copies[:_LISTED])
        more = f" and {len(copies) - _LISTED} more" if len(copies) > _LISTED else ""
        cure = "Remove them, or move them where they are kept encrypted: an answer that is erased stays in them"
        yield Finding("look", f"Beside the store lie copies of it, or exports: {named}{more}", cure)


def _cure(paths: Paths) -> str:
    """Return what to do about a file that cannot be read; on a disk that takes nothing the file may well be whole."""
    return _RESTORE if os.access(paths.store, os.W_OK) else "Make the disk writable for you, then ask again"


def _stand_in(paths: Paths, view: str) -> str | None:
    try:
        return snapshots.last_good(paths, view, snapshots.read_current(paths, view) or "")
    except SnapshotError:
        return None


def _sound(folder: Path) -> bool:
    try:
        snapshots.verify(folder)
    except SnapshotError:
        return False
    return True


def permissions(paths: Paths) -> Iterator[Finding]:
    """Look for what others on the machine may read or write; ``raw`` belongs to people, and runs look at it themselves."""
    open_to_others = [place for place in _own(paths) if not place.is_symlink() and place.stat().st_mode & _OTHERS]
    if open_to_others:
        named = ", ".join(str(place.relative_to(paths.root)) or "." for place in open_to_others[:_LISTED])
        more = f" and {len(open_to_others) - _LISTED} more" if len(open_to_others) > _LISTED else ""
        cure = f"chmod -R go-rwx {paths.root}"
        yield Finding("broken", f"Others on this machine may look into {named}{more}", cure)
    else:
        yield Finding("fine", f"Folders ({FOLDER_MODE:o}) and files ({FILE_MODE:o}) are closed to others")


def _own(paths: Paths) -> Iterator[Path]:
    yield from (place for place in paths.root.iterdir() if place.name != paths.raw.name)
    for folder in (place for place in paths.root.iterdir() if place.is_dir() and not place.is_symlink() and place.name != paths.raw.name):
        for top, folders, files in os.walk(folder):
            yield from (Path(top, name) for name in (*folders, *files))
