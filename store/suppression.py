"""Which cells of the declared tables are suppressed, so that nobody can read, or work out, that somebody is one of a few.

A count from 1 to one less than the threshold is suppressed (primary suppression). What would give it away is suppressed too
(secondary suppression): other countries of its sums, and cells that differ by so few from one that holds them, because a whole
less a part is a count as well. Zeros are shown. Why a cell is suppressed is not said apart, as it would tell the two kinds from
one another. All tables of a survey are judged together: a cell that several share is one.

The rules are those that statistical offices and trusted research environments apply: ACRO (Smith, Albashir, Bacon et al., “SACRO:
Semi-Automated Checking of Research Outputs”, 2023) checks a threshold of 10 and tables that differ by few; OpenSAFELY suppresses
small counts and rounds the rest before anything leaves; Hundepool et al., *Statistical Disclosure Control* (Wiley 2012), chapter 4,
describe complementary suppression, linked tables and their audit. What is not promised: that a count of 0, or one that equals its
whole, tells nothing about a group (chapter 4.2.2 there).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from store.inference import EVERYWHERE, Counts, Node, World
from taxonomy.errors import StoreError

#: Fewer distinct respondents than this are not told to anybody inside either.
INTERNAL_THRESHOLD = 5

#: What partners and the public see at least, where a survey says nothing else.
OUTSIDE_THRESHOLD = 10

#: Public counts are multiples of this.
PUBLIC_BASE = 5

#: Tables that are not proved safe by then are not shown.
_SECONDS = 300.0

#: A region, and everywhere, are told to more people: one is suppressed only where so many countries would have to go instead.
_COST_OF_REGION = 4.0
_COST_OF_EVERYWHERE = 12.0
#: How many answered is the measure of all else that is told of a place.
_COST_OF_ALL = 20.0


@dataclass(frozen=True)
class Secret:
    """A number that must stay open: a cell, or what is left of ``whole`` without its part ``less``."""

    whole: Node
    less: Node | None = None

    def value(self, count: Callable[[Node], int]) -> int:
        """Return the number."""
        return count(self.whole) - (0 if self.less is None else count(self.less))


@dataclass
class Suppressed:
    """The cells that are suppressed, and for each secret a world that agrees with all others and in which it is not small."""

    hidden: set[Node] = field(default_factory=set)
    worlds: dict[Secret, World] = field(default_factory=dict)


def suppressed(counts: Counts, threshold: int) -> Suppressed:
    """Return which cells must not be shown.

    Shown beside the others, no count from 1 to ``threshold`` − 1 can be told to be one: neither a cell's, nor what is left of one
    without a part of it. Each such number could as well be ``threshold`` or more, by a world that keeps to all that is shown. A
    world that was found stays one when more is suppressed, so every secret needs one once.

    Raises:
        StoreError: the threshold would protect nobody, or there is so much to count that no proof was found in time.
    """
    checked_threshold(threshold)
    ends = time.monotonic() + _SECONDS
    by_node = _secrets(counts, threshold)
    found = Suppressed(hidden={node for node, secrets in by_node.items() if Secret(node) in secrets})
    # What says most comes first: where it is raised, so is what holds it, and one world does for all of them.
    order = sorted(by_node, key=lambda node: (node not in found.hidden, -node.key))
    for secret in (secret for node in order for secret in by_node[node]):
        if secret in found.worlds:
            continue
        if time.monotonic() > ends:
            raise StoreError(f"there is too much to count: in {_SECONDS:.0f} seconds it could not be proved that nobody is given away")
        world = _cheapest(counts, secret, threshold, found.hidden)
        changes = world.changes()
        found.hidden |= changes
        for node in changes:
            for other in by_node.get(node, ()):
                if other not in found.worlds and other.value(world.count) >= threshold:
                    found.worlds[other] = world
    return found


def checked_threshold(threshold: int) -> int:
    """Return a threshold of disclosure control.

    Raises:
        StoreError: it is no whole number of 2 or more, and would protect nobody.
    """
    if isinstance(threshold, bool) or not isinstance(threshold, int) or threshold < 2:
        raise StoreError(
            f"a threshold of {threshold} protects nobody; give a whole number of 2 or more. Counts of fewer respondents are not shown"
        )
    return threshold


def withheld_reason(threshold: int) -> str:
    """Return why a cell is not shown, in the same words for all of them."""
    return f"fewer than {threshold} respondents, or a number that would give such a one away"


def rounded(count: int, base: int, threshold: int) -> int:
    """Return a count as the nearest multiple of ``base`` (halves up), but of those below the threshold none other than 0."""
    if count == 0:
        return 0
    nearest = (count + base // 2) // base * base
    return nearest if nearest >= threshold else -(-threshold // base) * base


def band(count: int, width: int = OUTSIDE_THRESHOLD) -> str:
    """Return the band that stands for a denominator: “fewer than 10”, “10–19” and so on by ``width``."""
    checked_threshold(width)
    least = count // width * width
    return f"{least}–{least + width - 1}" if least else f"fewer than {width}"


def _secrets(counts: Counts, threshold: int) -> dict[Node, list[Secret]]:
    """Return all that is small, under each cell that it is told from: small cells, and small rests."""
    found: dict[Node, list[Secret]] = {}
    for node in counts.nodes():
        count = counts.count(node)
        if count < threshold:
            found.setdefault(node, []).insert(0, Secret(node))
        for whole in _holding(counts, node):
            if 0 < counts.count(whole) - count < threshold:
                secret = Secret(whole, node)
                found.setdefault(node, []).append(secret)
                found.setdefault(whole, []).append(secret)
    return found


def _holding(counts: Counts, node: Node) -> Iterator[Node]:
    """Yield the cells whose respondents are all of a cell's and others."""
    for key in (node.key, *counts.wholes[node.key]):
        for place in counts.places(key, node.place):
            if (key, place) != node:
                yield Node(key, place)


