"""The writer's open database: transactions, Arrow in, Arrow out. The books that build on it say what is written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from store.decisions import WITHDRAWAL, WITHDRAWN, Decisions
from store.faults import storage_faults
from store.lock import WriterLock
from store.migrations import migrate
from store.paths import FILE_MODE, Paths
from store.remains import sweep_spill
from taxonomy.errors import StoreError

#: Answers that work may be done for: present in what arrived last, and not withdrawn by a decision.
_ACTIVE_ANSWERS = """
CREATE OR REPLACE TEMP VIEW active_answers AS
SELECT * FROM answers WHERE status = 'active' AND answer NOT IN (SELECT answer FROM tombstones)
"""


class Ledger:
    """The database of one data folder, opened by the one process that may write it."""

    def __init__(self, paths: Paths, purpose: str) -> None:
        self.paths = paths
        self._lock = WriterLock(paths, purpose)
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._umask = 0

    def __enter__(self) -> Self:
        self.paths.prepare()
        self._lock.acquire()
        # DuckDB makes its files with the process's mask and offers no other way to close them to others.
        self._umask = os.umask(0o077)
        try:
            self._open()
        except BaseException:
            self._shut()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._shut()

    def _open(self) -> None:
        self.decisions = Decisions(self.paths)
        # DuckDB leaves what a killed process spilled, answers among it, where it lies.
        sweep_spill(self.paths)
        with storage_faults(self.paths.work):
            self._connection = duckdb.connect(
                str(self.paths.work),
                config={"autoinstall_known_extensions": "false", "allow_community_extensions": "false"},
            )
            self.paths.work.chmod(FILE_MODE)
            migrate(self._connection, self.paths.work)
            self._connection.execute("CREATE TEMP TABLE tombstones (answer VARCHAR)")
            self._connection.execute("CREATE TEMP TABLE set_aside (passage VARCHAR)")
            self._connection.execute(_ACTIVE_ANSWERS)
        self._heed_tombstones()

    def _shut(self) -> None:
        connection, self._connection = self._connection, None
        try:
            if connection is not None:
                # Closing writes the log into the database; on a full disk the log stays and is read at the next opening.
                with suppress(duckdb.Error):
                    connection.close()
        finally:
            os.umask(self._umask)
            self._lock.release()

    @property
    def _con(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            raise StoreError("the writer is not open; use it as `with Writer(paths, purpose) as writer:`")
        return self._connection

    def _heed_tombstones(self) -> None:
        """Take over which answers are withdrawn by decision, so that no more work is done for them."""
        withdrawn = [subject for subject, value in self.decisions.latest(WITHDRAWAL).items() if value == WITHDRAWN]
        with self._transaction(given=pa.table({"answer": pa.array(withdrawn, pa.string())})):
            self._con.execute("DELETE FROM tombstones")
            self._con.execute("INSERT INTO tombstones SELECT answer FROM given")

    @contextmanager
    def _transaction(self, **tables: pa.Table) -> Iterator[None]:
        """Do all of the block or nothing of it; ``tables`` can be read in it under their names."""
        connection = self._con
        with storage_faults(self.paths.work):
            try:
                for name, table in tables.items():
                    connection.register(name, table)
                connection.begin()
                try:
                    yield
                    connection.commit()
                except BaseException:
                    # A commit that failed has rolled back by itself.
                    with suppress(duckdb.Error):
                        connection.rollback()
                    raise
            finally:
                for name in tables:
                    with suppress(duckdb.Error):
                        connection.unregister(name)

    def _read(self, query: str, params: Mapping[str, Any] | None = None) -> pa.Table:
        with storage_faults(self.paths.work):
            return self._con.sql(query, params=dict(params or {})).to_arrow_table()

    def _rows(self, query: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        with storage_faults(self.paths.work):
            return self._con.sql(query, params=dict(params or {})).fetchall()

    def _number(self, query: str, params: Mapping[str, Any] | None = None) -> int:
        return int(self._rows(query, params)[0][0])


def conform(table: pa.Table, schema: pa.Schema, what: str) -> pa.Table:
    """Return ``table`` with the columns and types of ``schema``, or say what is missing."""
    if missing := [name for name in schema.names if name not in table.column_names]:
        raise StoreError(f"{what}: no column {', '.join(missing)}; expected are {', '.join(schema.names)}")
    table = table.select(schema.names)
    for field in schema:
        if not field.nullable and table.column(field.name).null_count:
            raise StoreError(f"{what}: column {field.name} has empty cells and must have none")
    try:
        return table.cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        wrong = [field.name for field in schema if table.schema.field(field.name).type != field.type]
        raise StoreError(f"{what}: columns {', '.join(wrong)} cannot be read as the types they should have") from error
