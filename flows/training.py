"""``suasion train``: out-of-fold scores first, then the weights of evidence, then the heads that are kept.

What takes long is kept under the data folder by a key of all that it depends on: a training that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from flows.progress import Terminal
from models.folds import folds
from models.labels import LabelledPassage
from models.scoring import Layout
from models.training import TRAINING, Recipe, fit, passages_read
from models.transformer import transformer_version
from models.weighing import PRECISION
from taxonomy.codebook import SHIPPED as SHIPPED_CODEBOOK
from taxonomy.errors import StageError

if TYPE_CHECKING:
    from flows.labels import Labels
    from models.coder import CueCoder
    from models.coding import Passage
    from models.judgement import Floats
    from models.quality import Pair
    from models.scorer import Scorer
    from taxonomy import Codebook

FOLDS = 3
#: What ships is trained on these.
_LABELS = Path(__file__).parents[1] / "data" / "labels"
SHIPPED_LABELS = (_LABELS / "open.jsonl", _LABELS / "invented.jsonl")
_FEWEST = 30  # passages to learn from
OUT_OF_FOLD = "out of fold: by heads and weights of evidence fitted on other families"

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Material:
    """What a coder is trained on: passages coded in all facets, and auxiliary ones coded in part."""

    rows: tuple[LabelledPassage, ...]
    auxiliary: tuple[LabelledPassage, ...] = ()

    @classmethod
    def of(cls, labels: Sequence[LabelledPassage], recommendations: Sequence[LabelledPassage]) -> Material:
        """Return all but what is held out."""
        rows, auxiliary = (tuple(row for row in some if not row.holdout) for some in (labels, recommendations))
        return cls(rows, auxiliary)

    @property
    def passages(self) -> list[Passage]:
        """Everything that is learned from."""
        return [row.passage for row in (*self.rows, *self.auxiliary)]


@dataclass(frozen=True)
class Options:
    """What a training is asked for; ``labels`` are all the files of coded passages, those that ship among them if they are to be."""

    labels: tuple[Path, ...]
    out: Path
    upr: Path | None = None
    codebook: Path | None = None
    faults: Path | None = None
    folds: int = FOLDS
    precision: float = PRECISION
    recipe: Recipe = field(default_factory=Recipe)


def files_and_folder(labels: Sequence[Path], only: bool, codebook: Path | None, out: Path | None) -> tuple[tuple[Path, ...], Path]:
    """Return the files to learn from and the folder to write to, from what a person names.

    Labels come on top of those that ship, unless they are to be the only ones or are of another codebook.

    Raises:
        StageError: nothing is left to learn from, or the coder that ships would be replaced by another one without being named.
    """
    from models.trained import SHIPPED

    another = codebook is not None and codebook.resolve() != SHIPPED_CODEBOOK.resolve()
    if not labels and (only or another):
        why = "the shipped passages are coded by another codebook" if another else "--only leaves the shipped passages out"
        raise StageError(f"{why}: name coded passages to learn from with --labels")
    if out is None and (labels or codebook is not None):
        raise StageError("labels or a codebook of your own make a coder of your own, beside the one that ships: name its folder with --out")
    shipped = () if only or another else SHIPPED_LABELS
    known = {path.resolve() for path in shipped}
    return (*shipped, *(path for path in labels if path.resolve() not in known)), out or SHIPPED


def train(options: Options) -> None:
    """Train a coder and write it, with its card, into a folder; its cross-validated quality is kept for the explorer.

    Raises:
        SuasionError: the labels cannot be read or are too few, or the folder cannot be written.
    """
    from flows.card import write_card
    from flows.evaluation import keep, never_over, tell_faults
    from flows.upr import upr_figures
    from models.coder import CueCoder, coder_version
    from models.encoders import load_encoder
    from models.quality import report
    from models.trained import save_trained, taking_the_place_of
    from models.weighing import evidence_of, judge
    from store import Paths
    from taxonomy import load_codebook

    never_over(options.labels, options.faults)
    terminal, paths = Terminal(), Paths.default()
    codebook = load_codebook(options.codebook)
    labels, recommendations = _read(options, codebook)
    tell_faults(labels, options.faults, terminal)
    material = Material.of(labels.rows, recommendations)
    rows = material.rows
    if len(rows) < _FEWEST:
        raise StageError(f"{len(rows)} passages to learn from are too few; {_FEWEST} are the least, some thousands do well")
    if len(set(folds(rows, options.folds))) < options.folds:
        raise StageError(f"the passages are of too few families for {options.folds} folds; give more of them a `family` of their own")
    _make(options.out)
    layout, recipe, cache = Layout.of(codebook), options.recipe, paths.training
    terminal.say(f"{len(rows)} passages and {len(material.auxiliary)} coded in part; {options.folds} folds, then all of them together")

    scores = out_of_fold(material, layout, recipe, cache, terminal, options.folds)
    encoder = load_encoder()
    cues = CueCoder(codebook, encoder)
    vectors = encoder.encode([row.passage.text for row in rows])
    tables = evidence_of(rows, scores, cues, vectors, layout)
    pairs = cross_validated(rows, tables, scores, cues, vectors, layout, codebook, options.folds, precision=options.precision)
    scorer = final(material, layout, recipe, cache, terminal)
    weights = judge(rows, tables, layout, codebook, precision=options.precision)
    withheld = [row for row in recommendations if row.holdout]
    rights = upr_figures(withheld, scorer.score([row.passage.text for row in withheld]).values, layout) if withheld else {}
    with taking_the_place_of(options.out) as folder:
        save_trained(folder, scorer, weights, material.passages)
        version = coder_version(folder)
        quality = report(pairs, codebook, name="cross-validation", coder=version, predictions=OUT_OF_FOLD, faults=labels.lines_lost)
        write_card(folder, quality, rows, material.auxiliary, recipe, options.precision, rights)
    id = keep(paths, quality, pairs, codebook)
    terminal.say(f"{version} is written into {options.out}; its card is {options.out / 'CARD.md'}")
    terminal.say(f"Its quality is kept as {id}, with the passages' texts; look at it with: suasion explore (page “Coding quality”)")


def remember(options: Options) -> None:
    """Write anew which passages the coder in a folder was trained on, without training it: of the files that it learned from.

    Raises:
        SuasionError: the labels cannot be read.
    """
    from models.trained import save_learned
    from taxonomy import load_codebook

    labels, recommendations = _read(options, load_codebook(options.codebook))
    save_learned(options.out, Material.of(labels.rows, recommendations).passages)


def _read(options: Options, codebook: Codebook) -> tuple[Labels, list[LabelledPassage]]:
    """Return the labels, and the recommendations if there are any."""
    from flows.labels import read_labels
    from flows.upr import read_upr

    return read_labels(options.labels, codebook), read_upr(options.upr, codebook) if options.upr else []


def _make(folder: Path) -> None:
    """Make the folder that is written to when all is done: whoever cannot have it is told before, not an hour later."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StageError(f"{folder}: the folder cannot be made: {error.strerror}; name another with --out") from error
    if not os.access(folder, os.W_OK):
        raise StageError(f"{folder}: the folder cannot be written to; name another with --out")


