"""The tables of protected surveys that may leave: what they count by, and which cells they share.

A cell is a place (a country, a region, or everywhere) and a key: the values that claims are counted by. It counts the respondents
who made a settled claim with all of these values; the empty key counts all who answered. A respondent has one country, the one
that all answers are about, or none (``ELSEWHERE``). The margin of one table is a cell of another: it is one number, wherever it
stands, and is shown or suppressed once.

Every dimension but the place is open: a claim need have no mechanism, no right and no effect that is told, and there are actors
whom no figure tells apart (``taxonomy.families``). So a cell is never the union of others, and what hangs together is that a part
is no larger than the whole and that countries add up. There is no table by wave: those who answer several times are in several.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from typing import NamedTuple

from taxonomy.families import family

#: Changes whenever the tables, or the rules by which cells are suppressed, do.
RULES = "2"

#: Stands for the country of respondents whose answers are about several, or about none that is known, and for its region.
ELSEWHERE = ""

#: Dimensions of which a respondent has one value each: a region is a roll-up of countries.
PLACES = ("country", "region")
#: Dimensions of claims: a family is a roll-up of actors.
OPEN = ("actor", "family", "mechanism", "right", "effect")
DIMENSIONS = (*PLACES, *OPEN)

#: What a dimension can be rolled up into.
ROLL_UPS = {"country": "region", "actor": "family"}

#: Effects that are told; of the others nothing can be said.
EFFECTS = ("harms", "improves", "mixed")


class Key(NamedTuple):
    """The values that claims are counted by, None where anything counts. An actor stands for its family too."""

    actor: str | None = None
    family: str | None = None
    mechanism: str | None = None
    right: str | None = None
    effect: str | None = None

    @property
    def shape(self) -> tuple[str, ...]:
        """Return the dimensions that it counts by."""
        return tuple(name for name in OPEN if getattr(self, name) is not None)

    def above(self) -> tuple[Key, ...]:
        """Return the keys that say a step less: all whose cells hold those of this one, with nothing in between."""
        found = []
        if self.actor is not None:
            found.append(self._replace(actor=None, family=family(self.actor)))
        elif self.family is not None:
            found.append(self._replace(family=None))
        found += [self._replace(**{name: None}) for name in OPEN[2:] if getattr(self, name) is not None]
        return tuple(found)


@dataclass(frozen=True)
class Table:
    """A table that is declared, by its dimensions; its margins belong to it."""

    dimensions: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return its name: ``country-actor-effect``; ``respondents`` counts by nothing."""
        return "-".join(self.dimensions) or "respondents"


#: By country and by region; then without either.
_LOCAL = ((), ("actor",), ("family",), ("mechanism",), ("right",), ("effect",), ("actor", "effect"), ("family", "effect"))
_WORLDWIDE = (
    (),
    ("actor",), ("family",), ("mechanism",), ("right",), ("effect",),
    ("actor", "mechanism"), ("family", "mechanism"), ("actor", "right"), ("family", "right"), ("mechanism", "right"),
    ("actor", "effect"), ("family", "effect"), ("mechanism", "effect"), ("right", "effect"),
    ("actor", "mechanism", "effect"), ("family", "mechanism", "effect"),
    ("actor", "right", "effect"), ("family", "right", "effect"), ("mechanism", "right", "effect"),
)  # fmt: skip

#: All tables that may leave. What is not listed is not counted outside.
TABLES = (
    *(Table((place, *shape)) for place, shape in product(PLACES, _LOCAL)),
    *(Table(shape) for shape in _WORLDWIDE),
)


@cache
def is_local(shape: tuple[str, ...]) -> bool:
    """Say whether cells of a shape are told by country and by region."""
    return shape in _LOCAL


@cache
def shapes() -> tuple[tuple[str, ...], ...]:
    """Return the shapes of all keys of all tables, the general ones first; margins are among them."""
    found = {
        part
        for table in TABLES
        for size in range(len(table.dimensions) + 1)
        for part in combinations([name for name in table.dimensions if name in OPEN], size)
    }
    # An actor says a step more than its family.
    return tuple(sorted(found, key=lambda shape: (len(shape) + ("actor" in shape), [OPEN.index(name) for name in shape])))
