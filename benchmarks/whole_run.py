"""What a whole run costs, and how much of it is not a forward pass of a model.

    python benchmarks/whole_run.py [--passages 20000]                 # real models; asked: all / forward passes < 1.25
    python benchmarks/whole_run.py --cached --passages 1000000        # instant models: asked: all else < 10 minutes, < 4 GB
    python benchmarks/whole_run.py --cached --plain                   # beside a plain script on the same vectors: a third or less

The stages of the flow run in this process, one after the other, called as Prefect's tasks call them; Prefect itself (0.03 to 0.3 s a
task) and the loading of models are not in the figures. Answers are made up of real phrases, each a passage or a few; the survey holds
``--passages`` answers. Forward passes are timed inside the run: sentence vectors, the coder's transformer, spaCy, Kiwi, and the
identifier of languages. Processor seconds are those of all threads, and hold on a busy machine; wall seconds only on an idle one.
``--cached`` gives passages the vectors and codings that the real models gave to the phrases which they begin with.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

# Started as a file, Python looks for modules beside it alone.
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.run_parts.carried import Bench, Carried, largest_memory
from benchmarks.run_parts.instant import instant
from benchmarks.run_parts.material import PHRASES, phrases, write_survey
from store import Paths


def table(done: Carried) -> str:
    """Return the stages of a run as Markdown."""
    lines = [
        "| stage | items | wall s | processor s | of it models | items a processor second, models aside |",
        "|---|---|---|---|---|---|",
    ]
    items = {count.stage: count.came for count in done.report.stages} | {"publish": done.report.quotes}
    for stage, spent in done.stages.spent.items():
        models, came = done.of_models.get(stage, 0.0), items.get(stage, 0)
        rest = max(spent.processor - models, 1e-9)
        pace = f"{came / rest:,.0f}" if came else ""
        lines.append(f"| {stage} | {came:,} | {spent.wall:,.1f} | {spent.processor:,.1f} | {models:,.1f} | {pace} |")
    return "\n".join(lines)


def summary(done: Carried) -> dict[str, Any]:
    """Return what the run is judged by."""
    whole, models = done.stages.total(), done.models.total()
    return {
        "passages": done.report.quotes,
        "wall seconds": round(whole.wall, 1),
        "processor seconds": round(whole.processor, 1),
        "forward passes, processor seconds": {name: round(spent.processor, 1) for name, spent in done.models.spent.items()},
        "all but models, wall seconds": round(whole.wall - models.wall, 1),
        "all but models, processor seconds": round(whole.processor - models.processor, 1),
        "whole run / forward passes, processor": round(whole.processor / max(models.processor, 1e-9), 3),
        "whole run / forward passes, wall": round(whole.wall / max(models.wall, 1e-9), 3),
        "GB at the peak of the run": round(done.memory / 1e9, 2),
        "GB at the peak of the process": round(largest_memory() / 1e9, 2),
    }


def main() -> None:
    """Measure and print; nothing of an answer is printed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=20_000, help="how many answers the survey has")
    parser.add_argument("--cached", action="store_true", help="instant models in the place of the real ones")
    parser.add_argument("--plain", action="store_true", help="a plain script beside it, on the same vectors")
    parser.add_argument("--home", type=Path, help="a folder for the data, kept; a temporary one without it")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = asked.home or Path(temporary)
        pool = phrases(PHRASES)
        write_survey(home / "raw", pool, asked.passages)
        bench = Bench(Paths(home), instant(pool) if asked.cached else None)
        bench.warm_up(pool)
        done = bench.run()
        print(table(done), "\n")
        results = summary(done)
        if asked.plain:
            from benchmarks.run_parts.beside import beside

            results |= beside(Paths(home), done, home)
    print(json.dumps(results, indent=1))
    if asked.json:
        asked.json.write_text(json.dumps(results | {"at": time.strftime("%Y-%m-%d")}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
