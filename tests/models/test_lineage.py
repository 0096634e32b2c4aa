from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from models.lineage import ANCESTORS, ANCESTRAL_MEMBERS, Ancestry, Fresh, Inherited, inherit
from models.tables import TOPIC_EVENTS
from models.topic_spec import LineageSpec

SPEC = LineageSpec(same_members=0.5, same_centroid=0.85, part=0.3)
EAST, NORTH, UP = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
NORTH_EAST = (0.7, 0.7, 0.0)


def passages(letter: str, count: int, start: int = 0) -> list[str]:
    return [f"{letter}{number:03}" for number in range(start, start + count)]


def fresh(*topics: tuple[tuple[float, ...], list[str]], outliers: Sequence[str] = ()) -> Fresh:
    members = {passage: row for row, (_, held) in enumerate(topics) for passage in held}
    centroids = np.array([centroid for centroid, _ in topics] or np.zeros((0, 3)), dtype=np.float32)
    middle = np.zeros(centroids.shape[1], dtype=np.float32)
    return Fresh(members | dict.fromkeys(outliers, -1), centroids, middle)


def ancestry(*topics: tuple[int, tuple[float, ...], list[str] | None], outliers: Sequence[str] = ()) -> Ancestry:
    """Topics by number, centroid and members; one that died has None for members."""
    rows = [
        {"topic": f"s.{number}", "name": f"name {number}", "plain_centroid": centroid, "alive": held is not None}
        for number, centroid, held in topics
    ]
    members: list[dict[str, Any]] = [{"passage": each, "topic": f"s.{number}"} for number, _, held in topics for each in held or ()]
    members += [{"passage": each, "topic": None} for each in outliers]
    return Ancestry(
        pa.Table.from_pylist(rows, schema=ANCESTORS),
        pa.Table.from_pylist(members, schema=ANCESTRAL_MEMBERS),
        max((number for number, _, _ in topics), default=0) + 1,
    )


def events(inherited: Inherited) -> list[tuple[str, str, tuple[str, ...]]]:
    assert inherited.events.schema == TOPIC_EVENTS
    return [(row["topic"], row["event"], tuple(row["others"])) for row in inherited.events.to_pylist()]


def test_a_first_fit_numbers_its_topics_from_one_the_biggest_first() -> None:
    found = inherit("s", fresh((EAST, passages("a", 2)), (NORTH, passages("b", 9)), (UP, passages("c", 4))), Ancestry.none(), SPEC)
    assert found.ids == ("s.3", "s.1", "s.2")
    assert found.names == {}
    assert found.next_number == 4
    assert events(found) == [("s.1", "born", ()), ("s.2", "born", ()), ("s.3", "born", ())]
    assert found.events["overlap"].null_count == found.events["similarity"].null_count == 3


def test_the_same_fit_again_changes_nothing() -> None:
    before = ancestry((1, EAST, passages("a", 9)), (2, NORTH, passages("b", 5)), outliers=["o1"])
    found = inherit("s", fresh((EAST, passages("a", 9)), (NORTH, passages("b", 5)), outliers=["o1"]), before, SPEC)
    assert found.ids == ("s.1", "s.2")
    assert found.names == {"s.1": "name 1", "s.2": "name 2"}
    assert found.next_number == 3
    assert events(found) == [("s.1", "continued", ()), ("s.2", "continued", ())]
    assert found.events["overlap"].to_pylist() == [1.0, 1.0]
    assert found.events["similarity"].to_pylist() == [1.0, 1.0]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_order_of_topics_and_passages_does_not_matter(order: tuple[int, ...]) -> None:
    topics = [(EAST, passages("a", 4)), (NORTH, passages("b", 4)), (UP, passages("c", 4)), (NORTH_EAST, passages("d", 4))]
    before = ancestry((1, EAST, passages("a", 3)), (4, UP, passages("x", 4)), (7, NORTH, None))
    plain = inherit("s", fresh(*topics), before, SPEC)
    mixed = inherit("s", fresh(*((topics[at][0], topics[at][1][::-1]) for at in order)), before, SPEC)
    assert mixed.ids == tuple(plain.ids[at] for at in order)
    assert mixed.events == plain.events


def test_a_topic_that_grew_many_times_over_is_the_same() -> None:
    before = ancestry((1, EAST, passages("a", 5)))
    found = inherit("s", fresh((NORTH, passages("a", 100))), before, SPEC)
    assert found.ids == ("s.1",)
    assert found.events["overlap"].to_pylist() == [1.0]


def test_a_topic_that_a_wave_left_little_of_is_the_same() -> None:
    before = ancestry((1, EAST, passages("a", 100)))
    assert inherit("s", fresh((NORTH, passages("a", 5))), before, SPEC).ids == ("s.1",)


def test_a_topic_that_took_up_outliers_overlaps_less() -> None:
    before = ancestry((1, EAST, passages("a", 6)), outliers=passages("a", 4, start=6))
    found = inherit("s", fresh((EAST, passages("a", 10))), before, SPEC)
    assert found.events["overlap"].to_pylist() == pytest.approx([0.6])


