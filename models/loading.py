"""How long loading took: paid once per process, and told apart from work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

_clock = {"seconds": 0.0, "depth": 0.0}


@contextmanager
def loading() -> Iterator[None]:
    """Count the time of the block as loading; a block within a block counts once."""
    began = perf_counter()
    _clock["depth"] += 1
    try:
        yield
    finally:
        _clock["depth"] -= 1
        if not _clock["depth"]:
            _clock["seconds"] += perf_counter() - began


def loading_seconds() -> float:
    """Return the seconds that this process has spent on loading models so far."""
    return _clock["seconds"]
