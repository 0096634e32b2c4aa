"""What helped: where influence improved respect for a right, how often of how many, and the quotes that tell it."""

from __future__ import annotations

import streamlit as st

from explorer import influence_shapes
from explorer.few import withheld
from explorer.figure import Figure, figure
from explorer.frame import heading, sidebar
from explorer.influence_charts import intervals
from explorer.influence_shapes import INTERVAL, of_effects
from explorer.influence_view import read_quotes, told_ways, units_called
from explorer.provenance import traced
from explorer.session import Visit, present
from explorer.states import nothing_found
from store import Filters

_IMPROVES = "improves"
_BY = (
    ("country", "Where influence helped"),
    ("actor", "Who helped"),
    ("mechanism", "By which means it helped"),
    ("right", "Which rights it helped"),
)
_MOST_VALUES = 10
_QUOTES = 15
_CAVEAT = (
    "Only effects that are settled count: what waits for a review is left out, whatever the codes for review say elsewhere. Shares are of "
    "the texts (or respondents) that tell of an influence with a settled effect. Few texts tell of improvements, so the intervals are "
    "wide; what is told more often is not what works better."
)


def improved_page(visit: Visit) -> None:
    """Draw the page."""
    library = visit.library
    settled = Filters(**{**vars(visit.filters), "suggestions": False})
    better = of_effects(settled, (_IMPROVES,), library.options)
    counts = library.counts(better)
    heading(visit, "What helped", counts, _CAVEAT, within=better)
    sidebar(visit)
    if not counts.anything:
        nothing_found(
            visit, "Under these filters nobody tells of an influence that improved respect for a right. Take a filter away above."
        )
        return
    if st.button("Read all these quotes", icon=":material/arrow_forward:", key="read-improved"):
        read_quotes(visit, better, {})
    # One after another on narrow pages, two by two where there is room.
    with st.container(horizontal=True, gap="large", key="improved"):
        for facet, question in _BY:
            with st.container(width=460, key=f"improved-by-{facet}"):
                _shares(visit, settled, better, facet, question)
    ways = [way for way in influence_shapes.ways(library.influence.ways(better)) if way.effect == _IMPROVES]
    if ways:
        st.space("medium")
        st.subheader("What worked, in their words", anchor=False)
        st.text("Each quote once, under the ways of influence that it tells best; those that most tell of come first.")
        told_ways(visit, better, ways, "ways-improved", _QUOTES)


def _shares(visit: Visit, settled: Filters, better: Filters, facet: str, title: str) -> None:
    library = visit.library
    names, few = library.names, withheld(library.snapshot.view)
    base = of_effects(settled, library.options["effect"], library.options)
    found = influence_shapes.part_of(library.influence.profile(better), library.influence.profile(base), facet, names)
    if not found:
        return
    order = influence_shapes.by_count(found)[:_MOST_VALUES]
    _, several = units_called(visit)
    hidden = sum(share.suppressed for share in found)
    picked = figure(
        visit,
        Figure(
            id=f"improved-{facet}",
            title=title,
            unit=f"{several} that tell of an improvement",
            n=influence_shapes.whole(library.influence.profile(better), facet),
            spec=intervals(found, order, [""], few, units=several.capitalize()),
            table=[
                {
                    names.facet(facet): share.name,
                    "Tell of an improvement": few.mark if share.suppressed else share.units,
                    "Of": few.mark if share.suppressed else share.total,
                    "Share": share.percent(few),
                    "95 % interval": share.interval,
                }
                for share in found
            ],
            interval=INTERVAL,
            withheld=few.left_out(hidden, "figure is withheld", "figures are withheld"),
        ),
        picks=["share"],
    )
    for point in picked.get("share", ()):
        read_quotes(visit, better, {facet: (str(point.get("code")),)})


present(traced(improved_page), "improved")
