"""Prefect's server for the time of one run.

Prefect would start one itself, in a process that outlives a killed run for ever, and that a terminal's Ctrl+C stops before the run
could tell it anything. This one ends with the run, whatever ends it, and hears of no key.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taxonomy.errors import StageError

_HOST = "127.0.0.1"
_API = "PREFECT_API_URL"
_SETTINGS = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
_START_SECONDS, _STOP_SECONDS = 180.0, 10.0  # on a new database and a busy machine it takes up to a minute


class Server:
    """A server that is starting, or has started."""

    def __init__(self) -> None:
        self.port = _free_port()
        # -P: nothing is imported from the folder that the run was started in.
        command = [sys.executable, "-P", "-m", "flows.prefect_server", str(self.port)]
        path = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
        environment = {**os.environ, **_SETTINGS, "PYTHONPATH": path}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True)

    def wait(self) -> None:
        """Return when it answers.

        Raises:
            StageError: it ended, or does not answer for minutes.
        """
        # A proxy of the environment's has no business with this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with opener.open(f"http://{_HOST}:{self.port}/api/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        ended = self._process.poll()
        how = "does not answer" if ended is None else f"ended with status {ended}"
        raise StageError(
            f"Prefect's server {how}; nothing was done. Run it again; if it stays so, move the folder {os.environ.get('PREFECT_HOME')} "
            "away, in which Prefect keeps its own records and no answers"
        )

    def stop(self) -> None:
        """End it; by force if it takes long."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def serving() -> Iterator[Server | None]:
    """Start a server for the block and point Prefect at it; nothing where a person named one in ``PREFECT_API_URL``."""
    if os.environ.get(_API):
        yield None
        return
    server = Server()
    os.environ[_API] = f"http://{_HOST}:{server.port}/api"
    try:
        yield server
    finally:
        del os.environ[_API]
        server.stop()


def _free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind((_HOST, 0))
        return int(any_port.getsockname()[1])


def _end_with_parent() -> None:
    sys.stdin.buffer.read()  # nothing is ever written: it ends when the parent closes it or dies
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_STOP_SECONDS / 2)
    os._exit(0)


def main() -> None:
    """Serve on the port named, until standard input ends."""
    import uvicorn

    os.umask(0o077)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    uvicorn.run("prefect.server.api.server:create_app", factory=True, host=_HOST, port=int(sys.argv[1]), log_level="error", lifespan="on")


if __name__ == "__main__":
    main()
