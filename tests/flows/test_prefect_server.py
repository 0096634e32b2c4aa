"""Prefect's server lives as long as its run: not longer, however the run ends."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from flows.prefect_home import settle_prefect
from flows.prefect_server import Server, free_port, serving
from taxonomy.errors import StageError

pytestmark = pytest.mark.server

_RUN = """
import sys, time
from pathlib import Path
from flows.prefect_home import settle_prefect
from flows.prefect_server import serving
settle_prefect(Path(sys.argv[1]))
with serving() as server:
    server.wait()
    print(server.port, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    settle_prefect(tmp_path / "prefect")


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def test_it_serves_the_block_and_no_longer() -> None:
    with serving() as server:
        assert server is not None
        server.wait()
        assert os.environ["PREFECT_API_URL"] == f"http://127.0.0.1:{server.port}/api"
        assert answers(server.port)
        with serving() as second:
            assert second is None, "the one that is named already is used"
        assert os.environ["PREFECT_API_URL"] == f"http://127.0.0.1:{server.port}/api"
    assert not answers(server.port)
    assert "PREFECT_API_URL" not in os.environ


def test_it_ends_with_a_run_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _RUN, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as run:
        assert run.stdout is not None
        port = int(run.stdout.readline())
        run.send_signal(signal.SIGKILL)
    until = time.monotonic() + 30
    while answers(port) and time.monotonic() < until:
        time.sleep(0.2)
    assert not answers(port)


def test_one_that_was_named_and_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.prefect_server._NAMED_SECONDS", 0.0)
    for nothing in (f"http://127.0.0.1:{free_port()}/api", "rubbish", "http://[::1"):
        monkeypatch.setenv("PREFECT_API_URL", nothing)
        with pytest.raises(StageError, match="PREFECT_API_URL names a server"), serving():
            pass


class Lost:
    """Stands for a server that died and did not come back."""

    port, is_dead = 1, True

    def stop(self) -> None:
        pass


@pytest.mark.parametrize(
    ("dead", "raised", "told"),
    [
        (True, ConnectionError("no"), (StageError, "died in the middle of the run .* What was done is kept")),
        (True, StageError("a fault of its own"), (StageError, "a fault of its own")),
        (False, ValueError("another"), (ValueError, "another")),
    ],
)
def test_a_run_that_loses_its_server_for_good_ends_with_a_clear_word(
    dead: bool, raised: Exception, told: tuple[type[Exception], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lost, "is_dead", dead)
    monkeypatch.setattr("flows.prefect_server.Server", Lost)
    with pytest.raises(told[0], match=told[1]), serving():
        raise raised
    assert "PREFECT_API_URL" not in os.environ


def test_what_prefect_can_tell_nobody_any_more_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.prefect_server.Server", Lost)
    tellers = [logging.getLogger(f"prefect.{name}") for name in ("events", "_internal")]
    before = [teller.level for teller in tellers]
    try:
        with serving():
            assert [teller.level for teller in tellers] == before
        assert [teller.level for teller in tellers] == [logging.CRITICAL] * 2
    finally:
        for teller, level in zip(tellers, before, strict=True):
            teller.setLevel(level)


def test_one_that_cannot_start_is_told_with_the_folder_to_look_at(tmp_path: Path) -> None:
    (tmp_path / "prefect").write_text("a file where a folder should be", "utf-8")
    server = Server()
    try:
        with pytest.raises(StageError, match=str(tmp_path / "prefect")):
            server.wait()
    finally:
        server.stop()
