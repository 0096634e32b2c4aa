from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import duckdb
import pytest

from store.faults import storage_faults
from taxonomy.errors import StoreBusyError, StoreError, VerbatimError

PLACE = Path("/somewhere/store/work.duckdb")


def said(error: Exception) -> str:
    with pytest.raises(StoreError) as refusal, storage_faults(PLACE):
        raise error
    assert refusal.value.__cause__ is error
    assert str(refusal.value).startswith(f"{PLACE}: ")
    return str(refusal.value)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        sqlite3.OperationalError("database or disk is full"),
        duckdb.IOException('IO Error: Could not write file "x": No space left on device'),
        duckdb.FatalException("FATAL Error: Failed: database has been invalidated. Could not write: No space left on device"),
        duckdb.OutOfMemoryException("Out of Memory Error: failed to offload data block (10 MiB/10 MiB used). max_temp_directory_size"),
    ],
)
def test_a_full_disk_is_named_with_its_room_and_the_way_out(error: Exception) -> None:
    message = said(error)
    assert "the disk is full (" in message
    assert " MB free)" in message
    assert "run again, it goes on from there" in message


@pytest.mark.parametrize(
    "error", [OSError(errno.EROFS, "Read-only file system"), sqlite3.OperationalError("attempt to write a readonly database")]
)
def test_a_disk_that_can_only_be_read(error: Exception) -> None:
    message = said(error)
    assert "the disk can only be read. What was stored before is whole" in message
    assert "make it writable again" in message


def test_a_database_that_another_program_holds() -> None:
    with pytest.raises(StoreBusyError, match="PID 7"), storage_faults(PLACE):
        raise duckdb.IOException('IO Error: Could not set lock on file "x": Conflicting lock is held in duckdb (PID 7)')


def test_a_folder_that_may_not_be_written() -> None:
    assert "writable for you" in said(PermissionError(errno.EACCES, "Permission denied"))


def test_an_error_that_may_repeat_a_cell_is_not_repeated() -> None:
    message = said(duckdb.ConversionException("Could not convert string 'what somebody answered' to INT32"))
    assert "answered" not in message
    assert "ConversionException" in message


def test_an_error_of_files_is_repeated() -> None:
    assert "not a valid DuckDB database" in said(duckdb.IOException("IO Error: the file is not a valid DuckDB database file!\nmore"))
    assert "OSError" in said(OSError())


@pytest.mark.parametrize("error", [VerbatimError("a span"), ValueError("a bug")])
def test_other_errors_pass(error: Exception) -> None:
    with pytest.raises(type(error)) as passed, storage_faults(PLACE):
        raise error
    assert passed.value is error
