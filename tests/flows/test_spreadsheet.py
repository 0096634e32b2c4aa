from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from flows.files import RawTable, Reading, read_table
from taxonomy.errors import RawFileError


def book(folder: Path, **sheets: list[list[Any]]) -> Path:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "a.xlsx"
    workbook.save(path)
    workbook.close()
    return path


def table(folder: Path, rows: list[list[Any]]) -> RawTable:
    return read_table(book(folder, Sheet=rows))


def test_cells_become_text(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        [["who", "year", "share", "when", "yes", "text"], [1, 2023.0, 0.25, datetime.datetime(2024, 3, 5, 9, 7), True, "a\nb"], [2]],
    )
    assert found.rows[0][1] == ("1", "2023", "0.25", "2024-03-05T09:07:00", "true", "a\nb")
    assert found.rows[1] == (2, ("2", "", "", "", "", ""))
    assert (found.report.kind, found.report.sheet) == ("xlsx", "Sheet")


def test_a_text_that_begins_with_an_equals_sign_is_kept_even_where_it_became_a_formula(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (["who", "text"], [1, "=cmd|'/c calc'!A1"], [2, "=1+1"], [3, "plain"]):
        sheet.append(row)
    sheet["B3"].data_type = "s"
    workbook.save(tmp_path / "a.xlsx")
    workbook.close()
    assert [cells[1] for _, cells in read_table(tmp_path / "a.xlsx").rows] == ["=cmd|'/c calc'!A1", "=1+1", "plain"]


def test_blank_rows_and_cells_beside_the_header(tmp_path: Path) -> None:
    found = table(tmp_path, [[None, None], ["who", "text"], [1, "x"], [None, None], [2, "y", None, "a note"]])
    assert found.columns == ("who", "text", "column 3", "column 4")
    assert found.rows == ((1, ("1", "x", "", "")), (3, ("2", "y", "", "a note")))


def test_the_first_sheet_unless_another_is_named(tmp_path: Path) -> None:
    path = book(tmp_path, Answers=[["a"], ["1"]], Notes=[["a"], ["2"]])
    first = read_table(path)
    assert first.rows == ((1, ("1",)),)
    assert first.report.notices == ('2 sheets; read the first, "Answers" (reading.sheet names another)',)
    assert read_table(path, Reading(sheet="Notes")).rows == ((1, ("2",)),)
    with pytest.raises(RawFileError, match=r'no sheet "Note"; reading\.sheet may be: Answers, Notes'):
        read_table(path, Reading(sheet="Note"))


def test_a_sheet_that_declares_a_wrong_size_is_read_whole(tmp_path: Path) -> None:
    path = book(tmp_path, S=[["a", "b"], ["1", "2"], ["3", "4"]])
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["xl/worksheets/sheet1.xml"] = entries["xl/worksheets/sheet1.xml"].replace(b'ref="A1:B3"', b'ref="A1"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    assert len(read_table(path).rows) == 2


def test_escaped_characters_of_the_format_are_restored(tmp_path: Path) -> None:
    assert table(tmp_path, [["a"], ["one_x000A_two_x0041_"]]).rows[0][1] == ("one\ntwoA",)


def test_an_empty_sheet_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match='the sheet "Sheet" is empty'):
        table(tmp_path, [])


def bomb(path: Path, megabytes: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            for _ in range(megabytes):
                stream.write(b"\0" * 1_000_000)


def test_a_workbook_that_unpacks_to_far_more_than_it_weighs_is_not_opened(tmp_path: Path) -> None:
    bomb(tmp_path / "bomb.xlsx", 25)
    assert (tmp_path / "bomb.xlsx").stat().st_size < 100_000
    with pytest.raises(RawFileError, match=r"bomb\.xlsx: \d+ bytes unpack to more than 20 MB; it is not opened"):
        read_table(tmp_path / "bomb.xlsx")


def test_sizes_declared_too_small_do_not_help_a_bomb(tmp_path: Path) -> None:
    bomb(tmp_path / "bomb.xlsx", 25)
    data = (tmp_path / "bomb.xlsx").read_bytes()
    (tmp_path / "lie.xlsx").write_bytes(data.replace((25_000_000).to_bytes(4, "little"), (4_000).to_bytes(4, "little")))
    with pytest.raises(RawFileError, match=r"not opened|damaged"):
        read_table(tmp_path / "lie.xlsx")


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for part in range(2_001):
            archive.writestr(f"p{part}", "")
    with pytest.raises(RawFileError, match="2002 parts"):
        read_table(tmp_path / "many.xlsx")


def test_entities_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "entities.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa">]><workbook>&a;</workbook>')
    with pytest.raises(RawFileError, match="XML entities"):
        read_table(tmp_path / "entities.xlsx")


def test_a_workbook_with_its_inside_missing_is_damaged(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "hollow.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(RawFileError, match=r"hollow\.xlsx: the workbook is damaged"):
        read_table(tmp_path / "hollow.xlsx")
