from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from explorer import host, libraries


@pytest.fixture
def collector() -> Iterator[None]:
    """A collector that sees everything, before and after."""
    gc.unfreeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("collector")
def test_what_is_loaded_for_good_is_out_of_the_collectors_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "_opened", {})
    host.settle()
    assert gc.get_freeze_count() > 10_000


@pytest.mark.usefixtures("collector")
def test_an_open_snapshot_stays_in_sight_or_it_would_never_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = gc.get_freeze_count()
    monkeypatch.setattr(libraries, "_opened", {("data", "internal"): object()})
    host.settle()
    assert gc.get_freeze_count() == before
