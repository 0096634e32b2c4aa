"""The file of a backup: one compressed tar, its first entry a manifest with the sha256 of every other. Read with distrust."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.packages import file_hash
from store.faults import storage_faults
from store.paths import FILE_MODE, FOLDER_MODE
from taxonomy.errors import StoreError

MANIFEST = "manifest.json"
#: The sign-in's secret is no more in a backup than the respondents' key is.
SECRETS = "secrets.toml"

_FOLDERS = frozenset({"raw", "quality", "snapshots"})
_STORE = frozenset({"store/work.duckdb", "store/decisions.sqlite", "store/exports.sqlite"})
_LONGEST_NAME, _LARGEST_MANIFEST = 1000, 100_000_000
_CHUNK = 1 << 20
_BROKEN = (tarfile.TarError, EOFError, zlib.error, OSError)


class Part(BaseModel):
    """One file of a backup."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """What a backup holds. ``key`` tells the respondents' key that belongs to it from others, and is not the key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1]
    made: str
    key: str | None
    views: tuple[str, ...]
    files: Mapping[str, Part]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(part.size for part in self.files.values())


def part_of(place: Path) -> Part:
    """Return what the manifest says of a file."""
    with storage_faults(place):
        return Part(size=place.stat().st_size, sha256=file_hash(place))


def may_hold(name: str) -> bool:
    """Whether a backup may hold a file of this name: a plain path to one of the places that Suasion keeps."""
    steps = name.split("/")
    plain = all(step not in ("", ".", "..") and len(step.encode("utf-8", "replace")) <= 255 for step in steps)
    if not plain or len(name) > _LONGEST_NAME or not name.isprintable() or "\\" in name:
        return False
    if len(steps) == 1:
        return name.endswith(".toml") and name != SECRETS
    return name in _STORE or steps[0] in _FOLDERS


def make_folders(folder: Path) -> None:
    """Make a folder with those above it that are missing, each closed to others: ``parents=True`` would leave those above open."""
    for each in reversed([folder, *folder.parents]):
        if not each.exists():
            each.mkdir(mode=FOLDER_MODE)


def write_archive(place: Path, manifest: Manifest, sources: Mapping[str, Path]) -> None:
    """Write a backup for its owner alone, and read it back; where that fails there is none.

    Args:
        place: the file; it is not there yet.
        manifest: of every file, by the name that it has in the backup.
        sources: where each of them lies.

    Raises:
        StoreError: the disk does not take it, or keeps no permissions, or a file changed meanwhile.
    """
    try:
        with storage_faults(place), open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise StoreError(f"{place}: others may read it: this disk keeps no permissions. Name a place on another disk")
            # Level 1: vectors and what DuckDB packed itself hardly get smaller, whatever it costs.
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1, format=tarfile.PAX_FORMAT) as tar:
                said = manifest.model_dump_json(indent=1).encode()
                tar.addfile(_entry(MANIFEST, len(said), 0), io.BytesIO(said))
                for name, part in manifest.files.items():
                    with sources[name].open("rb") as source:
                        tar.addfile(_entry(name, part.size, int(os.fstat(source.fileno()).st_mtime)), source)
            file.flush()
            os.fsync(file.fileno())
        unpack(place, None)
    except BaseException:
        place.unlink(missing_ok=True)
        raise


def read_manifest(place: Path) -> Manifest:
    """Return what a backup says that it holds, before any of it is read.

    Raises:
        StoreError: it cannot be read, is no backup, or one of a newer release.
    """
    with _opened(place) as tar:
        return _manifest(tar, place)


def unpack(place: Path, folder: Path | None) -> Manifest:
    """Read a whole backup, each file against its sha256, and write its files into an empty folder, or nowhere.

    Nothing but plain files of the manifest's names is written: no link, no device, no path that leads elsewhere.

    Raises:
        StoreError: it is damaged, holds more or less than it says, or the disk is full.
    """
    with _opened(place) as tar:
        manifest = _manifest(tar, place)
        left = dict(manifest.files)
        while (member := tar.next()) is not None:
            part = left.pop(member.name, None)
            stream = tar.extractfile(member) if member.isreg() else None
            if part is None or stream is None or member.size != part.size:
                raise StoreError(f"{place}: holds something that its manifest does not name; it is not used")
            if _copied(stream, None if folder is None else folder / member.name) != part.sha256:
                raise StoreError(f"{place}: {member.name} is not the file that was backed up; the backup is damaged and not used")
    if left:
        raise StoreError(f"{place}: {len(left)} files are missing ({sorted(left)[0]} among them); the backup is damaged and not used")
    return manifest


@contextmanager
def _opened(place: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(place, "r|gz") as tar:
            yield tar
    except _BROKEN as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else "it is damaged, or no backup"
        raise StoreError(f"{place}: cannot be read: {said}") from error


def _manifest(tar: tarfile.TarFile, place: Path) -> Manifest:
    first = tar.next()
    stream = tar.extractfile(first) if first is not None and first.isreg() else None
    if first is None or stream is None or first.name != MANIFEST or first.size > _LARGEST_MANIFEST:
        raise StoreError(f"{place}: is no backup that Suasion made")
    try:
        manifest = Manifest.model_validate_json(stream.read())
    except ValidationError:
        raise StoreError(f"{place}: its manifest cannot be read: a newer Suasion made it, or it is damaged") from None
    if odd := [name for name in manifest.files if not may_hold(name)]:
        raise StoreError(f"{place}: {len(odd)} of its files would lie where nothing of a backup belongs; it is not used")
    return manifest


def _copied(stream: IO[bytes], place: Path | None) -> str:
    """Return the sha256 of what is read, written into a new file where one is named."""
    digest = hashlib.sha256()
    if place is None:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
        return digest.hexdigest()
    with _writing(place) as file:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            with storage_faults(place):
                file.write(chunk)
    return digest.hexdigest()


@contextmanager
def _writing(place: Path) -> Iterator[IO[bytes]]:
    with storage_faults(place):
        make_folders(place.parent)
        file = open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb")  # noqa: SIM115
    with file:
        yield file
        with storage_faults(place):
            file.flush()
            os.fsync(file.fileno())


def _entry(name: str, size: int, modified: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = size, modified, FILE_MODE
    return entry
