"""The page about the store tells the truth about its tables and paths."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from store import Paths
from store.decisions import DECISIONS_DDL
from store.migrations import migrate
from store.schema import SNAPSHOT_DDL, snapshot_tables
from store.search import SEARCH_DDL

PAGE = (Path(__file__).parents[2] / "docs" / "store.md").read_text("utf-8")
WORK, DECISIONS, SNAPSHOT, SEARCH = re.findall(r"```sql\n(.*?)```", PAGE, re.S)

_TABLES = (
    "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index"
)
_CONSTRAINTS = "SELECT table_name, constraint_type, constraint_text FROM duckdb_constraints() ORDER BY ALL"


def described(connection: duckdb.DuckDBPyConnection) -> list[list[tuple[object, ...]]]:
    return [connection.execute(query).fetchall() for query in (_TABLES, _CONSTRAINTS)]


def test_the_writer_s_tables_are_those_on_the_page() -> None:
    with duckdb.connect() as made, duckdb.connect() as written:
        migrate(made, Path("work.duckdb"))
        written.execute(WORK)
        assert described(written) == described(made)
        assert len(described(made)[0]) > 50


def test_a_snapshot_s_tables_are_those_on_the_page() -> None:
    with duckdb.connect() as made, duckdb.connect() as written:
        made.execute(SNAPSHOT_DDL)
        written.execute(SNAPSHOT)
        assert described(written) == described(made)
        names = {name for (name,) in made.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert names == {table.name for table in snapshot_tables("internal")}


@pytest.mark.parametrize(("page", "code"), [(DECISIONS, DECISIONS_DDL), (SEARCH, SEARCH_DDL)])
def test_the_tables_in_sqlite_are_those_on_the_page(page: str, code: str) -> None:
    found = []
    for statements in (page, code):
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.executescript(statements)
            found.append([" ".join(sql.split()) for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL")])
    assert found[0] == found[1]
    assert found[0]


def test_every_path_is_on_the_page() -> None:
    paths = Paths(Path("/data"))
    for place in (paths.work, paths.lock, paths.holder, paths.key, paths.decisions, paths.quality, paths.training, paths.prefect):
        assert f"`{place.relative_to('/data')}" in PAGE
