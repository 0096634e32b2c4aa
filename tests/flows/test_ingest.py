from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

import flows.ingest
from flows.description import load_survey
from flows.ingest import fingerprint, ingest
from models.tables import ANSWERS, REJECTS
from taxonomy.errors import RawFileError, SurveyError
from tests.flows.folders import COLUMNS, KEY, QUESTIONS, ROWS, SURVEY, WIDE, reasons, take, texts, write


def test_a_wide_table_gives_an_answer_per_row_and_question(tmp_path: Path) -> None:
    found = take(write(tmp_path, answers__csv=ROWS))
    assert found.answers.schema == ANSWERS
    assert found.rejects.schema == REJECTS
    rows = found.answers.to_pylist()
    assert [(row["question"], row["area"], row["country"], row["text"], row["row"]) for row in rows] == [
        ("q1", "empowerment", "BRA", "Banks lobbied.", 1),
        ("q2", None, "BRA", "n/a", 1),
        ("q1", "empowerment", "KOR", "-", 2),
        ("q2", None, "KOR", "", 2),
    ]
    assert {row["survey"] for row in rows} == {"a-survey"}
    assert {row["file"] for row in rows} == {"answers.csv"}
    assert found.rejects.num_rows == 0


def test_a_respondent_is_a_keyed_hash_from_here_on(tmp_path: Path) -> None:
    home = write(tmp_path, answers__csv=ROWS)
    survey = load_survey(home)
    hashes = ingest(survey, home, KEY).answers.column("respondent").to_pylist()
    assert hashes[0] == hashes[1] != hashes[2]
    assert all(len(value) == 32 for value in hashes)
    other_key = ingest(survey, home, b"another key").answers.column("respondent").to_pylist()
    other_survey = ingest(survey.model_copy(update={"id": "another"}), home, KEY).answers.column("respondent").to_pylist()
    assert len({hashes[0], other_key[0], other_survey[0]}) == 3
    plain = hashlib.sha256(b"ann").hexdigest()
    table = str(ingest(survey, home, KEY).answers.to_pydict())
    assert "ann" not in table
    assert plain[:32] not in table


def test_the_same_bytes_and_key_give_the_same_table(tmp_path: Path) -> None:
    home = write(tmp_path, answers__csv=ROWS)
    assert take(home).answers.equals(take(home).answers)


def test_the_files_are_never_written_to(tmp_path: Path) -> None:
    home = write(tmp_path, answers__csv=ROWS)
    (home / "answers.csv").chmod(0o400)
    home.chmod(0o500)
    before = {path.name: (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns) for path in home.iterdir()}
    take(home)
    after = {path.name: (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns) for path in home.iterdir()}
    home.chmod(0o700)
    assert after == before


def test_a_changed_cell_changes_that_answer_alone(tmp_path: Path) -> None:
    before = {row["answer"]: row["content"] for row in take(write(tmp_path, answers__csv=ROWS)).answers.to_pylist()}
    after = {row["answer"]: row["content"] for row in take(write(tmp_path, answers__csv=ROWS.replace("n/a", "N/A"))).answers.to_pylist()}
    assert before.keys() == after.keys()
    assert sum(before[answer] != after[answer] for answer in before) == 1


