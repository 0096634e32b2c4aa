from __future__ import annotations

import random

import pytest

from models.coding import Passage
from models.folds import folds
from models.labels import LabelledPassage


def row(id: str, family: str = "", original: str | None = None) -> LabelledPassage:
    return LabelledPassage(id, Passage(f"Text {id}.", "en"), {}, family=family, original=original)


def by_id(rows: list[LabelledPassage], count: int) -> dict[str, int]:
    return dict(zip((each.id for each in rows), folds(rows, count), strict=True))


def test_the_largest_family_first_each_into_the_smallest_fold() -> None:
    rows = [row("a1", "a"), row("b1", "b"), row("b2", "b"), row("c1", "c"), row("c2", "c"), row("c3", "c"), row("d1", "d")]
    assert folds(rows, 2) == [1, 1, 1, 0, 0, 0, 0]


def test_a_family_is_never_parted_and_all_folds_are_used() -> None:
    chance = random.Random(1)
    rows = [row(f"p{number}", f"family {chance.randrange(20)}") for number in range(200)]
    found = folds(rows, 5)
    for family in {each.family for each in rows}:
        assert len({fold for each, fold in zip(rows, found, strict=True) if each.family == family}) == 1
    assert set(found) == set(range(5))
    assert max(found.count(number) for number in range(5)) <= 2 * min(found.count(number) for number in range(5))


def test_a_row_without_a_family_stands_alone() -> None:
    assert sorted(folds([row("a"), row("b"), row("c")], 3)) == [0, 1, 2]


def test_translations_stay_together_with_their_families() -> None:
    rows = [
        row("a", "reports"),
        row("a-es", "translations es", "a"),
        row("a-fr", "translations fr", "a-es"),
        row("b", "translations fr"),
        *(row(f"o{number}") for number in range(8)),
    ]
    found = by_id(rows, 3)
    assert found["a"] == found["a-es"] == found["a-fr"] == found["b"]


def test_translations_of_a_passage_that_is_not_among_the_rows_stay_together_too() -> None:
    rows = [row("x-es", "es", "x"), row("x-fr", "fr", "x"), *(row(f"o{number}") for number in range(4))]
    found = by_id(rows, 2)
    assert found["x-es"] == found["x-fr"]


def test_a_passage_that_calls_itself_its_original_or_two_that_call_each_other_so() -> None:
    found = by_id([row("a", original="a"), row("b", original="c"), row("c", original="b"), row("d")], 2)
    assert found["b"] == found["c"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_folds_are_the_same_every_time_and_groups_whatever_the_order_of_the_rows(seed: int) -> None:
    rows = [row(f"p{number}", f"f{number % 11}", f"p{number - 13}" if number % 17 == 13 else None) for number in range(90)]
    shuffled = rows.copy()
    random.Random(seed).shuffle(shuffled)
    assert folds(rows, 3) == folds(rows, 3)
    assert by_id(rows, 3) == by_id(shuffled, 3)


def test_no_rows_have_no_folds() -> None:
    assert folds([], 3) == []
