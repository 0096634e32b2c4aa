"""Labelled passages from JSON Lines: one object a line with ``id``, ``text``, ``lang``, ``country`` and the codes of each facet."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.encodings import decode
from flows.faults import near
from flows.raw import MAX_BYTES, UNDECODABLE
from models.coding import Passage
from models.labels import LabelledPassage
from models.quality import source_kind
from taxonomy import Codebook, countries, languages
from taxonomy.codebook import Facet
from taxonomy.errors import RawFileError
from taxonomy.folding import fold

#: What a line may hold beside the facets; anything else is left alone.
_FIELDS = ("id", "text", "lang", "country", "source", "licence", "family", "translation_of", "holdout")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Whatever stands where a code or an id should may be a misplaced answer: only what looks like a name is repeated.
_NAME = re.compile(r"[\w.:/-]{1,60}")


@dataclass(frozen=True)
class Fault:
    """Something wrong with a line, or worth knowing of it (``kept``: the line counts all the same). Never quotes a text."""

    file: str
    line: int
    id: str
    message: str
    kept: bool = False

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}{f' ({self.id})' if self.id else ''}: {self.message}"


@dataclass(frozen=True)
class Labels:
    """The passages that can be used, everything wrong with the lines, and which passages are in a language beyond the codebook's."""

    rows: tuple[LabelledPassage, ...]
    faults: tuple[Fault, ...]
    beyond: tuple[str, ...] = ()

    @property
    def lost(self) -> tuple[Fault, ...]:
        """The faults of the lines that were left out."""
        return tuple(fault for fault in self.faults if not fault.kept)

    @property
    def lines_lost(self) -> int:
        """How many lines were left out; one may have several faults."""
        return len({(fault.file, fault.line) for fault in self.lost})


@dataclass(frozen=True)
class _Line:
    file: str
    number: int
    text: str

    def fault(self, message: str, id: str = "", kept: bool = False) -> Fault:
        return Fault(self.file, self.number, id, message, kept)


def read_labels(paths: Sequence[Path], codebook: Codebook) -> Labels:
    """Read coded passages; a line with a fault is left out whole, every other line is kept.

    A facet that a line does not have was not asked; an empty list says that no code applies. The same text with different codes
    is told with both ids, and both are kept: which is right is for people to say.

    Raises:
        RawFileError: a file cannot be opened or is too large.
    """
    rows: list[LabelledPassage] = []
    faults: list[Fault] = []
    places: dict[str, _Line] = {}
    strange: set[tuple[str, str]] = set()
    for line in (line for path in paths for line in _lines(path, faults)):
        record, problem = _object(line.text)
        if record is None:
            faults.append(line.fault(problem))
            continue
        id = _shown(record.get("id"))
        row, problems = _row(record, codebook)
        if row is not None and row.id in places:
            first = places[row.id]
            problems.append(f"the id is that of {first.file}, line {first.number}; give every passage an id of its own")
        faults += [line.fault(message, id) for message in problems]
        for key, message in _unread(record, codebook):
            if (line.file, key) not in strange:
                strange.add((line.file, key))
                faults.append(line.fault(message, id, kept=True))
        if row is not None and not problems:
            faults += [line.fault(message, id, kept=True) for message in _notes(row, record, codebook)]
            places[row.id] = line
            rows.append(row)
    faults += _contradictions(rows, places)
    beyond = tuple(row.id for row in rows if row.passage.language not in codebook.languages)
    return Labels(tuple(rows), tuple(faults), beyond)


