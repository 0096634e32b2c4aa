"""What each part of the coder adds, and what more labels add: cross-validated figures with a part left out, side by side.

    python benchmarks/ablation.py parts [--labels FILE ...]
    python benchmarks/ablation.py labels [--shares 0.1 0.25 0.5 1] [--labels FILE ...]
    python benchmarks/ablation.py data [--extra FILE ...] [--drop SOURCE ...] [--labels FILE ...]

``parts`` fits the weights of evidence anew without a kind of evidence, on the out-of-fold scores that ``suasion train`` left under the
data folder, and codes once more without the logic between facets. ``labels`` trains the heads of the first fold on a share of its
passages, whole families at a time drawn by a fixed seed. ``data`` trains the heads of every fold with further files, then without the
passages whose source begins as is said; the passages that are measured stay the same, and so do those that the weights of evidence
are fitted on, so that heads are compared. What was trained is kept and not trained again: give the folds, epochs, batch and seed of
``suasion train`` to find what it left. Figures are accuracy where a facet has one value, micro-F1 where it has many, then macro-F1.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from flows.labels import read_labels
from flows.progress import Terminal
from flows.training import FOLDS, SHIPPED_LABELS, cross_validated, held_out
from models.coder import CueCoder, TrainedCoder
from models.encoders import Encoder, load_encoder
from models.folds import folds
from models.labels import LabelledPassage
from models.quality import Pair, Predicted, report
from models.scoring import Layout
from models.trained import RememberedScores, Trained, imprint
from models.training import Recipe
from models.weighing import evidence_of, judge
from store import Paths
from taxonomy import Codebook, load_codebook

#: A part, and the kinds of evidence that it gives.
PARTS = {
    "everything": (),
    "without the heads": ("head",),
    "without rules": ("rule", "rule's confidence"),
    "without cues": ("strong cue", "more strong cues", "weak cue", "more weak cues"),
    "without rules and cues": ("rule", "rule's confidence", "strong cue", "more strong cues", "weak cue", "more weak cues"),
    "without likeness": ("likeness", "likest"),
}


@dataclass(frozen=True)
class Bench:
    """What every comparison shares: the passages, in their folds, and what codes them."""

    rows: Sequence[LabelledPassage]
    codebook: Codebook
    encoder: Encoder
    recipe: Recipe
    folds: int = FOLDS

    @property
    def layout(self) -> Layout:
        return Layout.of(self.codebook)


def parts(bench: Bench) -> None:
    scores, cues = fold_by_fold(bench, bench.rows, "everything"), CueCoder(bench.codebook, bench.encoder)
    vectors = bench.encoder.encode([row.passage.text for row in bench.rows])
    tables = evidence_of(bench.rows, scores, cues, vectors, bench.layout)
    code = partial(cross_validated, bench.rows, tables, scores, cues, vectors, bench.layout, bench.codebook, bench.folds)
    print(header(bench.codebook))
    for name, without in PARTS.items():
        show(name, code(without=without), bench.codebook)
    with without_logic():
        show("without the logic between facets", code(), bench.codebook)
    codings = cues.code([row.passage for row in bench.rows], vectors)
    alone = [(row, Predicted.of(coding)) for row, coding in zip(bench.rows, codings, strict=True)]
    show("cues and rules alone", alone, bench.codebook)


def without_logic() -> Any:
    """Let what cues and heads say stand as it is, while this lasts."""
    return patch.multiple("models.coder", settle=lambda *_: None, NEVER_EMPTY=frozenset())


def data(bench: Bench, extra: Sequence[Path], drop: Sequence[str]) -> None:
    """Measure the same passages with more and with fewer to learn from; where sources are left out, on all others besides."""
    kept = {"everything": list(bench.rows)}
    for path in extra:
        kept[f"with {path.name}"] = [*bench.rows, *(row for row in read_labels([path], bench.codebook).rows if not row.holdout)]
    for source in drop:
        kept[f"without {source}"] = [row for row in bench.rows if not row.source.startswith(source)]
    cues = CueCoder(bench.codebook, bench.encoder)
    vectors = bench.encoder.encode([row.passage.text for row in bench.rows])
    print(header(bench.codebook))
    for name, learned in kept.items():
        scores = fold_by_fold(bench, learned, name)
        tables = evidence_of(bench.rows, scores, cues, vectors, bench.layout)
        pairs = cross_validated(bench.rows, tables, scores, cues, vectors, bench.layout, bench.codebook, bench.folds)
        show(f"{name}: {len(learned)} passages", pairs, bench.codebook)
        if drop:
            others = [pair for pair in pairs if not pair[0].source.startswith(tuple(drop))]
            show(f"{name}, on other sources", others, bench.codebook)


def fold_by_fold(bench: Bench, learned: Sequence[LabelledPassage], name: str) -> NDArray[np.float32]:
    """Return scores of all passages of the bench, those of each fold by heads that learned from what is no kin of it."""
    its_fold = np.asarray(folds(bench.rows, bench.folds))
    scores = np.zeros((len(bench.rows), bench.layout.width), np.float32)
    fold_of = {row.id: number for row, number in zip(bench.rows, its_fold.tolist(), strict=True)}
    ours = {id(row) for row in bench.rows}
    for number in range(bench.folds):
        unseen = [row for row in bench.rows if fold_of[row.id] == number]
        kin = {mark for row in unseen for mark in marks(row)}
        seen = [row for row in learned if (fold_of[row.id] != number if id(row) in ours else kin.isdisjoint(marks(row)))]
        title = f"{name}, fold {number + 1} of {bench.folds}"
        scores[its_fold == number] = held_out(seen, unseen, bench.layout, bench.recipe, _cache(), Terminal(), title)
    return scores


def marks(row: LabelledPassage) -> set[str]:
    """Return what makes two passages kin: a family, one being the other's translation, the same words."""
    return {f"family {row.family or row.id}", f"id {row.original or row.id}", f"id {row.id}", imprint(row.passage.text)}


