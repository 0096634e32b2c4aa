"""A brief of two pages on a country or an actor: what texts tell, how often of how many, in whose words, and how it was made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from explorer import country_context, influence_shapes
from explorer.citation import KINDS, Cited, cited
from explorer.denominator import stands_for
from explorer.examples import among
from explorer.few import Withheld, withheld
from explorer.figure import Figure
from explorer.headline import subject, tally, voices
from explorer.influence_charts import intervals
from explorer.influence_shapes import INTERVAL, Side
from explorer.library import Library
from explorer.quote_card import may_leave
from store.context import country_context as context_of

_MOST_QUOTES = 6
_MOST_VALUES = 6
#: A brief is read in minutes; what is longer is read in the explorer, whole.
_LONGEST, _SHORTEST = 420, 25
#: The charts of a brief, by what it is about.
_CHARTS = {
    "country": (("actor", "Who acts"), ("right", "On which rights")),
    "actor": (("mechanism", "By which means"), ("right", "On which rights")),
}
#: Inside, counts go down to fewer people than anybody else is told, and few quotes are released.
_INSIDE = (
    " Made of the researchers' view: its figures count people of protected surveys and are for researchers alone; of the quotes of these "
    "surveys only those are in it that were released as they are."
)
_FACTS = ("effect", "actor", "mechanism", "right", "country")


@dataclass(frozen=True)
class Fact:
    """A headline number: what it is, its share with what it is of, and its 95 % interval ("" where it is withheld)."""

    what: str
    share: str
    interval: str


@dataclass(frozen=True)
class Brief:
    """All that a brief holds.

    ``denominators`` say of each quote what it stands for; ``context`` are lines about HRMI's scores; ``method`` says what the numbers
    are and are not.
    """

    title: str
    about: str
    facts: tuple[Fact, ...]
    charts: tuple[Figure, ...]
    quotes: tuple[Cited, ...]
    denominators: tuple[str, ...]
    context: tuple[str, ...]
    method: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the quotes in it."""
        return tuple(quote.quote for quote in self.quotes)


def brief(library: Library, facet: str, side: Side) -> Brief:
    """Return the brief on one country or actor, as the filters of its side have it."""
    few = withheld(library.snapshot.view)
    counts, quotes = library.counts(side.filters), _quotes(library, side)
    respondents = library.told_apart(side.filters, counts)
    _, several = voices(respondents)
    return Brief(
        title=f"{side.name}: who moves what",
        about=f"{subject(side.filters, library.names)}. {tally(counts, respondents)}. {among(side.filters, library)}".rstrip(),
        facts=tuple(_facts(library, facet, side, several, few)),
        charts=tuple(_charts(library, facet, side, several, few)),
        quotes=tuple(cited(quote, library) for quote in quotes),
        denominators=tuple(stands_for(quote, library) for quote in quotes),
        context=tuple(_context(library, side)) if facet == "country" else (),
        method=_method(library, several),
    )


def _facts(library: Library, about: str, side: Side, several: str, few: Withheld) -> list[Fact]:
    names = library.names
    found = []
    for facet in _FACTS:
        shares = influence_shapes.shares([side], facet, names)
        if facet == about or not shares:
            continue
        wanted = ("harms", "improves") if facet == "effect" else (shares[0].code,)
        for share in (share for share in shares if share.code in wanted):
            of = f"{share.percent(few)} ({share.units:,} of {share.total:,} {several})" if not share.suppressed else few.mark
            found.append(Fact(f"{names.facet(facet)}: {share.name}", of, share.interval))
    return found


def _charts(library: Library, about: str, side: Side, several: str, few: Withheld) -> list[Figure]:
    drawn = []
    for facet, question in _CHARTS[about]:
        shares = influence_shapes.shares([side], facet, library.names)
        if shares:
            order = influence_shapes.most_told(shares, _MOST_VALUES)
            hidden = sum(share.suppressed for share in shares)
            drawn.append(
                Figure(
                    id=f"brief-{facet}", title=f"{question}: {side.name}", unit=f"{several} that say anything of this",
                    n=influence_shapes.total(shares, side.code),
                    spec=intervals(shares, order, [side.name], few, units=several.capitalize()), table=(),
                    interval=INTERVAL,
                    withheld=few.left_out(hidden, "figure is withheld", "figures are withheld"),
                )
            )  # fmt: skip
    return drawn


def _quotes(library: Library, side: Side) -> list[dict[str, Any]]:
    """Return the quotes that tell the most told ways best, and then the surest of the view: what may be shown, and can be cited."""
    best = [quote for quote, _ in influence_shapes.by_quote(influence_shapes.ways(library.influence.ways(side.filters)), 4 * _MOST_QUOTES)]
    held = library.influence.quotes(best)
    surest = library.quotes(side.filters, 4 * _MOST_QUOTES)
    met = {quote["quote"]: quote for quote in (*(held[quote] for quote in best if quote in held), *surest)}
    stands = library.release.standing()
    fit = [
        quote
        for quote in met.values()
        if quote["text_kind"] in KINDS and len(quote["text"]) <= _LONGEST and may_leave(quote, stands.get(quote["quote"]), library)
    ]
    # A word or two, as summaries have them, tell nothing by themselves: they come last.
    return sorted(fit, key=lambda quote: len(quote["text"]) < _SHORTEST)[:_MOST_QUOTES]


def _context(library: Library, side: Side) -> list[str]:
    context = context_of(side.code)
    civil = [f"{row['right']} {row['said']} ({row['band']})" for row in country_context.civil_rows(context, library.names)]
    social = [f"{row['right']} {row['said']}" for row in country_context.social_rows(context, library.names)]
    if not civil and not social:
        return []
    lines = [country_context.CAVEAT]
    if civil:
        years = _years(score.year for score in context.civil)
        lines.append(f"Civil and political rights, 0 (worst) to 10, in brackets the 80 % band, {years}: {'; '.join(civil)}.")
    if social:
        years = _years(score.year for score in context.social)
        lines.append(f"Economic and social rights, per cent of what is feasible at the country's income, {years}: {'; '.join(social)}.")
    return [*lines, f"Source: {country_context.SOURCE}."]


def _years(years: Iterable[int]) -> str:
    met = sorted(set(years))
    return str(met[0]) if len(met) == 1 else f"{met[0]}–{met[-1]}"


def _method(library: Library, several: str) -> tuple[str, ...]:
    snapshot = library.snapshot
    versions = "; ".join(f"{name} {version}" for name, version in snapshot.versions.items() if name in ("codebook", "coder"))
    return (
        f"Codes were given by a machine and count where it was sure enough. Shares are of {several} that say anything of the matter; one "
        "may say several things. Intervals are Wilson's, 95 %. The texts were not drawn at random: numbers describe them and say nothing "
        "about the world. Few voices are not counted where that protects people.",
        "Quotes are as they stand in the store, with what leads to persons masked in square brackets."
        + _INSIDE * (snapshot.view == "internal" and any(survey.protected for survey in library.surveys.values())),
        f"Suasion, {snapshot.view} snapshot {snapshot.id} of {snapshot.made[:10]}; {versions}.",
    )
