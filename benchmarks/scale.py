"""Cost per answer of passages, vectors and codes, in one process and in partitions on Dask, as the number of answers grows.

    python benchmarks/scale.py [--sizes 10000 100000 1000000] [--runners local dask] [--workers 2] [--folder DIR] [--json FILE]

Models answer at once: what is measured is everything around them, which has to stay flat. Texts, vectors (512 numbers) and codes (five
per passage, of which a claim) are made up. Both runners start from the same masked answers, and what they made is compared.
Processor seconds are those of all processes that took part, worker processes included. The clock is told too; on a machine that others
share it says little.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import psutil
import pyarrow as pa
from distributed import Client, LocalCluster, WorkerPlugin
from numpy.typing import NDArray

from models.coding import Claim, Code, Coding, Passage, Span
from models.identity import identifier, quote_id
from models.masking import MASKER
from models.tables import ANSWERS, MASKED, PASSAGES, Outcome, no_rejects
from store import Paths, SurveyRecord, Writer

SURVEY = "scale"
DIMENSIONS = 512
STAGES = ("passages", "embed", "code")
SAME = {"made for": "benchmarks/scale.py"}
_SAID = ("Banks lobbied against the law on land", "Mines polluted the river", "Platforms hid the reports", "Farms paid no wages")
_STORED = 50_000
_DESCRIPTION = """
title = "Made up"
source = "benchmarks/scale.py"
licence = "none"
protection = "public"
text_kind = "invented"
languages = ["en"]
layout = "long"
files = ["none.csv"]
[columns]
text = "text"
[[questions]]
id = "q1"
wording = "What do companies do?"
"""


@dataclass(frozen=True)
class Spent:
    """What a stage cost: seconds of the clock, of all processes' processors and of this one's alone, and this process's memory (GB)."""

    runner: str
    answers: int
    stage: str
    wall: float
    processor: float
    own: float
    memory: float


class Encoder:
    """Draws a vector from the hash of the text."""

    name, version, dimensions = "scale", "scale-encoder", DIMENSIONS

    def __init__(self) -> None:
        self._drawn = np.random.default_rng(1).standard_normal((4096, DIMENSIONS)).astype(np.float32)
        self._drawn /= np.linalg.norm(self._drawn, axis=1, keepdims=True)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._drawn[[zlib.crc32(text.encode()) % 4096 for text in texts]]


class Coder:
    """Gives every passage the same five codes and a claim."""

    version = "scale-coder"

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        span = (Span(0, 5),)
        named = (("relevance", "influence"), ("actor", "bank"), ("mechanism", "lobbying"), ("right", "land"), ("mode", "active"))
        codes = tuple(Code(facet, code, 0.9, "cue", span) for facet, code in named)
        coding = Coding(codes, (Claim("bank", "lobbying", "land", "active", "encouraged", "harms", span),))
        return [coding] * len(passages)


def passages(answers: pa.Table, languages: Sequence[str]) -> Outcome:
    """Let each answer be one passage."""
    rows = [
        {
            "passage": quote_id(row["survey"], row["answer"], row["masked"], 0, len(row["masked"])),
            "answer": row["answer"],
            "start": 0,
            "end": len(row["masked"]),
            "text": row["masked"],
            "language": "en",
            "language_confidence": 1.0,
            "segmenter": "scale",
        }
        for row in answers.to_pylist()
    ]
    return Outcome(pa.Table.from_pylist(rows, schema=PASSAGES), no_rejects())


@contextmanager
def instant_models() -> Iterator[None]:
    """Put these in the place of the real models, in this process."""
    from flows.workshop import Versions

    versions = Versions("scale", Encoder.version, Coder.version, "1.0.0+00000000")
    with ExitStack() as stack:
        stack.enter_context(patch("flows.workshop.current_versions", lambda codebook: versions))
        stack.enter_context(patch("models.encoders.load_encoder", Encoder))
        stack.enter_context(patch("models.coder.load_coder", lambda codebook, encoder: Coder()))
        stack.enter_context(patch("models.segmentation.passages", passages))
        stack.enter_context(patch("flows.dask_versions.versions_here", lambda: SAME))
        stack.enter_context(patch("flows.dask_stages.versions_here", lambda: SAME))
        yield


class InstantModels(WorkerPlugin):  # type: ignore[misc]
    """The same in a worker process."""

    name = "instant models"

    def setup(self, worker: Any) -> None:
        self._kept = instant_models()
        self._kept.__enter__()


