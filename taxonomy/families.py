"""Families of actors, for figures that are too few by actor.

The families are the groups of the codebook that have several actors. In each one actor is told within its family alone, and the
private sector in general is no actor that could be compared with others: it belongs to none. So there is always an actor whom no
figure tells apart, and a family is more than the actors that are told beside it; nobody can take them from it and be left with
the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: The family of each actor that has one.
FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "corporation": "business",
        "industry_association": "business",
        "business_elite": "business",
        "illicit_business": "business",
        "small_business": "business",
        "investor": "finance",
        "bank": "finance",
        "ifi": "finance",
        "economic_advisor": "finance",
    }
)

#: Actors that are counted in their family and not by themselves: those least often compared.
WITHIN_FAMILY = frozenset({"small_business", "economic_advisor"})

#: Says that it is the private sector, and not who of it.
IN_GENERAL = "private_sector"


def family(actor: str) -> str | None:
    """Return the family of an actor; None where it has none."""
    return FAMILIES.get(actor)


def told_apart(actor: str) -> str | None:
    """Return the actor where it is counted by itself, None where it is not."""
    return None if actor in WITHIN_FAMILY or actor == IN_GENERAL else actor
