"""What changed from one codebook to another, and which number of the version such a change asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from taxonomy.codebook import Codebook, CodeDefinition, Cues, Example, Facet, RuleExample

#: The numbers of a version by what they stand for: codes no longer comparable, something new, the same told or found better.
FIRST, SECOND, THIRD = 1, 2, 3
ORDINALS = {FIRST: "first", SECOND: "second", THIRD: "third"}


class _Part(Protocol):
    @property
    def id(self) -> str: ...


Kind = Literal["added", "removed", "renamed", "changed"]


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes:
        where: the part that differs: ``actor:bank``, ``actor``, ``r05``, or ``codebook``.
        what: what about it.
        asks: which number of the version it asks for at least.
        sense: whether only a person can say if codes are now decided otherwise, which would ask for the first number.
    """

    kind: Kind
    where: str
    what: str
    asks: int
    sense: bool = False


@dataclass(frozen=True)
class Revision:
    """All differences between two codebooks; ``renamed`` maps (facet, old code) to the new code."""

    old: str
    new: str
    changes: tuple[Change, ...]
    renamed: Mapping[tuple[str, str], str]

    @property
    def asked(self) -> int | None:
        """Which number of the version the changes ask for at least; None where there are none."""
        return min((change.asks for change in self.changes), default=None)

    def warnings(self) -> list[str]:
        """Return what is to be said about the version, given what changed."""
        before, after = _numbers(self.old), _numbers(self.new)
        if after < before:
            return [f"the version goes back from {self.old} to {self.new}; is the older codebook named first?"]
        raised = next((place for place, (a, b) in enumerate(zip(before, after, strict=True), 1) if a != b), None)
        if self.asked is None:
            return [] if raised is None else [f"the version was raised from {self.old} to {self.new}, but nothing changed"]
        if raised is None or raised > self.asked:
            found = f"is still {self.old}" if raised is None else f"was raised from {self.old} to {self.new} only"
            reasons = [change.where for change in self.changes if change.asks == self.asked]
            more = f" and {len(reasons) - 3} more" if len(reasons) > 3 else ""
            wanted = ".".join(map(str, _raised(before, self.asked)))
            return [
                f"the version {found}; the changes ask for its {ORDINALS[self.asked]} number: {wanted} ({', '.join(reasons[:3])}{more})"
            ]
        told = [change.where for change in self.changes if change.sense]
        if raised > FIRST and told:
            more = f" and {len(told) - 3} more" if len(told) > 3 else ""
            wanted = ".".join(map(str, _raised(before, FIRST)))
            return [f"if any of {', '.join(told[:3])}{more} is now decided otherwise, and not only told better, the version is {wanted}"]
        return []


def compare(old: Codebook, new: Codebook) -> Revision:
    """Return what changed from one codebook to another, in the order of the new one."""
    renamed = {(facet.id, a): b for facet in new.facets if facet.id in _ids(old.facets) for a, b in _renamed(old.facet(facet.id), facet)}
    changes = (*_whole(old, new), *_rules(old, new), *_facets(old, new))
    if not changes and old.model_dump(exclude={"version"}) != new.model_dump(exclude={"version"}):
        changes = (Change("changed", "codebook", "order of its parts", THIRD),)
    return Revision(old.version, new.version, changes, renamed)


def _whole(old: Codebook, new: Codebook) -> Iterator[Change]:
    if old.title != new.title:
        yield Change("changed", "codebook", f"title: {new.title}", THIRD)
    for language in sorted({*old.languages} ^ {*new.languages}):
        gone = language in old.languages
        yield Change("removed" if gone else "added", "codebook", f"language {language}", FIRST if gone else SECOND)


def _rules(old: Codebook, new: Codebook) -> Iterator[Change]:
    before = {rule.id: rule for rule in old.rules}
    yield from (Change("removed", rule.id, "rule", FIRST) for rule in old.rules if rule.id not in _ids(new.rules))
    for rule in new.rules:
        if rule.id not in before:
            yield Change("added", rule.id, "rule", SECOND)
            continue
        if rule.text != before[rule.id].text:
            yield Change("changed", rule.id, "text", THIRD, sense=True)
        yield from _examples(rule.id, before[rule.id].examples, rule.examples)


def _facets(old: Codebook, new: Codebook) -> Iterator[Change]:
    known = _ids(new.facets)
    yield from (Change("removed", facet.id, f"facet with {len(facet.codes)} codes", FIRST) for facet in old.facets if facet.id not in known)
    for facet in new.facets:
        if facet.id not in _ids(old.facets):
            yield Change("added", facet.id, f"facet with {len(facet.codes)} codes", SECOND)
        else:
            yield from _facet(old.facet(facet.id), facet)


