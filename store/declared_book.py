"""The book of declared tables: counts the respondents of protected surveys when a view is published, and leaves out what is suppressed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from store.declared import EFFECTS, ELSEWHERE, RULES, Key, shapes
from store.inference import EVERYWHERE, Counts, Node
from store.paths import View
from store.runs import RunBook
from store.schema import DECLARED_ANSWERS, DECLARED_CLAIMS
from store.suppression import OUTSIDE_THRESHOLD, PUBLIC_BASE, band, rounded, suppressed, withheld_reason
from store.untold import told
from taxonomy import load_codebook
from taxonomy.errors import StoreError
from taxonomy.families import family, told_apart
from taxonomy.regions import region

_SURVEYS = pa.schema(
    [
        pa.field("survey", pa.string(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("threshold", pa.int32(), nullable=False),
        pa.field("base", pa.int32(), nullable=False),
        pa.field("rules", pa.string(), nullable=False),
        pa.field("note", pa.string(), nullable=False),
        pa.field("answered", pa.string(), nullable=False),
    ]
)
_CELLS = pa.schema(
    [
        pa.field("survey", pa.string(), nullable=False),
        *(pa.field(name, pa.string()) for name in ("country", "region", "actor", "family", "mechanism", "right", "effect")),
        pa.field("shown", pa.int32()),
        pa.field("suppressed", pa.bool_(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)
_ACTORS = pa.schema([pa.field(name, pa.string()) for name in ("claimed", "actor", "family")])


@dataclass(frozen=True)
class Declared:
    """How many cells the declared tables of a view have, how many of them are suppressed, and why surveys have none."""

    cells: int
    suppressed: int
    notes: tuple[str, ...]


class DeclaredBook(RunBook):
    """Makes the declared tables."""

    def _gather_declared(self, view: View, today: date) -> Declared:
        """Make the temporary tables of the declared tables, rounded for the public; inside they are as partners see them."""
        self._count_by(today)
        base = PUBLIC_BASE if view == "public" else 1
        surveys, cells = [], []
        for survey, title, threshold, told_apart_there in self._rows(
            "SELECT survey, title, threshold, has_respondents FROM surveys WHERE protection = 'protected' ORDER BY survey"
        ):
            note, answered, rows = "", "", []
            if not told_apart_there:
                note = "its respondents cannot be told apart, so nothing can be counted"
            else:
                try:
                    counts = self._declared_counts(survey)
                    rows = _shown(survey, counts, threshold, base)
                    answered = _answered(counts, rows, threshold)
                except StoreError as error:
                    note = str(error)
            surveys.append(
                {"survey": survey, "title": title, "threshold": threshold, "base": base, "rules": RULES, "note": note}
                | {"answered": answered}
            )
            cells += rows
        with self._transaction(surveys_made=pa.Table.from_pylist(surveys, _SURVEYS), cells_made=pa.Table.from_pylist(cells, _CELLS)):
            for name in ("surveys", "cells"):
                self._con.execute(f"CREATE OR REPLACE TEMP TABLE made_declared_{name} AS SELECT * FROM {name}_made")
        notes = tuple(f"{row['survey']}: no tables, {row['note']}" for row in surveys if row["note"])
        return Declared(len(cells), sum(row["suppressed"] is True for row in cells), notes)

    def _count_by(self, today: date) -> None:
        """Make the temporary tables of whose answers count and what they claim."""
        codes = load_codebook().facet("actor").codes
        actors = [{"claimed": code.id, "actor": told_apart(code.id), "family": family(code.id)} for code in codes]
        with self._transaction(actors_given=pa.Table.from_pylist(actors, _ACTORS)):
            self._con.execute("CREATE OR REPLACE TEMP TABLE declared_actors AS SELECT * FROM actors_given")
            values = {"today": today.isoformat(), "elsewhere": ELSEWHERE}
            self._con.execute(f"CREATE OR REPLACE TEMP TABLE declared_answers AS {DECLARED_ANSWERS}", values)
            self._con.execute(f"CREATE OR REPLACE TEMP TABLE declared_claims AS {DECLARED_CLAIMS}", {"effects": list(EFFECTS)})

    def _declared_counts(self, survey: str) -> Counts:
        """Count the respondents of a survey by every key and country."""
        keys: list[Key] = []
        leaves: list[dict[str, int]] = []
        for shape in shapes():
            table = "declared_claims" if shape else "declared_answers"
            columns = "".join(f', "{name}"' for name in shape)
            told = "".join(f' AND "{name}" IS NOT NULL' for name in shape)
            found = self._rows(
                f"""
                SELECT country, count(DISTINCT respondent){columns} FROM temp.{table}
                WHERE survey = $survey{told} GROUP BY country{columns} ORDER BY ALL
                """,
                {"survey": survey},
            )
            by_key: dict[Key, dict[str, int]] = {}
            for country, count, *values in found:
                by_key.setdefault(Key(**dict(zip(shape, values, strict=True))), {})[country] = count
            for key in sorted(by_key, key=str):
                keys.append(key)
                leaves.append(by_key[key])
        countries = set(leaves[0]) if leaves else set()
        return Counts(keys, leaves, {country: region(country) or ELSEWHERE for country in sorted(countries)})


def _shown(survey: str, counts: Counts, threshold: int, base: int) -> list[dict[str, object]]:
    reason = withheld_reason(threshold)
    rows: list[dict[str, object]] = []
    for cell in told(counts, suppressed(counts, threshold).hidden):
        shown = None if cell.count is None else rounded(cell.count, base, threshold)
        rows.append(
            {"survey": survey, **_place(counts, cell.place), **cell.key._asdict(), "shown": shown}
            | {"suppressed": shown is None, "reason": reason if shown is None else ""}
        )
    return rows


def _answered(counts: Counts, rows: list[dict[str, object]], threshold: int) -> str:
    """Return how many answered: the count where it is shown, a band where they are too few, and nothing where it would tell others."""
    everybody = counts.count(Node(0, EVERYWHERE)) if counts.keys else 0
    if everybody < threshold:
        return band(everybody, max(threshold, OUTSIDE_THRESHOLD))
    places = ("country", "region", *Key._fields)
    shown = next(row["shown"] for row in rows if all(row[name] is None for name in places))
    return "" if shown is None else f"{shown:,}"


def _place(counts: Counts, place: str) -> dict[str, str | None]:
    if place in counts.regions:
        return {"country": place, "region": None}
    return {"country": None, "region": None if place == EVERYWHERE else place.removeprefix("region:")}
