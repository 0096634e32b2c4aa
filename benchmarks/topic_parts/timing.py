"""How long topics take and how much memory: each repeat is a process of its own, with vectors that were made before."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.topic_parts.cache import Cache, Vectors
from benchmarks.topic_parts.material import Material, mixed, topicable
from models.code_seeds import CodeSeeds
from models.topic_spec import TopicSpec
from models.topics import Ancestry, Fit, fit, place

PASSAGES, MANY, NEW, REPEATS_OF_STABILITY = 2_000, 100_000, 1_000, 5
#: So many are enough for the method of many passages, although some say the same: else nothing would be compiled.
WARMING = 600
#: Seconds and gigabytes that were asked for.
ASKED = {"fit": 60, "stability": 300, "many": 600, "place": 2}
MEMORY = {"many": 6.0}


@dataclass(frozen=True)
class Given:
    """What is at hand before any clock starts: to name the encoder its files are hashed, and the codes' vectors are read."""

    encoder: str
    seeds: CodeSeeds
    spec: TopicSpec

    def fit(self, passages: pa.Table) -> Fit:
        return fit("benchmark", passages, self.encoder, lambda: self.seeds, Ancestry.none(), self.spec)


@dataclass(frozen=True)
class Task:
    """What is timed: a name for people, with a place for the number of passages, and what returns the seconds that count."""

    name: str
    seconds: Callable[[pa.Table, pa.Table, Given], float]
    rows: int = PASSAGES


def _fit(passages: pa.Table, _: pa.Table, given: Given) -> float:
    began = time.perf_counter()
    given.fit(passages)
    return time.perf_counter() - began


def _stability(passages: pa.Table, _: pa.Table, given: Given) -> float:
    from models.topic_repeats import repeat

    began = time.perf_counter()
    repeat(passages, given.encoder, given.spec, REPEATS_OF_STABILITY)
    return time.perf_counter() - began


def _place(passages: pa.Table, new: pa.Table, given: Given) -> float:
    made = given.fit(passages)
    fitted = passages.take(pc.index_in(made.members["passage"], passages["passage"].combine_chunks()))
    names = ("language", "vector", "x", "y")
    neighbours = pa.table({name: (fitted if name in fitted.column_names else made.members)[name] for name in names})
    began = time.perf_counter()
    place(made.model, neighbours, new, given.encoder, given.spec)
    return time.perf_counter() - began


TASKS = {
    "fit": Task("find the topics of {:,} passages", _fit),
    "stability": Task(f"stability of {{:,}} passages, {REPEATS_OF_STABILITY} repeats", _stability),
    "many": Task("find the topics of {:,} passages, in a sample where there are too many", _fit, MANY),
    "place": Task(f"place {NEW:,} new passages among {{:,}}", _place),
}


def passages(materials: Sequence[Material], cache: Cache, rows: int) -> tuple[pa.Table, pa.Table]:
    """Return so many passages to find topics in, and new ones. They are real ones, or mixed ones where there are not enough of these."""
    everything = [(material, cache.vectors(material.texts)) for material in materials]
    material = joined([material for material, _ in everything])
    vectors = np.concatenate([vectors for _, vectors in everything])
    if rows + NEW > len(material):
        material, vectors = mixed(material, vectors, rows + NEW)
    order = np.random.default_rng(0).permutation(len(material))[: rows + NEW].tolist()
    return _at(order[:rows], material, vectors), _at(order[rows:], material, vectors)


def _at(places: Sequence[int], material: Material, vectors: Vectors) -> pa.Table:
    ids, texts, languages = ([column[place] for place in places] for column in (material.ids, material.texts, material.languages))
    return topicable(ids, texts, languages, [True] * len(places), vectors[places])


def joined(materials: Sequence[Material]) -> Material:
    """Return the passages of all as one, without codes."""
    ids, texts, languages = (
        tuple(value for material in materials for value in getattr(material, name)) for name in ("ids", "texts", "languages")
    )
    return Material(name="all", ids=ids, texts=texts, languages=languages, codes={})


def once(task: str, materials: Sequence[Material], cache: Cache, spec: TopicSpec, rows: int) -> dict[str, float]:
    """Do one task in this process. Compiling is over before the clock starts: topics of some hundred other passages are found first."""
    found, new = passages(materials, cache, rows)
    given = Given(cache.encoder(), cache.seeds(), spec)
    began = time.perf_counter()
    given.fit(new.slice(0, WARMING))
    warming = time.perf_counter() - began
    seconds = TASKS[task].seconds(found, new, given)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"passages": found.num_rows, "seconds": seconds, "imports and compiling": warming, "GB at the peak": memory}


def repeated(task: str, arguments: Sequence[str], repeats: int, say: Callable[[str], None]) -> list[dict[str, float]]:
    """Do a task so many times, each time in a new process, which is this program with ``--once``."""
    program = str(Path(__file__).parents[1] / "topics.py")
    runs = []
    for number in range(repeats):
        command = [sys.executable, program, "speed", *arguments, "--once", task]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
        say(f"{task}: {number + 1} of {repeats}: {runs[-1]['seconds']:.1f} s, {runs[-1]['GB at the peak']:.1f} GB")
    return runs


def report(measured: dict[str, list[dict[str, float]]]) -> str:
    """Return a table of medians beside what was asked for, of as many passages as were really taken."""
    lines = ["\n| | seconds | asked | imports and compiling | memory at the peak |", "|---|---:|---:|---:|---:|"]
    for task, runs in measured.items():
        rows, seconds, warming, memory = (statistics.median(run[name] for run in runs) for name in runs[0])
        asked, limit = (str(ASKED[task]), f" of {MEMORY[task]:.0f}" if task in MEMORY else "") if rows == TASKS[task].rows else ("–", "")
        lines.append(f"| {TASKS[task].name.format(int(rows))} | {seconds:.1f} | {asked} | {warming:.1f} s | {memory:.1f}{limit} GB |")
    return "\n".join(lines)
