"""The codebook: what is coded, as people wrote it in ``codebook.yaml``, checked as a whole when it is loaded."""

from __future__ import annotations

import hashlib
import json
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from taxonomy.codebook_checks import contradictions
from taxonomy.codebook_examples import broken_promises
from taxonomy.codebook_file import Document, Fault, read_document
from taxonomy.errors import CodebookError

SHIPPED = Path(__file__).with_name("codebook.yaml")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$")]
Version = Annotated[str, StringConstraints(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Reference = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+:([a-z0-9_-]+|\*)$")]
Names = dict[str, Text]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_alias=True, validate_by_name=True)


class _Named(_Part):
    id: Identifier
    name: Names = Field(min_length=1)

    def label(self, language: str) -> str:
        """Return the name in a language, in English where it has none in that one."""
        return self.name.get(language) or self.name["en"]


class _Sample(_Part):
    text: Text
    language: str
    country: Country | None = None  # the country asked about, ISO 3166-1 alpha-3


class Example(_Sample):
    """A text for which the code holds, or does not."""

    holds: bool


class RuleExample(_Sample):
    """A text on one side of a rule: which codes (``facet:code``) must come out for it, and which must not (``facet:*``: none at all)."""

    expects: tuple[Reference, ...] = ()
    refuses: tuple[Reference, ...] = ()


class Cues(_Part):
    """Words and phrases of one language that speak for a code.

    A ``strong`` one justifies the code alone, a ``weak`` one needs support, and within a ``not_`` one no cue of the code counts.
    """

    strong: tuple[Text, ...] = ()
    weak: tuple[Text, ...] = ()
    not_: tuple[Text, ...] = Field(default=(), alias="not")


class Rule(_Part):
    """A decision rule for hard cases, and texts that show where it draws the line."""

    id: Identifier
    text: Text
    examples: tuple[RuleExample, ...] = ()


class Group(_Named):
    """A heading that codes of a facet stand under, such as a rights area."""


class CodeDefinition(_Named):
    """One code of a facet."""

    definition: Text
    use_when: Text
    not_when: Text | None = None
    parent: Identifier | None = None
    hrmi: Text | None = None
    isic: tuple[Text, ...] = ()
    examples: tuple[Example, ...] = ()
    cues: dict[str, Cues] = Field(default_factory=dict)


class Facet(_Named):
    """One question put to every passage, and the codes that may answer it."""

    definition: Text
    values: Literal["one", "many"]
    applies_to: Literal["all", "substantive", "influence"]
    groups: tuple[Group, ...] = ()
    codes: tuple[CodeDefinition, ...] = Field(min_length=1)

    @cached_property
    def _by_id(self) -> dict[str, CodeDefinition]:
        return {code.id: code for code in self.codes}

    def code(self, id: str) -> CodeDefinition:
        """Return the code of that id; KeyError where there is none."""
        return self._by_id[id]


class Codebook(_Part):
    """The whole codebook. Two of the same ``hash`` say the same, however they are written down."""

    version: Version
    title: Text
    languages: tuple[str, ...] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()
    facets: tuple[Facet, ...] = Field(min_length=1)

    @cached_property
    def hash(self) -> str:
        """The SHA-256 of the content, whatever its formatting and comments."""
        content = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @property
    def stamp(self) -> str:
        """What goes with every code that is assigned: the version and the first digits of the hash."""
        return f"{self.version}+{self.hash[:8]}"

    @cached_property
    def _by_id(self) -> dict[str, Facet]:
        return {facet.id: facet for facet in self.facets}

    def facet(self, id: str) -> Facet:
        """Return the facet of that id; KeyError where there is none."""
        return self._by_id[id]


def load_codebook(path: Path | None = None) -> Codebook:
    """Return the codebook in a file, or the shipped one; raise CodebookError with every fault, each with its line."""
    return _shipped() if path is None else _load(path)


@cache
def _shipped() -> Codebook:
    return _load(SHIPPED)


def _load(path: Path) -> Codebook:
    document = read_document(path)
    faults: set[Fault] = set(document.faults)
    codebook: Codebook | None = None
    try:
        codebook = Codebook.model_validate(document.data)
    except ValidationError as error:
        faults.update(_fault(document, detail) for detail in error.errors(include_url=False) if not _is_echo(detail))
    for found in (contradictions(document.data), broken_promises(document.data)):
        faults.update((document.line(place), message) for place, message in found)
    if faults or codebook is None:
        raise CodebookError(str(path), [f"line {line}: {message}" for line, message in sorted(faults)])
    return codebook


_SAYINGS = {
    "missing": "is missing",
    "extra_forbidden": "is not a key that is known here",
    "string_type": "must be text (put it in quotes if it is a word such as true or null)",
    "string_too_short": "is empty",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "too_short": "is empty",
}
_PATTERNS = {
    "version": "must be three numbers such as 1.0.0",
    "id": "may hold only lower-case letters, digits, _ and - between them",
    "parent": "may hold only lower-case letters, digits, _ and - between them",
    "country": "must be the three capital letters that ISO 3166-1 has for the country, such as BRA",
    "expects": "must be facet:code, such as actor:bank",
    "refuses": "must be facet:code, such as actor:bank, or facet:* for any code of the facet",
}


def _is_echo(detail: ErrorDetails) -> bool:
    """Say whether a list is called too short only because of faulty items, which are reported themselves."""
    return detail["type"] == "too_short" and bool(detail["input"])


def _fault(document: Document, detail: ErrorDetails) -> Fault:
    place = detail["loc"]
    names = [step for step in place if isinstance(step, str)]
    if detail["type"] == "string_pattern_mismatch":
        saying = _PATTERNS[names[-1]]
    else:
        message = detail["msg"]
        saying = _SAYINGS.get(detail["type"]) or f"is wrong: {message[0].lower()}{message[1:]}"
    return document.line(place), f"{'.'.join(names) or 'the codebook'} {saying}"
