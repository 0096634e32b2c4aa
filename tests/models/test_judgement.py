from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from models.coding import Code
from models.judgement import KINDS, FacetWeights, best_take, best_tilt, chosen, evidence, fit, probabilities, settling
from models.scoring import FacetLayout, Layout
from tests.models.readings import picked, read
from tests.models.tiny_codebook import tiny_codebook

pytestmark = pytest.mark.training

LAYOUT = Layout.of(tiny_codebook())
MANY = FacetLayout("actor", False, ("a", "b", "c", "d"), 0)
ONE = FacetLayout("mode", True, ("a", "b", "c"), 0)
HEAD, RULE, LIKENESS = KINDS.index("head"), KINDS.index("rule"), KINDS.index("likeness")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def row(facet: str, code: str) -> int:
    return LAYOUT[facet].start + LAYOUT[facet].codes.index(code)


def scored(**scores: float) -> NDArray[np.float32]:
    """Scores of the heads: those named ``facet__code``, and 0 for every other code."""
    values = np.zeros(LAYOUT.width, np.float32)
    for name, score in scores.items():
        values[row(*name.split("__"))] = score
    return values


# What each kind of evidence says


def test_heads_speak_in_log_odds_within_bounds() -> None:
    table = evidence(read("Nothing."), {}, {}, scored(actor__bank=1.5, actor__ifi=99, actor__investor=-99, mode__active=np.log(2)), LAYOUT)
    assert table.shape == (LAYOUT.width, len(KINDS))
    assert [table[row("actor", code), HEAD] for code in ("bank", "ifi", "investor")] == pytest.approx([1.5, 8, -8])
    mode = table[LAYOUT["mode"].start : LAYOUT["mode"].end, HEAD]
    assert np.exp(mode) == pytest.approx([2 / 5, 1 / 5, 1 / 5, 1 / 5]), "of a single value, the share of each code"


def test_what_the_rules_give_counts_with_their_confidence() -> None:
    table = evidence(read("Nothing."), picked("actor:bank", "actor:unheard_of", confidence=0.8), {}, scored(), LAYOUT)
    assert table[row("actor", "bank"), 1:3] == pytest.approx([1, np.log(4)])
    assert not table[row("actor", "ifi"), 1:3].any()
    singles = {"mode": Code("mode", "passive", 0.2, "rule")}
    table = evidence(read("Nothing."), {}, singles, scored(), LAYOUT)
    assert table[row("mode", "passive"), 1:3] == pytest.approx([1, -np.log(4)])
    assert not table[row("mode", "active"), 1:3].any()


def test_cues_count_once_and_three_times_at_most() -> None:
    table = evidence(read("Bank, bank, bank, bank, bank and one company. Silent they look on."), {}, {}, scored(), LAYOUT)
    assert table[row("actor", "bank"), 3:7].tolist() == [1, 2, 0, 0]
    assert table[row("actor", "corporation"), 3:7].tolist() == [1, 0, 0, 0]
    assert table[row("mechanism", "inaction"), 3:7].tolist() == [0, 0, 1, 1]


def test_likeness_counts_and_so_does_being_the_likest() -> None:
    table = evidence(read("Nothing.", like={("actor", "bank"): 0.75, ("actor", "ifi"): 0.5}), {}, {}, scored(), LAYOUT)
    assert table[row("actor", "bank"), 7:] == pytest.approx([np.log(3), 1])
    assert table[row("actor", "ifi"), 7:] == pytest.approx([0, 0])


# Probability and choice


def test_probabilities_are_what_can_be_computed_by_hand() -> None:
    table = np.zeros((3, len(KINDS)))
    table[0, HEAD], table[1, RULE] = 1.0, 1.0
    weights = tuple(2.0 if kind == "head" else 1.0 if kind == "rule" else 0.0 for kind in KINDS)
    levels = (0.0, 0.0, np.log(2))
    many = probabilities(table, FacetLayout("actor", False, ("a", "b", "c"), 0), FacetWeights(weights, levels))
    assert many == pytest.approx([1 / (1 + np.exp(-2)), 1 / (1 + np.exp(-1)), 2 / 3])
    one = probabilities(table, ONE, FacetWeights(weights, levels))
    assert one == pytest.approx(np.array([np.e**2, np.e, 2]) / (np.e**2 + np.e + 2))
    np.testing.assert_allclose(probabilities(np.stack([table, table]), ONE, FacetWeights(weights, levels)), [one, one])


