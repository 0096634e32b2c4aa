"""The memory: one locked writer, published snapshots, hardened readers, people's decisions."""

from __future__ import annotations

from store.decisions import Decisions
from store.filters import Filters
from store.paths import Paths, View
from store.reader import Reader
from store.surveys import Changes, SurveyRecord
from store.writer import Published, Writer

__all__ = ["Changes", "Decisions", "Filters", "Paths", "Published", "Reader", "SurveyRecord", "View", "Writer"]