def _cheapest(counts: Counts, secret: Secret, threshold: int, hidden: set[Node]) -> World:
    """Return the world that costs least among those in which a secret is not small."""
    best: tuple[float, World] | None = None
    plans = list(_plans(counts, secret, threshold))
    for thorough, plan in ((thorough, plan) for thorough in (False, True) for plan in plans):
        if thorough and best is not None and all(node.place in counts.regions for node in best[1].changes() - hidden):
            break
        world = World(counts, hidden, thorough=thorough)
        plan(world)
        if secret.value(world.count) >= threshold and world.holds():
            cost = sum(_cost(counts, node) for node in world.changes() - hidden)
            if best is None or cost < best[0]:
                best = cost, world
            if cost == 0:
                break
    if best is None:
        raise StoreError("the declared tables cannot be shown safely: a cell was found that nothing hides")
    return best[1]


def _plans(counts: Counts, secret: Secret, threshold: int) -> Iterator[Callable[[World], None]]:
    whole, less = secret.whole, secret.less
    count = counts.count(whole)
    if less is None:
        # So much more that what is left of it without any part is not small either; and, where that is too much, no more than needed.
        yield lambda world: world.raise_node(whole, count + threshold)
        yield lambda world: world.raise_node(whole, threshold)
        yield lambda world: world.raise_all(whole, threshold)
        return
    part = counts.count(less)
    if count > threshold:
        yield lambda world: world.lower_node(less, count - threshold, whole)
    yield lambda world: world.raise_node(whole, part + threshold, less)
    if count <= threshold:

        def both(world: World) -> None:
            world.lower_node(less, 1)
            world.raise_node(whole, threshold + 1, less)

        yield both
    yield lambda world: world.raise_all(whole, part + threshold, less)


def _cost(counts: Counts, node: Node) -> float:
    at = 1.0 if node.place in counts.regions else _COST_OF_EVERYWHERE if node.place == EVERYWHERE else _COST_OF_REGION
    return at * (_COST_OF_ALL if node.key == 0 else 1.0) * math.log(counts.count(node) + 2)
