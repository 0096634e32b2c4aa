from __future__ import annotations

from pathlib import Path

from tests.flows.folders import long, reasons, take, write


def test_a_long_table_gives_an_answer_per_row(tmp_path: Path) -> None:
    description = long('respondent = "who"\nquestion = "q"\ntext = "t"\nwave = "year"')
    rows = "who,q,t,year\na,q1,one,2023\na,Frage 2,two,2023\na,q3,three,2023\na,q1,four,2024\n"
    found = take(write(tmp_path, description, answers__csv=rows))
    assert [(row["question"], row["wave"], row["text"]) for row in found.answers.to_pylist()] == [
        ("q1", "2023", "one"),
        ("q2", "2023", "two"),
        ("q1", "2024", "four"),
    ]
    assert reasons(found) == [
        (3, "q", "unknown question (not shown: it does not look like a name); describe it in survey.toml under [[questions]]")
    ]


def test_one_question_needs_no_column(tmp_path: Path) -> None:
    description = long('text = "t"', '[[questions]]\nid = "only"\nwording = "What?"\n')
    assert take(write(tmp_path, description, answers__csv="t\nx\ny\n")).answers.column("question").to_pylist() == ["only", "only"]


def test_without_respondents_texts_are_told_apart_by_content_and_number(tmp_path: Path) -> None:
    description = long('question = "q"\ntext = "t"\ncountry = "c"')
    found = take(write(tmp_path, description, answers__csv="q,t,c\nq1,same,BRA\nq1,same,BRA\nq1,same,KOR\nq1,other,BRA\n"))
    assert len(set(found.answers.column("answer").to_pylist())) == 4
    assert found.answers.column("respondent").null_count == 4
    assert "no respondents are described: texts are counted, not people" in found.report.notices
    fewer = take(write(tmp_path, description, answers__csv="q,t,c\nq1,other,BRA\nq1,same,BRA\nq1,same,KOR\n"))
    assert set(fewer.answers.column("answer").to_pylist()) < set(found.answers.column("answer").to_pylist())


def test_an_id_keeps_an_answers_identity_when_its_text_changes(tmp_path: Path) -> None:
    description = long('id = "n"\nquestion = "q"\ntext = "t"')
    before = take(write(tmp_path, description, answers__csv="n,q,t\n7,q1,one\n8,q1,two\n")).answers
    after = take(write(tmp_path, description, answers__csv="n,q,t\n8,q1,two\n7,q1,changed\n")).answers
    assert set(before.column("answer").to_pylist()) == set(after.column("answer").to_pylist())


def test_translations_share_a_group_and_are_no_duplicates(tmp_path: Path) -> None:
    description = long('respondent = "who"\nquestion = "q"\ntext = "t"\nlanguage = "l"\ntranslation_of = ["key", "q"]')
    rows = "who,q,t,l,key\na,q1,Bancos,es,1\na,q1,Banks,en,1\na,Frage 2,Minas,es,1\nb,q1,Minas,es,\n"
    found = take(write(tmp_path, description, answers__csv=rows)).answers.to_pylist()
    groups = [row["translation_group"] for row in found]
    assert len(found) == 4
    assert groups[0] == groups[1] != groups[2]
    assert groups[3] is None
