"""Snapshots on disk: immutable folders, each with a manifest, and one small file that names the one that is served."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from store.faults import storage_faults
from store.paths import FILE_MODE, SNAPSHOT_FILE_MODE, Paths
from taxonomy.errors import SnapshotError

#: Changes whenever a reader of before could not read what is written now.
SCHEMA = 6

DATA = "data.duckdb"
SEARCH = "search.sqlite"
VECTORS = "vectors.npy"
MANIFEST = "manifest.json"
CURRENT = "CURRENT"

#: Folders that a publication is still writing, or that one died over.
PARTIAL = ".partial-"

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
# A file cannot change without its time or size changing, unless on purpose and as its owner.
_verified: dict[Path, tuple[tuple[int, int], str]] = {}


@dataclass(frozen=True)
class Manifest:
    """What a snapshot is, what made it, and what its files must be."""

    schema: int
    id: str
    view: str
    run: str
    made: str
    content: str
    counts: dict[str, int]
    versions: dict[str, str]
    files: dict[str, str]


def read_current(paths: Paths, view: str) -> str | None:
    """Return the id of the snapshot that is served, or nothing where none is."""
    pointer = paths.snapshots(view) / CURRENT
    with storage_faults(pointer):
        try:
            name = pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            name = ""
    if not _ID.fullmatch(name):
        raise SnapshotError(f"{pointer}: does not name a snapshot; run `suasion publish --view {view}`")
    return name


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a snapshot, if this release can read what it describes."""
    place = folder / MANIFEST
    try:
        record: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        schema = record["schema"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"{place}: missing or damaged; run `suasion publish --view {folder.parent.name}`") from error
    if schema != SCHEMA:
        cure = "update Suasion" if isinstance(schema, int) and schema > SCHEMA else f"run `suasion publish --view {folder.parent.name}`"
        raise SnapshotError(f"{folder}: this snapshot has schema {schema}, this release reads schema {SCHEMA}; {cure}")
    try:
        return Manifest(**record | {name: dict(record[name]) for name in ("counts", "versions", "files")})
    except (TypeError, ValueError, KeyError) as error:
        raise SnapshotError(f"{place}: damaged; run `suasion publish --view {folder.parent.name}`") from error


def verify(folder: Path) -> Manifest:
    """Return the manifest of a snapshot whose every file is the one that was published."""
    manifest = read_manifest(folder)
    for name in (DATA, SEARCH, VECTORS):
        place = folder / name
        try:
            found = file_hash(place)
        except OSError as error:
            raise SnapshotError(f"{place}: cannot be read; run `suasion publish --view {manifest.view}`") from error
        if found != manifest.files.get(name):
            raise SnapshotError(
                f"{place}: is not the file that was published (sha256 {found[:12]}… instead of {str(manifest.files.get(name))[:12]}…); "
                f"it is not served. Run `suasion publish --view {manifest.view}`"
            )
    return manifest


def file_hash(place: Path) -> str:
    """Return a file's sha256, computed once per process as long as its time and size stay."""
    status = place.stat()
    stamp = (status.st_mtime_ns, status.st_size)
    known = _verified.get(place)
    if known is None or known[0] != stamp:
        known = _verified[place] = (stamp, _digest(place))
    return known[1]


def seal(partial: Path, final: Path, manifest: Mapping[str, Any]) -> Manifest:
    """Give a written snapshot its manifest, make it last through a power cut, and move it to its place."""
    files = {name: _digest(partial / name) for name in (DATA, SEARCH, VECTORS)}
    whole = Manifest(**manifest, files=files)
    (partial / MANIFEST).write_text(json.dumps(asdict(whole), indent=1, sort_keys=True), encoding="utf-8")
    for name in (*files, MANIFEST):
        (partial / name).chmod(SNAPSHOT_FILE_MODE)
        _sync(partial / name)
    _sync(partial)
    os.rename(partial, final)
    _sync(final.parent)
    return whole


def serve(paths: Paths, view: str, snapshot: str) -> None:
    """Make a snapshot the one that readers open from now on."""
    pointer = paths.snapshots(view) / CURRENT
    partial = pointer.with_name(f"{PARTIAL}{CURRENT}")
    partial.write_text(snapshot + "\n", encoding="utf-8")
    partial.chmod(FILE_MODE)
    _sync(partial)
    os.replace(partial, pointer)
    _sync(pointer.parent)


def free_id(paths: Paths, view: str, run: str) -> str:
    """Return an id that no snapshot of the view has: DuckDB would serve the old rows under a path that it knows."""
    folder, number, name = paths.snapshots(view), 1, run
    while (folder / name).exists():
        number += 1
        name = f"{run}-{number}"
    return name


def retire(paths: Paths, view: str, keep: int) -> None:
    """Remove all but the newest ``keep`` snapshots, never the one that is served."""
    for folder in _others(paths, view, read_current(paths, view))[max(keep - 1, 0) :]:
        shutil.rmtree(folder)


def last_good(paths: Paths, view: str, damaged: str) -> str | None:
    """Return the newest sound snapshot but the damaged one, or nothing.

    Of the views outside there is never one: what was shown before may hold what was taken back since.
    """
    for folder in _others(paths, view, damaged) if view == "internal" else ():
        with suppress(SnapshotError):
            if _ID.fullmatch(folder.name) and verify(folder).id == folder.name:
                return folder.name
    return None


def _others(paths: Paths, view: str, name: str | None) -> list[Path]:
    """Return the folders of a view's other snapshots, the newest first: ids sort by the order of the runs, whatever clocks did."""
    home = paths.snapshots(view)
    others = [folder for folder in home.iterdir() if folder.is_dir() and folder.name != name]
    return sorted(others, key=lambda folder: folder.name, reverse=True)


def sweep(paths: Paths, view: str) -> None:
    """Remove what publications left that died; only the writer may, who knows that no other is at work."""
    for leftover in paths.snapshots(view).glob(f"{PARTIAL}*"):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def _sync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
