"""What of protected surveys goes outside: released quotes in their released form, and answers made of nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

import pyarrow as pa

from models.tables import SPAN
from store.release import Ruling, Standing

#: Stands between the released quotes of an answer, for all that was not released.
GAP = " […] "

#: Offsets are those of the answer outside; ``withheld`` are spans of the quote as it was; null means: as the quote has it.
RELEASED_QUOTES = pa.schema(
    [
        pa.field("quote", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("language", pa.string()),
        pa.field("text_kind", pa.string()),
        pa.field("whole", pa.bool_(), nullable=False),  # the very words, all of them: spans and vector are true of it
        pa.field("withheld", pa.list_(SPAN), nullable=False),
        pa.field("release", pa.string(), nullable=False),
    ]
)

RELEASED_ANSWERS = pa.schema(
    [
        pa.field("answer", pa.string(), nullable=False),
        pa.field("survey", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("language", pa.string()),
        pa.field("text_kind", pa.string()),
    ]
)


@dataclass(frozen=True)
class Releasable:
    """A passage of a protected survey that no embargo and no withdrawal keeps inside."""

    quote: str
    answer: str
    survey: str
    text: str
    text_hash: str


def holding(decided: Mapping[str, Standing], view: str) -> dict[str, Ruling]:
    """Return what is released to a view, by quote; nothing inside, where nothing needs a release."""
    return {quote: each.ruling for quote, each in decided.items() if each.holds_for(view)}


def released_tables(passages: Iterable[Releasable], rulings: Mapping[str, Ruling]) -> tuple[pa.Table, pa.Table]:
    """Return (``RELEASED_QUOTES``, ``RELEASED_ANSWERS``) of passages that come answer by answer, in the order of the answer.

    A passage whose text is not the one that was decided on is left out.
    """
    quotes, answers = [], []
    shown = (each for each in passages if each.quote in rulings and rulings[each.quote].text_hash == each.text_hash)
    for (answer, survey), parts in groupby(shown, key=lambda each: (each.answer, each.survey)):
        said, kinds, languages, at = [], [], [], 0
        for part in parts:
            ruling = rulings[part.quote]
            text = ruling.shown(part.text)
            kinds.append(ruling.form if ruling.form in ("paraphrase", "translation") else None)
            languages.append(ruling.language)
            quotes.append(
                {
                    "quote": part.quote,
                    "text": text,
                    "start": at,
                    "end": at + len(text),
                    "language": ruling.language,
                    "text_kind": kinds[-1],
                    "whole": ruling.form == "as_is",
                    "withheld": [{"start": start, "end": end} for start, end in ruling.spans],
                    "release": ruling.stamp,
                }
            )
            said.append(text)
            at += len(text) + len(GAP)
        # Where an answer is of several kinds, it is called what claims least to be its words.
        answers.append(
            {
                "answer": answer,
                "survey": survey,
                "text": GAP.join(said),
                "language": languages[0] if len(set(languages)) == 1 else None,
                "text_kind": min(filter(None, kinds), default=None),
            }
        )
    return pa.Table.from_pylist(quotes, schema=RELEASED_QUOTES), pa.Table.from_pylist(answers, schema=RELEASED_ANSWERS)
