"""``suasion backup``: one file of all that cannot be made anew, read back once it is written; the respondents' key apart from it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.archive import SECRETS, Manifest, may_hold, part_of, write_archive
from flows.erasing import complete_erasures
from flows.page import console
from store import Paths, snapshots
from store.copying import Copyist
from store.faults import storage_faults
from store.key import key_fingerprint, read_key, write_key
from store.paths import VIEWS
from store.registers import copy_register
from taxonomy.errors import StoreError

#: Begins the name of what a backup is still writing, or died over: it may be removed.
PARTIAL = ".suasion-backup-"
_ENDING = ".tar.gz"
_LISTED = 20


@dataclass(frozen=True)
class Contents:
    """Where the files of a backup lie, by the name that each has in it, and what was left out because it is no plain file."""

    sources: Mapping[str, Path]
    left_out: tuple[Path, ...]


def back_up(target: Path, *, with_snapshots: bool = False, key_to: Path | None = None) -> None:
    """Write a backup of the data folder, verify it, and say what is in it and what is not.

    Args:
        target: the file to write, or a folder in which it gets a name by the time.
        with_snapshots: also what is served, so that it is there at once after a restore.
        key_to: where to write the respondents' key, on another disk.

    Raises:
        StoreBusyError: another process is writing.
        StoreError: there is nothing to back up, the place is not fit for it, or the disk is full.
    """
    paths = Paths.default()
    if not paths.work.exists():
        raise StoreError(f"{paths.work}: there is no store here yet; nothing to back up")
    place = _place(target, paths)
    complete_erasures(paths)
    key = read_key(paths)
    if key_to is not None and key is not None:
        write_key(key, _outside(key_to, paths))
    with storage_faults(place), tempfile.TemporaryDirectory(prefix=PARTIAL, dir=place.parent) as folder:
        with Copyist(paths, "suasion backup") as writer:
            found = contents(paths, with_snapshots=with_snapshots)
            _require_room(place, paths, found)
            sources = {**_copies(writer, Path(folder)), **found.sources}
            manifest = Manifest(
                format=1,
                made=datetime.now(UTC).isoformat(timespec="seconds"),
                key=None if key is None else key_fingerprint(key),
                views=tuple(view for view in VIEWS if (paths.snapshots(view) / snapshots.CURRENT).exists()),
                files={name: part_of(source) for name, source in sorted(sources.items())},
            )
            write_archive(Path(folder) / place.name, manifest, sources)
        (Path(folder) / place.name).rename(place)
    output = console()
    for line in _report(place, manifest, found, paths, key, key_to):
        output.print(line, soft_wrap=True)


def contents(paths: Paths, *, with_snapshots: bool) -> Contents:
    """Return the plain files of the data folder that go into a backup as they are: raw files, reports on quality, settings.

    Raises:
        SnapshotError: with snapshots, and one that is served is damaged.
    """
    sources: dict[str, Path] = {}
    left_out: list[Path] = []
    settings = [place for place in paths.root.glob("*.toml") if place.name != SECRETS]
    found = [*settings, *_files(paths.raw), *_files(paths.quality)]
    for place in sorted(found):
        name = place.relative_to(paths.root).as_posix()
        if place.is_symlink() or not place.is_file() or not may_hold(name):
            left_out.append(place)
        else:
            sources[name] = place
    for view in VIEWS if with_snapshots else ():
        if (current := snapshots.read_current(paths, view)) is not None:
            folder = paths.snapshots(view) / current
            files = (*snapshots.verify(folder).files, snapshots.MANIFEST)
            sources |= {f"snapshots/{view}/{current}/{name}": folder / name for name in files}
    return Contents(sources, tuple(left_out))


def _files(folder: Path) -> Iterator[Path]:
    """Yield what lies under a folder and is no folder itself; a link is yielded and not followed."""
    for place in folder.rglob("*"):
        if place.is_symlink() or not place.is_dir():
            yield place


def _copies(writer: Copyist, folder: Path) -> dict[str, Path]:
    """Copy the databases, each whole as of one moment, and return the copies by their names in the backup."""
    work = folder / writer.paths.work.name
    writer.copy_database(work)
    copies = {f"store/{work.name}": work}
    for source in (writer.paths.decisions, writer.paths.exports):
        if source.exists():
            copy_register(source, folder / source.name)
            copies[f"store/{source.name}"] = folder / source.name
    return copies


def _place(target: Path, paths: Paths) -> Path:
    target = target.expanduser().absolute()
    place = target / f"suasion-{datetime.now(UTC):%Y%m%dT%H%M%S}{_ENDING}" if target.is_dir() else target
    if not place.name.endswith(_ENDING):
        raise StoreError(f"{target}: name an existing folder, or a file that ends in {_ENDING}")
    return _outside(place, paths)


def _outside(place: Path, paths: Paths) -> Path:
    """Return a place for a new file outside the data folder, with which it would be lost."""
    place = place.expanduser().absolute()
    if not place.parent.is_dir():
        raise StoreError(f"{place}: there is no folder {place.parent}; make it first (chmod 700), or name another one")
    if place.exists() or place.is_symlink():
        raise StoreError(f"{place}: is there already, and nothing is written over; name another file")
    if place.parent.resolve().is_relative_to(paths.root.resolve()):
        raise StoreError(f"{place}: lies in the data folder itself, with which it would be lost; name a place on another disk")
    return place


def _require_room(place: Path, paths: Paths, found: Contents) -> None:
    """Refuse at once where the copies and the file made of them would not fit.

    Raises:
        StoreError: too little is free.
    """
    stored = [each for each in (paths.work, paths.decisions, paths.exports) if each.exists()]
    copied = sum(each.stat().st_size for each in stored)
    needed = 2 * copied + sum(each.stat().st_size for each in found.sources.values())
    if (free := shutil.disk_usage(place.parent).free) < needed:
        raise StoreError(
            f"{place.parent}: {free / 1e6:,.0f} MB are free, the backup may need {needed / 1e6:,.0f} MB while it is written. "
            "Nothing was written. Make room, or name a place on another disk"
        )


def _report(place: Path, manifest: Manifest, found: Contents, paths: Paths, key: bytes | None, key_to: Path | None) -> Iterator[str]:
    size = place.stat().st_size / 1e6
    yield f"Backup written and read back: {place} ({len(manifest.files):,} files, {size:,.1f} MB). It holds answers: keep it encrypted."
    if key is None:
        yield "  The respondents' key: there is none yet"
    elif key_to is not None:
        yield f"  The respondents' key: {key_to.expanduser().absolute()}. Keep it apart from the backup; a restore asks for it"
    else:
        yield f"  The respondents' key is not in it: copy {paths.key} to another place (--key-to FILE does), a restore asks for it"
    if (paths.root / SECRETS).exists():
        yield f"  The secret of the sign-in is not in it: copy {paths.root / SECRETS} yourself"
    for odd in found.left_out[:_LISTED]:
        yield f"  Not in it: {str(odd.relative_to(paths.root))!r} is a link, no plain file, or has an odd name; back it up yourself"
    if len(found.left_out) > _LISTED:
        yield f"  … and {len(found.left_out) - _LISTED} more such files"
    yield "  An answer that is erased later stays in this backup: destroy the backup, or erase again after a restore (docs/backup.md)"
