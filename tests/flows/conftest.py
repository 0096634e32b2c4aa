"""A training that trains nothing, for tests of what stands around it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # torch takes seconds to import: only a test that asks for a fixture waits for it
    from models.scorer import Scorer
    from tests.flows.lessons import Fits


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let trainings use the tiny codebook and transformer."""
    from models.quality import report
    from tests.models.tiny_codebook import CountingEncoder, tiny_codebook
    from tests.models.tiny_transformer import use_tiny_transformer

    use_tiny_transformer(monkeypatch)
    monkeypatch.setattr("taxonomy.load_codebook", lambda path: tiny_codebook())
    monkeypatch.setattr("models.encoders.load_encoder", CountingEncoder)
    monkeypatch.setattr("models.quality.report", partial(report, draws=5))


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """A scorer of the tiny transformer that has learned nothing."""
    from tests.models.tiny_transformer import tiny_scorer, use_tiny_transformer

    with pytest.MonkeyPatch.context() as patch:
        use_tiny_transformer(patch)
        return tiny_scorer()


@pytest.fixture
def fits(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> Fits:
    """What stands in for the training of heads, and counts what it was asked for."""
    from tests.flows.lessons import Fits

    fake = Fits(scorer)
    monkeypatch.setattr("flows.training.fit", fake)
    return fake
