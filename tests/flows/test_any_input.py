"""Whatever arrives: a table or a clear error, and text that comes back as it was written."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from flows.cleaning import clean_text
from flows.description import load_survey
from flows.encodings import decode
from flows.files import read_table
from taxonomy.errors import RawFileError, SurveyError
from tests.flows.folders import SURVEY, write

brief = settings(max_examples=40, database=None, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
plain = some.text(some.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\x85\ufeff"), max_size=30)


@brief
@given(some.text(max_size=200))
def test_clean_text_is_settled_and_can_be_stored(text: str) -> None:
    clean, _ = clean_text(text)
    assert clean_text(clean) == (clean, 0)
    clean.encode("utf-8")


@brief
@given(some.binary(max_size=300))
def test_any_bytes_have_some_text(data: bytes) -> None:
    found = decode(data)
    assert isinstance(found.text, str)
    assert found.undecodable <= found.text.count("\udc80")


@brief
@given(some.lists(some.tuples(plain, plain), min_size=1, max_size=5), some.sampled_from(",;\t|"))
def test_what_a_csv_writer_wrote_is_read_again(tmp_path: Path, rows: list[tuple[str, str]], delimiter: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("who", "text"), *((f"{number} {who}", said) for number, (who, said) in enumerate(rows))])
    (tmp_path / "a.csv").write_text(text.getvalue(), "utf-8", newline="")
    found = read_table(tmp_path / "a.csv")
    assert [cells for _, cells in found.rows] == [(f"{number} {who}", said) for number, (who, said) in enumerate(rows)]


@brief
@given(
    some.binary(max_size=400),
    some.sampled_from(["csv", "tsv", "jsonl", "xlsx", "parquet"]),
    some.sampled_from([b"", b"PK\x03\x04", b"PAR1", b"a,b\n1,"]),
)
def test_any_file_is_a_table_or_a_clear_error(tmp_path: Path, data: bytes, suffix: str, head: bytes) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(head + data)
    try:
        found = read_table(path)
    except RawFileError as error:
        message = str(error)
    else:
        message = f"a.{suffix}: read"
        assert len(set(found.columns)) == len(found.columns)
        assert all(len(cells) == len(found.columns) for _, cells in found.rows)
    assert message.startswith(f"a.{suffix}: ")


LINES = SURVEY.splitlines()


@brief
@given(
    some.lists(some.integers(0, len(LINES) - 1), max_size=4),
    some.lists(
        some.tuples(some.integers(0, len(LINES) - 1), some.sampled_from(["x = 1", "[x]", "[[columns]]", "id = []", "column = {}"])),
        max_size=3,
    ),
)
def test_any_damage_to_a_description_is_a_list_of_places(tmp_path: Path, left_out: list[int], put_in: list[tuple[int, str]]) -> None:
    lines = ["" if at in left_out else line for at, line in enumerate(LINES)]
    for at, line in put_in:
        lines.insert(at, line)
    home = write(tmp_path, "\n".join(lines), answers__csv="who,land,Q1,Q2\na,BRA,1,2\n")
    try:
        found = [f"title: {load_survey(home).title}"]
    except SurveyError as error:
        found = list(error.faults)
    assert found
    assert all(": " in fault for fault in found)


@pytest.mark.parametrize(
    "content", ["questions = 5", "questions = [5]", "columns = []", "reading = 'x'", "questions = [[]]", "files = [[]]"]
)
def test_values_of_the_wrong_kind_are_faults_not_crashes(tmp_path: Path, content: str) -> None:
    home = write(tmp_path, content)
    with pytest.raises(SurveyError) as caught:
        load_survey(home)
    place = content.split(" ")[0]
    assert any(fault.startswith(place) for fault in caught.value.faults)
