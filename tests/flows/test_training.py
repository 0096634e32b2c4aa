from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows import training as module
from flows.progress import Terminal
from flows.training import (
    OUT_OF_FOLD,
    Material,
    cross_validated,
    final,
    held_out,
    out_of_fold,
    remember,
    train,
)
from models.coder import CueCoder, TrainedCoder, load_coder
from models.folds import folds
from models.labels import LabelledPassage
from models.scorer import Scorer
from models.trained import HEADS, JUDGEMENT, LEARNED, imprint, load_trained
from models.weighing import evidence_of, judge
from store import Paths
from store.quality import load_passages, load_quality, reports
from tests.flows.lessons import Fits, labels, options, rows
from tests.models.tiny_codebook import CountingEncoder, tiny_codebook
from tests.models.tiny_transformer import LAYOUT, RECIPE

pytestmark = [pytest.mark.training, pytest.mark.usefixtures("tiny")]

TERMINAL = Terminal()


# Scores of what was not learned from


def test_what_was_trained_once_is_not_trained_again(fits: Fits, tmp_path: Path) -> None:
    seen, unseen = rows()[:30], rows()[30:]
    one = held_out(seen, unseen, LAYOUT, RECIPE, tmp_path, TERMINAL, "fold 1")
    assert one.shape == (6, LAYOUT.width)
    np.testing.assert_array_equal(one, held_out(seen, unseen, LAYOUT, RECIPE, tmp_path, TERMINAL, "fold 1"))
    assert len(fits.learned) == 1
    assert [path.suffix for path in tmp_path.iterdir()] == [".npy"]


