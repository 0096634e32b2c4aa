"""The plain script beside a run: on the same texts and vectors, timed in the same process, its codes scored on the same passages."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.plain_script import Descriptions, Floats, best_least, plain_run, similar
from benchmarks.run_parts.carried import Carried
from benchmarks.run_parts.material import LABELS, SURVEY
from models.coding import Passage
from models.encoders import Encoder
from models.similarity import sayings
from store import Paths, Writer
from taxonomy import Codebook

#: Coded passages that no coder learned from.
REFERENCE = LABELS.with_name("reference.jsonl")
_FACETS = ("relevance", "actor", "mechanism", "right", "direction", "effect")


def beside(paths: Paths, done: Carried, folder: Path) -> dict[str, Any]:
    """Run the plain script on the passages of a run; return both costs without models, and both scores on the reference."""
    from models.encoders import load_encoder
    from taxonomy import load_codebook

    codebook, encoder = load_codebook(), load_encoder()
    facets = _described(codebook, encoder)
    source, vectors = _material(paths, encoder, folder)
    wall, processor = time.perf_counter(), time.process_time()
    topics = plain_run(source, vectors, facets, folder / "plain.csv")
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    whole, models = done.stages.total(), done.models.total()
    return {
        "plain script, wall seconds": round(wall, 1),
        "plain script, processor seconds": round(processor, 1),
        "plain script, topics": topics,
        "all but models / plain script, processor": round((whole.processor - models.processor) / processor, 3),
        "all but models / plain script, wall": round((whole.wall - models.wall) / wall, 3),
        "micro-F1 on the reference, the coder and the plain script": _quality(codebook, encoder, facets),
    }


def _described(codebook: Codebook, encoder: Encoder) -> dict[str, Descriptions]:
    rows = _lines(LABELS)
    vectors = encoder.encode([row["text"] for row in rows])
    found = {}
    for facet in codebook.facets:
        if facet.id not in _FACETS:
            continue
        codes = tuple(code.id for code in facet.codes)
        described = Descriptions(codes, encoder.encode([sayings(code)[0] for code in facet.codes]))
        if facet.values == "many":
            asked = [place for place, row in enumerate(rows) if facet.id in row]
            held = [_values(rows[place], facet.id) for place in asked]
            # As good a threshold as it can have: one that somebody fits on coded passages.
            described = replace(described, least=best_least(vectors[asked], described, held))
        found[facet.id] = described
    return found


def _material(paths: Paths, encoder: Encoder, folder: Path) -> tuple[Path, Floats]:
    """Write the passages of the run as a CSV file, and return it with their vectors, which cost neither side anything."""
    import pyarrow.csv

    with Writer(paths, "a benchmark") as writer:
        passages = writer.to_topics(SURVEY, encoder.version)
    vectors = np.asarray(passages["vector"].combine_chunks().flatten(), dtype=np.float32).reshape(passages.num_rows, -1)
    source = folder / "plain-source.csv"
    pyarrow.csv.write_csv(passages.select(["passage", "text", "language"]).rename_columns(["id", "text", "language"]), source)
    return source, vectors


def _quality(codebook: Codebook, encoder: Encoder, facets: Mapping[str, Descriptions]) -> dict[str, tuple[float, float]]:
    from models.coder import load_coder

    rows = _lines(REFERENCE)
    passages = [Passage(row["text"], row["lang"], row.get("country")) for row in rows]
    vectors = encoder.encode([row["text"] for row in rows])
    codings = load_coder(codebook, encoder).code(passages, vectors)
    scores = {}
    for facet, described in facets.items():
        asked = [place for place, row in enumerate(rows) if facet in row]
        held = [_values(rows[place], facet) for place in asked]
        ours = [tuple(code.code for code in codings[place].codes if code.facet == facet) for place in asked]
        plain = similar(vectors[asked], described)
        scores[facet] = (_micro(held, ours), _micro(held, plain))
    return scores


def _micro(held: Sequence[tuple[str, ...]], said: Sequence[tuple[str, ...]]) -> float:
    hits = sum(len(set(true) & set(given)) for true, given in zip(held, said, strict=True))
    return round(2 * hits / max(1, sum(map(len, held)) + sum(map(len, said))), 3)


def _values(row: Mapping[str, Any], facet: str) -> tuple[str, ...]:
    value = row[facet]
    return tuple(map(str, value if isinstance(value, list) else [value] if value else []))


def _lines(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.read_bytes().splitlines()]
