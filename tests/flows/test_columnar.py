from __future__ import annotations

import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import flows.columnar
from flows.files import RawTable, read_table
from taxonomy.errors import RawFileError


def table(folder: Path, columns: dict[str, list[object]]) -> RawTable:
    path = folder / "a.parquet"
    pq.write_table(pa.table(columns), path)
    return read_table(path)


def test_typed_values_become_text(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        {
            "who": ["a", None],
            "year": [2023.0, None],
            "share": [0.5, float("nan")],
            "day": [datetime.date(2024, 3, 5), None],
            "time": [datetime.datetime(2024, 3, 5, 9, 7), datetime.datetime(2024, 3, 5)],
            "yes": [True, False],
            "bytes": [b"x", None],
            "many": [["a"], None],
        },
    )
    assert found.rows[0][1] == ("a", "2023", "0.5", "2024-03-05", "2024-03-05T09:07:00", "true", "x", '["a"]')
    assert found.rows[1][1] == ("", "", "", "", "2024-03-05", "false", "", "")
    assert (found.report.kind, found.report.header_rows) == ("parquet", 0)


def test_blank_rows_are_numbered(tmp_path: Path) -> None:
    assert table(tmp_path, {"a": ["x", None, "y"]}).rows == ((1, ("x",)), (3, ("y",)))


def test_a_file_without_rows_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match="no rows"):
        table(tmp_path, {"a": []})


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "b.parquet").write_bytes(b"PAR1" + b"\x01" * 100 + b"PAR1")
    with pytest.raises(RawFileError, match=r"b\.parquet: the Parquet file is damaged"):
        read_table(tmp_path / "b.parquet")


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.columnar, "_MAX_UNPACKED", 1_000_000)
    with pytest.raises(RawFileError, match="unpacks to more than 1 MB"):
        table(tmp_path, {"a": ["x" * 1000] * 5_000})