def cross_validated(
    rows: Sequence[LabelledPassage],
    tables: Floats,
    scores: Scores,
    cues: CueCoder,
    vectors: NDArray[np.float32],
    layout: Layout,
    codebook: Codebook,
    count: int,
    without: Sequence[str] = (),
    *,
    precision: float = PRECISION,
) -> list[Pair]:
    """Return each row with what a coder says of it whose heads and weights of evidence were fitted on other families.

    Kinds of evidence in ``without`` are left out, which shows what they add; ``precision`` is wanted of the codes that count.
    """
    from models.coder import TrainedCoder
    from models.quality import Predicted
    from models.trained import RememberedScores, Trained
    from models.weighing import judge

    its_fold = folds(rows, count)
    pairs: list[Pair] = []
    for number in range(count):
        fitted_on = [place for place, its in enumerate(its_fold) if its != number]
        seen = [rows[place] for place in fitted_on]
        weights = judge(seen, tables[fitted_on], layout, codebook, precision=precision, without=without)
        unseen = [place for place, its in enumerate(its_fold) if its == number]
        passages = [rows[place].passage for place in unseen]
        remembered = RememberedScores(layout, {p.text: each for p, each in zip(passages, scores[unseen], strict=True)})
        coder = TrainedCoder(cues, Trained(remembered, weights, frozenset(), ""), "out of fold")
        codings = coder.code(passages, vectors[unseen])
        pairs += [(rows[place], Predicted.of(coding)) for place, coding in zip(unseen, codings, strict=True)]
    return pairs


