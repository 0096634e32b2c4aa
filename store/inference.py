"""Other respondents who would give the same published tables: what nobody can rule out.

In every country the groups that cells count can lie inside one another: respondent number i of the country makes a claim with the
values of a key, and no others, if the key's cell there is at least i. So any whole numbers at which no part is larger than its whole
are the counts of some respondents, whatever the tables share; and what is told of a region or of everywhere is the sum of the
countries. A ``World`` is such numbers, made from the true ones by raising and lowering cells, with each change made good in other
countries as far as it can be. What it leaves as it was may be shown beside what it changes.

Nothing has to be solved for that: a world is right by construction, or is checked by what it changed. The search for other cells
to suppress by examples in which a secret number is not small is that of Kelly, Golden and Assad (“Cell suppression: disclosure
protection for sensitive tabular data”, Networks 1992); see also Hundepool et al., *Statistical Disclosure Control* (Wiley 2012),
chapter 4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from typing import NamedTuple

from store.declared import Key, is_local

#: The place that holds all countries.
EVERYWHERE = "*"
_NO_LIMIT = 1 << 40
#: How often what a key gained or lost is made good: wholes may be raised after their turn.
_ROUNDS = 3


class Node(NamedTuple):
    """A cell: the number of a key, and a country's code, ``region:`` with its name, or ``EVERYWHERE``."""

    key: int
    place: str


@dataclass(frozen=True)
class Counts:
    """True counts of distinct respondents.

    Attributes:
        keys: the keys that are counted, those before that say less; the first one is empty.
        leaves: for each key, the count in every country where it is not 0.
        regions: the region of each country.
    """

    keys: Sequence[Key]
    leaves: Sequence[Mapping[str, int]]
    regions: Mapping[str, str]

    @cached_property
    def local(self) -> tuple[bool, ...]:
        """Whether each key is told by country and region."""
        return tuple(is_local(key.shape) for key in self.keys)

    @cached_property
    def above(self) -> tuple[tuple[int, ...], ...]:
        """The keys that say a step less than each."""
        number = {key: at for at, key in enumerate(self.keys)}
        return tuple(tuple(number[above] for above in key.above()) for key in self.keys)

    @cached_property
    def below(self) -> tuple[tuple[int, ...], ...]:
        """The keys that say a step more than each."""
        found: list[list[int]] = [[] for _ in self.keys]
        for key, above in enumerate(self.above):
            for whole in above:
                found[whole].append(key)
        return tuple(map(tuple, found))

    @cached_property
    def wholes(self) -> tuple[tuple[int, ...], ...]:
        """All keys that say less than each."""
        found: list[tuple[int, ...]] = []
        for above in self.above:
            found.append(tuple(sorted({*above, *(whole for each in above for whole in found[each])})))
        return tuple(found)

    @cached_property
    def sums(self) -> tuple[dict[str, int], ...]:
        """For each key, the counts of its regions and of everywhere."""
        found = []
        for leaves in self.leaves:
            sums = {EVERYWHERE: sum(leaves.values())}
            for country, count in leaves.items():
                region = self.region(country)
                sums[region] = sums.get(region, 0) + count
            found.append(sums)
        return tuple(found)

    def region(self, country: str) -> str:
        """Return the place that is a country's region."""
        return f"region:{self.regions[country]}"

    def count(self, node: Node) -> int:
        """Return the true count of a cell."""
        known = self.leaves if node.place in self.regions else self.sums
        return known[node.key].get(node.place, 0)

    def places(self, key: int, place: str) -> tuple[str, ...]:
        """Return the places at which a key is told and that hold a place, itself first."""
        if place == EVERYWHERE or not self.local[key]:
            return (EVERYWHERE,)
        return (place, self.region(place), EVERYWHERE) if place in self.regions else (place, EVERYWHERE)

    def nodes(self) -> Iterator[Node]:
        """Yield all cells that are declared and not 0."""
        for key, local in enumerate(self.local):
            if local:
                yield from (Node(key, country) for country in self.leaves[key])
            yield from (Node(key, place) for place in self.sums[key] if local or place == EVERYWHERE)

    def within(self, place: str) -> Iterable[str]:
        """Return the countries of a place."""
        if place in self.regions:
            return (place,)
        return [country for country in self.regions if place in (EVERYWHERE, self.region(country))]


