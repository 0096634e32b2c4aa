"""What the examples of a codebook say must come out of coding them, one expectation per text and facet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from taxonomy.codebook import Codebook, Facet
from taxonomy.codebook_examples import ANY


@dataclass(frozen=True)
class Expectation:
    """What one example says of one facet.

    Attributes:
        id: where the example stands: ``actor:bank#2`` is the second one of the code, ``r05#1`` the first one of the rule.
        facet: the facet that it speaks of.
        expects: codes of the facet that must come out.
        refuses: codes of the facet that must not; ``*`` stands for every one.
    """

    id: str
    facet: str
    text: str
    language: str
    country: str | None
    expects: tuple[str, ...]
    refuses: tuple[str, ...]

    def kept_by(self, codes: Collection[str]) -> bool:
        """Say whether these codes of the facet are what the example asks for."""
        if ANY in self.refuses and codes:
            return False
        return all(code in codes for code in self.expects) and not any(code in codes for code in self.refuses)

    def __str__(self) -> str:
        refused = ["nothing" if code == ANY else f"not {code}" for code in self.refuses]
        return ", ".join((*self.expects, *refused))


def expectations(codebook: Codebook) -> list[Expectation]:
    """Return what all examples ask for, facet by facet in the order of the codebook; the codes' own before those of the rules."""
    return [each for facet in codebook.facets for each in (*_of_codes(facet), *_of_rules(codebook, facet.id))]


def _of_codes(facet: Facet) -> Iterator[Expectation]:
    for code in facet.codes:
        for number, example in enumerate(code.examples, 1):
            wanted, refused = ((code.id,), ()) if example.holds else ((), (code.id,))
            yield Expectation(f"{facet.id}:{code.id}#{number}", facet.id, example.text, example.language, example.country, wanted, refused)


def _of_rules(codebook: Codebook, facet: str) -> Iterator[Expectation]:
    for rule in codebook.rules:
        for number, example in enumerate(rule.examples, 1):
            wanted, refused = (_codes(listed, facet) for listed in (example.expects, example.refuses))
            if wanted or refused:
                yield Expectation(f"{rule.id}#{number}", facet, example.text, example.language, example.country, wanted, refused)


def _codes(references: Collection[str], facet: str) -> tuple[str, ...]:
    return tuple(code for of, _, code in (reference.partition(":") for reference in references) if of == facet)
