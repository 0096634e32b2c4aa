"""What is wrong with a cluster is told before anything is sent to it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from flows import dask_cluster
from flows.cli import app
from flows.dask_cluster import Spread, cluster
from flows.dask_versions import differences, versions_here
from flows.partition_work import sees
from store import Paths
from taxonomy.errors import StageError


def refused(spread: Spread, scratch: Path) -> str:
    with pytest.raises(StageError) as caught, cluster(spread, scratch):
        raise AssertionError("it was opened")
    return str(caught.value)


@pytest.mark.parametrize("address", ["10.0.0.7:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1", "tcp://", "ucx://a:1"])
def test_an_address_that_is_none_is_told(address: str, tmp_path: Path) -> None:
    assert "write it as tcp://127.0.0.1:8786" in refused(Spread(address), tmp_path)


#: Names of other machines that begin as this one's do.
_ALMOST_HERE = ["tcp://1270.0.0.1:1", "tcp://localhost.example.org:1", "tcp://127.0.0.1.example.org:1", "tcp://[::1].example.org:1"]


@pytest.mark.parametrize("address", ["tcp://10.0.0.7:8786", "tcp://scheduler.example.org:8786", *_ALMOST_HERE])
def test_other_machines_are_spoken_to_over_tls_alone(address: str, tmp_path: Path) -> None:
    assert "over TLS alone" in refused(Spread(address), tmp_path)


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:1", "tcp://127.9.9.9:1", "tcp://localhost:1", "tcp://[::1]:1", "tls://a.example.org:1"]
)
def test_this_machine_is_spoken_to_without_and_others_with_tls(address: str) -> None:
    assert dask_cluster._spoken_safely(address) == address


def test_a_scheduler_that_does_not_answer_is_told_within_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dask_cluster._ANSWER_SECONDS <= 10
    monkeypatch.setattr(dask_cluster, "_ANSWER_SECONDS", 0.3)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        assert refused(Spread(address), tmp_path).startswith(f"No Dask scheduler answers at {address}")


def test_without_dask_it_is_told_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "find_spec", lambda name: None)
    assert "pip install" in refused(Spread(), tmp_path)


class Workers:
    """A client of workers that are not there: each answers what it is told to."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def nthreads(self) -> dict[str, int]:
        return dict.fromkeys(self._answers, 1)

    def wait_for_workers(self, number: int, timeout: float) -> None:
        raise TimeoutError

    def run(self, function: Callable[..., Any], *arguments: Any, on_error: str) -> dict[str, Any]:
        return self._answers


def test_a_scheduler_without_workers_is_told() -> None:
    with pytest.raises(StageError, match=r"tcp://127\.0\.0\.1:1 has no workers. Start some"):
        dask_cluster._require_workers(Workers(), "tcp://127.0.0.1:1")


def test_workers_of_other_versions_are_refused_and_what_differs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"Python": "3.11", "coder": "coder-2", "numpy": "2.4"}
    monkeypatch.setattr(dask_cluster, "versions_here", lambda: here)
    dask_cluster._require_alike(Workers(a=dict(here), b=dict(here)))
    with pytest.raises(StageError) as caught:
        dask_cluster._require_alike(Workers(a=here, b={**here, "coder": "coder-1"}, c={"Python": "3.11"}, d=ModuleNotFoundError("flows")))
    assert str(caught.value).splitlines()[1:] == [
        "  b: coder coder-1 instead of coder-2",
        "  c: coder missing instead of coder-2, numpy missing instead of 2.4",
        "  d: cannot say its versions (ModuleNotFoundError): is the same Suasion installed there?",
    ]


def test_workers_that_do_not_see_the_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="may not write in it: b, c"):
        dask_cluster._require_sight(Workers(a=True, b=False, c=PermissionError()), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_worker_sees_a_folder_only_if_it_sees_this_one(tmp_path: Path) -> None:
    (tmp_path / "token").touch()
    assert sees(tmp_path, "token")
    assert not sees(tmp_path, "another")
    assert sorted(place.name for place in tmp_path.iterdir()) == ["token", "token.written"], "nothing is left where it does not see it"
    assert not sees(tmp_path / "none", "token")


def test_versions_are_those_of_all_that_codes_depend_on() -> None:
    here = versions_here()
    assert {"Python", "segmenter", "encoder", "coder", "codebook", "numpy", "torch", "Suasion's files"} <= set(here)
    assert differences(here, here) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--address", "tcp://127.0.0.1:1"], "belong to --runner dask"),
        (["--workers", "2"], "belong to --runner dask"),
        (["--runner", "dask", "--workers", "2", "--address", "tcp://127.0.0.1:1"], "give one of them"),
        (["--runner", "dask", "--workers", "0"], "--workers"),
        (["--runner", "ray"], "'ray' is not one of"),
    ],
)
def test_wishes_that_do_not_go_together_are_refused(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["run", *arguments])
    assert done.exit_code == 2
    assert said in " ".join(done.output.replace("│", " ").split())


def test_a_cluster_is_looked_at_before_prefect_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with it is told at once, and Prefect's settings are made before Prefect is imported."""
    from flows import running
    from flows.progress import Terminal

    def started() -> None:
        raise AssertionError("Prefect was started")

    monkeypatch.setattr(running, "serving", started)
    monkeypatch.setattr(dask_cluster, "_ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(running, "find", lambda paths, names: ([SimpleNamespace(survey=SimpleNamespace(id="a-survey"))], []))
    monkeypatch.setattr(running, "_pending", lambda paths, surveys: surveys)
    paths = Paths.default()
    paths.root.mkdir(mode=0o700)
    with pytest.raises(StageError, match="No Dask scheduler answers"):
        running._run(["a-survey"], paths, Terminal(), Spread("tcp://127.0.0.1:9"))
