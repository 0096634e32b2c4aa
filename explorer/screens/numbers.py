"""Numbers: how many respondents of a protected survey say what, from the tables that may leave."""

from __future__ import annotations

import streamlit as st

from explorer import components
from explorer.figure import Figure, figure
from explorer.frame import page_head
from explorer.literal import literal
from explorer.number_charts import bars, heat
from explorer.number_shapes import DIMENSIONS, MARK, Layout, choices, laid_out, rolled, rows_of, slices, title, withheld_sentence
from explorer.provenance import where_from
from explorer.session import Visit, present
from store import Filters
from store.declared import ROLL_UPS, Table
from store.tables_reader import DeclaredSurvey

_MOST_ROWS = 40
_LARGER = {"country": "By region", "actor": "By kind of actor"}
_CAVEAT = (
    "Respondents who make a settled claim with all of the values; who names several counts under each. Experts who were asked are no "
    "random sample: figures describe these answers, not the world. Counts are as of this snapshot and do not follow the filters."
)


def numbers_page(visit: Visit) -> None:
    """Draw the page."""
    page_head(visit.grant)
    surveys = {survey.survey: survey for survey in visit.library.numbers.surveys()}
    if not surveys:
        st.title("No protected survey is in this snapshot", anchor=False)
        st.text("This page holds counts of respondents of protected surveys. Public sources are counted on the other pages.")
        return
    top = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="numbers"):
        chosen = st.selectbox("Survey", list(surveys), format_func=lambda id: surveys[id].title, key="numbers-survey", width=320)
        survey = surveys[chosen or next(iter(surveys))]
        table = st.selectbox("Respondents by", choices(), format_func=lambda table: title(table.dimensions), key="numbers-table", width=320)
        up = [name for name in ROLL_UPS if table and name in table.dimensions and _rolls(name)]
    with top:
        _banner(visit, survey)
    if survey.note:
        st.text(f"There are no tables of this survey: {survey.note}.")
        return
    _shown(visit, survey, rolled(table or choices()[0], up))
    where_from(visit, Filters(surveys=(survey.survey,)))


def _rolls(name: str) -> bool:
    return st.toggle(_LARGER[name], key=f"numbers-up-{name}", help="Fewer cells are withheld in larger groups.")


def _banner(visit: Visit, survey: DeclaredSurvey) -> None:
    inside = visit.library.snapshot.view == "internal"
    steps = f", to the nearest {survey.base}" if survey.base > 1 and survey.answered else ""
    answered = f"{survey.answered} respondents{steps}" if survey.answered else "How many answered is not shown: it would tell other counts"
    components.banner(
        key="banner-numbers",
        data={
            "kicker": "Numbers",
            "headline": survey.title,
            "tally": answered,
            "coverage": f"Counts of fewer than {survey.threshold}, and what would give them away, are not shown: {MARK} stands there.",
            "caveat": _CAVEAT,
            "chips": [],
            "notes": ["This is what partners see. What the public sees is rounded besides."] if inside else [],
            "unfiltered": True,
        },
        on_remove_change=lambda: None,
        on_clear_change=lambda: None,
    )


def _shown(visit: Visit, survey: DeclaredSurvey, table: Table) -> None:
    names = visit.library.names
    cells = visit.library.numbers.table(survey.survey, table.name)
    third = ""
    if len(table.dimensions) == 3:
        values = slices(table, cells, names)
        # The third dimension of a declared table is the effect.
        third = (
            st.segmented_control(
                "Effect", list(values), format_func=lambda value: literal(values[value]), default="", key=f"numbers-of-{table.name}",
                required=True,
            )
            or ""
        )  # fmt: skip
    layout = laid_out(table, cells, names, survey, third or None)
    if not layout.rows:
        st.text("Nobody makes such a claim.")
        return
    drawn = layout.first(_MOST_ROWS)
    figure(
        visit,
        Figure(
            id=f"numbers-{table.name}",
            title=title(table.dimensions),
            unit="respondents",
            n=layout.whole,
            spec=heat(drawn) if len(table.dimensions) > 1 else bars(drawn),
            table=rows_of(layout, DIMENSIONS[table.dimensions[0]]),
            withheld=withheld_sentence(survey, layout.withheld),
            notes=_notes(layout, len(table.dimensions) > 1),
        ),
    )


def _notes(layout: Layout, wide: bool) -> list[str]:
    largest = f"The {_MOST_ROWS} largest rows; the table has all."
    return ["Where a square is empty, it is nobody."] * wide + [largest] * (len(layout.rows) > _MOST_ROWS)


present(numbers_page, "numbers")
