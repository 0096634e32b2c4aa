"""What topics are called: the words that tell one from the others, in each language that its passages are written in.

Words are counted as dictionary forms, without stop words, digits and what masking put in place of addresses. They are weighed by
class-based TF-IDF (Grootendorst 2022, *BERTopic*, arXiv:2203.05794), each language apart: a word of one language is distinctive
among the words of that language, whatever the others say. People are shown the commonest surface of a dictionary form.
"""

from __future__ import annotations

import re
import runpy
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from models.masking import blanked
from models.normalisation import KOREAN, fold, lemma, normalise
from models.packages import korean
from models.tables import TOPIC_WORDS
from models.topic_spec import WordSpec

LANGUAGES = ("en", "es", "fr", "ko", "pt")
NAME_WORDS = 4
#: What stands between the words of a name.
BETWEEN = ", "
_ENGLISH_FROM = 3  # words that English must have to name a topic whose passages are mostly of another language

_NUMBERED = re.compile(r" \([0-9]+\)$")  # at the end of a name that would otherwise be another topic's
_LETTERS = 2  # of the shortest word; a Korean noun may be one syllable
_STEM = 5  # letters that two words share from the start: they would say the same in one name
_INFLECTION = 2  # letters by which one word is longer than another that it begins with: the lemmatiser took them for two
_KOREAN_NOUNS = frozenset({"NNG", "NNP", "SL"})
_KOREAN_PREFIX, _KOREAN_SUFFIX = "XPN", "XSN"
_KOREAN_LOOSE = frozenset({"들", "적", "상", "간", "별", "측", "대"})  # suffixes that make no other word of a noun

# spaCy's lists hold some words that answers on rights are about, or take one for a form of such a word ...
_CONTENT = {
    "en": frozenset({"march", "mine"}),  # a march is a protest too
    "es": frozenset({"estado", "medio", "unir"}),
    "fr": frozenset({"personne"}),
    "pt": frozenset({"apoio", "conselho", "custar", "direito", "estado", "grupo", "sistema"}),
}
# ... and lack some that only hedge or join.
_EMPTY = {
    "en": frozenset({"accord", "especially", "etc", "include", "including", "particular", "particularly", "regard", "specific"}),
    "es": frozenset({"as", "especialmente", "etc", "incluir", "menudo", "particularmente"}),
    "fr": frozenset({"contre", "etc", "inclure", "non", "part", "particulier", "particulierement"}),
    "ko": frozenset({"것", "경우", "내", "뒤", "등", "때문", "말", "앞", "이유", "인", "전", "정도", "중", "후"}),
    "pt": frozenset({"certo", "determinado", "especialmente", "etc", "haver", "incluir", "particular", "particularmente"}),
}


class Token(NamedTuple):
    """A word that says something: its folded dictionary form, and the word as it stood, in lower case."""

    lemma: str
    surface: str


class TopicWord(NamedTuple):
    """A word of a topic in one language. ``rank`` counts from 1, ``weight`` is its class-based TF-IDF, ``passages`` hold it."""

    topic: str
    language: str
    rank: int
    lemma: str
    surface: str
    weight: float
    passages: tuple[str, ...] = ()


def tokens(text: str, language: str) -> list[Token]:
    """Return the words of a masked text in order; of Korean the nouns. Other languages than the five have no stop words."""
    text = blanked(text)
    if language == KOREAN:
        found, shortest = _nouns(text), 1
    else:
        words = normalise(text, language)
        spans = zip(words.starts, words.ends, strict=True)
        found = ((token.lemma_, text[start:end]) for token, (start, end) in zip(words.doc, spans, strict=True))
        shortest = _LETTERS
    return [
        Token(form, unicodedata.normalize("NFC", surface).lower())
        for form, surface in found
        if len(form) >= shortest and form.isalpha() and not _is_stop(form, fold(surface), language)
    ]


def documents(token_lists: Sequence[Sequence[Token]], languages: Sequence[str]) -> list[str]:
    """Return one string per passage for a vectorizer that splits at blanks: ``<language>:<lemma>`` each.

    A passage without words is its language alone (``en:``): a vectorizer refuses passages none of which has a word.
    """
    return [
        " ".join(f"{language}:{word.lemma}" for word in words) or f"{language}:"
        for words, language in zip(token_lists, languages, strict=True)
    ]


def _is_stop(form: str, folded: str, language: str) -> bool:
    if form in _CONTENT.get(language, ()):
        return False
    stops = stop_words(language)
    return form in stops or folded in stops


