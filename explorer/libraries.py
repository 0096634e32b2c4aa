"""The snapshots that are open: one of each view, for all sessions. Imports no Streamlit: the server's start opens them too."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from explorer.library import Library
from store import Paths, Reader

_opened: dict[tuple[str, str], Library] = {}
_opening = threading.Lock()


def library(paths: Paths, view: str, current: str) -> Library:
    """Return the open snapshot of a view; it is opened, and its files are compared with what was published, if ``current`` is not."""
    place = (str(paths.root), view)
    with _opening:
        found = _opened.get(place)
        if found is None or found.snapshot.named != current:
            # The one before is closed when the last session that still reads it lets go.
            found = _opened[place] = Library(paths, view)
        return found


def forget(paths: Paths, view: str) -> None:
    """Let go of a snapshot that cannot be read: whoever asks next opens it anew."""
    _opened.pop((str(paths.root), view), None)


def prepare(paths: Paths, view: str) -> None:
    """Open a view, if one is published, and ask what every first look at a page asks.

    Raises:
        StoreError: the snapshot cannot be read.
    """
    current = Reader.current_id(paths, view)
    if current is not None:
        library(paths, view, current).prepare()


@contextmanager
def none_open() -> Iterator[bool]:
    """Say whether no snapshot is open; none is opened meanwhile."""
    with _opening:
        yield not _opened


def close_all() -> None:
    """Close what is open."""
    with _opening:
        for found in _opened.values():
            found.close()
        _opened.clear()
