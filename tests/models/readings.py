"""Readings of short English texts with the tiny codebook, for the tests of rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from models.coding import Code, Passage, Span
from models.cues import CueMatcher, Match, codebook_cues
from models.nationality import with_homes
from models.normalisation import normalise
from models.reading import Reading
from models.selection import Picks
from models.signals import company_cues, signal_cues
from tests.models.tiny_codebook import tiny_codebook

UNLIKE = 0.15


@cache
def _matcher() -> CueMatcher:
    return CueMatcher([*codebook_cues(tiny_codebook()), *signal_cues(), *company_cues()])


def read(text: str, country: str | None = None, like: Mapping[tuple[str, str], float] | None = None, language: str = "en") -> Reading:
    """Read a text; it resembles no code but those given in ``like``."""
    words = normalise(text, language)
    found: dict[str, list[Match]] = defaultdict(list)
    for match in with_homes(_matcher().matches(text, words, language), text, words, language):
        found[match.facet].append(match)
    similar = {
        facet.id: {code.id: (like or {}).get((facet.id, code.id), UNLIKE) for code in facet.codes} for facet in tiny_codebook().facets
    }
    return Reading(Passage(text, language, country), words, {facet: tuple(matches) for facet, matches in found.items()}, similar)


def picked(*codes: str, confidence: float = 0.8) -> Picks:
    """Picks such as "mechanism:lobbying", each read from the first four letters."""
    picks: Picks = {}
    for each in codes:
        facet, _, code = each.partition(":")
        picks.setdefault(facet, {})[code] = Code(facet, code, confidence, "cue", (Span(0, 4),), confidence < 0.5)
    return picks