def test_the_order_of_rows_changes_neither_ids_nor_contents(tmp_path: Path) -> None:
    head, ann, bob = ROWS.splitlines()
    here = {(row["answer"], row["content"]) for row in take(write(tmp_path, answers__csv=ROWS)).answers.to_pylist()}
    there = {(row["answer"], row["content"]) for row in take(write(tmp_path, answers__csv=f"{head}\n{bob}\n{ann}\n")).answers.to_pylist()}
    assert here == there


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx", "jsonl", "parquet"])
def test_every_format_gives_the_same_answers(tmp_path: Path, suffix: str) -> None:
    records = list(csv.DictReader(io.StringIO(ROWS)))
    home = write(tmp_path, SURVEY.replace("answers.csv", f"answers.{suffix}"))
    path = home / f"answers.{suffix}"
    if suffix == "csv":
        path.write_text(ROWS.replace(",", ";"), "utf-8-sig")
    elif suffix == "tsv":
        path.write_bytes(ROWS.replace(",", "\t").encode("utf-16"))
    elif suffix == "jsonl":
        path.write_text("\n".join(json.dumps(record) for record in records), "utf-8")
    elif suffix == "parquet":
        pq.write_table(pa.Table.from_pylist(records), path)
    else:
        workbook = Workbook()
        sheet = workbook.active
        assert sheet is not None
        for row in csv.reader(io.StringIO(ROWS)):
            sheet.append(row)
        workbook.save(path)
        workbook.close()
    expected = [("BRA", "Banks lobbied."), ("BRA", "n/a"), ("KOR", "-"), ("KOR", "")]
    assert [(row["country"], row["text"]) for row in take(home).answers.to_pylist()] == expected


# Missing columns, empty files, open folders


def test_missing_columns_are_all_told_with_those_the_file_has(tmp_path: Path) -> None:
    with pytest.raises(SurveyError) as caught:
        take(write(tmp_path, answers__csv="Who,country,Q1\n1,BRA,x\n"))
    assert caught.value.faults == (
        'columns.respondent: answers.csv has no column "who"; did you mean "Who"?',
        'columns.country: answers.csv has no column "land"',
        'questions[2].column: answers.csv has no column "Q2"',
        'columns of answers.csv: "Who", "country", "Q1"',
    )


def test_many_columns_are_not_all_listed(tmp_path: Path) -> None:
    header = ",".join(f"c{number}" for number in range(60))
    with pytest.raises(SurveyError, match=r'"c39" and 20 more$'):
        take(write(tmp_path, answers__csv=f"{header}\n{header}\n"))


def test_one_unreadable_file_stops_the_survey_so_that_nothing_is_withdrawn(tmp_path: Path) -> None:
    home = write(tmp_path, SURVEY.replace('"answers.csv"', '"*.csv"'), a__csv=ROWS, b__csv="")
    with pytest.raises(RawFileError, match=r"b\.csv: the file is empty"):
        take(home)


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o710, 0o701])
def test_a_protected_survey_in_a_folder_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    home = write(tmp_path, SURVEY.replace('"public"', '"protected"'), answers__csv=ROWS)
    home.chmod(mode)
    with pytest.raises(RawFileError, match=rf"others on this machine may read its folder \(mode {mode:o}\).*chmod -R go-rwx"):
        take(home)
    home.chmod(0o700)
    assert take(home).answers.num_rows == 4


def test_a_public_survey_may_be_open(tmp_path: Path) -> None:
    home = write(tmp_path, answers__csv=ROWS)
    home.chmod(0o755)
    assert take(home).answers.num_rows == 4


# Personal columns


def test_personal_columns_are_dropped_and_reported(tmp_path: Path) -> None:
    rows = "who,land,IPAddress,E-mail,이름,Q1,Q2,note\nann,BRA,192.0.2.7,ann@example.org,앤,x,y,z\n"
    found = take(write(tmp_path, answers__csv=rows))
    assert found.report.personal == ("IPAddress", "E-mail", "이름")
    assert found.report.unused == ("note",)
    assert "personal columns, dropped: IPAddress, E-mail, 이름" in found.report.lines()
    stored = str(found.answers.to_pydict()) + str(found.rejects.to_pydict())
    assert not any(secret in stored for secret in ("192.0.2.7", "ann@example.org", "앤"))


def test_a_personal_column_may_be_the_respondent_as_only_its_hash_is_kept(tmp_path: Path) -> None:
    found = take(write(tmp_path, SURVEY.replace('"who"', '"Email"'), answers__csv="Email,land,Q1,Q2\nann@example.org,BRA,x,y\n"))
    assert found.answers.num_rows == 2
    assert "ann@example.org" not in str(found.answers.to_pydict())


# Consent, embargo, dates


