"""What protected surveys tell outside, beside the figures of public sources: the declared tables that fit what is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer import components
from explorer.figure import Figure, figure
from explorer.influence_shapes import Side
from explorer.literal import literal
from explorer.names import Names
from explorer.number_charts import bars, heat
from explorer.number_shapes import DIMENSIONS, MARK, Layout, Square, laid_out, name_of, rows_of, title, withheld_sentence
from explorer.number_shelf import Told
from explorer.session import Visit
from store import Filters
from store.declared import TABLES, Table
from store.tables_reader import DeclaredCount, DeclaredSurvey
from taxonomy.families import told_apart

NOT_GIVEN = (
    "How many respondents this stands for is not told: counts of a protected survey come from tables of at most three kinds that are "
    "declared beforehand, so that nobody can work out few people by comparing. The page Numbers has all that there are."
)
_WITH_ITS_KIND = "is counted with its kind alone: see Numbers"
_MOST_ROWS = 15
_INFLUENCE = ("relevance", ("influence",))


def outside(visit: Visit) -> tuple[DeclaredSurvey, ...]:
    """Return the protected surveys that are looked at, where their respondents are told by declared tables alone."""
    library = visit.library
    if library.snapshot.view == "internal":
        return ()
    return tuple(survey for survey in library.numbers.surveys() if not visit.filters.surveys or survey.survey in visit.filters.surveys)


def beside_profiles(visit: Visit, facet: str, sides: Sequence[Side], wanted: Sequence[str]) -> None:
    """Draw what each survey's respondents say of the sides (values of ``facet``), by one of the facets ``wanted`` at a time."""
    tables = {name: table for name in wanted if (table := _declared({facet, name})) is not None}
    names = ", ".join(side.name for side in sides)
    for survey in outside(visit):
        with st.container(border=True, key=f"declared-{survey.survey}"):
            _head(survey)
            if survey.note:
                st.text(f"There are no counts of this survey: {survey.note}.")
            elif alone(visit.filters, facet):
                by = st.segmented_control(
                    "Respondents by", list(tables), format_func=DIMENSIONS.__getitem__, default=next(iter(tables)), required=True,
                    key=f"declared-by-{survey.survey}",
                ) or next(iter(tables))  # fmt: skip
                cells = visit.library.numbers.table(survey.survey, tables[by].name)
                layout = side_by_side(tables[by], cells, facet, [side.code for side in sides], visit.library.names, survey)
                untold = [side.name for side in sides if facet == "actor" and told_apart(side.code) != side.code]
                _draw(visit, survey, layout, f"{DIMENSIONS[by]}: {names}", by, [f"{name} {_WITH_ITS_KIND}" for name in untold])
            else:
                _cells(visit, survey, sides)
            _way()


def beside_matrix(visit: Visit, rows: str, columns: str, effect: str) -> None:
    """Draw the table of the same rows and columns for each survey; ``effect`` is the one that is looked at, "" for all."""
    table = _declared({rows, columns, *(["effect"] if effect else [])})
    for survey in outside(visit):
        with st.container(border=True, key=f"declared-{survey.survey}"):
            _head(survey)
            if survey.note:
                st.text(f"There are no counts of this survey: {survey.note}.")
            elif table is None or not alone(visit.filters):
                st.text(NOT_GIVEN)
            else:
                cells = visit.library.numbers.table(survey.survey, table.name)
                layout = laid_out(table, cells, visit.library.names, survey, effect or None)
                of = f": {visit.library.names.code('effect', effect).lower()}" if effect else ""
                _draw(visit, survey, layout, f"{title((rows, columns))}{of}", rows, [])
            _way()


def alone(filters: Filters, facet: str = "") -> bool:
    """Say whether nothing is chosen but the survey and the values of one facet: what a declared table follows.

    Whoever makes a claim tells of an influence, so that this may be chosen besides.
    """
    chosen = {name for name, values in filters.selected().items() if (name, values) != _INFLUENCE} - {"survey", facet}
    return not chosen and not filters.text.strip() and not filters.suggestions


