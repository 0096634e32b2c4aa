from __future__ import annotations

from pathlib import Path

import pytest

from flows.files import RawTable, read_table
from taxonomy.errors import RawFileError


def table(folder: Path, content: str | bytes) -> RawTable:
    path = folder / "a.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path)


def test_values_become_text_as_they_were_written(tmp_path: Path) -> None:
    found = table(tmp_path, '{"id": 1, "x": 1.50, "t": true, "n": null, "big": 123456789012345678901, "l": [1, "a"]}\n')
    assert found.columns == ("id", "x", "t", "n", "big", "l")
    assert found.rows[0][1][:5] == ("1", "1.50", "true", "", "123456789012345678901")
    assert found.report.kind == "jsonl"


def test_columns_are_all_keys_and_missing_ones_are_blank(tmp_path: Path) -> None:
    found = table(tmp_path, '{"a": "1"}\n\n{"b": "2", "a": "3"}\n')
    assert found.columns == ("a", "b")
    assert found.rows == ((1, ("1", "")), (3, ("3", "2")))


def test_newlines_and_separators_within_a_value_do_not_split_it(tmp_path: Path) -> None:
    found = table(tmp_path, '{"a": "one\\ntwo\u2028three\x85"}\r\n{"a": "="}\r\n')
    assert [cells[0] for _, cells in found.rows] == ["one\ntwo\u2028three\x85", "="]


def test_broken_lines_are_rejected_by_number_and_never_quoted(tmp_path: Path) -> None:
    deep = "[" * 100_000
    found = table(tmp_path, f'{{"a": "secret words\n{{"a": "2"}}\n["secret"]\n{deep}\n{{"a": "5"}}\n')
    assert [number for number, _ in found.rows] == [2, 5]
    assert [reject.row for reject in found.rejects] == [1, 3, 4]
    assert found.rejects[1].reason == "the line is not a JSON object"
    assert not any("secret" in reject.reason for reject in found.rejects)


def test_lines_in_another_encoding_are_rejected(tmp_path: Path) -> None:
    found = table(tmp_path, '{"a": "opinión"}\n{"a": "más"}\n'.encode() + '{"a": "señal"}\n'.encode("cp1252"))
    assert len(found.rows) == 2
    assert "cannot be decoded as utf-8" in found.rejects[0].reason


def test_a_byte_order_mark_and_cr_only_line_ends(tmp_path: Path) -> None:
    assert [cells for _, cells in table(tmp_path, b'\xef\xbb\xbf{"a": "1"}\r{"a": "2"}\r').rows] == [("1",), ("2",)]


def test_a_csv_file_by_this_name_is_told(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match=r"a\.jsonl: no line is a JSON object"):
        table(tmp_path, "who,text\n1,x\n")


def test_objects_of_endless_new_keys_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match="different keys"):
        table(tmp_path, "".join(f'{{"k{number}": 1}}\n' for number in range(5_001)))