@cache
def stop_words(language: str) -> frozenset[str]:
    """Return the words of a language that say nothing of a topic, folded, and their dictionary forms; none where no list is known."""
    if language not in LANGUAGES:
        return frozenset()
    # Run, not imported: the import of a language compiles its tokenizer, which takes seconds for French.
    listed: set[str] = runpy.run_path(str(files("spacy") / "lang" / language / "stop_words.py"))["STOP_WORDS"]
    forms = {fold(word) for word in listed} | {lemma(word, language) for word in listed}
    forms |= {fold(word) for word in _calendar(language)}
    return frozenset(forms - _CONTENT.get(language, frozenset()) | _EMPTY[language])


def _calendar(language: str) -> Iterator[str]:
    """Yield the names of months and days: when something happened is no matter that answers share."""
    from babel.dates import get_day_names, get_month_names

    for names in (get_month_names, get_day_names):
        yield from names("wide", locale=language).values()


def _nouns(text: str) -> Iterator[tuple[str, str]]:
    """Yield Korean nouns with the affixes that make another word of them: 약 and 가 written together are the price of a drug."""
    kiwi: Any = korean()
    prefix = noun = ""
    end = -1
    for token in kiwi.tokenize(text):
        joined = token.start == end
        if noun and joined and token.tag == _KOREAN_SUFFIX and token.form not in _KOREAN_LOOSE:
            noun += token.form
        else:
            if noun:
                yield fold(noun), noun
            noun = ""
            if token.tag in _KOREAN_NOUNS:
                noun = (prefix if joined else "") + token.form
            prefix = token.form if token.tag == _KOREAN_PREFIX else ""
        end = token.start + token.len
    if noun:
        yield fold(noun), noun


def distinctive(
    topics: Sequence[str | None],
    languages: Sequence[str],
    units: Sequence[str],
    token_lists: Sequence[Sequence[Token]],
    spec: WordSpec,
    passages: Sequence[str] | None = None,
) -> list[TopicWord]:
    """Return the most distinctive words of each topic in each language, by topic, language and rank.

    All sequences have one item per passage; a passage of no topic (None) is background. A word is left out where fewer than
    ``spec.least_answers`` units, which are people as far as is known, have it in the topic: it could point at one of them. Without
    ids of ``passages`` no word says which of them hold it. Equal input in any order gives equal words.
    """
    found: list[TopicWord] = []
    for language in sorted(set(languages)):
        counted = _Counted()
        ids: Sequence[str | None] = [None] * len(topics) if passages is None else passages
        for topic, own, unit, words, passage in zip(topics, languages, units, token_lists, ids, strict=True):
            if own == language:
                counted.add(topic, unit, words, passage)
        found += counted.words(language, spec)
    return sorted(found, key=lambda word: (word.topic, word.language, word.rank))


def topic_words(words: Sequence[TopicWord]) -> pa.Table:
    """Return words as people see them (TOPIC_WORDS)."""
    rows = [
        {"topic": w.topic, "language": w.language, "rank": w.rank, "word": w.surface, "weight": w.weight, "passages": list(w.passages)}
        for w in words
    ]
    return pa.Table.from_pylist(rows, schema=TOPIC_WORDS)