class World:
    """Counts of other respondents, as changes of the true ones.

    Args:
        counts: the true ones.
        hidden: the cells that are suppressed already: they change at no price.
        thorough: whether, to make good what a part lost, its suppressed wholes in another country are raised with it.
    """

    def __init__(self, counts: Counts, hidden: Collection[Node], *, thorough: bool = False) -> None:
        self._counts = counts
        self._hidden = hidden
        self._thorough = thorough
        self._changed: dict[int, dict[str, int]] = {}
        self._nets: dict[int, dict[str, int]] = {}
        self._free: Node | None = None
        self._beside: Node | None = None
        self._waiting: list[int] = []

    def count(self, node: Node) -> int:
        """Return the count of a cell in this world."""
        if node.place in self._counts.regions:
            return self._at(node.key, node.place)
        return self._counts.count(node) + self._nets.get(node.key, {}).get(node.place, 0)

    def changes(self) -> set[Node]:
        """Return the declared cells that have another count here."""
        local, leaves = self._counts.local, self._counts.leaves
        found = {
            Node(key, country)
            for key, changed in self._changed.items()
            if local[key]
            for country, count in changed.items()
            if count != leaves[key].get(country, 0)
        }
        for key, nets in self._nets.items():
            found |= {Node(key, place) for place, net in nets.items() if net and (local[key] or place == EVERYWHERE)}
        return found

    def holds(self) -> bool:
        """Say whether there can be such respondents: no part larger than its whole, and zeros and others what they were."""
        known = self._counts
        for key, changed in self._changed.items():
            for country, count in changed.items():
                if count < 0 or any(count > self._at(whole, country) for whole in known.above[key]):
                    return False
                if any(self._at(part, country) > count for part in known.below[key]):
                    return False
        return all((self.count(node) > 0) == (known.count(node) > 0) for node in self.changes())

    def raise_node(self, node: Node, least: int, besides: Node | None = None) -> None:
        """Raise a cell to ``least``, with the wholes that would be smaller in the same country; make good what else changed.

        ``besides`` is the part of it that is to stay as it is: where it has the same key, it is raised elsewhere.
        """
        self._free, self._beside = node, besides
        inside = self._room_inside(node, besides)
        missing = least - self.count(node)
        for country in sorted(inside, key=lambda country: -inside[country]):
            step = min(inside[country], missing)
            if step > 0:
                self._set(node.key, country, self._at(node.key, country) + step)
                missing -= step
        if missing > 0 and inside:
            best = max(inside, key=lambda country: (self._ceiling(node.key, country), country))
            self._raise(node.key, best, self._at(node.key, best) + missing)
        self._make_good()

    def lower_node(self, node: Node, most: int, besides: Node | None = None) -> None:
        """Lower a cell to ``most``, with the parts that would be larger; make good what else changed. ``besides`` stays as it is."""
        self._free, self._beside = node, besides
        inside = [country for country in self._counts.within(node.place) if country in self._counts.leaves[node.key]]
        self._lower_somewhere(node.key, self.count(node) - most, inside)
        self._make_good()

    def raise_all(self, node: Node, least: int, besides: Node | None = None) -> None:
        """Raise a cell with all of its wholes, and make nothing good: that is always possible."""
        known = self._counts
        inside = [country for country in self._inside(node, besides) if country in known.leaves[node.key]]
        best = max(inside, key=lambda country: (self._ceiling(node.key, country), country))
        self._raise(node.key, best, self._at(node.key, best) + least - self.count(node))

    def _room_inside(self, node: Node, besides: Node | None) -> dict[str, int]:
        # Where a key is told by country its zeros are shown and stay.
        leaves = self._counts.leaves[node.key]
        return {
            country: self._ceiling(node.key, country) - self._at(node.key, country)
            for country in self._inside(node, besides)
            if country in leaves or not self._counts.local[node.key]
        }

    def _inside(self, node: Node, besides: Node | None) -> Iterable[str]:
        inside = self._counts.within(node.place)
        if besides is None or besides.key != node.key:
            return inside
        return [country for country in inside if besides.place not in (country, self._counts.region(country))]

    def _at(self, key: int, country: str) -> int:
        changed = self._changed.get(key)
        if changed is not None and country in changed:
            return changed[country]
        return self._counts.leaves[key].get(country, 0)

    def _ceiling(self, key: int, country: str) -> int:
        return min((self._at(whole, country) for whole in self._counts.above[key]), default=_NO_LIMIT)

    def _floor(self, key: int, country: str) -> int:
        parts = max((self._at(part, country) for part in self._counts.below[key]), default=0)
        return max(parts, 1) if self._counts.local[key] else parts

    def _set(self, key: int, country: str, count: int) -> None:
        step = count - self._at(key, country)
        self._changed.setdefault(key, {})[country] = count
        if key not in self._nets:
            self._nets[key] = {}
        nets = self._nets[key]
        for place in (self._counts.region(country), EVERYWHERE):
            nets[place] = nets.get(place, 0) + step
        heappush(self._waiting, key)

    def _raise(self, key: int, country: str, least: int) -> None:
        for each in (*self._counts.wholes[key], key):
            if self._at(each, country) < least:
                self._set(each, country, least)

    def _lower(self, key: int, country: str, most: int) -> None:
        if self._at(key, country) > most:
            self._set(key, country, most)
            for part in self._counts.below[key]:
                self._lower(part, country, most)

    def _make_good(self) -> None:
        """Undo in other countries what regions and everywhere gained or lost, general keys first: parts follow their wholes."""
        done: Counter[int] = Counter()
        while self._waiting:
            key = heappop(self._waiting)
            if done[key] == (_ROUNDS if self._thorough else 1):
                continue
            done[key] += 1
            nets = self._nets[key]
            if self._counts.local[key]:
                for region in [place for place, net in nets.items() if net and place != EVERYWHERE and self._kept(Node(key, place))]:
                    self._counter(key, -nets[region], region)
            if nets[EVERYWHERE] and self._kept(Node(key, EVERYWHERE)):
                self._counter(key, -nets[EVERYWHERE], EVERYWHERE)

    def _kept(self, node: Node) -> bool:
        """Whether a cell is better left as it is: it is declared, not suppressed yet, and not the one that is to change."""
        return node != self._free and node not in self._hidden and (node.place == EVERYWHERE or self._counts.local[node.key])

    def _counter(self, key: int, step: int, place: str) -> None:
        others = [country for country in self._counts.within(place) if self._may_change(key, country)]
        if step > 0:
            self._raise_somewhere(key, step, others)
        else:
            self._lower_somewhere(key, -step, [country for country in others if country in self._counts.leaves[key]])

    def _may_change(self, key: int, country: str) -> bool:
        if self._free is None or (self._counts.local[key] and country not in self._counts.leaves[key]):
            return False
        # What was changed on purpose is not undone there.
        if self._at(key, country) != self._counts.leaves[key].get(country, 0):
            return False
        fixed = (node.place for node in (self._free, self._beside) if node is not None and node.key == key)
        return not any(place in (country, self._counts.region(country)) for place in fixed)

    def _prices(self, key: int, countries: Sequence[str]) -> list[tuple[bool, str]]:
        """Return the countries with whether a change there has a price; those in regions that change anyway come first."""
        local = self._counts.local[key]

        def price(country: str) -> tuple[int, int]:
            if not local:
                return (0, 0)
            region = Node(key, self._counts.region(country))
            moved = self._nets.get(key, {}).get(region.place, 0) != 0
            return (not moved and self._kept(region), Node(key, country) not in self._hidden)

        return [(local and price(country)[1] == 1, country) for country in sorted(countries, key=price)]

    def _raise_somewhere(self, key: int, step: int, countries: Sequence[str]) -> None:
        priced = self._prices(key, countries)
        left = self._spread(key, step, priced, lambda country: self._ceiling(key, country) - self._at(key, country), 1)
        if left <= 0 or not self._thorough:
            return
        for _, country in priced:
            least = self._at(key, country) + left
            short = [each for each in (*self._counts.wholes[key], key) if self._at(each, country) < least]
            if all(Node(each, country) in self._hidden or not self._counts.local[each] for each in short):
                self._raise(key, country, least)
                return

    def _lower_somewhere(self, key: int, step: int, countries: Sequence[str]) -> None:
        priced = self._prices(key, countries)
        left = self._spread(key, step, priced, lambda country: self._at(key, country) - self._floor(key, country), -1)
        for country in sorted(countries, key=lambda country: (-self._at(key, country), country)):
            if left <= 0:
                return
            cut = min(left, self._at(key, country) - 1)
            if cut > 0:
                self._lower(key, country, self._at(key, country) - cut)
                left -= cut

    def _spread(self, key: int, step: int, priced: Sequence[tuple[bool, str]], room: Callable[[str], int], sign: int) -> int:
        """Change a key in several countries by ``step`` in all, as far as there is room, and return what is left of it."""
        free = [country for costly, country in priced if not costly]
        rooms = {country: room(country) for costly, country in priced if costly}
        # Of those that will have to be suppressed too, one that suffices is better than several.
        dear = sorted(rooms, key=lambda country: (rooms[country] < step, rooms[country] if rooms[country] >= step else -rooms[country]))
        for country in (*free, *dear):
            if step <= 0:
                return 0
            part = min(step, room(country))
            if part > 0:
                self._set(key, country, self._at(key, country) + sign * part)
                step -= part
        return step
