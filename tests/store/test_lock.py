from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from store import Paths, Writer
from taxonomy.errors import StoreBusyError

HOLDER = """
import sys
from pathlib import Path
from store.lock import WriterLock
from store.paths import Paths
paths = Paths(Path(sys.argv[1]))
paths.prepare()
lock = WriterLock(paths, "a long night's run")
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_told_about_the_first_and_a_dead_one_frees_the_lock(fresh: Paths) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(fresh.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreBusyError) as refusal, Writer(fresh, "me"):
            pass
        message = str(refusal.value)
        for part in (str(fresh.work), f"process {holder.pid} on {socket.gethostname()}", "since 20", "a long night's run"):
            assert part in message
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    assert fresh.holder.exists()  # it could not tidy up
    with Writer(fresh, "me") as writer:
        assert writer.surveys().num_rows == 0


def test_a_second_writer_in_the_same_process_is_refused_too(writer: Writer) -> None:
    with pytest.raises(StoreBusyError, match=f"process {os.getpid()} .*\\(tests\\)"), Writer(writer.paths, "second"):
        pass
    assert writer.surveys().num_rows == 0


def test_a_holder_that_has_not_signed_yet_is_another_process(writer: Writer) -> None:
    writer.paths.holder.write_text("{")
    with pytest.raises(StoreBusyError, match="another process is writing"), Writer(writer.paths, "second"):
        pass


def test_leaving_frees_the_lock_and_removes_the_signature(fresh: Paths) -> None:
    for _ in range(2):
        with Writer(fresh, "tests"):
            assert fresh.holder.exists()
        assert not fresh.holder.exists()


def test_a_writer_that_cannot_open_its_database_frees_the_lock(fresh: Paths) -> None:
    fresh.prepare()
    fresh.work.write_bytes(b"this is no database" * 1000)
    umask = os.umask(0o022)
    try:
        for _ in range(2):
            with pytest.raises(Exception, match=r"work\.duckdb") as refusal, Writer(fresh, "tests"):
                pass
            assert not isinstance(refusal.value, StoreBusyError)
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(umask)
