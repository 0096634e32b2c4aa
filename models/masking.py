"""Masking: personal addresses and numbers go before anything else sees a text.

All later offsets are of the masked text; the map from it to the original goes to the writer's store and nowhere else.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from types import ModuleType

import pyarrow as pa

from models.loading import loading
from models.tables import MASKED, Outcome, no_rejects

#: Changes whenever a text could be masked otherwise.
MASKER = f"1+presidio-{importlib.metadata.version('presidio-analyzer')}"

#: The kinds of placeholder, the one that wins where two findings are equally long first.
KINDS = ("email", "url", "card", "id", "phone", "handle")

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


def mask(answers: pa.Table) -> Outcome:
    """Mask a table of answers (answer, text, declared_language): one row each, with its offset map."""
    rows = []
    for answer in answers.select(["answer", "text"]).to_pylist():
        masked, masks = masked_text(answer["text"])
        rows.append({"answer": answer["answer"], "masked": masked, "masks": [asdict(each) for each in masks], "masker": MASKER})
    return Outcome(pa.Table.from_pylist(rows, schema=MASKED), no_rejects())


def masked_text(text: str) -> tuple[str, tuple[Mask, ...]]:
    """Return a text with each address or number replaced by its kind in brackets, and where each of them stood."""
    parts: list[str] = []
    masks: list[Mask] = []
    done = length = 0
    for finding in _apart(list(_findings(text))):
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
