"""Influence map: who moves which right by which means, as a matrix and as bands that lead to the quotes behind each figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from explorer import influence_shapes, vintage
from explorer.charts import Cell, heat_map
from explorer.declared_beside import beside_matrix
from explorer.few import withheld
from explorer.figure import Figure, figure
from explorer.filters import narrowed
from explorer.flow_chart import Parts, flows
from explorer.frame import heading, sidebar
from explorer.influence_charts import PART_COLOURS
from explorer.influence_view import read_quotes, units_called
from explorer.provenance import traced
from explorer.sankey import Band, laid_out
from explorer.session import Visit, present
from explorer.states import nothing_found

_MEASURES = {"claims": "All claims", "harms": "Harms", "improves": "Improves"}
_MATRICES: Mapping[str, tuple[str, str, str]] = {
    "Actors and means": ("actor", "mechanism", "Who acts, and by which means"),
    "Actors and rights": ("actor", "right", "Who acts, and which rights this touches"),
    "Means and rights": ("mechanism", "right", "By which means which rights are touched"),
    "Countries and rights": ("country", "right", "Which rights the claims speak of, country by country"),
    "Countries and actors": ("country", "actor", "Who acts, country by country"),
}
_MOST_ROWS = 30
_CAVEAT = (
    "Answers of experts and chosen passages are no random sample: figures describe these texts, not the world. "
    "Claims are counted: one actor, with what it does and the right that this touches. A cell or band opens the passages that carry all "
    "of its codes; they can be fewer than its claims, because a passage may make several, or more, because it may name them without "
    "linking them. What waits for a review is not counted unless codes for review are included; of a claim whose effect waits, it is "
    "left open whether it harms or improves."
)
_ALL = ""


def influence_page(visit: Visit) -> None:
    """Draw the page."""
    library = visit.library
    counts = library.counts(visit.filters)
    old = vintage.note(library.older_codes, library.snapshot.counts.get("quotes"))
    heading(visit, "Influence map", counts, _CAVEAT, [old] if old else [])
    sidebar(visit)
    if not counts.anything:
        nothing_found(visit, "Take a filter away above, or tick another value beside one that is ticked.")
        return
    _bands(visit)
    st.space("medium")
    _matrix(visit)
    st.space("medium")
    _coverage(visit)


def _bands(visit: Visit) -> None:
    library, filters = visit.library, visit.filters
    names, few = library.names, withheld(library.snapshot.view)
    by = _choices(visit)
    first, second = (
        [Band(row["source"], row["target"], row[by] or "", row["claims"]) for row in library.influence.bands(*pair, filters, by)]
        for pair in (("actor", "mechanism"), ("mechanism", "right"))
    )
    if not first and not second:
        st.text("No claim links an actor, a means and a right under these filters. Take a filter away to see more.")
        return
    hidden = sum(band.claims is None for band in (*first, *second))
    _, several = units_called(visit)
    picked = figure(
        visit,
        Figure(
            id="influence" if by == "effect" else f"influence-{by}",
            title=f"{names.facet('actor')} → {names.facet('mechanism')} → {names.facet('right')}",
            unit="claims",
            n=sum(band.claims or 0 for band in first) or None,
            spec=flows(
                laid_out(first, second, tuple(PART_COLOURS[by])),
                lambda facet, code: names.code(facet, code) if facet else names.facet(code),
                Parts(
                    names.facet(by),
                    "Effect on the right" if by == "effect" else names.facet(by),
                    lambda part: influence_shapes.part_name(by, part, names),
                    PART_COLOURS[by],
                ),
                few,
            ),
            table=[
                {
                    **{names.facet(facet): names.code(facet, way[facet]) for facet in ("actor", "mechanism", "right")},
                    names.facet(by): influence_shapes.part_name(by, way[by] or "", names),
                    "Claims": few.mark if way["claims"] is None else way["claims"],
                    several.capitalize(): few.mark if way["units"] is None else way["units"],
                }
                for way in library.influence.ways(filters, by)
            ],
            withheld=few.left_out(hidden, "band is a dashed line", "bands are dashed lines"),
            notes=["A band is as wide as its claims are many", "Pick a band to read its quotes"],
        ),
        picks=["band"],
        width="stretch",
    )
    for point in picked.get("band", ()):
        ends = ("actor", "mechanism") if point.get("column") == 0 else ("mechanism", "right")
        chosen = {ends[0]: (str(point.get("source")),), ends[1]: (str(point.get("target")),)}
        read_quotes(visit, filters, chosen | ({by: (str(point["part"]),)} if point.get("part") else {}))


def _choices(visit: Visit) -> str:
    """Offer one right alone, and by what the bands are told apart; return that."""
    names = visit.library.names
    offered = [facet for facet in PART_COLOURS if facet in visit.library.options]
    with st.container(horizontal=True, gap="large", key="map-choice"):
        _right(visit)
        return str(
            st.segmented_control(
                "Bands are coloured by", offered, format_func=names.facet, default=offered[0], key="coloured", required=True
            )
            or offered[0]
        )


def _right(visit: Visit) -> None:
    """Offer one right alone, which is a filter like all others."""
    library = visit.library
    selected = visit.filters.selected().get("right", ())
    st.session_state["one-right"] = selected[0] if len(selected) == 1 else _ALL

    def chose() -> None:
        right = st.session_state["one-right"]
        visit.show(narrowed(visit.filters, {"right": (right,) if right else ()}, library.options))

    st.selectbox(
        "On which right",
        [_ALL, *library.options["right"]],
        key="one-right",
        format_func=lambda code: library.names.code("right", code) if code else "All that are chosen at the side",
        on_change=chose,
        width=360,
    )


def _matrix(visit: Visit) -> None:
    with st.container(horizontal=True, gap="medium", key="matrix-choice"):
        matrix = st.segmented_control(
            "Matrix", list(_MATRICES), default="Actors and means", key="matrix", required=True
        ) or "Actors and means"  # fmt: skip
        measure = st.segmented_control(
            "What it counts", list(_MEASURES), format_func=_MEASURES.__getitem__, default="claims", key="measure", required=True
        ) or "claims"  # fmt: skip
    rows, columns, title = _MATRICES[matrix]
    _crossing(visit, rows, columns, title, measure)
    beside_matrix(visit, rows, columns, "" if measure == "claims" else measure)


def _crossing(visit: Visit, rows: str, columns: str, title: str, measure: str) -> None:
    names, options = visit.library.names, visit.library.options
    few = withheld(visit.library.snapshot.view)
    cells = [
        Cell(row_name=names.code(rows, row["row"]), column_name=names.code(columns, row["column"]), **row)
        for row in visit.library.cross(rows, columns, visit.filters).to_pylist()
    ]
    total = sum(getattr(cell, measure) or 0 for cell in cells)
    hidden = sum(cell.few(measure) for cell in cells)
    waiting = _waiting(visit, rows, columns, measure, total)
    if not total and not hidden:
        st.text(f"No claim links the two under these filters. {waiting} Take a filter away to see more.")
        return
    shown, left = _largest(cells, measure)
    order = [
        names.code(columns, code)
        for code in options.get(columns, ())
        if any(cell.column == code and (getattr(cell, measure) or cell.few(measure)) for cell in cells)
    ]
    picked = figure(
        visit,
        Figure(
            id=f"{rows}-{columns}-{measure}",
            title=title,
            unit="claims" if measure == "claims" else f"claims ({_MEASURES[measure].lower()})",
            n=total or None,
            spec=heat_map([cell for cell in cells if cell.row_name in shown], shown, order, measure, few.mark),
            table=[
                {names.facet(rows): cell.row_name, names.facet(columns): cell.column_name}
                | {name: few.mark if cell.few(of) else getattr(cell, of) for of, name in _TABLE.items()}
                for cell in sorted(cells, key=lambda cell: -(cell.claims or 0))
            ],
            withheld=few.left_out(hidden, f"cell is marked {few.mark}", f"cells are marked {few.mark}"),
            notes=[
                *([waiting] if waiting else []),
                *([f"The {_MOST_ROWS} largest rows; {left} more are in the table"] if left else []),
                "Pick a cell to read its quotes",
            ],
        ),
        picks=["cell"],
    )
    for point in picked.get("cell", ()):
        # Harms alone lead to harms alone.
        effect = {} if measure == "claims" else {"effect": (measure,)}
        read_quotes(visit, visit.filters, {rows: (str(point.get("row")),), columns: (str(point.get("column")),), **effect})


_TABLE = {"claims": "Claims", "harms": "Harms", "improves": "Improves"}


def _waiting(visit: Visit, rows: str, columns: str, measure: str, total: int) -> str:
    """Say what the matrix would count besides, or counts besides, because of what waits for a review."""
    pair = [visit.library.cross(rows, columns, replace(visit.filters, suggestions=both))[measure] for both in (False, True)]
    if any(each.null_count for each in pair):
        return ""  # What is left of a difference of figures of which some are not told is true of nothing.
    difference = abs(sum(pair[not visit.filters.suggestions].to_pylist()) - total)
    if not difference:
        return ""
    if any(survey.protected for survey in visit.library.surveys.values()) and visit.library.snapshot.view == "internal":
        # A difference of two counts that may be told can stand for one person.
        return "Some of them wait for review." if visit.filters.suggestions else "Some that wait for review are not counted."
    return f"{difference:,} of them wait for review." if visit.filters.suggestions else f"{difference:,} for review are not counted."


def _coverage(visit: Visit) -> None:
    names, found = visit.library.names, visit.library.coverage(visit.filters)
    few = withheld(visit.library.snapshot.view)
    st.subheader("Coverage", anchor=False)
    counted = "are counted here all the same" if visit.filters.suggestions else "are not counted anywhere"
    st.text(
        "Settled codes are those whose confidence is high enough for their facet. The others wait for a person’s review and "
        f"{counted}. Figures are of all that these filters might hold."
    )
    facets = [facet for facet in visit.library.options if facet in found]
    if apart := few.left_out(sum(found[facet].few for facet in facets), "facet is left out", "facets are left out"):
        st.text(apart.strip())
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
            if not found[facet].few
        ],
        column_config={"Coverage": st.column_config.ProgressColumn(min_value=0, max_value=100, format="%d %%", color="primary")},
        hide_index=True,
        height="content",
    )


def _largest(cells: Sequence[Cell], measure: str) -> tuple[list[str], int]:
    sums: Counter[str] = Counter()
    for cell in cells:
        sums[cell.row_name] += getattr(cell, measure) or cell.few(measure)
    named = [name for name, total in sums.most_common() if total]
    return named[:_MOST_ROWS], max(len(named) - _MOST_ROWS, 0)


present(traced(influence_page), "influence")
