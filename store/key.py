"""The key under which respondents become pseudonyms: made once, never replaced."""

from __future__ import annotations

import os
import secrets

from store.faults import storage_faults
from store.paths import FILE_MODE, Paths
from taxonomy.errors import StoreError

KEY_BYTES = 32


def read_key(paths: Paths) -> bytes | None:
    """Return the key, or nothing where none was ever made."""
    with storage_faults(paths.key):
        if not paths.key.exists():
            return None
        key = paths.key.read_bytes()
    if len(key) != KEY_BYTES:
        raise StoreError(
            f"{paths.key}: {len(key)} bytes instead of {KEY_BYTES}; bring the key back from its backup, "
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
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, paths.key)
    return key
