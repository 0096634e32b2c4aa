"""Claims: which actor acts by which mechanism on which right within a passage."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from models.coding import Claim, Code, Span
from models.reading import Reading
from models.selection import Picks

_FAR = 1_000_000


def claims(reading: Reading, picks: Picks, mode: str, direction: str, effect: str) -> tuple[Claim, ...]:
    """Return one claim per actor and right, with the mechanism that fits; with several actors, what stands nearest to each.

    Of several mechanisms and rights an actor gets those of its own sentence; where its sentence names none, the best of all.
    """
    actors = list(picks.get("actor", {}).values())
    mechanisms = list(picks.get("mechanism", {}).values())
    rights = list(picks.get("right", {}).values())
    made: list[Claim] = []
    for actor in actors:
        alone = len(actors) == 1
        mechanism = _best(mechanisms) if alone else _nearest(actor, _beside(reading, actor, mechanisms))
        own_rights: Sequence[Code | None] = (rights if alone else _beside(reading, actor, rights)) or [None]
        for right in own_rights:
            places = {place for code in (actor, mechanism, right) if code is not None for place in code.spans}
            made.append(
                Claim(
                    actor.code,
                    mechanism.code if mechanism else None,
                    right.code if right else None,
                    mode,
                    direction,
                    effect,
                    tuple(sorted(places)),
                )
            )
    return tuple(made)


def _best(codes: Sequence[Code]) -> Code | None:
    return max(codes, key=lambda c: (c.confidence, c.code), default=None)


def _nearest(actor: Code, codes: Sequence[Code]) -> Code | None:
    return min(codes, key=lambda c: (_distance(actor.spans, c.spans), -c.confidence, c.code), default=None)


def _distance(some: Sequence[Span], others: Sequence[Span]) -> int:
    """Return the code points between the nearest two, in one sweep: a long text has thousands of places."""
    nearest, ends = _FAR, [-_FAR, -_FAR]
    for start, end, side in sorted([(s.start, s.end, 0) for s in some] + [(s.start, s.end, 1) for s in others]):
        nearest = min(nearest, max(start - ends[1 - side], 0))
        ends[side] = max(ends[side], end)
    return nearest


def _beside(reading: Reading, actor: Code, codes: Sequence[Code]) -> list[Code]:
    own = _sentences(reading, actor.spans)
    beside = [code for code in codes if own & _sentences(reading, code.spans)]
    best = _best(codes)
    return beside or ([best] if best else [])


def _sentences(reading: Reading, places: Iterable[Span]) -> set[int]:
    starts, numbers = reading.words.starts, reading.words.sentences
    return {number for place in places for number in numbers[bisect_left(starts, place.start) : bisect_left(starts, place.end)]}
