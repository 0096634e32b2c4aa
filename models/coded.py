"""The stage that codes a table of passages."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.coding import Coder, Coding, Passage, Span
from models.identity import identifier
from models.tables import CLAIMS, CODED, CODES, SPAN, UNCODED

if TYPE_CHECKING:
    from taxonomy import Codebook


@dataclass(frozen=True)
class Coded:
    """What coding made, and the passages it could not code.

    Attributes:
        passages: the passages that were coded (CODED), with those among them that the coder was trained on.
        codes: their codes (CODES).
        claims: their claims (CLAIMS).
        rejected: the passages that were not coded, each with its reason (UNCODED).
    """

    passages: pa.Table
    codes: pa.Table
    claims: pa.Table
    rejected: pa.Table


def code(passages: pa.Table, coder: Coder, codebook: Codebook) -> Coded:
    """Code passages (CODABLE) and keep what applies to each: of some facets influence alone, of others all that is substantive.

    Doubt is handed on: where it waits for a review whether a passage tells of an influence, so do the codes that only an
    influence has, and a claim waits with any code that it rests on.
    """
    usable, vectors, rejected = _with_vectors(passages)
    rows = usable.select(["passage", "text", "start", "language", "country", "area"]).to_pylist()
    said = [Passage(row["text"], row["language"], row["country"], row["area"]) for row in rows]
    codings = coder.code(said, vectors)
    applies = _applies(codebook)
    of_influence = {facet.id for facet in codebook.facets if facet.applies_to == "influence"}
    codes, claims = _Columns(CODES), _Columns(CLAIMS)
    for row, coding in zip(rows, codings, strict=True):
        told = next((c for c in coding.codes if c.facet == "relevance"), None)
        relevance, doubted = (told.code, told.review) if told else ("", False)
        settled: set[tuple[str, str | None]] = set()
        for c in coding.codes:
            # A guess completes what is told of an influence; of the state's doings only what the words say is kept.
            guess = c.review and c.evidence == "similarity" and relevance != "influence"
            if applies[c.facet](relevance) and not guess:
                review = c.review or (doubted and c.facet in of_influence)
                codes.add(
                    (row["passage"], c.facet, c.code, coder.version, c.confidence, c.evidence, codebook.stamp, review),
                    _shifted(c.spans, row["start"]),
                )
                if not review:
                    settled.add((c.facet, c.code))
        if relevance == "influence":
            _add_claims(claims, row["passage"], row["start"], coding, coder.version, settled)
    learned_from = pa.array([coding.learned_from for coding in codings], pa.bool_())
    done = pa.Table.from_arrays([usable["passage"], usable["key"], learned_from], schema=CODED)
    return Coded(done, codes.table(), claims.table(), rejected)


def _add_claims(claims: _Columns, passage: str, start: int, coding: Coding, coder: str, settled: Container[tuple[str, str | None]]) -> None:
    for number, c in enumerate(coding.claims):
        claim = identifier("claim", passage, coder, number, c.actor, c.mechanism, c.right)
        links = (("actor", c.actor), ("mechanism", c.mechanism), ("right", c.right))
        review = not all(link in settled for link in links if link[1] is not None)
        claims.add(
            (claim, passage, c.actor, c.mechanism, c.right, c.mode, c.direction, c.effect, coder, review),
            _shifted(c.spans, start),
        )


def _applies(codebook: Codebook) -> dict[str, Callable[[str], bool]]:
    tests: dict[str, Callable[[str], bool]] = {
        "all": lambda relevance: True,
        "substantive": lambda relevance: relevance != "non_substantive",
        "influence": lambda relevance: relevance == "influence",
    }
    return {facet.id: tests[facet.applies_to] for facet in codebook.facets}


def _shifted(spans: Iterable[Span], by: int) -> list[tuple[int, int]]:
    return [(span.start + by, span.end + by) for span in spans]


def _with_vectors(passages: pa.Table) -> tuple[pa.Table, NDArray[np.float32], pa.Table]:
    """Set aside the passages whose vector is not as long as most others' or is not made of numbers."""
    column = passages["vector"].combine_chunks()
    lengths = column.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    dimensions = int(np.bincount(lengths).argmax()) if len(lengths) else 0
    fits = lengths == dimensions if dimensions else np.zeros(len(lengths), dtype=bool)
    if not fits.all():
        passages_kept, column = passages.filter(pa.array(fits)), column.filter(pa.array(fits))
    else:
        passages_kept = passages
    vectors = column.flatten().to_numpy(zero_copy_only=False).astype(np.float32).reshape(len(column), dimensions)
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        passages_kept, vectors = passages_kept.filter(pa.array(finite)), vectors[finite]
        fits[np.flatnonzero(fits)[~finite]] = False
    if fits.all():
        return passages_kept, vectors, UNCODED.empty_table()
    lost = passages["passage"].filter(pa.array(~fits)).to_pylist()
    rejects = [{"passage": passage, "reason": f"passage {passage}: its vector is missing or damaged"} for passage in lost]
    return passages_kept, vectors, pa.Table.from_pylist(rejects, schema=UNCODED)


class _Columns:
    """Rows gathered column by column: a table of hundreds of thousands of codes is made without a dict per row."""

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._plain: list[tuple[object, ...]] = []
        self._offsets = [0]
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, row: tuple[object, ...], spans: list[tuple[int, int]]) -> None:
        self._plain.append(row)
        self._starts.extend(start for start, _ in spans)
        self._ends.extend(end for _, end in spans)
        self._offsets.append(len(self._starts))

    def table(self) -> pa.Table:
        if not self._plain:
            return self._schema.empty_table()
        places = pa.StructArray.from_arrays([pa.array(self._starts, pa.int32()), pa.array(self._ends, pa.int32())], fields=list(SPAN))
        spans = pa.ListArray.from_arrays(pa.array(self._offsets, pa.int32()), places)
        columns = iter(zip(*self._plain, strict=True))
        arrays = [spans if field.name == "spans" else pa.array(next(columns), field.type) for field in self._schema]
        return pa.Table.from_arrays(arrays, schema=self._schema)
