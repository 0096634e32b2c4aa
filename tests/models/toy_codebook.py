"""Codebooks that have nothing of the shipped one but, in one case, the names of its facets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from taxonomy import Codebook


def _facet(id: str, values: str, codes: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        "id": id,
        "name": {"en": id},
        "definition": f"Facet {id}.",
        "values": values,
        "applies_to": "all",
        "codes": [
            {
                "id": code,
                "name": {"en": code},
                "definition": f"What {code} covers.",
                "use_when": "Where it fits.",
                "cues": {"en": {"strong": list(words)}} if words else {},
            }
            for code, words in codes.items()
        ],
    }


def _codebook(*facets: dict[str, Any]) -> Codebook:
    return Codebook.model_validate({"version": "0.0.1", "title": "Toy", "languages": ["en"], "facets": facets})


@cache
def toy_codebook() -> Codebook:
    """What guests say of a hotel: a facet of many values and one of a single value."""
    return _codebook(
        _facet("theme", "many", {"food": ["breakfast", "dinner"], "room": ["bed"], "parking": ["car park"]}),
        _facet("mood", "one", {"glad": ["lovely"], "cross": ["dreadful"], "even": []}),
    )


@cache
def namesake_codebook() -> Codebook:
    """What theatregoers say: facets that bear the shipped one's names, and mean something else."""
    return _codebook(
        _facet("relevance", "one", {"play": ["play"], "cloakroom": ["coat"]}),
        _facet("actor", "many", {"lead": ["Hamlet"], "extra": ["crowd"]}),
        _facet("mechanism", "many", {"trapdoor": ["trapdoor"]}),
        _facet("labour", "many", {"minimum_wage": ["wage"]}),
        _facet("right", "many", {"left_of_stage": ["left"]}),
        _facet("direction", "one", {"brisk": ["brisk"], "slow": ["slow"]}),
        _facet("origin", "many", {"touring": ["tour"]}),
    )