def test_the_likeliest_is_chosen_unless_a_tilt_favours_a_rarer_one() -> None:
    figures = np.array([[0.5, 0.3, 0.2], [0.7, 0.2, 0.1]])
    assert chosen(figures, ()).tolist() == [0, 0]
    assert chosen(figures, (0.0, 0.6, 0.0)).tolist() == [1, 0], "0.3 x e^0.6 is more than 0.5"
    assert chosen(np.array([0.0, 0.0, 1.0]), (9.0, 0.0, 0.0)) == 2


def test_the_tilt_favours_rare_codes_as_far_as_it_helps() -> None:
    held = np.zeros((100, 2), bool)
    held[:90, 0], held[90:, 1] = True, True
    figures = np.tile([0.9, 0.1], (100, 1))
    figures[90:] = [0.6, 0.4]  # where the rare code holds it is likelier than elsewhere, yet never the likeliest
    tilt = best_tilt(figures, held)
    assert tilt[1] > tilt[0] > 0
    assert chosen(figures, tilt).tolist() == [0] * 90 + [1] * 10
    sure = np.where(held, 0.9, 0.1)
    assert best_tilt(sure, held) == (0.0, 0.0), "where nothing is gained nothing is tilted"


def test_codes_of_hardly_any_case_ask_for_no_tilt() -> None:
    assert best_tilt(np.full((4, 3), 1 / 3), np.eye(4, 3, dtype=bool)) == (0.0, 0.0, 0.0)


# Thresholds

ALL = np.ones((6, 1), bool)


def column(*values: float) -> NDArray[np.float64]:
    return np.array(values)[:, None]


def test_the_best_take_is_where_micro_f1_is_greatest() -> None:
    held = np.array([[1], [1], [0], [1], [0], [0]], bool)
    # F1 of the first 1, 2, 3, 4 and more: .5, .8, .67, .86, .75, .67
    assert best_take(column(0.9, 0.8, 0.7, 0.6, 0.2, 0.1), held, ALL) == 0.6
    assert best_take(column(0.9, 0.8, 0.7, 0.6, 0.2, 0.1), np.array([[1], [0], [0], [0], [0], [0]], bool), ALL) == 0.9


def test_codes_that_were_not_asked_have_no_part_in_the_best_take() -> None:
    held = np.array([[1], [1], [0], [1], [0], [0]], bool)
    asked = np.array([[1], [1], [1], [0], [1], [1]], bool)
    assert best_take(column(0.9, 0.8, 0.7, 0.6, 0.2, 0.1), held, asked) == 0.8


def test_codes_of_equal_probability_are_taken_together() -> None:
    held = np.array([[1], [0], [0], [0], [0], [1]], bool)
    # The first alone would do best, but it cannot be had without four that do not hold.
    assert best_take(column(0.5, 0.5, 0.5, 0.5, 0.5, 0.9), held, ALL) == 0.9


def test_without_cases_there_is_nothing_to_find() -> None:
    assert best_take(column(0.9, 0.1), np.zeros((2, 1), bool), np.ones((2, 1), bool)) == 0.5
    assert best_take(np.zeros((0, 1)), np.zeros((0, 1), bool), np.zeros((0, 1), bool)) == 0.5


def test_codes_are_settled_from_where_the_wanted_share_is_right() -> None:
    confidence = np.linspace(1, 0, 100)
    right = np.arange(100) < 60
    assert settling(confidence, right, 0.75) == pytest.approx(confidence[79]), "sixty of the first eighty"
    assert settling(confidence, right, 0.0) == pytest.approx(0.0)
    assert settling(confidence[::-1], right[::-1], 0.75) == pytest.approx(confidence[79])


def test_a_lucky_handful_proves_nothing() -> None:
    right = np.arange(100) < 10
    assert settling(np.linspace(1, 0, 100), right, 0.85) == 1.0
    assert settling(np.linspace(1, 0, 10), right[:10], 0.85) == 0.0, "of ten there are no thirty: all of them do"
    assert settling(np.linspace(1, 0, 10), ~right[:10], 0.85) == 1.0
    assert settling(np.zeros(0), np.zeros(0, bool), 0.85) == 0.5


def test_codes_of_equal_confidence_are_settled_together() -> None:
    confidence = np.r_[np.full(40, 0.9), np.full(40, 0.5)]
    right = np.r_[np.ones(40, bool), np.ones(20, bool), np.zeros(20, bool)]
    assert settling(confidence, right, 0.85) == 0.9, "half of the second forty would do, but none of them can be told from the rest"


