"""Search in a published snapshot: by words, by meaning, or by both, under the filters and without what was withdrawn since."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from store import snapshots
from store.filters import Filters
from store.fusion import fused
from store.meaning import Meaning
from store.opened import OpenSnapshot
from store.paths import Paths
from taxonomy.errors import StoreError

How = Literal["words", "some", "meaning", "both"]
Sort = Literal["fit", "confidence", "date"]

#: More than a person leafs through.
LISTED = 10_000
#: Near in meaning is a matter of degree: the nearest are shown, and none that is hardly nearer than chance.
NEAREST, NEAR = 200, 0.1

Rows = NDArray[np.int32]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Found:
    """What a search found, the first first.

    Attributes:
        rows: the rows of the quotes, at most ``LISTED``.
        worded: of a search by both, those that have words of it.
        near: of a search by meaning or both, the cosine of those that are near.
        words: what the words were searched by.
    """

    rows: tuple[int, ...] = ()
    worded: frozenset[int] = frozenset()
    near: dict[int, float] = field(default_factory=dict)
    words: str = ""


class SearchReader(OpenSnapshot):
    """Searches. Vectors of a query are made by whoever asks, with the encoder that made those of the snapshot."""

    def __init__(self, paths: Paths, folder: Path, manifest: snapshots.Manifest) -> None:
        """Open the snapshot and its vectors, which stay in their file."""
        super().__init__(paths, folder, manifest)
        self._meaning = Meaning(folder / snapshots.VECTORS)

    @property
    def encoder(self) -> str:
        """The version of the encoder that made the vectors, "" where the snapshot has none."""
        return self.snapshot.versions.get("encoder", "") if self._meaning.shape[0] else ""

    def prepare_meaning(self) -> None:
        """Read all vectors once, so that the first search by meaning need not; seconds where there are a million."""
        if self._meaning.ready:
            return
        rows = self._table("SELECT vector_row, min(language) AS language FROM quotes WHERE vector_row IS NOT NULL GROUP BY vector_row")
        languages = np.full(self._meaning.shape[0], "", dtype="<U8")
        languages[rows["vector_row"].to_numpy()] = [language or "" for language in rows["language"].to_pylist()]
        self._meaning.prepare(languages)

    def search(self, filters: Filters, text: str, how: How = "words", sort: Sort = "fit", vector: Floats | None = None) -> Found:
        """Return what passes the filters and answers to a text; of nothing that can be searched for, nothing; of no text, all.

        By words means all of them, by some any of them; by meaning, nearness to ``vector`` (d,), the text's; by both, what has any of
        the words and what is near, together by reciprocal rank fusion (Cormack, Clarke & Buettcher 2009). Of texts that are the same a
        search by some words, meaning or both shows the one of the surest relevance. Sorted by date, the latest wave comes first.

        Raises:
            StoreError: a search by meaning without a vector, or with one of another length.
        """
        passing = self._passing(filters)
        worded: Rows = np.empty(0, np.int32)
        near: dict[int, float] = {}
        words = text if how == "words" else ""
        if not text.strip():
            ranked = passing
        elif how == "some":
            words = self._search.telling(text)
            some, fits = self._worded(words, passing, any_word=True)
            ranked = self._single(some[np.argsort(-fits, kind="stable")])
        elif how == "words":
            ranked, fits = self._worded(text, passing, any_word=False)
            ranked = ranked[np.argsort(-fits, kind="stable")] if sort == "fit" else ranked
        else:
            near = self._near(self._asked(vector), passing)
            ranked = np.fromiter(near, np.int32, len(near))
            if how == "both":
                words = self._search.telling(text)
                some, fits = self._worded(words, passing, any_word=True)
                worded = some[np.argsort(-fits, kind="stable")][:NEAREST]
                ranked = self._single(fused(worded, ranked))
        if sort == "confidence":
            ranked = np.sort(ranked)  # rows are numbered by it
        elif sort == "date":
            ranked = np.sort(ranked)
            ranked = ranked[np.argsort(self._by_wave[ranked], kind="stable")]
        return Found(tuple(ranked[:LISTED].tolist()), frozenset(worded.tolist()), near, words)

    def listed(self, rows: tuple[int, ...]) -> pa.Table:
        """Return the quotes of rows in their order, with the columns of ``quotes`` and ``row``; what was withdrawn since is missing."""
        hidden, params = self._not_hidden("q.answer")
        page = f"""
            SELECT q.*, list_position($rows::INTEGER[], q."row") AS place FROM quotes q
            WHERE q."row" IN (SELECT unnest($rows::INTEGER[])) AND {hidden}
        """
        found = self._quotes(page, params | {"rows": list(rows)})
        ids = self._table('SELECT quote, "row" FROM quotes WHERE "row" IN (SELECT unnest($rows::INTEGER[]))', {"rows": list(rows)})
        known = dict(zip(ids["quote"].to_pylist(), ids["row"].to_pylist(), strict=True))
        return found.append_column("row", pa.array([known[quote] for quote in found["quote"].to_pylist()], pa.int32()))

    @cached_property
    def _by_wave(self) -> NDArray[np.int32]:
        """The place of every row's wave, the latest first; none comes last."""
        ranks = self._table('SELECT (dense_rank() OVER (ORDER BY wave DESC NULLS LAST))::INTEGER AS place FROM quotes ORDER BY "row"')
        return np.asarray(ranks["place"].to_numpy(), np.int32)

    @cached_property
    def _vector_rows(self) -> Rows:
        """The vector of every row, −1 where it has none."""
        rows = self._table('SELECT coalesce(vector_row, -1)::INTEGER AS vector FROM quotes ORDER BY "row"')
        return np.asarray(rows["vector"].to_numpy(), np.int32)

    def _passing(self, filters: Filters) -> Rows:
        where, params = self._where(filters)
        return np.asarray(self._table(f'SELECT q."row" FROM quotes q WHERE {where} ORDER BY q."row"', params)["row"].to_numpy(), np.int32)

    def _worded(self, text: str, passing: Rows, *, any_word: bool) -> tuple[Rows, Floats]:
        rows, fits = self._search.fits(text, any_word=any_word)
        kept = np.isin(rows, passing, kind="table")
        return rows[kept], fits[kept]

    def _asked(self, vector: Floats | None) -> Floats:
        if vector is None or vector.shape != (self._meaning.shape[1],):
            raise StoreError("a search by meaning needs the text's vector, made by the encoder of the snapshot")
        self.prepare_meaning()
        return self._meaning.query(vector)

    def _near(self, compared: Floats, passing: Rows, *, least: float = NEAR, most: int = NEAREST) -> dict[int, float]:
        """Return the cosine of the nearest of some rows, the nearest first; of the same texts the first row alone."""
        passing = passing[self._vector_rows[passing] >= 0]
        cosines = self._meaning.cosines(compared)[self._vector_rows[passing]]
        kept = np.flatnonzero(cosines >= least)
        # The same texts are equally near: enough are taken for the first of each to be among them.
        kept = kept[np.argsort(-cosines[kept], kind="stable")][: most * 50]
        rows = self._single(passing[kept])[:most]
        return dict(zip(rows.tolist(), cosines[np.searchsorted(passing, rows)].tolist(), strict=True))

    def _single(self, rows: Rows) -> Rows:
        """Return the rows without those whose very text came before."""
        vectors = self._vector_rows[rows]
        alone = np.where(vectors >= 0, vectors, -1 - rows)
        return rows[np.sort(np.unique(alone, return_index=True)[1])]