def test_without_consent_nothing_of_a_row_is_stored(tmp_path: Path) -> None:
    description = WIDE + COLUMNS + 'consent = { column = "ok", yes = ["Yes", "예"] }\n' + QUESTIONS
    rows = "who,land,ok,Q1,Q2\na,BRA,Yes,one,1\nb,BRA,No,two,2\nc,BRA,,three,3\nd,KOR, 예 ,four,4\n"
    found = take(write(tmp_path, description, answers__csv=rows))
    assert texts(found.answers) == ["one", "1", "four", "4"]
    assert reasons(found) == [(2, "ok", "no consent"), (3, "ok", "no consent")]


def test_an_embargo_that_cannot_be_read_keeps_the_answer_back(tmp_path: Path) -> None:
    description = WIDE + COLUMNS + 'embargo = "until"\n' + QUESTIONS
    rows = "who,land,until,Q1,Q2\na,BRA,2027-01-31,one,1\nb,BRA,next year,two,2\nc,BRA,,three,3\n"
    found = take(write(tmp_path, description, answers__csv=rows))
    assert found.answers.column("embargo").to_pylist() == ["2027-01-31", "2027-01-31", None, None]
    assert [reject[:2] for reject in reasons(found)] == [(2, "until")]


def test_a_time_of_submission_that_cannot_be_read_is_left_out_and_reported(tmp_path: Path) -> None:
    description = WIDE + COLUMNS + 'submitted = "sent"\n' + QUESTIONS
    found = take(write(tmp_path, description, answers__csv="who,land,sent,Q1,Q2\na,BRA,2024-03-05 9:00,1,2\nb,BRA,03/04/2024,3,4\n"))
    assert found.answers.column("submitted").to_pylist() == ["2024-03-05T09:00:00"] * 2 + [None] * 2
    assert any("times of submission" in notice and notice.endswith(": 1") for notice in found.report.notices)


# Countries and languages


def test_unknown_countries_go_to_the_rejects_and_are_named_only_if_they_look_like_names(tmp_path: Path) -> None:
    rows = (
        "who,land,Q1,Q2\na,Wakanda,1,2\nb,The company paid the police to arrest us in 2023,1,2\n"
        "c,ann@example.org,1,2\nd,,1,2\ne,U.S.A.,kept,kept\n"
    )
    found = take(write(tmp_path, answers__csv=rows))
    assert texts(found.answers) == ["kept", "kept"]
    assert found.answers.column("country").to_pylist() == ["USA", "USA"]
    assert [reject[:2] for reject in reasons(found)] == [(1, "land"), (2, "land"), (3, "land"), (4, "land")]
    assert reasons(found)[0][2] == 'unknown country "Wakanda"; say what it stands for in columns.country.values'
    assert "police" not in reasons(found)[1][2]
    assert "example.org" not in reasons(found)[2][2]
    assert reasons(found)[3][2] == "country is blank; if the country may be blank: add may_be_blank = true to columns.country"


def test_a_country_may_be_blank_where_the_survey_says_so_or_names_none(tmp_path: Path) -> None:
    blank = SURVEY.replace('country = "land"', 'country = { column = "land", may_be_blank = true }')
    rows = "who,land,Q1,Q2\na,,x,y\nb,Wakanda,x,y\n"
    found = take(write(tmp_path, blank, answers__csv=rows))
    assert found.answers.column("country").to_pylist() == [None, None]
    assert found.rejects.num_rows == 1
    none = take(write(tmp_path, SURVEY.replace('country = "land"', ""), answers__csv=rows))
    assert none.answers.num_rows == 4
    assert "no country is described" in none.report.notices


def test_choice_numbers_and_own_spellings(tmp_path: Path) -> None:
    description = SURVEY.replace('"land"', '{ column = "land", values = { "1" = "Brazil", "the north" = "PRK" } }')
    found = take(write(tmp_path, description, answers__csv="who,land,Q1,Q2\na,1,x,y\nb,The North,x,y\n"))
    assert found.answers.column("country").to_pylist() == ["BRA", "BRA", "PRK", "PRK"]