def out_of_fold(material: Material, layout: Layout, recipe: Recipe, cache: Path, terminal: Terminal, count: int) -> Scores:
    """Return scores of the rows, each by heads that learned neither from it nor from its family; shape (rows, codes).

    Auxiliary passages are left to the final training: they would lengthen every fold by a fifth for the sake of one facet.
    """
    fold = np.asarray(folds(material.rows, count))
    scores = np.zeros((len(fold), layout.width), np.float32)
    for number in range(count):
        seen = [row for row, its in zip(material.rows, fold, strict=True) if its != number]
        unseen = [row for row, its in zip(material.rows, fold, strict=True) if its == number]
        scores[fold == number] = held_out(seen, unseen, layout, recipe, cache, terminal, f"fold {number + 1} of {count}")
    return scores


def held_out(
    seen: Sequence[LabelledPassage],
    unseen: Sequence[LabelledPassage],
    layout: Layout,
    recipe: Recipe,
    cache: Path,
    terminal: Terminal,
    name: str,
) -> Scores:
    """Return scores of unseen rows by heads that were trained on others, from the cache where they were made before."""
    place = cache / f"{_key(seen, (), unseen, layout, recipe)}.npy"
    if place.exists():
        kept: Scores = np.load(place, allow_pickle=False)
        return kept
    scorer = _fitted(Material(tuple(seen)), layout, recipe, terminal, name)
    made = scorer.score([row.passage.text for row in unseen]).values
    cache.mkdir(parents=True, exist_ok=True)
    partial = place.with_name(f"{place.stem}.part.npy")
    np.save(partial, made, allow_pickle=False)
    partial.replace(place)
    return made


def final(material: Material, layout: Layout, recipe: Recipe, cache: Path, terminal: Terminal) -> Scorer:
    """Return heads trained on everything, from the cache where they were made before."""
    from models.scorer import Scorer

    place = cache / f"{_key(material.rows, material.auxiliary, (), layout, recipe)}.safetensors"
    if not place.exists():
        scorer = _fitted(material, layout, recipe, terminal, "all passages")
        cache.mkdir(parents=True, exist_ok=True)
        partial = place.with_suffix(".part")
        scorer.save(partial)
        partial.replace(place)
    return Scorer.load(place)  # at the precision that it is kept in


def _fitted(material: Material, layout: Layout, recipe: Recipe, terminal: Terminal, name: str) -> Scorer:
    total = passages_read(len(material.rows), len(material.auxiliary), recipe)
    with terminal.stage("train", name, total) as bar:
        read = 0

        def advance(passages: int) -> None:
            nonlocal read
            tenth = 10 * read // total
            read += passages
            bar.advance(passages)
            # Where no bar is drawn, in a scheduler's log say, a line for every tenth: a fold takes ten minutes.
            if not terminal.console.is_terminal and 10 * read // total > tenth:
                terminal.say(f"  train · {name}: {read / total:.0%}")

        return fit(material.rows, layout, recipe, material.auxiliary, advance)


def _key(rows: Sequence[LabelledPassage], auxiliary: Sequence[LabelledPassage], unseen: Sequence[LabelledPassage], *how: object) -> str:
    """Return what stands for all that scores depend on."""
    told = [[[row.passage.text, sorted(row.values.items()), sorted(row.asked.items())] for row in some] for some in (rows, auxiliary)]
    parts = [TRAINING, transformer_version(), told, [row.passage.text for row in unseen], [asdict(each) for each in how]]  # type: ignore[call-overload]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]
