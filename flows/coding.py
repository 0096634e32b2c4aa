"""Coding any table of texts, without touching the store: a JSON line per row, in order."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from flows.files import read_table
from flows.raw import RawTable
from models.coding import Coder, Coding, Passage, Span
from models.encoders import Encoder
from taxonomy import Codebook, countries, languages
from taxonomy.errors import RawFileError

BATCH = 512
_SURROGATES = re.compile("[\ud800-\udfff]")

Unit = Literal["row", "answer"]


@dataclass(frozen=True)
class Columns:
    """Which columns of the table hold what; country and language may be absent."""

    id: str = "id"
    text: str = "text"
    country: str = "country"
    language: str = "lang"


@dataclass(frozen=True)
class Row:
    """One row of the table to be coded."""

    id: str
    text: str
    country: str | None
    language: str | None


def code_table(
    source: Path, out: Path, columns: Columns, unit: Unit, codebook_file: Path | None = None, coder_folder: Path | None = None
) -> None:
    """Code every row of ``source`` into ``out`` as JSON Lines: by the codebook and coder that ship where no others are named.

    Raises:
        CodebookError: the codebook has faults.
        ModelError: the folder holds no trained coder, or one for another codebook.
        RawFileError: the file cannot be read, lacks the column of the texts, or ``out`` cannot be written or is that file.
    """
    from flows.progress import Terminal
    from models.coder import by_whom, load_coder
    from models.encoders import load_encoder
    from models.trained import SHIPPED
    from taxonomy import load_codebook

    terminal = Terminal()
    if out.exists() and out.samefile(source):
        raise RawFileError(f"{out}: is the table itself, which is never written to; name another file with --out")
    table = read_table(source)
    rows = _rows(table, columns)
    for line in _missing(table, columns):
        terminal.say(f"{source.name}: {line}")
    codebook, encoder = load_codebook(codebook_file), load_encoder()
    coder = load_coder(codebook, encoder, coder_folder or SHIPPED)
    with terminal.stage(source.name, "code", len(rows)) as bar:
        write_lines(out, code_rows(rows, unit, codebook, encoder, coder, bar.advance))
    for reject in table.rejects:
        terminal.say(f"{source.name}: row {reject.row}: {reject.reason}")
    lost = f"; {len(table.rejects)} could not be read" if table.rejects else ""
    terminal.say(f"{len(rows)} rows coded into {out} {by_whom(coder, coder_folder)}{lost}")


def write_lines(out: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line; ``out`` is there whole or not at all.

    Raises:
        RawFileError: it cannot be written.
    """
    partial = out.with_name(f"{out.name}.part")
    try:
        # Half a surrogate pair in an id is no UTF-8; backslashreplace writes it as the escape that JSON has for it.
        with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as lines:
            lines.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        partial.replace(out)
    except OSError as error:
        raise RawFileError(f"{out}: cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def _rows(table: RawTable, columns: Columns) -> list[Row]:
    if columns.text not in table.columns:
        there = ", ".join(table.columns[:20])
        raise RawFileError(f"{table.path.name}: no column “{columns.text}”; there are {there}. Name the column of the texts with --text")
    places = {field: table.columns.index(name) for field, name in vars(columns).items() if name in table.columns}
    rows = []
    for number, cells in table.rows:
        cell = {field: cells[place] for field, place in places.items()}
        rows.append(
            Row(
                id=cell.get("id") or str(number),
                # One code point for one: evidence is counted in those of the input.
                text=_SURROGATES.sub("\N{REPLACEMENT CHARACTER}", cell["text"]),
                country=countries.to_alpha3(cell.get("country", "")),
                language=languages.to_iso639_1(cell.get("language", "")),
            )
        )
    return rows


def _missing(table: RawTable, columns: Columns) -> Iterator[str]:
    """Yield a line for each column that was asked for by name and is not there; those of the usual names may be absent."""
    for field, usual in vars(Columns()).items():
        name = getattr(columns, field)
        if name != usual and name not in table.columns:
            yield f"no column “{name}” for the {field}; coded without it"


def code_rows(
    rows: Sequence[Row], unit: Unit, codebook: Codebook, encoder: Encoder, coder: Coder, advance: Callable[[int], None] = lambda _: None
) -> Iterator[dict[str, Any]]:
    """Yield one record per row, in order: a value per facet, confidences, what is left to a person, evidence and claims."""
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        yield from _code_batch(batch, unit, codebook, encoder, coder)
        advance(len(batch))


def _code_batch(batch: Sequence[Row], unit: Unit, codebook: Codebook, encoder: Encoder, coder: Coder) -> Iterator[dict[str, Any]]:
    from models.coder import combine
    from models.language import identify
    from models.segmentation import segment

    owners: list[int] = []
    spans: list[Span] = []
    passages: list[Passage] = []
    for owner, row in enumerate(batch):
        language = identify(row.text, codebook.languages, row.language).language
        found = segment(row.text, language) if unit == "answer" else []
        # A text in which no passage is found, an empty one say, is coded whole: there is a line for every row.
        for span in found or [Span(0, len(row.text))]:
            owners.append(owner)
            spans.append(span)
            passages.append(Passage(row.text[span.start : span.end], language, row.country))
    codings = coder.code(passages, encoder.encode([passage.text for passage in passages]))

    by_row: list[list[int]] = [[] for _ in batch]
    for place, owner in enumerate(owners):
        by_row[owner].append(place)
    for row, places in zip(batch, by_row, strict=True):
        coding = combine([codings[place] for place in places], [spans[place].start for place in places], codebook)
        yield {"id": row.id, **as_record(coding, codebook)}


def as_record(coding: Coding, codebook: Codebook) -> dict[str, Any]:
    """Lay a coding out as a person or a script reads it: a value per facet, then what stands behind the values."""
    record: dict[str, Any] = {}
    review: list[str] = []
    for facet in codebook.facets:
        found = [code for code in coding.codes if code.facet == facet.id]
        order = {definition.id: place for place, definition in enumerate(facet.codes)}
        values = [_value(facet.id, code.code) for code in sorted(found, key=lambda code: order[code.code])]
        record[facet.id] = values if facet.values == "many" else (values[0] if values else None)
        review += [f"{facet.id}:{code.code}" if facet.values == "many" else facet.id for code in found if code.review]
    record["confidence"] = {
        facet: {code: round(float(confidence), 4) for code, confidence in codes.items()} for facet, codes in coding.probabilities.items()
    }
    record["review"] = review
    record["learned_from"] = coding.learned_from
    record["evidence"] = [
        {"facet": code.facet, "code": code.code, "kind": code.evidence, "start": span.start, "end": span.end}
        for code in coding.codes
        for span in code.spans
    ]
    record["claims"] = [
        {
            "actor": claim.actor,
            "mechanism": claim.mechanism,
            "right": claim.right,
            "mode": claim.mode,
            "direction": claim.direction,
            "effect": claim.effect,
            "spans": [{"start": span.start, "end": span.end} for span in claim.spans],
        }
        for claim in coding.claims
    ]
    return record


def _value(facet: str, code: str) -> str | int:
    # HRMI numbers its groups of people; everything else has names.
    return int(code) if facet == "people_at_risk" else code
