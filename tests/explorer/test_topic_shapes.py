from __future__ import annotations

import numpy as np
import pytest

from explorer.topic_shapes import Frame, Name, bounds, outline, placed, spread, wrapped

FRAME = Frame((0.0, 10.0), (0.0, 10.0), 1000, 500)
SQUARE = np.array([(4.0, 4.0), (6.0, 4.0), (6.0, 6.0), (4.0, 6.0)])


def test_a_frame_draws_from_the_upper_left_corner() -> None:
    assert FRAME.pixels(np.array([(0.0, 10.0), (10.0, 0.0)])).tolist() == [[0, 0], [1000, 500]]
    assert FRAME.place(1000, 500) == (10, 0)


def test_bounds_leave_room_around_one_point_and_around_none() -> None:
    assert bounds(np.array([(2.0, 3.0)])) == ((1.5, 2.5), (2.5, 3.5))
    assert bounds(np.empty((0, 2))) == ((0.0, 1.0), (0.0, 1.0))


def test_an_outline_goes_around_its_points_and_leaves_strays_outside() -> None:
    crowd = np.random.default_rng(1).normal(size=(60, 2))
    around = outline(np.vstack([crowd, [(40.0, 40.0)]]), 0.1)
    assert around.max() < 10
    low, high = around.min(axis=0), around.max(axis=0)
    assert (low < np.quantile(crowd, 0.1, axis=0)).all()
    assert (high > np.quantile(crowd, 0.9, axis=0)).all()


@pytest.mark.parametrize("points", [0, 1, 3])
def test_few_points_have_no_outline(points: int) -> None:
    assert outline(np.ones((points, 2)), 0.1).shape == (0, 2)


def test_points_on_one_spot_or_on_a_line_have_an_outline() -> None:
    assert len(outline(np.ones((5, 2)), 0.1)) > 4
    assert len(outline(np.array([(place, 0.0) for place in range(6)]), 0.1)) > 4


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("land, water", ("land, water",)),
        ("land, indigenous, communities, groups", ("land, indigenous,", "communities, groups")),
        ("hours wages overtime contracts unions strikes", ("hours wages overtime", "contracts unions…")),
        ("x" * 30, ("x" * 19 + "…",)),
        ("", ("",)),
    ],
)
def test_names_are_wrapped_and_cut(name: str, lines: tuple[str, ...]) -> None:
    assert wrapped(name, 20) == lines
    assert all(len(line) <= 20 for line in wrapped(name, 20))


def test_names_do_not_meet_and_the_first_comes_first() -> None:
    names = [Name(str(number), ("a name of some length",), 13, SQUARE) for number in range(30)]
    found = placed(names, FRAME, SQUARE)
    assert "0" in found
    assert 1 < len(found) < 30
    boxes = []
    for topic, (x, y) in found.items():
        ((across, down),) = FRAME.pixels(np.array([(x, y)])).tolist()
        name = names[int(topic)]
        boxes.append((across - name.width / 2, down, across + name.width / 2, down + name.height))
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_spreading_keeps_the_order_and_gives_a_crowd_room() -> None:
    crowd = np.linspace(0, 0.01, 99)
    points = np.column_stack([np.append(crowd, 1.0)] * 2)
    moved = spread(points)(points)
    assert (np.diff(moved[:, 0]) > 0).all()
    assert moved[98, 0] - moved[0, 0] > 0.4
    assert (moved >= 0).all()
    assert (moved <= 1).all()
    assert spread(np.ones((3, 2)))(np.ones((3, 2))).shape == (3, 2)
    assert spread(np.empty((0, 2)))(np.empty((0, 2))).shape == (0, 2)
