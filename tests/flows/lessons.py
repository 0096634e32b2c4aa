"""Lessons for a coder of a tiny codebook, and one who trains nothing and counts what it was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from flows.training import Options
from models.labels import LabelledPassage
from models.scorer import Scorer
from models.training import Recipe
from tests.models.tiny_transformer import LAYOUT, RECIPE, lesson


class Fits:
    """Trains nothing: hands out one scorer and counts what it was asked for. The call of number ``stops_at`` is interrupted."""

    def __init__(self, scorer: Scorer) -> None:
        self.scorer = scorer
        self.learned: list[list[str]] = []
        self.auxiliary: list[int] = []
        self.stops_at = 0

    def __call__(
        self,
        rows: Sequence[LabelledPassage],
        layout: object,
        recipe: Recipe,
        auxiliary: Sequence[LabelledPassage] = (),
        advance: Callable[[int], None] = lambda _: None,
    ) -> Scorer:
        self.learned.append([row.id for row in rows])
        self.auxiliary.append(len(auxiliary))
        if len(self.learned) == self.stops_at:
            raise KeyboardInterrupt
        return self.scorer


def rows(count: int = 36) -> list[LabelledPassage]:
    """A lesson of twelve families, in texts that are long enough to be recognised and are cut without a model."""
    return [
        replace(
            row,
            passage=replace(row.passage, text=f"{row.passage.text}, in sight of everybody who was there", language="es"),
            family=f"f{n // 3}",
        )
        for n, row in enumerate(lesson(count))
    ]


def labels(folder: Path, *more: str, count: int = 36, **fields: Any) -> Path:
    path = folder / "labels.jsonl"
    made = []
    for row in rows(count):
        facets = {facet: list(codes) if not LAYOUT[facet].one else codes[0] for facet, codes in row.values.items()}
        made.append({"id": row.id, "text": row.passage.text, "lang": "es", "family": row.family} | facets | fields)
    path.write_text("\n".join([*map(json.dumps, made), *more]), "utf-8")
    return path


def options(folder: Path, **more: Any) -> Options:
    return Options((folder / "labels.jsonl",), folder / "trained", recipe=RECIPE, **more)
