"""Where partitions lie while a run works on them: a folder for its owner alone, since there are texts in it.

It is emptied when all was merged, and after a failure it waits for the next run. Whoever erases an answer empties it too.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from models.identity import identifier
from store import Paths
from store.faults import storage_faults
from store.paths import FILE_MODE, FOLDER_MODE
from taxonomy.errors import StoreError

_HOME = "partitions"
_ELSEWHERE = "elsewhere"


def prepare(paths: Paths, shared: Path | None) -> Path:
    """Return the folder of a data folder's partitions, made if it is missing: below ``shared``, or in the data folder itself.

    Raises:
        StoreError: others can read it, or it belongs to somebody else.
    """
    home = paths.root / _HOME
    with storage_faults(home):
        _closed(home)
        if shared is None:
            return home
        if not shared.is_dir():
            raise StoreError(f"{shared}: there is no such folder; --scratch names an existing one that all workers see")
        elsewhere = shared.absolute() / _name(paths)
        _closed(elsewhere)
        # Noted before anything is written there: what must be found again is found by this, also after a run that lay somewhere else.
        if elsewhere not in _noted(paths):
            with open(os.open(home / _ELSEWHERE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE), "a", encoding="utf-8") as note:
                note.write(f"{elsewhere}\n")
    return elsewhere


def clear(paths: Paths) -> None:
    """Remove all partitions of a data folder, wherever they lie.

    Raises:
        StoreError: some cannot be removed, or lie on a disk that is not there now.
    """
    home = paths.root / _HOME
    with storage_faults(home):
        for elsewhere in _noted(paths):
            if not elsewhere.parent.is_dir():
                raise StoreError(
                    f"{elsewhere}: partitions with texts were put there, and the disk is not there now. Bring it back and do this again; "
                    f"if it is gone for good, remove {home / _ELSEWHERE}"
                )
            if elsewhere.is_dir() and not elsewhere.is_symlink():
                shutil.rmtree(elsewhere)
        if home.is_dir() and not home.is_symlink():
            shutil.rmtree(home)


def _noted(paths: Paths) -> tuple[Path, ...]:
    """Return the folders outside the data folder in which partitions were put; none but those that it made itself, whatever is noted."""
    note = paths.root / _HOME / _ELSEWHERE
    lines = note.read_text("utf-8").splitlines() if note.is_file() else ()
    return tuple(place for place in map(Path, lines) if place.name == _name(paths))


def _name(paths: Paths) -> str:
    return f"suasion-{identifier('partitions', paths.root)}"


def _closed(folder: Path) -> None:
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise StoreError(
            f"{folder}: texts would lie there, and it is not a folder of yours alone (mode {stat.S_IMODE(found.st_mode):03o}); remove it"
        )
