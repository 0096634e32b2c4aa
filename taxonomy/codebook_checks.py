"""What a schema cannot see: parts of a codebook that contradict one another.

The checks read plain data of which nothing is known yet, so that one wrong key does not hide every other fault;
what is not of the expected type is the schema's to report and is passed over here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taxonomy.folding import fold
from taxonomy.languages import is_iso639_1

Place = tuple[str | int, ...]
Found = Iterator[tuple[Place, str]]


def contradictions(data: Any) -> Found:
    """Yield each contradiction with the place it stands at."""
    if not isinstance(data, dict):
        return
    languages = declared_languages(data)
    yield from _unknown_languages(data)
    yield from _repeated_ids(data, ("rules",), "rule")
    yield from _repeated_ids(data, ("facets",), "facet")
    for number, facet in mappings(data, "facets"):
        place: Place = ("facets", number)
        yield from _names(facet, place, languages)
        yield from _parents(facet, place)
        yield from _repeated_cues(facet, place)
        for kind in ("groups", "codes"):
            yield from _repeated_ids(facet, (*place, kind), kind.removesuffix("s"))
            for index, part in mappings(facet, kind):
                yield from _names(part, (*place, kind, index), languages)
        for index, code in mappings(facet, "codes"):
            yield from _cues(code, (*place, "codes", index), languages)


def mappings(parent: Any, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the mappings in the list under a key, each with its place in the list."""
    items = parent.get(key)
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield index, item


def _mapping(parent: Any, key: str) -> dict[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def declared_languages(data: dict[str, Any]) -> frozenset[str]:
    """Return the languages that the codebook says it is written for."""
    declared = data.get("languages")
    return frozenset(item for item in declared if isinstance(item, str)) if isinstance(declared, list) else frozenset()


def _unknown_languages(data: dict[str, Any]) -> Found:
    for index, language in enumerate(data["languages"] if isinstance(data.get("languages"), list) else ()):
        if isinstance(language, str) and not is_iso639_1(language):
            yield ("languages", index), f"the language {language!r} is not a two-letter code of ISO 639-1"


def _repeated_ids(parent: Any, place: Place, noun: str) -> Found:
    seen: set[str] = set()
    for index, part in mappings(parent, str(place[-1])):
        if isinstance(id := part.get("id"), str):
            if id in seen:
                yield (*place, index, "id"), f"the {noun} id {id!r} is given twice; give one of the two another id, or remove it"
            seen.add(id)


def _names(part: dict[str, Any], place: Place, languages: frozenset[str]) -> Found:
    names = _mapping(part, "name")
    if names and "en" not in names:
        yield (*place, "name"), f"{part.get('id')!r} has no English name"
    for language in names:
        if language not in languages:
            yield (*place, "name", language), f"the name of {part.get('id')!r} is in {language!r}, which is not in languages"


def _parents(facet: dict[str, Any], place: Place) -> Found:
    groups = {group.get("id") for _, group in mappings(facet, "groups")}
    parent_of = {code.get("id"): code.get("parent") for _, code in mappings(facet, "codes") if isinstance(code.get("id"), str)}
    for index, code in mappings(facet, "codes"):
        id, parent = code.get("id"), code.get("parent")
        if not isinstance(parent, str):
            continue
        if parent not in groups and parent not in parent_of:
            yield (
                (*place, "codes", index, "parent"),
                (f"the parent {parent!r} of {id!r} is neither a group nor a code of this facet; name one that is, or add it to groups"),
            )
        seen: list[object] = []
        while parent in parent_of and parent not in seen:
            seen.append(parent)
            parent = parent_of[parent]
        if id in seen:
            yield (
                (*place, "codes", index, "parent"),
                (f"{id!r} is its own ancestor ({' < '.join(map(str, [id, *seen]))}); give one of them another parent, or none"),
            )


def _repeated_cues(facet: dict[str, Any], place: Place) -> Found:
    first: dict[tuple[str, str], str] = {}
    for index, code in mappings(facet, "codes"):
        id = str(code.get("id"))
        within: set[tuple[str, str]] = set()
        for (language, strength, number), cue in _cue_items(code):
            folded = (language, fold(cue))
            if not folded[1]:
                continue
            here = (*place, "codes", index, "cues", language, strength, number)
            if folded in within:
                yield here, f"the cue {cue!r} ({language}) stands twice in {id!r}"
            elif strength == "strong" and (other := first.setdefault(folded, id)) != id:
                yield here, f"the strong cue {cue!r} ({language}) of {id!r} is one of {other!r} too; make one of them weak"
            within.add(folded)


def _cue_items(code: dict[str, Any]) -> Iterator[tuple[tuple[str, str, int], str]]:
    for language, cues in _mapping(code, "cues").items():
        for strength, listed in cues.items() if isinstance(cues, dict) else ():
            for number, cue in enumerate(listed if isinstance(listed, list) else ()):
                if isinstance(cue, str):
                    yield (language, strength, number), cue


def _cues(code: dict[str, Any], place: Place, languages: frozenset[str]) -> Found:
    id = code.get("id")
    for language in _mapping(code, "cues"):
        if language not in languages:
            yield (*place, "cues", language), f"the cues of {id!r} are in {language!r}, which is not in languages"
    for path, cue in _cue_items(code):
        if cue.strip() and not any(map(str.isalnum, cue)):
            yield (*place, "cues", *path), f"the cue {cue!r} of {id!r} has no letter or digit"
