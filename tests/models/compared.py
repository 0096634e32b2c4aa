"""Labelled passages and predictions in one line each, for tests of figures that can be done by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.coding import Passage
from models.comparison import Comparison, Pair, Predicted, compare
from models.labels import LabelledPassage
from tests.models.tiny_codebook import tiny_codebook


def labelled(
    id: str, language: str = "en", country: str | None = None, family: str = "", source: str = "", **values: str
) -> LabelledPassage:
    """A passage; codes of a facet stand a space apart."""
    split = {facet: tuple(codes.split()) for facet, codes in values.items()}
    return LabelledPassage(id, Passage(f"Text {id}.", language, country), split, source, family or id)


def said(review: str = "", learned_from: bool = False, sure: float = 0.8, **values: str) -> Predicted:
    """A prediction; ``review`` names the codes (``facet:code``) that are left to a person."""
    confidence = {facet: dict.fromkeys(codes.split(), sure) for facet, codes in values.items()}
    doubtful = [mark.partition(":") for mark in review.split()]
    return Predicted(confidence, frozenset((facet, code) for facet, _, code in doubtful), learned_from)


def compared(facet: str, *both: tuple[str, str], families: Sequence[str] = (), sure: Sequence[Mapping[str, float]] = ()) -> Comparison:
    """A facet's comparison from pairs of (reference, prediction), each with codes a space apart."""
    pairs: list[Pair] = []
    for number, (held, predicted) in enumerate(both):
        row = labelled(f"p{number}", family=families[number] if families else "", **{facet: held})
        pairs.append((row, Predicted({facet: sure[number]}) if sure else said(**{facet: predicted})))
    return compare(pairs, tiny_codebook().facet(facet))
