"""Whether the parts of a description fit together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from flows.mapping import Columns, Question
from flows.personal import is_personal


def inconsistencies(content: Mapping[str, Any]) -> list[str]:
    """Return what does not fit together, among the parts that are sound by themselves."""
    faults: list[str] = []
    columns = _columns(content.get("columns", {}))
    listed = content.get("questions", [])
    questions: list[tuple[int, Question]] = []
    if isinstance(listed, list):
        questions = [(at, question) for at, raw in enumerate(listed, 1) if (question := _question(raw)) is not None]
    layout = content.get("layout")

    first: dict[tuple[str, str], int] = {}
    for at, question in questions:
        place = f"questions[{at}]"
        keys = {"id": question.id, "column": question.column, "value": question.value}
        for key, value in keys.items():
            if value is not None and first.setdefault((key, value), at) != at:
                faults.append(f'{place}.{key}: "{value}" is that of questions[{first[key, value]}] already')
        if layout == "wide" and question.column is None:
            faults.append(f"{place}.column: is missing; in a wide table every question has a column")
        if layout == "wide" and question.value is not None:
            faults.append(f"{place}.value: belongs to the long layout")
        if layout == "long" and question.column is not None:
            faults.append(f"{place}.column: belongs to the wide layout; in a long table columns.text holds the answers")
        if question.column is not None and is_personal(question.column):
            faults.append(f'{place}.column: "{question.column}" is personal by its name and is never stored')
    if columns is None:
        return faults

    if layout == "long":
        if columns.text is None:
            faults.append("columns.text: is missing; in a long table it names the column of the answers")
        if columns.question is None and isinstance(listed, list) and len(listed) > 1:
            faults.append("columns.question: is missing; with several questions it names the column that says which")
    if layout == "wide":
        for role in ("text", "question"):
            if getattr(columns, role) is not None:
                faults.append(f"columns.{role}: belongs to the long layout; in a wide table every question names its column")
    for place, name in columns.named().items():
        # Who answered becomes a keyed hash and where becomes a country's code: nothing of the cell itself is kept.
        if place not in ("columns.respondent", "columns.country") and is_personal(name):
            faults.append(f'{place}: "{name}" is personal by its name and is never stored')
    texts = {question.column for _, question in questions} | {columns.text} - {None}
    faults += [
        f'columns.attributes[{at}]: "{name}" holds answers; an attribute is a filter'
        for at, name in enumerate(columns.attributes, 1)
        if name in texts
    ]
    return faults


def _columns(content: object) -> Columns | None:
    try:
        return Columns.model_validate(content)
    except ValidationError:
        return None


def _question(content: object) -> Question | None:
    try:
        return Question.model_validate(content)
    except ValidationError:
        return None
