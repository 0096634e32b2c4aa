"""What storage can fail with, said so that a person can act upon it."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from taxonomy.errors import StoreBusyError, StoreError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_WORDS = ("no space left", "disk is full", "disk quota", "file too large", "max_temp_directory_size")
_READ_ONLY_WORDS = ("read-only file system", "attempt to write a readonly database")
# Only these are known to speak of files and not of values: the others may repeat what a cell holds.
_SPEAKABLE = (duckdb.IOException, duckdb.PermissionException, duckdb.OutOfMemoryException, sqlite3.OperationalError, OSError)


@contextmanager
def storage_faults(path: Path) -> Iterator[None]:
    """Turn what DuckDB, SQLite and the operating system raise within the block into a ``StoreError`` about ``path``."""
    try:
        yield
    except (duckdb.Error, sqlite3.Error, OSError) as error:
        raise _explained(error, path) from error


def _explained(error: Exception, path: Path) -> StoreError:
    said = str(error).strip().splitlines()[0] if str(error).strip() else ""
    if getattr(error, "errno", None) in _FULL or any(words in said.casefold() for words in _FULL_WORDS):
        return StoreError(
            f"{path}: the disk is full ({_free(path)} free). What was stored before is whole and nothing half-written is "
            "served; make room and run again, it goes on from there"
        )
    if getattr(error, "errno", None) == errno.EROFS or any(words in said.casefold() for words in _READ_ONLY_WORDS):
        return StoreError(
            f"{path}: the disk can only be read. What was stored before is whole. A disk that met an error is often closed to writing: "
            "look at it, make it writable again and run again, or name a data folder on another one with SUASION_DATA"
        )
    if "could not set lock" in said.casefold():
        return StoreBusyError(f"{path}: another program has this database open; close it and run again. DuckDB says: {said}")
    if isinstance(error, _SPEAKABLE):
        return StoreError(f"{path}: {type(error).__name__}: {said}. {_advice(error)}")
    return StoreError(f"{path}: the database refused ({type(error).__name__}); nothing of this step was stored")


def _advice(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "Make the data folder writable for you, or name another one with SUASION_DATA"
    return f"Check the disk and the folder, then run again ({type(error).__name__} is not a fault of your data)"


def _free(path: Path) -> str:
    folder = next((folder for folder in (path, *path.parents) if folder.is_dir()), Path("/"))
    try:
        return f"{shutil.disk_usage(folder).free / 1e6:,.0f} MB"
    except OSError:
        return "unknown space"
