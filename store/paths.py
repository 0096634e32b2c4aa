"""Where things lie under one data folder, and who may look at them: the owner alone."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from store.faults import storage_faults
from taxonomy.errors import StoreError

View = Literal["internal", "partner", "public"]

VIEWS: tuple[str, ...] = get_args(View)

FOLDER_MODE = 0o700
FILE_MODE = 0o600
#: Begins the name of the folder, in the data folder, in which a restore puts the store that it replaces.
REPLACED = "replaced-"
SNAPSHOT_FILE_MODE = 0o400


@dataclass(frozen=True)
class Paths:
    """The places under one data folder."""

    root: Path

    @classmethod
    def default(cls) -> Paths:
        """Return the places under ``$SUASION_DATA``, or under ``data`` in the working folder."""
        return cls(Path(os.environ.get("SUASION_DATA") or "data").expanduser().absolute())

    @property
    def raw(self) -> Path:
        """What arrived: one folder per survey, never written to."""
        return self.root / "raw"

    @property
    def store(self) -> Path:
        """The writer's folder."""
        return self.root / "store"

    @property
    def work(self) -> Path:
        """The writer's database: originals, masked answers and all that was made of them."""
        return self.store / "work.duckdb"

    @property
    def lock(self) -> Path:
        """The file whose lock makes one process the writer."""
        return self.store / "work.lock"

    @property
    def holder(self) -> Path:
        """Who holds the lock, for the message that a second writer gets."""
        return self.store / "work.holder.json"

    @property
    def key(self) -> Path:
        """The respondents' key."""
        return self.store / "key"

    @property
    def decisions(self) -> Path:
        """People's decisions."""
        return self.store / "decisions.sqlite"

    @property
    def exports(self) -> Path:
        """Which exports hold which quotes."""
        return self.store / "exports.sqlite"

    @property
    def quality(self) -> Path:
        """Reports on the coder's quality."""
        return self.root / "quality"

    @property
    def training(self) -> Path:
        """What a training has done so far."""
        return self.root / "training"

    @property
    def logs(self) -> Path:
        """What runs did, line by line, and who was told."""
        return self.root / "logs"

    @property
    def prefect(self) -> Path:
        """Prefect's home."""
        return self.root / "prefect"

    def snapshots(self, view: str) -> Path:
        """Return the folder of the snapshots of one view."""
        if view not in VIEWS:
            raise StoreError(f"there is no view “{view}”; the views are {', '.join(VIEWS)}")
        return self.root / "snapshots" / view

    def prepare(self) -> None:
        """Make the folders that are missing and close all of them to others; ``raw`` belongs to people and is left alone.

        Raises:
            StoreError: a folder cannot be made, or stays open to others whatever is done.
        """
        with storage_faults(self.root):
            self.root.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            if _is_ours_alone(self.root):
                self.root.chmod(FOLDER_MODE)
            views = (self.snapshots(view) for view in VIEWS)
            for folder in (self.store, self.root / "snapshots", *views, self.quality, self.training, self.logs, self.prefect):
                folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
                folder.chmod(FOLDER_MODE)
                _require_closed(folder)


def _is_ours_alone(root: Path) -> bool:
    """Whether a data folder is ours to close: not where someone named a shared folder, such as ``/tmp``, or one that holds a home."""
    met = root.stat()
    return met.st_uid == os.geteuid() and not met.st_mode & stat.S_ISVTX and not Path("~").expanduser().is_relative_to(root)


def _require_closed(folder: Path) -> None:
    """Refuse a disk that keeps no permissions, such as a FAT stick or some network shares: closing a folder there does nothing."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & ~FOLDER_MODE:
        raise StoreError(
            f"{folder}: others on this machine may read it (mode {mode:03o}), and closing it did nothing: this disk keeps no permissions. "
            "Name a data folder on another disk with SUASION_DATA"
        )
