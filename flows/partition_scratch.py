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
        elsewhere = shared.absolute() / f"suasion-{identifier('partitions', paths.root)}"
        _closed(elsewhere)
        # Noted before anything is written there: what must be found again is found by this.
        (home / _ELSEWHERE).write_text(f"{elsewhere}\n", "utf-8")
        (home / _ELSEWHERE).chmod(0o600)
    return elsewhere


def clear(paths: Paths) -> None:
    """Remove all partitions of a data folder, wherever they lie.

    Raises:
        StoreError: some cannot be removed.
    """
    home = paths.root / _HOME
    note = home / _ELSEWHERE
    with storage_faults(home):
        if note.is_file():
            elsewhere = Path(note.read_text("utf-8").strip())
            # Only what this data folder made itself is removed, whatever the note says.
            if elsewhere.name == f"suasion-{identifier('partitions', paths.root)}" and elsewhere.is_dir() and not elsewhere.is_symlink():
                shutil.rmtree(elsewhere)
        if home.is_dir() and not home.is_symlink():
            shutil.rmtree(home)


def _closed(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise StoreError(
            f"{folder}: texts would lie there, and it is not a folder of yours alone (mode {stat.S_IMODE(found.st_mode):03o}); remove it"
        )
