"""What a claim says, and which claims a selection holds: each is one actor with what it does and the right that this touches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from store.filters import ATTRIBUTES, Filters

#: The facets that a claim has, each with its column in ``claims cl JOIN quotes q``; ``country`` is that of its quote.
CLAIM_FACETS: Mapping[str, str] = {
    "actor": "cl.actor",
    "mechanism": "cl.mechanism",
    "right": 'cl."right"',
    "mode": "cl.mode",
    "direction": "cl.direction",
    "effect": "cl.effect",
    "country": "q.country",
}

#: Of these a claim says what its passage does: where the passage's code waits for a review, so does this part of the claim.
OF_PASSAGE = frozenset({"mode", "direction", "effect"})


def claims_selected(filters: Filters) -> tuple[str, dict[str, Any]]:
    """Return the SQL by which a selection in a facet of claims holds for the claim itself, and what waits is left out; parameters."""
    parts, params = ["true"], {}
    for number, (facet, values) in enumerate(filters.selected().items()):
        if facet in CLAIM_FACETS and facet not in ATTRIBUTES:
            parts.append(f"coalesce(list_contains($claim_{number}, {CLAIM_FACETS[facet]}), false)")
            params[f"claim_{number}"] = list(values)
    if not filters.suggestions:
        parts.append("NOT cl.review")
    return " AND ".join(parts), params


def settled(facet: str) -> str:
    """Return the SQL for whether the passage's code of a facet with one value is settled."""
    return f"""cl."row" NOT IN (SELECT u."row" FROM codes u WHERE u.facet = '{facet}' AND u.review)"""