def _lines(path: Path, faults: list[Fault]) -> Iterator[_Line]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RawFileError(f"{path.name}: the file is too large to read at once; split it")
        text = decode(path.read_bytes()).text
    except OSError as error:
        raise RawFileError(f"{path.name}: the file cannot be opened: {error.strerror}") from error
    lines = [_Line(path.name, number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        faults.append(Fault(path.name, 1, "", "the file is empty; export it again"))
    yield from lines


def _object(line: str) -> tuple[dict[str, Any] | None, str]:
    if UNDECODABLE in line:
        return None, "the line cannot be decoded; save the file as UTF-8"
    try:
        value = json.loads(line)
    except RecursionError:
        return None, "the line is nested too deeply; a passage is one flat object"
    except json.JSONDecodeError as error:
        return None, f"the line is not JSON (at character {error.pos + 1}); JSON Lines has one object a line"
    except ValueError:  # a number of thousands of digits
        return None, "the line holds a number that cannot be read"
    if not isinstance(value, dict):
        return None, "the line is not a JSON object; write {…} with a key for each field"
    return value, ""


def _row(record: Mapping[str, Any], codebook: Codebook) -> tuple[LabelledPassage | None, list[str]]:
    """Return a line's passage, or nothing where it has no id or text, with all that is wrong with it."""
    problems: list[str] = []
    id = _text(record, "id", problems)
    text = _text(record, "text", problems)
    if not id and "id" not in _named(problems):
        problems.append("id is missing; give every passage an id of its own")
    if not text.strip() and "text" not in _named(problems):
        problems.append("text is missing; a passage without text cannot be coded")
    language = _language(record, text, codebook, problems)
    country = countries.to_alpha3(_text(record, "country", problems))
    source = _text(record, "source", problems)
    original = _text(record, "translation_of", problems) or None
    holdout = record.get("holdout") or False
    if not isinstance(holdout, bool):
        problems.append("holdout must be true or false")
    values = {facet.id: _codes(record[facet.id], facet, problems) for facet in codebook.facets if record.get(facet.id) is not None}
    if not values:
        problems.append(f"no facet of the codebook is in it (such as {codebook.facets[0].id}); there is nothing to compare")
    if not id or not text.strip():
        return None, problems
    family = _text(record, "family", problems) or f"{source_kind(source)} {country or ''}".strip() or original or id
    passage = Passage(text, language, country)
    return LabelledPassage(id, passage, values, source, family, original, holdout is True), problems


def _text(record: Mapping[str, Any], field: str, problems: list[str]) -> str:
    value = record.get(field)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        problems.append(f"{field} must be text, in quotes")
        return ""
    value = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", value)
    return value if field == "text" else value.strip()


def _named(problems: Sequence[str]) -> set[str]:
    return {problem.split(" ", 1)[0] for problem in problems}


def _language(record: Mapping[str, Any], text: str, codebook: Codebook, problems: list[str]) -> str:
    from models.language import identify

    given = _text(record, "lang", problems)
    known = languages.to_iso639_1(given) if given else None
    if given and known is None:
        problems.append(f"lang {_quoted(given)} is no language that is known; give a code such as en, or leave it out")
    return known or identify(text, codebook.languages, None).language


def _codes(value: Any, facet: Facet, problems: list[str]) -> tuple[str, ...]:
    """Return a facet's codes in the codebook's order."""
    if facet.values == "many" and not isinstance(value, list):
        problems.append(f"{facet.id} takes many codes: write a list, [] where none applies")
        return ()
    if facet.values == "one" and isinstance(value, list):
        problems.append(f"{facet.id} takes one code, without brackets")
        return ()
    known = [code.id for code in facet.codes]
    found: set[str] = set()
    for each in value if isinstance(value, list) else [value]:
        # Codes may be numbers, as those of HRMI's people at risk are.
        code = str(each) if isinstance(each, str | int) and not isinstance(each, bool) else ""
        if code in known:
            found.add(code)
        else:
            problems.append(f"{facet.id} has no code {_quoted(code)}{near(code, known)}")
    return tuple(code for code in known if code in found)


def _unread(record: Mapping[str, Any], codebook: Codebook) -> Iterator[tuple[str, str]]:
    """Yield the keys that are nearly a facet's or a field's name, each with what to do."""
    known = [*(facet.id for facet in codebook.facets), *_FIELDS]
    for key in record:
        if key not in known and (guess := near(key, [name for name in known if name not in record])):
            yield key, f"{_quoted(key)} is not read{guess}"


def _notes(row: LabelledPassage, record: Mapping[str, Any], codebook: Codebook) -> Iterator[str]:
    if (language := row.passage.language) not in codebook.languages:
        own = ", ".join(codebook.languages)
        yield f"the language {language} is none of the codebook's ({own}): coded by what carries over, shown apart"
    if record.get("country") and row.passage.country is None:
        yield "the country is not known; coded without it. Give an ISO 3166-1 code such as BRA"


def _contradictions(rows: Sequence[LabelledPassage], places: Mapping[str, _Line]) -> Iterator[Fault]:
    """Yield each row that differs in a facet from an earlier one of the same text, asked about the same country."""
    met: dict[tuple[str, str | None], list[LabelledPassage]] = {}
    for row in rows:
        # Codes may depend on the country (whose company it is): another country is another passage.
        earlier = met.setdefault((fold(row.passage.text) or row.passage.text, row.passage.country), [])
        for other in earlier:
            differing = [facet for facet, codes in row.values.items() if other.values.get(facet, codes) != codes]
            if differing:
                said = "; ".join(f"{facet} {_listed(other.values[facet])} there, {_listed(row.values[facet])} here" for facet in differing)
                at = places[other.id]
                message = f"contradicts {_shown(other.id)} ({at.file}, line {at.number}), which has the same text: {said}"
                yield places[row.id].fault(f"{message}. Both are kept; settle which is right", _shown(row.id), kept=True)
                break
        if all(row.values != other.values for other in earlier):
            earlier.append(row)


def _listed(codes: Sequence[str]) -> str:
    return " + ".join(codes) or "none"


def _quoted(value: str) -> str:
    return f"“{value}”" if _NAME.fullmatch(value) else "of that form"


def _shown(id: object) -> str:
    return str(id) if isinstance(id, str | int) and _NAME.fullmatch(str(id)) else ""
