"""The ground of a map of topics: what stays where it is whatever is filtered. It is worked out once for all who look at a survey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from explorer.topic_shapes import Frame, Name, Points, bounds, outline, placed, spread, wrapped

Row = Mapping[str, Any]
Range = tuple[float, float]

_MOST_NAMES = 40


@dataclass(frozen=True)
class Topic:
    """A topic as it is drawn."""

    id: str
    name: str
    colour: str
    size: int


@dataclass(frozen=True, eq=False)
class Ground:
    """A survey's topics, the largest first, and its passages (``topic``, ``membership``, and ``x`` and ``y`` as the store has them)."""

    topics: Sequence[Topic]
    passages: Sequence[Row]
    _named: dict[tuple[float, float], list[dict[str, Any]]] = field(default_factory=dict, repr=False)

    def places(self, passages: Sequence[Row]) -> list[dict[str, float]]:
        """Return where passages are drawn, as ``x`` and ``y``: crowded parts of the map have more room than in the store."""
        return [{"x": round(x, 4), "y": round(y, 4)} for x, y in self._move(_places(passages)).tolist()]

    @cached_property
    def points(self) -> Points:
        """Where all passages are drawn (n, 2)."""
        return _places(self.places(self.passages))

    @cached_property
    def bounds(self) -> tuple[Range, Range]:
        """The ranges of x and y that are drawn."""
        return bounds(self.points)

    @cached_property
    def outlines(self) -> dict[str, Points]:
        """The outline of each topic, around its core members wherever it has any; empty where it has too few."""
        core: dict[str, list[int]] = {}
        weak: dict[str, list[int]] = {}
        for place, passage in enumerate(self.passages):
            if passage["topic"]:
                (core if passage["membership"] == "core" else weak).setdefault(passage["topic"], []).append(place)
        (left, right), (low, high) = self.bounds
        radius = 0.011 * max(right - left, high - low)
        members = {topic.id: core.get(topic.id) or weak.get(topic.id) or [] for topic in self.topics}
        return {topic: outline(self.points[np.array(places, np.intp)], radius) for topic, places in members.items()}

    def names(self, width: float, height: float) -> list[dict[str, Any]]:
        """Return the lines of the topics' names (``x``, ``y``, ``line``, ``font``, ``topic``), placed on a map of so many px."""
        if (width, height) not in self._named:
            self._named[width, height] = self._placed(Frame(*self.bounds, width, height))
        return self._named[width, height]

    @cached_property
    def _move(self) -> Any:
        return spread(_places(self.passages))

    def _placed(self, frame: Frame) -> list[dict[str, Any]]:
        first = self.topics[:_MOST_NAMES]
        largest = max((topic.size for topic in first), default=1)
        names = []
        for topic in first:
            if len(self.outlines[topic.id]):
                font = (11 + 3 * (topic.size / max(largest, 1)) ** 0.5) * (0.9 if frame.width < 480 else 1)
                lines = wrapped(topic.name, 22 if frame.width > 480 else 16)
                names.append(Name(topic.id, lines, round(font, 1), self.outlines[topic.id]))
        found = placed(names, frame, self.points)
        high = (frame.y[1] - frame.y[0]) / frame.height
        return [
            {
                "x": found[name.topic][0],
                "y": found[name.topic][1] - (line + 0.5) * name.font * 1.22 * high,
                "line": text,
                "font": name.font,
                "topic": name.topic,
            }
            for name in names
            if name.topic in found
            for line, text in enumerate(name.lines)
        ]


def _places(rows: Sequence[Row]) -> Points:
    return np.array([(row["x"], row["y"]) for row in rows], dtype=np.float64).reshape(-1, 2)