def _facet(old: Facet, new: Facet) -> Iterator[Change]:
    for name in ("values", "applies_to"):
        if (value := getattr(new, name)) != getattr(old, name):
            yield Change("changed", new.id, f"{name}: {getattr(old, name)} → {value}", FIRST)
    if old.definition != new.definition:
        yield Change("changed", new.id, "definition", THIRD, sense=True)
    if old.name != new.name:
        yield Change("changed", new.id, "name", THIRD)
    yield from _parts(new.id, "group", old.groups, new.groups, {})
    for group, before in ((group, before) for group in new.groups for before in old.groups if group.id == before.id):
        if group.name != before.name:
            yield Change("changed", f"{new.id}:{group.id}", "name of the group", THIRD)
    renamed = dict(_renamed(old, new))
    yield from _parts(new.id, "code", old.codes, new.codes, renamed)
    order = [renamed.get(code.id, code.id) for code in old.codes if renamed.get(code.id, code.id) in _ids(new.codes)]
    if order != [code.id for code in new.codes if code.id in order]:
        yield Change("changed", new.id, "order of the codes", THIRD)
    before_of = {renamed.get(code.id, code.id): code for code in old.codes}
    for code in new.codes:
        if code.id in before_of:
            yield from _code(f"{new.id}:{code.id}", before_of[code.id], code)


def _parts(facet: str, noun: str, old: Sequence[_Part], new: Sequence[_Part], renamed: Mapping[str, str]) -> Iterator[Change]:
    here, there = _ids(old), _ids(new)
    for part in old:
        if part.id in renamed:
            yield Change("renamed", f"{facet}:{renamed[part.id]}", f"{noun} {part.id} → {renamed[part.id]}", FIRST)
        elif part.id not in there:
            yield Change("removed", f"{facet}:{part.id}", noun, FIRST)
    yield from (Change("added", f"{facet}:{part.id}", noun, SECOND) for part in new if part.id not in here | {*renamed.values()})


def _renamed(old: Facet, new: Facet) -> Iterator[tuple[str, str]]:
    """Yield the codes that went under one id and came back under another: the same definition or the same English name tells them."""
    gone = [code for code in old.codes if code.id not in _ids(new.codes)]
    come = [code for code in new.codes if code.id not in _ids(old.codes)]
    for code in gone:
        for other in come:
            if code.definition == other.definition or code.label("en") == other.label("en"):
                yield code.id, other.id
                come.remove(other)
                break


def _code(where: str, old: CodeDefinition, new: CodeDefinition) -> Iterator[Change]:
    for name in ("definition", "use_when", "not_when"):
        if getattr(old, name) != getattr(new, name):
            yield Change("changed", where, name, THIRD, sense=True)
    if old.parent != new.parent:
        yield Change("changed", where, f"parent: {old.parent or 'none'} → {new.parent or 'none'}", FIRST)
    for name in ("name", "hrmi", "isic"):
        if getattr(old, name) != getattr(new, name):
            yield Change("changed", where, name, THIRD)
    yield from _examples(where, old.examples, new.examples)
    if cues := [f"{language} {told}" for language, told in _cues(old.cues, new.cues)]:
        yield Change("changed", where, f"cues: {', '.join(cues)}", THIRD)


def _cues(old: Mapping[str, Cues], new: Mapping[str, Cues]) -> Iterator[tuple[str, str]]:
    """Yield for each language how many cues of each strength came and went."""
    for language in dict.fromkeys((*old, *new)):
        before, after = old.get(language, Cues()), new.get(language, Cues())
        told = []
        for strength in ("strong", "weak", "not_"):
            had, has = set(getattr(before, strength)), set(getattr(after, strength))
            counts = [f"{sign}{count}" for sign, count in (("+", len(has - had)), ("−", len(had - has))) if count]
            told += [f"{' '.join(counts)} {strength.rstrip('_')}"] if counts else []
        if told:
            yield language, " ".join(told)


def _examples(where: str, old: Sequence[Example | RuleExample], new: Sequence[Example | RuleExample]) -> Iterator[Change]:
    before, after = ({(each.text, each.language, each.country): each for each in listed} for listed in (old, new))
    if turned := [key for key in after if key in before and _asked(before[key]) != _asked(after[key])]:
        yield Change("changed", where, f"{len(turned)} of its examples decided otherwise", FIRST)
    come, gone = len(after.keys() - before.keys()), len(before.keys() - after.keys())
    if come or gone:
        counts = [f"{sign}{count}" for sign, count in (("+", come), ("−", gone)) if count]
        yield Change("changed", where, f"examples: {' '.join(counts)}", THIRD)


def _asked(example: Example | RuleExample) -> object:
    return example.holds if isinstance(example, Example) else (frozenset(example.expects), frozenset(example.refuses))


def _ids(parts: Sequence[_Part]) -> set[str]:
    return {part.id for part in parts}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _raised(numbers: tuple[int, ...], place: int) -> tuple[int, ...]:
    return (*numbers[: place - 1], numbers[place - 1] + 1, *(0 for _ in numbers[place:]))
