from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.description import Survey, find_surveys, load_survey, survey_files
from taxonomy.errors import SurveyError
from tests.flows.folders import COLUMNS, LONG, QUESTIONS, SURVEY, WIDE, write

ANSWERS = "who,land,Q1,Q2\n1,BRA,a,b\n"


def load(folder: Path, description: str = SURVEY, **files: str | bytes) -> Survey:
    return load_survey(write(folder, description, **(files or {"answers__csv": ANSWERS})))


def faults(folder: Path, description: str, **files: str | bytes) -> tuple[str, ...]:
    with pytest.raises(SurveyError) as caught:
        load(folder, description, **files)
    return caught.value.faults


def test_a_sound_description(tmp_path: Path) -> None:
    survey = load(tmp_path)
    assert (survey.id, survey.title, survey.protection, survey.text_kind) == ("a-survey", "A survey", "public", "verbatim")
    assert survey.languages == ("en", "es")
    assert survey.files == ("answers.csv",)
    assert survey.columns.respondent == "who"
    assert survey.columns.country is not None
    assert survey.columns.country.column == "land"
    assert [(question.id, question.area, question.column) for question in survey.questions] == [
        ("q1", "empowerment", "Q1"),
        ("q2", None, "Q2"),
    ]
    assert survey.has_respondents


