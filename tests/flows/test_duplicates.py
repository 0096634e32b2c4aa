from __future__ import annotations

from pathlib import Path

from tests.flows.folders import COLUMNS, QUESTIONS, ROWS, SURVEY, WIDE, long, reasons, take, texts, write


def test_of_several_answers_by_one_respondent_the_last_submitted_stands(tmp_path: Path) -> None:
    description = WIDE + COLUMNS + 'submitted = "sent"\n' + QUESTIONS
    rows = "who,land,sent,Q1,Q2\na,BRA,2024-03-05,late,same\na,BRA,2024-03-01,early,same\nb,BRA,2024-03-01,other,x\n"
    found = take(write(tmp_path, description, answers__csv=rows))
    assert texts(found.answers) == ["late", "same", "other", "x"]
    assert reasons(found) == [
        (2, "Q1", "row 2 and row 1 are answers of the same respondent to one question and wave; row 1 is kept, as it was submitted last"),
        (2, "Q2", "row 2 repeats row 1: same respondent, question, wave and text; row 1 is kept"),
    ]


def test_without_times_the_last_row_stands_but_a_blank_never_replaces_an_answer(tmp_path: Path) -> None:
    found = take(write(tmp_path, answers__csv="who,land,Q1,Q2\na,BRA,first,only\na,BRA,second,\n"))
    assert texts(found.answers) == ["second", "only"]
    assert [(row, column) for row, column, _ in reasons(found)] == [(1, "Q1"), (2, "Q2")]
    assert reasons(found)[0][2].endswith("row 2 is kept, as it stands last")
    assert reasons(found)[1][2].endswith("row 1 is kept, as it has text")


def test_duplicates_are_found_across_files_and_name_both(tmp_path: Path) -> None:
    home = write(tmp_path, SURVEY.replace('"answers.csv"', '["a.csv", "b.csv"]'), a__csv=ROWS, b__csv="who,land,Q1,Q2\nann,BRA,new,n/a\n")
    found = take(home)
    assert texts(found.answers)[:2] == ["new", "n/a"]
    assert {(reject["file"], reject["row"]) for reject in found.rejects.to_pylist()} == {("a.csv", 1)}
    assert all("row 1 of b.csv" in reason for _, _, reason in reasons(found))


def test_another_country_or_wave_is_another_answer(tmp_path: Path) -> None:
    description = WIDE + COLUMNS + 'wave = "year"\n' + QUESTIONS
    rows = "who,land,year,Q1,Q2\na,BRA,2023,x,y\na,ARG,2023,x,y\na,BRA,2024,x,y\n"
    assert take(write(tmp_path, description, answers__csv=rows)).answers.num_rows == 6


def test_rows_without_a_respondent_are_kept_as_texts(tmp_path: Path) -> None:
    found = take(write(tmp_path, answers__csv="who,land,Q1,Q2\n,BRA,x,y\n,BRA,x,y\n"))
    assert found.answers.num_rows == 4
    assert found.answers.column("respondent").null_count == 4
    assert "rows whose respondent is blank, counted as texts: 2" in found.report.notices


def test_repeated_ids_without_respondents_are_duplicates_too(tmp_path: Path) -> None:
    found = take(write(tmp_path, long('id = "n"\nquestion = "q"\ntext = "t"'), answers__csv="n,q,t\n7,q1,one\n7,q1,two\n"))
    assert texts(found.answers) == ["two"]
    assert "the same id" in reasons(found)[0][2]
