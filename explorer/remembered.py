"""Answers that are remembered: each question is asked once, however many people ask it at the same moment."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from concurrent.futures import Future
from typing import Any


class Remembered:
    """A function whose latest answers are kept. Any thread may ask; who asks what is being asked already waits for that answer."""

    def __init__(self, ask: Callable[..., Any], most: int, rows: int) -> None:
        """Remember the ``most`` questions that were asked last, of these the last whose answers have so many ``rows`` together."""
        self._ask, self._most, self._rows = ask, most, rows
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[Hashable, ...], Future[Any]] = OrderedDict()

    def __call__(self, stamp: Hashable, *question: Hashable) -> Any:
        """Return the answer to a question under a stamp; what failed is asked anew the next time."""
        key = (stamp, *question)
        with self._lock:
            known = self._known.get(key)
            first = known is None
            found: Future[Any] = Future() if known is None else known
            self._known[key] = found
            self._known.move_to_end(key)
        if first:
            try:
                found.set_result(self._ask(*question))
            except BaseException as error:
                with self._lock:
                    if self._known.get(key) is found:
                        del self._known[key]
                found.set_exception(error)
                raise
            self._forget()
        return found.result()

    def _forget(self) -> None:
        with self._lock:
            held = {key: _rows(found) for key, found in self._known.items()}
            while len(held) > 1 and (len(held) > self._most or sum(held.values()) > self._rows):
                oldest = next(iter(held))
                del held[oldest], self._known[oldest]


def _rows(found: Future[Any]) -> int:
    answer = found.result() if found.done() and found.exception() is None else None
    return len(answer) if isinstance(answer, Sized) else 1
