"""Make a large snapshot out of a published one, to measure the explorer at sizes that nobody has collected yet.

    python benchmarks/replicas.py SOURCE TARGET --passages 1000000

SOURCE is a data folder with a published internal snapshot; TARGET becomes one whose internal snapshot has so many passages: copies
of the real ones, each an answer of its own by a respondent of its own. Of the copies, three in ten are of another country, every
text has two words of another text behind it, and vectors are moved by a little noise and set back to their length. What was done is
recorded in TARGET/replicas.json. Codes, claims, topics and spans are those of the original.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from store import Paths, snapshots
from store.schema import snapshot_tables
from store.search import build_search

SEED = 20261122
MOVED = 0.3
NOISE = 0.05
#: Columns by which a copy differs from its original: names get the copy's number behind them, numbers are moved on.
_NAMED = frozenset({"quote", "answer", "claim"})
_NUMBERED = frozenset({"unit", "translation_group", "speaker", "vector_row"})


def main() -> None:
    """Make the snapshot and say what it cost."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--protected", action="store_true", help="as if all surveys were protected, so that everything is judged")
    asked = parser.parse_args()
    began = time.perf_counter()
    replicate(Paths(asked.source), Paths(asked.target), asked.passages, protected=asked.protected)
    print(f"{asked.passages:,} passages in {time.perf_counter() - began:,.0f} s: SUASION_DATA={asked.target}")


def replicate(source: Paths, target: Paths, passages: int, seed: int = SEED, *, protected: bool = False) -> None:
    """Publish ``passages`` copies of the passages of one data folder in another, as its internal snapshot."""
    current = snapshots.read_current(source, "internal")
    if current is None:
        raise SystemExit(f"{source.root}: nothing is published there; run `suasion run` first")
    folder = source.snapshots("internal") / current
    manifest = snapshots.verify(folder)
    target.prepare()
    place = target.snapshots("internal")
    place.mkdir(parents=True, exist_ok=True)
    name = snapshots.free_id(target, "internal", f"replicas-{passages}")
    partial = place / f"{snapshots.PARTIAL}{name}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    counts = _data(folder, partial, passages, np.random.default_rng(seed), protected=protected)
    sealed = snapshots.seal(partial, place / name, {
        "schema": snapshots.SCHEMA, "id": name, "view": "internal", "run": manifest.run, "made": manifest.made, "content": name,
        "counts": counts, "versions": manifest.versions,
    })  # fmt: skip
    snapshots.serve(target, "internal", sealed.id)
    record = {
        "of": manifest.id,
        "passages": passages,
        "seed": seed,
        "protected": protected,
        "moved to another country": MOVED,
        "noise of vectors": NOISE,
    }
    (target.root / "replicas.json").write_text(json.dumps(record, indent=1), encoding="utf-8")


def _data(folder: Path, partial: Path, passages: int, random: np.random.Generator, *, protected: bool) -> dict[str, int]:
    data = str(partial / snapshots.DATA)
    with closing(duckdb.connect(data)) as connection:
        connection.sql(f"ATTACH '{folder / snapshots.DATA}' AS original (READ_ONLY)")
        tables = connection.execute("SELECT table_name, sql FROM duckdb_tables() WHERE database_name = 'original'").fetchall()
        ((before,),) = connection.execute("SELECT count(*) FROM original.quotes").fetchall()
        copies = math.ceil(passages / before)
        vectors = np.load(folder / snapshots.VECTORS, mmap_mode="r")
        sizes = {"vector_row": len(vectors), **_largest(connection)}
        connection.sql(f"CREATE TEMP TABLE copies AS SELECT range AS k FROM range({copies})")
        orders = {table.name: table.order for table in snapshot_tables("internal")}
        for table, ddl in tables:
            connection.sql(ddl)
            _fill(connection, table, copies, passages, sizes, orders[table])
        _perturb(connection, random)
        for table in ("surveys", "answers", "quotes") if protected else ():
            connection.sql(f"UPDATE {table} SET protection = 'protected'")
        _write_vectors(partial / snapshots.VECTORS, vectors, copies, random)
        texts = connection.cursor().execute('SELECT "row", text FROM quotes ORDER BY "row"')
        build_search(partial / snapshots.SEARCH, _rows(texts))
        counted = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchall() for table in ("answers", "quotes", "claims")}
        connection.sql("DETACH original")
    return {table: int(number) for table, ((number,),) in counted.items()}


