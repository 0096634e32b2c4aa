"""Small surveys written to a folder, for tests."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from flows.description import load_survey
from flows.ingest import Ingested, ingest

KEY = b"a key of thirty-two bytes or so."

HEAD = """
title = "A survey"
source = "A test"
licence = "CC0"
protection = "public"
text_kind = "verbatim"
languages = ["en", "es"]
files = "{files}"
layout = "{layout}"
"""

WIDE = HEAD.format(files="answers.csv", layout="wide")
LONG = HEAD.format(files="answers.csv", layout="long")

COLUMNS = """
[columns]
respondent = "who"
country = "land"
"""

QUESTIONS = """
[[questions]]
id = "q1"
wording = "What have banks done?"
area = "empowerment"
column = "Q1"

[[questions]]
id = "q2"
wording = "What have mines done?"
column = "Q2"
"""

SURVEY = WIDE + COLUMNS + QUESTIONS

ROWS = "who,land,Q1,Q2\nann,Brasil,Banks lobbied.,n/a\nbob,대한민국,-,\n"


def long(columns: str, questions: str = "") -> str:
    """Return the description of a survey with a row per answer, from the lines on its columns."""
    asked = (
        '[[questions]]\nid = "q1"\nwording = "What?"\narea = "empowerment"\n[[questions]]\nid = "q2"\nwording = "And?"\nvalue = "Frage 2"\n'
    )
    return LONG + "[columns]\n" + columns + "\n" + (questions or asked)


def write(folder: Path, description: str = SURVEY, **files: str | bytes) -> Path:
    """Write a survey named ``a-survey``; a file's name has "__" for its dot."""
    home = folder / "a-survey"
    home.mkdir(exist_ok=True)
    (home / "survey.toml").write_text(description, "utf-8")
    for name, content in files.items():
        data = content.encode("utf-8") if isinstance(content, str) else content
        (home / name.replace("__", ".")).write_bytes(data)
    return home


def take(home: Path) -> Ingested:
    return ingest(load_survey(home), home, KEY)


def texts(table: pa.Table) -> list[str]:
    return [str(text) for text in table.column("text").to_pylist()]


def reasons(ingested: Ingested) -> list[tuple[int | None, str | None, str]]:
    return [(reject["row"], reject["column"], reject["reason"]) for reject in ingested.rejects.to_pylist()]
