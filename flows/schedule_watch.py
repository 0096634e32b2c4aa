"""Sees when files of surveys are new or changed and were left alone for a while: a file that is still being copied starts nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from flows.raw_folders import folders
from store import Paths

#: Path, bytes, and nanoseconds of the last change, of every file.
Listing = frozenset[tuple[str, int, int]]


def listing(paths: Paths, surveys: Sequence[str]) -> Listing:
    """Return the files of the named surveys, of all if none is named; hidden ones are no survey's.

    Raises:
        OSError: a folder cannot be read.
    """
    found = set()
    for name, folder in folders(paths).items():
        if surveys and name not in surveys:
            continue
        for file in folder.rglob("*"):
            if any(part.startswith(".") for part in file.relative_to(folder).parts):
                continue
            with suppress(FileNotFoundError):  # gone since it was listed
                if file.is_file():
                    met = file.stat()
                    found.add((str(file), met.st_size, met.st_mtime_ns))
    return frozenset(found)


class Watch:
    """Remembers what was there. What it sees first counts as new, as it may have come while nobody watched.

    Args:
        settle: how long files must have been left alone. It is counted here, so that a clock that is set does not matter.
    """

    def __init__(self, settle: timedelta, clock: Callable[[], float] = time.monotonic) -> None:
        self._settle = settle.total_seconds()
        self._clock = clock
        self._seen: Listing = frozenset()
        self._since = clock()
        self._begun: Listing = frozenset()

    def is_due(self, found: Listing) -> bool:
        """Whether a run is to start. A folder without any file, unmounted perhaps, starts none."""
        if found != self._seen:
            self._seen, self._since = found, self._clock()
        return bool(found) and found != self._begun and self._clock() - self._since >= self._settle

    def begun(self, found: Listing) -> None:
        """Note that a run was started for this state of the files: another one starts when they change."""
        self._begun = found
