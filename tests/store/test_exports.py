from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from store import Paths
from store.exports import ExportRegister
from taxonomy.errors import StoreError

pytestmark = pytest.mark.disk


@pytest.fixture
def register(fresh: Paths) -> ExportRegister:
    return ExportRegister(fresh)


def enter(register: ExportRegister, *quotes: str, what: str = "quotes.csv") -> int:
    return register.record(what, quotes, who="Ada", view="partner", snapshot="run-1")


def test_it_says_which_exports_hold_a_quote(register: ExportRegister) -> None:
    first = enter(register, "q1", "q2", "q1")
    enter(register, "q3", what="claims.csv")
    last = enter(register, "q2")
    assert [(found.export, found.quotes) for found in register.holding(["q1", "q2", "q2", "unknown"])] == [(first, 2), (last, 1)]
    (found,) = register.holding({"q3"})
    assert (found.who, found.what, found.view, found.snapshot) == ("Ada", "claims.csv", "partner", "run-1")
    assert found.at.startswith("20")
    assert register.holding([]) == []


def test_an_export_without_quotes_is_entered_too(register: ExportRegister) -> None:
    assert enter(register) == 1
    assert enter(register) == 2


@pytest.mark.parametrize("table", ["exports", "exported"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET export = 9", "DELETE FROM {}"])
def test_nothing_that_was_entered_can_be_changed(register: ExportRegister, fresh: Paths, table: str, statement: str) -> None:
    enter(register, "q1")
    with closing(sqlite3.connect(fresh.exports)) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement.format(table))


def test_the_owner_alone_may_look(register: ExportRegister, fresh: Paths) -> None:
    enter(register, "q1")
    assert stat.S_IMODE(fresh.exports.stat().st_mode) == 0o600


def test_several_may_export_at_once(register: ExportRegister) -> None:
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda number: enter(register, f"q{number}", "q"), range(12)))
    assert len(set(numbers)) == 12
    assert len(register.holding(["q"])) == 12


def test_a_register_that_cannot_be_written_is_told(register: ExportRegister, fresh: Paths) -> None:
    fresh.prepare()
    fresh.exports.write_bytes(b"no database at all, but bytes" * 50)
    with pytest.raises(StoreError, match=r"exports\.sqlite"):
        enter(register, "q1")
