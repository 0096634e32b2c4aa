"""What is known of names: lists of persons' names, the words around them, and names of companies and places that are nobody's."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from models.folding import folded
from models.loading import loading

_FOLDER = Path(__file__).parent
_LANGUAGES = ("en", "es", "fr", "pt")


@dataclass(frozen=True)
class Names:
    """The lists of ``names.toml`` and ``naming.toml``, folded; ``others`` are companies, countries, regions and big cities."""

    given: frozenset[str]
    surnames: frozenset[str]
    ambiguous: frozenset[str]
    words: frozenset[str]
    titles: frozenset[str]
    callings: frozenset[str]
    introductions: tuple[str, ...]
    deeds: tuple[str, ...]
    belongings: frozenset[str]
    businesses: frozenset[str]
    institutions: frozenset[str]
    particles: frozenset[str]
    locations: frozenset[str]
    inside: frozenset[str]
    articles: frozenset[str]
    others: frozenset[str]

    @cached_property
    def persons(self) -> frozenset[str]:
        """All words of persons' names."""
        return self.given | self.surnames

    @cached_property
    def plain(self) -> frozenset[str]:
        """The words of names that are nothing else."""
        return self.persons - self.ambiguous - self.others - self.institutions

    @cached_property
    def ranks(self) -> frozenset[str]:
        """The titles that are no names."""
        return self.titles - self.given

    @cached_property
    def roles(self) -> frozenset[str]:
        """What persons do, and what they are called by."""
        return self.titles | self.callings | self.institutions


@dataclass(frozen=True)
class KoreanNames:
    """The syllables of Korean names and the words beside them."""

    surnames: frozenset[str]
    first: frozenset[str]
    last: frozenset[str]
    titles: tuple[str, ...]
    before: tuple[str, ...]
    particles: tuple[str, ...]


@cache
def names() -> Names:
    """Return the lists for names in Latin letters."""
    with loading():
        lists, words = _read("names.toml"), _read("naming.toml")
        given, surnames = (frozenset().union(*map(_words, lists[kind].values())) for kind in ("given", "surnames"))
        return Names(
            given=given,
            surnames=surnames,
            ambiguous=_words(lists["ambiguous"]["words"]),
            words=_words(lists["ambiguous"]["small"]),
            titles=_words(words["titles"]),
            callings=_words(words["callings"]),
            introductions=_longest_first(words["introductions"]),
            deeds=_longest_first(words["deeds"]),
            businesses=_words(words["businesses"]),
            belongings=_words(words["belongings"]),
            institutions=_words(words["institutions"]),
            particles=_words(words["particles"]),
            locations=_words(words["locations"]),
            inside=_words(words["inside"]),
            articles=_words(words["articles"]),
            others=frozenset(_key(name) for name in (*_companies(), *_places())),
        )


@cache
def korean_names() -> KoreanNames:
    """Return the lists for names in Hangul."""
    lists, words = _read("names.toml")["korean"], _read("naming.toml")["korean"]
    surnames, first, last = (frozenset(lists[kind].split()) for kind in ("surnames", "first", "last"))
    beside = (tuple(sorted(words[kind].split(), key=len, reverse=True)) for kind in ("titles", "before", "particles"))
    return KoreanNames(surnames, first, last, *beside)


@lru_cache(maxsize=50_000)
def is_word(word: str, language: str | None) -> bool:
    """Tell whether a word, whatever its case, is a common word of a language; of any of the four in Latin letters where it is not known."""
    import simplemma

    return any(simplemma.is_known(word.casefold(), lang=language) for language in ((language,) if language in _LANGUAGES else _LANGUAGES))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text("utf-8"))


def _words(text: str) -> frozenset[str]:
    return frozenset(folded(text).split())


def _longest_first(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({folded(phrase) for phrase in phrases}, key=len, reverse=True))


def _key(name: str) -> str:
    return " ".join(folded(name).replace(".", " ").split())


def _companies() -> Iterable[str]:
    lists = tomllib.loads((_FOLDER / "companies.toml").read_text("utf-8"))
    return (name for group in lists["companies"] for home in group["homes"].values() for name in home)


def _places() -> Iterable[str]:
    import pycountry
    from babel import Locale

    for language in _LANGUAGES:
        yield from map(str, Locale(language).territories.values())
    for country in pycountry.countries:
        yield country.name
    for subdivision in pycountry.subdivisions:
        yield from (part.strip(" []()*") for part in subdivision.name.replace("[", ",").split(","))
    for zone in available_timezones():
        yield zone.rsplit("/", 1)[-1].replace("_", " ")
    nations = tomllib.loads((_FOLDER / "demonyms.toml").read_text("utf-8"))["nations"]
    for forms in nations.values():
        for language in _LANGUAGES:
            yield from (form for each in forms.get(language, ()) for form in each.split("/"))
