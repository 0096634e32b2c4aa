"""Overview: where, who, how and which rights, as maps that lead to the quotes behind each figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import streamlit as st

from explorer import vintage
from explorer.few import FEW, FEW_SAID, left_out
from explorer.filters import Chosen, narrowed
from explorer.frame import heading, nothing_found, sidebar
from explorer.session import Visit, present
from taxonomy.countries import numeric

_MEASURES = {"claims": "All claims", "harms": "Harms", "improves": "Improves"}
_MOST_ROWS = 30
_CAVEAT = (
    "Answers of experts and chosen passages are no random sample: figures describe these texts, not the world. "
    "The heat maps count claims: one actor, with what it does and the right that this touches. A cell opens the passages that carry both "
    "of its codes; they can be fewer than its claims, because a passage may make several, or more, because it may name both without "
    "linking them. What waits for a review is not counted unless codes for review are included; of a claim whose effect waits, it is "
    "left open whether it harms or improves."
)


def overview_page(visit: Visit) -> None:
    """Draw the page."""
    counts = visit.library.counts(visit.filters)
    old = vintage.note(visit.library.older_codes, visit.library.snapshot.counts.get("quotes", 0))
    heading(visit, "Overview", counts, _CAVEAT, [old] if old else [])
    sidebar(visit)
    if counts.passages == 0:
        nothing_found(visit, "Take a filter away above, or tick another value beside one that is ticked.")
        return
    _map(visit)
    st.space("medium")
    measure = (
        st.segmented_control(
            "What the heat maps count", list(_MEASURES), format_func=_MEASURES.__getitem__, default="claims", key="measure", required=True
        )
        or "claims"
    )
    _crossing(visit, "country", "right", measure, "Countries and rights", "Which rights the claims speak of, country by country")
    st.space("medium")
    _crossing(visit, "actor", "mechanism", measure, "Actors and mechanisms", "Who acts, and by which means")
    st.space("medium")
    _coverage(visit)


def _map(visit: Visit) -> None:
    from explorer.charts import mapped, world_map

    names = visit.library.names
    rows = [row for row in visit.library.countries(visit.filters).to_pylist() if row["country"]]
    drawn = {number: row for row in rows if (number := numeric(row["country"])) in mapped() and not row["suppressed"]}
    st.subheader("Countries")
    few = sum(row["suppressed"] for row in rows)
    unseen = len(rows) - len(drawn) - few
    beyond = f" {unseen} {'is' if unseen == 1 else 'are'} too small for this map: see the table." if unseen else ""
    total = sum(row["passages"] or 0 for row in rows)
    withheld = left_out(few, "country is not shaded", "countries are not shaded")
    st.text(f"Passages by country, n = {total:,} in {len(rows)} countries.{beyond}{withheld} Pick a country to read its quotes.")
    shapes = {
        number: (row["country"], names.code("country", row["country"]), row["passages"], row["units"]) for number, row in drawn.items()
    }
    with st.container(key="map"):
        picked = st.vega_lite_chart(
            spec=world_map(shapes), key=_key("world"), on_select="rerun", theme=None, width="stretch",
            alt="World map of passages by country; the table below holds the same",
        )  # fmt: skip
    _follow(visit, picked, "country", {"alpha3": "country"})
    with st.expander("The same as a table"):
        st.dataframe(
            [
                {"Country": names.code("country", row["country"]), "Passages": row["passages"], "Respondents or texts": row["units"]}
                | ({"Not counted": FEW_SAID if row["suppressed"] else ""} if few else {})
                for row in rows
            ],
            hide_index=True,
        )


def _crossing(visit: Visit, rows: str, columns: str, measure: str, title: str, subtitle: str) -> None:
    from explorer.charts import Cell, heat_map

    names, options = visit.library.names, visit.library.options
    cells = [
        Cell(row_name=names.code(rows, row["row"]), column_name=names.code(columns, row["column"]), **row)
        for row in visit.library.cross(rows, columns, visit.filters).to_pylist()
    ]
    st.subheader(title)
    total = sum(getattr(cell, measure) or 0 for cell in cells)
    few = sum(cell.few(measure) for cell in cells)
    waiting = _waiting(visit, rows, columns, measure, total)
    if not total and not few:
        st.text(f"No claim links the two under these filters{waiting}. Take a filter away to see more.")
        return
    shown, left = _largest(cells, measure)
    beyond = f" The {_MOST_ROWS} largest rows; {left} more are in the table." if left else ""
    withheld = left_out(few, f"cell is marked {FEW}", f"cells are marked {FEW}")
    st.text(f"{subtitle}. {_MEASURES[measure]}, n = {total:,}{waiting}.{beyond}{withheld} Pick a cell to read its quotes.")
    order = list(options.get(columns, ()))
    wide = [
        names.code(columns, code)
        for code in order
        if any(cell.column == code and (getattr(cell, measure) or cell.few(measure)) for cell in cells)
    ]
    picked = st.vega_lite_chart(
        spec=heat_map([cell for cell in cells if cell.row_name in shown], shown, wide, measure),
        key=_key(f"{rows}-{columns}"), on_select="rerun", theme=None, width="content",
        alt=f"{title}: the table below holds the same",
    )  # fmt: skip
    # Harms alone lead to harms alone.
    effect = {} if measure == "claims" else {"effect": (measure,)}
    _follow(visit, picked, "cell", {"row": rows, "column": columns}, effect)
    with st.expander("The same as a table"):
        st.dataframe(
            [
                {names.facet(rows): cell.row_name, names.facet(columns): cell.column_name}
                | {"Claims": cell.claims, "Harms": cell.harms, "Improves": cell.improves}
                for cell in sorted(cells, key=lambda cell: -(cell.claims or 0))
            ],
            hide_index=True,
        )


def _waiting(visit: Visit, rows: str, columns: str, measure: str, total: int) -> str:
    """Say what the map would count besides, or counts besides, because of what waits for a review."""
    other = replace(visit.filters, suggestions=not visit.filters.suggestions)
    difference = abs(sum(row[measure] or 0 for row in visit.library.cross(rows, columns, other).to_pylist()) - total)
    if not difference:
        return ""
    return f", {difference:,} of them for review" if visit.filters.suggestions else f", and {difference:,} for review are not counted"


def _coverage(visit: Visit) -> None:
    names, found = visit.library.names, visit.library.coverage(visit.filters)
    st.subheader("Coverage")
    counted = "are counted here all the same" if visit.filters.suggestions else "are not counted anywhere"
    st.text(
        "Settled codes are those whose confidence is high enough for their facet. The others wait for a person’s review and "
        f"{counted}. Figures are of all that these filters might hold."
    )
    facets = [facet for facet in visit.library.options if facet in found]
    st.dataframe(
        [
            {
                "Facet": names.facet(facet),
                "Coverage": found[facet].percent,
                "Codes": found[facet].codes,
                "Settled": found[facet].settled,
                "For review": found[facet].waiting,
            }
            for facet in facets
        ],
        column_config={"Coverage": st.column_config.ProgressColumn(min_value=0, max_value=100, format="%d %%", color="primary")},
        hide_index=True,
        height="content",
    )


def _largest(cells: Sequence[Any], measure: str) -> tuple[list[str], int]:
    sums: Counter[str] = Counter()
    for cell in cells:
        sums[cell.row_name] += getattr(cell, measure) or cell.few(measure)
    named = [name for name, total in sums.most_common() if total]
    return named[:_MOST_ROWS], max(len(named) - _MOST_ROWS, 0)


def _follow(visit: Visit, picked: Any, selection: str, fields: Mapping[str, str], also: Chosen = MappingProxyType({})) -> None:
    """Open the quotes behind what was picked."""
    points = picked.get("selection", {}).get(selection) or []
    if not points:
        return
    st.session_state["picks"] = st.session_state.get("picks", 0) + 1
    chosen = {facet: (str(points[0].get(field)),) for field, facet in fields.items()}
    visit.show(narrowed(visit.filters, {**chosen, **also}, visit.library.options))
    st.switch_page("screens/quotes.py")


def _key(name: str) -> str:
    # A new key for each return to the page: a pick that was followed is not followed again.
    return f"{name}-{st.session_state.get('picks', 0)}"


present(overview_page, "overview")
