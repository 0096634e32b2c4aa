from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows import training as module
from flows.cli import _run
from flows.progress import Terminal
from flows.training import (
    OUT_OF_FOLD,
    SHIPPED_LABELS,
    Material,
    Options,
    cross_validated,
    files_and_folder,
    final,
    held_out,
    out_of_fold,
    remember,
    train,
)
from models.coder import CueCoder, TrainedCoder, load_coder
from models.folds import folds
from models.labels import LabelledPassage
from models.quality import report
from models.scorer import Scorer
from models.trained import HEADS, JUDGEMENT, LEARNED, SHIPPED, imprint, load_trained
from models.training import Recipe
from models.weighing import evidence_of, judge
from store import Paths
from store.quality import load_passages, load_quality, reports
from taxonomy.codebook import SHIPPED as SHIPPED_CODEBOOK
from taxonomy.errors import RawFileError, StageError
from tests.models.tiny_codebook import CountingEncoder, tiny_codebook
from tests.models.tiny_transformer import LAYOUT, RECIPE, lesson, tiny_scorer, use_tiny_transformer

pytestmark = pytest.mark.training

TERMINAL = Terminal()


class Fits:
    """Trains nothing: hands out one scorer and counts what it was asked for. The call of number ``stops_at`` is interrupted."""

    def __init__(self, scorer: Scorer) -> None:
        self.scorer = scorer
        self.learned: list[list[str]] = []
        self.auxiliary: list[int] = []
        self.stops_at = 0

    def __call__(
        self,
        rows: Sequence[LabelledPassage],
        layout: object,
        recipe: Recipe,
        auxiliary: Sequence[LabelledPassage] = (),
        advance: Callable[[int], None] = lambda _: None,
    ) -> Scorer:
        self.learned.append([row.id for row in rows])
        self.auxiliary.append(len(auxiliary))
        if len(self.learned) == self.stops_at:
            raise KeyboardInterrupt
        return self.scorer


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    use_tiny_transformer(monkeypatch)
    monkeypatch.setattr("taxonomy.load_codebook", lambda path: tiny_codebook())
    monkeypatch.setattr("models.encoders.load_encoder", CountingEncoder)
    monkeypatch.setattr("models.quality.report", partial(report, draws=5))


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with pytest.MonkeyPatch.context() as patch:
        use_tiny_transformer(patch)
        yield tiny_scorer()


@pytest.fixture
def fits(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> Fits:
    fake = Fits(scorer)
    monkeypatch.setattr(module, "fit", fake)
    return fake


def rows(count: int = 36) -> list[LabelledPassage]:
    """A lesson of twelve families, in texts that are long enough to be recognised and are cut without a model."""
    return [
        replace(
            row,
            passage=replace(row.passage, text=f"{row.passage.text}, in sight of everybody who was there", language="es"),
            family=f"f{n // 3}",
        )
        for n, row in enumerate(lesson(count))
    ]


def labels(folder: Path, *more: str, count: int = 36, **fields: Any) -> Path:
    path = folder / "labels.jsonl"
    made = []
    for row in rows(count):
        facets = {facet: list(codes) if not LAYOUT[facet].one else codes[0] for facet, codes in row.values.items()}
        made.append({"id": row.id, "text": row.passage.text, "lang": "es", "family": row.family} | facets | fields)
    path.write_text("\n".join([*map(json.dumps, made), *more]), "utf-8")
    return path


def options(folder: Path, **more: Any) -> Options:
    return Options((folder / "labels.jsonl",), folder / "trained", recipe=RECIPE, **more)


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


# Which files, and where to


OURS, THEIRS = Path("ours.jsonl"), Path("theirs.yaml")


@pytest.mark.parametrize(
    ("labels", "only", "codebook", "out", "expected"),
    [
        ((), False, None, None, (SHIPPED_LABELS, SHIPPED)),
        ((), False, None, Path("new"), (SHIPPED_LABELS, Path("new"))),
        ((OURS,), False, None, Path("new"), ((*SHIPPED_LABELS, OURS), Path("new"))),
        ((OURS, SHIPPED_LABELS[0]), False, None, Path("new"), ((*SHIPPED_LABELS, OURS), Path("new"))),
        ((OURS,), True, None, Path("new"), ((OURS,), Path("new"))),
        ((OURS,), False, SHIPPED_CODEBOOK, Path("new"), ((*SHIPPED_LABELS, OURS), Path("new"))),
        ((OURS,), False, THEIRS, Path("new"), ((OURS,), Path("new"))),
        ((OURS, *SHIPPED_LABELS), True, THEIRS, SHIPPED, ((OURS, *SHIPPED_LABELS), SHIPPED)),
    ],
)
def test_labels_come_beside_those_that_ship_unless_they_are_to_be_alone(
    labels: tuple[Path, ...], only: bool, codebook: Path | None, out: Path | None, expected: tuple[tuple[Path, ...], Path]
) -> None:
    assert files_and_folder(labels, only, codebook, out) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--labels", OURS), "beside the one that ships: name its folder with --out"),
        (("--only", "--labels", OURS), "name its folder with --out"),
        (("--codebook", THEIRS, "--labels", OURS), "name its folder with --out"),
        (("--codebook", SHIPPED_CODEBOOK), "name its folder with --out"),
        (("--only", "--out", "new"), "--only leaves the shipped passages out: name coded passages to learn from with --labels"),
        (("--codebook", THEIRS, "--out", "new"), "the shipped passages are coded by another codebook: name coded passages"),
    ],
)
def test_the_coder_that_ships_is_not_replaced_by_another_unasked(
    arguments: tuple[object, ...], message: str, fits: Fits, suasion: Callable[..., tuple[int, str]]
) -> None:
    status, said = suasion("train", *arguments)
    assert (status, fits.learned) == (1, [])
    assert message in said