def test_languages_are_standardised_and_foreign_ones_rejected(tmp_path: Path) -> None:
    description = WIDE + COLUMNS + 'language = "lang"\n' + QUESTIONS
    rows = "who,land,lang,Q1,Q2\na,BRA,ES-ES,1,2\nb,BRA,English,3,4\nc,BRA,,5,6\nd,BRA,Klingon,7,8\ne,BRA,DE,9,0\n"
    found = take(write(tmp_path, description, answers__csv=rows))
    assert found.answers.column("declared_language").to_pylist() == ["es", "es", "en", "en", None, None]
    assert reasons(found) == [
        (4, "lang", 'unknown language "Klingon"; say what it stands for in columns.language.values'),
        (5, "lang", 'language "de" is not among the survey\'s languages; add it to languages in survey.toml'),
    ]


# Texts


def test_texts_of_every_length_and_kind_go_through(tmp_path: Path) -> None:
    long = "palabra " * 25_000
    given = ["", "x", long.strip(), "n/a", "-", "=1+1", "   ", "two\r\nlines"]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["who", "land", "Q1", "Q2"])
    writer.writerows([number, "BRA", answer, "z"] for number, answer in enumerate(given))
    found = take(write(tmp_path, answers__csv=text.getvalue()))
    assert texts(found.answers)[::2] == ["", "x", long.strip(), "n/a", "-", "=1+1", "", "two\nlines"]
    assert len(texts(found.answers)[4]) == 199_999


def test_hidden_controls_are_removed_and_reported(tmp_path: Path) -> None:
    found = take(write(tmp_path, answers__csv="who,land,Q1,Q2\na,BRA,\u202eevil\u202c,nul\x00\n"))
    assert texts(found.answers) == ["evil", "nul"]
    assert "answers from which invisible control characters were removed: 2" in found.report.notices


def test_two_spellings_of_one_text_are_one(tmp_path: Path) -> None:
    here = take(write(tmp_path, answers__csv="who,land,Q1,Q2\na,BRA,opinio\u0301n,y\n")).answers
    there = take(write(tmp_path, answers__csv="who,land,Q1,Q2\na,BRA,opinión,y\n")).answers
    assert here.equals(there)


def test_a_value_for_unanswered_makes_a_blank_cell_one_that_was_not_shown(tmp_path: Path) -> None:
    description = SURVEY.replace('layout = "wide"', 'layout = "wide"\nunanswered = ["-99"]')
    found = take(write(tmp_path, description, answers__csv="who,land,Q1,Q2\na,BRA,-99,\nb,BRA,,n/a\n"))
    assert [(row["question"], row["text"], row["row"]) for row in found.answers.to_pylist()] == [("q1", "", 1), ("q2", "n/a", 2)]
    assert found.rejects.num_rows == 0


def test_broken_rows_are_rejected_with_file_and_row_and_the_rest_goes_through(tmp_path: Path) -> None:
    data = "who,land,Q1,Q2\na,BRA,más,ñ\nb,BRA,too few\n".encode() + "c,BRA,señal,x\n".encode("cp1252") + b"d,BRA,last,y\n"
    found = take(write(tmp_path, answers__csv=data))
    assert texts(found.answers) == ["más", "ñ", "last", "y"]
    assert [(reject["file"], reject["row"], reject["stage"]) for reject in found.rejects.to_pylist()] == [
        ("answers.csv", 2, "ingest"),
        ("answers.csv", 3, "ingest"),
    ]
    assert (found.report.rows, found.report.answers, found.report.rejected) == (4, 4, 2)


# Attributes


def test_attributes_are_kept_by_name_and_free_text_is_not_one(tmp_path: Path) -> None:
    description = WIDE + COLUMNS + 'attributes = ["Work", "Note"]\n' + QUESTIONS
    rows = f"who,land,Work,Note,Q1,Q2\na,BRA,Abogada,write to a@example.org,1,2\nb,BRA,,{'x' * 201},3,4\n"
    found = take(write(tmp_path, description, answers__csv=rows))
    assert [json.loads(value) for value in found.answers.column("attributes").to_pylist()] == [{"Work": "Abogada"}] * 2 + [{}] * 2
    (notice,) = [notice for notice in found.report.notices if '"Note"' in notice]
    assert notice.endswith(": 2")


