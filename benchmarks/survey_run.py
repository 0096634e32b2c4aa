"""Measure ``suasion run`` on the shipped surveys: nothing cached, nothing new, one changed answer.

    python benchmarks/survey_run.py [--repeats 3] [--split]

Each repeat works in a data folder of its own and starts the command as a user does. Processing is what the run's own record
says (imports, loading of models and Prefect's start are not in it and are reported apart, as what is left of the wall clock). Memory is the
largest sum over the process and its children, sampled five times a second. ``--split`` runs the stages once more in this process and
reports how much of the time the models' own code took.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from store import Paths, Writer

ROOT = Path(__file__).parents[1]
SURVEYS = ("example-three-questions", "hrmi-people-at-risk", "state-department-2023")


@dataclass(frozen=True)
class Measured:
    """One start of the command. Seconds, and bytes of resident memory."""

    wall: float
    processing: float
    memory: int
    stages: dict[str, float]


def measure(home: Path) -> Measured:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "flows", "run", *SURVEYS],
        env=environment | {"SUASION_DATA": str(home)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak = [0]
    sampler = threading.Thread(target=_sample, args=(process.pid, peak))
    sampler.start()
    assert process.stderr is not None
    said = process.stderr.read()
    process.wait()
    wall = time.perf_counter() - began
    sampler.join()
    if process.returncode:
        raise SystemExit(said)
    stages: dict[str, float] = {}
    with Writer(Paths(home), "a benchmark") as writer:
        run = writer.runs().to_pylist()[0]["run"]
        for row in writer.stages(run).to_pylist():
            stages[row["stage"]] = stages.get(row["stage"], 0.0) + row["seconds"]
    # A run with nothing new has no stages; it says how long it looked.
    looked = re.search(r"Nothing new in .* \(([\d.]+) s\)", said)
    return Measured(wall, float(looked[1]) if looked else sum(stages.values()), peak[0], stages)


def _sample(pid: int, peak: list[int]) -> None:
    while True:
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return
            peak[0] = max(peak[0], sum(_memory(each) for each in (process, *process.children(recursive=True))))
        except psutil.NoSuchProcess:
            return
        time.sleep(0.2)


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def change_one_answer(home: Path) -> None:
    path = home / "raw" / "state-department-2023" / "passages.jsonl"
    first, rest = path.read_text("utf-8").split("\n", 1)
    record = json.loads(first)
    record["text"] += " Companies said nothing."
    path.write_text(json.dumps(record, ensure_ascii=False) + "\n" + rest, "utf-8")


def scenarios(repeats: int) -> dict[str, list[Measured]]:
    measured: dict[str, list[Measured]] = {"nothing cached": [], "nothing new": [], "one changed answer": []}
    for repeat in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "data"
            shutil.copytree(ROOT / "data" / "raw", home / "raw")
            for name, prepare in (("nothing cached", None), ("nothing new", None), ("one changed answer", change_one_answer)):
                if prepare:
                    prepare(home)
                measured[name].append(measure(home))
                print(f"  {repeat + 1}/{repeats} {name}: {measured[name][-1].wall:.1f} s in all", file=sys.stderr)
    return measured


def report(measured: dict[str, list[Measured]]) -> None:
    print(f"\n{'':22}{'processing':>12}{'(min–max)':>16}{'in all':>10}{'memory':>11}")
    for name, runs in measured.items():
        processing = [run.processing for run in runs]
        wall, memory = statistics.median(run.wall for run in runs), statistics.median(run.memory for run in runs)
        between = f"{min(processing):.1f}–{max(processing):.1f}"
        print(f"{name:22}{statistics.median(processing):>10.1f} s{between:>16}{wall:>8.1f} s{memory / 2**30:>8.2f} GB")
    print("\nnothing cached, by stage (medians): ", end="")
    stages = measured["nothing cached"][0].stages
    print(", ".join(f"{stage} {statistics.median(run.stages[stage] for run in measured['nothing cached']):.1f} s" for stage in stages))


def split() -> None:
    """Run the stages in this process, with a clock around the models' own code."""
    from dataclasses import asdict

    import kiwipiepy
    import spacy.language
    from py3langid.langid import LanguageIdentifier

    from flows import survey as flow
    from flows.progress import Terminal
    from flows.workshop import Workshop
    from models.encoders import SentenceEncoder

    clock = Clock()
    clock.around(SentenceEncoder, "encode")
    clock.around(spacy.language.Language, "__call__")
    clock.around(kiwipiepy.Kiwi, "tokenize")
    clock.around(kiwipiepy.Kiwi, "split_into_sents")
    clock.around(LanguageIdentifier, "rank")
    flow.STAGES = tuple((name, task.fn) for name, task in flow.STAGES)
    flow.ingest_survey, flow.publish_internal = flow.ingest_survey.fn, flow.publish_internal.fn
    flow.topics_of_survey = flow.topics_of_survey.fn
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths(Path(folder) / "data")
        with Writer(paths, "a benchmark") as writer:
            workshop = Workshop(writer, paths, Terminal(), SURVEYS)
            loaded = workshop.coder  # loading is not part of either side
            assert loaded
            clock.seconds.clear()
            done = flow._carry(workshop, list(SURVEYS))
    models = sum(clock.seconds.values())
    rest = done.processing_seconds - models
    print(f"\nmodels {models:.1f} s ({', '.join(f'{name} {seconds:.1f}' for name, seconds in clock.seconds.items())})")
    print(f"all else {rest:.1f} s: {rest / models:.2f} of the models' time; in all {done.processing_seconds:.1f} s")
    print({f"{count['survey']} {count['stage']}": count["seconds"] for count in map(asdict, done.stages)})


class Clock:
    """Adds up the time spent in methods, those that call each other once."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inside = False

    def around(self, owner: type, method: str) -> None:
        real: Callable[..., Any] = getattr(owner, method)
        name = f"{owner.__name__}.{method}"

        def timed(*args: Any, **kwargs: Any) -> Any:
            if self._inside:
                return real(*args, **kwargs)
            self._inside = True
            began = time.perf_counter()
            try:
                return real(*args, **kwargs)
            finally:
                self._inside = False
                self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began

        setattr(owner, method, timed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--split", action="store_true", help="report the models' share instead")
    arguments = parser.parse_args()
    if arguments.split:
        split()
    else:
        report(scenarios(arguments.repeats))


if __name__ == "__main__":
    main()
