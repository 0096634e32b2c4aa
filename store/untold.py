"""Which cells of the declared tables are told, which are withheld, and which are known to be 0.

A suppressed count is one of few. Where it is a margin, its cells would tell what these few said, even without any number: that one
of them is suppressed says that somebody said so, and a 0 that nobody did. So what belongs to a margin that is withheld is withheld
as a whole, zeros too, unless it is large enough to be shown by itself or follows from another margin that is 0. Hundepool et al.
(*Statistical Disclosure Control*, Wiley 2012, chapter 4.2.2) call this group disclosure. It only takes away: whatever was proved of
a table holds for one that shows less.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import product

from store.declared import Key, is_local, shapes
from store.inference import EVERYWHERE, Counts, Node


@dataclass(frozen=True)
class Cell:
    """A cell that is not known to be 0: ``count`` is None where it is withheld."""

    place: str
    key: Key
    count: int | None


def told(counts: Counts, hidden: Collection[Node]) -> Iterator[Cell]:
    """Yield the cells that are shown or withheld; all others are 0, and may be known to be.

    Args:
        counts: the true counts.
        hidden: the cells that are suppressed.
    """
    numbers = {key: number for number, key in enumerate(counts.keys)}
    withheld: dict[tuple[Key, str], bool] = {}
    for key in _keys(counts):
        for place in _places(counts, key):
            margins = [withheld.get(margin) for margin in _margins(counts, key, place)]
            node = Node(numbers[key], place) if key in numbers else None
            count = counts.count(node) if node is not None else 0
            if node is not None and count and node not in hidden:
                withheld[key, place] = False
                yield Cell(place, key, count)
            elif count or (None not in margins and True in margins):
                withheld[key, place] = True
                yield Cell(place, key, None)


def _keys(counts: Counts) -> Iterator[Key]:
    """Yield all keys of values that anybody claimed, those that say less first; no claim need have all of its values."""
    met = {name: sorted({value for key in counts.keys if (value := getattr(key, name)) is not None}) for name in Key._fields}
    for shape in shapes():
        yield from (Key(**dict(zip(shape, values, strict=True))) for values in product(*(met[name] for name in shape)))


def _places(counts: Counts, key: Key) -> tuple[str, ...]:
    """Return the places at which a key is told, the larger ones first."""
    if not is_local(key.shape):
        return (EVERYWHERE,)
    return (EVERYWHERE, *sorted({counts.region(country) for country in counts.regions}), *sorted(counts.regions))


def _margins(counts: Counts, key: Key, place: str) -> Iterator[tuple[Key, str]]:
    """Yield what a cell is a part of: the same place with a value less, and the same values in the next larger place."""
    yield from ((above, place) for above in key.above())
    if place != EVERYWHERE:
        yield key, counts.region(place) if place in counts.regions else EVERYWHERE
