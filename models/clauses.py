"""The clauses of a passage: the stretches within which someone does something, told by small words and by who is named where."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from models.coding import Span
from models.normalisation import KOREAN, Normalised, normalise

LISTS = Path(__file__).with_name("clauses.toml")
_SUBJECT = 4  # words of a stretch within which the one who acts in it is named
_AGENT = 4  # words between "by" and the one who is named after it ("by some of the large local companies")
_STOPS = frozenset(",;.:()!?")
#: The number or bullet of an item in a list, and the end of a line.
_ITEM = re.compile(r"(?:(?:^|(?<=\s))(?:\(?(?:\d{1,2}|[a-h])\)|[-–—•·*])\s|[\r\n])\s*(?=\S)")
#: "Says that", "asks to": a Korean ending like that of a clause, which closes what somebody says.
_SAID = re.compile(r"(?:다|라|자|냐)고\s*$")
_AUXILIARY = ("있", "싶", "계시")  # after "-고" the same verb goes on


class Place(NamedTuple):
    """Words [first, last) of a passage."""

    first: int
    last: int


@dataclass(frozen=True)
class Clauses:
    """For each word the number of its clause; and what the small words between tell."""

    numbers: tuple[int, ...]
    relative: frozenset[int]  # the clauses that tell of the one named just before them
    joins: frozenset[int]  # the words that join others: "and", a comma
    by: frozenset[Place]  # those places of someone named that stand after "by"

    def of(self, place: Place) -> int:
        """Return the number of the clause that a place begins in."""
        return self.numbers[place.first]


@dataclass(frozen=True)
class _SmallWords:
    """The small words of one language: kind -> first word -> all words of each that begins with it."""

    kinds: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]]
    endings: re.Pattern[str]
    by_after: re.Pattern[str]
    korean: bool

    def at(self, kind: str, surface: Sequence[str], place: int) -> int:
        """Return how many words the longest small word of a kind takes up at a place; 0 where none stands there."""
        found = self.kinds[kind].get(surface[place])
        if found is None:
            return 0
        return max((len(words) for words in found if tuple(surface[place : place + len(words)]) == words), default=0)


@cache
def _lists() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads(LISTS.read_text("utf-8"))


@cache
def _small_words(language: str) -> _SmallWords:
    kinds: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {}
    for kind in ("opens", "relates", "joins", "by", "closes"):
        kinds[kind] = {}
        for text in _lists()[kind].get(language, ()):
            words = tuple(token.text for token in normalise(text, language).doc)
            kinds[kind][words[0]] = (*kinds[kind].get(words[0], ()), words)
    endings, by_after = ("|".join(_lists()[kind].get(KOREAN, ())) for kind in ("ends", "by"))
    return _SmallWords(kinds, re.compile(rf"(?:{endings})\s*$"), re.compile(rf"들?(?:{by_after})"), language == KOREAN)


def places(words: Normalised, spans: Iterable[Span]) -> tuple[Place, ...]:
    """Return the words that spans cover, each place once, in order."""
    found = (Place(bisect_right(words.ends, span.start), bisect_left(words.starts, span.end)) for span in spans)
    return tuple(sorted({place for place in found if place.first < place.last}))


def _agents(text: str, words: Normalised, surface: Sequence[str], small: _SmallWords, named: Iterable[Place]) -> frozenset[Place]:
    """Return those places of someone named that stand after "by"; in Korean it is an ending of their own."""
    if small.korean:
        return frozenset(place for place in named if small.by_after.match(text, words.ends[place.last - 1]))
    return frozenset(place for place in named if _after_by(surface, small, place.first))


def _after_by(surface: Sequence[str], small: _SmallWords, first: int) -> bool:
    for place in range(first - 1, max(first - 1 - _AGENT, -1), -1):
        if surface[place] in _STOPS or small.at("relates", surface, place) or small.at("opens", surface, place):
            return False
        if small.at("by", surface, place):
            return True
    return False


def clauses(text: str, words: Normalised, language: str, actors: Sequence[Place], acts: Sequence[Place]) -> Clauses:
    """Cut a passage into clauses, given where someone is named and where something is done; both in order.

    Sentence ends, items of a list, conjunctions and relative pronouns part clauses whatever they hold. A comma or an "and" does so
    only where someone is named and something done on either side: "banks and mines lobby" is one clause, "banks lobby, mines
    pollute and landlords evict" are three.
    """
    surface = [token.text for token in words.doc]
    small = _small_words(language)
    begins, relative = _parted(text, words, surface, small)
    by = _agents(text, words, surface, small, actors)
    joins = [place for place in range(1, len(surface)) if small.at("joins", surface, place)]
    begins |= set(_joined(surface, joins, words.sentences, sorted(begins), actors, acts, by))
    numbers: list[int] = []
    for place in range(len(surface)):
        numbers.append((numbers[-1] if numbers else -1) + (place in begins))
    return Clauses(tuple(numbers), frozenset(numbers[place] for place in relative), frozenset(joins), by)


def _parted(text: str, words: Normalised, surface: Sequence[str], small: _SmallWords) -> tuple[set[int], set[int]]:
    """Return the words that begin a clause whatever it holds, and those of them that are relative pronouns."""
    begins, relative = {0}, set()
    opened = 0  # the word after the last conjunction: a "that" up to there is part of it ("mientras que")
    for place in range(1, len(surface)):
        length = small.at("opens", surface, place)
        if length:
            opened = place + length
        elif small.at("relates", surface, place) and place > opened:
            relative.add(place)
        elif not (_new_sentence(words, place) or small.at("closes", surface, place - 1) or _ended(text, words, place, small)):
            continue
        begins.add(place)
    for mark in _ITEM.finditer(text):
        place = bisect_left(words.starts, mark.start())
        if place < len(surface):
            begins.add(place)
    return begins, relative


def _new_sentence(words: Normalised, place: int) -> bool:
    return words.sentences[place] != words.sentences[place - 1]


def _ended(text: str, words: Normalised, place: int, small: _SmallWords) -> bool:
    """Tell whether a Korean ending before a word parts two clauses: endings are no words of their own."""
    before = text[words.ends[place - 1] : words.starts[place]]
    if not small.korean or not before.strip():
        return False
    return small.endings.search(before) is not None and not _SAID.search(before) and not text.startswith(_AUXILIARY, words.starts[place])


def _joined(
    surface: Sequence[str],
    joins: Sequence[int],
    sentences: Sequence[int],
    begins: Sequence[int],
    actors: Sequence[Place],
    acts: Sequence[Place],
    by: frozenset[Place],
) -> Iterator[int]:
    """Yield the joining words that part clauses: someone is named and something done before, and someone else does something after."""
    low = 0
    by_ends = {actor.last for actor in by}
    for join, following in pairwise([*joins, len(sentences)]):
        low = max(low, begins[bisect_right(begins, join) - 1])
        sentence = Place(bisect_left(sentences, sentences[join]), bisect_right(sentences, sentences[join]))
        done = _first(acts, join, sentence.last)
        if done is None or _first(acts, low, join) is None or _first(actors, sentence.first, join) is None:
            continue
        if join in by_ends and surface[join] != ",":
            continue  # "killed by farmers and traders"
        actor = _first(actors, join, min(following, sentence.last))
        if actor is not None and (actor in by or (actor.first - join <= _SUBJECT and actor.first <= done.first)):
            yield join
            low = join


def _first(found: Sequence[Place], low: int, high: int) -> Place | None:
    place = bisect_left(found, (low, 0))
    return found[place] if place < len(found) and found[place].first < high else None
