"""How good topics are, whether they hold in translation, and what they cost.

    python benchmarks/topics.py quality data/labels/open.jsonl NHS.csv     # beside BERTopic as it comes, on the same vectors
    python benchmarks/topics.py translations data/labels/open.jsonl data/raw/hrmi-people-at-risk/at_risk_answers.csv
    python benchmarks/topics.py speed data/labels/open.jsonl data/raw/hrmi-people-at-risk/at_risk_answers.csv

JSON Lines are coded passages (their pairs are those with ``translation_of``), a CSV file is the NHS's export (benchmarks/nhs/README.md)
or HRMI's bullets. Vectors are the project's encoder's, made once and kept in ``--cache``. Progress goes to standard error, tables as
Markdown to standard output, every run's figures to ``--json``; no text of a passage goes anywhere. What each figure is: docs/topics.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Started as a file, Python looks for modules beside it alone.
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.topic_parts import timing
from benchmarks.topic_parts.cache import Cache
from benchmarks.topic_parts.finders import Consensus
from benchmarks.topic_parts.material import Material, load
from benchmarks.topic_parts.quality import compared
from benchmarks.topic_parts.tables import keep, table
from benchmarks.topic_parts.translations import in_two_languages
from models.topic_spec import topic_spec
from store import Paths
from taxonomy.errors import SuasionError


def quality(arguments: argparse.Namespace, materials: list[Material], cache: Cache, say: Callable[[str], None]) -> dict[str, Any]:
    consensus, results = Consensus(cache, topic_spec()), {}
    for material in materials:
        made = compared(material, cache.vectors(material.texts), consensus, arguments.seeds, arguments.resamples, say)
        print(table(f"{material.name}: {len(material):,} passages, mean of {arguments.seeds} seeds (range)", made.runs))
        print(table(f"{material.name}: found again", made.stability), flush=True)
        results[material.name] = {"passages": len(material), "runs": made.runs, "stability": made.stability}
    return results


def translations(arguments: argparse.Namespace, materials: list[Material], cache: Cache, say: Callable[[str], None]) -> dict[str, Any]:
    consensus, results = Consensus(cache, topic_spec()), {}
    for material in (material for material in materials if material.pairs):
        runs, split = in_two_languages(material, cache.vectors(material.texts), consensus, arguments.seeds, say)
        print(table(f"{material.name}: {len(material):,} passages, mean of {arguments.seeds} seeds (range)", runs))
        print(table(f"{material.name}: pairs in one topic, by languages", split), flush=True)
        results[material.name] = {"passages": len(material), "runs": runs, "by languages": split}
    return results


def speed(arguments: argparse.Namespace, materials: list[Material], cache: Cache, say: Callable[[str], None]) -> dict[str, Any]:
    for material in materials:  # so that no timed process has to load the encoder
        cache.vectors(material.texts)
    cache.seeds()
    measured = {}
    for task in arguments.tasks:
        size = timing.TASKS[task].rows
        given = [*map(str, arguments.files), "--cache", str(cache.folder), "--rows", str(min(size, arguments.rows or size))]
        measured[task] = timing.repeated(task, given, arguments.repeats, say)
    print(timing.report(measured))
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, does in (("quality", quality), ("translations", translations), ("speed", speed)):
        command = commands.add_parser(name)
        command.set_defaults(does=does)
        command.add_argument("files", nargs="+", type=Path)
        command.add_argument("--cache", type=Path, help="a folder for vectors; $SUASION_DATA/benchmarks without it")
        command.add_argument("--rows", type=int, help="so many passages of each material, or of each timed task, at most")
        command.add_argument("--json", type=Path, metavar="OUT")
        if name == "speed":
            command.add_argument("--repeats", type=int, default=3)
            command.add_argument("--tasks", nargs="+", choices=timing.TASKS, default=list(timing.TASKS))
            command.add_argument("--once", choices=timing.TASKS, help=argparse.SUPPRESS)
        else:
            command.add_argument("--seeds", type=int, default=5 if name == "quality" else 3)
        if name == "quality":
            command.add_argument("--resamples", type=int, default=5)
    arguments = parser.parse_args()
    began = time.perf_counter()

    def say(line: str) -> None:
        print(f"  [{time.perf_counter() - began:6.0f} s] {line}", file=sys.stderr, flush=True)

    try:
        cache = Cache(arguments.cache or Paths.default().root / "benchmarks")
        materials = load(arguments.files)
        if arguments.command == "speed" and arguments.once:
            print(json.dumps(timing.once(arguments.once, materials, cache, topic_spec(), arguments.rows)))
            return
        if arguments.command != "speed":
            materials = [material.sample(arguments.rows) for material in materials]
        results = arguments.does(arguments, materials, cache, say)
        keep(arguments.json, {"encoder": cache.encoder(), "topics": topic_spec().stamp, arguments.command: results})
    except SuasionError as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
