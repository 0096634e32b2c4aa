from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from flows.files import read_table
from flows.qualtrics import is_preview, recognise

NAMES = ["StartDate", "Status", "ResponseId", "UserLanguage", "Q4"]
TEXTS = ["Start Date", "Response Type", "Response ID", "User Language", "In (your country),\nhave banks…?"]
IMPORTS = [json.dumps({"ImportId": name}) for name in ("startDate", "status", "_recordId", "userLanguage", "QID4_TEXT")]
ROWS = [
    ["2024-03-05 10:00:00", "IP Address", "R_1", "EN", "Banks lobbied."],
    ["2024-03-05 11:00:00", "Survey Preview", "R_2", "EN", "test"],
]


def export(*records: list[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(records)
    return text.getvalue()


def test_three_header_rows_are_recognised(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(export(NAMES, TEXTS, IMPORTS, *ROWS), "utf-8", newline="")
    found = read_table(tmp_path / "a.csv")
    assert found.columns == tuple(NAMES)
    assert [number for number, _ in found.rows] == [1, 2]
    assert found.rows[0][1] == tuple(ROWS[0])
    assert (found.report.kind, found.report.header_rows, found.qualtrics) == ("csv (qualtrics)", 3, True)
    assert found.aliases["QID4_TEXT"] == "Q4"
    assert found.texts["Q4"] == "In (your country), have banks…?"


def test_the_two_header_rows_of_older_exports_are_recognised() -> None:
    head = recognise([NAMES, TEXTS, *ROWS])
    assert head is not None
    assert head.rows == 2


def test_tab_separated_utf16_exports(tmp_path: Path) -> None:
    lines = ["\t".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in record) for record in (NAMES, TEXTS, IMPORTS, *ROWS)]
    (tmp_path / "a.tsv").write_bytes("\n".join(lines).encode("utf-16"))
    found = read_table(tmp_path / "a.tsv")
    assert (found.report.kind, found.report.encoding, len(found.rows)) == ("tsv (qualtrics)", "utf-16-le", 2)


@pytest.mark.parametrize(
    "records",
    [
        [],
        [NAMES],
        [["who", "text"], ["1", "ResponseId"], ["2", '{"a": 1}']],
        [["a", "b"], ["1", "2"], ['{"ImportId": 3}', "{"]],
        [["a", "b", "c"], ["1", "2", "3"], ['{"ImportId":"QID1"}', "x", "y"]],
    ],
)
def test_ordinary_tables_are_not(records: list[list[str]]) -> None:
    assert recognise(records) is None


@pytest.mark.parametrize("status", ["Survey Preview", "survey preview", "Survey Test", "1", "2", "9", " 1 "])
def test_previews(status: str) -> None:
    assert is_preview(status)


@pytest.mark.parametrize("status", ["IP Address", "0", "4", "8", "16", "Imported", "Spam", "", "²", "x1"])
def test_answers_are_no_previews(status: str) -> None:
    assert not is_preview(status)
