"""One writer at a time. The operating system frees the lock of a process that died."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from store.faults import storage_faults
from store.paths import FILE_MODE, Paths
from taxonomy.errors import StoreBusyError, SuasionError


@contextmanager
def holding(lock: FileLock, refusal: SuasionError) -> Iterator[None]:
    """Hold a lock for the block; where another process has it for as long as the lock is waited for, ``refusal`` is raised."""
    with storage_faults(Path(lock.lock_file).parent):
        try:
            lock.acquire()
        except Timeout:
            raise refusal from None
    try:
        yield
    finally:
        lock.release()


class WriterLock:
    """The lock of one data folder; it tells a second comer who holds it."""

    def __init__(self, paths: Paths, purpose: str) -> None:
        self._paths = paths
        self._purpose = purpose
        # A flow may be left on another thread than it was entered on.
        self._lock = FileLock(paths.lock, timeout=0, mode=FILE_MODE, thread_local=False)

    def acquire(self) -> None:
        """Take the lock, or say who has it."""
        with storage_faults(self._paths.lock):
            try:
                self._lock.acquire()
            except Timeout:
                raise StoreBusyError(self._busy()) from None
            self._sign()

    def release(self) -> None:
        """Give the lock back."""
        self._paths.holder.unlink(missing_ok=True)
        self._lock.release()

    def _sign(self) -> None:
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "purpose": self._purpose,
        }
        partial = self._paths.holder.with_suffix(".part")
        partial.write_text(json.dumps(holder), encoding="utf-8")
        partial.chmod(FILE_MODE)
        os.replace(partial, self._paths.holder)

    def _busy(self) -> str:
        try:
            holder = json.loads(self._paths.holder.read_text(encoding="utf-8"))
            who = f"process {holder['pid']} on {holder['host']} has been writing since {holder['since']} ({holder['purpose']})"
        except (OSError, ValueError, KeyError, TypeError):
            who = "another process is writing"  # it has the lock, and has not signed yet
        return f"{self._paths.work}: {who}; wait for it to end, or stop it, and run again"
