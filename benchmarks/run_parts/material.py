"""Surveys of any size made of real phrases: no answer twice, each a coded passage with two words of another behind it."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

LABELS = Path(__file__).parents[2] / "data" / "labels" / "open.jsonl"
SURVEY = "speed"
SEED = 20261123
#: So many phrases are read by the real models for those that answer at once.
PHRASES = 600
#: So many letters tell which phrase a passage begins with.
BEGINNING = 40

_DESCRIPTION = """
title = "Answers made up to measure speed"
source = "Phrases of data/labels, mixed"
licence = "see data/labels/README.md"
protection = "public"
text_kind = "invented"
languages = ["en", "es", "fr", "pt", "ko"]
files = "answers.csv"
layout = "long"

[columns]
id = "id"
text = "text"
country = { column = "country", may_be_blank = true }
language = "lang"
respondent = "respondent"

[[questions]]
id = "q1"
wording = "What do companies do?"
"""


def phrases(wanted: int | None = None) -> list[dict[str, str]]:
    """Return the coded passages (text, lang, country), or so many of them, the same ones each time."""
    found = {row["text"]: row for row in map(json.loads, LABELS.read_bytes().splitlines()) if "\n" not in row["text"]}
    rows = [{name: row.get(name) or "" for name in ("text", "lang", "country")} for row in found.values()]
    return random.Random(SEED).sample(rows, min(wanted or len(rows), len(rows)))


def answers(pool: list[dict[str, str]], first: int = 0) -> Iterator[dict[str, str]]:
    """Yield answers without end, from number ``first`` on: the same number gives the same answer."""
    number = first
    while True:
        row, draw = pool[number % len(pool)], random.Random(SEED + number)
        words = draw.choice(pool)["text"].rstrip(".").split()
        at = draw.randrange(max(1, len(words) - 1))
        # The number keeps texts apart that happen to get the same two words.
        behind = f"{' '.join(words[at : at + 2])} {number // len(pool)}" if number >= len(pool) else ""
        yield {"id": str(number), "respondent": f"r{number}", **row, "text": f"{row['text']} {behind}".strip()}
        number += 1


def write_survey(raw: Path, pool: list[dict[str, str]], wanted: int, changes: Sequence[float] = ()) -> None:
    """Write the raw folder of a survey of ``wanted`` answers. Each of ``changes`` gives its share of them, the first ones, a word more."""
    folder = raw / SURVEY
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "survey.toml").write_text(_DESCRIPTION, encoding="utf-8")
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, ["id", "respondent", "text", "lang", "country"])
        table.writeheader()
        for number, row in enumerate(islice(answers(pool), wanted)):
            more = " again" * sum(number < share * wanted for share in changes)
            table.writerow(row | {"text": row["text"] + more})
