from __future__ import annotations

import pytest

from models.comparison import compare
from models.reliability import calibration, coverage
from tests.models.compared import compared, labelled, said
from tests.models.tiny_codebook import tiny_codebook


def test_the_error_of_ten_bins_by_hand() -> None:
    """Twenty predictions, two to a bin: at .9 one of two comes true, at the other nine confidences both do."""
    levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    both = [("bank", "bank")] * 20
    both[16] = ("ifi", "bank")
    found = calibration([compared("actor", *both, sure=[{"bank": levels[place // 2]} for place in range(20)])])
    assert [each.codes for each in found.bins] == [2] * 10
    assert found.bins[8].correct == 0.5
    assert found.bins[8].confidence == pytest.approx(0.9)
    gaps = [1 - level for level in levels]
    gaps[8] = 0.9 - 0.5
    assert found.error == pytest.approx(sum(gaps) / 10)
    assert found.codes == 20


def test_equal_confidences_share_their_successes_whatever_the_order() -> None:
    both = [("bank", "bank"), ("ifi", "bank")] * 10
    found = [calibration([compared("actor", *order, sure=[{"bank": 0.5}] * 20)]) for order in (both, both[::2] + both[1::2])]
    assert found[0] == found[1]
    assert found[0].error == pytest.approx(0)
    assert {each.correct for each in found[0].bins} == {0.5}


def test_few_predictions_have_few_bins_and_none_have_no_error() -> None:
    found = calibration([compared("actor", ("bank", "bank"), ("bank ifi", "bank"), ("bank", ""), sure=[{"bank": 0.75}, {"bank": 0.5}, {}])])
    assert [(each.codes, each.confidence, each.correct) for each in found.bins] == [(1, 0.5, 1.0), (1, 0.75, 1.0)]
    assert found.error == pytest.approx((0.5 + 0.25) / 2)
    assert calibration([compared("actor", ("bank", ""))]).error is None
    assert calibration([]).bins == ()


def test_all_facets_together_weigh_by_their_codes() -> None:
    one = compared("mode", ("active", "active"), sure=[{"active": 0.6}])
    many = compared("actor", ("bank", "bank ifi"), sure=[{"bank": 1.0, "ifi": 1.0}])
    found = calibration([one, many])
    assert found.codes == 3
    assert found.error == pytest.approx((0.4 + 0.5 + 0.5) / 3)


def test_coverage_and_precision_with_the_doubtful_set_aside() -> None:
    pairs = [
        (labelled("a", actor="bank"), said(actor="bank ifi", review="actor:ifi")),
        (labelled("b", actor="ifi"), said(actor="bank")),
    ]
    found = coverage([compare(pairs, tiny_codebook().facet("actor"))])
    assert (found.codes, found.settled, found.share) == (3, 2, pytest.approx(2 / 3))
    assert (found.precision, found.settled_precision) == (pytest.approx(1 / 3), 0.5)


def test_where_nothing_is_predicted_there_is_no_coverage() -> None:
    found = coverage([compared("actor", ("bank", ""))])
    assert (found.codes, found.share, found.precision, found.settled_precision) == (0, None, None, None)
