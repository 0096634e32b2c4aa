"""The figures of topics, taken alike whoever found them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from sklearn.metrics import adjusted_rand_score

from benchmarks.topic_parts.finders import OUTLIER, Found, Labels, main_language
from benchmarks.topic_parts.material import MANNER, Material, Pairs
from models.topic_quality import adjusted_mutual_information, diversity, npmi
from models.topic_spec import TopicSpec
from models.topic_words import Token, distinctive, tokens

#: How BERTopic's vectorizer reads a text when nothing is set: scikit-learn's default pattern, in lower case.
_READ = re.compile(r"(?u)\b\w\w+\b")

Words = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Vocabulary:
    """The words of passages in the two readings, and which word of one is which of the other.

    *As shown*: every word as it stands, stop words too. *Lemmas*: dictionary forms without stop words, each language apart.
    """

    material: Material

    @cached_property
    def tokens(self) -> list[list[Token]]:
        return [tokens(text, language) for text, language in zip(self.material.texts, self.material.languages, strict=True)]

    @cached_property
    def surfaces(self) -> list[set[str]]:
        """What stands in each passage, as either method reads it."""
        read = (set(_READ.findall(text.lower())) for text in self.material.texts)
        return [words | {token.surface for token in own} for words, own in zip(read, self.tokens, strict=True)]

    @cached_property
    def lemmas(self) -> list[set[str]]:
        return [{token.lemma for token in own} for own in self.tokens]

    @cached_property
    def home(self) -> dict[str, str]:
        """The language in whose passages a word stands most, of equally frequent ones the first by name."""
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for words, language in zip(self.surfaces, self.material.languages, strict=True):
            for word in words:
                counts[word][language] += 1
        return {word: min(of, key=lambda language: (-of[language], language)) for word, of in counts.items()}

    def mapped(self, words: Sequence[str], language: str, top: int = 10) -> tuple[str, ...]:
        """Return the first distinct lemmas of these words that are words of the language. A stop word has none: the next one comes in."""
        found: dict[str, None] = {}
        for word in words:
            if self.home.get(word) == language and (read := tokens(word, language)):
                found[read[0].lemma] = None
            if len(found) == top:
                break
        return tuple(found)


@dataclass(frozen=True)
class Wording:
    """How well topics are described: whether the words of a topic stand together (−1 to 1), and the share of all words that differ."""

    npmi: float | None
    diversity: float | None
    described: int  # topics with two words or more


def as_shown(found: Found, vocabulary: Vocabulary) -> Wording:
    """Return the figures of the words as each method shows them, over whole passages in all languages."""
    words = [topic[:10] for topic in found.shown if len(topic) > 1]
    return Wording(npmi(words, vocabulary.surfaces), diversity(words), len(words))


def as_lemmas(labels: Labels, ranked: Words, vocabulary: Vocabulary) -> Wording:
    """Return the figures of the words as lemmas of the topic's main language, over the passages in that language."""
    languages = vocabulary.material.languages
    mine = [main_language(languages, labels, number) for number in range(len(ranked))]
    return _by_language([(language, vocabulary.mapped(words, language)) for language, words in zip(mine, ranked, strict=True)], vocabulary)


def our_words(labels: Labels, count: int, vocabulary: Vocabulary, spec: TopicSpec) -> Wording:
    """Return the figures of topics, whoever found them, described by this project's words."""
    material = vocabulary.material
    names = [None if label == OUTLIER else str(label) for label in labels.tolist()]
    made = distinctive(names, material.languages, material.ids, vocabulary.tokens, spec.words)
    described = []
    for number in range(count):
        language = main_language(material.languages, labels, number)
        mine = [word for word in made if word.topic == str(number) and word.language == language]
        described.append((language, tuple(word.lemma for word in sorted(mine, key=lambda word: word.rank)[:10])))
    return _by_language(described, vocabulary)


def _by_language(described: Sequence[tuple[str, Sequence[str]]], vocabulary: Vocabulary) -> Wording:
    kept = [(language, words) for language, words in described if len(words) > 1]
    total, counted = 0.0, 0
    for language in sorted({language for language, _ in kept}):
        words = [words for its, words in kept if its == language]
        passages = [own for own, its in zip(vocabulary.lemmas, vocabulary.material.languages, strict=True) if its == language]
        value = npmi(words, passages)
        if value is not None:
            total, counted = total + value * len(words), counted + len(words)
    named = [[f"{language}:{word}" for word in words] for language, words in kept]
    return Wording(total / counted if counted else None, diversity(named), len(kept))


def agreement(labels: Labels, material: Material) -> dict[str, float]:
    """Return the adjusted mutual information with people's codes, per facet: passages with exactly one code, outliers as a group."""
    found = {}
    for facet, codes in material.codes.items():
        sets: list[Collection[str]] = [() if code is None else (code,) for code in codes]
        value = adjusted_mutual_information(labels, sets)
        if value is not None and sum(map(len, sets)) >= 50:
            found[f"{facet} (manner)" if facet in MANNER else facet] = value
    return found


# --- the same again


@dataclass(frozen=True)
class Alike:
    """How alike several fits are, as means over pairs of them. ``rand``: adjusted Rand, outliers a group; ``rand_of_members``: over
    what is in a topic in both; ``sharing``: of the pairs of passages that share a topic in one, the share that does in the other.
    """

    fits: int
    rand: float
    rand_of_members: float
    sharing: float


def alike(fits: Sequence[tuple[Labels, Labels]]) -> Alike | None:
    """Compare fits, each given as places of passages and their labels, over the passages that both of a pair know."""
    if len(fits) < 2:
        return None
    rands, members, shared = [], [], []
    for (places, labels), (others, theirs) in combinations(fits, 2):
        _, mine, yours = np.intersect1d(places, others, assume_unique=True, return_indices=True)
        one, other = labels[mine], theirs[yours]
        rands.append(float(adjusted_rand_score(one, other)))
        both = (one >= 0) & (other >= 0)
        members.append(float(adjusted_rand_score(one[both], other[both])))
        shared += [value for value in (sharing(one, other), sharing(other, one)) if value is not None]
    return Alike(len(fits), float(np.mean(rands)), float(np.mean(members)), float(np.mean(shared)) if shared else 0.0)


def sharing(labels: Labels, others: Labels) -> float | None:
    """Return the share of the pairs that share a topic in the first which share one in the second; None where no pair does."""
    inside = labels >= 0
    cells = Counter(zip(labels[inside].tolist(), others[inside].tolist(), strict=True))
    pairs = sum(n * (n - 1) for n in Counter(labels[inside].tolist()).values())
    kept = sum(n * (n - 1) for (_, other), n in cells.items() if other >= 0)
    return kept / pairs if pairs else None


# --- translations


def by_chance(labels: Labels, pairs: Pairs) -> float | None:
    """Return the share of pairs that would be in one topic if each passage were paired with any other one's partner."""
    if not pairs:
        return None
    firsts, seconds = (Counter(labels[list(side)].tolist()) for side in zip(*pairs, strict=True))
    return sum(count * seconds[topic] for topic, count in firsts.items() if topic >= 0) / len(pairs) ** 2
