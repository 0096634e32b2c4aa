"""Countries: who moves what in one of them, or in up to four side by side, and what HRMI measured there."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer import country_context, influence_shapes
from explorer.charts import mapped, world_map
from explorer.few import withheld
from explorer.figure import Figure, figure
from explorer.influence_charts import intervals
from explorer.influence_shapes import INTERVAL, Side
from explorer.influence_view import units_called
from explorer.profile_page import COUNTRIES, chosen_alone, list_of, profile_page
from explorer.provenance import traced
from explorer.session import Visit, present
from store.context import CountryContext
from store.context import country_context as context_of
from taxonomy.countries import numeric

_BAND = "Bars are HRMI's uncertainty bands (10th to 90th percentile)"
_SOCIAL_UNIT = "per cent of what is feasible at the country's income"


def country_page(visit: Visit) -> None:
    """Draw the page."""
    profile_page(visit, COUNTRIES, _choose, _context)


def _choose(visit: Visit) -> None:
    world, beside = st.columns([3, 2], gap="medium")
    with world:
        _map(visit)
    with beside:
        list_of(visit, "country")


def _map(visit: Visit) -> None:
    library = visit.library
    names, few = library.names, withheld(library.snapshot.view)
    rows = [row for row in library.countries(visit.filters).to_pylist() if row["country"]]
    drawn = {number: row for row in rows if (number := numeric(row["country"])) in mapped() and not row["suppressed"]}
    _, several = units_called(visit)
    hidden = sum(row["suppressed"] for row in rows)
    unseen = len(rows) - len(drawn) - hidden
    shapes = {
        number: (row["country"], names.code("country", row["country"]), row["passages"], row["units"]) for number, row in drawn.items()
    }
    with st.container(key="map"):
        picked = figure(
            visit,
            Figure(
                id="passages-by-country",
                title="Countries that the passages speak of",
                unit="passages",
                n=sum(row["passages"] or 0 for row in rows) or None,
                spec=world_map(shapes),
                table=[
                    {
                        "Country": names.code("country", row["country"]),
                        "Passages": few.mark if row["suppressed"] else row["passages"],
                        several.capitalize(): few.mark if row["suppressed"] else row["units"],
                    }
                    for row in rows
                ],
                withheld=few.left_out(hidden, "country is not shaded", "countries are not shaded"),
                notes=[f"{unseen} {'is' if unseen == 1 else 'are'} too small for this map: see the list"] if unseen else [],
            ),
            picks=["country"],
            width="stretch",
        )
    for point in picked.get("country", ()):
        chosen_alone(visit, "country", str(point.get("alpha3")))


def _context(visit: Visit, sides: Sequence[Side]) -> None:
    told = [(side, context_of(side.code)) for side in sides]
    if not any(context != CountryContext() for _, context in told):
        return
    st.space("medium")
    with st.container(border=True, key="context"):
        st.subheader("Context: what HRMI measured", anchor=False)
        st.text(country_context.CAVEAT)
        st.text(f"Source: {country_context.SOURCE}")
        for side, context in told:
            _of_country(visit, side, context)


def _of_country(visit: Visit, side: Side, context: CountryContext) -> None:
    names = visit.library.names
    civil, social = country_context.civil_rows(context, names), country_context.social_rows(context, names)
    with st.container(horizontal=True, gap="medium"):
        if civil:
            with st.container(width=450):
                figure(
                    visit,
                    Figure(
                        f"hrmi-civil-{side.code}", f"Context: civil and political rights in {side.name}",
                        "rights scored from 0 (worst) to 10",
                        len(civil), country_context.scores(civil, 10, "HRMI score"),
                        [{"Right": row["right"], "Score": row["said"], "Band": row["band"], "Year": row["year"]} for row in civil],
                        interval=_BAND,
                    ),
                )  # fmt: skip
        if social:
            with st.container(width=450):
                figure(
                    visit,
                    Figure(
                        f"hrmi-social-{side.code}", f"Context: economic and social rights in {side.name}", f"rights in {_SOCIAL_UNIT}",
                        len(social), country_context.scores(social, 100, "Per cent of what is feasible"),
                        [{"Right": row["right"], "Score": row["said"], "Standard": row["standard"], "Year": row["year"]} for row in social],
                        notes=["HRMI gives no bands for these"],
                    ),
                )  # fmt: skip
    _people(visit, side, context)


def _people(visit: Visit, side: Side, context: CountryContext) -> None:
    names, few = visit.library.names, withheld(visit.library.snapshot.view)
    rights = country_context.rights_with_people(context)
    if not rights:
        return
    right = st.selectbox("People at risk, by right", rights, format_func=lambda code: names.code("right", code), key=f"at-risk-{side.code}")
    found = country_context.at_risk(context, right, names)
    if not found:
        return
    figure(
        visit,
        Figure(
            f"hrmi-at-risk-{side.code}",
            f"Context: people whom HRMI's experts see at risk in {side.name}: {names.code('right', right)}",
            "experts of HRMI's survey of 2021",
            found[0].total,
            intervals(found, influence_shapes.most_told(found, len(found)), [""], few, units="Experts"),
            [{"People": share.name, "Named by": share.units, "Of experts": share.total, "Share": share.percent(few),
              "95 % interval": share.interval} for share in found],
            interval=INTERVAL,
        ),
    )  # fmt: skip


present(traced(country_page), "country")