def labels(bench: Bench, shares: Sequence[float]) -> None:
    its_fold = folds(bench.rows, bench.folds)
    unseen = [row for row, its in zip(bench.rows, its_fold, strict=True) if its == 0]
    others = [row for row, its in zip(bench.rows, its_fold, strict=True) if its != 0]
    # The weights of evidence are fitted on the other half of the unseen families: what is compared is the heads.
    halves, cues = folds(unseen, 2), CueCoder(bench.codebook, bench.encoder)
    vectors = bench.encoder.encode([row.passage.text for row in unseen])
    print(header(bench.codebook))
    for share in shares:
        seen = drawn(others, share)
        scores = held_out(seen, unseen, bench.layout, bench.recipe, _cache(), Terminal(), f"{share:.0%} of the labels")
        tables = evidence_of(unseen, scores, cues, vectors, bench.layout)
        pairs: list[Pair] = []
        for half in range(2):
            fitted = [place for place, its in enumerate(halves) if its != half]
            weights = judge([unseen[place] for place in fitted], tables[fitted], bench.layout, bench.codebook)
            asked = [place for place, its in enumerate(halves) if its == half]
            remembered = RememberedScores(bench.layout, {unseen[place].passage.text: scores[place] for place in asked})
            coder = TrainedCoder(cues, Trained(remembered, weights, frozenset(), ""), "share")
            codings = coder.code([unseen[place].passage for place in asked], vectors[asked])
            pairs += [(unseen[place], Predicted.of(coding)) for place, coding in zip(asked, codings, strict=True)]
        show(f"{share:.0%}: {len(seen)} passages", pairs, bench.codebook)


def drawn(rows: Sequence[LabelledPassage], share: float) -> list[LabelledPassage]:
    """Return about a share of the rows, whole families in an order drawn by a fixed seed."""
    families = sorted({row.family for row in rows})
    random.Random(1).shuffle(families)
    kept: set[str] = set()
    for family in families:
        if sum(row.family in kept for row in rows) >= share * len(rows):
            break
        kept.add(family)
    return [row for row in rows if row.family in kept]


def header(codebook: Codebook) -> str:
    return "| | " + " | ".join(facet.id for facet in codebook.facets) + " |\n|---|" + "---:|" * len(codebook.facets)


def show(name: str, pairs: Sequence[Pair], codebook: Codebook) -> None:
    """Print a row of figures; a dash stands for what is not defined, or was never asked."""
    found = {f.facet: (f.overall.value, f.macro.value) for f in report(pairs, codebook, name=name, coder="", draws=20).facets}
    cells = (" / ".join("–" if value is None else f"{value:.3f}" for value in found.get(f.id, (None, None))) for f in codebook.facets)
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def _cache() -> Path:
    return Paths.default().training


def main() -> None:
    usual = Recipe()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["parts", "labels", "data"])
    parser.add_argument("--labels", nargs="+", type=Path, default=list(SHIPPED_LABELS))
    parser.add_argument("--shares", nargs="+", type=float, default=[0.1, 0.25, 0.5, 1.0])
    parser.add_argument("--extra", nargs="+", type=Path, default=[], help="files to learn from besides, one at a time; never measured on")
    parser.add_argument("--drop", nargs="+", default=[], help="how the sources begin that are not learned from, one at a time")
    parser.add_argument("--folds", type=int, default=FOLDS)
    parser.add_argument("--epochs", type=int, default=usual.epochs)
    parser.add_argument("--batch", type=int, default=usual.batch)
    parser.add_argument("--seed", type=int, default=usual.seed)
    arguments = parser.parse_args()
    codebook, encoder = load_codebook(), load_encoder()
    rows = [row for row in read_labels(arguments.labels, codebook).rows if not row.holdout]
    recipe = Recipe(epochs=arguments.epochs, batch=arguments.batch, seed=arguments.seed)
    bench = Bench(rows, codebook, encoder, recipe, arguments.folds)
    if arguments.what == "parts":
        parts(bench)
    elif arguments.what == "labels":
        labels(bench, arguments.shares)
    else:
        data(bench, arguments.extra, arguments.drop)


if __name__ == "__main__":
    main()