def test_a_split_leaves_the_id_with_the_bigger_part() -> None:
    before = ancestry((1, EAST, passages("a", 10)))
    found = inherit("s", fresh((EAST, passages("a", 4)), (EAST, passages("a", 6, start=4))), before, SPEC)
    assert found.ids == ("s.2", "s.1")
    assert events(found) == [("s.1", "continued", ()), ("s.1", "split", ("s.1", "s.2")), ("s.2", "born", ("s.1",))]


def test_a_split_into_parts_none_of_which_is_the_same_ends_a_topic() -> None:
    before = ancestry((1, EAST, passages("a", 9)))
    parts = [(centroid, passages("a", 3, start=3 * at)) for at, centroid in enumerate((NORTH, UP, NORTH))]
    found = inherit("s", fresh(*parts), before, SPEC)
    assert found.ids == ("s.2", "s.3", "s.4")
    assert events(found)[0] == ("s.1", "split", ("s.2", "s.3", "s.4"))
    assert [event for _, event, _ in events(found)] == ["split", "born", "born", "born"]


def test_of_two_equal_halves_the_one_that_lies_nearer_keeps_the_id() -> None:
    before = ancestry((1, EAST, passages("a", 10)))
    halves = ((NORTH, passages("a", 5)), (EAST, passages("a", 5, start=5)))
    assert inherit("s", fresh(*halves), before, SPEC).ids == ("s.2", "s.1")


def test_a_merge_keeps_the_id_of_the_bigger_and_says_what_it_took_up() -> None:
    before = ancestry((1, EAST, passages("a", 8)), (2, NORTH, passages("b", 4)))
    found = inherit("s", fresh((EAST, passages("a", 8) + passages("b", 4))), before, SPEC)
    assert found.ids == ("s.1",)
    assert events(found) == [("s.1", "continued", ()), ("s.1", "merged", ("s.2",)), ("s.2", "merged", ("s.1",))]
    assert found.events["overlap"].to_pylist() == pytest.approx([8 / 12, None, 4 / 12])


def test_three_equal_topics_merge_into_a_new_one_that_lies_between_them() -> None:
    before = ancestry((1, EAST, passages("a", 4)), (2, NORTH, passages("b", 4)), (3, UP, passages("c", 4)))
    found = inherit("s", fresh(((0.6, 0.6, 0.6), passages("a", 4) + passages("b", 4) + passages("c", 4))), before, SPEC)
    assert found.ids == ("s.4",)
    assert events(found) == [
        ("s.1", "merged", ("s.4",)),
        ("s.2", "merged", ("s.4",)),
        ("s.3", "merged", ("s.4",)),
        ("s.4", "born", ("s.1", "s.2", "s.3")),
        ("s.4", "merged", ("s.1", "s.2", "s.3")),
    ]


def test_a_topic_whose_passages_became_outliers_dies() -> None:
    before = ancestry((1, EAST, passages("a", 8)), (2, NORTH, passages("b", 4)))
    found = inherit("s", fresh((EAST, passages("a", 8)), outliers=passages("b", 4)), before, SPEC)
    assert events(found) == [("s.1", "continued", ()), ("s.2", "died", ())]
    assert found.next_number == 3


def test_a_new_matter_is_born_under_a_number_never_used() -> None:
    before = ancestry((1, EAST, passages("a", 8)), (9, UP, None))
    found = inherit("s", fresh((EAST, passages("a", 8)), (NORTH, passages("n", 20))), before, SPEC)
    assert found.ids == ("s.1", "s.10")
    assert events(found)[-1] == ("s.10", "born", ())
    assert found.next_number == 11


def test_a_dead_topic_returns_with_its_id_where_it_lay() -> None:
    before = ancestry((1, EAST, passages("a", 8)), (2, NORTH, None))
    found = inherit("s", fresh((EAST, passages("a", 8)), ((0.1, 1.0, 0.0), passages("n", 5))), before, SPEC)
    assert found.ids == ("s.1", "s.2")
    assert found.names == {"s.1": "name 1"}, "of other passages, it is named anew"
    assert events(found)[-1] == ("s.2", "returned", ())
    row = found.events.to_pylist()[-1]
    assert row["overlap"] is None
    assert row["similarity"] == pytest.approx(0.995, abs=1e-3)


def test_a_topic_of_the_last_fit_comes_before_a_dead_one_that_lies_nearer() -> None:
    before = ancestry((1, EAST, None), (2, (0.95, 0.3, 0.0), passages("a", 8)))
    assert inherit("s", fresh((EAST, passages("n", 5))), before, SPEC).ids == ("s.2",)


def test_a_part_that_split_off_does_not_become_a_dead_topic_that_is_like_it() -> None:
    before = ancestry((1, EAST, passages("a", 10)), (2, NORTH, None))
    found = inherit("s", fresh((EAST, passages("a", 6)), (NORTH, passages("a", 4, start=6))), before, SPEC)
    assert found.ids == ("s.1", "s.3")


