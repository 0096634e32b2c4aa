"""Who does what stands at a place of a passage: the one named in its clause, or whom the clause before was about."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.clauses import Clauses, Place, clauses, places
from models.coding import Code, Span
from models.reading import Reading
from models.selection import Picks

_LATE = 8  # words that whoever is named after the deed is further from it, unless "by" stands before the name
_BY_AFTER = 2  # words that whoever is named after "by" is nearer to what stands before: nothing tells more plainly who did it
_BY_BEFORE = 4  # words that whoever is named after "by" is further from what follows
_WEAK = 0.4  # of a weak cue's place, against a strong one's
_CARRIED, _UNPLACED = 0.6, 0.4  # of whom the clause before was about, and of those who stand nowhere, in a clause that names nobody
_PAIR = 4  # words within which two that are named together stand

Key = tuple[str, str]  # facet, code


@dataclass(frozen=True)
class _Named:
    """Those who are named together ("banks and funds"): their codes and where they stand."""

    codes: frozenset[str]
    place: Place
    by: bool


class Scene:
    """A passage as its links are read. ``where`` has the places of each code with their weight: none of one read from the whole."""

    def __init__(self, reading: Reading, picks: Picks) -> None:
        words = self._words = reading.words
        self.where = {
            (facet, code.code): _weighed(reading, code)
            for facet in ("actor", "mechanism", "right")
            for code in picks.get(facet, {}).values()
        }
        self._drop_verbs()
        named = sorted((place, code) for (facet, code), found in self.where.items() if facet == "actor" for place in found)
        names = {word for place, _ in named for word in range(*place)}
        found = {place for (facet, _), found in self.where.items() if facet != "actor" for place in found}
        acts = sorted(place for place in found if names.isdisjoint(range(*place)))
        self.clauses = clauses(reading.passage.text, words, reading.passage.language, [place for place, _ in named], acts)
        self._unplaced = frozenset(code for (facet, code), found in self.where.items() if facet == "actor" and not found)
        self._named = _together(named, acts, self.clauses)
        self._firsts = [each.place.first for each in self._named]
        self._active: dict[int, list[_Named]] = defaultdict(list)
        self._by: dict[int, list[_Named]] = defaultdict(list)
        for each in self._named:
            (self._by if each.by else self._active)[self.clauses.of(each.place)].append(each)
        self._subjects = self._carried()

    def _drop_verbs(self) -> None:
        """Where anyone is named outright, forget the places where a weak cue of an actor is the deed itself: who dismisses, employs."""
        named = {key: found for key, found in self.where.items() if key[0] == "actor"}
        if not any(weight > _WEAK for found in named.values() for weight in found.values()):
            return
        deeds = {place for (facet, _), found in self.where.items() if facet == "mechanism" for place in found}
        for key, found in named.items():
            kept = {place: weight for place, weight in found.items() if weight > _WEAK or place not in deeds}
            self.where[key] = kept or found

    def _carried(self) -> list[_Named | None]:
        """Return whom each clause is about: the first named in it, else whom the last main clause was about, else the next one."""
        count = self.clauses.numbers[-1] + 1 if self.clauses.numbers else 0
        subjects: list[_Named | None] = []
        current = self._named[0] if self._named else None
        for clause in range(count):
            own = next(iter(self._active.get(clause) or self._by.get(clause) or ()), None)
            subjects.append(own or current)
            if own is not None and clause not in self.clauses.relative:
                current = own
        return subjects

    def clause(self, span: Span) -> int:
        """Return the number of the clause that a span begins in."""
        starts = self._words.starts
        return self.clauses.numbers[max(bisect_right(starts, span.start) - 1, 0)] if starts else 0

    def doers(self, place: Place) -> Mapping[str, float]:
        """Return the actors to whom what stands at a place is laid, each with a weight; none where nobody is named."""
        clause = self.clauses.of(place)
        active, by = self._active.get(clause, []), self._by.get(clause, [])
        near = [
            *((max(place.first - each.place.last, 0), each) for each in (*_before(active, place), *self._told_of(clause, place))),
            *((max(each.place.first - place.last, 0) - _BY_AFTER, each) for each in _after(by, place)),
            *((max(place.first - each.place.last, 0) + _BY_BEFORE, each) for each in _before(by, place)),
            *((max(each.place.first - place.last, 0) + _LATE, each) for each in _after(active, place)),
        ]
        if near:
            return dict.fromkeys(min(near, key=lambda found: found[0])[1].codes, 1.0)
        subject = self._subjects[clause]
        carried = dict.fromkeys(subject.codes if subject is not None else (), _CARRIED if self._unplaced else 1.0)
        return dict.fromkeys(self._unplaced, _UNPLACED) | carried

    def _told_of(self, clause: int, place: Place) -> Sequence[_Named]:
        """Return whom a relative clause tells of: whoever is named last before it."""
        if clause not in self.clauses.relative:
            return ()
        last = bisect_left(self._firsts, bisect_left(self.clauses.numbers, clause))
        return self._named[max(last - 1, 0) : last]


def _weighed(reading: Reading, code: Code) -> Mapping[Place, float]:
    """Return the places of a code: a weak cue weighs little, and names nobody where a strong one does."""
    if code.spans == reading.whole:
        return {}
    weak = {match.span for match in reading.of(code.facet, code.code, strength="weak")}
    weak -= {match.span for match in reading.of(code.facet, code.code, strength="strong")}
    strong = [span for span in code.spans if span not in weak]
    found = dict.fromkeys(places(reading.words, strong), 1.0)
    if code.facet == "actor" and found:
        return found
    return dict.fromkeys(places(reading.words, code.spans), _WEAK) | found


def _before(named: Sequence[_Named], place: Place) -> Sequence[_Named]:
    last = bisect_right(named, place.first, key=lambda each: each.place.first)
    return named[max(last - 1, 0) : last]


def _after(named: Sequence[_Named], place: Place) -> Sequence[_Named]:
    first = bisect_right(named, place.first, key=lambda each: each.place.first)
    return named[first : first + 1]


def _together(named: Sequence[tuple[Place, str]], acts: Sequence[Place], within: Clauses) -> list[_Named]:
    """Join those who are named side by side: at the same words, or with "and" and no deed between them."""
    made: list[_Named] = []
    for place, code in named:
        last = made[-1] if made else None
        if last is not None and within.of(last.place) == within.of(place) and _paired(last.place, place, acts, within):
            whole = Place(last.place.first, max(last.place.last, place.last))
            made[-1] = _Named(last.codes | {code}, whole, last.by or place in within.by)
        else:
            made.append(_Named(frozenset({code}), place, place in within.by))
    return made


def _paired(one: Place, other: Place, acts: Sequence[Place], within: Clauses) -> bool:
    if other.first < one.last:
        return True
    between = range(one.last, other.first)
    if len(between) > _PAIR or not any(word in within.joins for word in between):
        return False
    first = bisect_left(acts, (one.last, 0))
    return first == len(acts) or acts[first].first >= other.first
