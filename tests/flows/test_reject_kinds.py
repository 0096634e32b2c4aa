"""Whatever ingest refuses has a kind of its own that quotes nothing; so has what the coder sets aside."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from store.reject_kinds import OTHER, REJECT_KINDS, SAID, kind_sql
from tests.flows.folders import COLUMNS, LONG, QUESTIONS, SURVEY, reasons, take, write

ROWS = "who,land,Q1,Q2\nann,Brasil,kept,kept\n"
UNKNOWN = f"{ROWS}b,Wakanda,1,2\nc,the police of 2023,1,2\nd,,1,2\ne,Chile,1\n"
LANGUAGES = SURVEY.replace("[columns]", '[columns]\nlanguage = "tongue"')
CONSENT = SURVEY.replace("[columns]", '[columns]\nconsent = { column = "yes", yes = ["1"] }\nembargo = "until"')
LINES = SURVEY.replace("answers.csv", "answers.jsonl")
LONG_SURVEY = LONG + COLUMNS + 'question = "item"\ntext = "said"\n' + QUESTIONS.replace("column =", "value =")


def kinds(*told: str) -> list[str]:
    with duckdb.connect() as connection:
        query = f"SELECT {kind_sql('reason')} FROM (SELECT unnest(?) AS reason)"
        return [str(kind) for (kind,) in connection.execute(query, [list(told)]).fetchall()]


@pytest.mark.parametrize(
    ("description", "file", "expected"),
    [
        (SURVEY, UNKNOWN, ["country_unknown"] * 2 + ["country_blank", "cells"]),
        (SURVEY, f"{ROWS}ann,Brasil,kept,other\n", ["repeated", "superseded"]),
        (LANGUAGES, "who,land,tongue,Q1,Q2\na,Brasil,ko,1,2\nb,Brasil,Klingon,1,2\n", ["language_undeclared", "language_unknown"]),
        (CONSENT, "who,land,yes,until,Q1,Q2\na,Brasil,0,,1,2\nb,Brasil,1,soon,1,2\n", ["no_consent", "embargo"]),
        (LONG_SURVEY, "who,land,item,said\na,Brasil,Q9,1\nb,Brasil,Q1,1\n", ["question_unknown"]),
        (LINES, '{"who": "a", "land": "Brasil", "Q1": "1", "Q2": "2"}\n{"who": \n[1]\n', ["json", "json"]),
    ],
)
def test_what_ingest_refuses_has_a_kind(tmp_path: Path, description: str, file: str, expected: list[str]) -> None:
    name = "answers__jsonl" if description is LINES else "answers__csv"
    told = [reason for _, _, reason in reasons(take(write(tmp_path, description, **{name: file})))]
    assert kinds(*told) == expected


def test_a_file_in_two_encodings_or_with_open_quotes_has_a_kind() -> None:
    assert kinds(
        "the row cannot be decoded as utf-8, as the rest of the file can",
        "the line cannot be decoded as utf-8, as the rest of the file can",
        "quotes are not closed, or quotes within the text are not doubled",
        "a preview or test of the survey, not an answer",
        "passage 0123456789abcdef: its vector is missing or damaged",
    ) == ["encoding", "encoding", "quotes", "preview", "vector"]


def test_a_reason_that_nobody_knows_is_told_as_such() -> None:
    assert kinds("Ann Example of Wakanda", "") == [OTHER, OTHER]


def test_every_kind_is_told_in_words_of_its_own() -> None:
    assert len({kind.id for kind in REJECT_KINDS}) == len(REJECT_KINDS) == len(SAID) - 1
    assert len(set(SAID.values())) == len(SAID)
