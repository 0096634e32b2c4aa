from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from numpy.typing import NDArray

from models.agreement import alpha, masi_distances, nominal_alpha, set_alpha
from tests.models.compared import compared


def sets(*rows: str, codes: str = "abcd") -> NDArray[np.bool_]:
    return np.array([[code in row for code in codes] for row in rows])


def test_nominal_alpha_of_a_published_example() -> None:
    """Krippendorff 2011, "Computing Krippendorff's alpha-reliability": A (two observers, binary) is .095, B (nominal) .692."""
    binary = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]])
    assert nominal_alpha(*binary) == pytest.approx(0.095, abs=5e-4)
    letters = np.array([list("aabbdcccedda"), list("babbbccceddd")])
    numbers = np.unique(letters, return_inverse=True)[1].reshape(letters.shape)
    assert nominal_alpha(*numbers) == pytest.approx(0.692, abs=5e-4)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("ab", "ab", 0),
        ("", "", 0),
        ("ab", "cd", 1),
        ("", "a", 1),
        ("ab", "abcd", 1 - 2 / 4 * 2 / 3),  # a subset
        ("a", "ab", 1 - 1 / 2 * 2 / 3),
        ("ab", "bc", 1 - 1 / 3 * 1 / 3),  # an overlap, neither within the other
        ("abc", "bcd", 1 - 2 / 4 * 1 / 3),
    ],
)
def test_masi_distances_by_hand(one: str, other: str, distance: float) -> None:
    """The four cases of Passonneau 2006, section 3: the same, one within the other, an overlap, nothing in common."""
    found = masi_distances(sets(one, other))
    assert found == pytest.approx(np.array([[0, distance], [distance, 0]]))


def test_alpha_of_sets_by_hand() -> None:
    # Observed: (0 + 2/3) / 2 = 1/3. Values a, a, a, ab: three of six pairs differ, by 2/3 each: 1/3 expected.
    assert set_alpha(sets("a", "a"), sets("a", "ab")) == pytest.approx(0)
    # Observed: 0. Whatever is expected, all agree.
    assert set_alpha(sets("a", "bc"), sets("a", "bc")) == pytest.approx(1)


def test_alpha_of_sets_is_the_library_s() -> None:
    chance = np.random.default_rng(3)
    one = chance.random((60, 4)) < 0.4
    other = np.where(chance.random((60, 4)) < 0.8, one, ~one)
    kinds, which = np.unique(np.concatenate([one, other]), axis=0, return_inverse=True)
    distances = masi_distances(kinds)

    def masi(v1: NDArray[np.int_], v2: NDArray[np.int_], **_: object) -> NDArray[np.float64]:
        return np.asarray(distances[v1, v2])

    theirs = krippendorff.alpha(reliability_data=which.reshape(2, 60), level_of_measurement=masi)
    assert set_alpha(one, other) == pytest.approx(theirs)
    assert 0 < theirs < 1


def test_nominal_alpha_is_the_library_s() -> None:
    chance = np.random.default_rng(4)
    one = chance.integers(0, 4, 80)
    other = np.where(chance.random(80) < 0.7, one, chance.integers(0, 4, 80))
    theirs = krippendorff.alpha(reliability_data=np.stack([one, other]), level_of_measurement="nominal")
    assert nominal_alpha(one, other) == pytest.approx(theirs)


def test_sets_of_one_code_agree_as_nominal_values_do() -> None:
    both = [("bank", "bank"), ("ifi", "bank"), ("ifi", "ifi"), ("corporation", "corporation")]
    comparison = compared("actor", *both)
    assert alpha(comparison) == pytest.approx(nominal_alpha(np.array([1, 2, 2, 0]), np.array([1, 1, 2, 0])))


def test_where_all_values_are_one_there_is_no_alpha() -> None:
    assert alpha(compared("mode", ("active", "active"), ("active", "active"))) is None
    assert alpha(compared("actor", ("bank", "bank"), ("bank", "bank"))) is None
    assert alpha(compared("actor")) is None


def test_a_value_that_the_coder_does_not_give_is_a_disagreement() -> None:
    kept = compared("mode", ("active", "active"), ("passive", "passive"), ("active", "active"), ("passive", "passive"))
    silent = compared("mode", ("active", "active"), ("passive", ""), ("active", "active"), ("passive", "passive"))
    assert alpha(kept) == 1
    assert (alpha(silent) or 0) < 1
