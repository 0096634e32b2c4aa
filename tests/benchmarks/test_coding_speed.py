"""The passages that the coder's speed is measured on: as a survey has them, in a language and of a country."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import coding_speed


def test_passages_have_language_and_country_and_none_comes_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        {"text": "Banks lobbied.", "lang": "en", "country": "BRA"},
        {"text": "Mines.", "lang": "en"},
        {"text": "Mines.", "lang": "en"},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    monkeypatch.setattr(coding_speed, "LABELS", tmp_path)
    assert coding_speed.texts(3) == [("Banks lobbied.", "en", "BRA"), ("Mines.", "en", None), ("1. Banks lobbied.", "en", "BRA")]
    assert len({text for text, _, _ in coding_speed.texts(20)}) == 20