def test_a_description_cannot_be_changed(tmp_path: Path) -> None:
    survey = load(tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        survey.title = "Another"  # type: ignore[misc]


def test_sources_may_be_columns_values_or_tables(tmp_path: Path) -> None:
    columns = """
[columns]
country = { column = "land", values = { "1" = "Brasil" }, may_be_blank = true }
language = { value = "Spanish" }
wave = { value = 2024 }
submitted = { column = "sent", format = "%d/%m/%Y" }
embargo = { value = 2027-01-31 }
consent = { column = "ok", yes = "Yes" }
"""
    found = load(tmp_path, WIDE + columns + QUESTIONS).columns
    assert found.country is not None
    assert found.country.code("1") == found.country.code("brazil") == "BRA"
    assert found.country.code("2") is None
    assert found.language is not None
    assert found.language.code("Spanish") == "es"
    assert found.wave is not None
    assert found.wave.value == "2024"
    assert found.embargo is not None
    assert found.embargo.value == "2027-01-31"
    assert found.consent is not None
    assert found.consent.given(" yes ")
    assert not found.consent.given("")


def test_names_of_columns_are_on_one_line_as_headers_are(tmp_path: Path) -> None:
    survey = load(tmp_path, SURVEY.replace('column = "Q1"', 'column = """In (your\n country)…"""'))
    assert survey.questions[0].column == "In (your country)…"


def test_languages_may_be_named(tmp_path: Path) -> None:
    assert load(tmp_path, SURVEY.replace('["en", "es"]', '["English", "pt-BR", "한국어"]')).languages == ("en", "pt", "ko")


def test_five_faults_at_once_are_all_listed_with_their_places(tmp_path: Path) -> None:
    description = """
title = ""
sorce = "A test"
licence = "CC0"
protection = "publik"
text_kind = "verbatim"
languages = ["en", "Klingon"]
files = "answers.csv"
layout = "wide"

[columns]
country = { value = "Wakanda" }
respondant = "who"

[[questions]]
id = "q1"
wording = "What?"
column = "Q1"

[[questions]]
id = "q1"
wording = "What else?"
area = "empowerment"
"""
    found = faults(tmp_path, description)
    assert set(found) == {
        "title: is blank",
        "source: is missing",
        'sorce: unknown key; did you mean "source"?',
        'protection: must be one of public, protected, invented; did you mean "public"?',
        'languages: not a language: Klingon; give ISO 639-1 codes, as in ["en", "es"]',
        'columns.country: "Wakanda" is not known; give its ISO code',
        'columns.respondant: unknown key; did you mean "respondent"?',
        'questions[2].id: "q1" is that of questions[1] already',
        "questions[2].column: is missing; in a wide table every question has a column",
    }


def test_the_message_counts_the_faults_and_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match=r"^a-survey/survey\.toml: 2 faults\n  title: .*\n  licence: "):
        load(tmp_path, SURVEY.replace('title = "A survey"', "title = 3").replace('licence = "CC0"', "licence = false").replace("3", "true"))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('layout = "wide"', 'layout = "broad"', "layout: must be one of wide, long"),
        ('files = "answers.csv"', "files = []", "files: is empty; at least one is needed"),
        ('files = "answers.csv"', 'files = "../answers.csv"', 'files: "../answers.csv" leaves the survey\'s folder'),
        ('files = "answers.csv"', 'files = "/etc/passwd"', 'files: "/etc/passwd" leaves the survey\'s folder'),
        ('files = "answers.csv"', 'files = "C:/x.csv"', 'files: "C:/x.csv" leaves the survey\'s folder'),
        ('files = "answers.csv"', 'files = "other.csv"', 'files[1]: no file of the folder is called or matches "other.csv"'),
        ('["en", "es"]', '["en", "English"]', "languages: language listed twice: en"),
        ('["en", "es"]', "5", 'languages: must be a list, as in ["one", "two"]'),
        ('country = "land"', "country = {}", "columns.country: give either a column or a value"),
        ('country = "land"', 'country = { column = "a", value = "BRA" }', "columns.country: give either a column or a value"),
        ('country = "land"', "country = 5", "columns.country: must be a table of keys"),
        (
            'country = "land"',
            'country = { column = "a", values = { "1" = "Nowhere" } }',
            'columns.country: "Nowhere" is not known; give its ISO code',
        ),
        ('country = "land"', 'country = { column = "a", vlaues = {} }', 'columns.country.vlaues: unknown key; did you mean "values"?'),
        ('country = "land"', 'country = { column = "a", may_be_blank = "x" }', "columns.country.may_be_blank: must be true or false"),
        ('country = "land"', 'consent = "ok"', "columns.consent: must be a table of keys"),
        ('country = "land"', 'consent = { column = "ok" }', "columns.consent.yes: is missing"),
        ('country = "land"', 'embargo = { value = "soon" }', "columns.embargo: the value is not a date; write it as 2027-01-31"),
        ('country = "land"', 'attributes = ["a", "a"]', "columns.attributes: column listed twice: a"),
        ('country = "land"', 'attributes = ["Q1"]', 'columns.attributes[1]: "Q1" holds answers; an attribute is a filter'),
        ('country = "land"', 'attributes = ["x", "E-mail"]', 'columns.attributes[2]: "E-mail" is personal by its name and is never stored'),
        ('country = "land"', 'id = "RecipientEmail"', 'columns.id: "RecipientEmail" is personal by its name and is never stored'),
        ('country = "land"', 'text = "x"', "columns.text: belongs to the long layout"),
        (
            'country = "land"',
            'title = "x"',
            "columns.title: unknown key here; it belongs at the top of the file, above the first [table]",
        ),
        ('column = "Q1"', 'column = "Nombre"', 'questions[1].column: "Nombre" is personal by its name and is never stored'),
        ('column = "Q1"', 'column = "Q2"', 'questions[2].column: "Q2" is that of questions[1] already'),
        ('column = "Q1"', 'column = "Q1"\nvalue = "x"', "questions[1].value: belongs to the long layout"),
        (
            'area = "empowerment"',
            'area = "empowrment"',
            "questions[1].area: must be one of physical_integrity, empowerment, economic_social; did",
        ),
        ('id = "q2"', 'id = "q 2"', "questions[2].id: may have letters a-z"),
        ('wording = "What have banks done?"', "", "questions[1].wording: is missing"),
        ('title = "A survey"', 'title = "A survey"\nid = "x"', "id: unknown key; a survey's id is the name of its folder"),
    ],
)
def test_each_fault_has_its_place_and_remedy(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in SURVEY
    found = faults(tmp_path, SURVEY.replace(old, new, 1))
    assert len(found) == 1, found
    assert found[0].startswith(fault)


def test_a_long_table_needs_its_columns(tmp_path: Path) -> None:
    found = faults(tmp_path, LONG + COLUMNS + QUESTIONS)
    assert [fault.split(":")[0] for fault in found] == [
        "questions[1].column",
        "questions[2].column",
        "columns.text",
        "columns.question",
    ]


def test_questions_must_be_a_list_of_tables(tmp_path: Path) -> None:
    assert faults(tmp_path, WIDE + COLUMNS + '[questions]\nid = "x"\n') == ("questions: must be a list, as in [[questions]]",)
    assert faults(tmp_path, WIDE.replace("title", "questions = []\ntitle", 1) + COLUMNS) == ("questions: is empty; at least one is needed",)


@pytest.mark.parametrize(
    ("description", "place"),
    [('title = "A\nsource = "x"', "line 1, column"), ("a = 1\nb = [1, 2", "end of the file"), ("a = 1\nb = 2\na = 3\n", "line 3, column")],
)
def test_a_syntax_error_is_told_by_line(tmp_path: Path, description: str, place: str) -> None:
    (fault,) = faults(tmp_path, description)
    assert fault.startswith(place)


def test_a_description_must_be_utf8_but_may_have_a_mark_and_any_line_ends(tmp_path: Path) -> None:
    home = write(tmp_path, answers__csv=ANSWERS)
    (home / "survey.toml").write_bytes(b"\xef\xbb\xbf" + SURVEY.replace("\n", "\r\n").encode())
    assert load_survey(home).title == "A survey"
    (home / "survey.toml").write_bytes(SURVEY.replace("A test", "Más").encode("cp1252"))
    with pytest.raises(SurveyError, match="line 3: not UTF-8"):
        load_survey(home)


def test_a_folder_without_description_or_with_an_odd_name(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(SurveyError, match=r"the file is missing; docs/surveys\.md has one to copy"):
        load_survey(tmp_path / "a")
    odd = write(tmp_path, answers__csv=ANSWERS).rename(tmp_path / "My Survey")
    with pytest.raises(SurveyError, match='folder: "My Survey" is not a survey\'s name'):
        load_survey(odd)


def test_surveys_are_found_by_their_description(tmp_path: Path) -> None:
    home = write(tmp_path, answers__csv=ANSWERS)
    (tmp_path / "notes").mkdir()
    (tmp_path / "loose.csv").write_text("a")
    assert find_surveys(tmp_path) == (home,)
    assert find_surveys(tmp_path / "absent") == ()


MASKING = '[masking]\npublic_figures = "ours.toml"\n'


def test_public_figures_of_its_own_are_a_list_beside_it_and_no_file_of_answers(tmp_path: Path) -> None:
    description = SURVEY.replace('"answers.csv"', '"*"') + MASKING
    home = write(tmp_path, description, answers__csv=ANSWERS, ours__toml='names = ["Zoe Exemple"]')
    survey = load_survey(home)
    assert survey.masking.public_figures == "ours.toml"
    assert [path.name for path in survey_files(survey, home)] == ["answers.csv"]


@pytest.mark.parametrize(
    ("table", "content", "fault"),
    [
        (MASKING, None, "masking.public_figures: ours.toml: the list of public figures cannot be read (No such file"),
        (MASKING, "names = 3", "masking.public_figures: ours.toml: names: write a list of names"),
        (MASKING, "nobody = []", "masking.public_figures: ours.toml: nobody: unknown; a list of public figures has names, alone, offices"),
        (MASKING, "names = [", "masking.public_figures: ours.toml: the list of public figures is no TOML file"),
        (MASKING, "a = " + "[" * 5_000, "masking.public_figures: ours.toml: the list of public figures is no TOML file"),
        (MASKING.replace("ours.toml", "../ours.toml"), None, 'masking.public_figures: "../ours.toml" leaves the survey\'s folder'),
        (MASKING.replace("ours.toml", " "), None, "masking.public_figures: is blank"),
        ("[masking]\npublic_figure = 'x'\n", None, 'masking.public_figure: unknown key; did you mean "public_figures"?'),
        ("[masking]\npublic_figures = ['x']\n", None, "masking.public_figures: must be text, in quotes"),
    ],
)
def test_faults_of_public_figures_are_told_like_any_other(tmp_path: Path, table: str, content: str | None, fault: str) -> None:
    files = {"answers__csv": ANSWERS} | ({"ours__toml": content} if content is not None else {})
    found = faults(tmp_path, SURVEY + table, **files)
    assert len(found) == 1, found
    assert found[0].startswith(fault)


def test_public_figures_that_are_a_link_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs.toml").write_text("names = []", "utf-8")
    home = write(tmp_path, SURVEY + MASKING, answers__csv=ANSWERS)
    os.symlink(tmp_path / "theirs.toml", home / "ours.toml")
    with pytest.raises(SurveyError, match=r"ours\.toml is a link to a file outside"):
        load_survey(home)


def test_files_by_list_and_pattern_each_once_and_in_order(tmp_path: Path) -> None:
    description = SURVEY.replace('files = "answers.csv"', 'files = ["b.csv", "*.csv", "x[1].csv", "sub/*.csv"]')
    home = write(tmp_path, description, a__csv=ANSWERS, b__csv=ANSWERS)
    (home / "sub").mkdir()
    for name in ("x[1].csv", "~$a.csv", ".hidden.csv", "sub/c.csv"):
        (home / name).write_text(ANSWERS)
    found = survey_files(load_survey(home), home)
    assert [path.relative_to(home).as_posix() for path in found] == ["b.csv", "a.csv", "x[1].csv", "sub/c.csv"]


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(ANSWERS)
    home = write(tmp_path, SURVEY.replace('"answers.csv"', '"*.csv"'), a__csv=ANSWERS)
    os.symlink(home / "a.csv", home / "inside.csv")
    assert len(survey_files(load_survey(home), home)) == 2
    os.symlink(tmp_path / "secret.csv", home / "link.csv")
    with pytest.raises(SurveyError, match=r"files\[1\]: link\.csv is a link to a file outside the survey's folder"):
        load_survey(home)


def test_a_file_that_vanished_since_is_told(tmp_path: Path) -> None:
    home = write(tmp_path, answers__csv=ANSWERS)
    survey = load_survey(home)
    (home / "answers.csv").unlink()
    with pytest.raises(SurveyError, match=r'files\[1\]: no file of the folder is called or matches "answers\.csv"'):
        survey_files(survey, home)
