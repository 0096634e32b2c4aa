"""Search in the text: an FTS5 index of words, and of pairs of characters where words are written without gaps.

A word is found by its beginning, whatever its case and accents. Korean glues particles and compounds to a word, so there any
part of two characters or more is found: every run of such characters is indexed as its overlapping pairs.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import unicodedata
from collections.abc import Iterable
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.masking import blanked
from store.faults import storage_faults
from taxonomy.errors import StoreError

SEARCH_DDL = """
CREATE VIRTUAL TABLE quotes USING fts5(words, pairs, content='', tokenize='unicode61 remove_diacritics 2', prefix='2 3');
"""

#: More words than a person types; what is pasted beyond them is ignored, so that no query is slow.
MAX_WORDS = 24

#: Words that more rows have than this tell hardly one from another, and to weigh them all would take too long.
RANKED = 100_000

#: A word that more than this share of rows have, and so many, does not tell what a question is about.
_COMMON_SHARE, _COMMON_LEAST = 0.1, 50

_REMEMBERED = 8

_GLUED = "\u1100-\u11ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_GLUED_RUN = re.compile(f"[{_GLUED}]+")
_WORD = re.compile(f"[{_GLUED}]+|[^\\W_{_GLUED}]+")
#: A word as it stands in a text, with marks that combine with its letters.
_STANDING = re.compile(f"[{_GLUED}]+|[^\\W_{_GLUED}](?:[^\\W_{_GLUED}]|[\u0300-\u036f])*")


def build_search(place: Path, texts: Iterable[tuple[int, str]]) -> None:
    """Write the index of (row, text) pairs."""
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.executescript(SEARCH_DDL)
        connection.executemany(
            "INSERT INTO quotes (rowid, words, pairs) VALUES (?, ?, ?)",
            ((row, folded, _pairs_of(folded)) for row, text in texts if (folded := _folded(blanked(text))) is not None),
        )
        connection.execute("INSERT INTO quotes (quotes) VALUES ('optimize')")


def match_expression(query: str, *, any_word: bool = False) -> str | None:
    """Return what FTS5 is asked for: every word of the query (or any of them), by its beginning. Nothing if no word can be searched for.

    Words are taken out of the query and quoted, so nothing in it can act as an operator.
    """
    return (" OR " if any_word else " AND ").join(_term(word) for word in _words(query)) or None


def matched_spans(text: str, query: str) -> list[tuple[int, int]]:
    """Return where words of the query stand in a text, as code points in order: what the index would find it by."""
    wanted = [_plain(word) for word in _words(query)]
    glued = tuple(word for word in wanted if _GLUED_RUN.fullmatch(word) and len(word) > 1)
    begun = tuple(word for word in wanted if word not in glued)
    found: list[tuple[int, int]] = []
    for met in _STANDING.finditer(blanked(text)):
        word = _plain(met.group())
        if begun and word.startswith(begun):
            found.append(met.span())
        if _GLUED_RUN.match(word):
            # Where a text writes its letters in parts, a place within the run cannot be told by counting.
            exact = word == met.group()
            places = [place.start() for part in glued for place in re.finditer(f"(?={re.escape(part)})", word)]
            lengths = [len(part) for part in glued for _ in re.finditer(f"(?={re.escape(part)})", word)]
            found += [(met.start() + at, met.start() + at + n) for at, n in zip(places, lengths, strict=True)] if exact else []
            found += [met.span()] if places and not exact else []
    return sorted(set(found))


class SearchIndex:
    """The index of one snapshot, opened so that nothing can write to it."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._lock = threading.Lock()
        with storage_faults(place):
            # One connection for all threads: it keeps its file when the snapshot's folder is removed under a running app.
            self._connection = sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)

        # A page asks several times for the same words.
        self._known = lru_cache(maxsize=_REMEMBERED)(self._matching)
        with self._lock, storage_faults(place):
            self._size = int(self._connection.execute("SELECT coalesce(max(id) + 1, 0) FROM quotes_docsize").fetchone()[0])

    def rows(self, query: str) -> NDArray[np.int32]:
        """Return the rows whose text has every word of the query, the lowest first."""
        return self._found(query)[0]

    def mask(self, query: str) -> str:
        """Return the same as a text of one 0 or 1 for each row of the index: DuckDB reads a million of them at once as BIT."""
        return self._found(query)[1]

    def telling(self, query: str) -> str:
        """Return the query without the words that so many rows have that they tell nothing; as it is, where no other is left."""
        least = max(_COMMON_LEAST, _COMMON_SHARE * self._size)
        kept = [word for word in _words(query) if len(self.rows(word)) <= least]
        return " ".join(kept) or query

    def fits(self, query: str, *, any_word: bool = False) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the rows that have every word of the query, or any of them, and how well each fits (higher is better).

        More than ``RANKED`` rows all fit alike.
        """
        expression = match_expression(query, any_word=any_word)
        rows = self._rows_of(expression)
        if not 0 < len(rows) <= RANKED:
            return rows, np.zeros(len(rows), np.float32)
        fetched = self._ask("SELECT -bm25(quotes) FROM quotes WHERE quotes MATCH ? ORDER BY rowid", expression)
        return rows, np.fromiter((fit for (fit,) in fetched), np.float32, len(rows))

    def close(self) -> None:
        """Close the index; twice does no harm."""
        with self._lock:
            self._connection.close()

    def _found(self, query: str) -> tuple[NDArray[np.int32], str]:
        found: tuple[NDArray[np.int32], str] = self._known(match_expression(query))
        return found

    def _matching(self, expression: str | None) -> tuple[NDArray[np.int32], str]:
        rows = self._rows_of(expression)
        rows.flags.writeable = False
        signs = np.full(self._size, ord("0"), np.uint8)
        signs[rows] = ord("1")
        return rows, signs.tobytes().decode("ascii")

    def _rows_of(self, expression: str | None) -> NDArray[np.int32]:
        if expression is None:
            return np.empty(0, np.int32)
        # One text of all numbers is several times faster than a Python object for each.
        ((listed,),) = self._ask("SELECT group_concat(rowid) FROM quotes WHERE quotes MATCH ?", expression)
        return np.sort(np.fromstring(listed or "", dtype=np.int32, sep=","))

    def _ask(self, query: str, expression: str | None) -> list[tuple[Any, ...]]:
        with self._lock, storage_faults(self._place):
            try:
                return self._connection.execute(query, (expression,)).fetchall()
            except sqlite3.ProgrammingError as error:
                raise StoreError("this reader is closed; open a new one") from error


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _words(query: str) -> list[str]:
    found: list[str] = _WORD.findall(_folded(query[: MAX_WORDS * 100]))
    return found[:MAX_WORDS]


def _plain(word: str) -> str:
    """Return a word as the index compares it: without case and accents."""
    if _GLUED_RUN.match(word):
        return _folded(word)
    letters = unicodedata.normalize("NFKD", word.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _pairs_of(text: str) -> str:
    return " ".join(" ".join(_pairs(run)) for run in _GLUED_RUN.findall(text))


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _term(word: str) -> str:
    if _GLUED_RUN.fullmatch(word) and len(word) > 1:
        return f'{{pairs}} : "{" ".join(_pairs(word))}"'
    return f'{{words}} : "{word}" *'
