"""Cue words found in a text: which code each speaks for, how strongly, and where it stands."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.coding import Span
from models.loading import loading
from models.masking import PLACEHOLDER
from models.normalisation import LEMMATISED, Normalised, document, fold, lemma, normalise, shared_vocab

if TYPE_CHECKING:
    from taxonomy import Codebook

EVERY_LANGUAGE = "*"
_VARIANTS = 8  # of one phrase; more add nothing that a text was seen to hold


@dataclass(frozen=True)
class Cue:
    """A word or phrase of one language (or of every one) that speaks for a code."""

    facet: str
    code: str
    strength: str  # strong | weak | not
    text: str
    language: str
    cased: bool = False  # a name: the text must write it with a capital too


@dataclass(frozen=True)
class Match:
    """A cue found at words [first, last) of a text."""

    facet: str
    code: str
    strength: str
    first: int
    last: int
    span: Span


def codebook_cues(codebook: Codebook) -> Iterator[Cue]:
    """Yield every cue of a codebook. An English cue written as a proper name is looked for in every language."""
    for facet in codebook.facets:
        for code in facet.codes:
            for language, cues in code.cues.items():
                for strength, texts in (("strong", cues.strong), ("weak", cues.weak), ("not", cues.not_)):
                    for text in texts:
                        named = _is_name(text)
                        everywhere = named and strength == "strong" and language == "en"
                        cased = named and " " not in text and not text.isupper()
                        yield Cue(facet.id, code.id, strength, text, EVERY_LANGUAGE if everywhere else language, cased)


def _is_name(text: str) -> bool:
    return all(word[0].isupper() for word in text.split())


class CueMatcher:
    """Finds cues by dictionary form or by folded surface. A language's matchers are built when it is first met."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        self._cues: dict[str, list[Cue]] = defaultdict(list)
        for cue in cues:
            self._cues[cue.language].append(cue)
        self._built: dict[str, _LanguageMatcher] = {}

    def matches(self, text: str, normalised: Normalised, language: str) -> list[Match]:
        """Return the cues that count in a text, in the order of their place."""
        matcher = self._built.get(language)
        if matcher is None:
            cues = [*self._cues.get(language, ()), *self._cues.get(EVERY_LANGUAGE, ())]
            with loading():
                matcher = self._built[language] = _LanguageMatcher(cues, language)
        return longest(_said(matcher.find(text, normalised), text))


class _LanguageMatcher:
    def __init__(self, cues: list[Cue], language: str) -> None:
        self._language = language
        by_lemma: dict[tuple[str, ...], list[Cue]] = defaultdict(list)
        by_surface: dict[tuple[str, ...], list[Cue]] = defaultdict(list)
        for cue in cues:
            normalised = normalise(cue.text, language)
            words = [cue.text[start:end] for start, end in zip(normalised.starts, normalised.ends, strict=True)]
            if not words:
                continue
            by_surface[tuple(fold(word) for word in words)].append(cue)
            for pattern in dict.fromkeys(itertools.islice(_patterns(words, language), _VARIANTS)):
                by_lemma[pattern].append(cue)
        self._finders = [_phrase_matcher("LEMMA", by_lemma)]
        if language in LEMMATISED:  # elsewhere the lemma is the surface
            self._finders.append(_phrase_matcher("NORM", by_surface))

    def find(self, text: str, normalised: Normalised) -> set[Match]:
        found: set[Match] = set()
        for matcher, cues in self._finders:
            for key, first, last in matcher(normalised.doc):
                span = normalised.span(first, last)
                capital = text[span.start].isupper()
                past = self._language == "en" and normalised.doc[last - 1].text.endswith("ed")
                found.update(
                    Match(cue.facet, cue.code, cue.strength, first, last, span)
                    for cue in cues[key]
                    if (capital or not cue.cased) and not (past and _names_someone(cue))
                )
        return found


def _said(found: set[Match], text: str) -> set[Match]:
    """Leave out what stands in a placeholder: a mask is no word of the answer, whatever cues a codebook has."""
    masks = [met.span() for met in PLACEHOLDER.finditer(text)]
    if not masks:
        return found
    return {match for match in found if not any(start <= match.span.start and match.span.end <= end for start, end in masks)}


def _names_someone(cue: Cue) -> bool:
    # "The bank lobby" is an actor; in "banks lobbied" the bank is.
    return cue.facet == "actor" and " " in cue.text and not cue.text.endswith("ed")


def _patterns(words: Sequence[str], language: str) -> Iterator[tuple[str, ...]]:
    """Yield the sequences of dictionary forms that a phrase may take in a text, the likeliest first.

    Without context a form may get the lemma of another word (French "usines" that of "usiner"), so that the forms that a
    lemmatiser gives to the cue, to its plural, and the cue itself all count. So do the plurals of all words of a phrase
    together ("société minière", "sociétés minières").
    """
    if language not in LEMMATISED:
        yield tuple(fold(word) for word in words)
        return
    choices = [dict.fromkeys((_own_lemma(word, language), fold(word))) for word in words]
    if len(choices) == 1 and len(words[0]) > 3:
        choices[0].update(dict.fromkeys(lemma(words[0] + ending, language) for ending in ("s", "es")))
    yield from itertools.product(*choices)
    if len(words) > 1:
        yield tuple(lemma(word + "s", language) if len(word) > 3 else lemma(word, language) for word in words)


def _own_lemma(word: str, language: str) -> str:
    # An English noun in -ing names the doing; its verb ("to log", "to fish") is another matter.
    return fold(word) if language == "en" and word.endswith("ing") else lemma(word, language)


def _phrase_matcher(attribute: str, patterns: dict[tuple[str, ...], list[Cue]]) -> tuple[Any, dict[int, list[Cue]]]:
    from spacy.matcher import PhraseMatcher

    vocab = shared_vocab()
    matcher = PhraseMatcher(vocab, attr=attribute)
    cues: dict[int, list[Cue]] = {}
    for number, (words, meant) in enumerate(patterns.items()):
        matcher.add(str(number), [document([(word, word, 0, 0) for word in words]).doc])
        cues[vocab.strings[str(number)]] = meant
    return matcher, cues


def longest(found: Iterable[Match]) -> list[Match]:
    """Drop what a longer match of the same facet contains, and what a ``not`` phrase of the same code contains."""
    matches = list(found)
    # By the words they cover: a long text has thousands of matches, of which few can contain one another.
    over: dict[tuple[str, int], list[Match]] = defaultdict(list)
    for match in matches:
        for word in range(match.first, match.last):
            over[match.facet, word].append(match)
    kept = [
        match
        for match in matches
        if match.strength != "not" and not any(_silences(other, match) for other in over[match.facet, match.first])
    ]
    return sorted(kept, key=lambda m: (m.first, m.last, m.facet, m.code, m.strength))


def _silences(other: Match, match: Match) -> bool:
    if other.first > match.first or other.last < match.last:
        return False
    if other.strength == "not":
        return other.code == match.code
    if other.last - other.first > match.last - match.first:
        return True
    return other.strength == "strong" and match.strength == "weak" and other.code == match.code and other != match
