from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from store import Paths, Writer
from store.migrations import MIGRATIONS, Migration, migrate
from taxonomy.errors import StoreError

PLACE = Path("work.duckdb")
FIRST = Migration(1, "first", "CREATE TABLE one (a INTEGER); INSERT INTO one VALUES (1)")
SECOND = Migration(2, "second", "ALTER TABLE one ADD COLUMN b INTEGER; UPDATE one SET b = a + 1")
BROKEN = Migration(2, "second", "CREATE TABLE two (a INTEGER); SELECT * FROM nowhere")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def recorded(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    return connection.sql("SELECT number, name FROM migrations ORDER BY number").fetchall()


def test_the_shipped_steps_are_numbered_in_order() -> None:
    assert [migration.number for migration in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))
    assert len({migration.name for migration in MIGRATIONS}) == len(MIGRATIONS)


def test_steps_are_applied_in_order_once_and_recorded(connection: duckdb.DuckDBPyConnection) -> None:
    migrate(connection, PLACE, (FIRST,))
    migrate(connection, PLACE, (FIRST,))
    assert recorded(connection) == [(1, "first")]
    migrate(connection, PLACE, (FIRST, SECOND))
    assert recorded(connection) == [(1, "first"), (2, "second")]
    assert connection.sql("SELECT * FROM one").fetchall() == [(1, 2)]


def test_a_step_that_fails_leaves_nothing_behind(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.CatalogException):
        migrate(connection, PLACE, (FIRST, BROKEN))
    assert recorded(connection) == [(1, "first")]
    assert connection.sql("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'two'").fetchall() == [(0,)]
    migrate(connection, PLACE, (FIRST, SECOND))
    assert recorded(connection) == [(1, "first"), (2, "second")]


def test_another_history_is_not_taken_for_ours(connection: duckdb.DuckDBPyConnection) -> None:
    migrate(connection, PLACE, (Migration(1, "somebody else's", "CREATE TABLE x (a INTEGER)"),))
    with pytest.raises(StoreError, match="“somebody else's” and should be “first”"):
        migrate(connection, PLACE, (FIRST, SECOND))


def test_a_store_of_a_newer_release_is_refused_and_left_as_it_is(fresh: Paths) -> None:
    with Writer(fresh, "tests"):
        pass
    newer = Migration(len(MIGRATIONS) + 1, "from the future", "CREATE TABLE future (a INTEGER)")
    with duckdb.connect(str(fresh.work)) as connection:
        migrate(connection, fresh.work, (*MIGRATIONS, newer))
    with pytest.raises(StoreError, match=f"newer Suasion .*step {newer.number}.*update Suasion"), Writer(fresh, "tests"):
        pass
    with duckdb.connect(str(fresh.work)) as connection:
        assert recorded(connection)[-1] == (newer.number, "from the future")


def test_a_store_from_before_suggestions_is_marked_and_coded_anew(fresh: Paths) -> None:
    fresh.prepare()
    with duckdb.connect(str(fresh.work)) as connection:
        migrate(connection, fresh.work, MIGRATIONS[:1])
        connection.execute("INSERT INTO coded VALUES ('sure', 'key'), ('doubtful', 'key'), ('unsure', 'key')")
        connection.execute(
            """
            INSERT INTO codes SELECT passage, facet, code, 'coder', 0.5, 'cue', [], 'codebook', review FROM (VALUES
                ('sure', 'relevance', 'influence', false), ('sure', 'actor', 'bank', false), ('sure', 'actor', 'lobby', true),
                ('doubtful', 'relevance', 'influence', false), ('doubtful', 'actor', 'bank', true),
                ('unsure', 'relevance', 'influence', true), ('unsure', 'actor', 'bank', false)
            ) v (passage, facet, code, review)
            """
        )
        connection.execute(
            """
            INSERT INTO claims SELECT passage || ' claim', passage, 'bank', NULL, NULL, 'active', 'not_stated', 'harms', [], 'coder'
            FROM coded
            """
        )
        connection.execute("INSERT INTO surveys VALUES ('s', 't', 's', 'l', 'public', 'verbatim', true, ['en'], 'done')")
    with Writer(fresh, "tests") as writer:
        assert writer._rows("SELECT passage, review FROM claims ORDER BY passage") == [
            ("doubtful", True), ("sure", False), ("unsure", True),
        ]  # fmt: skip
        assert writer._rows("SELECT DISTINCT key, learned_from FROM coded") == [("", False)], "no key of any coder: all is due"
        assert writer.fingerprint("s") == "", "the next run does not take the survey for done"
