from __future__ import annotations

from typing import Any

import numpy as np

from explorer.topic_ground import Ground, Topic

TOPICS = [Topic("s.1", "land, water", "#1f5f99", 12), Topic("s.2", "pay", "#c4540e", 2)]


def passage(number: int, topic: str | None) -> dict[str, Any]:
    return {"topic": topic, "membership": "core" if topic else "outlier", "x": float(number % 5), "y": float(number // 5)}


def ground() -> Ground:
    return Ground(TOPICS, [passage(number, "s.1" if number < 12 else "s.2" if number < 14 else None) for number in range(20)])


def test_passages_keep_their_order_along_both_axes() -> None:
    made = ground()
    for axis in "xy":
        drawn = [place[axis] for place in made.places(made.passages)]
        known = [row[axis] for row in made.passages]
        assert np.array_equal(np.argsort(drawn, kind="stable"), np.argsort(known, kind="stable"))
    assert made.places(made.passages[3:4]) == made.places(made.passages)[3:4]
    assert made.points.shape == (20, 2)


def test_a_topic_of_a_few_passages_has_no_outline_and_no_name() -> None:
    made = ground()
    assert (len(made.outlines["s.1"]) > 3, len(made.outlines["s.2"])) == (True, 0)
    assert {row["topic"] for row in made.names(930, 560)} == {"s.1"}


def test_names_are_placed_once_for_each_size() -> None:
    made = ground()
    assert made.names(930, 560) is made.names(930, 560)
    assert made.names(340, 560) is not made.names(930, 560)


def test_an_empty_survey_has_a_ground() -> None:
    made = Ground([], [])
    assert (made.bounds, made.outlines, made.names(930, 560), made.places([])) == (((0.0, 1.0), (0.0, 1.0)), {}, [], [])