def masked_answers(wanted: int) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Yield answers with their masked texts, no text twice."""
    for first in range(0, wanted, _STORED):
        numbers = range(first, min(first + _STORED, wanted))
        answers = [identifier(SURVEY, number) for number in numbers]
        texts = [f"{_SAID[number % len(_SAID)]}, as {number} others say." for number in numbers]
        rows = len(answers)
        given = {"answer": answers, "survey": [SURVEY] * rows, "question": ["q1"] * rows, "country": ["KEN"] * rows, "text": texts}
        given |= {"attributes": ["{}"] * rows, "file": ["none.csv"] * rows, "row": [number + 1 for number in numbers], "content": answers}
        columns = [pa.array(given.get(field.name, [None] * rows), field.type) for field in ANSWERS]
        masked = {"answer": answers, "masked": texts, "masks": [[]] * rows, "masker": [MASKER] * rows}
        yield pa.Table.from_arrays(columns, schema=ANSWERS), pa.table(masked, schema=MASKED)


def prepare(paths: Paths, wanted: int) -> None:
    """Make a data folder of so many masked answers, the same ones each time."""
    folder = paths.raw / SURVEY
    folder.mkdir(parents=True)
    (folder / "survey.toml").write_text(_DESCRIPTION, "utf-8")
    (folder / "none.csv").write_text("text\n", "utf-8")
    parts = list(masked_answers(wanted))
    with Writer(paths, "a benchmark") as writer:
        writer.put_survey(SurveyRecord(SURVEY, "Made up", "", "", "public", "invented", False, ("en",), (("q1", "What?", None),)))
        writer.put_answers(SURVEY, pa.concat_tables([answers for answers, _ in parts]), writer.begin_run([SURVEY], {}))
        for _, masked in parts:
            writer.put_masked(masked)


def measure(runner: str, paths: Paths, wanted: int, client: Any, stages: Sequence[str] = STAGES) -> tuple[list[Spent], str]:
    """Carry what waits through the stages, and return what each cost and a hash of all codes and claims."""
    from flows import dask_stages, survey
    from flows.partition_scratch import clear
    from flows.partition_scratch import prepare as scratch
    from flows.progress import Terminal
    from flows.workshop import Workshop

    spent = []
    with Writer(paths, "a benchmark") as writer:
        workshop = Workshop(writer, paths, Terminal(), [SURVEY])
        drain: Callable[..., Any] = survey.drain_here
        if runner == "dask":
            drain = dask_stages.drain_on(dask_stages.Cluster(client, scratch(paths, None)))
        for stage in stages:
            wall, own, processor = time.perf_counter(), time.process_time(), processor_seconds(client)
            count = drain(workshop, SURVEY, stage)
            assert count.came == wanted, count
            used, here = processor_seconds(client) - processor, time.process_time() - own
            memory = psutil.Process().memory_info().rss / 1e9
            spent.append(Spent(runner, wanted, stage, time.perf_counter() - wall, used, here, memory))
            print(f"  {runner} {wanted:,} {stage}: {used:.1f} s of processor, {spent[-1].wall:.1f} s", file=sys.stderr)
        ((made,),) = writer._rows(
            """
            SELECT md5(string_agg(line, '' ORDER BY line)) FROM (
                SELECT md5(c::VARCHAR) AS line FROM codes c UNION ALL SELECT md5(c::VARCHAR) FROM claims c UNION ALL
                SELECT md5(p::VARCHAR) FROM passages p
            )
            """
        )
        clear(paths)
    return spent, str(made)


def processor_seconds(client: Any) -> float:
    """Return the processor seconds of this process and of all workers so far."""
    return time.process_time() + sum(client.run(time.process_time).values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--runners", nargs="+", default=["local", "dask"], choices=["local", "dask"])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="an existing folder with room for the stores; 6 GB at a million answers")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    arguments = parser.parse_args()
    from flows import dask_stages, survey

    plain = {name: task.fn for name, task in survey.STAGES}
    spent: list[Spent] = []
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=arguments.folder)))
        stack.enter_context(patch.object(survey, "STAGES", tuple(plain.items())))
        stack.enter_context(patch.object(dask_stages, "stage_in_partitions", dask_stages.stage_in_partitions.fn))
        stack.enter_context(instant_models())
        cluster = stack.enter_context(
            LocalCluster(
                n_workers=arguments.workers,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                local_directory=str(home / "dask"),
            )
        )
        client = stack.enter_context(Client(cluster, set_as_default=False))
        client.register_plugin(InstantModels())
        for wanted in arguments.sizes:
            hashes = {}
            for runner in arguments.runners:
                paths = Paths(home / f"{runner}-{wanted}")
                prepare(paths, wanted)
                found, hashes[runner] = measure(runner, paths, wanted, client)
                spent += found
                stored = paths.work.stat().st_size / wanted
                shutil.rmtree(paths.root)
            alike = "the same" if len(set(hashes.values())) == 1 else "NOT THE SAME"
            print(f"{wanted:,} answers: {alike} codes, claims and passages; {stored:,.0f} bytes of the store for each")
    report(spent)
    if arguments.json:
        arguments.json.write_text(json.dumps({"cores": os.cpu_count(), "figures": [asdict(each) for each in spent]}, indent=1), "utf-8")


def report(spent: Sequence[Spent]) -> None:
    """Print milliseconds of processor per answer, by stage and in all."""
    print(
        f"\n{'':10}{'answers':>10}"
        + "".join(f"{stage:>12}" for stage in STAGES)
        + f"{'in all':>12}{'writer':>12}{'wall':>12}   ms per answer"
    )
    for runner, wanted in dict.fromkeys((each.runner, each.answers) for each in spent):
        own = [each for each in spent if (each.runner, each.answers) == (runner, wanted)]
        each_stage = "".join(f"{1000 * each.processor / wanted:>12.3f}" for each in own)
        sums = (sum(getattr(each, name) for each in own) for name in ("processor", "own", "wall"))
        print(f"{runner:10}{wanted:>10,}{each_stage}" + "".join(f"{1000 * total / wanted:>12.3f}" for total in sums))


if __name__ == "__main__":
    main()
