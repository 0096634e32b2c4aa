"""A program that works on a made-up store and is killed again and again, or whose disk is full. Run by ``test_endurance``.

It forks before anything opens DuckDB, so that a death costs a tenth of a second instead of an interpreter's start.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from store import Paths, Writer, snapshots
from taxonomy.errors import StoreError
from tests.synthetic import FEW, REPORTS, VERSIONS, Response, Sentence, answers_table, process


class Mortal(Writer):
    """Dies within a transaction, right before it would be committed."""

    lives = 0

    @contextmanager
    def _transaction(self, **tables: Any) -> Iterator[None]:
        with super()._transaction(**tables):
            yield
            Mortal.lives -= 1
            if Mortal.lives == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def work(paths: Paths) -> None:
    with Mortal(paths, "dying") as writer:
        run = writer.begin_run(["reports"], VERSIONS)
        process(writer, REPORTS, FEW, run)
        writer.publish("internal", run)


def die_at(function: str) -> Callable[[Paths], None]:
    """Die when publishing reaches a function of ``snapshots``."""

    def publish(paths: Paths) -> None:
        setattr(snapshots, function, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        work(paths)

    return publish


def fill_the_disk(limit: int, step: Callable[[Writer], object]) -> Callable[[Paths], None]:
    """Let no file grow beyond ``limit`` bytes, and expect to be told so."""

    def fill(paths: Paths) -> None:
        with Writer(paths, "filling") as writer:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            try:
                step(writer)
            except StoreError as error:
                if "the disk is full" in str(error):
                    return
                raise
        raise AssertionError("the disk was not full")

    return fill


def large_answers(writer: Writer) -> None:
    text = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(20_000))
    answers = answers_table("reports", [Response(f"large {n}", (Sentence(f"{n}{text[n:]}{text[:n]}"),)) for n in range(200)])
    writer.put_answers("reports", answers, "large")


def child(step: Callable[[Paths], None], paths: Paths) -> int:
    """Return how a forked process that does the step ends: 0, or the signal that killed it."""
    pid = os.fork()
    if pid == 0:
        try:
            step(paths)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def kill_again_and_again(paths: Paths) -> None:
    ends = []
    for lives in (2, 5, 6, 8):
        Mortal.lives = lives
        ends.append(child(work, paths))
    Mortal.lives = 0
    ends += [child(die_at(function), paths) for function in ("seal", "serve")]
    assert set(ends) == {-signal.SIGKILL}, ends


def fill_again_and_again(paths: Paths) -> None:
    answers = child(fill_the_disk(6_000_000, large_answers), paths)
    publication = child(fill_the_disk(400_000, lambda writer: writer.publish("internal", writer.runs().column("run")[0].as_py())), paths)
    assert (answers, publication) == (0, 0), (answers, publication)


if __name__ == "__main__":
    {"kill": kill_again_and_again, "fill": fill_again_and_again}[sys.argv[1]](Paths(Path(sys.argv[2])))
