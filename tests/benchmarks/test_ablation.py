"""What is compared when a part or a passage is left out: the same passages, by heads that learned from none of their kin."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import ablation
from benchmarks.ablation import Bench, data, fold_by_fold, header, labels, marks, parts, show, without_logic
from models.comparison import Pair
from models.folds import folds
from models.judgement import KINDS, FacetWeights
from models.labels import LabelledPassage
from models.training import Recipe
from taxonomy import load_codebook
from tests.models.compared import labelled, said
from tests.models.tiny_codebook import CountingEncoder, tiny_codebook
from tests.models.tiny_transformer import LAYOUT, lesson


class Folds:
    """Stands for training: remembers who learned from whom, and scores every code alike."""

    def __init__(self) -> None:
        self.made: list[tuple[list[LabelledPassage], list[LabelledPassage], Recipe]] = []

    def __call__(self, seen: Sequence[LabelledPassage], unseen: Sequence[LabelledPassage], layout: Any, recipe: Recipe, *_: Any) -> Any:
        self.made.append((list(seen), list(unseen), recipe))
        return np.full((len(unseen), layout.width), float(len(self.made)), np.float32)


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> Folds:
    """Fakes of all that takes long: training, and fitting the weights of evidence."""

    def guessed(rows: Sequence[LabelledPassage], *_: Any, without: Sequence[str] = ()) -> list[Pair]:
        return [(row, said(relevance="influence")) for row in rows]

    fake = Folds()
    monkeypatch.setattr(ablation, "held_out", fake)
    monkeypatch.setattr(ablation, "cross_validated", guessed)
    only_heads = {f.facet: FacetWeights(tuple(float(kind == "head") for kind in KINDS), (0.0,) * len(f.codes)) for f in LAYOUT.facets}
    monkeypatch.setattr(ablation, "judge", lambda *_: only_heads)
    return fake


def bench() -> Bench:
    sources = ("reports: page 3", "invented")
    rows = [replace(row, family=f"f{number // 3}", source=sources[number % 2]) for number, row in enumerate(lesson(24))]
    rows = [replace(row, passage=replace(row.passage, text=f"{row.passage.text} {row.id}")) for row in rows]
    return Bench(rows, tiny_codebook(), CountingEncoder(), Recipe(epochs=2))


def lines(printed: str) -> dict[str, list[str]]:
    """The cells of every line of a table, by its first one."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines() if line.startswith("| ")]
    return {cells[0]: cells[1:] for cells in rows}


def test_what_is_not_defined_or_was_not_asked_is_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    row = labelled("one", relevance="influence", actor="")
    show("nothing", [(row, said(relevance="influence"))], tiny_codebook())
    print(header(tiny_codebook()))
    found = lines(capsys.readouterr().out)
    told = dict(zip(found[""], found["nothing"], strict=True))
    assert told["relevance"].startswith("1.000 / ")
    assert (told["actor"], told["mode"]) == ("– / –", "– / –")


def test_heads_learn_from_no_kin_of_what_they_score(trained: Folds) -> None:
    on = bench()
    its_fold = folds(on.rows, 3)
    kin = [
        replace(labelled("same words", family="elsewhere"), passage=on.rows[0].passage),
        labelled("translation", family="far", source="reports"),
        labelled("same family", family=on.rows[0].family),
    ]
    kin[1] = replace(kin[1], original=on.rows[0].id)
    stranger = labelled("stranger", family="nowhere")
    scores = fold_by_fold(on, [*on.rows, *kin, stranger], "more")
    assert len(trained.made) == 3
    assert scores[:, 0].tolist() == [number + 1 for number in its_fold]
    for number, (seen, unseen, recipe) in enumerate(trained.made):
        assert [row.id for row in unseen] == [row.id for row, its in zip(on.rows, its_fold, strict=True) if its == number]
        assert {row.family for row in seen}.isdisjoint(row.family for row in unseen)
        assert stranger in seen
        assert recipe == Recipe(epochs=2)
        for row in kin:
            assert (row in seen) == (its_fold[0] != number)
    assert marks(kin[0]) & marks(on.rows[0])
    assert not marks(stranger) & marks(on.rows[0])


def test_what_is_learned_from_as_it_is_finds_what_training_left(trained: Folds) -> None:
    on = bench()
    fold_by_fold(on, on.rows, "everything")
    for number, (seen, _, _) in enumerate(trained.made):
        assert seen == [row for row, its in zip(on.rows, folds(on.rows, 3), strict=True) if its != number]


def test_more_and_fewer_passages_are_measured_on_the_same(trained: Folds, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps({"id": "m", "text": "A bank lobbied here.", "lang": "en", "relevance": "influence"}), "utf-8")
    data(bench(), [more], ["invented"])
    found = lines(capsys.readouterr().out)
    assert list(found)[1:] == [
        "everything: 24 passages", "everything, on other sources",
        "with more.jsonl: 25 passages", "with more.jsonl, on other sources",
        "without invented: 12 passages", "without invented, on other sources",
    ]  # fmt: skip
    measured = [[row.id for row in unseen] for _, unseen, _ in trained.made]
    assert measured[:3] == measured[3:6] == measured[6:]
    assert any(row.id == "m" for row in trained.made[3][0])
    assert {row.source for row in trained.made[6][0]} == {"reports: page 3"}


def test_parts_and_shares_are_told_line_by_line(trained: Folds, capsys: pytest.CaptureFixture[str]) -> None:
    parts(bench())
    assert list(lines(capsys.readouterr().out))[1:] == [*ablation.PARTS, "without the logic between facets", "cues and rules alone"]
    labels(bench(), [0.5, 1.0])
    shares = [name.split(":")[0] for name in lines(capsys.readouterr().out)]
    assert shares == ["", "50%", "100%"]


def test_without_the_logic_nothing_is_added_and_afterwards_it_is_back() -> None:
    from models import coder
    from models.logic import NEVER_EMPTY, settle

    with without_logic():
        assert coder.settle is not settle
        assert frozenset() == coder.NEVER_EMPTY
    assert coder.settle is settle
    assert coder.NEVER_EMPTY is NEVER_EMPTY


def test_the_recipe_is_the_one_that_training_had(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path, asked = tmp_path / "labels.jsonl", []
    path.write_text(json.dumps({"id": "m", "text": "A bank lobbied.", "lang": "en", "relevance": "influence"}), "utf-8")
    monkeypatch.setattr(ablation, "load_encoder", CountingEncoder)
    monkeypatch.setattr(ablation, "parts", asked.append)
    arguments = ["ablation.py", "parts", "--labels", str(path), "--epochs", "7", "--batch", "32", "--seed", "5", "--folds", "4"]
    monkeypatch.setattr("sys.argv", arguments)
    ablation.main()
    (made,) = asked
    assert (made.recipe, made.folds, len(made.rows)) == (Recipe(epochs=7, batch=32, seed=5), 4, 1)
    assert made.layout.width == sum(len(facet.codes) for facet in load_codebook().facets) != LAYOUT.width
