"""The geometry of the map of topics: outlines around their points, and places for their names where they cover no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
_Box = tuple[float, float, float, float]  # left, top, right, bottom, px

#: Points further from the middle of their topic than so many times the median distance are left outside its outline.
_FAR = 2.6
_ROUND = 10  # corners of the circle that rounds an outline off
_FEWEST = 4
_LINE = 1.22  # height of a line of text, in font sizes
_LATIN, _WIDE = 0.51, 1.0  # width of a letter, in font sizes
_MARGIN = 3.0  # px between two names
_FOREIGN = 30  # a name that lies wholly on another topic is as bad as so many covered points


@dataclass(frozen=True)
class Frame:
    """A part of the map and how large it is drawn, in px."""

    x: tuple[float, float]
    y: tuple[float, float]
    width: float
    height: float

    def pixels(self, points: Points) -> Points:
        """Return where points (n, 2) are drawn, from the upper left corner."""
        across = (points[:, 0] - self.x[0]) / (self.x[1] - self.x[0]) * self.width
        down = (self.y[1] - points[:, 1]) / (self.y[1] - self.y[0]) * self.height
        return np.column_stack([across, down])

    def place(self, across: float, down: float) -> tuple[float, float]:
        """Return the point of the map that is drawn there."""
        return (
            self.x[0] + across / self.width * (self.x[1] - self.x[0]),
            self.y[1] - down / self.height * (self.y[1] - self.y[0]),
        )


@dataclass(frozen=True)
class Name:
    """A name to be placed: its lines, its size, and the outline that it belongs to."""

    topic: str
    lines: tuple[str, ...]
    font: float
    outline: Points

    @property
    def width(self) -> float:
        """Return the width in px, estimated."""
        return max(sum(_WIDE if ord(letter) >= 0x1100 else _LATIN for letter in line) for line in self.lines) * self.font

    @property
    def height(self) -> float:
        """Return the height in px."""
        return len(self.lines) * self.font * _LINE


def bounds(points: Points, margin: float = 0.04) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ranges of x and y that hold all points (n, 2), with a margin; a single point gets room around it."""
    if not len(points):
        return (0.0, 1.0), (0.0, 1.0)
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.where(high > low, (high - low) * margin, 0.5)
    (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
    return (left, right), (bottom, top)


def spread(points: Points) -> Callable[[Points], Points]:
    """Return what moves points (n, 2) so that crowded parts of the map get room and empty ones give some up.

    Along each axis the order stays; half of a place is where it was, half its rank among ``points``. On a map of this kind distances
    between far places mean nothing, while a crowd that is drawn as one blot cannot be read.
    """
    axes = []
    for axis in (0, 1):
        known = np.sort(points[:, axis]) if len(points) else np.zeros(1)
        room = float(known[-1] - known[0]) or 1.0
        values, first = np.unique(known, return_index=True)
        axes.append((values, 0.5 * (values - known[0]) / room + 0.5 * first / max(len(known) - 1, 1)))
    return lambda moved: np.column_stack([np.interp(moved[:, axis], *axes[axis]) for axis in (0, 1)])


def outline(points: Points, radius: float) -> Points:
    """Return a rounded convex outline around most of the points (n, 2), as its corners in order; fewer than four points have none.

    Points far from the middle are left out: one stray passage would stretch the outline over other topics.
    """
    if len(points) < _FEWEST:
        return np.empty((0, 2))
    far = np.linalg.norm(points - np.median(points, axis=0), axis=1)
    near = points[far <= max(_FAR * float(np.median(far)), 1e-9)]
    angles = [2 * pi * step / _ROUND for step in range(_ROUND)]
    circle = radius * np.array([(cos(angle), sin(angle)) for angle in angles])
    around = (_hull(near)[:, None, :] + circle[None, :, :]).reshape(-1, 2)
    return _hull(around)


def wrapped(name: str, longest: int, lines: int = 2) -> tuple[str, ...]:
    """Return a name in lines of at most ``longest`` letters; what does not fit ends in an ellipsis."""
    made: list[str] = []
    for word in name.split():
        if made and len(made[-1]) + 1 + len(word) <= longest:
            made[-1] += f" {word}"
        else:
            made.append(word)
    kept = [line if len(line) <= longest else f"{line[: longest - 1]}…" for line in made[:lines]]
    if len(made) > lines:
        kept[-1] = f"{kept[-1].rstrip('…,')[: longest - 1]}…"
    return tuple(kept) or ("",)


def placed(names: Iterable[Name], frame: Frame, points: Points) -> dict[str, tuple[float, float]]:
    """Return where names stand, as the middle of their upper edge on the map; the first come first, one without room is left out.

    Greedy: each name takes, of the places above, below, upon and beside its outline that are free, the one that covers fewest points
    and stands least on the outlines of others, where it would be taken for theirs.
    """
    given = list(names)
    drawn = frame.pixels(points)
    outlines = {name.topic: _box(frame.pixels(name.outline)) for name in given}
    taken: list[_Box] = []
    found: dict[str, tuple[float, float]] = {}
    for name in given:
        others = [box for topic, box in outlines.items() if topic != name.topic]
        free = [box for box in _places(name, outlines[name.topic]) if _inside(box, frame) and not any(_meet(box, other) for other in taken)]
        if free:
            best = min(free, key=lambda box, others=others: _covered(box, drawn) + _FOREIGN * sum(_shared(box, other) for other in others))
            taken.append(best)
            left, top, right, _ = best
            found[name.topic] = frame.place((left + right) / 2, top)
    return found


def _box(corners: Points) -> _Box:
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return left, top, right, bottom


def _places(name: Name, around: _Box) -> Sequence[_Box]:
    left, top, right, bottom = around
    across, down = (left + right) / 2, (top + bottom) / 2
    wide, high = name.width, name.height
    middles = (
        (across, top - high / 2 - 2), (across, bottom + high / 2 + 2), (across, down),
        (across, top + high / 2), (across, bottom - high / 2),
        (right + wide / 2 + 3, down), (left - wide / 2 - 3, down), (right, top - high / 2), (left, top - high / 2),
    )  # fmt: skip
    return [(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2) for x, y in middles]


def _inside(box: _Box, frame: Frame) -> bool:
    return box[0] >= 2 and box[1] >= 2 and box[2] <= frame.width - 2 and box[3] <= frame.height - 2


def _meet(one: _Box, other: _Box) -> bool:
    apart = one[2] + _MARGIN <= other[0] or other[2] + _MARGIN <= one[0] or one[3] + _MARGIN <= other[1] or other[3] + _MARGIN <= one[1]
    return not apart


def _shared(box: _Box, other: _Box) -> float:
    """Return the share of a box that lies on another one."""
    wide, high = min(box[2], other[2]) - max(box[0], other[0]), min(box[3], other[3]) - max(box[1], other[1])
    return max(wide, 0.0) * max(high, 0.0) / ((box[2] - box[0]) * (box[3] - box[1]))


def _covered(box: _Box, drawn: Points) -> int:
    across, down = drawn[:, 0], drawn[:, 1]
    return int(((across > box[0]) & (across < box[2]) & (down > box[1]) & (down < box[3])).sum())


def _hull(points: Points) -> Points:
    """Return the convex hull, counter-clockwise (Andrew's monotone chain, 1979)."""
    ordered = sorted(set(map(tuple, points.tolist())))
    if len(ordered) < 3:
        return np.array(ordered)

    def chain(way: Iterable[tuple[float, ...]]) -> list[tuple[float, ...]]:
        made: list[tuple[float, ...]] = []
        for x, y in way:
            while len(made) > 1 and (made[-1][0] - made[-2][0]) * (y - made[-2][1]) <= (made[-1][1] - made[-2][1]) * (x - made[-2][0]):
                made.pop()
            made.append((x, y))
        return made[:-1]

    return np.array(chain(ordered) + chain(reversed(ordered)))
