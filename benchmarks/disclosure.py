"""Measure what disclosure control costs: publishing with declared tables, and a suppressed heat map.

    python benchmarks/disclosure.py [--passages 100000] [--times 10] [--repeats 7]

A protected survey is made up: respondents with three answers of one passage each, claims that name the codes of the codebook, the
first ones of a facet more often, countries of unequal size. Vectors and codes stand in the store, as after a run. All three views are
published and timed. Then the rows of the internal snapshot are repeated, with other people, ``--times`` times, and the heat maps that
the explorer draws are asked of a reader, each with other filters, so that nothing is remembered. Asked are 60 s for the three views
of 100,000 passages, and 0.5 s for a heat map of 1,000,000.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import get_args

import duckdb
import numpy as np
import pyarrow as pa

from store import Filters, Paths, Reader, SurveyRecord, View, Writer, snapshots
from taxonomy import load_codebook

_NAMED = (
    "BRA COL MEX PER ARG CHL BOL ECU GTM HND KOR VNM PHL IDN THA MYS KHM MMR CHN JPN IND NPL BGD LKA PAK KAZ NGA KEN ZAF GHA UGA TZA "
    "ETH SEN CMR COD MOZ ZMB GEO JOR EGY MAR TUN TUR LBN UKR POL ROU SRB HUN"
)
COUNTRIES = _NAMED.split()
SURVEY = SurveyRecord(
    survey="made-up", title="A made-up survey", source="Nobody", licence="None", protection="protected", text_kind="invented",
    has_respondents=True, languages=("en",), questions=(("q1", "What do companies do?", None),),
)  # fmt: skip
VERSIONS = {
    "encoder": "benchmark 1",
    "coder": "benchmark 1",
    "codebook": "benchmark 1",
    "masker": "benchmark 1",
    "segmenter": "benchmark 1",
}
DIMENSIONS = 512

_STORE = """
CREATE OR REPLACE TEMP TABLE made AS SELECT range AS n, 'answer ' || range AS answer, 'person ' || range // 3 AS person,
    $countries[1 + floor(len($countries) * pow(hash(range // 3) / 18446744073709551616, 2))::INTEGER] AS country,
    'Passage number ' || range || ' says what some company did to the people of a place.' AS text FROM range($passages);
"""
_FILL = (
    """
    INSERT INTO answers SELECT answer, 'made-up', '2025', 'q1', NULL, country, 'en', person, text, NULL, NULL, NULL, '{}', 'file.csv', n,
        'content ' || n, 'active', $run FROM made
    """,
    "INSERT INTO masked SELECT answer, text, [], 'benchmark 1' FROM made",
    "INSERT INTO passages SELECT 'passage ' || n, answer, 0, length(text), text, 'text ' || n, 'en', 1.0, 'benchmark 1' FROM made",
    "INSERT INTO coded SELECT 'passage ' || n, 'key', false FROM made",
    """
    INSERT INTO claims SELECT 'claim ' || n, 'passage ' || n, actor, mechanism, "right", 'active', 'not_stated', effect, [],
        'benchmark 1', false FROM chosen
    """,
    """
    INSERT INTO codes SELECT 'passage ' || n, facet, code, 'benchmark 1', 0.9, 'cue', [], 'benchmark 1', false FROM (
        SELECT n, 'relevance' AS facet, 'influence' AS code FROM chosen UNION ALL SELECT n, 'actor', actor FROM chosen
        UNION ALL SELECT n, 'mechanism', mechanism FROM chosen UNION ALL SELECT n, 'right', "right" FROM chosen
        UNION ALL SELECT n, 'effect', effect FROM chosen
    )
    """,
)
_REPEATED = {
    "answers": "answer || '/' || t AS answer, unit + t * $units AS unit",
    "quotes": "\"row\" + t * $rows AS \"row\", quote || '/' || t AS quote, answer || '/' || t AS answer, unit + t * $units AS unit",
    "codes": '"row" + t * $rows AS "row"',
    "claims": '"row" + t * $rows AS "row", claim || \'/\' || t AS claim',
}


def fill(writer: Writer, run: str, passages: int, rng: np.random.Generator) -> None:
    """Put a coded survey into the store, past its stages."""
    codebook = load_codebook()
    columns = {facet: np.array([code.id for code in codebook.facet(facet).codes]) for facet in ("actor", "mechanism", "right", "effect")}
    speaking = np.flatnonzero(rng.random(passages) < 0.6)
    chosen = {name: values[(len(values) * rng.random(len(speaking)) ** 2).astype(int)] for name, values in columns.items()}
    vectors = rng.normal(size=(passages, DIMENSIONS)).astype(np.float32)
    lists = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), DIMENSIONS).cast(pa.list_(pa.float32()))
    ids = pa.array([f"text {number}" for number in range(passages)])
    given = pa.table({"text_hash": ids, "encoder": pa.array(["benchmark 1"] * passages), "vector": lists})
    writer.put_survey(SURVEY)
    with writer._transaction(chosen=pa.table({"n": speaking, **chosen}), vectors_given=given):
        writer._con.execute(_STORE, {"countries": COUNTRIES, "passages": passages})
        for statement in _FILL:
            writer._con.execute(statement, {"run": run} if "$run" in statement else {})
        writer._con.execute("INSERT INTO vectors SELECT * FROM vectors_given")


def repeat(paths: Paths, times: int) -> None:
    """Repeat the rows of the served internal snapshot, with other people."""
    folder = paths.snapshots("internal") / str(snapshots.read_current(paths, "internal"))
    place = folder / snapshots.DATA
    place.chmod(0o600)
    with duckdb.connect(str(place)) as connection:
        ((rows, units),) = connection.execute('SELECT max("row") + 1, max(unit) + 1 FROM quotes').fetchall()
        for table, replaced in _REPEATED.items():
            values = {name: value for name, value in {"rows": rows, "units": units}.items() if f"${name}" in replaced}
            rest = f"SELECT * EXCLUDE (t) REPLACE ({replaced}) FROM {table}, range(1, $times) r(t)"
            connection.execute(f"INSERT INTO {table} BY NAME {rest}", values | {"times": times})
    manifest = folder / snapshots.MANIFEST
    record = json.loads(manifest.read_text("utf-8"))
    with place.open("rb") as file:
        record["files"][snapshots.DATA] = hashlib.file_digest(file, "sha256").hexdigest()
    manifest.chmod(0o600)
    manifest.write_text(json.dumps(record), "utf-8")


def main() -> None:
    """Build, publish, repeat, ask."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=7)
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="suasion-disclosure-"))
    paths = Paths(home / "data")
    try:
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        with Writer(paths, "benchmark") as writer:
            run = writer.begin_run([SURVEY.survey], VERSIONS)
            fill(writer, run, asked.passages, np.random.default_rng(1))
            whole = 0.0
            for view in get_args(View):
                began = time.perf_counter()
                published = writer.publish(view, run)
                seconds = time.perf_counter() - began
                whole += seconds
                cells = published.declared
                print(f"publish {view}: {seconds:.1f} s, {cells.cells:,} cells, {cells.suppressed:,} suppressed {' '.join(cells.notes)}")
            print(f"three views of {asked.passages:,} passages: {whole:.1f} s (asked: under 60 s for 100,000)")
        repeat(paths, asked.times)
        reader = Reader.open(paths)
        for rows, columns in (("actor", "mechanism"), ("country", "right")):
            times = []
            for number in range(asked.repeats):
                filters = (
                    Filters(countries=tuple(country for country in COUNTRIES if country != COUNTRIES[-number])) if number else Filters()
                )
                began = time.perf_counter()
                reader.cross(rows, columns, filters)
                times.append(time.perf_counter() - began)
            said = f"median {1000 * statistics.median(times):.0f} ms, longest {1000 * max(times):.0f} ms (asked: under 500 ms)"
            print(f"{rows} by {columns}, {asked.passages * asked.times:,} passages: {said}")
        reader.close()
    finally:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
