from __future__ import annotations

import numpy as np
import pytest

from models.figures import Figure
from models.scores import _resampled, scores
from tests.models.compared import compared

FEW = {"draws": 200}


def test_many_values_by_hand() -> None:
    """Bank: 5 cases, 4 found, 1 false. Ifi: 5 cases, 3 found. Corporation: 1 case, found (too few for the macro mean)."""
    found = scores(
        compared(
            "actor",
            *[("bank ifi", "bank ifi")] * 3,
            ("bank", "bank"),
            ("bank corporation", "corporation"),
            *[("ifi", "")] * 2,
            ("", "bank"),
        ),
        **FEW,
    )
    by_code = {code.code: code for code in found.codes}
    bank = by_code["bank"]
    assert (bank.support, bank.predicted, bank.precision, bank.recall) == (5, 5, pytest.approx(0.8), pytest.approx(0.8))
    assert bank.f1.value == pytest.approx(0.8)
    assert by_code["ifi"].f1.value == pytest.approx(2 * 3 / (3 + 5))
    # True: 4 + 3 + 1; predicted: 5 + 3 + 1; cases: 5 + 5 + 1.
    assert found.overall.value == pytest.approx(2 * 8 / (9 + 11))
    assert (found.macro.value, found.macro_codes) == (pytest.approx((0.8 + 0.75) / 2), 2)


def test_one_value_by_hand() -> None:
    found = scores(compared("mode", *[("active", "active")] * 4, ("active", "passive"), *[("passive", "passive")] * 5), **FEW)
    assert found.overall.value == pytest.approx(0.9)
    # Active: 4 of 4 predicted, 4 of 5 found. Passive: 5 of 6 predicted, all 5 found.
    assert found.macro.value == pytest.approx((2 * 4 / 9 + 2 * 5 / 11) / 2)


def test_what_is_not_defined_is_none() -> None:
    found = scores(compared("actor", ("bank", ""), ("", "")), **FEW)
    by_code = {code.code: code for code in found.codes}
    assert by_code["bank"].precision is None
    assert (by_code["bank"].recall, by_code["bank"].f1.value) == (0, 0)
    assert (by_code["ifi"].recall, by_code["ifi"].f1) == (None, Figure(value=None))
    assert found.macro == Figure(value=None)
    assert scores(compared("actor", ("", ""))).overall == Figure(value=None)
    assert scores(compared("actor")).codes == ()


def test_a_value_that_is_not_given_is_wrong() -> None:
    assert scores(compared("mode", ("active", ""), ("active", "active")), **FEW).overall.value == 0.5


@pytest.mark.parametrize("facet", ["mode", "actor"])
def test_the_resampled_figures_are_those_of_the_resample(facet: str) -> None:
    """The whole sample drawn once each gives the figure itself: a draw of one unit that is everything."""
    codes = ("active", "passive") if facet == "mode" else ("bank", "ifi bank")
    chance = np.random.default_rng(5)
    both = [(codes[one], codes[other]) for one, other in chance.integers(2, size=(30, 2))]
    comparison = compared(facet, *both)
    found = scores(comparison, **FEW)
    often = np.array([code.support >= 5 for code in found.codes])
    overall, macro, f1s = _resampled(comparison, np.zeros(30, dtype=int), often, draws=2, seed=1)
    assert overall == pytest.approx(np.array([found.overall.value] * 2))
    assert macro == pytest.approx(np.array([found.macro.value] * 2))
    expected = [np.nan if code.f1.value is None else code.f1.value for code in found.codes]
    assert f1s[0] == pytest.approx(np.array(expected), nan_ok=True)


def test_the_interval_of_an_accuracy_is_near_the_normal_one() -> None:
    right = [("active", "active")] * 80 + [("active", "passive")] * 20
    overall = scores(compared("mode", *right)).overall
    half = 1.96 * (0.8 * 0.2 / 100) ** 0.5
    assert overall.low == pytest.approx(0.8 - half, abs=0.015)
    assert overall.high == pytest.approx(0.8 + half, abs=0.015)


def test_families_are_drawn_where_there_are_ten_and_widen_the_interval() -> None:
    both = [("active", "active" if family % 2 else "passive") for family in range(10) for _ in range(10)]
    alone = scores(compared("mode", *both, families=["f"] * 100))
    together = scores(compared("mode", *both, families=[f"f{family}" for family in range(10) for _ in range(10)]))
    assert (alone.drawn, alone.units) == ("rows", 100)
    assert (together.drawn, together.units) == ("families", 10)
    widths = [found.overall.high - found.overall.low for found in (alone, together)]  # type: ignore[operator]
    assert widths[1] > 2 * widths[0]


def test_the_same_seed_gives_the_same_interval() -> None:
    comparison = compared("actor", *[("bank", "bank"), ("bank", "ifi"), ("ifi", "ifi")] * 5)
    assert scores(comparison, 300, seed=4) == scores(comparison, 300, seed=4)
    assert scores(comparison, 300, seed=4).overall.low != scores(comparison, 300, seed=9).macro.low


def test_a_facet_of_one_code_is_scored_as_any_other() -> None:
    comparison = compared("origin", *[("domestic", "domestic")] * 3, ("domestic", ""))
    narrow = comparison.__class__(
        "origin", True, ("domestic",), comparison.ids, comparison.families,
        *(marks[:, :1] for marks in (comparison.held, comparison.said, comparison.settled, comparison.confidence)),
    )  # fmt: skip
    found = scores(narrow, **FEW)
    assert found.overall.value == pytest.approx(2 * 3 / 7)
    assert [code.code for code in found.codes] == ["domestic"]
