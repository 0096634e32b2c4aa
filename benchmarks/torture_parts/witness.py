"""Who reads while a run works, is killed and works again: opens what each view serves, again and again, and reports whoever failed."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from store import Filters, Paths, Reader
from store.paths import VIEWS

#: Seconds between two looks.
_PAUSE = 0.05


@dataclass
class Seen:
    """How often each view could be opened, and what went wrong once it was served; no text."""

    opened: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


@contextmanager
def watching(paths: Paths) -> Iterator[Seen]:
    """Let a process of its own read during the block; what it saw is known when the block is left."""
    seen = Seen()
    told, tells = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(told)
        _watch(paths, tells)
    os.close(tells)
    try:
        yield seen
    finally:
        os.kill(pid, signal.SIGTERM)
        with open(told, encoding="utf-8") as pipe:
            said = pipe.read()
        os.waitpid(pid, 0)
        record = json.loads(said) if said else {"opened": {}, "faults": ["the reader died without a word"]}
        seen.opened.update(record["opened"])
        seen.faults += record["faults"]


def _watch(paths: Paths, tells: int) -> None:
    """Read until told to stop, and report. Of an error the kind is told, and of ours what it says: it names no text."""
    seen, stopped, parent = Seen(), [False], os.getppid()
    signal.signal(signal.SIGTERM, lambda *_: stopped.__setitem__(0, True))
    try:
        # Once more after the last run has ended.
        while True:
            last = stopped[0] or os.getppid() != parent
            for view in VIEWS:
                _look(paths, view, seen)
            if last:
                break
            time.sleep(_PAUSE)
        with open(tells, "w", encoding="utf-8") as pipe:
            json.dump({"opened": seen.opened, "faults": seen.faults[:20]}, pipe)
    finally:
        os._exit(0)


def _look(paths: Paths, view: str, seen: Seen) -> None:
    # Asked first: what is published between this look and the next is no fault.
    due = seen.opened[view] > 0 or (paths.snapshots(view) / "CURRENT").exists()
    try:
        with closing(Reader.open(paths, view)) as reader:
            quotes = reader.quotes(Filters(), limit=50)
            if reader.snapshot.instead_of:
                seen.faults.append(f"{view}: {reader.snapshot.instead_of} is damaged")
            if not quotes.num_rows:
                seen.faults.append(f"{view}: {reader.snapshot.id} shows nothing")
        seen.opened[view] += 1
    except Exception as error:
        if due:
            seen.faults.append(f"{view}: {type(error).__name__}: {error}")
