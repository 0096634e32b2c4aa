"""On a real cluster of worker processes, one of which is killed in the middle: the same as in one process."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest

from flows import dask_cluster
from flows.dask_cluster import Spread, cluster
from flows.dask_stages import Cluster
from flows.partition_scratch import clear, prepare
from store import Paths
from taxonomy.errors import StageError
from tests.flows.spread import SAME, carry_in_partitions, contents, with_answers
from tests.flows.workbench import carry

pytestmark = pytest.mark.server

ROWS = [(f"r{number}", ("Kenya", "Peru")[number % 2], f"Banks lobbied {number % 9}.") for number in range(40)]
DEADLY = ("r40", "Brazil", "A deadly mine.")


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notes")


@pytest.fixture(scope="module")
def plain_main() -> Iterator[None]:
    """A new process begins with the main module of the one that starts it, and pages that were tested here leave theirs as that."""
    with patch.dict(sys.modules, {"__main__": ModuleType("__main__")}):
        yield


@pytest.fixture(scope="module")
def started(notes: Path, plain_main: None) -> Iterator[Any]:
    """Two worker processes with fake models, started once for all tests here."""
    import distributed

    from tests.flows.dask_fakes import FakeModels

    with (
        dask_cluster._scheduler(Spread(workers=2)) as address,
        distributed.Client(address, set_as_default=False) as client,
    ):
        client.register_plugin(FakeModels(notes))
        yield client


def test_with_a_worker_killed_the_same_codes_spans_and_claims_are_made(started: Any, notes: Path, tmp_path: Path) -> None:
    here, spread = (with_answers(Paths(tmp_path / name), [*ROWS, DEADLY]) for name in ("here", "spread"))
    carry(here)
    before = set(started.scheduler_info()["workers"])
    carry_in_partitions(spread, Cluster(started, prepare(spread, None)), 3)
    assert (notes / "died").exists(), "a worker was killed while it encoded"
    assert contents(spread) == contents(here)
    clear(spread)
    assert set(started.scheduler_info()["workers"]) != before
    ours = {text for _, _, text in (*ROWS, DEADLY)}
    encoded = [text for place in notes.glob("encoded.*") for text in place.read_text().splitlines() if text in ours]
    assert len(encoded) == len(set(encoded)) == 10, "each text was encoded by one worker"


def test_what_fails_on_a_worker_is_told_without_a_word_of_an_answer(started: Any, notes: Path, tmp_path: Path) -> None:
    (notes / "choke").touch()
    paths = with_answers(Paths(tmp_path / "data"), [("r50", "Chad", "An unreadable mine."), ("r51", "Chad", "Firms sued.")])
    with pytest.raises(StageError) as caught:
        carry_in_partitions(paths, Cluster(started, prepare(paths, None)), 2)
    assert "embed: ValueError" in str(caught.value)
    assert "unreadable" not in str(caught.value)


def test_workers_answer_before_anything_is_sent(started: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = started.scheduler.address
    with patch.object(dask_cluster, "versions_here", asked):
        with cluster(Spread(address), tmp_path) as found:
            assert found == address
        monkeypatch.setitem(SAME, "coder", "coder-9")
        with (
            pytest.raises(StageError, match=r"tls://127\.0\.0\.1:\d+: coder coder-1 instead of coder-9"),
            cluster(Spread(address), tmp_path),
        ):
            pass
    assert list(tmp_path.iterdir()) == []


def test_other_people_of_this_machine_cannot_speak_to_its_scheduler(started: Any) -> None:
    """They reach 127.0.0.1 too, and whoever may speak to a scheduler has its workers run any program."""
    import distributed

    address = started.scheduler.address
    stranger = distributed.Security.temporary()
    for asked_at, security in ((address, stranger), (address.replace("tls://", "tcp://"), distributed.Security(require_encryption=False))):
        with pytest.raises((OSError, TimeoutError)):
            distributed.Client(asked_at, timeout=1, security=security, set_as_default=False)


def asked() -> dict[str, str]:
    """Stand for the versions of whichever process is asked."""
    return dict(SAME)


def test_where_no_worker_is_left_a_run_ends_and_says_so(started: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import dask_stages

    monkeypatch.setattr(dask_stages, "_LOOK", 0.05)
    monkeypatch.setattr(dask_stages, "_LOOKS", 2)
    paused = threading.Event()

    class Deserted:
        """The client of a cluster whose workers are gone."""

        def submit(self, *_: object, **__: object) -> Any:
            return started.submit(time.sleep, 5, pure=False)

        def nthreads(self) -> dict[str, int]:
            return {}

        def cancel(self, futures: Any) -> None:
            paused.set()
            with suppress(Exception):
                started.cancel(futures)

    with pytest.raises(StageError, match="No Dask worker is left"):
        next(Cluster(Deserted(), tmp_path).work([None]))  # type: ignore[list-item]
    assert paused.is_set(), "what waits is taken back"
