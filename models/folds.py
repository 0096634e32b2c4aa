"""Folds for cross-validation that never part what is alike: a family, or a passage and its translations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from models.labels import LabelledPassage


def folds(rows: Sequence[LabelledPassage], count: int) -> list[int]:
    """Return the fold (0 to count - 1) of each row: the largest group first, each into the fold that is smallest by then."""
    groups = _groups(rows)
    members: dict[str, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        members[group].append(place)
    found = [0] * len(rows)
    sizes = [0] * count
    for _, places in sorted(members.items(), key=lambda item: (-len(item[1]), item[0])):
        smallest = sizes.index(min(sizes))
        sizes[smallest] += len(places)
        for place in places:
            found[place] = smallest
    return found


def _groups(rows: Sequence[LabelledPassage]) -> list[str]:
    """Name each row's group: its family, or itself; families that a translation ties together have one name."""
    family = {row.id: row.family or row.id for row in rows}
    leader = {name: name for name in family.values()}

    def lead(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    for row in rows:
        if row.original is not None:
            # Translations of one passage belong together even where that passage is not among the rows.
            of_original = family.get(row.original, f"original {row.original}")
            leader.setdefault(of_original, of_original)
            one, other = lead(family[row.id]), lead(of_original)
            leader[max(one, other)] = min(one, other)
    return [lead(family[row.id]) for row in rows]
