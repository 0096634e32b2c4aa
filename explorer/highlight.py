"""Cuts a quote where its codes begin and end, so that every piece can show all the codes that were read from it; and joins spans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Segment:
    """A piece of a text and the numbers of the marks that cover it, lowest first."""

    text: str
    marks: tuple[int, ...] = ()


def segments(text: str, marks: Sequence[Iterable[tuple[int, int]]]) -> list[Segment]:
    """Return the pieces of ``text``, in order and without loss; ``marks[i]`` holds the spans of mark ``i``.

    Spans are code points; they may overlap, touch and nest. Ends beyond the text are cut to it, empty spans are dropped.
    """
    spans = [(max(start, 0), min(end, len(text)), mark) for mark, of_mark in enumerate(marks) for start, end in of_mark]
    spans = [span for span in spans if span[0] < span[1]]
    cuts = sorted({0, len(text), *(start for start, _, _ in spans), *(end for _, end, _ in spans)})
    return [
        Segment(text[start:end], tuple(sorted({mark for first, last, mark in spans if first <= start and end <= last})))
        for start, end in pairwise(cuts)
    ]


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the places that the spans cover, in order, each once: overlapping and nested ones become one."""
    places: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if places and start <= places[-1][1]:
            places[-1] = (places[-1][0], max(end, places[-1][1]))
        else:
            places.append((start, end))
    return places
