"""What dies under a run with Prefect: the process that works, and the next time Prefect's server. Nothing is lost, and it is recorded."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from store import Filters, Paths, Reader, Writer
from tests.flows.doomed import SURVEYS
from tests.flows.workbench import write_survey

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[2]
TEXTS = ["Banks lobbied.", "Funds divested.", "Mines polluted."]


def run(paths: Paths, dies: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    command = [sys.executable, "-m", "tests.flows.doomed", str(paths.root), dies]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False, timeout=500)


def test_a_worker_dies_then_prefects_server_and_the_run_ends_whole(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "data")
    for survey in SURVEYS:
        write_survey(paths, [(f"r{number}", "Kenya", text) for number, text in enumerate(TEXTS)], survey)

    died = run(paths, "worker")
    assert died.returncode == -signal.SIGKILL, died.stderr
    with Writer(paths, "a test") as writer:
        assert [each["status"] for each in writer.runs().to_pylist()] == ["running"], "the next run will see that it died"

    ended = run(paths, "server")
    assert "Prefect's server was killed." in ended.stdout
    assert ended.returncode == 0, ended.stderr[-2000:]
    with Writer(paths, "a test") as writer:
        assert [each["status"] for each in writer.runs().to_pylist()] == ["done", "interrupted"]
        assert writer._rows("SELECT count(*), count(DISTINCT passage) FROM coded") == [(6, 6)]
    with closing(Reader.open(paths)) as reader:
        assert sorted(reader.quotes(Filters(), limit=9)["text"].to_pylist()) == sorted(TEXTS * 2)
    said = died.stdout + died.stderr + ended.stdout + ended.stderr
    assert not any(text in said for text in TEXTS)
