"""The declared tables as the page Numbers shows them: choices, rows and columns, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.names import Names
from explorer.number_shelf import Told
from store.declared import ELSEWHERE, ROLL_UPS, TABLES, Table
from store.tables_reader import DeclaredSurvey

#: What stands where a count is suppressed; never 0.
MARK = "–"
DIMENSIONS: Mapping[str, str] = {
    "country": "Country",
    "region": "Region",
    "actor": "Actor",
    "family": "Kind of actor",
    "mechanism": "Mechanism",
    "right": "Right",
    "effect": "Effect",
}
_NOWHERE = "Several countries, or none told"
_ALL = "All"


@dataclass(frozen=True)
class Square:
    """A place in a chart. ``count`` is None where it is suppressed; ``said`` stands in it and ``why`` beside it."""

    row: str
    column: str
    count: int | None
    said: str
    why: str


@dataclass(frozen=True)
class Layout:
    """A table as a chart: names of rows and columns in order, what stands in their squares, zeros too, and how many there are in all."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    squares: tuple[Square, ...]
    withheld: int
    whole: int | None

    def first(self, rows: int) -> Layout:
        """Return the first rows alone."""
        kept = self.rows[:rows]
        return Layout(kept, self.columns, tuple(square for square in self.squares if square.row in kept), self.withheld, self.whole)


def title(dimensions: Sequence[str]) -> str:
    """Return what a table is called: “Country, actor and effect”."""
    names = [DIMENSIONS[name] if at == 0 else DIMENSIONS[name].lower() for at, name in enumerate(dimensions)]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def choices() -> tuple[Table, ...]:
    """Return the tables that can be chosen: those that are no roll-up of another one, which is a step on their own page."""
    return tuple(table for table in TABLES if table.dimensions and not set(table.dimensions) & set(ROLL_UPS.values()))


def rolled(table: Table, up: Sequence[str]) -> Table:
    """Return the table in which the dimensions ``up`` are rolled up."""
    return Table(tuple(ROLL_UPS[name] if name in up else name for name in table.dimensions))


def name_of(dimension: str, value: str, names: Names) -> str:
    """Return the name of a value."""
    if value == ELSEWHERE:
        return _NOWHERE
    if dimension == "region":
        return value
    if dimension == "family":
        groups = {group.id: group.label(names.language) for group in names.codebook.facet("actor").groups}
        return groups.get(value, value)
    return names.code(dimension, value)


def slices(table: Table, cells: Sequence[Told], names: Names) -> dict[str, str]:
    """Return the values by which a table of three dimensions is shown one after another; first "", which is all of them."""
    met = sorted({cell.values[-1] for cell in cells if cell.values[-1] is not None}, key=str) if len(table.dimensions) == 3 else []
    return {"": _ALL} | {value: name_of(table.dimensions[-1], value, names) for value in met if value is not None}


def laid_out(table: Table, cells: Sequence[Told], names: Names, survey: DeclaredSurvey, third: str | None = None) -> Layout:
    """Return a table of one or two dimensions, or one slice of a table of three; rows and columns with most people come first."""
    if len(table.dimensions) == 3:
        cells = [Told(cell.values[:2], cell.shown) for cell in cells if cell.values[2] == third]
    wide = len(table.dimensions) > 1
    counts = {(cell.values[0], cell.values[1] if wide else None): cell.shown for cell in cells}
    rows = _ordered(
        {row for row, _ in counts if row is not None}, {row: count for (row, column), count in counts.items() if column is None}
    )
    columns = _ordered(
        {column for _, column in counts if column is not None}, {column: count for (row, column), count in counts.items() if row is None}
    )
    reason = f"Not shown: fewer than {survey.threshold} respondents, or a number that would give such a one away"
    squares, withheld = [], 0
    for row in rows:
        for column in [None, *columns] if wide else [None]:
            count = counts.get((row, column), 0)
            withheld += count is None
            squares.append(
                Square(
                    name_of(table.dimensions[0], row, names),
                    name_of(table.dimensions[1], column, names) if column is not None else _ALL,
                    count,
                    MARK if count is None else f"{count:,}",
                    reason if count is None else f"{count:,} respondents",
                )
            )
    return Layout(
        tuple(name_of(table.dimensions[0], row, names) for row in rows),
        (_ALL, *(name_of(table.dimensions[1], column, names) for column in columns)) if wide else (_ALL,),
        tuple(squares),
        withheld,
        counts.get((None, None), 0),
    )


def rows_of(layout: Layout, first: str) -> list[dict[str, object]]:
    """Return the same for reading, copying and taking away: a row for each, suppressed ones as the mark."""
    found: dict[str, dict[str, object]] = {}
    for square in layout.squares:
        row = found.setdefault(square.row, {first: square.row})
        row["Respondents" if layout.columns == (_ALL,) else square.column] = square.said
    return list(found.values())


def withheld_sentence(survey: DeclaredSurvey, many: int) -> str:
    """Return how many cells are withheld and why, or nothing."""
    if not many:
        return ""
    cells = "1 cell is" if many == 1 else f"{many:,} cells are"
    return f"{cells} withheld: fewer than {survey.threshold} respondents, or a number that would give such a one away."


def _ordered(values: set[str], margins: Mapping[str | None, int | None]) -> list[str]:
    return sorted(values, key=lambda value: (value == ELSEWHERE, -(margins.get(value) or 0), value))
