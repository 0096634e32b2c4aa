from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from explorer.claim_table import claim_table
from explorer.export import Sheet, registered, to_csv, to_xlsx
from explorer.library import Library
from explorer.quote_table import quote_table
from store import Filters, Paths
from store.exports import ExportRegister
from taxonomy.errors import StoreError
from tests.store.test_cells import FORMULAS


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_xlsx(data: bytes, sheet: str = "Quotes") -> list[list[Any]]:
    book = load_workbook(io.BytesIO(data))
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def test_csv_holds_every_value_and_header_safely() -> None:
    sheet = Sheet(["=header", "n"], [(text, 1) for text in FORMULAS], [])
    header, *rows = read_csv(to_csv(sheet))
    assert header == ["'=header", "n"]
    assert rows == [[f"'{text}", "1"] for text in FORMULAS]


def test_csv_is_known_as_utf_8_and_keeps_newlines_and_quotes() -> None:
    data = to_csv(Sheet(["text"], [('한국 "x",\ny',), ("\ud800",)], []))
    assert data.startswith(b"\xef\xbb\xbf")
    assert read_csv(data)[1:] == [['한국 "x",\ny'], ["?"]]


def test_xlsx_holds_text_and_never_a_formula() -> None:
    data = to_xlsx(Sheet(["=header", "n"], [(text, 1) for text in FORMULAS], [("=about", "=1")]))
    book = load_workbook(io.BytesIO(data))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert all(str(cell.value).startswith("'") for cell in cells if cell.data_type != "n" and cell.value != "n")


def test_xlsx_replaces_what_it_cannot_hold() -> None:
    rows = read_xlsx(to_xlsx(Sheet(["text"], [("a\x00b\x1f\ud800c",)], [])))
    assert rows[1] == ["a\ufffdb\ufffd\ufffdc"]


def test_xlsx_says_where_a_text_was_cut() -> None:
    (text,) = read_xlsx(to_xlsx(Sheet(["text"], [("x" * 40_000,)], [])))[1]
    assert len(text) == 32_767
    assert text.endswith("cut: a cell holds no more]")


def test_the_table_holds_all_that_the_filters_let_through(library: Library) -> None:
    filters = Filters(surveys=("reports",), codes=(("actor", ("bank",)),))
    sheet = quote_table(library, filters)
    rows = [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]
    assert [row["Quote"] for row in rows] == [
        "Foreign banks lobbied against the labour law.",
        "A bank advised austerity, and a mine <b>polluted</b> the river.",
    ]
    first = rows[0]
    assert (first["Country"], first["ISO code"], first["Wave"], first["Survey"]) == ("Brazil", "BRA", "2025", "Country reports")
    assert (first["Text kind"], first["Licence"], first["Snapshot"]) == ("transcribed", "Public domain", library.snapshot.id)
    assert first["Question"] == "What do companies do?"
    assert rows[1][library.names.facet("actor")] == f"{library.names.code('actor', 'bank')}; {library.names.code('actor', 'corporation')}"
    assert rows[1]["Country"] == ""


def test_what_waits_for_review_stands_apart_unless_it_counts(library: Library) -> None:
    filters = Filters(surveys=("reports",), codes=(("actor", ("bank",)), ("origin", ("foreign",))))
    labour = library.names.facet("labour")
    wage = library.names.code("labour", "minimum_wage")
    for suggestions, expected in ((False, ""), (True, f"{wage} (for review)")):
        sheet = quote_table(library, replace(filters, suggestions=suggestions))
        (row,) = [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]
        assert row[labour] == expected
        assert row["For review"] == f"{labour}: {wage} (30 %)"
        assert row["Coder trained on it"] == ""
        coverage = dict(sheet.about)["Coverage"]
        assert coverage.startswith("Coverage 90 %: 1 of 10 codes wait for review and are ")
        assert coverage.endswith("counted here all the same") is suggestions


def test_the_table_stops_at_its_limit_and_says_so(library: Library) -> None:
    sheet = quote_table(library, Filters(), limit=3)
    assert len(sheet.rows) == 3
    total = library.counts(Filters()).passages
    assert ("Rows", f"3 of {total}") in sheet.about


def test_what_is_taken_away_is_in_the_register(library: Library, tmp_path: Path) -> None:
    register = ExportRegister(Paths(tmp_path / "data"))
    sheet = quote_table(library, Filters(surveys=("reports",)))
    assert registered(sheet, register, what="quotes CSV", who="Ada", of=library.snapshot) is sheet
    ids = [str(row[0]) for row in sheet.rows]
    (found,) = register.holding(ids)
    assert (found.what, found.who, found.view, found.snapshot, found.quotes) == (
        "quotes CSV", "Ada", "internal", library.snapshot.id, len(ids),
    )  # fmt: skip
    assert registered(claim_table(library, Filters()), register, what="claims CSV", who="Ada", of=library.snapshot).rows
    assert len(register.holding(ids)) == 2


def test_what_cannot_be_registered_is_not_handed_out(library: Library, tmp_path: Path) -> None:
    paths = Paths(tmp_path / "data")
    paths.prepare()
    paths.exports.write_bytes(b"no database at all, but bytes" * 50)
    with pytest.raises(StoreError):
        registered(quote_table(library, Filters()), ExportRegister(paths), what="quotes CSV", who="Ada", of=library.snapshot)
