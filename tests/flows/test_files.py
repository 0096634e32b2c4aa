from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import flows.files
from flows.files import read_table
from taxonomy.errors import RawFileError

XLSX = "xl/workbook.xml"


def packed(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.xlsx", "a.parquet"])
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\n\t"])
def test_an_empty_file_says_so_whatever_its_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RawFileError, match=f"^{name}: the file is empty; export it again$"):
        read_table(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "like"),
    [
        ("a.csv", b"PAR1\x15\x04", "a Parquet file"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1", "password"),
        ("a.csv", b"%PDF-1.7", "a PDF"),
        ("a.csv", b"\x1f\x8b\x08\x00", "gzip"),
        ("a.csv", b'{"a": "1"}\n{"a": "2"}\n', "JSON Lines"),
        ("a.csv", b'[{"a": "1"}]', "one JSON array"),
        ("a.csv", b"<!DOCTYPE html><html><body>Log in</body></html>", "a web page"),
        ("a.csv", bytes(range(32)) * 20, "binary data"),
        ("a.csv", b"SQLite format 3\x00", "an SQLite database"),
        ("a.xlsx", b"who,text\n1,x\n", "a CSV or TSV file"),
        ("a.parquet", b"who,text\n1,x\n", "a CSV or TSV file"),
        ("a.jsonl", b'[\n {"a": "1"}\n]', "one JSON array"),
        ("a.jsonl", b'{\n "a": "1"\n}', "one JSON document over several lines"),
        ("a.jsonl", b"PAR1\x15\x04", "a Parquet file"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(tmp_path: Path, name: str, content: bytes, like: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RawFileError, match=like) as caught:
        read_table(tmp_path / name)
    assert str(caught.value).startswith(f"{name}: ")
    assert "looks like" in str(caught.value)


@pytest.mark.parametrize(
    ("inside", "like"),
    [
        ((XLSX,), "an XLSX workbook"),
        (("word/document.xml",), "a Word document"),
        (("mimetype", "content.xml"), "OpenDocument"),
        (("export.csv",), "a zip archive; unpack it"),
    ],
)
def test_archives_by_the_name_of_a_csv(tmp_path: Path, inside: tuple[str, ...], like: str) -> None:
    packed(tmp_path / "a.csv", *inside)
    with pytest.raises(RawFileError, match=like):
        read_table(tmp_path / "a.csv")


def test_a_zip_by_the_name_of_a_workbook(tmp_path: Path) -> None:
    packed(tmp_path / "a.xlsx", "export.csv")
    with pytest.raises(RawFileError, match="a zip archive"):
        read_table(tmp_path / "a.xlsx")


def test_a_truncated_workbook(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.xlsx", XLSX)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(RawFileError, match="damaged"):
        read_table(path)


def test_names_that_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.sav").write_bytes(b"$FL2")
    with pytest.raises(RawFileError, match=r'a\.sav: files that end in "\.sav" are not read; use \.csv'):
        read_table(tmp_path / "a.sav")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match=r"gone\.csv: the file cannot be opened"):
        read_table(tmp_path / "gone.csv")


def test_a_file_too_large_to_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.files, "MAX_BYTES", 5)
    (tmp_path / "a.csv").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(RawFileError, match="8 bytes are too many"):
        read_table(tmp_path / "a.csv")


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "EXPORT.CSV").write_bytes(b"a,b\n1,2\n")
    assert read_table(tmp_path / "EXPORT.CSV").columns == ("a", "b")


def test_text_in_braces_is_still_csv(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"{a},b\n1,2\n")
    assert read_table(tmp_path / "a.csv").columns == ("{a}", "b")


def test_utf16_is_text_and_no_binary(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("who\ttext\n1\t대답\n".encode("utf-16"))
    assert read_table(tmp_path / "a.csv").rows == ((1, ("1", "대답")),)
