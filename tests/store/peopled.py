"""Made-up respondents with their claims, counted and made up anew from counts: nothing here uses what is tested."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

from store.declared import Key, shapes
from store.inference import EVERYWHERE, Counts, Node
from taxonomy.families import family, told_apart

REGIONS = {"BRA": "South", "PER": "South", "KOR": "East", "JPN": "East", "": ""}
ACTORS = ("bank", "investor", "corporation", "economic_advisor", "lobby", "private_sector")


@dataclass(frozen=True)
class Claim:
    """A settled claim: actor, mechanism, right, effect; None where there is none or it does not count."""

    actor: str
    mechanism: str | None
    right: str | None
    effect: str | None

    def keys(self) -> set[Key]:
        """Return every key under which it is counted."""
        actors = {(None, None), (told_apart(self.actor), None), (None, family(self.actor))}
        found = {
            Key(actor, of, mechanism, right, effect)
            for (actor, of), mechanism, right, effect in product(actors, {None, self.mechanism}, {None, self.right}, {None, self.effect})
        }
        return {key for key in found if key.shape in shapes()}


Person = tuple[str, tuple[Claim, ...]]


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    """Respondents, many of them alike, so that large and small groups, and groups that differ by few, are met."""
    found: list[Person] = []
    claims = st.builds(
        Claim,
        st.sampled_from(ACTORS[: draw(st.integers(1, 6))]),
        st.sampled_from((None, "lobbying", "litigation")),
        st.sampled_from((None, "work", "health")),
        st.sampled_from((None, "harms", "harms", "improves")),
    )
    for _ in range(draw(st.integers(1, 12))):
        one = (draw(st.sampled_from(tuple(REGIONS))), tuple(draw(st.lists(claims, max_size=3))))
        found += [one] * draw(st.integers(1, 14))
    return found


def counted(people: Iterable[Person], keys: Iterable[Key] | None = None) -> Counts:
    """Count respondents one by one; ``keys`` gives the order where it has to be that of other counts."""
    leaves: dict[Key, dict[str, int]] = {}
    for country, claims in people:
        for key in {Key()}.union(*(claim.keys() for claim in claims)):
            by_country = leaves.setdefault(key, {})
            by_country[country] = by_country.get(country, 0) + 1
    order = list(keys) if keys is not None else sorted(leaves, key=lambda key: (shapes().index(key.shape), str(key)))
    assert set(leaves) <= set(order)
    return Counts(order, [leaves.get(key, {}) for key in order], REGIONS)


def respondents_of(counts: Counts, count: Callable[[Node], int]) -> list[Person]:
    """Make up respondents with given counts: in each country the groups lie inside one another."""
    found: list[Person] = []
    for country in REGIONS:
        sizes = {key: count(Node(at, country)) for at, key in enumerate(counts.keys)}
        for number in range(sizes[Key()]):
            found.append((country, tuple(_claim(key) for key, size in sizes.items() if size > number and key != Key())))
    return found


def _claim(key: Key) -> Claim:
    """Make a claim that says what the key does and no more, by an actor who is not told apart."""
    within = {"finance": "economic_advisor", "business": "small_business", None: "private_sector"}
    return Claim(key.actor or within[key.family], key.mechanism, key.right, key.effect)


def declared(counts: Counts) -> dict[Node, int]:
    """Return every declared cell that is not 0."""
    found: dict[Node, int] = {}
    for at, key in enumerate(counts.keys):
        local = len(key.shape) < 2 or key.shape in {("actor", "effect"), ("family", "effect")}
        for country, number in counts.leaves[at].items():
            places = [country, f"region:{REGIONS[country]}"] if local else []
            for place in (*places, EVERYWHERE):
                found[Node(at, place)] = found.get(Node(at, place), 0) + number
    return found


def holds(counts: Counts, whole: Node, part: Node) -> bool:
    """Say whether all respondents of a cell are in another one, by what the cells are."""
    larger, smaller = counts.keys[whole.key], counts.keys[part.key]
    inside = whole.place in (part.place, EVERYWHERE) or whole.place == f"region:{REGIONS.get(part.place)}"
    families = larger.family is None or larger.family in (smaller.family, family(smaller.actor or ""))
    rest = all(getattr(larger, name) in (None, getattr(smaller, name)) for name in ("actor", "mechanism", "right", "effect"))
    return inside and families and rest and whole != part
