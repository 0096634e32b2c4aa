from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from models import training as module
from models.coding import Passage
from models.labels import LabelledPassage
from models.scorer import Scorer
from models.training import Recipe, fit, passages_read
from models.transformer import WINDOW
from tests.models.tiny_transformer import LAYOUT, RECIPE, lesson, row, tiny_model, use_tiny_transformer

pytestmark = pytest.mark.training

SHORT = replace(RECIPE, epochs=1)
TEXTS = ["the bank lobbied in the north", "the company polluted the east"]


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    use_tiny_transformer(monkeypatch)


def scores(scorer: Scorer, facet: str, code: str) -> list[float]:
    place = LAYOUT[facet].start + LAYOUT[facet].codes.index(code)
    return [float(each) for each in scorer.score(TEXTS).values[:, place]]


def test_it_learns_what_the_passages_show() -> None:
    scorer = fit(lesson(), LAYOUT, replace(RECIPE, epochs=4))
    for facet, of_banks, of_companies in (("actor", "bank", "corporation"), ("mechanism", "lobbying", "environment")):
        bank, company = scores(scorer, facet, of_banks)
        assert bank > 0 > company
        bank, company = scores(scorer, facet, of_companies)
        assert bank < 0 < company
    passive, active = scores(scorer, "mode", "passive"), scores(scorer, "mode", "active")
    assert passive[0] > active[0]
    assert passive[1] < active[1]


def test_the_same_seed_gives_the_same_scores_and_another_one_others() -> None:
    one, same, other = (fit(lesson(8), LAYOUT, replace(SHORT, seed=seed)).score(TEXTS).values for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1e-3


def test_what_was_drawn_before_makes_no_difference() -> None:
    one = fit(lesson(8), LAYOUT, SHORT).score(TEXTS).values
    torch.manual_seed(99)
    torch.randn(5)
    np.testing.assert_array_equal(one, fit(lesson(8), LAYOUT, SHORT).score(TEXTS).values)


def test_it_tells_how_far_it_is() -> None:
    auxiliary = [row(f"a{number}", "states should protect workers", right="work") for number in range(7)]
    read: list[int] = []
    fit(lesson(10), LAYOUT, replace(RECIPE, epochs=3), auxiliary, read.append)
    assert sum(read) == passages_read(10, 7, replace(RECIPE, epochs=3)) == 10 + 4 + 10 + 3 + 10 + 4


def test_every_turn_reads_each_auxiliary_passage_once() -> None:
    recipe = Recipe(epochs=4, turns=4, batch=4)
    seen = [place for epoch in range(4) for batch in module._batches([[1]] * 30, 20, recipe, epoch) for place in batch]
    assert [seen.count(place) for place in range(20)] == [4] * 20
    assert [seen.count(place) for place in range(20, 30)] == [1] * 10
    assert passages_read(20, 10, recipe) == len(seen)


def test_batches_are_of_like_length_and_the_same_for_the_same_seed() -> None:
    inputs = [[1] * (number * 7 % 50 + 1) for number in range(64)]
    batches = list(module._batches(inputs, 64, Recipe(batch=8), 0))
    assert batches == list(module._batches(inputs, 64, Recipe(batch=8), 0))
    assert batches != list(module._batches(inputs, 64, Recipe(batch=8), 1))
    assert max(max(len(inputs[place]) for place in batch) - min(len(inputs[place]) for place in batch) for batch in batches) < 15


def test_auxiliary_passages_teach_what_they_were_asked() -> None:
    asked = {"right": ("health",)}
    told = [
        LabelledPassage(f"u{number}", Passage(text, "en"), {"right": right}, asked=asked)
        for number in range(12)
        for text, right in ((TEXTS[0], ("health",)), (TEXTS[1], ()))
    ]
    scorer = fit(lesson(8), LAYOUT, replace(RECIPE, epochs=4, turns=1), told)
    yes, no = scores(scorer, "right", "health")
    assert yes > 0 > no


def test_a_long_text_is_learned_from_by_its_beginning() -> None:
    long = [row("long", "word " * 2000, relevance="influence"), row("none", "", relevance="off_topic")]
    values = fit([*lesson(6), *long], LAYOUT, SHORT).score(TEXTS).values
    cut = [row("long", "word " * WINDOW, relevance="influence"), long[1]]
    np.testing.assert_array_equal(values, fit([*lesson(6), *cut], LAYOUT, SHORT).score(TEXTS).values)


def test_layers_below_the_first_one_stay_as_they_came() -> None:
    tuned = fit(lesson(8), LAYOUT, SHORT)._model.state_dict()
    before = tiny_model().state_dict()
    changed = {name.split(".")[2] for name, tensor in before.items() if not torch.equal(tensor, tuned[name])}
    assert changed == {"1"}


def test_heads_begin_by_saying_how_often_their_code_holds() -> None:
    rows = [row(f"p{number}", "text", actor="bank" if number < 4 else "") for number in range(40)]
    held, asked = module.targets(rows, LAYOUT)
    heads = module.Heads(LAYOUT.width, 8)
    module._start_at_base_rates(heads, held, asked)
    bank = LAYOUT["actor"].start + LAYOUT["actor"].codes.index("bank")
    assert heads.bias[bank].item() == pytest.approx(np.log(4.5 / 36.5), abs=1e-5)
    assert heads.bias[LAYOUT["mode"].start].item() == 0, "nothing is known of a code that was never asked"


def test_the_rate_rises_and_falls() -> None:
    rates = [module._rate(step, 100, 0.1) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[9]
    assert rates[-1] == pytest.approx(0.01)
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert module._rate(0, 1, 0.06) == 1.0
