"""What a schedule starts is what a person starts; it waits for its turn, and what fails is told without a word of an answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows import running, scheduled_run
from flows.notice_causes import Cause
from flows.progress import Terminal
from flows.schedule_record import last_begun
from store import Paths
from taxonomy.errors import StageError, StoreBusyError

RUN = scheduled_run.scheduled_run.fn


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of what people would be told, by kind."""
    found: list[str] = []

    def tell(paths: Paths, terminal: Terminal, run: str, causes: tuple[Cause, ...]) -> None:
        found.extend(cause.kind for cause in causes)

    monkeypatch.setattr(running, "tell", tell)
    return found


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, which takes no time."""
    found: list[float] = []
    monkeypatch.setattr("time.sleep", found.append)
    return found


def busy(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Let somebody else write for a while; return a count of tries."""
    tries = [0]

    def _run(*_: object) -> int:
        tries[0] += 1
        if tries[0] <= times:
            raise StoreBusyError("process 1 has been writing")
        return 0

    monkeypatch.setattr(running, "_run", _run)
    return tries


@pytest.mark.parametrize(("status", "state"), [(0, "COMPLETED"), (1, "FAILED")])
def test_it_runs_the_surveys_it_is_given_and_is_recorded(monkeypatch: pytest.MonkeyPatch, status: int, state: str) -> None:
    asked: list[tuple[list[str], timedelta]] = []

    def run_surveys(names: list[str], *, patience: timedelta) -> int:
        asked.append((names, patience))
        return status

    monkeypatch.setattr(scheduled_run, "run_surveys", run_surveys)
    assert RUN("nightly", ["a-survey"]).type.value == state
    assert asked == [(["a-survey"], scheduled_run.PATIENCE)]
    assert set(last_begun(Paths.default())) == {"nightly"}


def test_a_foreign_error_is_told_by_kind_and_place(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def run_surveys(names: list[str], *, patience: timedelta) -> int:
        raise ValueError("cannot parse 'Quetzalbank lobbied'")

    monkeypatch.setattr(scheduled_run, "run_surveys", run_surveys)
    with pytest.raises(StageError, match="ValueError") as caught:
        RUN("nightly", [])
    assert "Quetzalbank" not in str(caught.value) + capsys.readouterr().err


def test_it_waits_until_nobody_else_writes(
    monkeypatch: pytest.MonkeyPatch, told: list[str], naps: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    tries = busy(monkeypatch, 3)
    assert running.run_surveys([], patience=timedelta(hours=1)) == 0
    assert (tries, len(naps), told) == ([4], 3, [])
    assert capsys.readouterr().err.count("waits for its turn") == 1


def test_one_that_waited_in_vain_is_told_as_failed(monkeypatch: pytest.MonkeyPatch, told: list[str], naps: list[float]) -> None:
    busy(monkeypatch, 1_000_000)
    with pytest.raises(StoreBusyError):
        running.run_surveys([], patience=timedelta(microseconds=1))
    assert told == ["failed"]


def test_a_person_is_told_at_once_and_nobody_else(monkeypatch: pytest.MonkeyPatch, told: list[str], naps: list[float]) -> None:
    tries = busy(monkeypatch, 1)
    with pytest.raises(StoreBusyError):
        running.run_surveys([])
    assert (tries, naps, told) == ([1], [], [])
