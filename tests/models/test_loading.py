"""Loading is counted once, whatever loads within what."""

from __future__ import annotations

import time

import pytest

from models import loading as module
from models.loading import loading, loading_seconds


def test_a_block_within_a_block_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 5.0])
    before = loading_seconds()
    with monkeypatch.context() as patched:
        patched.setattr(module, "perf_counter", lambda: next(clock))
        with loading(), loading():
            pass
    assert loading_seconds() - before == pytest.approx(5.0)


def test_what_breaks_is_counted_too() -> None:
    before = loading_seconds()
    with pytest.raises(ValueError, match="broken"), loading():
        break_slowly()
    assert loading_seconds() - before >= 0.01


def break_slowly() -> None:
    time.sleep(0.01)
    raise ValueError("broken")
