"""How fast and how big the coder is: passages a second with every model included, the split, and the peak of memory.

    python benchmarks/coding_speed.py [--passages 10000] [--repeats 3]

The passages are the coded ones of ``data/labels``, in their language and country, taken again with a number in front until there are
enough, so that no text is coded twice. Each repeat is a process of its own; figures are medians.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import statistics
import subprocess
import sys
import time
from itertools import count, islice
from pathlib import Path

LABELS = Path(__file__).parents[1] / "data" / "labels"


def texts(wanted: int) -> list[tuple[str, str, str | None]]:
    """Return (text, language, country asked about) of so many passages, no text twice."""
    found = {
        row["text"]: (row["lang"], row.get("country"))
        for path in sorted(LABELS.glob("*.jsonl"))
        for row in map(json.loads, path.read_bytes().splitlines())
        if "lang" in row
    }
    again = ((f"{turn}. {text}" if turn else text, *about) for turn in count() for text, about in found.items())
    return list(islice(again, wanted))


def once(wanted: int) -> dict[str, float]:
    from models.coder import load_coder
    from models.coding import Passage
    from models.encoders import load_encoder
    from models.language import identify
    from taxonomy import load_codebook

    passages = texts(wanted)
    seconds: dict[str, float] = {}

    def timed(name: str, began: float) -> float:
        seconds[name] = time.perf_counter() - began
        return time.perf_counter()

    at = time.perf_counter()
    codebook = load_codebook()
    encoder = load_encoder()
    coder = load_coder(codebook, encoder)
    at = timed("load", at)
    languages = [identify(text, codebook.languages, language).language for text, language, _ in passages]
    at = timed("language", at)
    vectors = encoder.encode([text for text, _, _ in passages])
    at = timed("sentence vectors", at)
    scored = 0.0
    scorer = coder._trained.scorer if hasattr(coder, "_trained") else None  # type: ignore[attr-defined]
    if scorer is not None:
        score = scorer.score

        def watched(chunk: list[str]) -> object:
            nonlocal scored
            began = time.perf_counter()
            found = score(chunk)
            scored += time.perf_counter() - began
            return found

        scorer.score = watched  # type: ignore[method-assign,assignment]
    coder.code([Passage(text, language, country) for (text, _, country), language in zip(passages, languages, strict=True)], vectors)
    timed("code", at)
    seconds["heads"] = scored
    seconds["cues, rules, weighing, evidence, claims"] = seconds.pop("code") - scored
    seconds["GB at the peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        print(json.dumps(once(arguments.passages)))
        return
    command = [sys.executable, __file__, "--once", "--passages", str(arguments.passages)]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(arguments.repeats)]
    table = csv.writer(sys.stdout, delimiter="\t")
    for name in runs[0]:
        table.writerow([name, f"{statistics.median(run[name] for run in runs):.2f}"])
    working = [sum(v for name, v in run.items() if name not in ("load", "GB at the peak")) for run in runs]
    table.writerow(["passages a second, loading not counted", f"{arguments.passages / statistics.median(working):.1f}"])
    whole = [spent + run["load"] for spent, run in zip(working, runs, strict=True)]
    table.writerow(["passages a second, loading counted", f"{arguments.passages / statistics.median(whole):.1f}"])


if __name__ == "__main__":
    main()
