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
from pathlib import Path

from store.faults import storage_faults
from taxonomy.errors import StoreError

SEARCH_DDL = """
CREATE VIRTUAL TABLE quotes USING fts5(words, pairs, content='', tokenize='unicode61 remove_diacritics 2', prefix='2 3');
"""

#: More words than a person types; what is pasted beyond them is ignored, so that no query is slow.
MAX_WORDS = 24

_GLUED = "\u1100-\u11ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_GLUED_RUN = re.compile(f"[{_GLUED}]+")
_WORD = re.compile(f"[{_GLUED}]+|[^\\W_{_GLUED}]+")


def build_search(place: Path, texts: Iterable[tuple[int, str]]) -> None:
    """Write the index of (row, text) pairs."""
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.executescript(SEARCH_DDL)
        connection.executemany(
            "INSERT INTO quotes (rowid, words, pairs) VALUES (?, ?, ?)",
            ((row, folded, _pairs_of(folded)) for row, text in texts if (folded := _folded(text)) is not None),
        )
        connection.execute("INSERT INTO quotes (quotes) VALUES ('optimize')")


def match_expression(query: str) -> str | None:
    """Return what FTS5 is asked for: every word of the query, by its beginning. Nothing if no word can be searched for.

    Words are taken out of the query and quoted, so nothing in it can act as an operator.
    """
    words = _WORD.findall(_folded(query[: MAX_WORDS * 100]))[:MAX_WORDS]
    return " AND ".join(_term(word) for word in words) or None


class SearchIndex:
    """The index of one snapshot, opened so that nothing can write to it."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._lock = threading.Lock()
        with storage_faults(place):
            # One connection for all threads: it keeps its file when the snapshot's folder is removed under a running app.
            self._connection = sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)

    def rows(self, query: str) -> list[int]:
        """Return the rows whose text has every word of the query."""
        expression = match_expression(query)
        if expression is None:
            return []
        with self._lock, storage_faults(self._place):
            try:
                return [row for (row,) in self._connection.execute("SELECT rowid FROM quotes WHERE quotes MATCH ?", (expression,))]
            except sqlite3.ProgrammingError as error:
                raise StoreError("this reader is closed; open a new one") from error

    def close(self) -> None:
        """Close the index; twice does no harm."""
        with self._lock:
            self._connection.close()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _pairs_of(text: str) -> str:
    return " ".join(" ".join(_pairs(run)) for run in _GLUED_RUN.findall(text))


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _term(word: str) -> str:
    if _GLUED_RUN.fullmatch(word) and len(word) > 1:
        return f'{{pairs}} : "{" ".join(_pairs(word))}"'
    return f'{{words}} : "{word}" *'