def side_by_side(table: Table, cells: Sequence[Told], facet: str, codes: Sequence[str], names: Names, survey: DeclaredSurvey) -> Layout:
    """Return of a table of two dimensions the columns of some values of one; a first row holds all that is said of each."""
    at = table.dimensions.index(facet)
    by = table.dimensions[1 - at]
    counts = {(cell.values[1 - at], cell.values[at]): cell.shown for cell in cells if cell.values[at] in codes}
    met = {value for value, _ in counts if value is not None}
    values = sorted(met, key=lambda value: (-max(counts.get((value, code)) or 0 for code in codes), value))
    reason = f"Not shown: fewer than {survey.threshold} respondents, or a number that would give such a one away"
    squares = []
    for value in (None, *values):
        for code in codes:
            count = counts.get((value, code), 0)
            row = "All" if value is None else name_of(by, value, names)
            said, why = (MARK, reason) if count is None else (f"{count:,}", f"{count:,} respondents")
            squares.append(Square(row, name_of(facet, code, names), count, said, why))
    return Layout(
        ("All", *(name_of(by, value, names) for value in values)),
        tuple(name_of(facet, code, names) for code in codes),
        tuple(squares),
        sum(square.count is None for square in squares),
        counts.get((None, codes[0]), 0) if len(codes) == 1 else next((cell.shown for cell in cells if cell.values == (None, None)), 0),
    )


def told(name: str, found: DeclaredCount | None, base: int) -> tuple[str, str]:
    """Return what is told of one cell, under its name."""
    steps = f", to the nearest {base}" if base > 1 else ""
    if found is None:
        return name, "no declared table counts this"
    if found.shown is not None:
        return name, f"{found.shown:,} respondents{steps}"
    above = found.rolled_up
    return name, f"{MARK} ({found.reason})" + (f"; in the nearest larger group {above.shown:,}{steps}" if above else "")


def _declared(dimensions: set[str]) -> Table | None:
    return next((table for table in TABLES if set(table.dimensions) == dimensions and len(table.dimensions) == len(dimensions)), None)


def _head(survey: DeclaredSurvey) -> None:
    st.subheader(literal(f"Respondents of {survey.title}"), anchor=False)
    st.text("A protected survey: its figures stand apart from those of public sources, and come from declared tables.")


def _cells(visit: Visit, survey: DeclaredSurvey, sides: Sequence[Side]) -> None:
    found = []
    for side in sides:
        codes = tuple((name, values) for name, values in side.filters.codes if (name, tuple(values)) != _INFLUENCE)
        found.append(visit.library.numbers.count(replace(side.filters, surveys=(survey.survey,), codes=codes)))
    if any(found):
        facts = [told(side.name, count, survey.base) for side, count in zip(sides, found, strict=True)]
        components.topics(key=f"cells-{survey.survey}", data={"facts": facts}, on_open_change=lambda: None)
    else:
        st.text(NOT_GIVEN)


def _draw(visit: Visit, survey: DeclaredSurvey, layout: Layout, called: str, first: str, notes: Sequence[str]) -> None:
    if not layout.rows or not any(square.count is None or square.count for square in layout.squares):
        st.text("Nobody makes such a claim." if not notes else f"{'; '.join(notes)}.")
        return
    shown = layout.first(_MOST_ROWS)
    figure(
        visit,
        Figure(
            id=f"declared-{survey.survey}",
            title=called,
            unit="respondents" + (f" to the nearest {survey.base}" if survey.base > 1 else ""),
            n=layout.whole,
            spec=heat(shown) if len(layout.columns) > 1 else bars(shown),
            table=rows_of(layout, DIMENSIONS[first]),
            withheld=withheld_sentence(survey, layout.withheld),
            notes=[*notes, *([f"The {_MOST_ROWS} largest rows; the table has all"] if len(layout.rows) > _MOST_ROWS else [])],
        ),
    )


def _way() -> None:
    st.page_link("screens/numbers.py", label="All numbers of protected surveys", icon=":material/pin:")
