"""The parts that the pages on influence share: shares with their intervals, ways with a quote each, and the way to the quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from explorer import collecting, components, influence_shapes
from explorer.citation import KINDS
from explorer.few import withheld
from explorer.figure import Figure, figure
from explorer.filters import Chosen, narrowed
from explorer.headline import voices
from explorer.highlight import segments
from explorer.influence_charts import EFFECT_COLOURS, intervals
from explorer.influence_shapes import INTERVAL, Side, Way
from explorer.names import TEXT_KINDS
from explorer.session import Visit
from store import Filters

_MOST_VALUES = 10
_LONGEST = 600


def read_quotes(visit: Visit, filters: Filters, chosen: Chosen) -> None:
    """Open the quotes of a selection."""
    visit.show(narrowed(filters, chosen, visit.library.options))
    st.switch_page("screens/quotes.py")


def shares(visit: Visit, sides: Sequence[Side], facet: str, title: str, *, of: str) -> None:
    """Draw how many texts say what in a facet, side by side, and follow a pick to its quotes; ``of`` is the facet of the sides."""
    names, few = visit.library.names, withheld(visit.library.snapshot.view)
    found = influence_shapes.with_noughts(influence_shapes.shares(sides, facet, names), sides)
    if not found:
        return
    order = influence_shapes.most_told(found, _MOST_VALUES)
    _, several = units_called(visit)
    hidden = sum(share.suppressed for share in found)
    beyond = len({share.name for share in found}) - len(order)
    counts = [influence_shapes.total(found, side.code) for side in sides]
    said = ", ".join(f"{side.name} {few.mark if count is None else f'{count:,}'}" for side, count in zip(sides, counts, strict=True))
    known = [count for count in counts if count is not None]
    picked = figure(
        visit,
        Figure(
            id=f"{facet}-by-{of}",
            title=title,
            unit=f"{several} that say anything of this",
            n=sum(known) if len(known) == len(counts) else None,
            spec=intervals(found, order, [side.name for side in sides], few, units=several.capitalize()),
            table=influence_shapes.as_table(found, names.facet(facet), names.facet(of), several, few),
            interval=INTERVAL,
            withheld=few.left_out(hidden, "figure is withheld", "figures are withheld"),
            notes=[
                *([f"Of each: {said}"] if len(sides) > 1 else []),
                *([f"{beyond} more {'is' if beyond == 1 else 'are'} in the table"] if beyond > 0 else []),
            ],
        ),
        picks=["share"],
    )
    for point in picked.get("share", ()):
        side = next((side for side in sides if side.code == point.get("side")), None)
        if side:
            read_quotes(visit, side.filters, {facet: (str(point.get("code")),)})


def told_ways(visit: Visit, filters: Filters, ways: Sequence[Way], key: str, most: int) -> None:
    """Draw ways of influence under the quote that tells them best, ``most`` quotes, and follow a way to all its quotes."""
    best = influence_shapes.by_quote(ways, most)
    shown = [way for _, of_quote in best for way in of_quote]
    quotes = visit.library.influence.quotes([quote for quote, _ in best])
    data = {
        "label": "Ways of influence",
        **collecting.offered(visit.grant),
        "quotes": [
            {"id": quote, "ways": [_drawn(visit, way, shown.index(way)) for way in of_quote]}
            | (_quoted(visit, of_quote, quotes[quote]) if quote in quotes else {"about": []})
            for quote, of_quote in best
        ],
    }
    # A new key after each pick: what was followed is not followed again by whoever comes back.
    turn = f"{key}-{st.session_state.get(f'{key}-turn', 0)}"
    drawn = components.ways(
        key=turn, data=data, on_read_change=lambda: None, on_page_change=lambda: None,
        on_collect_change=lambda: collecting.collect(visit, turn),
    )  # fmt: skip
    collecting.follow(drawn)
    asked = drawn.read
    if isinstance(asked, int) and not isinstance(asked, bool) and 0 <= asked < len(shown):
        st.session_state[f"{key}-turn"] = st.session_state.get(f"{key}-turn", 0) + 1
        read_quotes(visit, filters, shown[asked].narrow())


def units_called(visit: Visit) -> tuple[str, str]:
    """Return what is counted, one and several: texts, or respondents where the surveys looked at have them."""
    library = visit.library
    return voices(library.told_apart(visit.filters, library.counts(visit.filters)))


def _drawn(visit: Visit, way: Way, place: int) -> dict[str, Any]:
    names, few = visit.library.names, withheld(visit.library.snapshot.view)
    one, several = units_called(visit)
    return {
        "key": place,
        "parts": [names.code(facet, getattr(way, facet)) for facet in ("actor", "mechanism", "right")],
        "effect": influence_shapes.effect_name(way.effect, names),
        "colour": EFFECT_COLOURS.get(way.effect, EFFECT_COLOURS[""]),
        "read": f"Told by {few.mark if way.units is None else f'{way.units:,}'} {one if way.units == 1 else several}: read",
    }


def _quoted(visit: Visit, ways: Sequence[Way], quote: Mapping[str, Any]) -> dict[str, Any]:
    library = visit.library
    text = quote["text"] if len(quote["text"]) <= _LONGEST else quote["text"][:_LONGEST].rstrip()
    told = {(way.actor, way.mechanism, way.right) for way in ways}
    same = [claim for claim in quote["claims"] if (claim["actor"], claim["mechanism"], claim["right"]) in told]
    spans = [(span["start"], span["end"]) for claim in same for span in claim["spans"] if span["end"] <= len(text)]
    # What was read from the whole passage is not drawn: a line under everything shows nothing.
    pieces = segments(text, [[span for span in spans if span != (0, len(text))]])
    cut = [{"text": " […]", "marked": False}] if len(text) < len(quote["text"]) else []
    country = library.names.code("country", quote["country"]) if quote["country"] else "Country not known"
    return {
        "lang": quote["language"],
        "segments": [*({"text": piece.text, "marked": bool(piece.marks)} for piece in pieces), *cut],
        "about": [
            part for part in (country, library.names.code("wave", quote["wave"] or ""), library.surveys[quote["survey"]].title) if part
        ],
        "kind": TEXT_KINDS.get(quote["text_kind"], quote["text_kind"]),
        "citable": quote["text_kind"] in KINDS,
    }