def _largest(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for column, table in (("unit", "quotes"), ("translation_group", "quotes"), ("speaker", "topic_word_holders")):
        ((size,),) = connection.execute(f"SELECT coalesce(max({column}), 0) + 1 FROM original.{table}").fetchall()
        sizes[column] = int(size)
    return sizes


def _fill(connection: duckdb.DuckDBPyConnection, table: str, copies: int, passages: int, sizes: dict[str, int], order: str) -> None:
    """Copy a table in its order: once, where its rows belong to no passage and no answer."""
    columns = [column for (column,) in connection.execute(f"SELECT column_name FROM (DESCRIBE original.{table})").fetchall()]
    if not {"row", "answer"} & set(columns):
        connection.sql(f"INSERT INTO {table} SELECT * FROM original.{table}")
        return
    written = []
    for column in columns:
        quoted = f't."{column}"'
        if column == "row":
            written.append(f"({quoted} * {copies} + k)::INTEGER")
        elif column in _NAMED:
            written.append(f"CASE WHEN k = 0 THEN {quoted} ELSE {quoted} || '-' || k END")
        elif column in _NUMBERED:
            written.append(f"({quoted} + k * {sizes[column]})::INTEGER")
        else:
            written.append(quoted)
    kept = f'WHERE t."row" * {copies} + k < {passages}' if "row" in columns else ""
    named = ", ".join(f'{value} AS "{column}"' for value, column in zip(written, columns, strict=True))
    connection.sql(f"INSERT INTO {table} SELECT * FROM (SELECT {named} FROM original.{table} t, copies {kept}) ORDER BY {order}")


def _perturb(connection: duckdb.DuckDBPyConnection, random: np.random.Generator) -> None:
    """Move copies to other countries, and put two words of other texts behind theirs."""
    found = connection.sql("SELECT quote, answer, country, text FROM quotes WHERE quote LIKE '%-%' ORDER BY quote").to_arrow_table()
    countries = sorted({country for country in found["country"].to_pylist() if country})
    words = sorted({word for text in found["text"].slice(0, 50_000).to_pylist() for word in text.split()})
    drawn = random.integers(0, len(words), (found.num_rows, 2))
    moved = random.random(found.num_rows) < MOVED
    to = random.integers(0, len(countries), found.num_rows)
    changes = pa.table(
        {
            "quote": found["quote"],
            "answer": found["answer"],
            "words": [f" {words[first]} {words[second]}" for first, second in drawn],
            "country": [countries[at] if move else None for at, move in zip(to, moved, strict=True)],
        }
    )
    connection.register("changes", changes)
    connection.sql(
        """
        UPDATE quotes SET text = quotes.text || c.words, country = coalesce(c.country, quotes.country)
        FROM changes c WHERE c.quote = quotes.quote
        """
    )
    connection.unregister("changes")


def _write_vectors(place: Path, vectors: np.ndarray[Any, Any], copies: int, random: np.random.Generator) -> None:
    rows, width = vectors.shape
    written = np.lib.format.open_memmap(place, mode="w+", dtype=vectors.dtype, shape=(rows * copies, width))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    for copy in range(copies):
        noise = random.standard_normal(vectors.shape, np.float32) * (NOISE / math.sqrt(width)) * lengths if copy else 0
        moved = vectors + noise
        norms = np.linalg.norm(moved, axis=1, keepdims=True)
        written[copy * rows : (copy + 1) * rows] = moved / np.where(norms > 0, norms, 1) * lengths
    written.flush()


def _rows(found: duckdb.DuckDBPyConnection) -> Any:
    while batch := found.fetchmany(50_000):
        yield from batch


if __name__ == "__main__":
    main()
