"""The codebook as its page shows it: the codes of a facet with their counts, what is found in it, and one code with all that it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.few import withheld
from explorer.language import LANGUAGES
from explorer.library import Library
from store import Filters
from taxonomy.codebook import CodeDefinition, Facet, Rule
from taxonomy.folding import fold

#: How much of a definition stands in a list.
_LONGEST = 150
_COLOUR = "#17507a"
_APPLIES_TO: Mapping[str, str] = {
    "all": "every passage",
    "substantive": "passages that say something",
    "influence": "passages that tell of an influence",
}
_VALUES: Mapping[str, str] = {"one": "exactly one code", "many": "any number of codes"}

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Code:
    """A code with its facet."""

    facet: Facet
    definition: CodeDefinition

    @property
    def id(self) -> str:
        """Return the code as links and rules name it: ``actor:bank``."""
        return f"{self.facet.id}:{self.definition.id}"


@dataclass(frozen=True)
class Tally:
    """How many passages show a code: settled ones, and those where it waits for review. None where that is withheld."""

    settled: int | None
    waiting: int | None


def all_codes(library: Library) -> tuple[Code, ...]:
    """Return the codes in the codebook's order."""
    return tuple(Code(facet, code) for facet in library.names.codebook.facets for code in facet.codes)


def scope(facet: Facet) -> str:
    """Return in a sentence which passages get how many codes of a facet."""
    return f"Asked of {_APPLIES_TO[facet.applies_to]}, which get {_VALUES[facet.values]}."


def code_named(library: Library, id: str) -> Code | None:
    """Return a code by the name that links have for it."""
    return next((code for code in all_codes(library) if code.id == id), None)


def found(library: Library, words: str) -> tuple[Code, ...]:
    """Return the codes in whose names (in any language), definitions, cues or examples all of the words stand, those by name first."""
    wanted = fold(words).split()
    if not wanted:
        return ()
    met = [code for code in all_codes(library) if _holds(wanted, _everything(code))]
    return tuple(sorted(met, key=lambda code: not _holds(wanted, _names(code))))


def tally(library: Library, code: Code) -> Tally:
    """Return how many passages of the snapshot show a code."""
    settled, waiting = (
        found.get(code.facet.id, {}).get(code.definition.id, 0) for found in (library.facet_counts(Filters()), library.waiting)
    )
    return Tally(settled, waiting)


def code_rows(library: Library, codes: tuple[Code, ...], *, of_facets: bool = False) -> Rows:
    """Return a row for each code; ``of_facets`` names the facet with each, where codes of several stand together."""
    tallies = [tally(library, code) for code in codes]
    most = max((each.settled or 0 for each in tallies), default=0) or 1
    return [
        {
            "id": code.id,
            "name": code.definition.label(library.names.language),
            "tags": [library.names.facet(code.facet.id)] if of_facets else [group] if (group := _group(code, library)) else [],
            "words": _cut(code.definition.definition),
            "colour": _COLOUR,
            "figures": [{"share": (each.settled or 0) / most, "text": _told(each.settled, library), "faint": not each.settled}],
        }
        for code, each in zip(codes, tallies, strict=True)
    ]


def told(library: Library, code: Code) -> str:
    """Return how often a code was given, in words."""
    counted = tally(library, code)
    if counted.settled is None:
        return withheld(library.snapshot.view).why
    many = f"{counted.settled:,} {'passage' if counted.settled == 1 else 'passages'}"
    if counted.waiting is None:
        return f"{many}; how many more wait for review is withheld"
    return f"{many}; in {counted.waiting:,} more it waits for review" if counted.waiting else many


def meaning(library: Library, code: Code) -> list[tuple[str, str]]:
    """Return what the codebook says of a code, as headings and sentences."""
    of = code.definition
    lines = [
        ("Definition", of.definition),
        ("Use when", of.use_when),
        ("Not when", of.not_when or ""),
        ("Under", _group(code, library)),
        ("Facet", f"{library.names.facet(code.facet.id)}. {scope(code.facet)}"),
        ("HRMI", of.hrmi or ""),
        ("ISIC Rev. 4", ", ".join(of.isic)),
        ("Id", code.id),
    ]
    return [line for line in lines if line[1]]


def in_languages(code: Code) -> list[tuple[str, str]]:
    """Return the code's name in each language that has one."""
    return [(LANGUAGES.get(language, language), name) for language, name in code.definition.name.items()]


def examples(library: Library, code: Code) -> Rows:
    """Return the codebook's own, invented examples of a code, those that hold first."""
    return [
        {
            "Example": example.text,
            "Code holds": "yes" if example.holds else "no",
            "Language": library.names.code("language", example.language),
            "Country asked about": library.names.code("country", example.country) if example.country else "",
        }
        for example in sorted(code.definition.examples, key=lambda example: not example.holds)
    ]


def rules(library: Library, code: Code) -> tuple[Rule, ...]:
    """Return the decision rules whose examples draw a line through this code or its facet."""
    names = {code.id, f"{code.facet.id}:*"}
    return tuple(
        rule for rule in library.names.codebook.rules if any(names & {*example.expects, *example.refuses} for example in rule.examples)
    )


def rule_examples(library: Library, rule: Rule) -> Rows:
    """Return the examples of a rule: what must come out, and what must not."""
    return [
        {
            "Example": example.text,
            "Comes out": ", ".join(_referred(library, reference) for reference in example.expects),
            "Does not": ", ".join(_referred(library, reference) for reference in example.refuses),
            "Country asked about": library.names.code("country", example.country) if example.country else "",
        }
        for example in rule.examples
    ]


def cues(code: Code, library: Library) -> Rows:
    """Return the words that speak for a code, by language."""
    return [
        {
            "Language": library.names.code("language", language),
            "Enough alone": " · ".join(words.strong),
            "With support": " · ".join(words.weak),
            "Do not count within": " · ".join(words.not_),
        }
        for language, words in code.definition.cues.items()
    ]


def _referred(library: Library, reference: str) -> str:
    facet, code = reference.split(":")
    name = "any" if code == "*" else library.names.code(facet, code)
    return f"{library.names.facet(facet)}: {name}"


def _group(code: Code, library: Library) -> str:
    parent = code.definition.parent
    if parent is None:
        return ""
    names = {each.id: each.label(library.names.language) for each in (*code.facet.groups, *code.facet.codes)}
    return names.get(parent, parent)


def _told(number: int | None, library: Library) -> str:
    return withheld(library.snapshot.view).mark if number is None else f"{number:,}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rsplit(' ', 1)[0]} …"


def _names(code: Code) -> str:
    return fold(" ".join((code.definition.id, *code.definition.name.values())))


def _everything(code: Code) -> str:
    of = code.definition
    words = [word for each in of.cues.values() for word in (*each.strong, *each.weak)]
    parts = (of.definition, of.use_when, of.not_when or "", of.hrmi or "", *words, *(example.text for example in of.examples))
    return f"{_names(code)} {fold(' '.join(parts))}"


def _holds(wanted: list[str], text: str) -> bool:
    return all(word in text for word in wanted)
