"""Partitions: what waits for a stage, cut into files that any machine can work on, and what was made of each.

A partition is a Parquet file, named by the hash of its bytes; what was made of it is a folder of the same name with a file for each
table. Both are written under another name first and renamed when they are whole, so that a process that is killed leaves nothing half.
What is there under its name was made of exactly this content, and is not made again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from store.faults import storage_faults
from taxonomy.errors import StoreError

#: Rows of a partition: what a worker does at once, and the most that is lost with it.
ROWS = 10_000

_UNFINISHED = ".unfinished"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Partition:
    """A partition in its folder, by name."""

    folder: Path
    name: str

    @property
    def content(self) -> Path:
        """The file of what is to be worked on."""
        return self.folder / f"{self.name}.parquet"

    @property
    def result(self) -> Path:
        """The folder of what was made of it."""
        return self.folder / self.name

    @property
    def is_done(self) -> bool:
        """Whether it was worked on."""
        return self.result.is_dir()

    def read(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return what is to be worked on.

        Raises:
            StoreError: the file is gone or damaged.
        """
        return _read(self.content, columns)

    def made(self, table: str) -> pa.Table:
        """Return a table of what was made of it.

        Raises:
            StoreError: the file is gone or damaged.
        """
        return _read(self.result / f"{table}.parquet", None)

    def put(self, tables: Mapping[str, pa.Table]) -> None:
        """Write what was made of it; where another process was first, that stands."""
        unfinished = self.folder / f"{self.name}.{uuid4().hex}{_UNFINISHED}"
        with storage_faults(self.folder):
            unfinished.mkdir(mode=0o700)
            try:
                for name, table in tables.items():
                    _write(unfinished / f"{name}.parquet", table)
                os.rename(unfinished, self.result)
            except OSError:
                if not self.is_done:
                    raise
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)

    def remove(self) -> None:
        """Remove it and what was made of it."""
        self.content.unlink(missing_ok=True)
        shutil.rmtree(self.result, ignore_errors=True)


def cut(tables: Iterable[pa.Table], folder: Path) -> list[Partition]:
    """Write each table as a partition, in order, and remove from the folder what belongs to none of them.

    What was cut alike before, and what was made of it, is found again: with the same content a partition has the same name.
    """
    with storage_faults(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        partitions = [_cut(table, folder) for table in tables]
        kept = {place for each in partitions for place in (each.content, each.result)}
        for place in set(folder.iterdir()) - kept:
            if place.is_dir():
                shutil.rmtree(place)
            else:
                place.unlink()
    return partitions


def _cut(table: pa.Table, folder: Path) -> Partition:
    unfinished = folder / f"{uuid4().hex}{_UNFINISHED}"
    _write(unfinished, table)
    digest = hashlib.sha256()
    with unfinished.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    partition = Partition(folder, digest.hexdigest()[:32])
    os.rename(unfinished, partition.content)
    return partition


def _write(place: Path, table: pa.Table) -> None:
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        pq.write_table(table, file, compression="zstd")
        file.flush()
        # Renamed before it is on the disk, a power cut would leave a whole name with half a file.
        os.fsync(file.fileno())


def _read(place: Path, columns: Sequence[str] | None) -> pa.Table:
    try:
        return pq.read_table(place, columns=None if columns is None else list(columns), partitioning=None)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(
            f"{place}: cannot be read ({type(error).__name__}). If the disk is sound, remove the folder {place.parent} and run again"
        ) from None
