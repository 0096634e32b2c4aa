"""The one writer of a data folder: takes in what the stages make, and publishes it for readers."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from store import snapshots
from store.declared_book import Declared, DeclaredBook
from store.faults import storage_faults
from store.paths import View
from store.release import standing
from store.released import Releasable, holding, released_tables
from store.schema import RELEASABLE, SNAPSHOT_DDL, SnapshotTable, snapshot_tables
from store.search import build_search
from store.topic_words import least_speakers
from taxonomy.errors import SnapshotError, StoreError

_BATCH = 20_000


@dataclass(frozen=True)
class Published:
    """Which snapshot is served now, whether it is a new one, and what it holds."""

    snapshot: str
    changed: bool
    counts: dict[str, int]
    declared: Declared


class Writer(DeclaredBook):
    """Writes the store; a context manager, one at a time.

    Args:
        paths: the data folder.
        purpose: what it is opened for, in words that a second writer is told.
    """

    def publish(self, view: View, run: str, keep: int = 5, *, today: date | None = None) -> Published:
        """Copy what the view may see into a new snapshot, check it, and serve it.

        Where nothing differs from the snapshot that is served, that one stays. ``today`` decides which embargoes have ended. Of the
        views outside none but the served snapshot is kept: an older one may hold quotes that were taken back since.
        """
        versions = self._require_run(run)
        home = self.paths.snapshots(view)
        with storage_faults(home):
            snapshots.sweep(self.paths, view)
            self._heed_tombstones()
            encoder = self._published_encoder(versions)
            tables = snapshot_tables(view)
            today = today or datetime.now(UTC).date()
            self._gather_released(view, today)
            declared = self._gather_declared(view, today)
            self._gather(tables, encoder, today)
            content = self._content(tables, encoder)
            served = self._served(view)
            if served is not None and served.content == content:
                snapshots.retire(self.paths, view, keep if view == "internal" else 1)
                return Published(served.id, False, served.counts, declared)
            name = snapshots.free_id(self.paths, view, run)
            partial = home / f"{snapshots.PARTIAL}{name}"
            try:
                partial.mkdir(mode=0o700)
                self._copy(tables, partial / snapshots.DATA)
                build_search(partial / snapshots.SEARCH, self._texts())
                self._write_vectors(partial / snapshots.VECTORS, encoder)
                counts = self._check(tables, partial)
                manifest = {
                    "schema": snapshots.SCHEMA,
                    "id": name,
                    "view": view,
                    "run": run,
                    "made": datetime.now(UTC).isoformat(timespec="seconds"),
                    "content": content,
                    "counts": counts,
                    "versions": versions | {"encoder": encoder},
                }
                snapshots.seal(partial, home / name, manifest)
            except BaseException:
                shutil.rmtree(partial, ignore_errors=True)
                raise
            snapshots.serve(self.paths, view, name)
            snapshots.retire(self.paths, view, keep if view == "internal" else 1)
        self.prune()
        return Published(name, True, counts, declared)

    def _published_encoder(self, versions: dict[str, str]) -> str:
        """The run says whose vectors it made; where it does not, those are taken that cover most."""
        if named := versions.get("encoder"):
            return named
        rows = self._rows("SELECT encoder FROM vectors GROUP BY encoder ORDER BY count(*) DESC, encoder LIMIT 1")
        return str(rows[0][0]) if rows else ""

    def _gather_released(self, view: View, today: date) -> None:
        """Make the temporary tables of what a view may show of protected surveys."""
        rulings = {} if view == "internal" else holding(standing(self.decisions), view)
        with self._transaction(given=pa.table({"quote": pa.array(list(rulings), pa.string())})):
            passages = [Releasable(*row) for row in self._rows(RELEASABLE, {"today": today.isoformat()})]
        quotes, answers = released_tables(passages, rulings)
        with self._transaction(quotes_given=quotes, answers_given=answers):
            for name in ("quotes", "answers"):
                self._con.execute(f"CREATE OR REPLACE TEMP TABLE released_{name} AS SELECT * FROM {name}_given")

    def _gather(self, tables: tuple[SnapshotTable, ...], encoder: str, today: date) -> None:
        values = {"encoder": encoder, "today": today.isoformat(), "least": least_speakers()}
        for table in tables:
            used = {name: value for name, value in values.items() if f"${name}" in table.query}
            query = f"SELECT * FROM ({table.query}) ORDER BY {table.order}"
            self._con.execute(f"CREATE OR REPLACE TEMP TABLE snapshot_{table.name} AS {query}", used)

    def _content(self, tables: tuple[SnapshotTable, ...], encoder: str) -> str:
        digest = hashlib.sha256(f"{snapshots.SCHEMA} {encoder}".encode())
        for table in (table for table in tables if table.content):
            lines = f"SELECT md5(t::VARCHAR) AS line FROM temp.snapshot_{table.name} t"
            ((rows,),) = self._rows(f"SELECT md5(string_agg(line, '' ORDER BY line)) FROM ({lines})")
            digest.update(f" {table.name} {rows}".encode())
        return digest.hexdigest()

    def _served(self, view: str) -> snapshots.Manifest | None:
        """The snapshot that is served, if a reader could open it: a damaged one is replaced."""
        try:
            current = snapshots.read_current(self.paths, view)
            return None if current is None else snapshots.verify(self.paths.snapshots(view) / current)
        except SnapshotError:
            return None

    def _copy(self, tables: tuple[SnapshotTable, ...], place: Path) -> None:
        with self._attached(place, ""), self._transaction():
            for statement in filter(str.strip, SNAPSHOT_DDL.split(";")):
                self._con.execute(statement.replace("CREATE TABLE ", "CREATE TABLE snapshot.", 1))
            for table in tables:
                self._con.execute(f"INSERT INTO snapshot.{table.name} BY NAME FROM temp.snapshot_{table.name} ORDER BY {table.order}")

    def _check(self, tables: tuple[SnapshotTable, ...], partial: Path) -> dict[str, int]:
        """Read what was written: the rows of every table, and every quote against its answer."""
        with self._attached(partial / snapshots.DATA, "(READ_ONLY)"):
            names = [table.name for table in tables]
            counts = self._counts({name: f"snapshot.{name}" for name in names})
            meant = self._counts({name: f"temp.snapshot_{name}" for name in names})
            untrue = self._number(
                """
                SELECT count(*) FROM snapshot.quotes q LEFT JOIN snapshot.answers a USING (answer)
                WHERE q.text IS DISTINCT FROM substring(a.text, q."start" + 1, q."end" - q."start")
                """
            )
        if counts != meant or untrue:
            raise StoreError(f"{partial}: wrote {counts} for {meant} rows, {untrue} quotes untrue to their answers; it is not served")
        vectors = np.load(partial / snapshots.VECTORS, mmap_mode="r", allow_pickle=False)
        return counts | {"vectors": int(vectors.shape[0])}

    def _counts(self, tables: dict[str, str]) -> dict[str, int]:
        counts = self._rows(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {table}" for name, table in tables.items()))
        return {name: int(dict(counts)[name]) for name in tables}

    @contextmanager
    def _attached(self, place: Path, mode: str) -> Iterator[None]:
        quoted = str(place).replace("'", "''")
        self._con.execute(f"ATTACH '{quoted}' AS snapshot {mode}")
        try:
            yield
            if not mode:
                # Detaching would do it too, but without saying why it could not.
                self._con.execute("CHECKPOINT snapshot")
        finally:
            with suppress(duckdb.IOException):
                self._con.execute("DETACH snapshot")

    def _texts(self) -> Iterator[tuple[int, str]]:
        for batch in self._batches('SELECT "row", text FROM temp.snapshot_quotes ORDER BY "row"'):
            yield from zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True)

    def _write_vectors(self, place: Path, encoder: str) -> None:
        """Write the vectors a batch at a time, so that a large snapshot needs little memory."""
        rows = self._number("SELECT coalesce(max(vector_row) + 1, 0) FROM temp.snapshot_quotes")
        dimensions = self._number("SELECT coalesce(max(len(vector)), 0) FROM vectors WHERE encoder = $encoder", {"encoder": encoder})
        if not rows:
            np.save(place, np.empty((0, dimensions), np.float32), allow_pickle=False)
            return
        matrix = np.lib.format.open_memmap(place, mode="w+", dtype=np.float32, shape=(rows, dimensions))
        query = """
            WITH wanted AS (
                SELECT DISTINCT vector_row, text_hash FROM temp.snapshot_quotes q JOIN passages p ON p.passage = q.quote
                WHERE vector_row IS NOT NULL
            )
            SELECT v.vector FROM vectors v JOIN wanted USING (text_hash) WHERE v.encoder = $encoder ORDER BY vector_row
        """
        at = 0
        for batch in self._batches(query, {"encoder": encoder}):
            vectors = batch.column(0).flatten().to_numpy().reshape(-1, dimensions)
            matrix[at : at + len(vectors)] = vectors
            at += len(vectors)
        matrix.flush()

    def _batches(self, query: str, params: dict[str, Any] | None = None) -> Iterator[Any]:
        # A cursor of its own would not see the temporary tables; an unfinished result would block the connection.
        relation: duckdb.DuckDBPyRelation = self._con.sql(query, params=params or {})
        yield from relation.to_arrow_reader(_BATCH)
