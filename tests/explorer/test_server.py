from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer import server
from store import Paths

ROOT = Path(__file__).parents[2]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> server.Launch:
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    return server.launch(Paths(tmp_path), role="author", port=8765, headless=True)


@pytest.mark.parametrize(
    "setting",
    [
        "server.address=127.0.0.1", "server.port=8765", "server.headless=true", "server.enableCORS=true",
        "server.enableXsrfProtection=true", "server.fileWatcherType=none", "server.maxUploadSize=1",
        "browser.gatherUsageStats=false", "client.showErrorDetails=none", "server.trustedUserHeaders={}", "server.enableAgentApi=false",
        "server.allowedHosts=127.0.0.1", "server.allowedHosts=localhost",
    ],
)  # fmt: skip
def test_what_safety_depends_on_is_on_the_command_line(start: server.Launch, setting: str) -> None:
    assert f"--{setting}" in start.command


def test_it_runs_this_python_and_this_app(start: server.Launch) -> None:
    assert start.command[:4] == (sys.executable, "-m", "explorer.host", "run")
    assert Path(start.command[4]) == ROOT / "explorer" / "app.py"


def test_the_data_folder_and_the_role_pass_by_the_environment(start: server.Launch, tmp_path: Path) -> None:
    assert start.environment["SUASION_DATA"] == str(tmp_path)
    assert start.environment["SUASION_ROLE"] == "author"
    assert "SUASION_SIGN_IN" not in start.environment
    assert start.environment["PATH"] == os.environ["PATH"]


def test_a_sign_in_takes_the_place_of_a_role(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUASION_ROLE", "researcher")
    start = server.launch(Paths(tmp_path), served_at="explorer.example.org")
    assert "SUASION_ROLE" not in start.environment
    assert start.environment["SUASION_SIGN_IN"] == "explorer.example.org"
    assert [part for part in start.command if "allowedHosts" in part] == ["--server.allowedHosts=explorer.example.org"]
    assert "--server.address=127.0.0.1" in start.command


def test_secrets_are_read_from_the_folder_of_the_data_alone(start: server.Launch, tmp_path: Path) -> None:
    assert [part for part in start.command if "secrets" in part] == [f"--secrets.files={tmp_path / 'secrets.toml'}"]


def test_no_inherited_setting_opens_the_server_to_others(start: server.Launch) -> None:
    assert not [name for name in start.environment if name.startswith("STREAMLIT_")]


def test_serving_returns_the_exit_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    class Process:
        def __init__(self, command: tuple[str, ...], env: dict[str, str]) -> None:
            asked.append(command)

        def wait(self) -> int:
            return 3

    monkeypatch.setattr(subprocess, "Popen", Process)
    assert server.serve(Paths(tmp_path), port=8766) == 3
    assert "--server.port=8766" in asked[0]


def test_an_interrupt_ends_the_server_quietly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    class Process:
        def __init__(self, command: tuple[str, ...], env: dict[str, str]) -> None:
            pass

        def wait(self) -> int:
            if not ended:
                raise KeyboardInterrupt
            return -15

        def terminate(self) -> None:
            ended.append("terminated")

    monkeypatch.setattr(subprocess, "Popen", Process)
    assert server.serve(Paths(tmp_path)) == 0
    assert ended == ["terminated"]


def test_what_ends_the_explorer_ends_its_server(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = f"""
from explorer import server
from store import Paths
idle = "import os, pathlib, time; pathlib.Path({str(pid)!r}).write_text(str(os.getpid())); time.sleep(60)"
server.launch = lambda *_, **__: server.Launch((server.sys.executable, "-c", idle), server.os.environ)
raise SystemExit(server.serve(Paths("nowhere")))
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as explorer:
        deadline = time.monotonic() + 30
        while not (pid.exists() and pid.read_text("utf-8")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        explorer.terminate()
        assert explorer.wait(30) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text("utf-8")), 0)


def test_the_door_is_light() -> None:
    code = "import sys, explorer.server; print(sorted({'streamlit', 'duckdb', 'pyarrow', 'altair', 'store'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_what_is_prepared_exists_and_leaves_streamlit_alone() -> None:
    code = "import sys; from explorer.host import prepare; prepare(); print('streamlit' in sys.modules, 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["False", "True"]
