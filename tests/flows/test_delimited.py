from __future__ import annotations

import time
from pathlib import Path

import pytest

from flows.files import RawTable, Reading, read_table
from taxonomy.errors import RawFileError


def table(folder: Path, content: str | bytes, name: str = "a.csv", reading: Reading | None = None) -> RawTable:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, reading)


@pytest.mark.parametrize(("delimiter", "kind"), [(",", "csv"), (";", "csv"), ("\t", "tsv"), ("|", "csv")])
def test_the_delimiter_is_found_and_reported(tmp_path: Path, delimiter: str, kind: str) -> None:
    lines = [["who", "land", "text"], ["1", "BRA", "yes, and no; both" if delimiter not in ",;" else "yes"], ["2", "KOR", "no"]]
    found = table(tmp_path, "\n".join(delimiter.join(cells) for cells in lines))
    assert [list(cells) for _, cells in found.rows] == lines[1:]
    assert (found.report.delimiter, found.report.kind, found.report.encoding) == (delimiter, kind, "utf-8")


def test_text_full_of_another_delimiter_does_not_mislead(tmp_path: Path) -> None:
    found = table(tmp_path, "who;text\n1;a, b, c, d\n2;e, f\n3;g\n")
    assert found.columns == ("who", "text")
    assert found.rows[0] == (1, ("1", "a, b, c, d"))


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert table(tmp_path, "text\nfirst\nsecond\n").rows == ((1, ("first",)), (2, ("second",)))


def test_excels_line_on_the_delimiter_is_obeyed(tmp_path: Path) -> None:
    assert table(tmp_path, "sep=;\r\na;b\r\n1;2\r\n").rows == ((1, ("1", "2")),)


def test_detection_may_be_told(tmp_path: Path) -> None:
    assert table(tmp_path, "a,b;c\n1,2;3\n", reading=Reading(delimiter=";")).columns == ("a,b", "c")


def test_cr_only_line_ends(tmp_path: Path) -> None:
    found = table(tmp_path, 'who,text\r1,"two\rlines"\r2,one\r')
    assert found.rows == ((1, ("1", "two\rlines")), (2, ("2", "one")))


def test_mac_roman_with_cr_and_semicolons(tmp_path: Path) -> None:
    found = table(tmp_path, "país;text\rMéxico;Los dueños…\rPerú;Sí\r".encode("mac-roman"))
    assert found.columns == ("país", "text")
    assert found.rows == ((1, ("México", "Los dueños…")), (2, ("Perú", "Sí")))
    assert found.report.encoding == "mac-roman"


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert table(tmp_path, b"\xef\xbb\xbfwho;text\n1;x\n").columns == ("who", "text")


def test_newlines_in_headers_and_cells(tmp_path: Path) -> None:
    found = table(tmp_path, 'who,"What have\r\nbanks  done?"\n1,"one\ntwo"\n')
    assert found.columns == ("who", "What have banks done?")
    assert found.rows == ((1, ("1", "one\ntwo")),)


def test_repeated_and_blank_headers_are_told_apart_and_reported(tmp_path: Path) -> None:
    found = table(tmp_path, "text,text,,text (2),text\n1,2,3,4,5\n")
    assert found.columns == ("text", "text (3)", "column 3", "text (2)", "text (4)")
    assert any("repeated" in notice and '"text"' in notice for notice in found.report.notices)


def test_nul_bytes_do_not_stop_the_reading(tmp_path: Path) -> None:
    assert table(tmp_path, b"who,text\n1,a\x00b\n2,c\n").rows == ((1, ("1", "a\x00b")), (2, ("2", "c")))


def test_rows_of_another_width_are_rejected_alone(tmp_path: Path) -> None:
    found = table(tmp_path, "a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12,,\n13,14,15\n")
    assert [number for number, _ in found.rows] == [1, 4, 5]
    assert found.rows[1][1] == ("10", "11", "12")
    assert [(reject.row, reject.reason) for reject in found.rejects] == [
        (2, "the row has 2 cells where the header has 3"),
        (3, "the row has 4 cells where the header has 3"),
    ]


def test_blank_rows_are_passed_over_but_numbered(tmp_path: Path) -> None:
    found = table(tmp_path, "\n\na,b\n1,2\n\n,\n3,4\n")
    assert [number for number, _ in found.rows] == [1, 4]
    assert found.rejects == ()


@pytest.mark.parametrize(
    "broken",
    ['2,"never closed', '2,"closed" but not at the end', '2,"quotes "within" it"'],
)
def test_a_broken_quote_costs_its_row_alone(tmp_path: Path, broken: str) -> None:
    found = table(tmp_path, f'who,text\n1,"good, and quoted"\n{broken}\n3,"good\nagain"\n4,plain\n')
    assert found.rows[0] == (1, ("1", "good, and quoted"))
    assert [cells for _, cells in found.rows[1:]] == [("3", "good\nagain"), ("4", "plain")]
    assert [reject.row for reject in found.rejects] == [2]
    assert "quotes" in found.rejects[0].reason


def test_rows_in_another_encoding_are_rejected_and_the_rest_goes_through(tmp_path: Path) -> None:
    found = table(tmp_path, "who,text\n1,opinión\n2,año\n".encode() + "3,señal\n".encode("cp1252") + b"4,plain\n")
    assert [cells[1] for _, cells in found.rows] == ["opinión", "año", "plain"]
    assert [(reject.row, reject.reason) for reject in found.rejects] == [
        (3, "the row cannot be decoded as utf-8, as the rest of the file can")
    ]
    assert any("mixed encodings" in notice for notice in found.report.notices)


def test_a_header_in_another_encoding_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    found = table(tmp_path, "pa\xeds,text\n".encode("latin-1") + "1,opinión\n2,año y más\n".encode())
    assert found.columns == ("pa\N{REPLACEMENT CHARACTER}s", "text")
    assert len(found.rows) == 2


def test_an_answer_of_200_000_characters(tmp_path: Path) -> None:
    answer = "long, " * 33_334
    assert table(tmp_path, f'who,text\n1,"{answer}"\n2,x\n').rows[0][1][1] == answer


def test_cells_that_begin_like_formulas_are_text(tmp_path: Path) -> None:
    assert table(tmp_path, "who,text\n1,=1+1\n2,@x\n3,+a\n4,-\n").rows[0][1] == ("1", "=1+1")


def test_a_broken_header_stops_the_file(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match=r"a\.csv: the header row cannot be read"):
        table(tmp_path, '"who" is,text\n1,2\n')


@pytest.mark.parametrize("content", ["who,text\n", "who,text\n\n,\n"])
def test_a_header_without_rows_is_an_error(tmp_path: Path, content: str) -> None:
    with pytest.raises(RawFileError, match=r"a\.csv: the file has a header but no rows"):
        table(tmp_path, content)


def test_many_rows_take_seconds_at_most(tmp_path: Path) -> None:
    content = "who,text\n" + "".join(f'{row},"an answer, quoted"\n' for row in range(20_000))
    began = time.perf_counter()
    assert len(table(tmp_path, content).rows) == 20_000
    assert time.perf_counter() - began < 5
