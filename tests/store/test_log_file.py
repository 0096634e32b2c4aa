"""Log files stay small and closed to others, and what was cut off does no harm."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from store import log_file
from store.log_file import LogFile


def test_lines_come_back_in_order_from_files_that_are_turned_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "MOST_BYTES", 100)
    file = LogFile(tmp_path / "logs" / "run.jsonl")
    for number in range(100):
        file.append(json.dumps({"number": number}))
    files = sorted(path.name for path in file.place.parent.iterdir())
    assert files == ["run.1.jsonl", "run.2.jsonl", "run.3.jsonl", "run.4.jsonl", "run.5.jsonl", "run.jsonl"]
    assert all(path.stat().st_size <= 100 for path in file.place.parent.iterdir())
    numbers = [line["number"] for line in file.lines()]
    assert numbers == list(range(numbers[0], 100))


def test_they_are_closed_to_others(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "logs" / "run.jsonl")
    file.append("{}")
    file.place.chmod(0o644)
    file.append("{}")
    assert stat.S_IMODE(file.place.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.place.parent.stat().st_mode) == 0o700


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "run.jsonl")
    file.place.write_bytes(b'{"a": 1}\n[1]\n{"b"\n\xff\n')
    file.append('{"c": 2}')
    assert list(file.lines()) == [{"a": 1}, {"c": 2}]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        LogFile(tmp_path / "run.jsonl").append("{}")
    assert not (tmp_path / "elsewhere").exists()
