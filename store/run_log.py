"""What runs left besides their records: what failed in them, of what people were told, and which snapshots they published.

The logs are files like any other: what is not as it was written is passed over, and nothing of them is longer than a line of a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from store.log_file import LogFile
from store.paths import VIEWS, Paths
from store.snapshots import read_manifest
from taxonomy.errors import SnapshotError

_LONGEST = 120
_MOST_PLACES = 3
#: As many lines of one run are told: a log can hold anything, and any amount of it.
_MOST = 50


@dataclass(frozen=True)
class Failure:
    """What failed: of which survey ("" if of all), at which stage, the kind of error, and the places in the code, the last first."""

    survey: str
    stage: str
    kind: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """A notice: by which way, whether it was sent, else why not, and its causes in a few words."""

    way: str
    sent: bool
    fault: str
    causes: tuple[str, ...]


@dataclass(frozen=True)
class Trace:
    """What one run left. ``snapshots`` are (view, id) of those that are still there."""

    failures: tuple[Failure, ...] = ()
    notices: tuple[Told, ...] = ()
    snapshots: tuple[tuple[str, str], ...] = ()


def run_log(paths: Paths) -> LogFile:
    """Return the log of runs."""
    return LogFile(paths.logs / "run.jsonl")


def notice_record(paths: Paths) -> LogFile:
    """Return the record of what people were told, and of what could not be sent."""
    return LogFile(paths.logs / "notices.jsonl")


def trace(paths: Paths, run: str) -> Trace:
    """Return what a run left; a log that is gone or damaged tells less, and nothing is raised."""
    failures = tuple(
        Failure(_word(line, "survey"), _word(line, "stage"), _word(line, "kind"), _words(line, "places")[:_MOST_PLACES])
        for line in _of(run_log(paths), run)
        if line.get("event") == "failed"
    )
    notices = tuple(
        Told(_word(line, "way"), line.get("sent") is True, _word(line, "fault"), _words(line, "said"))
        for line in _of(notice_record(paths), run)
    )
    return Trace(failures[-_MOST:], notices[-_MOST:], _published(paths, run))


def _published(paths: Paths, run: str) -> tuple[tuple[str, str], ...]:
    found = []
    for view in VIEWS:
        with suppress(OSError):
            for folder in sorted(paths.snapshots(view).iterdir()):
                # A snapshot is called as the run that made it, with a number where there is another.
                if folder.name.startswith(run) and folder.is_dir():
                    with suppress(SnapshotError):
                        if read_manifest(folder).run == run:
                            found.append((view, folder.name))
    return tuple(found)


def _of(log: LogFile, run: str) -> Iterator[Mapping[str, Any]]:
    return (line for line in log.lines() if line.get("run") == run)


def _word(line: Mapping[str, Any], name: str) -> str:
    found = line.get(name)
    return found[:_LONGEST] if isinstance(found, str) else ""


def _words(line: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = line.get(name)
    return tuple(each[:_LONGEST] for each in found[:_MOST] if isinstance(each, str)) if isinstance(found, list) else ()
