"""A chart with all that belongs to it: what it shows, of how many, how sure, what is withheld, its table, and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from explorer.chart_tables import table_of
from explorer.downloads import Visitor, download
from explorer.export import Sheet, to_csv
from explorer.headline import subject
from explorer.literal import literal
from explorer.palette import in_theme
from explorer.session import Visit
from explorer.still import still, to_png, to_svg

_PICKS = "picks"

Spec = dict[str, Any]
#: What was picked in a chart: points with their fields, by the name of the selection.
Picked = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Figure:
    """A chart to draw.

    Attributes:
        id: what it is called in keys and file names; unique on its page, such as "rights-by-country".
        title: what it shows, as a heading: "Rights that claims speak of, country by country".
        unit: what its figures count, in the plural: "claims", "respondents", "% of passages".
        n: how many there are in all; None where that is withheld.
        spec: Vega-Lite, data inside, no title, in light colours (``explorer.charts``); for a dark page they are turned.
        table: the same figures as rows with equal keys, which are headers people can read; a withheld one is the mark of ``few.withheld``.
        interval: what its intervals are ("bars: 95 % intervals (Wilson)"); "" where it has none.
        withheld: what is not shown because of too few people (``few.withheld(view).left_out``); "" where nothing is.
        notes: any further sentences, such as what is left out for want of room.
    """

    id: str
    title: str
    unit: str
    n: int | None
    spec: Spec
    table: Sequence[Mapping[str, object]]
    interval: str = ""
    withheld: str = ""
    notes: Sequence[str] = ()

    @property
    def account(self) -> str:
        """What stands under the title: unit, n, interval, what is withheld, notes."""
        unit = self.unit[:1].upper() + self.unit[1:]
        counted = f"{unit}, n = {self.n:,}." if self.n is not None else f"{unit}; how many is withheld."
        rest = [self.interval, self.withheld.strip(), *self.notes]
        return " ".join([counted, *(part if part.endswith((".", "!", "?")) else f"{part}." for part in rest if part)])


def figure(visit: Visit, drawn: Figure, *, picks: Sequence[str] = (), width: Literal["content", "stretch"] = "content") -> Picked:
    """Draw a figure: title, account, chart, and in an expander its table with CSV, PNG and SVG for those who may take them away.

    ``picks`` names the selections of the specification that lead somewhere. What was picked is returned once; where nothing was, an
    empty mapping::

        picked = figure(visit, Figure("means", "Means that actors use", "claims", n, spec, rows), picks=["cell"])
        for point in picked.get("cell", ()):
            visit.show(narrowed(visit.filters, {"actor": (point["row"],)}, visit.library.options))
            st.switch_page("screens/quotes.py")
    """
    st.subheader(literal(drawn.title), anchor=False)
    st.text(drawn.account)
    found = _chart(drawn, picks, width)
    with st.expander("The same as a table, and to take away"):
        rows = _shown(drawn.table)
        table = table_of(rows)
        st.dataframe(rows if table is None else table, hide_index=True)
        snapshot = visit.library.snapshot
        what = f"{subject(visit.filters, visit.library.names)}. Suasion, {snapshot.view} snapshot {snapshot.id}, {snapshot.made[:10]}."
        files(visit, drawn, snapshot.id, what)
    return found


def _chart(drawn: Figure, picks: Sequence[str], width: Literal["content", "stretch"]) -> Picked:
    alt = f"{drawn.title}; the table below holds the same"
    # The picture is described as a whole: its marks have no names of their own.
    config = drawn.spec.get("config", {})
    spec = in_theme({**drawn.spec, "config": {**config, "mark": {**config.get("mark", {}), "aria": False}}})
    if not picks:
        st.vega_lite_chart(spec=spec, key=drawn.id, theme=None, width=width, alt=alt)
        return {}
    # A new key after each pick: when one comes back to the page, a pick that was followed is not followed again.
    key = f"{drawn.id}-{st.session_state.get(_PICKS, 0)}"
    state = st.vega_lite_chart(spec=spec, key=key, on_select="rerun", selection_mode=list(picks), theme=None, width=width, alt=alt)
    met = state.get("selection", {})
    found = {pick: list(met[pick]) for pick in picks if met.get(pick)}
    if found:
        st.session_state[_PICKS] = st.session_state.get(_PICKS, 0) + 1
    return found


def files(visit: Visitor, drawn: Figure, of: str, what: str) -> None:
    """Draw the buttons by which a figure is taken away, ``of`` a snapshot or report; ``what`` is said of that under the picture's title."""
    name = f"suasion-{drawn.id}-{of}"
    lines = [drawn.account, what]
    with st.container(horizontal=True, gap="small", key=f"files-{drawn.id}"):
        download(
            visit, "figure-csv", "CSV", lambda: to_csv(_sheet(drawn)), f"{name}.csv", "text/csv", key=f"csv-{drawn.id}",
            help="The table above",
        )  # fmt: skip
        download(
            visit, "figure-png", "PNG", lambda: to_png(still(drawn.spec, drawn.title, lines)), f"{name}.png", "image/png",
            key=f"png-{drawn.id}", help="The chart for print, at 300 dots per inch",
        )  # fmt: skip
        download(
            visit, "figure-svg", "SVG", lambda: to_svg(still(drawn.spec, drawn.title, lines)), f"{name}.svg", "image/svg+xml",
            key=f"svg-{drawn.id}", help="The chart for print, to be enlarged at will",
        )  # fmt: skip


def _shown(table: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Return the rows with text alone in a column that holds any: a table has no room for a mark among numbers."""
    worded = {name for row in table for name, value in row.items() if isinstance(value, str)}
    return [{name: _as_text(value) if name in worded else value for name, value in row.items()} for row in table]


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _sheet(drawn: Figure) -> Sheet:
    header = list(drawn.table[0]) if drawn.table else []
    return Sheet(header, [[row.get(name) for name in header] for row in drawn.table], [])
