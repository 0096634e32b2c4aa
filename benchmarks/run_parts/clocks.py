"""Clocks: wall and processor seconds of parts of a program, told apart by name."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any


@dataclass
class Spent:
    """Seconds by the clock and of the processor (all threads), and how often."""

    wall: float = 0.0
    processor: float = 0.0
    calls: int = 0


@dataclass
class Clocks:
    """Adds up what is spent under a name. What is called within something that is watched counts to the outer one alone."""

    spent: dict[str, Spent] = field(default_factory=lambda: defaultdict(Spent))
    _inside: bool = False

    @contextmanager
    def watching(self, name: str) -> Iterator[None]:
        """Count the block to a name."""
        if self._inside:
            yield
            return
        self._inside = True
        wall, processor = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self._inside = False
            spent = self.spent[name]
            spent.wall += time.perf_counter() - wall
            spent.processor += time.process_time() - processor
            spent.calls += 1

    def around(self, owner: Any, attribute: str, name: str | Callable[..., str]) -> None:
        """Count every call of a function or method to a name; a callable makes the name of the call's arguments."""
        real: Callable[..., Any] = getattr(owner, attribute)

        @wraps(real)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.watching(name if isinstance(name, str) else name(*args, **kwargs)):
                return real(*args, **kwargs)

        setattr(owner, attribute, timed)

    def total(self) -> Spent:
        """Return the sum over all names."""
        each = list(self.spent.values())
        return Spent(sum(s.wall for s in each), sum(s.processor for s in each), sum(s.calls for s in each))

    def forget(self) -> None:
        """Begin at nothing again."""
        self.spent.clear()
