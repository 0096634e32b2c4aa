"""Examples that cannot all be kept: each of them promises what must, or must not, come out for its text.

Like the other checks these read plain data of which nothing is known yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from taxonomy.codebook_checks import Found, Place, declared_languages, mappings
from taxonomy.countries import to_alpha3
from taxonomy.folding import fold

ANY = "*"


@dataclass(frozen=True)
class _Promise:
    """That a code comes out for a text, or that it does not."""

    place: Place
    example: str  # as a person would point to it: "example 2 of actor:bank"
    facet: str
    code: str
    holds: bool

    def __str__(self) -> str:
        return f"{'expects' if self.holds else 'refuses'} {self.facet}:{self.code}"


@dataclass(frozen=True)
class _Example:
    place: Place
    name: str
    data: dict[str, Any]
    promises: tuple[_Promise, ...]

    @property
    def text(self) -> tuple[str, str] | None:
        """What two examples have in common that speak of the same: the text, however it is spelt, and the country asked about."""
        text, country = self.data.get("text"), self.data.get("country")
        return (fold(text) or text.strip(), str(country)) if isinstance(text, str) else None


def broken_promises(data: Any) -> Found:
    """Yield what is wrong with examples: of what does not exist, of nothing, in no declared language, or against one another."""
    if not isinstance(data, dict):
        return
    languages = declared_languages(data)
    facets = {id: facet for _, facet in mappings(data, "facets") if isinstance(id := facet.get("id"), str)}
    codes = {id: {code.get("id") for _, code in mappings(facet, "codes")} for id, facet in facets.items()}
    single = {id for id, facet in facets.items() if facet.get("values") == "one"}
    kept: dict[tuple[str, str], list[_Promise]] = defaultdict(list)
    for example in (*_of_codes(data), *_of_rules(data)):
        yield from _context(example, languages)
        yield from _references(example, codes)
        if (text := example.text) is None:
            continue
        said = kept[text]
        for promise in example.promises:
            if (other := next((other for other in said if _clash(promise, other, single)), None)) is not None:
                yield promise.place, _told(promise, other)
            said.append(promise)


def _of_codes(data: dict[str, Any]) -> Iterator[_Example]:
    for number, facet in mappings(data, "facets"):
        for index, code in mappings(facet, "codes"):
            for count, example in mappings(code, "examples"):
                place: Place = ("facets", number, "codes", index, "examples", count)
                name = f"example {count + 1} of {facet.get('id')}:{code.get('id')}"
                kept = isinstance(example.get("holds"), bool)
                promise = _Promise((*place, "text"), name, str(facet.get("id")), str(code.get("id")), bool(example.get("holds")))
                yield _Example(place, name, example, (promise,) if kept else ())


def _of_rules(data: dict[str, Any]) -> Iterator[_Example]:
    for number, rule in mappings(data, "rules"):
        for count, example in mappings(rule, "examples"):
            place: Place = ("rules", number, "examples", count)
            name = f"example {count + 1} of {rule.get('id')}"
            promises = []
            for key, holds in (("expects", True), ("refuses", False)):
                listed = example.get(key)
                for index, reference in enumerate(listed if isinstance(listed, list) else ()):
                    if isinstance(reference, str) and reference.count(":") == 1:
                        facet, code = reference.split(":")
                        promises.append(_Promise((*place, key, index), name, facet, code, holds))
            yield _Example(place, name, example, tuple(promises))


def _context(example: _Example, languages: Collection[str]) -> Found:
    language, country = example.data.get("language"), example.data.get("country")
    if isinstance(language, str) and language not in languages:
        yield (*example.place, "language"), f"{example.name} is in {language!r}, which is not in languages; add it there, or correct it"
    if isinstance(country, str) and to_alpha3(country) != country and len(country) == 3 and country.isupper():
        yield (*example.place, "country"), f"{example.name} asks about {country!r}, which is no country of ISO 3166-1"
    if example.place[0] == "rules" and not (example.data.get("expects") or example.data.get("refuses")):
        yield example.place, f"{example.name} neither expects nor refuses a code; say which (expects: [actor:bank]), or remove it"


def _references(example: _Example, codes: dict[str, set[Any]]) -> Found:
    seen: set[tuple[str, str, bool]] = set()
    for promise in example.promises:
        if promise.facet not in codes:
            yield promise.place, f"{example.name} {promise}, but there is no facet {promise.facet!r}; {_nearest(promise.facet, codes)}"
        elif promise.code not in codes[promise.facet] and (promise.holds or promise.code != ANY):
            known = {str(code) for code in codes[promise.facet]}
            missing = f"the facet {promise.facet} has no code {promise.code!r}; {_nearest(promise.code, known)}"
            yield promise.place, f"{example.name} {promise}, but {missing}"
        if (said := (promise.facet, promise.code, promise.holds)) in seen:
            yield promise.place, f"{example.name} {promise} twice; remove one"
        seen.add(said)


def _nearest(wrong: str, known: Collection[str]) -> str:
    near = get_close_matches(wrong, known, n=1)
    return f"is {near[0]!r} meant?" if near else f"there are {', '.join(sorted(known))}"


def _clash(one: _Promise, other: _Promise, single: Collection[str]) -> bool:
    """Say whether no coding can keep both: a code wanted and refused, or two codes wanted where one is given."""
    if one.facet != other.facet:
        return False
    if one.holds and other.holds:
        return one.facet in single and one.code != other.code
    return one.holds != other.holds and (one.code == other.code or ANY in (one.code, other.code))


def _told(promise: _Promise, other: _Promise) -> str:
    if promise.example == other.example:
        return f"{promise.example} {promise}, but also {other}; take one of the two out"
    return f"{promise.example} {promise}, but {other.example}, of the same text, {other}; change one of the two, or the text"
