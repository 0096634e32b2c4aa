"""Score the shipped coder on coded passages: accuracy or micro-F1, and macro-F1, of every facet.

    python benchmarks/coding.py GOLD.jsonl [MORE.jsonl ...] [--split lang]

A line of the file holds ``text``, ``lang``, ``country`` and the codes of each facet. Each row is taken as one passage.
Facets other than relevance are scored on the rows whose reference relevance is ``influence``; macro-F1 is over the codes
that at least five of these rows have.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.coder import load_coder
from models.coding import Coding, Passage
from models.encoders import load_encoder
from taxonomy import Codebook, load_codebook

FEWEST = 5  # cases of a code from which its F1 counts in the macro mean

Row = dict[str, Any]


@dataclass(frozen=True)
class Score:
    """How one facet fares: ``overall`` is accuracy where it has one value, micro-F1 where it has many."""

    facet: str
    rows: int
    overall: float
    macro: float
    by_code: dict[str, tuple[float, float, int]]  # precision, recall, cases


def read(paths: Sequence[Path]) -> list[Row]:
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines() if line.strip()]


def predict(rows: Sequence[Row], codebook: Codebook, encoder_name: str) -> tuple[list[Coding], dict[str, float]]:
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    encoder = load_encoder(encoder_name)
    seconds["load encoder"] = time.perf_counter() - started
    started = time.perf_counter()
    coder = load_coder(codebook, encoder)
    seconds["load coder"] = time.perf_counter() - started
    started = time.perf_counter()
    vectors = encoder.encode([row["text"] for row in rows])
    seconds["encode"] = time.perf_counter() - started
    started = time.perf_counter()
    codings = coder.code([Passage(row["text"], row["lang"], row.get("country")) for row in rows], vectors)
    seconds["code"] = time.perf_counter() - started
    return codings, seconds


def codes_of(coding: Coding, facet: str) -> set[str]:
    return {code.code for code in coding.codes if code.facet == facet}


def reference(row: Row, facet: str) -> set[str]:
    value = row.get(facet)
    return {str(each) for each in value} if isinstance(value, list) else {str(value)} if value is not None else set()


def score(facet: str, many: bool, pairs: Sequence[tuple[set[str], set[str]]]) -> Score:
    cases: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])  # true positives, predicted, held
    for said, held in pairs:
        for code in said | held:
            counts = cases[code]
            counts[0] += code in said and code in held
            counts[1] += code in said
            counts[2] += code in held
    by_code = {code: (t / p if p else 0.0, t / h if h else 0.0, h) for code, (t, p, h) in sorted(cases.items())}
    often = [f1(t, p, h) for t, p, h in cases.values() if h >= FEWEST]
    if many:
        overall = f1(*(sum(column) for column in zip(*cases.values(), strict=True))) if cases else 0.0
    else:
        overall = sum(said == held for said, held in pairs) / len(pairs) if pairs else 0.0
    return Score(facet, len(pairs), overall, sum(often) / len(often) if often else 0.0, by_code)


def f1(true: int, predicted: int, held: int) -> float:
    return 2 * true / (predicted + held) if predicted + held else 0.0


def scores(rows: Iterable[Row], codings: Iterable[Coding], codebook: Codebook) -> list[Score]:
    both = list(zip(rows, codings, strict=True))
    made = []
    for facet in codebook.facets:
        asked = both if facet.applies_to == "all" else [(row, c) for row, c in both if row["relevance"] == "influence"]
        pairs = [(codes_of(c, facet.id), reference(row, facet.id)) for row, c in asked]
        made.append(score(facet.id, facet.values == "many", pairs))
    return made


def show(title: str, made: Sequence[Score], codes: bool) -> None:
    print(f"\n{title}\n{'facet':16} {'rows':>5} {'acc/micro':>9} {'macro':>6}")
    for each in made:
        print(f"{each.facet:16} {each.rows:5} {each.overall:9.3f} {each.macro:6.3f}")
        if codes:
            for code, (precision, recall, cases) in each.by_code.items():
                print(f"    {code:26} p {precision:.2f}  r {recall:.2f}  n {cases}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--split", help="a field to show the scores by, such as lang")
    parser.add_argument("--codes", action="store_true", help="precision and recall of every code too")
    parser.add_argument("--encoder", default="multilingual")
    arguments = parser.parse_args()
    codebook = load_codebook()
    rows = read(arguments.gold)
    codings, seconds = predict(rows, codebook, arguments.encoder)
    print(f"{len(rows)} passages; " + ", ".join(f"{name} {spent:.1f} s" for name, spent in seconds.items()))
    show("all", scores(rows, codings, codebook), arguments.codes)
    if arguments.split:
        for value in sorted({str(row.get(arguments.split)) for row in rows}):
            chosen = [(row, c) for row, c in zip(rows, codings, strict=True) if str(row.get(arguments.split)) == value]
            show(f"{arguments.split} = {value}", scores([r for r, _ in chosen], [c for _, c in chosen], codebook), arguments.codes)


if __name__ == "__main__":
    main()
