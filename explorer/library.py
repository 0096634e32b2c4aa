"""One open snapshot with all that the pages ask of it; its answers are remembered, within bounds, as long as it is current."""

from __future__ import annotations

import copy
import os
import weakref
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from explorer.coverage import Coverage
from explorer.filters import Options
from explorer.influence_shelf import InfluenceShelf
from explorer.names import SOURCES, Names
from explorer.number_shelf import NumberShelf
from explorer.release_shelf import ReleaseShelf
from explorer.remembered import Remembered
from explorer.run_shelf import RunShelf
from explorer.search_shelf import SearchShelf
from explorer.topic_shelf import TopicShelf
from explorer.vintage import Vintage, older
from store import Filters, Paths, Reader
from store.context import EDITIONS, EDITIONS_OF
from store.exports import ExportRegister
from store.filters import FOR_REVIEW, RUN, SURVEY_ATTRIBUTE, TOPIC
from store.reader import Answer, Counts, Snapshot
from taxonomy import load_codebook

#: Of each kind of question, and so many rows in all: the points of one map are some megabytes.
_REMEMBERED, _ROWS = 128, 40_000

#: Passages by facet and value; None where they are not counted (``explorer.few`` says why).
Tallies = Mapping[str, Mapping[str, int | None]]


@dataclass(frozen=True)
class Survey:
    """What a page says about the source of a quote."""

    title: str
    source: str
    licence: str
    text_kind: str
    has_respondents: bool
    protected: bool


def decided(decisions: Path) -> tuple[int, ...]:
    """Return a stamp that changes whenever somebody decides something: a withdrawal hides at once, whatever is remembered."""
    stamp: list[int] = []
    for path in (decisions, decisions.with_name(f"{decisions.name}-wal")):
        try:
            met = os.stat(path)
        except FileNotFoundError:
            continue
        stamp += [met.st_mtime_ns, met.st_size]
    return tuple(stamp)


