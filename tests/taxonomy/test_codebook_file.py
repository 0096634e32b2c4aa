"""Files that are no codebook at all, or that try to break the reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from taxonomy.codebook_file import MAX_BYTES, read_document
from taxonomy.errors import CodebookError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "codebook.yaml"


def refusal(path: Path) -> str:
    with pytest.raises(CodebookError) as caught:
        read_document(path)
    (fault,) = caught.value.faults
    return fault


def test_every_part_knows_its_line(path: Path) -> None:
    path.write_text("a: 1\nb:\n  - x\n  - c: y\n    d: [p,\n      q]\n", encoding="utf-8")
    document = read_document(path)
    assert document.data == {"a": "1", "b": ["x", {"c": "y", "d": ["p", "q"]}]}
    lines = {(): 1, ("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 1): 4, ("b", 1, "c"): 4, ("b", 1, "d"): 5, ("b", 1, "d", 1): 6}
    assert {place: document.line(place) for place in lines} == lines


def test_what_is_not_there_has_the_line_of_what_is_around_it(path: Path) -> None:
    path.write_text("a: 1\nb:\n  - x\n", encoding="utf-8")
    assert read_document(path).line(("b", 7, "z")) == 2


def test_only_plain_words_are_literals(path: Path) -> None:
    path.write_text("[true, 'true', false, null, ~, , no]".replace(", ,", ","), encoding="utf-8")
    assert read_document(path).data == [True, "true", False, None, None, "no"]


def test_a_repeated_key_keeps_its_first_value(path: Path) -> None:
    path.write_text("a: 1\na:\n  b: 2\nc: 3\n", encoding="utf-8")
    document = read_document(path)
    assert document.data == {"a": "1", "c": "3"}
    assert document.faults == ((2, "the key 'a' stands here a second time (first in line 1)"),)


def test_a_byte_order_mark_is_no_part_of_the_text(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_document(path).data == {"a": "1"}


def test_a_missing_file_is_told(path: Path) -> None:
    assert refusal(path) == "line 1: the file cannot be read (No such file or directory)"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path).startswith("line 1: the file cannot be read")


def test_a_huge_file_is_not_read(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert "more than the 4,194,304" in refusal(path)


def test_other_encodings_are_refused_with_the_line(path: Path) -> None:
    path.write_bytes("a: 1\nb: é\n".encode("latin-1"))
    assert refusal(path) == "line 2: this is not UTF-8; save the file as UTF-8"


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: 1\nb: [x\n", 3), ("a: 1\n\tb: 2\n", 2), ("a: 'x\n", 2), ("a: 1\n b: 2\n", 2), ("a: \x00\n", 1), ("a: {b: ]}\n", 1)],
)
def test_broken_yaml_is_told_with_its_line(path: Path, text: str, line: int) -> None:
    path.write_text(text, encoding="utf-8")
    assert refusal(path).startswith(f"line {line}: this is not YAML (")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: &x [1]\n", "line 2: YAML anchors"),
        ("a: 1\nb: *x\n", "line 2: YAML aliases"),
        ("a: !!python/object/apply:os.system [ls]\n", "line 1: YAML tags"),
        ("a: !!binary aGk=\n", "line 1: YAML tags"),
        ("a: 1\n---\nb: 2\n", "line 2: a second YAML document"),
        ("a: 1\n? [x, y]\n: z\n", "line 2: a key must be plain text"),
        ("a: 1\n? {x: y}\n: z\n", "line 2: a key must be plain text"),
    ],
)
def test_what_yaml_can_and_a_codebook_need_not_is_refused(path: Path, text: str, message: str) -> None:
    path.write_text(text, encoding="utf-8")
    assert refusal(path).startswith(message)


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 40 + "]" * 40, "{a: " * 40 + "b" + "}" * 40, "- " * 40 + "x"])
def test_depth_is_bounded_before_anything_recurses(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    assert refusal(path) == "line 1: more than 16 levels within one another"


def test_the_billion_laughs_stop_at_the_first(path: Path) -> None:
    path.write_text("a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(30)), encoding="utf-8")
    assert refusal(path).startswith("line 1: YAML anchors")
