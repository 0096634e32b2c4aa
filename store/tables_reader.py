"""What the explorer may ask of the declared tables: counts of respondents of protected surveys, made when the snapshot was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import pyarrow as pa

from store.declared import DIMENSIONS, EFFECTS, ELSEWHERE, ROLL_UPS, TABLES, Table
from store.filters import Filters
from store.opened import OpenSnapshot
from taxonomy.errors import StoreError
from taxonomy.families import family, told_apart
from taxonomy.regions import region

_UPWARDS = {"country": lambda country: region(country) or ELSEWHERE, "actor": family}


@dataclass(frozen=True)
class DeclaredCount:
    """How many respondents a cell of the declared tables stands for.

    Attributes:
        values: what it counts by: a value for each dimension.
        shown: the count, rounded for the public; None where it is suppressed.
        reason: why it is, "" where it is not.
        rolled_up: where it is suppressed, the nearest roll-up that is shown, if any is.
    """

    values: Mapping[str, str]
    shown: int | None
    reason: str
    rolled_up: DeclaredCount | None = None

    @property
    def suppressed(self) -> bool:
        """Whether the count is withheld."""
        return self.shown is None


@dataclass(frozen=True)
class DeclaredSurvey:
    """A protected survey with its tables.

    Attributes:
        base: what counts are multiples of.
        note: why there are no tables; "" where there are.
        answered: how many answered, as a count or as a band (“62”, “fewer than 10”); "" where that would tell other counts.
        tables: those that are declared.
    """

    survey: str
    title: str
    threshold: int
    base: int
    note: str
    answered: str
    tables: tuple[Table, ...]


class TablesReader(OpenSnapshot):
    """Reads the declared tables."""

    def declared(self) -> tuple[DeclaredSurvey, ...]:
        """Return the protected surveys of the snapshot, with the tables that each has; inside they are as partners see them."""
        rows = self._table("SELECT survey, title, threshold, base, note, answered FROM declared_surveys ORDER BY survey").to_pylist()
        return tuple(DeclaredSurvey(**row, tables=() if row["note"] else TABLES) for row in rows)

    def declared_table(self, survey: str, name: str) -> pa.Table:
        """Return the cells of a table that are not 0, margins with null in place of a value.

        Columns: one for each dimension, ``shown`` (null where suppressed), ``suppressed``, ``reason``.

        Raises:
            StoreError: there is no such survey or table.
        """
        table = next((table for table in TABLES if table.name == name), None)
        self._require_declared(survey)
        if table is None:
            raise StoreError(f"there is no declared table “{name[:60]}”; there are {', '.join(table.name for table in TABLES)}")
        columns = "".join(f'"{dimension}", ' for dimension in table.dimensions)
        others = "".join(f' AND "{dimension}" IS NULL' for dimension in DIMENSIONS if dimension not in table.dimensions)
        return self._table(
            f"SELECT {columns}shown, suppressed, reason FROM declared_cells WHERE survey = $survey{others} ORDER BY ALL", {"survey": survey}
        )

    def declared_count(self, filters: Filters) -> DeclaredCount | None:
        """Return how many respondents of a protected survey the filters stand for, where that is a cell of a declared table.

        That is so for one protected survey, at most one value of each dimension, and nothing else: no text is searched for, and
        nothing counts that waits for review. For all other filters there is no count: None.
        """
        chosen = dict(filters.selected())
        surveys = chosen.pop("survey", ())
        if len(surveys) != 1 or filters.text.strip() or filters.suggestions or any(len(values) != 1 for values in chosen.values()):
            return None
        values = {dimension: value for dimension, (value,) in chosen.items()}
        if not _is_declared(values) or surveys[0] not in {row.survey for row in self.declared() if not row.note}:
            return None
        found = self._cell(surveys[0], values)
        if not found.suppressed:
            return found
        upwards = next((cell for rolled in _rolled_up(values) if not (cell := self._cell(surveys[0], rolled)).suppressed), None)
        return DeclaredCount(found.values, found.shown, found.reason, upwards)

    def _cell(self, survey: str, values: Mapping[str, str]) -> DeclaredCount:
        params: dict[str, Any] = {name: values.get(name) for name in DIMENSIONS} | {"survey": survey}
        same = "".join(f' AND "{name}" IS NOT DISTINCT FROM ${name}' for name in DIMENSIONS)
        rows = self._table(f"SELECT shown, reason FROM declared_cells WHERE survey = $survey{same}", params).to_pylist()
        return DeclaredCount(dict(values), **rows[0]) if rows else DeclaredCount(dict(values), 0, "")

    def _require_declared(self, survey: str) -> None:
        if not self._table("SELECT 1 FROM declared_surveys WHERE survey = $survey", {"survey": survey}).num_rows:
            raise StoreError(f"“{survey[:60]}” has no declared tables in the snapshot {self.snapshot.id}")


def _is_declared(values: Mapping[str, str]) -> bool:
    """Whether these are a cell. Of an actor whom no figure tells apart, or an effect that is not told, an absent cell means nothing."""
    told = values.get("effect") in (None, *EFFECTS) and ("actor" not in values or told_apart(values["actor"]) is not None)
    return told and any(set(values) == set(table.dimensions) for table in TABLES)


def _rolled_up(values: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield what a cell can be rolled up into, the nearest first: a region for the country, a family for the actor, both, and all."""
    ways: dict[str, list[dict[str, str]]] = {}
    for name, value in values.items():
        ways[name] = [{name: value}]
        if name in ROLL_UPS:
            above = _UPWARDS[name](value)
            ways[name] += [{ROLL_UPS[name]: above}] if above is not None else []
            ways[name].append({})
    choices = [tuple(enumerate(each)) for each in ways.values()]
    for steps in sorted(product(*choices), key=lambda steps: sum(step for step, _ in steps)):
        rolled = {name: value for _, each in steps for name, value in each.items()}
        if rolled != dict(values) and _is_declared(rolled):
            yield rolled
