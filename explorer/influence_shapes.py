"""What the pages on influence show, as plain rows: shares with their intervals, bands between values, ways with a quote each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.few import Withheld
from explorer.filters import Options, narrowed
from explorer.names import Names
from store import Filters
from store.intervals import wilson
from taxonomy.shares import percent

Row = Mapping[str, Any]

#: Side by side more are no comparison but a table.
MOST_SIDES = 4

#: Effects in the order in which they are drawn; "" is what waits for a review.
EFFECTS = ("harms", "mixed", "unclear", "", "improves")
OPEN = "Effect waits for review"
#: What is said of the bars of a chart of shares.
INTERVAL = "Bars are 95\N{NO-BREAK SPACE}% intervals (Wilson)"


@dataclass(frozen=True)
class Side:
    """One of the countries or actors that are looked at: its code and name, the filters that mean it alone, and its profile."""

    code: str
    name: str
    filters: Filters
    profile: Sequence[Row]


@dataclass(frozen=True)
class Share:
    """How many texts say one thing, out of those that say anything in the same facet; None where there are too few to count."""

    side: str
    side_name: str
    code: str
    name: str
    claims: int | None
    units: int | None
    total: int | None
    share: float | None
    low: float | None
    high: float | None

    @property
    def suppressed(self) -> bool:
        """Whether the share is withheld."""
        return self.units is None

    @property
    def interval(self) -> str:
        """The 95 % interval as it is printed."""
        return f"{percent(self.low)} – {percent(self.high)}" if self.low is not None else ""

    def percent(self, few: Withheld) -> str:
        """Return the share as it is printed."""
        return percent(self.share) if self.share is not None else few.mark


def side(filters: Filters, facet: str, code: str, names: Names, options: Options, profile: Sequence[Row]) -> Side:
    """Return one side of a comparison."""
    return Side(code, names.code(facet, code), narrowed(filters, {facet: (code,)}, options), profile)


def shares(sides: Iterable[Side], facet: str, names: Names) -> list[Share]:
    """Return the shares of a facet, for all sides in turn; each side's own order is that of its most told values."""
    return [
        Share(
            each.code, each.name, row["code"], names.code(facet, row["code"]),
            *(row[name] for name in ("claims", "units", "total", "share", "low", "high")),
        )
        for each in sides
        for row in each.profile
        if row["facet"] == facet
    ]  # fmt: skip


def with_noughts(found: Sequence[Share], sides: Sequence[Side]) -> list[Share]:
    """Return the shares, and one of 0 where a side says nothing of what another one says: nothing told is an observation too."""
    known = {(share.side, share.code) for share in found}
    values = {share.code: share.name for share in found}
    noughts = []
    for each in sides:
        voices = total(found, each.code)
        if voices:
            low, high = wilson(0, voices)
            missing = (code for code in values if (each.code, code) not in known)
            noughts += [Share(each.code, each.name, code, values[code], 0, 0, voices, 0.0, low, high) for code in missing]
    return [*found, *noughts]


def most_told(found: Sequence[Share], most: int) -> list[str]:
    """Return the names of the values that any side tells most, the largest share first; those withheld everywhere come last."""
    best: dict[str, float] = {}
    for share in found:
        best[share.name] = max(best.get(share.name, 0.0), share.share or 0.0)
    return sorted(best, key=lambda name: (-best[name], name))[:most]


def total(found: Sequence[Share], side: str) -> int | None:
    """Return how many texts of a side say anything in the facet; None where nobody says anything or there are too few."""
    return next((share.total for share in found if share.side == side), None)


def part_of(part: Sequence[Row], base: Sequence[Row], facet: str, names: Names) -> list[Share]:
    """Return how many of the texts in ``base`` are in ``part`` too, value by value of a facet: both are profiles, one within the other."""
    of = {row["code"]: row["units"] for row in base if row["facet"] == facet}
    found = []
    for row in part:
        if row["facet"] != facet:
            continue
        units, voices = row["units"], of.get(row["code"])
        name = names.code(facet, row["code"])
        if units is None or not voices:
            found.append(Share("", "", row["code"], name, None, None, None, None, None, None))
        else:
            found.append(Share("", "", row["code"], name, row["claims"], units, voices, units / voices, *wilson(units, voices)))
    return found


def by_count(found: Sequence[Share]) -> list[str]:
    """Return the names of the values, those told by most texts first; those withheld come last."""
    return [share.name for share in sorted(found, key=lambda share: (-(share.units or 0), share.suppressed, share.name))]


def whole(profile: Sequence[Row], facet: str) -> int | None:
    """Return how many texts of a profile say anything in a facet; None where there are too few, or none."""
    return next((row["total"] for row in profile if row["facet"] == facet), None)


def as_table(found: Sequence[Share], facet: str, what: str, units: str, few: Withheld) -> list[dict[str, object]]:
    """Return shares as the rows of a table; ``facet`` and ``what`` (Country, Actor) head its first columns,
    ``units`` what is counted."""
    return [
        {
            what: share.side_name,
            facet: share.name,
            units.capitalize(): few.mark if share.units is None else share.units,
            "Of": few.mark if share.total is None else share.total,
            "Share": share.percent(few),
            "95 % interval": share.interval,
            "Claims": few.mark if share.claims is None else share.claims,
        }
        for share in found
    ]


@dataclass(frozen=True)
class Way:
    """One way of influence: who does what to which right, with which effect ("" where it waits for a review)."""

    actor: str
    mechanism: str
    right: str
    effect: str
    claims: int | None
    units: int | None
    quote: str

    def narrow(self) -> dict[str, tuple[str, ...]]:
        """Return the selection that means this way; what waits cannot be selected."""
        named = {"actor": self.actor, "mechanism": self.mechanism, "right": self.right, "effect": self.effect}
        return {facet: (code,) for facet, code in named.items() if code}


def ways(rows: Iterable[Row]) -> list[Way]:
    """Return the ways that the store tells, in its order."""
    return [
        Way(row["actor"], row["mechanism"], row["right"], row["effect"] or "", row["claims"], row["units"], row["quote"]) for row in rows
    ]


def by_quote(ways: Iterable[Way], most: int) -> list[tuple[str, list[Way]]]:
    """Return the quotes that tell the first ways best, each once with all the ways it tells best; ``most`` quotes."""
    found: dict[str, list[Way]] = {}
    for way in ways:
        if way.quote in found or len(found) < most:
            found.setdefault(way.quote, []).append(way)
    return list(found.items())


def effect_name(effect: str, names: Names) -> str:
    """Return an effect as it is called."""
    return names.code("effect", effect) if effect else OPEN


def part_name(facet: str, code: str, names: Names) -> str:
    """Return what tells claims apart as it is called; "" is what waits for a review."""
    return names.code(facet, code) if code else f"{names.facet(facet)} waits for review"


def of_effects(filters: Filters, effects: Sequence[str], options: Options) -> Filters:
    """Return the filters with the effect set; without any effect, with no effect selected."""
    return narrowed(filters, {"effect": tuple(effects)}, options)


def chosen(filters: Filters, facet: str) -> tuple[str, ...]:
    """Return the values of a facet that the filters select, as many as can stand side by side."""
    return filters.selected().get(facet, ())[:MOST_SIDES]


def everything_but(filters: Filters, facet: str, options: Options) -> Filters:
    """Return the filters with what is selected in a facet lifted."""
    return narrowed(filters, {facet: ()}, options)
