"""What somebody can work out who sees a table of counts with cells left out.

The table's cells and margins are the unknowns of a system of whole numbers. Where every respondent has exactly one value of a
dimension, the cells of a line add up to its margin; where a respondent may have several values or none, a cell is a part of its
margin and no more is known. Any whole numbers that keep to this are the counts of some respondents: within each combination of
exclusive values, let the groups lie inside one another. So a value that the system allows is one that nobody can rule out, and the
check needs no bounds that might be too generous: it asks for such numbers themselves.

The audit and the choice of what else to suppress are those of Hundepool et al., *Statistical Disclosure Control* (Wiley 2012),
chapter 4, with Kelly, Golden and Assad's search (“Cell suppression: disclosure protection for sensitive tabular data”, Networks
1992): for each number that must stay open, the cheapest change of the table in which it is not small; what changes is suppressed.
It is done in whole numbers, as the bounds of linear programming can be wider than what is possible in three dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: A solver that has not found an answer by then has found none, and everything is taken to be needed.
_SECONDS = 5.0

Cells = NDArray[np.int64]
Hidden = NDArray[np.bool_]
Costs = NDArray[np.float64]


@dataclass(frozen=True)
class Relation:
    """A margin and cells of one of its lines, as flat places: they add up to it, or else (a single one) it is a part of it."""

    margin: int
    parts: tuple[int, ...]
    adds_up: bool


@dataclass(frozen=True)
class Secret:
    """A number that must stay open: a cell, or what is left of ``cell`` without its part ``less``."""

    cell: int
    less: int | None = None

    def value(self, counts: Cells) -> int:
        """Return the number among counts."""
        return int(counts[self.cell]) - (0 if self.less is None else int(counts[self.less]))


def relations(shape: Sequence[int], exclusive: Sequence[bool]) -> tuple[Relation, ...]:
    """Return how the cells of a table hang together; the last place of every axis is its margin."""
    places = np.arange(int(np.prod(shape))).reshape(tuple(shape))
    found: list[Relation] = []
    for axis, adds_up in enumerate(exclusive):
        for line in np.moveaxis(places, axis, -1).reshape(-1, shape[axis]):
            *parts, margin = (int(place) for place in line)
            if adds_up:
                found.append(Relation(margin, tuple(parts), True))
            else:
                found.extend(Relation(margin, (part,), False) for part in parts)
    return tuple(found)


class Outsider:
    """Somebody who knows a table's layout, the cells that are shown, and that each of the others is at least 1.

    Args:
        counts: the true counts, flat.
        known: how the cells hang together.
    """

    def __init__(self, counts: Cells, known: tuple[Relation, ...]) -> None:
        self._counts = counts
        self._known = known

    def example(self, secret: Secret, least: int, costs: Costs) -> Cells | None:
        """Return other possible counts, in which a secret is ``least`` or more.

        Args:
            secret: the number.
            least: what it is to be at the least.
            costs: what it costs to change each cell by one, infinite where a cell is to stay; the cheapest change is looked for.

        Returns:
            the counts, zeros still zeros and all others at least 1, or None where none were found.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array, csr_array, hstack

        free = np.flatnonzero(np.isfinite(costs) & (self._counts > 0))
        column = {int(cell): at for at, cell in enumerate(free)}
        lines = [line for line in self._known if line.margin in column or any(part in column for part in line.parts)]
        signed = [((line.margin, 1), *((part, -1) for part in line.parts)) for line in lines]
        signed.append(((secret.cell, 1),) if secret.less is None else ((secret.cell, 1), (secret.less, -1)))
        entries = [(row, column[cell], sign) for row, terms in enumerate(signed) for cell, sign in terms if cell in column]
        if not entries:
            return None
        rows, columns, signs = zip(*entries, strict=True)
        change = csr_array(coo_array((np.array(signs, float), (rows, columns)), shape=(len(signed), len(free))))
        # Of a margin that does not add up, the rest may shrink to nothing.
        lowest = [0.0 if line.adds_up else float(self._counts[line.parts[0]] - self._counts[line.margin]) for line in lines]
        highest = [0.0 if line.adds_up else np.inf for line in lines]
        most = (int(self._counts.max()) + 1) * least
        # Cells go up by the first half of the unknowns, and down by the second.
        found = milp(
            np.concatenate([costs[free], costs[free]]),
            integrality=np.ones(2 * len(free)),
            bounds=Bounds(0, np.concatenate([np.full(len(free), float(most)), self._counts[free] - 1.0])),
            constraints=LinearConstraint(
                hstack([change, -change], format="csr"), [*lowest, float(least - secret.value(self._counts))], [*highest, np.inf]
            ),
            options={"time_limit": _SECONDS},
        )
        if found.x is None:
            return None
        up, down = np.rint(found.x).astype(np.int64).reshape(2, -1)
        counts = self._counts.copy()
        counts[free] += up - down
        return counts if self._holds(counts) and secret.value(counts) >= least else None

    def _holds(self, counts: Cells) -> bool:
        """Whether what a solver gave, with its tolerance, keeps to the lines to the letter."""
        for line in self._known:
            left = int(counts[line.margin]) - int(counts[list(line.parts)].sum())
            if left < 0 or (line.adds_up and left):
                return False
        return True