def test_the_command_learns_from_what_ships_and_from_further_labels(
    fits: Fits, suasion: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = labels(tmp_path).rename(tmp_path / "shipped.jsonl")
    monkeypatch.setattr(module, "SHIPPED_LABELS", (shipped,))
    other = tmp_path / "more.jsonl"
    other.write_text('{"id": "m", "text": "A bank lobbied.", "lang": "es", "relevance": "influence"}\n', "utf-8")
    assert suasion("train", "--labels", other, "--out", tmp_path / "trained")[0] == 0
    assert set(fits.learned[-1]) == {"m", *(row.id for row in rows())}


def test_the_labels_are_never_written_to(fits: Fits, suasion: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    path = labels(tmp_path)
    before = path.read_bytes()
    status, said = suasion("train", "--only", "--labels", path, "--out", tmp_path / "trained", "--faults", path)
    assert (status, path.read_bytes()) == (1, before)
    assert "which are never written to" in said


# What cannot be trained on


def test_too_few_passages_or_families_are_told_before_anything_is_trained(fits: Fits, tmp_path: Path) -> None:
    labels(tmp_path, count=20)
    with pytest.raises(StageError, match="20 passages to learn from are too few; 30 are the least"):
        train(options(tmp_path))
    labels(tmp_path, family="the only one")
    with pytest.raises(StageError, match="too few families for 3 folds"):
        train(options(tmp_path))
    assert fits.learned == []
    assert not (tmp_path / "trained").exists()


def test_a_folder_that_cannot_be_had_is_told_before_anything_is_trained(fits: Fits, tmp_path: Path) -> None:
    labels(tmp_path)
    (tmp_path / "trained").write_text("a file")
    with pytest.raises(StageError, match="the folder cannot be made: File exists"):
        train(options(tmp_path))
    (tmp_path / "trained").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.access", lambda path, mode: False)
        with pytest.raises(StageError, match="the folder cannot be written to"):
            train(options(tmp_path))
    assert fits.learned == []


def test_labels_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match=r"labels\.jsonl: the file cannot be opened"):
        train(options(tmp_path))


@pytest.fixture
def suasion(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run the command line; returns its exit status and what it said."""

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["suasion", *map(str, arguments)])
        return _run(), capsys.readouterr().err

    return run


def test_the_command_trains_and_tells_what_is_wrong_with_the_labels(
    fits: Fits, suasion: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    faulty = ["{broken", '{"id": "x", "text": "A secret.", "lang": "en", "actor": ["banc"]}', *["[]"] * 10]
    path = labels(tmp_path, *faulty)
    asked = ("--folds", "2", "--epochs", "3", "--batch", "32", "--seed", "5", "--precision", "0.7", "--faults", tmp_path / "faults.csv")
    status, said = suasion("train", "--only", "--labels", path, "--out", tmp_path / "trained", *asked)
    assert status == 0
    assert "labels.jsonl, line 37: the line is not JSON" in said
    assert 'labels.jsonl, line 38 (x): actor has no code “banc”; did you mean "bank"?' in said
    assert "Faults in lines that are left out: 12" in said
    # That Spanish is no language of the tiny codebook is a remark on each of the 36.
    assert f"48 faults and remarks written to {tmp_path / 'faults.csv'}" in said
    assert len((tmp_path / "faults.csv").read_text("utf-8-sig").splitlines()) == 1 + 48
    assert "secret" not in said
    assert len(fits.learned) == 2 + 1
    card = json.loads((tmp_path / "trained" / "card.json").read_text("utf-8"))
    assert {key: card["recipe"][key] for key in ("epochs", "batch", "seed")} == {"epochs": 3, "batch": 32, "seed": 5}
    assert (card["precision wanted"], card["quality"]["faults"]) == (0.7, 12)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json\n", "0 passages to learn from are too few"),
        ("", "the file is empty"),
        (None, "the file cannot be opened"),
    ],
)
def test_labels_that_are_of_no_use_end_the_command_with_status_1(
    content: str | None, message: str, fits: Fits, suasion: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    path = tmp_path / "labels.jsonl"
    if content is not None:
        path.write_text(content, "utf-8")
    status, said = suasion("train", "--only", "--labels", path, "--out", tmp_path / "trained")
    assert status == 1
    assert message in said
    assert "suasion: " in said
    assert "Traceback" not in said
    assert not (tmp_path / "trained").exists()


def test_the_command_says_that_it_goes_on_where_it_was_stopped(fits: Fits, suasion: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    path = labels(tmp_path)
    fits.stops_at = 2
    assert suasion("train", "--only", "--labels", path, "--out", tmp_path / "trained")[0] == 130
    assert suasion("train", "--only", "--labels", path, "--out", tmp_path / "trained")[0] == 0
    assert len(fits.learned) == 2 + 3


def test_several_files_are_one_body_of_labels(fits: Fits, suasion: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    path = labels(tmp_path)
    other = tmp_path / "more.jsonl"
    other.write_text('{"id": "m", "text": "A bank lobbied.", "lang": "en", "relevance": "influence"}\n', "utf-8")
    assert suasion("train", "--only", "--labels", path, "--labels", other, "--out", tmp_path / "trained")[0] == 0
    assert "m" in fits.learned[-1]
