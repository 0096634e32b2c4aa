"""Short passages with codes read from words of theirs, for the tests of clauses and links."""

from __future__ import annotations

from collections.abc import Mapping

from models.claims import claims
from models.coding import Claim, Code, Span
from models.selection import Picks
from tests.models.readings import read


def picks(text: str, codes: Mapping[str, str | tuple[str, ...]]) -> Picks:
    """Codes such as {"actor:bank": "banks"}, each read from the words given, one after the other; from the whole text where "" is."""
    made: Picks = {}
    for key, words in codes.items():
        facet, _, name = key.partition(":")
        spans, after = [], 0
        for each in (words,) if isinstance(words, str) else words:
            start = text.index(each, after)
            after = start + len(each)
            spans.append(Span(start, after) if each else Span(0, len(text)))
        made.setdefault(facet, {})[name] = Code(facet, name, 0.8, "cue", tuple(spans))
    return made


def linked(
    text: str,
    codes: Mapping[str, str | tuple[str, ...]],
    language: str = "en",
    values: tuple[str, str, str] = ("both", "both", "harms"),
) -> tuple[Claim, ...]:
    """Return the claims of a text that holds these codes."""
    return claims(read(text, language=language), picks(text, codes), *values)


def triples(made: tuple[Claim, ...]) -> set[tuple[str, str | None, str | None]]:
    """Return who acts by what on which right."""
    return {(claim.actor, claim.mechanism, claim.right) for claim in made}
