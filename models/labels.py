"""Passages that people (or a careful reading) have coded: what a coder learns from and what it is measured against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.coding import Passage


@dataclass(frozen=True)
class LabelledPassage:
    """A passage with the codes it was given.

    ``values`` holds the facets that were asked: codes in the codebook's order, an empty tuple where none applies. A facet
    that is absent was not asked, which says nothing about the passage. ``family`` groups what is alike (a source and its
    country, a respondent): folds never part a family. ``original`` is the id of the passage this one is a translation of.
    """

    id: str
    passage: Passage
    values: Mapping[str, tuple[str, ...]]
    source: str = ""
    family: str = ""
    original: str | None = None
    holdout: bool = False  # kept for development, never learned from
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # facet -> the codes that were asked, where not all were
