"""Prefect's server for the time of one run.

Prefect would start one itself, in a process that outlives a killed run for ever, and that a terminal's Ctrl+C stops before the run
could tell it anything. This one ends with the run, whatever ends it, and hears of no key. Where it dies in the middle it is started
again: Prefect's client asks for a minute before it gives up, and what it was told lies on the disk.
"""

from __future__ import annotations

import logging
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
from http.client import HTTPException
from pathlib import Path

from taxonomy.errors import StageError, SuasionError

_HOST = "127.0.0.1"
_API = "PREFECT_API_URL"
_SETTINGS = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
_NAMED_SECONDS = 20.0  # a server that a person named may be starting anew
_START_SECONDS, _STOP_SECONDS = 180.0, 10.0  # on a new database and a busy machine it takes up to a minute
_RESTARTS = 3  # one that dies more often than this dies of something that a restart does not cure


class Server:
    """A server that is starting, or has started."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process = self._started()
        self._lock, self._stopping = threading.Lock(), False

    def _started(self) -> subprocess.Popen[bytes]:
        # -P: nothing is imported from the folder that the run was started in.
        command = [sys.executable, "-P", "-m", "flows.prefect_server", str(self.port)]
        environment = {**os.environ, **_SETTINGS, "PYTHONPATH": import_path()}
        return subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True)

    def wait(self) -> None:
        """Return when it answers.

        Raises:
            StageError: it ended, or does not answer for minutes.
        """
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            if answers(address(self.port)):
                threading.Thread(target=self._keep, daemon=True).start()
                return
            time.sleep(0.1)
        ended = self._process.poll()
        how = "does not answer" if ended is None else f"ended with status {ended}"
        raise StageError(
            f"Prefect's server {how}; nothing was done. Run it again; if it stays so, move the folder {os.environ.get('PREFECT_HOME')} "
            "away, in which Prefect keeps its own records and no answers"
        )

    def _keep(self) -> None:
        for _ in range(_RESTARTS):
            self._process.wait()
            with self._lock:
                if self._stopping:
                    return
                self._process = self._started()

    @property
    def is_dead(self) -> bool:
        """Whether it ended by itself, and was not started again."""
        return self._process.poll() is not None

    def stop(self) -> None:
        """End it; by force if it takes long."""
        with self._lock:
            self._stopping = True
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def import_path() -> str:
    """Return the ``PYTHONPATH`` by which a process finds Suasion's modules wherever it is started."""
    return os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))


def address(port: int) -> str:
    """Return the address of the API of a server on this machine."""
    return f"http://{_HOST}:{port}/api"


def answers(api: str) -> bool:
    """Whether a server of Prefect's answers at the address of an API."""
    # A proxy of the environment's has no business with this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{api.rstrip('/')}/health", timeout=5) as answer:
            return bool(answer.read(16).strip() == b"true")
    except (OSError, ValueError, HTTPException):
        return False


@contextmanager
def serving() -> Iterator[Server | None]:
    """Start a server for the block and point Prefect at it; nothing where a person named one in ``PREFECT_API_URL``.

    Raises:
        StageError: one is named, and does not answer; or the one that was started is lost and took the block with it.
    """
    if named := os.environ.get(_API):
        until = time.monotonic() + _NAMED_SECONDS
        while not (there := answers(named)) and time.monotonic() < until:
            time.sleep(1)
        if not there:
            raise StageError(
                f"{_API} names a server of Prefect's that does not answer as one; nothing was done. Start it, or unset {_API}: "
                "a run brings a server of its own"
            )
        yield None
        return
    server = Server()
    os.environ[_API] = address(server.port)
    try:
        yield server
    except SuasionError:
        raise
    except Exception:
        if not server.is_dead:
            raise
        raise StageError(
            "Prefect's server died in the middle of the run and could not be started again. What was done is kept: suasion runs shows how "
            "far it came, and the next run goes on from there"
        ) from None
    finally:
        del os.environ[_API]
        # What Prefect still has to tell its server is told to nobody: that it cannot be is no news.
        for teller in ("prefect.events", "prefect._internal"):
            logging.getLogger(teller).setLevel(logging.CRITICAL)
        server.stop()


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as any_port:
        any_port.bind((_HOST, 0))
        return int(any_port.getsockname()[1])


def _end_with_parent() -> None:
    sys.stdin.buffer.read()  # nothing is ever written: it ends when the parent closes it or dies
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_STOP_SECONDS / 2)
    os._exit(0)


class HeldPort:
    """A port of this machine that nobody else can take as long as it is held, whether or not a server listens."""

    def __init__(self) -> None:
        self._socket = socket.create_server((_HOST, 0))
        self._socket.set_inheritable(True)
        self.number = int(self._socket.getsockname()[1])
        #: What the server is given, as its second argument.
        self.descriptor = self._socket.fileno()

    def close(self) -> None:
        """Let it go."""
        self._socket.close()


def main() -> None:
    """Serve on the port named, or on the open socket that the second argument names, until standard input ends."""
    import uvicorn

    os.umask(0o077)
    # What runs its services tells each meeting of two of them in SQLite as an error, a page long, and tries again.
    logging.getLogger("docket").setLevel(logging.CRITICAL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    application = "prefect.server.api.server:create_app"
    server = uvicorn.Server(uvicorn.Config(application, factory=True, host=_HOST, port=int(sys.argv[1]), log_level="error", lifespan="on"))
    server.run(sockets=[socket.socket(fileno=int(held)) for held in sys.argv[2:]] or None)
    sys.exit(0 if server.started else 3)


if __name__ == "__main__":
    main()
