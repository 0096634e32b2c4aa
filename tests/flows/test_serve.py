"""What serves is started, watched and ended together; and once, for real, a schedule starts a run that the explorer shows."""

from __future__ import annotations

import io
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from flows import serve as serving
from flows.progress import Terminal
from flows.schedule_book import Schedule, save_schedules
from flows.schedule_record import last_begun
from flows.serve import Part, Running, is_served, only_one
from store import Filters, Paths, Reader
from taxonomy.errors import ScheduleError, ServeError
from tests.flows.fake_run import write_site
from tests.flows.workbench import write_survey

ROOT = Path(__file__).parents[2]
#: Starts a program of its own that ignores stops, and says who it is.
STUBBORN = """
import subprocess, sys, time
stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", stubborn])
print(child.pid, flush=True)
time.sleep(600)
"""
LEASH = "import sys; from flows import serve_leash as s; s.GRACE = 0.5; s.end_group.__defaults__ = (0.5,); sys.exit(s.main())"


def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def leashed(code: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", LEASH, sys.executable, "-c", code]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, start_new_session=True)


def listening(processes: list[psutil.Process]) -> set[str]:
    """Return the addresses on which processes listen, and those of other machines that they are connected to."""
    found: set[str] = set()
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            found |= {met.raddr.ip if met.raddr else met.laddr.ip for met in process.net_connections("inet")}
    return found


def completed(paths: Paths) -> int:
    """Return how many runs Prefect knows that came to their end."""
    with closing(sqlite3.connect(f"file:{paths.prefect / 'prefect.db'}?mode=ro", uri=True)) as records:
        return int(records.execute("SELECT count(*) FROM flow_run WHERE state_type = 'COMPLETED'").fetchone()[0])


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_leash_ends_all_that_was_started_when_it_is_let_go() -> None:
    with leashed(STUBBORN) as leash:
        assert leash.stdin is not None
        assert leash.stdout is not None
        pids = {leash.stdout.readline(), leash.stdout.readline()} - {b"1\n"}
        (child,) = (int(pid) for pid in pids)
        leash.send_signal(signal.SIGTERM)  # it waits for its group, which is asked only when the leash is let go
        assert leash.poll() is None
        leash.stdin.close()
        until(lambda: is_gone(child))
        assert leash.wait(20) == 128 + signal.SIGTERM


def test_a_leash_tells_how_its_program_ended_and_ends_what_that_left_behind() -> None:
    with leashed(STUBBORN.replace("time.sleep(600)\n", "sys.exit(3)\n")) as leash:
        assert leash.stdout is not None
        child = int(next(line for line in iter(leash.stdout.readline, b"") if line != b"1\n"))
        assert leash.wait(20) == 3
        until(lambda: is_gone(child))


def test_a_part_that_dies_is_started_again_later_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, said, starts = [0.0], io.StringIO(), []

    class Dead:
        stdin = None

        def poll(self) -> int:
            return 7

    def start(self: Running) -> None:
        starts.append(clock[0])
        self.process, self.began = Dead(), clock[0]  # type: ignore[assignment]

    monkeypatch.setattr(Running, "start", start)
    monkeypatch.setattr(serving, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    running, terminal = Running(Part("The worker", []), {}), Terminal(said)
    while clock[0] < 200:
        running.look(terminal)
        clock[0] += 0.5
    assert [later - earlier for earlier, later in pairwise(starts)][:7] == [1.5, 2.5, 4.5, 8.5, 16.5, 32.5, 60.5]
    assert "The worker ended with status 7; it is started again in 1 s" in said.getvalue()


def test_one_that_lived_for_long_is_started_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running(Part("The worker", []), {}, pause=60.0, began=0.0)
    running.process = subprocess.Popen([sys.executable, "-c", ""])
    running.process.wait()
    monkeypatch.setattr(serving, "time", SimpleNamespace(monotonic=lambda: 100.0))
    running.look(Terminal(io.StringIO()))
    assert running.pause == 1.0


def test_only_one_serves_a_data_folder() -> None:
    paths = Paths.default()
    assert not is_served(paths)
    paths.prepare()
    with only_one(paths):
        assert is_served(paths)
        with pytest.raises(ServeError, match="runs already on"):
            serving.serve(8501, explorer=False, sign_in=False)
    assert not is_served(paths)


def test_a_port_that_is_taken_is_told_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ServeError, match="--port"):
            serving.serve(taken.getsockname()[1], explorer=True, sign_in=False)
    assert list(Paths.default().prefect.iterdir()) == []


def test_another_server_that_is_named_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    with pytest.raises(ServeError, match=r"unset it.*prefect\.yaml"):
        serving.serve(8501, explorer=False, sign_in=False)


def test_schedules_with_faults_are_told_before_anything_starts() -> None:
    paths = Paths.default()
    paths.prepare()
    (paths.root / "schedules.toml").write_text("[six]\n", "utf-8")
    (paths.root / "schedules.toml").chmod(0o600)
    with pytest.raises(ScheduleError, match="line 1"):
        serving.serve(8501, explorer=False, sign_in=False)


def test_parts_know_the_data_folder_and_those_alone_that_need_it_the_servers_password() -> None:
    paths = Paths.default()
    environment = serving._prefect_environment(paths, "http://127.0.0.1:4711/api")
    assert environment["PREFECT_API_URL"] == "http://127.0.0.1:4711/api"
    assert environment["PREFECT_API_AUTH_STRING"] == environment["PREFECT_SERVER_API_AUTH_STRING"]
    assert environment["PREFECT_API_AUTH_STRING"] != serving._prefect_environment(paths, "")["PREFECT_API_AUTH_STRING"]
    plain = serving._environment(paths)
    assert environment["SUASION_DATA"] == plain["SUASION_DATA"] == str(paths.root)
    assert "PREFECT_API_AUTH_STRING" not in plain


def test_the_explorer_is_opened_as_a_person_would() -> None:
    part = serving._explorer(8502, sign_in=True)
    assert list(part.command[1:]) == ["-m", "explorer", "--port", "8502", "--no-browser", "--sign-in"]
    assert "--sign-in" not in serving._explorer(8502, sign_in=False).command


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Paths, subprocess.Popen[str]]]:
    """A data folder with a survey and a schedule, served on fake models."""
    paths = Paths(tmp_path / "data")
    write_survey(paths, [("r1", "Brazil", "Quetzalbank lobbied."), ("r2", "Kenya", "Mines polluted.")])
    soon = Schedule.model_construct(interval="5s", surveys=("a-survey",), since=datetime.now(UTC) + timedelta(hours=1))
    save_schedules(paths, {"often": soon})
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment |= {"SUASION_DATA": str(paths.root), "PYTHONPATH": str(write_site(tmp_path / "site"))}
    command = [sys.executable, "-c", "import tests.flows.fake_run as f; f.be_quick(); from flows.cli import main; main()"]
    with subprocess.Popen(
        [*command, "serve", "--no-explorer"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        yield paths, process
        process.terminate()


@pytest.mark.server
def test_a_schedule_starts_a_run_that_the_explorer_shows_and_nothing_is_left_behind(served: tuple[Paths, subprocess.Popen[str]]) -> None:
    paths, process = served
    until(lambda: (paths.snapshots("internal") / "CURRENT").exists() and completed(paths) > 0, 300)
    assert set(last_begun(paths)) == {"often"}
    with closing(Reader.open(paths)) as reader:
        assert set(reader.quotes(Filters(), limit=5)["country"].to_pylist()) == {"BRA", "KEN"}
    started = psutil.Process(process.pid).children(recursive=True)
    assert listening(started) == {"127.0.0.1"}
    (port,) = {each.cmdline()[-2] for each in started if "flows.prefect_server" in each.cmdline()}
    with pytest.raises(urllib.error.HTTPError, match="401"):
        # Whoever else is on the machine cannot have the worker run anything.
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api/admin/version", timeout=30)
    process.terminate()
    _, said = process.communicate(timeout=90)
    assert process.returncode == 130, said
    assert "Quetzalbank" not in said
    assert all(is_gone(each.pid) for each in started)
    assert not is_served(paths)
    for path in (*paths.prefect.rglob("*"), *paths.logs.iterdir()):
        assert not path.is_file() or b"Quetzalbank" not in path.read_bytes(), path
        assert path.stat().st_mode & 0o077 == 0, path
