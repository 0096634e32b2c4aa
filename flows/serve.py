"""``suasion serve``: Prefect's server, the keeper of schedules, the worker and the explorer, started, watched and ended together."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from filelock import FileLock, Timeout

from flows.machine_checks import port as port_findings
from flows.prefect_home import settle_prefect
from flows.prefect_server import HeldPort, address, answers, import_path
from flows.progress import Terminal
from flows.schedule_book import load_schedules
from flows.schedule_pool import POOL
from flows.serve_leash import GRACE
from store import Paths
from store.lock import holding
from store.paths import FILE_MODE
from taxonomy.errors import ServeError, StageError

_START_SECONDS, _TELL_SECONDS = 180.0, 15.0
_LOOK_SECONDS = 0.5
#: Seconds before a part that died is started again: twice as many each time, until it has lived for as long as the most.
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0


@dataclass(frozen=True)
class Part:
    """A program that is to run as long as this one; ``name`` is how a person reads of it. It is given open ``descriptors``."""

    name: str
    command: Sequence[str]
    descriptors: Sequence[int] = ()


@dataclass
class Running:
    """A part, and how it fared."""

    part: Part
    environment: Mapping[str, str]
    pause: float = 0.0
    due: float = 0.0
    began: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it on a leash."""
        leash = [sys.executable, "-m", "flows.serve_leash", *self.part.command]
        self.process = subprocess.Popen(
            leash, stdin=subprocess.PIPE, env=self.environment, start_new_session=True, pass_fds=self.part.descriptors
        )
        self.began = time.monotonic()

    def look(self, terminal: Terminal) -> None:
        """Start it where it is due, and say where it died."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
            return
        status = self.process.poll()
        if status is None:
            return
        self.process = None
        self.pause = _FIRST_PAUSE if now - self.began > _LONGEST_PAUSE else min(_LONGEST_PAUSE, 2 * self.pause or _FIRST_PAUSE)
        self.due = now + self.pause
        terminal.say(f"{self.part.name} ended with status {status}; it is started again in {self.pause:.0f} s")

    def let_go(self) -> None:
        """Ask it to end."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()

    def wait(self) -> None:
        """Wait until it has ended, with all that it started."""
        if self.process is not None:
            try:
                self.process.wait(GRACE + 10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def serve(port: int, *, explorer: bool, sign_in: bool) -> None:
    """Run everything until it is stopped.

    Args:
        port: of the explorer, on this machine alone.
        explorer: whether to open it too.
        sign_in: whether the explorer refuses to start unless people have to sign in.

    Raises:
        ServeError: it runs already on this data folder, the port is taken, or another server of Prefect's is named.
        ScheduleError: the schedules have faults.
        StageError: Prefect's server does not start.
    """
    paths, terminal = Paths.default(), Terminal()
    _require_own_server()
    schedules = load_schedules(paths)
    paths.prepare()
    with only_one(paths):
        if explorer and next(iter(port_findings(port))).level != "fine":
            raise ServeError(
                f"port {port} is taken, by an explorer that is open or by another program: end it, or name another with --port"
            )
        settle_prefect(paths.prefect)
        held = HeldPort()
        at = address(held.number)
        environment = _prefect_environment(paths, at)
        command = _module("flows.prefect_server", str(held.number), str(held.descriptor))
        server = Running(Part("Prefect's server", command, (held.descriptor,)), environment)
        others = [Running(part, environment) for part in _PLANNING]
        try:
            if explorer:
                others.append(shown := Running(_explorer(port, sign_in=sign_in), _environment(paths)))
                shown.start()
                terminal.say(f"The explorer opens at http://127.0.0.1:{port}")
            _start_server(server, at, terminal)
            active = sum(not schedule.paused for schedule in schedules.values())
            known = (
                f"{active} of {len(schedules)} schedules are active"
                if schedules
                else 'There is no schedule yet: suasion schedule --cron "0 3 * * *"'
            )
            terminal.say(f"{known}. Stop everything with Ctrl+C")
            while True:
                for each in (server, *others):
                    each.look(terminal)
                time.sleep(_LOOK_SECONDS)
        finally:
            terminal.say("Stopping; a run that goes on closes its record first")
            for each in others:
                each.let_go()
            for each in others:
                each.wait()
            # Last: what ends tells it how it ended.
            server.let_go()
            server.wait()
            held.close()


def only_one(paths: Paths) -> AbstractContextManager[None]:
    """Hold the data folder's place for one that serves.

    Raises:
        ServeError: another one has it.
    """
    said = f"suasion serve runs already on {paths.root}; end that one first, or name another folder with SUASION_DATA"
    return holding(_lock(paths), ServeError(said))


def is_served(paths: Paths) -> bool:
    """Whether ``suasion serve`` runs on a data folder."""
    if not paths.store.is_dir():
        return False
    lock = _lock(paths)
    try:
        lock.acquire()
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False


def _lock(paths: Paths) -> FileLock:
    return FileLock(paths.store / "serve.lock", timeout=0, mode=FILE_MODE)


def _require_own_server() -> None:
    if os.environ.get("PREFECT_API_URL"):
        raise ServeError(
            "PREFECT_API_URL names a server of Prefect's, and suasion serve brings its own: unset it. "
            "To use that server, deploy prefect.yaml to it (docs/running.md)"
        )


def _environment(paths: Paths) -> dict[str, str]:
    # Safe path: nothing is imported from the folder that serving was started in.
    return {**os.environ, "SUASION_DATA": str(paths.root), "PYTHONPATH": import_path(), "PYTHONSAFEPATH": "1"}


def _prefect_environment(paths: Paths, at: str) -> dict[str, str]:
    """Return what those are given who speak to Prefect's server. Whoever may can have the worker run what he likes: none but they may."""
    word = f"suasion:{secrets.token_urlsafe(32)}"
    return {
        **_environment(paths),
        "PREFECT_API_URL": at,
        "PREFECT_API_AUTH_STRING": word,
        "PREFECT_SERVER_API_AUTH_STRING": word,
        "PREFECT_UI_ENABLED": "0",
        "PREFECT_WORKER_QUERY_SECONDS": "5",
        # Where two of its services meet in SQLite, one logs a hundred lines and tries again.
        "PREFECT_SERVER_LOGGING_LEVEL": os.environ.get("PREFECT_SERVER_LOGGING_LEVEL", "CRITICAL"),
    }


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


#: Who tells Prefect what is to be run when, and who runs it.
_PLANNING = (
    Part("The keeper of schedules", _module("flows.schedule_keeper")),
    Part(
        "The worker",
        _module("prefect", "worker", "start", "--type", "process", "--pool", POOL, "--limit", "1", "--install-policy", "never"),
    ),
)


def _explorer(port: int, *, sign_in: bool) -> Part:
    return Part("The explorer", _module("explorer", "--port", str(port), "--no-browser", *(["--sign-in"] if sign_in else [])))


def _start_server(server: Running, at: str, terminal: Terminal) -> None:
    """Start Prefect's server, and return when it answers."""
    terminal.say("Prefect's server starts (up to a minute and a half on a new data folder) …")
    server.start()
    told = server.began
    while not answers(at):
        now = time.monotonic()
        if now - server.began > _START_SECONDS or server.process is None or server.process.poll() is not None:
            raise StageError(
                f"Prefect's server does not start. If it stays so, move the folder {os.environ['PREFECT_HOME']} away, "
                "in which Prefect keeps its own records: schedules and answers lie elsewhere"
            )
        if now - told >= _TELL_SECONDS:
            terminal.say(f"  … {now - server.began:.0f} s")
            told = now
        time.sleep(_LOOK_SECONDS)
    terminal.say(f"Prefect's server answers after {time.monotonic() - server.began:.0f} s")
