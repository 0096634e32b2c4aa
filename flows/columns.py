"""Where a file has what the description asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.cleaning import clean_name
from flows.description import Survey
from flows.faults import near
from flows.mapping import Question
from flows.personal import is_personal
from flows.qualtrics import METADATA
from flows.raw import RawTable

_SHOWN = 40


@dataclass(frozen=True)
class Layout:
    """The positions of a file's columns, by what they hold.

    Attributes:
        places: position by place of the description, as in ``columns.country``.
        questions: (question, position of its answers), for a wide table.
        by_value: question by what the question column holds for it, for a long table.
        attributes: (name, position) of the columns kept as filters.
        status: position of Qualtrics' word on whether a row is an answer or a preview.
        personal: names of the columns that identify a person.
        unused: names of the other columns the description does not mention.
    """

    places: dict[str, int]
    questions: tuple[tuple[Question, int], ...]
    by_value: dict[str, Question]
    attributes: tuple[tuple[str, int], ...]
    translation_of: tuple[int, ...]
    status: int | None
    personal: tuple[str, ...]
    unused: tuple[str, ...]


def lay_out(survey: Survey, table: RawTable) -> tuple[Layout | None, list[str]]:
    """Return where the survey's columns stand in a file, or the faults: columns that it lacks."""
    positions = {name: at for at, name in enumerate(table.columns)}
    imports = {column: alias for alias, column in table.aliases.items()}
    wanted = survey.columns.named()
    wanted |= {f"questions[{at}].column": question.column for at, question in enumerate(survey.questions, 1) if question.column}
    found: dict[str, int] = {}
    faults: list[str] = []
    for place, name in wanted.items():
        column = name if name in positions else table.aliases.get(name)
        if column is None:
            faults.append(f'{place}: {table.path.name} has no column "{name}"{near(name, table.columns)}')
            continue
        found[place] = positions[column]
        if is_personal(imports.get(column, "")) and place not in ("columns.respondent", "columns.country"):
            faults.append(f'{place}: "{name}" is personal by its import id and is never stored')
    if faults:
        shown = ", ".join(f'"{name[:60]}"' for name in table.columns[:_SHOWN])
        more = f" and {len(table.columns) - _SHOWN} more" if len(table.columns) > _SHOWN else ""
        return None, [*faults, f"columns of {table.path.name}: {shown}{more}"]

    personal = tuple(name for name in table.columns if is_personal(name) or is_personal(imports.get(name, "")))
    mentioned = set(found.values())
    return (
        Layout(
            places=found,
            questions=tuple(
                (question, found[f"questions[{at}].column"]) for at, question in enumerate(survey.questions, 1) if question.column
            ),
            by_value={clean_name(question.value or question.id): question for question in survey.questions},
            attributes=_listed("attributes", survey.columns.attributes, found),
            translation_of=tuple(at for _, at in _listed("translation_of", survey.columns.translation_of, found)),
            status=positions.get("Status") if table.qualtrics else None,
            personal=personal,
            unused=tuple(
                name
                for name, at in positions.items()
                if at not in mentioned and name not in personal and not (table.qualtrics and name in METADATA)
            ),
        ),
        [],
    )


def other_wordings(survey: Survey, table: RawTable) -> list[str]:
    """Return a notice for each question whose described wording is not the one that the file itself gives."""
    notices = []
    for at, question in enumerate(survey.questions, 1):
        column = table.aliases.get(question.column or "", question.column or "")
        asked = table.texts.get(column)
        if asked and clean_name(question.wording).casefold() != asked.casefold():
            notices.append(f'questions[{at}].wording is not what {table.path.name} gives as the text of "{column}"')
    return notices


def _listed(role: str, names: Sequence[str], found: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((name, found[f"columns.{role}[{at}]"]) for at, name in enumerate(names, 1))
