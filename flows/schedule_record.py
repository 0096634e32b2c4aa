"""``logs/schedules.jsonl`` in the data folder: when which schedule began a run, so that what was missed can be told."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime

from store import Paths
from store.log_file import LogFile


def record_begun(paths: Paths, schedule: str, at: datetime) -> None:
    """Note that a schedule begins a run. Where the disk does not take it the run goes on, and fails or not by itself."""
    with suppress(OSError):
        _file(paths).append(json.dumps({"at": at.isoformat(timespec="seconds"), "event": "begun", "schedule": schedule}, sort_keys=True))


def last_begun(paths: Paths) -> dict[str, datetime]:
    """Return when each schedule last began a run, as far as that is known."""
    found: dict[str, datetime] = {}
    for line in _file(paths).lines():
        with suppress(KeyError, TypeError, ValueError):
            at = datetime.fromisoformat(line["at"])
            if at.tzinfo is not None:
                found[str(line["schedule"])] = at
    return found


def _file(paths: Paths) -> LogFile:
    return LogFile(paths.logs / "schedules.jsonl")
