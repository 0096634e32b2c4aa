"""``suasion restore``: brings a backup back. Nothing of it is moved in before all of it is checked; no decision is taken back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from flows.archive import Manifest, make_folders, read_manifest, unpack
from flows.erasing import complete_erasures
from flows.page import console
from models.packages import file_hash
from store import Paths, snapshots
from store.faults import storage_faults
from store.key import key_fingerprint, key_in, read_key, write_key
from store.lock import WriterLock
from store.migrations import MIGRATIONS
from store.paths import FOLDER_MODE, REPLACED, SNAPSHOT_FILE_MODE, VIEWS
from store.registers import take_over_decisions, take_over_exports
from taxonomy.errors import StoreError

#: Where a restore unpacks what it checks, in the data folder.
STAGING = ".restoring"
_LISTED = 20


@dataclass(frozen=True)
class Restored:
    """What a restore did: where it put what it replaced, which files it left as they were, and what was due to be erased again."""

    manifest: Manifest
    aside: Path | None
    kept: tuple[str, ...]
    erased_again: tuple[str, ...]
    knew_decisions: bool
    key: bool


def restore(backup: Path, *, over: bool = False, key_from: Path | None = None, without_key: bool = False) -> None:
    """Bring a backup back into the data folder, erase again what was erased since it was made, and say what is to be done now.

    Args:
        backup: the file that ``suasion backup`` wrote.
        over: put a store that is there aside, and the backup's in its place.
        key_from: the respondents' key that was kept apart.
        without_key: go on although the key is lost.

    Raises:
        StoreBusyError: another process is writing.
        StoreError: the backup is damaged, a store is there, the key is missing or another one, or the disk is full.
    """
    paths = Paths.default()
    backup = backup.expanduser().absolute()
    manifest = read_manifest(backup)
    paths.prepare()
    with ExitStack() as stack:
        lock = WriterLock(paths, "suasion restore")
        lock.acquire()
        stack.callback(lock.release)
        staging = paths.root / STAGING
        stack.callback(shutil.rmtree, staging, ignore_errors=True)
        _refuse_over(paths, over=over)
        key = _key(paths, manifest, key_from, without_key=without_key)
        _require_room(paths, manifest)
        with storage_faults(staging):
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir(mode=FOLDER_MODE)
        unpack(backup, staging)
        _require_store(staging / "store" / paths.work.name)
        done = _move_in(paths, manifest, staging, key)
    complete_erasures(paths)
    output = console()
    for line in _report(done, paths):
        output.print(line, soft_wrap=True)


def _refuse_over(paths: Paths, *, over: bool) -> None:
    served = [view for view in VIEWS if (paths.snapshots(view) / snapshots.CURRENT).exists()]
    if (paths.work.exists() or served) and not over:
        raise StoreError(
            f"{paths.root}: a store is there already. Name an empty data folder with SUASION_DATA, or add --over: it is put aside then "
            "and not removed. Nothing was done"
        )


def _key(paths: Paths, manifest: Manifest, key_from: Path | None, *, without_key: bool) -> bytes | None:
    """Return the key that belongs to the backup: the one that is there, or the one that was kept apart."""
    if manifest.key is None:
        return None
    there = read_key(paths)
    if key_from is not None:
        key = key_in(key_from.expanduser())
        if key_fingerprint(key) != manifest.key:
            raise StoreError(f"{key_from}: is not the key that belongs to this backup. Nothing was done")
        return key
    if there is not None and key_fingerprint(there) == manifest.key:
        return there
    if without_key:
        return None
    raise StoreError(
        "the respondents' key is not in the backup: name the file that it was kept in with --key-from FILE. If it is lost, add "
        "--without-key: no survey with respondents can be run then. Nothing was done"
    )


def _require_room(paths: Paths, manifest: Manifest) -> None:
    free = shutil.disk_usage(paths.root).free
    if free < manifest.size:
        raise StoreError(
            f"{paths.root}: {free / 1e6:,.0f} MB are free, the backup needs {manifest.size / 1e6:,.0f} MB. Nothing was done. "
            "Make room, or name a data folder on another disk with SUASION_DATA"
        )


def _require_store(place: Path) -> None:
    """Make sure that the database is one of Suasion, which this release can read, before anything is replaced by it.

    Raises:
        StoreError: it is not.
    """
    with storage_faults(place), closing(duckdb.connect(str(place), read_only=True, config={"enable_external_access": "false"})) as found:
        applied = found.execute("SELECT number, name FROM migrations ORDER BY number").fetchall()
        ((views,),) = found.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal AND NOT temporary").fetchall()
    known = [(migration.number, migration.name) for migration in MIGRATIONS]
    if applied != known[: len(applied)] or not applied or views:
        raise StoreError("the backup's store is of a newer Suasion, or not one of Suasion; update Suasion. Nothing was done")


def _move_in(paths: Paths, manifest: Manifest, staging: Path, key: bytes | None) -> Restored:
    """Put what is there aside and the backup in its place. Killed in between, the same restore with --over goes on from there."""
    knew = paths.decisions.exists()
    with storage_faults(paths.root):
        aside = _put_aside(paths, key)
        # Before the store comes in: what was erased is hidden and due by the time that it can be seen.
        due = take_over_decisions(paths, staging / "store" / paths.decisions.name) if _has(manifest, paths.decisions) else ()
        if _has(manifest, paths.exports):
            take_over_exports(paths, staging / "store" / paths.exports.name)
        if key is not None and not paths.key.exists():
            write_key(key, paths.key)
        os.replace(staging / "store" / paths.work.name, paths.work)
        kept = []
        for name in manifest.files:
            if name.startswith(("store/", "snapshots/")):
                continue
            if (paths.root / name).exists():
                if file_hash(paths.root / name) != manifest.files[name].sha256:
                    kept.append(name)
                continue
            make_folders((paths.root / name).parent)
            os.replace(staging / name, paths.root / name)
        for folder in sorted((staging / "snapshots").glob("*/*")):
            for file in folder.iterdir():
                file.chmod(SNAPSHOT_FILE_MODE)
            view = folder.parent.name
            os.replace(folder, paths.snapshots(view) / folder.name)
            snapshots.serve(paths, view, folder.name)
    return Restored(manifest, aside, tuple(kept), due, knew, key is not None)


def _has(manifest: Manifest, place: Path) -> bool:
    return f"store/{place.name}" in manifest.files


def _put_aside(paths: Paths, key: bytes | None) -> Path | None:
    """Move the store and the snapshots that are there into a folder of their own; decisions and exports stay, they only ever grow."""
    old = [paths.work, paths.work.with_name(f"{paths.work.name}.wal")]
    if key is not None and paths.key.exists() and read_key(paths) != key:
        old.append(paths.key)
    old += [place for view in VIEWS for place in paths.snapshots(view).iterdir()]
    found = [place for place in old if place.exists()]
    if not found:
        return None
    aside = paths.root / f"{REPLACED}{datetime.now(UTC):%Y%m%dT%H%M%S-%f}"
    # The pointers first: nobody is led to a snapshot that is gone.
    for place in sorted(found, key=lambda place: place.name != snapshots.CURRENT):
        kept = aside / place.relative_to(paths.root)
        make_folders(kept.parent)
        os.replace(place, kept)
    return aside


def _report(done: Restored, paths: Paths) -> Iterator[str]:
    yield f"Restored into {paths.root}: the backup of {done.manifest.made}, every file of it as it was backed up."
    if done.aside is not None:
        yield f"  What was there lies in {done.aside}, with its answers; remove that folder when you are sure"
    for name in done.kept[:_LISTED]:
        yield f"  {name} was there already, with other content, and was left as it is"
    if len(done.kept) > _LISTED:
        yield f"  … and {len(done.kept) - _LISTED} more such files"
    if done.manifest.key is not None and not done.key:
        yield f"  The respondents' key is missing: no survey with respondents can be run until it is at {paths.key}"
    if done.erased_again:
        yield f"  Erased since the backup was made, and erased again now: {len(done.erased_again):,} answers. Raw files may hold their rows"
    if not done.knew_decisions:
        yield "  This data folder knew of no decisions. What was erased, withdrawn or taken back after the backup was made is here again,"
        yield "  unless the backup knows of it: erase and withdraw it again before you publish (docs/backup.md)"
    missing = [view for view in done.manifest.views if not (paths.snapshots(view) / snapshots.CURRENT).exists()]
    for view in missing:
        yield f"  Nothing is published for {view} yet: suasion publish --view {view}"
    yield "  Start the explorer again, if it was open. Then: suasion doctor"