class _Counted:
    """The words of the passages of one language, by topic."""

    def __init__(self) -> None:
        self._counts: defaultdict[str | None, Counter[str]] = defaultdict(Counter)
        self._holders: defaultdict[tuple[str, str], set[str]] = defaultdict(set)  # topic and lemma: units
        self._passages: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._surfaces: defaultdict[tuple[str, str], defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._everywhere: Counter[str] = Counter()

    def add(self, topic: str | None, unit: str, words: Sequence[Token], passage: str | None) -> None:
        for word in words:
            self._counts[topic][word.lemma] += 1
            self._everywhere[word.surface] += 1
            if topic is not None:
                self._holders[topic, word.lemma].add(unit)
                self._surfaces[topic, word.lemma][word.surface].add(unit)
                if passage is not None:
                    self._passages[topic, word.lemma].add(passage)

    def words(self, language: str, spec: WordSpec) -> Iterator[TopicWord]:
        weights = _weights(self._counts)
        for topic in sorted(each for each in self._counts if each is not None):
            shown: list[str] = []
            for form, weight in sorted(weights[topic].items(), key=lambda item: (-item[1], item[0])):
                if len(shown) == spec.shown:
                    break
                if len(self._holders[topic, form]) < spec.least_answers:
                    continue
                surface = self._surface(topic, form)
                if not any(_is_inflected(surface, other) for other in shown):
                    shown.append(surface)
                    holding = tuple(sorted(self._passages[topic, form]))
                    yield TopicWord(topic, language, len(shown), form, surface, weight, holding)

    def _surface(self, topic: str, form: str) -> str:
        surfaces = self._surfaces[topic, form]
        return min(surfaces, key=lambda each: (-len(surfaces[each]), -self._everywhere[each], each))


def _weights(counts: Mapping[str | None, Counter[str]]) -> dict[str | None, dict[str, float]]:
    """Return the class-based TF-IDF of every word in every class, as BERTopic's ``ClassTfidfTransformer`` has it.

    Written out here because the import of BERTopic takes seconds, for layouts that few passages have no need of. Its BM25 weighting
    reads no better with many topics, and with few of them it makes the very words that a topic is about count least.
    """
    # The order of the classes must not depend on that of the passages: sums of floats do on theirs.
    classes = sorted(counts, key=lambda topic: (topic is not None, topic or ""))
    vocabulary = sorted(set().union(*counts.values()))
    column = {form: at for at, form in enumerate(vocabulary)}
    numbers = np.zeros((len(classes), len(vocabulary)))
    for row, topic in enumerate(classes):
        for form, number in counts[topic].items():
            numbers[row, column[form]] = number
    sizes = numbers.sum(axis=1)
    everywhere = numbers.sum(axis=0)
    average = int(sizes.mean()) if classes else 0
    rarity = np.log(1 + average / everywhere)
    weights = numbers / np.maximum(sizes, 1)[:, None] * rarity
    return {topic: {form: float(weights[row, column[form]]) for form in counts[topic]} for row, topic in enumerate(classes)}


def _is_inflected(one: str, other: str) -> bool:
    shorter, longer = sorted((fold(one), fold(other)), key=len)
    return longer.startswith(shorter) and len(longer) - len(shorter) <= _INFLECTION and len(shorter) > _INFLECTION


def names(
    topics: Sequence[str | None], languages: Sequence[str], words: Sequence[TopicWord], taken: Collection[str] = ()
) -> dict[str, str]:
    """Return a name for each topic, by its passages' topics and languages and by its words.

    Up to four words, in English where it has three, otherwise in the language of most of the topic's passages that has words at
    all. Words that would say the same are taken once. No two topics get one name, nor one that is ``taken``: the smaller takes other words.
    A topic without words is called by its number.
    """
    sizes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for topic, language in zip(topics, languages, strict=True):
        if topic is not None:
            sizes[topic][language] += 1
    surfaces: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for word in sorted(words, key=lambda each: (each.topic, each.language, each.rank)):
        surfaces[word.topic][word.language].append(word.surface)
    named: dict[str, str] = {}
    for topic in sorted(sizes, key=lambda each: (-sizes[each].total(), each)):
        named[topic] = _name(topic, _apart(_naming(surfaces[topic], sizes[topic])), {*taken, *named.values()})
    return named


def kept_names(given: Mapping[str, str], words: Sequence[TopicWord]) -> dict[str, str]:
    """Return the names of before that topics keep: those whose every word is still among the topic's words.

    Another one would speak for answers that are gone since, or say a word of which nobody knows any more whose it is.
    """
    listed: defaultdict[str, set[str]] = defaultdict(set)
    for word in words:
        listed[word.topic].add(word.surface)
    return {topic: name for topic, name in given.items() if listed[topic].issuperset(name_words(name))}


def name_words(name: str) -> list[str]:
    """Return the words that a name made by ``names`` consists of."""
    return _NUMBERED.sub("", name).split(BETWEEN)


def _naming(surfaces: Mapping[str, Sequence[str]], sizes: Mapping[str, int]) -> Sequence[str]:
    if len(surfaces.get("en", ())) >= _ENGLISH_FROM or not surfaces:
        return surfaces.get("en", ())
    return surfaces[min(surfaces, key=lambda each: (-sizes.get(each, 0), each))]


def _apart(surfaces: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for surface in surfaces:
        if not any(_alike(fold(surface), fold(other)) for other in kept):
            kept.append(surface)
    return kept


def _alike(one: str, other: str) -> bool:
    stem = min(len(one), len(other), _STEM)
    return one[:stem] == other[:stem]


def _name(topic: str, words: Sequence[str], taken: set[str]) -> str:
    number = topic.rpartition(".")[2]
    if not words:
        return f"Topic {number}"
    name = BETWEEN.join(words[:NAME_WORDS])
    others = (BETWEEN.join((*words[: NAME_WORDS - 1], further)) for further in words[NAME_WORDS:])
    return next((each for each in (name, *others) if each not in taken), f"{name} ({number})")
