"""Whether the cost of a run is that of what is new: one store, then nothing new, 1 %, 10 % and 100 % changed answers.

    python benchmarks/incremental.py [--answers 20000] [--shares 0 0.01 0.1 1]

Models answer at once (benchmarks/run_parts/instant.py), so that what costs with the whole and not with what is new is not hidden by
them. Changed answers have a word more; the rest of the file stays. ``an item`` is the processor time of a stage by what came to
it: where it stays, the stage costs what is new. ``of the first run`` is the share of what the whole cost the first time.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

# Started as a file, Python looks for modules beside it alone.
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.run_parts.carried import Bench, Carried
from benchmarks.run_parts.instant import instant
from benchmarks.run_parts.material import PHRASES, phrases, write_survey
from store import Paths

#: In the order of the run.
STAGES = ("is anything new", "ingest", "mask", "passages", "embed", "code", "topics", "publish")


def costs(done: Carried) -> dict[str, tuple[int, float, float]]:
    """Return, by stage, how many items came to it, and its wall and processor seconds without those of models."""
    came = {count.stage: count.came for count in done.report.stages}
    found = {}
    for stage in STAGES:
        spent = done.stages.spent.get(stage)
        if spent is not None:
            found[stage] = (came.get(stage, 0), spent.wall, spent.processor - done.of_models.get(stage, 0.0))
    return found


def table(runs: dict[str, dict[str, tuple[int, float, float]]]) -> str:
    """Return all runs as Markdown: processor seconds by stage, milliseconds an item, and the share of the first run."""
    first = next(iter(runs.values()))
    lines = ["| run | stage | came | wall s | processor s | an item, ms | of the first run |", "|---|---|---|---|---|---|---|"]
    for name, stages in runs.items():
        for stage, (came, wall, processor) in stages.items():
            each = f"{1000 * processor / came:.2f}" if came else ""
            share = f"{processor / first[stage][2]:.0%}" if stage in first and first[stage][2] > 0.005 else ""
            lines.append(f"| {name} | {stage} | {came:,} | {wall:.2f} | {processor:.2f} | {each} | {share} |")
        whole = sum(processor for _, _, processor in stages.values())
        lines.append(
            f"| {name} | **all** | | {sum(wall for _, wall, _ in stages.values()):.2f} | {whole:.2f} | | "
            f"{whole / sum(processor for _, _, processor in first.values()):.0%} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=20_000)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.0, 0.01, 0.1, 1.0])
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        paths, pool = Paths(Path(home)), phrases(PHRASES)
        bench = Bench(paths, instant(pool))
        bench.warm_up(pool)
        runs = {}
        for turn, share in enumerate([1.0, *asked.shares]):
            # Changed in another way each time: what was changed before stays so.
            write_survey(paths.root / "raw", pool, asked.answers, changes=[] if not turn else [*asked.shares[:turn]])
            runs["first run" if not turn else f"{share:.0%} new" if share else "nothing new"] = costs(bench.run())
            print(table(runs).splitlines()[-1], file=sys.stderr)
    print(table(runs))
    if asked.json:
        asked.json.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
