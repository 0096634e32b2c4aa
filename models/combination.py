"""From the codings of an answer's passages to the coding of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.coding import Code, Coding, Span

if TYPE_CHECKING:
    from taxonomy import Codebook

_FIRST = ("influence", "no_influence", "off_topic", "non_substantive")
_NONE = ""  # of another codebook, which asks for no relevance or for another one
_RANKS = (*_FIRST, _NONE)
#: What two passages that differ say together.
_DIFFERING = {"mode": "both", "direction": "both", "effect": "mixed", "responsibility": "joint", "awareness": "knowing"}
#: Values that say nothing and give way to any other.
_SILENT = frozenset({"unclear", "not_stated"})


def combine(codings: Sequence[Coding], starts: Sequence[int] | None = None, codebook: Codebook | None = None) -> Coding:
    """Return an answer's coding: its sets are unions over its influence passages, single values that differ become both or mixed.

    ``starts`` are the places of the passages in the answer: spans are shifted by them. Where no passage is on influence, the
    passages of the answer's own relevance take their place, so that the answer still has a best prediction for every facet.

    With a ``codebook`` of another survey all passages count that have none of these relevances, and in a facet of one value whose
    codes cannot be put together the surest is given.
    """
    if not codings:
        raise ValueError("an answer has at least one passage")
    placed = [_placed(coding, start) for coding, start in zip(codings, starts or [0] * len(codings), strict=True)]
    said = [_relevance(coding) for coding in placed]
    relevance = min(said, key=_RANKS.index)
    speaking = [coding for coding, each in zip(placed, said, strict=True) if each == relevance]
    together, single = (_DIFFERING, frozenset[str]()) if codebook is None else _of(codebook)
    facets: dict[str, dict[str, list[Code]]] = {}
    for code in (code for coding in speaking for code in coding.codes):
        facets.setdefault(code.facet, {}).setdefault(code.code, []).append(code)
    codes: list[Code] = []
    for facet, values in facets.items():
        merged = [_merged(same) for same in values.values()]
        if facet in together:
            codes.append(_settled(facet, merged))
        else:
            codes.extend([max(merged, key=lambda code: code.confidence)] if facet in single else merged)
    # What was settled takes the place of what the passages said one by one: it may be a value that none of them has.
    settled = {code.facet: {code.code: code.confidence} for code in codes if code.facet in together and len(speaking) > 1}
    claims = tuple(claim for coding in speaking for claim in coding.claims)
    return Coding(tuple(codes), claims, {**_highest(speaking), **settled}, any(coding.learned_from for coding in codings))


def _of(codebook: Codebook) -> tuple[Mapping[str, str], frozenset[str]]:
    """Return what differing values say together, as far as the codebook has the word for it, and which facets take one value."""
    single = {facet.id: {code.id for code in facet.codes} for facet in codebook.facets if facet.values == "one"}
    return {facet: code for facet, code in _DIFFERING.items() if code in single.get(facet, ())}, frozenset(single)


def _relevance(coding: Coding) -> str:
    return next((code.code for code in coding.codes if code.facet == "relevance" and code.code in _FIRST), _NONE)


def _placed(coding: Coding, start: int) -> Coding:
    if start == 0:
        return coding
    return replace(
        coding,
        codes=tuple(replace(code, spans=_shifted(code.spans, start)) for code in coding.codes),
        claims=tuple(replace(claim, spans=_shifted(claim.spans, start)) for claim in coding.claims),
    )


def _shifted(spans: Sequence[Span], by: int) -> tuple[Span, ...]:
    return tuple(Span(span.start + by, span.end + by) for span in spans)


def _merged(same: Sequence[Code]) -> Code:
    best = max(same, key=lambda code: code.confidence)
    return replace(best, spans=tuple(sorted({span for code in same for span in code.spans})))


def _settled(facet: str, values: Sequence[Code]) -> Code:
    saying = [code for code in values if code.code not in _SILENT] or list(values)
    if len(saying) == 1:
        return saying[0]
    spans = tuple(sorted({span for code in saying for span in code.spans}))
    confidence = min(code.confidence for code in saying)
    return Code(facet, _DIFFERING[facet], confidence, "rule", spans, any(code.review for code in saying))


def _highest(codings: Sequence[Coding]) -> Mapping[str, Mapping[str, float]]:
    highest: dict[str, dict[str, float]] = {}
    for coding in codings:
        for facet, codes in coding.probabilities.items():
            for code, confidence in codes.items():
                known = highest.setdefault(facet, {})
                known[code] = max(confidence, known.get(code, 0.0))
    return highest
