"""The moments at which a run can be killed: before and after each step that changes something, told by name and counted."""

from __future__ import annotations

import mmap
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, ParamSpec, TypeVar
from unittest.mock import patch

import store.surveys
import store.writer
from store import Writer, snapshots
from store.ledger import Ledger
from store.lock import WriterLock

#: What is stepped through; of the stages what they write, of a publication every part of it.
_STEPS: tuple[tuple[Any, str], ...] = (
    *((WriterLock, name) for name in ("acquire", "release")),
    *((Ledger, name) for name in ("_open", "_shut")),
    *(
        (Writer, name)
        for name in ("begin_run", "record_stage", "finish_run", "set_fingerprint", "put_survey", "put_answers", "put_rejects")
    ),
    *((Writer, name) for name in ("put_masked", "put_passages", "put_vectors", "put_codes", "set_aside", "put_fit", "put_placed", "prune")),
    *((Writer, name) for name in ("_gather", "_gather_declared", "_content", "_copy", "_write_vectors", "_check")),
    *((snapshots, name) for name in ("sweep", "seal", "serve", "retire", "_sync")),
    (store.writer, "build_search"),
    (store.surveys, "make_key"),
)
_LONGEST = 200

P = ParamSpec("P")
T = TypeVar("T")


class Steps:
    """Counts the moments of a run, remembers their names, and kills the process at one of them.

    Attributes:
        met: the names of the moments, in their order.
    """

    def __init__(self, last: int | None = None) -> None:
        self.met: list[str] = []
        self._last = last
        self._within: list[str] = []
        # Shared with the process that forked this one: there it tells where a death by the clock struck.
        self._where = mmap.mmap(-1, _LONGEST)

    @property
    def where(self) -> str:
        """The last moment that this process or one that it forked came to; "" before the first."""
        return self._where[:].rstrip(b"\0").decode("utf-8", "replace")

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count what happens in the block."""
        with ExitStack() as stack:
            for owner, name in _STEPS:
                stack.enter_context(patch.object(owner, name, self._stepping(name.strip("_"), getattr(owner, name))))
            stack.enter_context(patch.object(Writer, "publish", self._publishing(Writer.publish)))
            stack.enter_context(patch.object(Ledger, "_transaction", self._committing(Ledger._transaction)))
            yield

    def _moment(self, name: str) -> None:
        told = " · ".join((*self._within, name))
        self.met.append(told)
        self._where[:] = told.encode()[:_LONGEST].ljust(_LONGEST, b"\0")
        if len(self.met) - 1 == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        self._moment(f"before {name}")
        self._within.append(name)
        try:
            yield
        finally:
            self._within.pop()
        self._moment(f"after {name}")

    def _stepping(self, name: str, real: Callable[P, T]) -> Callable[P, T]:
        def stepped(*args: P.args, **kwargs: P.kwargs) -> T:
            with self._step(name):
                return real(*args, **kwargs)

        return stepped

    def _publishing(self, real: Callable[..., T]) -> Callable[..., T]:
        def published(writer: Writer, view: str, *args: Any, **kwargs: Any) -> T:
            with self._step(f"publish {view}"):
                return real(writer, view, *args, **kwargs)

        return published

    def _committing(self, real: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def committed(ledger: Ledger, **tables: Any) -> Iterator[None]:
            with real(ledger, **tables):
                yield
                self._moment("before a commit")
            self._moment("after a commit")

        return committed
