"""A running explorer, for tests that look at it from outside.

A module that needs one builds its store and serves it once::

    @pytest.fixture(scope="module")
    def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
        with serving(build(tmp_path_factory.mktemp("topics") / "data")) as address:
            yield address

A server takes several seconds to start: a module whose tests change nothing serves a store that another one made. The window to look
at it through is in ``tests.explorer.browsing``.
"""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from explorer.server import launch
from store import Paths


@contextmanager
def serving(
    paths: Paths,
    *,
    role: str = "researcher",
    served_at: str = "",
    port: int = 0,
    unsaid: Sequence[str] = ("Traceback", "could not be drawn"),
) -> Iterator[str]:
    """Serve what is published, to one role or, ``served_at`` a host, to whoever signs in; give the address.

    When the server has ended it must have printed none of the words ``unsaid``.
    """
    port = port or free_port()
    start = launch(paths, role, port, headless=True, served_at=served_at)
    # A file, not a pipe: nobody reads while the tests run, and a full pipe would halt the server.
    with tempfile.TemporaryFile() as printed:
        with subprocess.Popen(start.command, env=dict(start.environment), stdout=printed, stderr=subprocess.STDOUT) as server:
            try:
                if not _answered(f"http://127.0.0.1:{port}", server):
                    printed.seek(0)
                    pytest.fail(f"the server did not begin to answer: {printed.read().decode()[-4_000:]}")
                yield f"http://127.0.0.1:{port}"
            finally:
                server.terminate()
        printed.seek(0)
        said = printed.read().decode()
    assert [word for word in unsaid if word in said] == [], said


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answered(address: str, server: subprocess.Popen[bytes]) -> bool:
    """Wait until a server answers; false where it ends, or does not within two minutes."""
    for _ in range(1200):
        if server.poll() is not None:
            return False
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return True
        except OSError:
            time.sleep(0.1)
    return False
