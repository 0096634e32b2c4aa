"""The coder that ships: cues, rules and likeness give their opinion, trained heads theirs, and each code is judged on all of it.

The path of a passage: ``read`` finds the words, ``select`` and ``single_values`` say what the codebook's cues and rules make of them,
the heads score every code, ``judgement`` turns both into calibrated probabilities, ``logic`` holds the codes to the codebook's own
implications, and every code gets the words it was read from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.claims import claims
from models.coded import Coded, code
from models.coding import Claim, Code, Coder, Coding, Passage, Span
from models.combination import combine
from models.cues import CueMatcher, Match, codebook_cues
from models.judgement import Floats, chosen, evidence, probabilities
from models.loading import loading
from models.logic import NEVER_EMPTY, settle
from models.nationality import with_homes
from models.normalisation import normalise
from models.reading import Reading, merged, spans
from models.rules import single_values
from models.scoring import FacetLayout
from models.selection import Picks, best_value, select
from models.signals import company_cues, lists_hash, signal_cues
from models.similarity import Likeness
from models.trained import SHIPPED, Trained, load_trained, trained_version
from taxonomy.errors import ModelError

if TYPE_CHECKING:
    from models.encoders import Encoder
    from models.scoring import Scores
    from taxonomy import Codebook

__all__ = ["CODER", "Coded", "CueCoder", "TrainedCoder", "by_whom", "code", "coder_version", "combine", "load_coder"]

#: The version of the method; raise it whenever the same passage could be coded otherwise.
CODER = "suasion-2"
_AREA_PRIOR = 0.1  # added to the likeness of the rights of the area asked about
_CHUNK = 256  # passages whose scores are held at once
_UNSAID = (("mode", "unclear"), ("direction", "not_stated"), ("effect", "unclear"))
_SILENT = 0.95  # the rules' confidence that a text holds nothing at all, from which nothing else is asked


class CueCoder:
    """Codes passages by cues first, rules second, likeness last: all there is for a codebook that nobody has coded passages by."""

    def __init__(self, codebook: Codebook, encoder: Encoder) -> None:
        self.codebook = codebook
        self.known = frozenset((facet.id, code.id) for facet in codebook.facets for code in facet.codes)
        self._cues = CueMatcher(chain(codebook_cues(codebook), signal_cues(), company_cues()))
        self._likeness = Likeness(codebook, encoder)
        self._areas = {code.id: code.parent for facet in codebook.facets if facet.id == "right" for code in facet.codes}
        self.version = coder_version(None)

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        """Return one coding per passage, in order."""
        return [_careful(self._one(reading), reading, self.codebook) for reading in self.read(passages, vectors)]

    def read(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Reading]:
        """Return each passage with the words found in it and what it resembles."""
        if not passages:
            return []
        scores = self._likeness.scores(vectors).tolist()
        return [self._read(passage, row) for passage, row in zip(passages, scores, strict=True)]

    def opinion(self, reading: Reading) -> tuple[Picks, dict[str, Code]]:
        """Return what cues and rules make of a passage: the sets, and the single values."""
        picks = select(reading, self.codebook)
        ruled = single_values(reading, picks)
        singles: dict[str, Code] = {}
        for facet in self.codebook.facets:
            if facet.values == "one":
                own = ruled.get(facet.id)
                # A facet that no rule knows, or one of another codebook that shares but its name, goes by cues and likeness.
                singles[facet.id] = own if own is not None and (facet.id, own.code) in self.known else best_value(reading, facet)
        return picks, singles

    def _one(self, reading: Reading) -> Coding:
        picks, singles = self.opinion(reading)
        relevance = singles.get("relevance")
        if relevance is not None and relevance.code == "non_substantive":
            return Coding((relevance,), (), {"relevance": {relevance.code: relevance.confidence}})
        codes = (*singles.values(), *(pick for facet in picks.values() for pick in facet.values()))
        return Coding(codes, _claims(reading, picks | {facet: {code.code: code} for facet, code in singles.items()}), _given(codes))

    def _read(self, passage: Passage, scores: Sequence[float]) -> Reading:
        words = normalise(passage.text, passage.language)
        found: dict[str, list[Match]] = defaultdict(list)
        matches = self._cues.matches(passage.text, words, passage.language)
        for match in with_homes(matches, passage.text, words, passage.language):
            found[match.facet].append(match)
        similar = self._likeness.by_facet(scores)
        if passage.area is not None and "right" in similar:
            prior = {right: _AREA_PRIOR * (area == passage.area) for right, area in self._areas.items()}
            similar = {**similar, "right": {right: min(0.99, like + prior[right]) for right, like in similar["right"].items()}}
        return Reading(passage, words, {facet: tuple(matches) for facet, matches in found.items()}, similar)


class TrainedCoder:
    """Weighs what cues and rules say against what trained heads say. A code that the heads do not know is left to the cues."""

    def __init__(self, cues: CueCoder, trained: Trained, version: str) -> None:
        self._cues = cues
        self._trained = trained
        self._layout = trained.scorer.layout
        book = cues.codebook.facets
        # The heads may be older than the codebook: of each facet only the codes that both know are theirs.
        alike = {(facet.id, facet.values == "one") for facet in book}
        # Of a facet that no passage told them of there are no weights.
        told = [facet for facet in self._layout.facets if facet.facet in trained.weights]
        self._in_book = {
            facet.facet: np.asarray([(facet.facet, code) in cues.known for code in facet.codes])
            for facet in told
            if (facet.facet, facet.one) in alike
        }
        self._facets = [facet for facet in told if facet.facet in self._in_book and self._in_book[facet.facet].any()]
        self._unknown = [facet.id for facet in book if facet.id not in {known.facet for known in self._facets}]
        self._least = {facet: fitted.settle for facet, fitted in trained.weights.items()}
        self.version = version

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        """Return one coding per passage, in order."""
        codings: list[Coding] = []
        for start in range(0, len(passages), _CHUNK):
            part = passages[start : start + _CHUNK]
            scores = self._trained.scorer.score([passage.text for passage in part])
            readings = self._cues.read(part, vectors[start : start + _CHUNK])
            codings += [
                _careful(self._one(reading, scores, number), reading, self._cues.codebook) for number, reading in enumerate(readings)
            ]
        return codings

    def _one(self, reading: Reading, scores: Scores, number: int) -> Coding:
        picks, singles = self._cues.opinion(reading)
        learned_from = self._trained.learned_from(reading.passage.text)
        silent = singles.get("relevance")
        if silent is not None and silent.code == "non_substantive" and silent.confidence >= _SILENT:
            return Coding((silent,), (), {"relevance": {silent.code: silent.confidence}}, learned_from)
        table = evidence(reading, picks, singles, scores.values[number], self._layout)
        given: Picks = {}
        told: dict[str, dict[str, float]] = {}
        for facet in self._facets:
            opinions = singles if facet.one else picks.get(facet.facet, {})
            given[facet.facet], told[facet.facet] = self._judged(
                facet, table, reading, opinions, lambda place: scores.evidence(number, place)
            )
        for unknown in self._unknown:
            given[unknown] = {singles[unknown].code: singles[unknown]} if unknown in singles else dict(picks.get(unknown, {}))
            told[unknown] = {name: code.confidence for name, code in given[unknown].items()}
        settle(given, told, reading, self._least)
        # The logic may know codes that the codebook does not have.
        known = self._cues.known
        given = {facet: {name: code for name, code in codes.items() if (facet, name) in known} for facet, codes in given.items()}
        relevance = next(iter(given.get("relevance", {}).values()), None)
        if relevance is not None and relevance.code == "non_substantive":
            return Coding((relevance,), (), told, learned_from)
        codes = tuple(code for facet in given.values() for code in facet.values())
        return Coding(codes, _claims(reading, given), told, learned_from)

    def _judged(
        self, facet: FacetLayout, table: Floats, reading: Reading, opinions: Mapping[str, Code], where: Callable[[int], tuple[Span, ...]]
    ) -> tuple[dict[str, Code], dict[str, float]]:
        """Return the codes given in a facet, and the probability of every code that is not out of the question."""
        fitted = self._trained.weights[facet.facet]
        known = self._in_book[facet.facet]
        figures = np.where(known, probabilities(table[facet.start : facet.end], facet, fitted), 0.0)
        wanted = [int(chosen(figures, fitted.tilt))] if facet.one else np.flatnonzero(figures >= fitted.take).tolist()
        if not wanted and facet.facet in NEVER_EMPTY:
            wanted = [int(figures.argmax())]
        given: dict[str, Code] = {}
        for place in wanted:
            name, confidence = facet.codes[place], round(float(figures[place]), 3)
            opinion = opinions.get(facet.facet if facet.one else name)
            kind, places = _reason(reading, facet.facet, name, opinion)
            if kind == "model":
                places = merged([*places, *where(facet.start + place)])
            given[name] = Code(facet.facet, name, confidence, kind, places, confidence < fitted.settle)
        if not facet.one:
            given |= {name: code for name, code in opinions.items() if name not in facet.codes}
        least = fitted.take / 2
        return given, {facet.codes[i]: round(float(p), 4) for i, p in enumerate(figures) if known[i] and (facet.one or p >= least)}


def _careful(coding: Coding, reading: Reading, codebook: Codebook) -> Coding:
    """Leave all of it to a person where the codebook has no words of the language: nobody has measured what carries over to it."""
    if reading.passage.language in codebook.languages:
        return coding
    return replace(coding, codes=tuple(replace(code, review=True) for code in coding.codes))


def _reason(reading: Reading, facet: str, name: str, opinion: Code | None) -> tuple[str, tuple[Span, ...]]:
    """Return what speaks for a code, and its words: strong cues, else a rule; else the heads do, whose words join those of weak cues."""
    cues = reading.of(facet, name)
    if any(match.strength == "strong" for match in cues):
        return "cue", spans(cues)
    if opinion is not None and opinion.code == name and opinion.evidence in ("cue", "rule") and opinion.spans not in ((), reading.whole):
        return opinion.evidence, opinion.spans
    return "model", spans(cues)


def _claims(reading: Reading, given: Picks) -> tuple[Claim, ...]:
    mode, direction, effect = (next(iter(given.get(facet, {})), unsaid) for facet, unsaid in _UNSAID)
    return claims(reading, given, mode, direction, effect)


def _given(codes: Sequence[Code]) -> Mapping[str, Mapping[str, float]]:
    facets: dict[str, dict[str, float]] = defaultdict(dict)
    for each in codes:
        facets[each.facet][each.code] = each.confidence
    return dict(facets)


def coder_version(folder: Path | None = SHIPPED) -> str:
    """Return the version that the coder has, without loading it. The codebook has a version of its own."""
    trained = trained_version(folder) if folder is not None else ""
    return f"{CODER}+{lists_hash()}" + (f"+{trained}" if trained else "")


def by_whom(coder: Coder, folder: Path | None = None) -> str:
    """Say who codes, as a person is told: ``folder`` is the one that was asked for, None the one that ships."""
    if isinstance(coder, CueCoder):
        return "by cues and likeness alone, because no trained coder knows this codebook"
    return f"by the coder in {folder.name}" if folder is not None else "by the coder that ships"


def load_coder(codebook: Codebook, encoder: Encoder, folder: Path | None = SHIPPED) -> Coder:
    """Return a coder for a codebook: with the trained part of a folder, or by cues and likeness alone.

    The part that ships is used where there is one and it knows codes of the codebook; one in another folder was asked for, and has to.

    Raises:
        ModelError: the trained part is damaged, belongs to another transformer or to another codebook, or is not in the folder asked for.
    """
    with loading():
        cues = CueCoder(codebook, encoder)
        if folder is not None and folder != SHIPPED and not trained_version(folder):
            raise ModelError(f"{folder}: holds no trained coder; make one with: suasion train --out {folder}")
        if folder is None or not trained_version(folder):
            return cues
        trained = load_trained(folder)
        if cues.known.isdisjoint(trained.scorer.layout.codes()):
            if folder == SHIPPED:
                return cues
            raise ModelError(f"{folder}: was trained for another codebook; none of its codes is in this one ({codebook.title})")
        return TrainedCoder(cues, trained, coder_version(folder))
