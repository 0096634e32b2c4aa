"""Draw codes at random and lay their evidence out for readers: would a reader accept these words as the reason for this code?

    python benchmarks/evidence.py draw SHEET.csv [--codes 100] [--seed 1] [--labels FILE ...]
    python benchmarks/evidence.py count READER.csv [READER.csv ...]

``draw`` codes passages that the coder did not learn from and writes a sheet: a line per code, its words verbatim, joined by " … ". Two
readers fill the column ``accepted`` with yes or no, each in a copy of their own, by themselves. ``count`` tells how many each accepted and
on how many they agree, by kind of evidence.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from flows.labels import read_labels
from models.coder import load_coder
from models.encoders import load_encoder
from store.cells import inert
from taxonomy import load_codebook

LABELS = Path(__file__).parents[1] / "data" / "labels"
COLUMNS = ("number", "passage", "language", "facet", "code", "kind", "words", "accepted", "text")


def draw(sheet: Path, labels: Sequence[Path], wanted: int, seed: int) -> None:
    codebook, encoder = load_codebook(), load_encoder()
    rows = read_labels(labels, codebook).rows
    coder = load_coder(codebook, encoder)
    codings = coder.code([row.passage for row in rows], encoder.encode([row.passage.text for row in rows]))
    found = []
    for row, coding in zip(rows, codings, strict=True):
        relevance = next((code.code for code in coding.codes if code.facet == "relevance"), "")
        for code in coding.codes if not coding.learned_from else ():
            # What is not told of a passage is not asked about: without an influence, only what every passage has.
            if relevance == "influence" or code.facet in ("relevance", "right", "people_at_risk"):
                words = " … ".join(row.passage.text[span.start : span.end] for span in code.spans)
                found.append((row.id, row.passage.language, code.facet, code.code, code.evidence, words, "", row.passage.text))
    drawn = sorted(random.Random(seed).sample(found, wanted))
    with sheet.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out)
        table.writerow(COLUMNS)
        table.writerows([inert(str(cell)) for cell in (number, *line)] for number, line in enumerate(drawn, 1))
    print(f"{wanted} of {len(found)} codes drawn into {sheet}")


def count(sheets: Sequence[Path]) -> None:
    readings = []
    for sheet in sheets:
        with sheet.open(encoding="utf-8-sig", newline="") as lines:
            readings.append({row["number"]: (row["kind"], row["accepted"].strip().lower() == "yes") for row in csv.DictReader(lines)})
    kinds = defaultdict(list)
    for number, (kind, _) in readings[0].items():
        said = [reading[number][1] for reading in readings]
        kinds[kind].append(said)
        kinds["all"].append(said)
    for kind, each in sorted(kinds.items()):
        accepted = ", ".join(f"{sum(said[reader] for said in each)}" for reader in range(len(sheets)))
        both = sum(all(said) for said in each)
        agreed = sum(len(set(said)) == 1 for said in each)
        print(f"{kind:12} {len(each):4} codes; accepted by each reader: {accepted}; by all: {both}; agreed on: {agreed}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw")
    drawing.add_argument("sheet", type=Path)
    drawing.add_argument("--codes", type=int, default=100)
    drawing.add_argument("--seed", type=int, default=1)
    drawing.add_argument("--labels", nargs="+", type=Path, default=[LABELS / "reference.jsonl", LABELS / "open.jsonl"])
    counting = commands.add_parser("count")
    counting.add_argument("sheets", nargs="+", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "draw":
        draw(arguments.sheet, arguments.labels, arguments.codes, arguments.seed)
    else:
        count(arguments.sheets)


if __name__ == "__main__":
    main()
