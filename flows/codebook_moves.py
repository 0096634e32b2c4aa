"""Which codes of a corpus move when another codebook is taken: passages coded under both, code by code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from flows.csv_file import write_csv
from models.coded import code
from models.coding import Coder
from models.tables import CODABLE
from store import Paths, Writer
from taxonomy import Codebook
from taxonomy.errors import SurveyError

BATCH = 256
SEED = 20260101
#: What can become of a code, in the order in which it is told.
KINDS = GAINED, LOST, SETTLED, DOUBTED = ("gained", "lost", "no longer for review", "now for review")

_COLUMNS = ("survey", "answer", "passage", "language", "country", "facet", "code", "move", "text")
_OF_PASSAGE = ("answer", "passage", "language", "country", "text")

Renamed = Mapping[tuple[str, str], str]
Codes = dict[tuple[str, str], bool]  # (facet, code): whether it waits for a review


@dataclass(frozen=True)
class Corpus:
    """Passages that can be coded again, with their vectors (CODABLE), and which survey each is from; ``known`` counts all there are."""

    passages: pa.Table
    surveys: tuple[str, ...]
    known: int
    protected: frozenset[str]

    @property
    def sampled(self) -> bool:
        return len(self.surveys) < self.known


@dataclass(frozen=True)
class Move:
    """One code of one passage that another codebook changes."""

    place: int  # of the passage in the corpus
    facet: str
    code: str
    kind: str


def read_corpus(paths: Paths, survey: str | None, limit: int | None, encoder: str) -> Corpus:
    """Return the passages of one survey, or of all, as far as this encoder has made their vectors; ``limit`` draws a sample.

    The store is closed again at once: coding takes minutes, in which a run need not wait.

    Raises:
        SurveyError: there is no such survey in the store.
        StoreBusyError: a run is going on.
    """
    with Writer(paths, "suasion codebook diff") as writer:
        known = {row["survey"]: row["protection"] for row in writer.surveys().to_pylist()}
        if survey is not None and survey not in known:
            raise SurveyError(survey, [f"nothing was read of a survey of this name; there are: {', '.join(known) or 'none'}"])
        wanted = sorted(known) if survey is None else [survey]
        # Under a coder and a codebook of no name nothing was ever coded, so that every passage is handed out.
        tables = [writer.to_code(name, encoder, coder="", codebook_stamp="") for name in wanted]
    surveys = [name for name, table in zip(wanted, tables, strict=True) for _ in range(table.num_rows)]
    passages = pa.concat_tables([CODABLE.empty_table(), *tables])
    protected = frozenset(name for name, protection in known.items() if protection == "protected")
    if limit is None or limit >= len(surveys):
        return Corpus(passages, tuple(surveys), len(surveys), protected)
    drawn = np.sort(np.random.default_rng(SEED).choice(len(surveys), limit, replace=False))
    return Corpus(passages.take(pa.array(drawn)), tuple(surveys[place] for place in drawn), len(surveys), protected)


def moves(
    corpus: Corpus,
    old: tuple[Codebook, Coder],
    new: tuple[Codebook, Coder],
    renamed: Renamed,
    advance: Callable[[int], None] = lambda _: None,
) -> list[Move]:
    """Code every passage under both codebooks and return what differs; a code that was only renamed does not move."""
    found: list[Move] = []
    for start in range(0, len(corpus.surveys), BATCH):
        batch = corpus.passages.slice(start, BATCH)
        before, after = (_codes(batch, codebook, coder, names) for (codebook, coder), names in ((old, renamed), (new, {})))
        for number, passage in enumerate(batch["passage"].to_pylist()):
            found += _moved(start + number, before.get(passage, {}), after.get(passage, {}))
        advance(batch.num_rows)
    return found


def _codes(passages: pa.Table, codebook: Codebook, coder: Coder, renamed: Renamed) -> dict[str, Codes]:
    table = code(passages, coder, codebook).codes
    found: dict[str, Codes] = {}
    for passage, facet, name, review in zip(*(table[column].to_pylist() for column in ("passage", "facet", "code", "review")), strict=True):
        found.setdefault(passage, {})[facet, renamed.get((facet, name), name)] = review
    return found


def _moved(place: int, before: Codes, after: Codes) -> Iterator[Move]:
    for facet, name in dict.fromkeys((*before, *after)):
        had, has = before.get((facet, name)), after.get((facet, name))
        if had != has:
            kind = GAINED if had is None else LOST if has is None else SETTLED if had else DOUBTED
            yield Move(place, facet, name, kind)


def by_code(found: Iterable[Move]) -> dict[tuple[str, str], Counter[str]]:
    """Return for each (facet, code) that moves how many passages gained and lost it, and where its doubt changed."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for move in found:
        counts.setdefault((move.facet, move.code), Counter())[move.kind] += 1
    return counts


def exchanges(found: Iterable[Move], single: Iterable[str]) -> Counter[tuple[str, str, str]]:
    """Return how many passages went from one value to another, (facet, from, to), in the facets that give one; "" is no value."""
    wanted = set(single)
    ends: dict[tuple[int, str], dict[str, str]] = {}
    for move in found:
        if move.facet in wanted and move.kind in (LOST, GAINED):
            ends.setdefault((move.place, move.facet), {})[move.kind] = move.code
    return Counter((facet, codes.get(LOST, ""), codes.get(GAINED, "")) for (_, facet), codes in ends.items())


def first_moved(found: Iterable[Move], corpus: Corpus, count: int) -> list[tuple[str, str, str]]:
    """Return the first answers that a codebook moves, each as (survey, answer's id, what moves in it)."""
    told: dict[tuple[str, str], dict[str, None]] = {}
    for move in found:
        key = (corpus.surveys[move.place], corpus.passages["answer"][move.place].as_py())
        if len(told) < count or key in told:
            told.setdefault(key, {})[f"{move.facet}:{move.code} {move.kind}"] = None
    return [(*key, ", ".join(what)) for key, what in told.items()]


def write_moves(found: Sequence[Move], corpus: Corpus, out: Path) -> None:
    """Write every move with its passage as CSV, with nothing in it that a spreadsheet would run.

    Raises:
        RawFileError: the file cannot be written.
    """
    write_csv(out, _COLUMNS, (_row(move, corpus) for move in found))


def _row(move: Move, corpus: Corpus) -> tuple[object, ...]:
    *ids, text = (corpus.passages[name][move.place].as_py() for name in _OF_PASSAGE)
    return (corpus.surveys[move.place], *ids, move.facet, move.code, move.kind, text)
