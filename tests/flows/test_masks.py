"""``suasion masks evaluate`` on a file of one's own: what it prints, and what it says of a file that is none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.masking_quality import LABELLED, load_items, show_quality
from models.masking import Mask, Masking
from taxonomy.errors import RawFileError

OWN = {"id": "1", "language": "English", "text": "Zoe Secret left Shell.", "spans": [{"kind": "person", "start": 0, "end": 10}]}


def fake_masks(texts: Sequence[str], languages: Sequence[str | None], masking: Masking) -> list[tuple[str, tuple[Mask, ...]]]:
    return [("[person]" + text[10:], (Mask("person", 0, 8, 0, 10),)) for text in texts]


def write(place: Path, *lines: object) -> Path:
    place.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n", "utf-8")
    return place


def test_a_file_of_ones_own_is_measured_whatever_half_it_does_not_name(tmp_path: Path) -> None:
    place = write(tmp_path / "own.jsonl", OWN, "", {**OWN, "language": "pt-BR"}, {**OWN, "half": "development"})
    with patch("flows.masking_quality.masked_texts", fake_masks):
        done = CliRunner().invoke(app, ["masks", "evaluate", str(place)])
        everything = CliRunner().invoke(app, ["masks", "evaluate", str(place), "--half", "all"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("2 passages of ")
    rows = [line.split() for line in done.output.splitlines() if line.startswith("person")]
    assert [row[:4] for row in rows] == [["person", language, "1.000", "[0.34,"] for language in ("all",)] + [
        ["person", language, "1.000", "[0.21,"] for language in ("en", "pt")
    ]
    assert "Wilson" in done.output
    assert "Secret" not in done.output
    assert everything.output.startswith("3 passages of ")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1: not JSON; write one object a line"),
        ("[" * 5_000, "line 1: not JSON"),
        ("3", "line 1: Input should be a valid dictionary or instance of LabelledItem"),
        ({**OWN, "secret": 1}, "line 1: an unknown key; known: id, half, language, planted, text, spans"),
        ({"id": "1"}, "line 1: language: is missing"),
        ({**OWN, "language": "Secretish"}, "line 1: language: not a language; give its ISO 639-1 code"),
        ({**OWN, "half": "Secret"}, "line 1: half: Input should be 'development' or 'test'"),
        ({**OWN, "text": "Secret \ud800"}, "line 1: text: "),
        ({**OWN, "spans": [{"kind": "person", "start": 0}]}, "line 1: spans[1].end: is missing"),
        ({**OWN, "spans": [{"kind": "secret", "start": 0, "end": 1}]}, "line 1: spans[1]: its kind is none of email, url"),
        ({**OWN, "spans": [{"kind": "person", "start": 5, "end": 99}]}, r"line 1: spans[1]: 5 to 99 does not lie within the text (22"),
    ],
)
def test_a_line_that_is_no_item_is_named_with_what_is_wrong_and_without_its_text(tmp_path: Path, line: object, said: str) -> None:
    with pytest.raises(RawFileError) as refusal:
        load_items(write(tmp_path / "own.jsonl", line))
    assert said in str(refusal.value)
    assert "secret" not in str(refusal.value).casefold().replace("own.jsonl", "")


def test_a_file_that_cannot_be_read_or_holds_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match="cannot be read"):
        load_items(tmp_path / "none.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "\xff"}')
    with pytest.raises(RawFileError, match="not UTF-8"):
        load_items(tmp_path / "latin.jsonl")
    with pytest.raises(RawFileError, match=r"no labelled passage$"):
        show_quality(write(tmp_path / "own.jsonl", ""), "all")
    with pytest.raises(RawFileError, match="of the development half; take all with --half all"):
        show_quality(write(tmp_path / "own.jsonl", OWN), "development")


def test_the_shipped_set_is_found_from_anywhere() -> None:
    assert LABELLED.is_absolute()
    assert LABELLED.is_file()