# Qualtrics


QUALTRICS = """\
RecordedDate,Status,ResponseId,RecipientEmail,Mail2,Q4,Q5
Recorded Date,Response Type,Response ID,Recipient Email,Other,"Have banks
done it?",And mines?
"{""ImportId"":""recordedDate""}","{""ImportId"":""status""}","{""ImportId"":""_recordId""}","{""ImportId"":""recipientEmail""}",\
"{""ImportId"":""ipAddress""}","{""ImportId"":""QID4_TEXT""}","{""ImportId"":""QID5_TEXT""}"
2024-03-05 10:00:00,IP Address,R_1,a@example.org,192.0.2.1,Yes they have.,n/a
2024-03-05 11:00:00,Survey Preview,R_2,b@example.org,192.0.2.2,test,test
"""


def test_a_qualtrics_export(tmp_path: Path) -> None:
    description = (
        SURVEY.replace('"who"', '"ResponseId"')
        .replace('"land"', '{ value = "BRA" }')
        .replace('"Q1"', '"QID4_TEXT"')
        .replace('"Q2"', '"Q5"')
    )
    found = take(write(tmp_path, description, answers__csv=QUALTRICS))
    assert texts(found.answers) == ["Yes they have.", "n/a"]
    assert found.report.files[0].kind == "csv (qualtrics)"
    assert found.report.personal == ("RecipientEmail", "Mail2")
    assert found.report.unused == ()
    assert reasons(found) == [(2, "Status", "a preview or test of the survey, not an answer")]
    assert "192.0.2" not in str(found.answers.to_pydict())


def test_a_wording_that_is_not_the_exports_is_noticed(tmp_path: Path) -> None:
    description = WIDE + "[columns]\n" + QUESTIONS.replace('"Q1"', '"QID4_TEXT"').replace('"Q2"', '"Q5"')
    found = take(write(tmp_path, description.replace("What have banks done?", "Have banks  done it?"), answers__csv=QUALTRICS))
    assert 'questions[2].wording is not what answers.csv gives as the text of "Q5"' in found.report.notices
    assert not any("questions[1]" in notice for notice in found.report.notices)


def test_a_personal_import_id_unmasks_a_renamed_column(tmp_path: Path) -> None:
    description = WIDE + '[columns]\nattributes = ["Mail2"]\n' + QUESTIONS.replace('"Q1"', '"Q4"').replace('"Q2"', '"Q5"')
    with pytest.raises(SurveyError, match=r'columns\.attributes\[1\]: "Mail2" is personal by its import id'):
        take(write(tmp_path, description, answers__csv=QUALTRICS))


# Fingerprint


def test_the_fingerprint_changes_with_the_files_the_description_and_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def now(description: str = SURVEY, rows: str = ROWS) -> str:
        home = write(tmp_path, description, answers__csv=rows)
        return fingerprint(load_survey(home), home)

    first = now()
    assert now() == first
    changed = {now(rows=ROWS + "c,BRA,x,y\n"), now(description=SURVEY + "# a comment\n")}
    monkeypatch.setattr(flows.ingest, "INGEST", "ingest-next")
    assert len(changed | {first, now()}) == 4


def test_rejects_never_quote_an_answer(tmp_path: Path) -> None:
    secret = "the colonel took money from the mine"
    rows = f"who,land,Q1,Q2\na,{secret} and nobody said anything about it,1,2\nb,BRA,{secret}\nc,BRA,{secret},2\nc,BRA,other,2\n"
    found = take(write(tmp_path, answers__csv=rows))
    assert found.rejects.num_rows == 4
    assert "colonel" not in str(found.rejects.to_pydict()) + "\n".join(found.report.lines())


def test_the_report_can_be_read(tmp_path: Path) -> None:
    lines = take(write(tmp_path, answers__csv=ROWS.replace(",", ";"))).report.lines()
    assert lines == ["answers.csv: csv, utf-8, delimiter ';'", "2 rows: 4 answers, 0 rejects"]
