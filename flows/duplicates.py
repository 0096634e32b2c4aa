"""Ids of answers, and which of several by the same respondent stands."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from flows.description import Survey
from models.identity import identifier
from models.tables import ANSWERS

#: Rows that are there as Python's objects at once; as columns they take a tenth of the memory.
_ROWS = 20_000

Repeated = tuple[str, int | None, str | None, str]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What all answers of a row have in common.

    Attributes:
        respondent: a keyed hash, never the name.
        row_id: the row's own id in the export.
        attributes: a JSON object.
    """

    file: str
    row: int
    country: str | None
    language: str | None
    wave: str | None
    submitted: str | None
    embargo: str | None
    respondent: str | None
    row_id: str | None
    attributes: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that has no id yet; ``text`` is "" where the question was shown and not answered."""

    of: Circumstances
    question: str
    area: str | None
    column: str | None
    text: str
    translation_group: str | None


def answer_rows(survey: Survey, drafts: Sequence[Draft]) -> tuple[pa.Table, list[Repeated]]:
    """Return the answers (``models.tables.ANSWERS``), and those that another by the same respondent replaces."""
    repeated: list[Repeated] = []
    groups: dict[tuple[object, ...], list[Draft]] = defaultdict(list)
    anonymous: Counter[tuple[object, ...]] = Counter()
    for draft in drafts:
        key = _key(draft)
        if key is None:
            content = _content(draft)
            anonymous[content] += 1
            key = (*content, anonymous[content])  # nothing tells two equal texts apart but their number
        groups[key].append(draft)
    made: list[pa.Table] = []
    rows: list[dict[str, Any]] = []
    for key, group in groups.items():
        kept = group[0]
        if len(group) > 1:
            kept = max(enumerate(group), key=lambda found: (found[1].text != "", found[1].of.submitted or "", found[0]))[1]
            repeated += [(draft.of.file, draft.of.row, draft.column, _reason(draft, kept)) for draft in group if draft is not kept]
        rows.append(_row(survey, identifier("answer", survey.id, *key), kept))
        if len(rows) == _ROWS:
            made.append(pa.Table.from_pylist(rows, schema=ANSWERS))
            rows.clear()
    return pa.concat_tables([*made, pa.Table.from_pylist(rows, schema=ANSWERS)]), repeated


def _key(draft: Draft) -> tuple[object, ...] | None:
    """Return what there is one answer of: a person's on a question, wave and country, in each language if they are translations."""
    language = draft.of.language if draft.translation_group else None
    if draft.of.respondent is not None:
        return ("respondent", draft.of.respondent, draft.of.wave, draft.question, draft.of.country, language)
    if draft.of.row_id is not None:
        return ("id", draft.of.row_id, draft.of.wave, draft.question, language)
    return None


def _content(draft: Draft) -> tuple[object, ...]:
    return (
        "content",
        draft.of.wave,
        draft.question,
        draft.area,
        draft.of.country,
        draft.of.language,
        draft.text,
        draft.of.submitted,
        draft.of.embargo,
        draft.translation_group,
        draft.of.attributes,
    )


def _reason(draft: Draft, kept: Draft) -> str:
    where = f"row {kept.of.row}" if kept.of.file == draft.of.file else f"row {kept.of.row} of {kept.of.file}"
    who = "respondent" if draft.of.respondent is not None else "id"
    if draft.text == kept.text:
        return f"row {draft.of.row} repeats {where}: same {who}, question, wave and text; {where} is kept"
    if not draft.text:
        why = "it has text"
    else:
        why = "it was submitted last" if (kept.of.submitted or "") > (draft.of.submitted or "") else "it stands last"
    return f"row {draft.of.row} and {where} are answers of the same {who} to one question and wave; {where} is kept, as {why}"


def _row(survey: Survey, answer: str, draft: Draft) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "answer": answer,
        "survey": survey.id,
        "wave": draft.of.wave,
        "question": draft.question,
        "area": draft.area,
        "country": draft.of.country,
        "declared_language": draft.of.language,
        "respondent": draft.of.respondent,
        "text": draft.text,
        "submitted": draft.of.submitted,
        "embargo": draft.of.embargo,
        "translation_group": draft.translation_group,
        "attributes": draft.of.attributes,
    }
    return {**fields, "file": draft.of.file, "row": draft.of.row, "content": identifier("content", *fields.values())}
