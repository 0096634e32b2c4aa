"""Whose a company is, read from a nation beside a word for a business: "a Chinese mining company", "à capitaux chinois", "중국계 기업".

The nation alone says nothing: Chinese workers and the Chinese government are no companies. So it counts only where nothing but
words of a line of business ("mining"), of ownership ("-owned") or of another nation ("Chinese and Russian") stand between the two.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.cues import Match
from models.normalisation import KOREAN, Normalised, normalise
from models.reading import HOME

TABLE = Path(__file__).with_name("demonyms.toml")
_ORIGIN = "origin"
_NATION_FIRST = frozenset({"en", KOREAN})  # elsewhere the business comes first
_OF = "의"  # the one particle that may stand between the two
_STEPS = 6  # words or phrases between the two at most

_Phrase = tuple[str, ...]


@dataclass(frozen=True)
class _Phrases:
    """Phrases by their folded words, each with what it stands for; the longest counts."""

    meant: Mapping[_Phrase, str]
    longest: int

    def at(self, line: _Line, first: int) -> tuple[int, str]:
        """Return where the phrase that begins at a word ends, and what it stands for; 0 where none begins."""
        for last in range(line.joined_until(first, first + self.longest), first, -1):
            meant = self.meant.get(line.words[first:last])
            if meant is not None:
                return last, meant
        return 0, ""


@dataclass(frozen=True)
class _Lexicon:
    nations: _Phrases
    capitals: frozenset[_Phrase]  # of nations, those that are a common word in small letters
    business: _Phrases
    vague: _Phrases
    between: _Phrases
    alone: _Phrases
    staff: _Phrases
    descent: _Phrases
    unless: frozenset[str]
    conjunctions: frozenset[str]


@dataclass(frozen=True)
class _Line:
    """The words of a text, and of each whether anything unread, an article or a particle, parts it from the word before."""

    text: str
    normalised: Normalised
    words: _Phrase
    parted: tuple[bool, ...]

    def joined_until(self, first: int, most: int) -> int:
        """Return the word before which the run of unparted words ends that begins at ``first``, ``most`` at the latest."""
        most = min(most, len(self.words))
        return next((place for place in range(first + 1, most) if self.parted[place]), most)


def with_homes(matches: Sequence[Match], text: str, words: Normalised, language: str) -> list[Match]:
    """Add the homes that nations beside a word for a business give to companies.

    Where a home is named, it alone says whose the company is: other words for an origin in the same phrase ("a Chinese state-owned
    company", "French multinationals") are taken out.
    """
    homes = list(_homes(text, words, language))
    kept = [m for m in matches if m.facet != _ORIGIN or not any(h.first <= m.first and m.last <= h.last for h in homes)]
    return sorted([*kept, *homes], key=lambda m: (m.first, m.last, m.facet, m.code, m.strength))


def _homes(text: str, words: Normalised, language: str) -> Iterator[Match]:
    lexicon = _lexicon(language)
    if not lexicon.nations.meant:
        return
    find = _nation_first if language in _NATION_FIRST else _business_first
    for first, last, home in find(_line(text, words), lexicon):
        yield Match(HOME, home, "strong", first, last, words.span(first, last))


def _line(text: str, words: Normalised) -> _Line:
    gaps = [text[end:start] for end, start in zip(words.ends, words.starts[1:], strict=False)]
    parted = [False, *(any(letter.isalnum() for letter in gap.replace(_OF, "")) for gap in gaps)]
    return _Line(text, words, tuple(word.text for word in words.doc), tuple(parted[: len(words)]))


def _nation_first(line: _Line, lexicon: _Lexicon) -> Iterator[tuple[int, int, str]]:
    place = 0
    while place < len(line.words):
        end, home = _nation(line, lexicon, place)
        if not end:
            place += 1
            continue
        if not (place and line.words[place - 1] in lexicon.unless) and (last := _to_business(line, lexicon, end)):
            yield place, last, home
        place = end


def _to_business(line: _Line, lexicon: _Lexicon, place: int) -> int:
    """Return where the business ends that a nation, which ends before ``place``, belongs to; 0 where there is none."""
    owned = lexicon.alone.at(line, place)[0] if _follows(line, place) else 0
    if owned and _at(lexicon.descent, line, owned):
        return 0
    in_line = False
    for _ in range(_STEPS):
        if not _follows(line, place):
            break
        last = _at(lexicon.business, line, place) or (in_line and _at(lexicon.vague, line, place))
        if last and not (in_line and _narrower(line, lexicon, place, last)):
            return owned if _at(lexicon.staff, line, last) else int(last)
        if between := _at(lexicon.between, line, place):
            place, in_line = between, True
        elif line.words[place] in lexicon.conjunctions and (after := _after_and(line, lexicon, place + 1, in_line)):
            place = after
        else:
            break
    return owned


def _narrower(line: _Line, lexicon: _Lexicon, place: int, last: int) -> bool:
    """Say whether what looks like a business is but the line of one: "investment" in "a Chinese state investment bank"."""
    return bool(_at(lexicon.between, line, place) and (_at(lexicon.business, line, last) or _at(lexicon.vague, line, last)))


def _after_and(line: _Line, lexicon: _Lexicon, place: int, in_line: bool) -> int:
    """Return where another nation, or another line of business, ends that follows an "and"."""
    if not _follows(line, place):
        return 0
    return _nation(line, lexicon, place)[0] or (_at(lexicon.between, line, place) if in_line else 0)


def _business_first(line: _Line, lexicon: _Lexicon) -> Iterator[tuple[int, int, str]]:
    place = 0
    while place < len(line.words):
        business, vague = _at(lexicon.business, line, place), _at(lexicon.vague, line, place)
        found = list(_to_nations(line, lexicon, business or vague, in_line=bool(business))) if business or vague else []
        yield from ((place, last, home) for last, home in found)
        place = found[-1][0] if found else place + 1


def _to_nations(line: _Line, lexicon: _Lexicon, place: int, *, in_line: bool) -> Iterator[tuple[int, str]]:
    """Yield the nations that a business, which ends before ``place``, belongs to, and where each ends."""
    named = False
    for _ in range(_STEPS):
        if not _follows(line, place):
            return
        if (end := _nation(line, lexicon, place))[0] and in_line:
            yield end
            place, named = end[0], True
        elif between := 0 if named else _at(lexicon.between, line, place):
            place, in_line = between, True
        elif line.words[place] in lexicon.conjunctions and _follows(line, place + 1) and (named or _at(lexicon.between, line, place + 1)):
            place += 1
        else:
            return


def _nation(line: _Line, lexicon: _Lexicon, place: int) -> tuple[int, str]:
    last, home = lexicon.nations.at(line, place)
    if last and line.words[place:last] in lexicon.capitals:
        span = line.normalised.span(place, last)
        if not line.text[span.start : span.end].isupper():
            return 0, ""
    return last, home


def _follows(line: _Line, place: int) -> bool:
    return place < len(line.words) and not line.parted[place]


def _at(phrases: _Phrases, line: _Line, place: int) -> int:
    return phrases.at(line, place)[0] if place < len(line.words) else 0


@cache
def _lexicon(language: str) -> _Lexicon:
    table = tomllib.loads(TABLE.read_text("utf-8"))
    nations = {
        form: home
        for home, adjectives in table["nations"].items()
        for word in adjectives.get(language, ())
        for form in forms(word, language)
    }
    listed = {name: _phrases(dict.fromkeys(table[name].get(language, ()), name), language) for name in table if name != "nations"}
    return _Lexicon(
        nations=_phrases(nations, language),
        capitals=frozenset(_folded(word, language) for word in nations if word.isupper()),
        **{name: listed[name] for name in ("business", "vague", "between", "alone", "staff", "descent")},
        unless=frozenset(word for (word,) in listed["unless"].meant),
        conjunctions=frozenset(word for (word,) in listed["and"].meant),
    )


def _phrases(meant: Mapping[str, str], language: str) -> _Phrases:
    folded = {_folded(text, language): what for text, what in meant.items()}
    return _Phrases(folded, max(map(len, folded), default=0))


def _folded(text: str, language: str) -> _Phrase:
    return tuple(word.text for word in normalise(text, language).doc)


def forms(adjective: str, language: str) -> tuple[str, ...]:
    """Return an adjective of a nation in both genders and numbers: its rule is that of its language and its ending.

    One that is written with all its forms, parted by strokes, is taken as it stands. English has one form, Korean one for people too.
    """
    if "/" in adjective:
        return tuple(adjective.split("/"))
    for ending, others in _ENDINGS.get(language, ()):
        if adjective.endswith(ending):
            stem = adjective.removesuffix(ending)
            return tuple(dict.fromkeys((adjective, *(stem + other for other in others))))
    return (adjective,)


#: Ending of the masculine singular -> the endings of all forms. Accents do not count where words are compared.
_ENDINGS: Mapping[str, Sequence[tuple[str, Sequence[str]]]] = {
    "es": (
        ("o", ("o", "a", "os", "as")),
        ("és", ("és", "esa", "eses", "esas")),
        ("án", ("án", "ana", "anes", "anas")),
        ("ol", ("ol", "ola", "oles", "olas")),
        ("í", ("í", "íes", "ís")),
        ("ú", ("ú", "úes", "ús")),
        ("", ("", "s")),
    ),
    "fr": (
        ("éen", ("éen", "éenne", "éens", "éennes")),
        ("ien", ("ien", "ienne", "iens", "iennes")),
        ("yen", ("yen", "yenne", "yens", "yennes")),
        ("s", ("s", "se", "ses")),
        ("e", ("e", "es")),
        ("", ("", "e", "s", "es")),
    ),
    "ko": (("", ("", "인")),),
    "pt": (
        ("ês", ("ês", "esa", "eses", "esas")),
        ("o", ("o", "a", "os", "as")),
        ("ol", ("ol", "ola", "óis", "olas")),
        ("z", ("z", "zes")),
        ("", ("", "s")),
    ),
}
