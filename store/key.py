"""The key under which respondents become pseudonyms: made once, never replaced."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from store.faults import storage_faults
from store.paths import FILE_MODE, Paths
from taxonomy.errors import StoreError

KEY_BYTES = 32


def read_key(paths: Paths) -> bytes | None:
    """Return the key, or nothing where none was ever made."""
    with storage_faults(paths.key):
        return key_in(paths.key) if paths.key.exists() else None


def key_in(place: Path) -> bytes:
    """Return the key that a file holds.

    Raises:
        StoreError: the file cannot be read, or is no key.
    """
    with storage_faults(place), place.open("rb") as file:
        key = file.read(KEY_BYTES + 1)
    if len(key) != KEY_BYTES:
        raise StoreError(
            f"{place}: {place.stat().st_size} bytes instead of {KEY_BYTES}; bring the key back from its backup, "
            "with another one every respondent would count as new"
        )
    return key


def make_key(paths: Paths) -> bytes:
    """Make the key. Only the writer may, so that no two are ever made."""
    key = secrets.token_bytes(KEY_BYTES)
    with storage_faults(paths.key):
        # Written beside and renamed: a process that dies in between leaves no half of a key.
        partial = paths.key.with_name("key.part")
        partial.unlink(missing_ok=True)
        write_key(key, partial)
        os.replace(partial, paths.key)
    return key


def key_fingerprint(key: bytes) -> str:
    """Return what tells a key from others and does not give it away."""
    return hashlib.sha256(b"fingerprint of a key of respondents\n" + key).hexdigest()


def write_key(key: bytes, place: Path) -> None:
    """Write the key into a file that is not there yet, for its owner alone.

    Raises:
        StoreError: the file is there already, or the disk does not take it or keeps no permissions.
    """
    with storage_faults(place):
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        if place.stat().st_mode & 0o077:
            place.unlink()
            raise StoreError(f"{place}: others may read it: this disk keeps no permissions. Name a place on another disk")