# Fitting


def drawn(facet: FacetLayout, weights: tuple[float, ...], rows: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Evidence, and what holds where these are its true weights."""
    chance = np.random.default_rng(seed)
    table = chance.normal(size=(rows, len(facet.codes), len(KINDS)))
    levels = np.linspace(-1, 1, len(facet.codes))
    figures = probabilities(table, facet, FacetWeights(weights, tuple(levels)))
    if not facet.one:
        return table, chance.random(figures.shape) < figures
    which = (chance.random((rows, 1)) > figures.cumsum(axis=1)).sum(axis=1).clip(max=len(facet.codes) - 1)
    return table, np.eye(len(facet.codes), dtype=bool)[which]


TRUE = (1.0, 0.5, -0.5, 0.8, 0.0, 0.3, 0.0, 0.4, -0.2)


def calibration_error(said: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The expected calibration error over ten bins of equal mass."""
    parts = np.array_split(np.argsort(said), 10)
    return float(sum(len(part) * abs(said[part].mean() - right[part].mean()) for part in parts) / len(said))


@pytest.mark.parametrize("facet", [MANY, ONE])
def test_fitting_finds_the_weights_that_made_the_codes(facet: FacetLayout) -> None:
    table, held = drawn(facet, TRUE, 4000, 1)
    fitted = fit(table, held, np.ones_like(held), facet)
    np.testing.assert_allclose(fitted.weights, TRUE, atol=0.12)
    levels = np.array(fitted.levels) - np.mean(fitted.levels)
    np.testing.assert_allclose(levels, np.linspace(-1, 1, len(facet.codes)), atol=0.15)


@pytest.mark.parametrize("facet", [MANY, ONE])
def test_what_was_fitted_is_calibrated_on_what_was_not_seen(facet: FacetLayout) -> None:
    table, held = drawn(facet, TRUE, 1500, 2)
    fitted = fit(table, held, np.ones_like(held), facet)
    unseen, holds = drawn(facet, TRUE, 4000, 3)
    said = probabilities(unseen, facet, fitted)
    assert calibration_error(said.ravel(), holds.ravel()) < 0.02
    if facet.one:
        best = chosen(said, ())
        assert calibration_error(said[np.arange(4000), best], holds[np.arange(4000), best]) < 0.03


@pytest.mark.parametrize("facet", [MANY, ONE])
def test_a_kind_that_is_left_out_weighs_nothing(facet: FacetLayout) -> None:
    table, held = drawn(facet, TRUE, 800, 4)
    before = table.copy()
    fitted = fit(table, held, np.ones_like(held), facet, without=("head", "likeness"))
    assert fitted.weights[HEAD] == fitted.weights[LIKENESS] == 0
    assert fitted.weights[RULE] > 0.2
    np.testing.assert_array_equal(table, before, "what is left out for one fit is there for the next")
    noisy = table.copy()
    noisy[..., [HEAD, LIKENESS]] = 99
    assert fit(noisy, held, np.ones_like(held), facet, without=("head", "likeness")) == fitted


def test_a_kind_that_does_not_exist_cannot_be_left_out() -> None:
    table, held = drawn(MANY, TRUE, 20, 5)
    with pytest.raises(ValueError, match="not in tuple"):
        fit(table, held, np.ones_like(held), MANY, without=("heads",))


def test_what_was_not_asked_is_not_fitted_on() -> None:
    table, held = drawn(MANY, TRUE, 600, 6)
    asked = np.random.default_rng(7).random(held.shape) < 0.7
    asked[:50] = False
    fitted = fit(table, held, asked, MANY)
    assert fit(table, np.where(asked, held, ~held), asked, MANY).weights == pytest.approx(fitted.weights, abs=1e-6)


def test_a_code_of_few_cases_is_judged_like_the_others() -> None:
    table, held = drawn(MANY, TRUE, 600, 8)
    asked = np.ones_like(held)
    asked[:, 3] = False
    fitted = fit(table, held, asked, MANY)
    assert fitted.levels[3] == pytest.approx(np.mean(fitted.levels[:3]), abs=0.05)


def test_the_same_evidence_gives_the_same_weights() -> None:
    table, held = drawn(ONE, TRUE, 300, 9)
    assert fit(table, held, np.ones_like(held), ONE) == fit(table, held, np.ones_like(held), ONE)
