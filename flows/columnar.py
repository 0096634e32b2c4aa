"""Parquet: columns of any type, each value as text."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.header import unique_names
from flows.jsonlines import as_text
from flows.raw import FileReport, RawTable, Record
from taxonomy.errors import RawFileError

_MAX_ROWS = 5_000_000
_MAX_UNPACKED = 1_000_000_000


def read_parquet(path: Path) -> RawTable:
    """Return a Parquet file's table."""
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            meta = file.metadata
            if meta.num_rows > _MAX_ROWS:
                raise RawFileError(f"{path.name}: {meta.num_rows} rows are too many (at most {_MAX_ROWS}); split the file")
            columns, notices = unique_names(file.schema_arrow.names)
            rows: list[tuple[int, Record]] = []
            number = unpacked = 0
            for batch in file.iter_batches(batch_size=1000):  # repeated values unpack to any size: measured as it comes
                unpacked += batch.nbytes
                if unpacked > _MAX_UNPACKED:
                    raise RawFileError(f"{path.name}: it unpacks to more than {_MAX_UNPACKED // 1_000_000} MB; split the file")
                cells = [[cell_text(value) for value in column.to_pylist()] for column in batch.columns]
                for row in zip(*cells, strict=True):
                    number += 1
                    if any(cell.strip() for cell in row):
                        rows.append((number, row))
    except (pa.ArrowException, OSError) as error:
        raise RawFileError(f"{path.name}: the Parquet file is damaged ({type(error).__name__})") from error
    if not rows:
        raise RawFileError(f"{path.name}: the file has columns but no rows; export it again")
    return RawTable(path, columns, tuple(rows), FileReport(path.name, "parquet", header_rows=0, notices=tuple(notices)))


def cell_text(value: Any) -> str:
    """Return a typed value as text: whole floats without their point, dates in ISO 8601, midnight as the day alone."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return as_text(value)
    if isinstance(value, float):
        return "" if value != value else str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        bare = value.time() == datetime.time() and value.tzinfo is None
        return value.date().isoformat() if bare else value.isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return as_text(value)