def test_whatever_scores_depend_on_makes_another_training(fits: Fits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, unseen = rows()[:30], rows()[30:]
    other = replace(seen[0], passage=replace(seen[0].passage, text="Another text."))
    recoded = replace(seen[0], values={**seen[0].values, "mode": ("both",)})
    part = replace(seen[0], asked={"right": ("health",)})
    for learned, scored, recipe in (
        (seen, unseen, RECIPE),
        (seen, unseen, replace(RECIPE, seed=2)),
        (seen, unseen, replace(RECIPE, epochs=9)),
        (seen[1:], unseen, RECIPE),
        ([other, *seen[1:]], unseen, RECIPE),
        ([recoded, *seen[1:]], unseen, RECIPE),
        ([part, *seen[1:]], unseen, RECIPE),
        (seen, unseen[1:], RECIPE),
    ):
        held_out(learned, scored, LAYOUT, recipe, tmp_path, TERMINAL, "fold")
    assert len(fits.learned) == 8
    for version, value in (("transformer_version", lambda: "another"), ("TRAINING", "another")):
        monkeypatch.setattr(module, version, value)
        held_out(seen, unseen, LAYOUT, RECIPE, tmp_path, TERMINAL, "fold")
    assert len(fits.learned) == 10


def test_the_heads_that_are_kept_are_trained_once(fits: Fits, tmp_path: Path) -> None:
    material = Material(tuple(rows()), tuple(rows(4)))
    one = final(material, LAYOUT, RECIPE, tmp_path, TERMINAL)
    other = final(material, LAYOUT, RECIPE, tmp_path, TERMINAL)
    assert (len(fits.learned), fits.auxiliary) == (1, [4])
    np.testing.assert_array_equal(one.score(["the bank"]).values, other.score(["the bank"]).values)
    assert [path.suffix for path in tmp_path.iterdir()] == [".safetensors"]


def test_no_row_is_scored_by_heads_that_learned_from_its_family(fits: Fits, tmp_path: Path) -> None:
    material = Material(tuple(rows()), tuple(rows(4)))
    scores = out_of_fold(material, LAYOUT, RECIPE, tmp_path, TERMINAL, 3)
    np.testing.assert_allclose(scores, fits.scorer.score([row.passage.text for row in material.rows]).values, atol=1e-4)
    family = {row.id: row.family for row in material.rows}
    assert len(fits.learned) == 3
    assert fits.auxiliary == [0, 0, 0]
    for learned in fits.learned:
        left_out = set(family) - set(learned)
        assert left_out
        assert {family[id] for id in left_out}.isdisjoint(family[id] for id in learned)


def test_the_same_seed_gives_the_same_scores(tmp_path: Path) -> None:
    material, recipe = Material(tuple(rows(12))), replace(RECIPE, epochs=1)
    one, same, other = (
        out_of_fold(material, LAYOUT, replace(recipe, seed=seed), tmp_path / place, TERMINAL, 2)
        for seed, place in ((1, "one"), (1, "same"), (2, "one"))
    )
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1e-3


def test_weights_are_fitted_on_other_families_than_they_are_measured_on(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    material, cues, encoder = rows(), CueCoder(tiny_codebook(), CountingEncoder()), CountingEncoder()
    texts = [row.passage.text for row in material]
    scores, vectors = scorer.score(texts).values, encoder.encode(texts)
    tables = evidence_of(material, scores, cues, vectors, LAYOUT)
    fitted_on: list[set[str]] = []
    left_out: list[Sequence[str]] = []
    wanted: list[float] = []

    def watched(some: Sequence[LabelledPassage], *args: Any, without: Sequence[str], precision: float) -> Any:
        fitted_on.append({row.family for row in some})
        left_out.append(without)
        wanted.append(precision)
        return judge(some, *args, without=without, precision=precision)

    monkeypatch.setattr("models.weighing.judge", watched)
    pairs = cross_validated(material, tables, scores, cues, vectors, LAYOUT, tiny_codebook(), 3, without=("likeness",), precision=0.7)
    assert sorted(row.id for row, _ in pairs) == sorted(row.id for row in material)
    assert left_out == [("likeness",)] * 3
    assert wanted == [0.7] * 3
    its_fold = dict(zip((row.family for row in material), folds(material, 3), strict=True))
    assert fitted_on == [{family for family, its in its_fold.items() if its != number} for number in range(3)]
    assert not any(predicted.learned_from for _, predicted in pairs)


# A whole training


def test_a_training_leaves_a_coder_its_card_and_its_quality(fits: Fits, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels(tmp_path)
    train(options(tmp_path))
    folder = tmp_path / "trained"
    assert {path.name for path in folder.iterdir()} == {HEADS, JUDGEMENT, LEARNED, "card.json", "CARD.md"}
    assert load_trained(folder).learned == {imprint(row.passage.text) for row in rows()}
    coder = load_coder(tiny_codebook(), CountingEncoder(), folder)
    assert isinstance(coder, TrainedCoder)
    (id,) = reports(Paths.default())
    quality = load_quality(Paths.default(), id)
    assert (quality.name, quality.predictions, quality.coder) == ("cross-validation", OUT_OF_FOLD, coder.version)
    assert (quality.passages, quality.learned_from, quality.faults) == (36, 0, 0)
    assert len(load_passages(Paths.default(), id)) == 36
    said = capsys.readouterr().err
    assert "36 passages and 0 coded in part; 3 folds, then all of them together" in said
    assert f"{coder.version} is written into {folder}" in said
    assert f"Its quality is kept as {id}, with the passages' texts" in said
    assert "polluted" not in said


def test_the_wanted_precision_is_that_of_folds_and_of_what_is_kept(fits: Fits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[float] = []

    def watched(*args: Any, precision: float, without: Sequence[str] = ()) -> Any:
        wanted.append(precision)
        return judge(*args, precision=precision, without=without)

    monkeypatch.setattr("models.weighing.judge", watched)
    labels(tmp_path)
    train(options(tmp_path, precision=0.9))
    assert wanted == [0.9] * (3 + 1)
    assert json.loads((tmp_path / "trained" / "card.json").read_text("utf-8"))["precision wanted"] == 0.9


def test_a_training_that_is_ended_while_it_writes_leaves_the_old_coder(fits: Fits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    labels(tmp_path)
    train(options(tmp_path))
    folder = tmp_path / "trained"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def ended(*args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.card.write_card", ended)
    labels(tmp_path, mode="both")
    with pytest.raises(KeyboardInterrupt):
        train(options(tmp_path))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_was_learned_from_can_be_written_anew_without_training(fits: Fits, tmp_path: Path) -> None:
    labels(tmp_path, json.dumps({"id": "back", "text": "b" * 50, "lang": "es", "relevance": "influence", "holdout": True}))
    train(options(tmp_path))
    learned = tmp_path / "trained" / LEARNED
    before = learned.read_bytes()
    learned.write_text("[]")
    remember(options(tmp_path))
    assert learned.read_bytes() == before
    assert len(fits.learned) == 3 + 1


def test_what_is_kept_back_is_never_learned_from(fits: Fits, tmp_path: Path) -> None:
    back = {"id": "back", "text": "Kept back.", "lang": "en", "relevance": "influence", "holdout": True}
    labels(tmp_path, json.dumps(back))
    train(options(tmp_path))
    assert not any("back" in learned for learned in fits.learned)
    assert not load_trained(tmp_path / "trained").learned_from("Kept back.")


def test_a_training_that_is_killed_between_folds_goes_on(fits: Fits, tmp_path: Path) -> None:
    labels(tmp_path)
    fits.stops_at = 3
    with pytest.raises(KeyboardInterrupt):
        train(options(tmp_path))
    assert not list((tmp_path / "trained").iterdir())
    cache = Paths.default().training
    assert len(list(cache.iterdir())) == 2
    (cache / "half.part.npy").write_bytes(b"what a killed training may leave")
    train(options(tmp_path))
    assert len(fits.learned) == 3 + 2, "the third fold and the heads that are kept"
    assert fits.learned[3] == fits.learned[2]
    train(options(tmp_path))
    assert len(fits.learned) == 5
    assert len(reports(Paths.default())) == 2
