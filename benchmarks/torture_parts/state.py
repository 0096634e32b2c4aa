"""What a data folder holds after a run, so that it can be compared with that of a run which nobody killed, and what is untrue of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import duckdb
import numpy as np

from models.identity import identifier
from store import Filters, Paths, Reader, snapshots
from store.lock import WriterLock
from store.paths import VIEWS
from taxonomy.errors import SuasionError

#: Tables of which every row must be there once, by what makes a row one, and what of it tells when it was made and not what it is.
_ONCE = {
    "surveys": "survey",
    "answers": "answer",
    "masked": "answer",
    "segmented": "answer",
    "passages": "passage",
    "vectors": "text_hash, encoder",
    "coded": "passage",
    "codes": "passage, facet, code, coder",
    "claims": "claim",
    "topics": "survey, fit, topic",
    "topic_members": "passage",
    "topic_events": "survey, fit, topic, event",
    "topic_words": "topic, language, rank",
    "rejects": "survey, stage, file, row, column, reason",
}
_NOT_CONTENT = ("run", "made")
#: Tables of a snapshot that tell how it came to be.
_HISTORY = ("runs", "stages", "rejects", "arrivals")

_UNTRUE = {
    "passages that are not their answers' words": """
        SELECT count(*) FROM passages p LEFT JOIN masked m USING (answer)
        WHERE p.text IS DISTINCT FROM substring(m.masked, p."start" + 1, p."end" - p."start")
    """,
    "codes whose words lie outside their passages": """
        SELECT count(*) FROM (SELECT passage, unnest(spans) AS span FROM codes) c LEFT JOIN passages p USING (passage)
        WHERE (p."start" <= span."start" AND span."start" < span."end" AND span."end" <= p."end") IS NOT TRUE
    """,
    "actors read from other words than theirs": """
        SELECT count(*) FROM (SELECT passage, code, unnest(spans) AS span FROM codes WHERE facet = 'actor') c
            JOIN passages p USING (passage) JOIN masked m USING (answer)
        WHERE substring(m.masked, span."start" + 1, span."end" - span."start") <> CASE code WHEN 'bank' THEN 'ank' ELSE 'ine' END
    """,
    "passages that are not coded": "SELECT count(*) FROM passages ANTI JOIN coded USING (passage)",
    "codes or claims of passages that are gone": """
        SELECT count(*) FROM (SELECT passage FROM codes UNION ALL SELECT passage FROM claims) ANTI JOIN passages USING (passage)
    """,
    "texts without a vector": "SELECT count(*) FROM passages ANTI JOIN vectors USING (text_hash)",
    "runs that still count as running": "SELECT count(*) FROM runs WHERE status = 'running'",
}


@dataclass(frozen=True)
class State:
    """What there is: of each table how many rows and what stands for all of them, of each view what stands for its snapshot."""

    tables: dict[str, tuple[int, str]]
    views: dict[str, str]
    faults: tuple[str, ...]

    def differences(self, calm: State) -> Iterator[str]:
        """Say what is otherwise than after a run that nobody killed."""
        for name, (rows, stands_for) in calm.tables.items():
            found, found_stands_for = self.tables[name]
            if found != rows:
                yield f"{name}: {found} rows instead of {rows}"
            elif found_stands_for != stands_for:
                yield f"{name}: other rows than those of a run that was not killed"
        for view, content in calm.views.items():
            if self.views.get(view) != content:
                yield f"{view}: another snapshot than that of a run that was not killed"

    def to_json(self) -> str:
        """Return it as a line, to hand it on between processes."""
        return json.dumps({"tables": self.tables, "views": self.views, "faults": self.faults})

    @classmethod
    def from_json(cls, line: str) -> State:
        """Return what another process handed on."""
        told = json.loads(line)
        return cls({name: (rows, value) for name, (rows, value) in told["tables"].items()}, told["views"], tuple(told["faults"]))


def look(paths: Paths) -> State:
    """Look at a data folder on which nobody works."""
    # Leftovers first: to look makes some of them vanish.
    faults = [*_left_over(paths), *_held(paths)]
    with closing(duckdb.connect(str(paths.work), read_only=True)) as work:
        tables = {name: _table(work, name) for name in _ONCE}
        for name, key in _ONCE.items():
            columns = ", ".join(f'"{column}"' for column in key.split(", "))
            ((doubled,),) = work.execute(f"SELECT count(*) - count(DISTINCT ({columns})) FROM {name}").fetchall()
            faults += [f"{name}: {doubled} rows are there twice"] if doubled else []
        for what, query in _UNTRUE.items():
            ((found,),) = work.execute(query).fetchall()
            faults += [f"{found} {what}"] if found else []
    views: dict[str, str] = {}
    for view in VIEWS:
        try:
            views[view] = _served(paths, view, faults)
        except SuasionError as error:
            faults.append(f"{view}: {error}")
    return State(tables, views, tuple(faults))


def _table(work: duckdb.DuckDBPyConnection, name: str) -> tuple[int, str]:
    query = "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND NOT internal ORDER BY column_index"
    columns = [f'"{column}"' for (column,) in work.execute(query, [name]).fetchall() if column not in _NOT_CONTENT]
    lines = f"SELECT md5(row({', '.join(columns)})::VARCHAR) AS line FROM {name}"
    ((rows, stands_for),) = work.execute(
        f"SELECT count(*), md5(coalesce(string_agg(line, '' ORDER BY line), '')) FROM ({lines})"
    ).fetchall()
    return int(rows), str(stands_for)


def _served(paths: Paths, view: str, faults: list[str]) -> str:
    with closing(Reader.open(paths, view)) as reader:
        folder = paths.snapshots(view) / reader.snapshot.id
        quotes = reader.quotes(Filters(), limit=10_000)
    with closing(duckdb.connect(str(folder / snapshots.DATA), read_only=True)) as data:
        names = [name for (name,) in data.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        tables = [(name, *_table(data, name)) for name in names if name not in _HISTORY]
        ((untrue,),) = data.execute(
            """
            SELECT count(*) FROM quotes q LEFT JOIN answers a USING (answer)
            WHERE q.text IS DISTINCT FROM substring(a.text, q."start" + 1, q."end" - q."start")
            """
        ).fetchall()
    if untrue:
        faults.append(f"{view}: {untrue} quotes are not their answers' words")
    if quotes.num_rows != len(set(quotes["quote"].to_pylist())) or not quotes.num_rows:
        faults.append(f"{view}: quotes are shown twice, or none is")
    vectors = np.load(folder / snapshots.VECTORS, allow_pickle=False)
    snapshots.verify(folder)
    return identifier(tables, vectors.tobytes())


def _left_over(paths: Paths) -> Iterator[str]:
    """Say which files a run should not leave."""
    for place in sorted(paths.root.rglob("*")):
        name = place.relative_to(paths.root).as_posix()
        temporary = place.name.startswith(snapshots.PARTIAL) or place.suffix in (".part", ".tmp", ".wal")
        if temporary or place == paths.holder:
            yield f"{name} is left over"


def _held(paths: Paths) -> Iterator[str]:
    lock = WriterLock(paths, "a torturer")
    try:
        lock.acquire()
    except SuasionError as error:
        yield str(error)
    else:
        lock.release()