class Library:
    """A snapshot, open. Every method may be called by several sessions at once."""

    #: What this one shares, where it differs in its names alone: the files are closed when nobody holds either.
    _whole: Library | None = None

    def __init__(self, paths: Paths, view: str) -> None:
        self._reader = Reader.open(paths, view)
        self._release = weakref.finalize(self, self._reader.close)
        self._decisions = paths.decisions
        self.snapshot: Snapshot = self._reader.snapshot
        self.surveys = {
            row["survey"]: Survey(
                row["title"], row["source"], row["licence"], row["text_kind"], row["has_respondents"], row["protection"] == "protected"
            )
            for row in self._reader.surveys().to_pylist()
        }
        self.questions = {(row["survey"], row["question"]): row["wording"] for row in self._reader.questions().to_pylist()}
        self.exports = ExportRegister(paths)
        self.influence = InfluenceShelf(self._reader, self._remembering)
        self.numbers = NumberShelf(self._reader, self._remembering)
        self.release = ReleaseShelf(self._reader, paths)
        self.runs = RunShelf(self._reader, paths, self._remembering)
        self.topics = TopicShelf(self._reader, paths, self._remembering)
        self.search = SearchShelf(self._reader, self._remembering)
        self.names = Names(
            load_codebook(),
            surveys={id: survey.title for id, survey in self.surveys.items()},
            questions={question: wording for (_, question), wording in self.questions.items()},
            waves=editions(self._reader.waves()),
            topics=self.topics.names,
        )
        self._facet_counts = self._remembering(self._read_facet_counts)
        self._counts = self._remembering(self._reader.count)
        self._cross = self._remembering(self._reader.cross)
        self._countries = self._remembering(self._reader.countries)
        self._coverage = self._remembering(self._read_coverage)
        self._waiting = self._remembering(self._read_waiting)
        self._options = self._remembering(self._read_options)
        self._older_codes = self._remembering(self._read_older_codes)
        self._in_languages: dict[str, Names] = {self.names.language: self.names}

    def close(self) -> None:
        """Let go of the files; done by itself when nobody holds the library any more."""
        self._release()

    def prepare(self) -> None:
        """Ask what every page asks before anything is filtered, so that the first visitor need not wait for it."""
        everything = Filters()
        for ask in (self.counts, self.facet_counts, self.coverage, self.countries, self.influence.profile, self.influence.ways):
            ask(everything)
        for known in (self.options, self.older_codes):
            assert known is not None

    def named(self, language: str) -> Library:
        """Return the same open snapshot with its names in another language; it shares all that is remembered."""
        if language == self.names.language:
            return self
        if language not in self._in_languages:
            self._in_languages[language] = replace(self.names, language=language)
        other = copy.copy(self)
        other.names = self._in_languages[language]
        other._whole = self
        return other

    @property
    def everything(self) -> Tallies:
        """The counts where nothing is filtered: all values that there are, also those that are only suggested."""
        return self.facet_counts(Filters(suggestions=True))

    @property
    def older_codes(self) -> tuple[Vintage, ...]:
        """The passages whose codes are of an older version than the one in force."""
        found: tuple[Vintage, ...] = self._older_codes()
        return found

    def _read_older_codes(self) -> tuple[Vintage, ...]:
        vintages = [Vintage(**row) for row in self._reader.coded_with().to_pylist()]
        return older(vintages, self.snapshot.versions, self.names.codebook.stamp)

    @property
    def options(self) -> Options:
        """The values that each facet can be filtered by; values met often come first where they are many."""
        found: Options = self._options()
        return found

    def facet_counts(self, filters: Filters) -> Tallies:
        """Return how many passages each value has, given the filters on the other facets."""
        found: Tallies = self._facet_counts(filters)
        return found

    def counts(self, filters: Filters) -> Counts:
        """Return how many passages, answers and units there are."""
        found: Counts = self._counts(filters)
        return found

    def told_apart(self, filters: Filters, counts: Counts) -> list[bool]:
        """Return of each survey that the counts are of whether it tells respondents apart."""
        surveys = (self.surveys[survey] for survey in filters.surveys or self.surveys)
        return [survey.has_respondents for survey in surveys if not (counts.uncounted and survey.protected)]

    def cross(self, rows: str, columns: str, filters: Filters) -> pa.Table:
        """Return the claims of each pair of values."""
        return self._cross(rows, columns, filters)

    def countries(self, filters: Filters) -> pa.Table:
        """Return the passages and units of each country."""
        return self._countries(filters)

    def coverage(self, filters: Filters) -> Mapping[str, Coverage]:
        """Return the coverage of every facet, over all that the filters would let through if what waits for review counted."""
        found: Mapping[str, Coverage] = self._coverage(filters)
        return found

    @property
    def waiting(self) -> Tallies:
        """In how many passages of the snapshot each code waits for a review."""
        found: Tallies = self._waiting()
        return found

    def quotes(self, filters: Filters, limit: int, offset: int = 0) -> list[dict[str, Any]]:
        """Return quotes, the most clearly relevant first."""
        found: list[dict[str, Any]] = self._reader.quotes(filters, limit=limit, offset=offset).to_pylist()
        return found

    def surest(self, facet: str, code: str, filters: Filters, limit: int) -> list[dict[str, Any]]:
        """Return quotes in which a code is settled, the surest first and one of each answer."""
        found: list[dict[str, Any]] = self._reader.surest(facet, code, filters, limit).to_pylist()
        return found

    def answer(self, answer: str) -> Answer:
        """Return a whole answer."""
        return self._reader.answer(answer)

    def wording(self, survey: str, question: str | None) -> str:
        """Return a question as it was asked."""
        return self.questions.get((survey, question or "")) or ""

    def _read_options(self) -> Options:
        met = self.everything
        options: dict[str, tuple[str, ...]] = {}
        for facet in SOURCES:
            options[facet] = tuple(sorted(met.get(facet, {}), key=lambda value: (-(met[facet][value] or 0), self.names.code(facet, value))))
        for definition in self.names.codebook.facets:
            known = [code.id for code in definition.codes]
            options[definition.id] = (*known, *sorted(set(met.get(definition.id, {})) - set(known)))
        options[TOPIC] = tuple(row["topic"] for row in self.topics.of(Filters(suggestions=True)))
        in_order = [facet for facet in options if facet in met.get(FOR_REVIEW, {})]
        options[FOR_REVIEW] = (*in_order, *sorted(set(met.get(FOR_REVIEW, {})) - set(in_order)))
        if came := tuple(run.id for run in self.runs.all() if run.passages != 0):
            options[RUN] = came
        for facet in sorted(met):
            if facet.startswith(SURVEY_ATTRIBUTE):
                options[facet] = tuple(sorted(met[facet], key=lambda value: (-(met[facet][value] or 0), value)))
        return options

    def _read_facet_counts(self, filters: Filters) -> Tallies:
        return _tallies(self._reader.facet_counts(filters))

    def _read_waiting(self) -> Tallies:
        return _tallies(self._reader.waiting())

    def _read_coverage(self, filters: Filters) -> Mapping[str, Coverage]:
        found = self._reader.coverage(filters).to_pylist()
        return {row["facet"]: Coverage(row["settled"] or 0, row["waiting"] or 0, row["suppressed"]) for row in found}

    def _remembering(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        remembered = Remembered(ask, _REMEMBERED, _ROWS)
        return lambda *question: remembered(decided(self._decisions), *question)


def editions(waves: Mapping[str, Collection[str]]) -> Mapping[str, str]:
    """Return the years of HRMI's editions where no other survey calls a wave of its own alike."""
    others = {wave for survey, met in waves.items() if survey != EDITIONS_OF for wave in met}
    return {} if others & set(EDITIONS) or EDITIONS_OF not in waves else EDITIONS


def _tallies(table: pa.Table) -> Tallies:
    tallies: dict[str, dict[str, int | None]] = {}
    for row in table.to_pylist():
        if row["code"] is not None:
            tallies.setdefault(row["facet"], {})[row["code"]] = row["passages"]
    return tallies