def test_topics_of_a_wave_that_was_replaced_are_known_by_where_they_lie() -> None:
    before = ancestry((1, EAST, passages("a", 50)), (2, NORTH, passages("b", 50)))
    # One passage each is left, in the other topic: too little to say anything.
    topics = ((EAST, [*passages("c", 50), "b000"]), ((0.1, 1.0, 0.0), [*passages("d", 50), "a000"]))
    found = inherit("s", fresh(*topics), before, SPEC)
    assert found.ids == ("s.1", "s.2")
    assert [event for _, event, _ in events(found)] == ["continued", "continued"]


def test_nothing_in_common_makes_all_topics_new_and_all_old_ones_dead() -> None:
    before = ancestry((1, EAST, passages("a", 5)), (2, NORTH, passages("b", 5)))
    found = inherit("s", fresh((UP, passages("c", 5))), before, SPEC)
    assert found.ids == ("s.3",)
    assert events(found) == [("s.1", "died", ()), ("s.2", "died", ()), ("s.3", "born", ())]


def test_vectors_of_another_length_are_not_compared() -> None:
    before = ancestry((1, EAST, passages("a", 5)), (2, NORTH, passages("b", 5)))
    found = inherit("s", fresh(((1.0, 0.0), passages("a", 5)), ((0.0, 1.0), passages("n", 5))), before, SPEC)
    assert found.ids == ("s.1", "s.3")
    assert found.events["similarity"].to_pylist() == [0.0, None, None]


def test_a_fit_without_topics_ends_all_and_a_later_one_brings_them_back() -> None:
    before = ancestry((1, EAST, passages("a", 5)))
    found = inherit("s", fresh(outliers=passages("a", 5)), before, SPEC)
    assert found.ids == ()
    assert events(found) == [("s.1", "died", ())]
    after = ancestry((1, EAST, None), outliers=passages("a", 5))
    assert events(inherit("s", fresh((EAST, passages("a", 5))), after, SPEC)) == [("s.1", "returned", ())]


def test_nothing_of_nothing_is_nothing() -> None:
    found = inherit("s", fresh(), Ancestry.none(), SPEC)
    assert (found.ids, found.names, found.events.num_rows, found.next_number) == ((), {}, 0, 1)


def test_a_survey_may_have_a_point_in_its_name() -> None:
    first = inherit("pilot.2", fresh((EAST, passages("a", 3))), Ancestry.none(), SPEC)
    assert first.ids == ("pilot.2.1",)


def test_overlap_and_centroids_are_chosen_for_all_topics_together() -> None:
    before = ancestry((1, EAST, passages("x", 5)), (2, (0.95, 0.3, 0.0), passages("y", 5)))
    # The first lies nearest to 1, but the second could be nothing else than 1.
    found = inherit("s", fresh(((0.99, 0.1, 0.0), passages("m", 5)), ((0.9, -0.4, 0.0), passages("n", 4))), before, SPEC)
    assert found.ids == ("s.2", "s.1")


def test_a_topic_that_goes_on_with_other_passages_is_named_anew() -> None:
    before = ancestry((1, EAST, passages("a", 10)), (2, NORTH, passages("b", 5)))
    found = inherit("s", fresh((EAST, [*passages("a", 3), *passages("c", 7)]), (NORTH, passages("b", 5))), before, SPEC)
    assert found.ids == ("s.1", "s.2")
    # All that is known of it was its own: what came besides does not count against it.
    assert found.names == {"s.1": "name 1", "s.2": "name 2"}
    little = inherit("s", fresh((EAST, passages("a", 4)), (NORTH, passages("b", 5)), outliers=passages("a", 6, start=4)), before, SPEC)
    assert little.ids == ("s.1", "s.2")
    assert little.events["overlap"].to_pylist() == pytest.approx([0.4, 1.0])
    assert little.names == {"s.2": "name 2"}


def test_a_topic_that_took_up_others_is_named_anew() -> None:
    before = ancestry((1, EAST, passages("a", 8)), (2, NORTH, passages("b", 2)))
    found = inherit("s", fresh((EAST, passages("a", 8) + passages("b", 2))), before, SPEC)
    assert found.ids == ("s.1",)
    assert found.names == {}


def test_likeness_is_seen_from_the_middle_of_the_survey() -> None:
    """Vectors of one encoder all lean one way: what they share says nothing about which matter it is."""
    common = np.array([0.0, 0.0, 3.0])
    one, other = (tuple(np.add(each, common).tolist()) for each in (EAST, NORTH))
    before = ancestry((1, one, passages("a", 5)))
    new = fresh((other, passages("n", 5)))
    assert inherit("s", new, before, SPEC).ids == ("s.1",)
    seen = inherit("s", replace(new, middle=common.astype(np.float32)), before, SPEC)
    assert seen.ids == ("s.2",)
    same = replace(fresh((one, passages("n", 5))), middle=common.astype(np.float32))
    assert inherit("s", same, before, SPEC).ids == ("s.1",)
    in_it = replace(fresh((tuple(common.tolist()), passages("n", 5))), middle=common.astype(np.float32))
    assert inherit("s", in_it, before, SPEC).ids == ("s.2",)
