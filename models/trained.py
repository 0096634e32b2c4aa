"""What training leaves behind and a coder loads: heads, the weights of evidence, and which passages were learned from.

A folder of three files, safetensors and JSON alone: ``heads.safetensors``, ``judgement.json``, ``learned.json``; beside them the card.
``judgement.json`` names the heads that it belongs to by their sha256, and is written last.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from models.coding import Passage
from models.judgement import KINDS, FacetWeights, Weights
from models.normalisation import fold
from models.packages import file_hash, files_hash
from models.scoring import Layout, Scores
from models.segmentation import segment
from taxonomy.errors import ModelError

if TYPE_CHECKING:
    from models.scorer import Scorer

SHIPPED = Path(__file__).with_name("trained")
HEADS, JUDGEMENT, LEARNED = "heads.safetensors", "judgement.json", "learned.json"
#: Of a passage that was cut from what was learned from: shorter ones others write in the same words.
FEWEST_LETTERS = 40


class Scoring(Protocol):
    """Whatever scores texts: the trained heads, or scores that were made before."""

    @property
    def layout(self) -> Layout: ...

    def score(self, texts: Sequence[str]) -> Scores: ...


class RememberedScores:
    """Scores that were made before, by text: those of a fold, say. They do not tell which words they come from."""

    def __init__(self, layout: Layout, scores: Mapping[str, NDArray[np.float32]]) -> None:
        self.layout = layout
        self._scores = scores

    def score(self, texts: Sequence[str]) -> Scores:
        """Return the scores of texts that were scored; KeyError for any other."""
        return Scores(np.stack([self._scores[text] for text in texts]), lambda text, code: ())


@dataclass(frozen=True)
class Trained:
    """A trained part, loaded."""

    scorer: Scoring
    weights: Weights
    learned: frozenset[str]
    version: str

    def learned_from(self, text: str) -> bool:
        """Say whether the heads were trained on exactly this text, whatever its case and accents, or on one that it is a passage of."""
        return imprint(text) in self.learned


@dataclass(frozen=True)
class _Judgement:
    """What ``judgement.json`` holds: the sha256 of the heads that it was fitted to, and the weights of each facet."""

    heads: str
    facets: dict[str, FacetWeights]


def imprint(text: str) -> str:
    """Return what a text is recognised by without being kept: the first 16 digits of a hash of its folded form."""
    return hashlib.sha256(fold(text).encode("utf-8", "replace")).hexdigest()[:16]


def imprints(learned: Iterable[Passage]) -> frozenset[str]:
    """Return the imprints of what was learned from: of each whole text, and of the passages that it is cut into as an answer.

    A cut of fewer than ``FEWEST_LETTERS`` letters leaves none: so little is said again by others who were not learned from.
    """
    whole = list(learned)
    cuts = [passage.text[cut.start : cut.end] for passage in whole for cut in segment(passage.text, passage.language)]
    return frozenset(imprint(text) for text in (*(passage.text for passage in whole), *filter(_long_enough, cuts)))


def _long_enough(text: str) -> bool:
    # Decomposed, a Korean syllable is the two or three letters that it is written with.
    return sum(character.isalpha() for character in unicodedata.normalize("NFKD", text)) >= FEWEST_LETTERS


def trained_version(folder: Path) -> str:
    """Return the version of a trained part from its files, without loading it; empty where there is none."""
    if not (folder / HEADS).exists():
        return ""
    try:
        return files_hash(folder, (HEADS, JUDGEMENT))[:8]
    except OSError as error:
        raise ModelError(f"{folder}: is not a whole trained coder ({error.strerror}); train anew with: suasion train") from error


@cache
def load_trained(folder: Path) -> Trained:
    """Load a trained part, once per process.

    Raises:
        ModelError: a file is missing or damaged, the judgement is of other heads, or the heads were trained on another transformer.
    """
    try:
        judgement = TypeAdapter(_Judgement).validate_json((folder / JUDGEMENT).read_bytes())
        learned = TypeAdapter(frozenset[str]).validate_json((folder / LEARNED).read_bytes())
    except OSError as error:
        raise ModelError(f"{error.filename}: cannot be read ({error.strerror}); train anew with: suasion train") from error
    except ValidationError as error:
        raise ModelError(f"{folder}: {JUDGEMENT} or {LEARNED} does not hold what it should; train anew with: suasion train") from error
    from models.scorer import Scorer

    scorer = Scorer.load(folder / HEADS)
    if judgement.heads != file_hash(folder / HEADS):
        raise ModelError(f"{folder}: {JUDGEMENT} was fitted to other heads than {HEADS}; train anew with: suasion train")
    unfit = {facet.facet for facet in scorer.layout.facets if not _fits(judgement.facets.get(facet.facet), len(facet.codes))}
    unfit |= judgement.facets.keys() - {facet.facet for facet in scorer.layout.facets}
    if unfit:
        told = ", ".join(sorted(unfit))
        raise ModelError(f"{folder}: {JUDGEMENT} does not fit {HEADS} in the facet {told}; train anew with: suasion train")
    return Trained(scorer, judgement.facets, learned, trained_version(folder))


def _fits(fitted: FacetWeights | None, codes: int) -> bool:
    """Say whether weights are of as many codes as the heads have; a facet that was never asked has none."""
    if fitted is None:
        return True
    return len(fitted.weights) == len(KINDS) and len(fitted.levels) == codes and len(fitted.tilt) in (0, codes)


def save_trained(folder: Path, scorer: Scorer, weights: Weights, learned: Iterable[Passage]) -> None:
    """Write a trained part; of the passages that the heads learned from imprints alone are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    scorer.save(folder / HEADS)
    save_learned(folder, learned)
    plain = TypeAdapter(_Judgement).dump_python(_Judgement(file_hash(folder / HEADS), dict(weights)), mode="json")
    (folder / JUDGEMENT).write_text(json.dumps(_rounded(plain), indent=1) + "\n", encoding="utf-8")


def save_learned(folder: Path, learned: Iterable[Passage]) -> None:
    """Write which passages were learned from, as imprints."""
    (folder / LEARNED).write_text(json.dumps(sorted(imprints(learned)), indent=0) + "\n", encoding="utf-8")


@contextmanager
def taking_the_place_of(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write a trained part into, whose files take those of ``folder`` when all are written; other files stay.

    The judgement goes first and comes last: whatever ends this in between leaves the old part, or the new one, or one that is refused.
    """
    fresh = folder / ".part"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        yield fresh
        (folder / JUDGEMENT).unlink(missing_ok=True)
        for file in sorted(fresh.iterdir(), key=lambda file: file.name == JUDGEMENT):
            file.replace(folder / file.name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value
