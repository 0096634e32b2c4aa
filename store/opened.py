"""One published snapshot, opened so that nothing can be written, loaded or reached from it, and what every question to it heeds."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import duckdb
import pyarrow as pa

from store import snapshots
from store.decisions import WITHDRAWAL, WITHDRAWN, Watch
from store.faults import storage_faults
from store.filters import TOPIC, Filters, conditions
from store.paths import Paths
from store.release import RELEASE, ruling_of
from store.search import SearchIndex
from store.suppression import INTERNAL_THRESHOLD
from store.topic_decisions import TopicDecisions, standing
from taxonomy.errors import SnapshotError, StoreError

#: Nothing that a query says can reach a file, the network or these settings again.
_HARDENED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "memory_limit": "2GB",
    "threads": "2",
    "lock_configuration": "true",
}

_QUOTES = """
WITH page AS ({page}),
coded AS (
    SELECT c."row", list(
        {{'facet': facet, 'code': code, 'confidence': confidence, 'evidence': evidence, 'review': review, 'spans': spans}}
        ORDER BY facet, confidence DESC, code
    ) AS codes
    FROM codes c WHERE c."row" IN (SELECT "row" FROM page) GROUP BY c."row"
), claimed AS (
    SELECT cl."row", list(
        {{'claim': claim, 'actor': actor, 'mechanism': mechanism, 'right': "right", 'mode': mode, 'direction': direction,
          'effect': effect, 'review': review, 'spans': spans}}
        ORDER BY review, actor, mechanism, "right", claim
    ) AS claims
    FROM claims cl WHERE cl."row" IN (SELECT "row" FROM page) GROUP BY cl."row"
)
SELECT quote, survey, answer, "start", "end", text, country, language, wave, question, area, text_kind, protection,
    learned_from, coalesce(codes, []) AS codes, coalesce(claims, []) AS claims
FROM page LEFT JOIN coded USING ("row") LEFT JOIN claimed USING ("row") ORDER BY place
"""


@dataclass(frozen=True)
class Snapshot:
    """The snapshot that a reader shows; ``counts`` is empty where it would count people who are not counted.

    ``instead_of`` is the damaged snapshot in whose place it is shown, or nothing.
    """

    id: str
    view: str
    made: str
    counts: Mapping[str, int]
    versions: Mapping[str, str]
    run: str
    instead_of: str = ""

    @property
    def named(self) -> str:
        """The snapshot that was to be served when this one was opened."""
        return self.instead_of or self.id


class OpenSnapshot:
    """A snapshot and the conditions under which anything of it is shown."""

    def __init__(self, paths: Paths, folder: Path, manifest: snapshots.Manifest) -> None:
        self.snapshot = Snapshot(manifest.id, manifest.view, manifest.made, manifest.counts, manifest.versions, manifest.run)
        self._place = folder / snapshots.DATA
        with storage_faults(self._place), ExitStack() as opened:
            self._connection = opened.enter_context(duckdb.connect(str(self._place), read_only=True, config=dict(_HARDENED)))
            self._search = opened.enter_context(closing(SearchIndex(folder / snapshots.SEARCH)))
            self._watch = opened.enter_context(closing(Watch(paths)))
            # A reader that the last session let go of closes its files by itself.
            self._close = weakref.finalize(self, opened.pop_all().close)
        self._hidden: tuple[tuple[Mapping[str, str], Mapping[str, str]], list[str]] = (({}, {}), [])
        released = self._table("SELECT quote, answer, release FROM quotes WHERE release IS NOT NULL")
        self._released = tuple(zip(*(column.to_pylist() for column in released.columns), strict=True))
        self._inside = manifest.view == "internal"
        self._guards = bool(self._table("SELECT 1 FROM surveys WHERE protection = 'protected' LIMIT 1").num_rows)
        if self._guards and self._uncountable():
            self.snapshot = replace(self.snapshot, counts={})
        self._topics = frozenset(self._table("SELECT topic FROM topics WHERE alive").column(0).to_pylist())

    @classmethod
    def open(cls, paths: Paths, view: str = "internal") -> Self:
        """Open the snapshot of a view that is served now; inside, where that one is damaged, the last good one instead of it.

        Raises:
            SnapshotError: there is none, or none but a damaged one or one of another schema; the message says what to do.
        """
        current = snapshots.read_current(paths, view)
        while current is not None:
            try:
                return cls._open(paths, view, current)
            except StoreError as error:
                # Retired between the look at the pointer and the opening? Then the pointer has moved on.
                seen, current = current, snapshots.read_current(paths, view)
                if current == seen:
                    if isinstance(error, SnapshotError) and (good := snapshots.last_good(paths, view, seen)):
                        return cls._open(paths, view, good, instead_of=seen)
                    raise
        command = "suasion run" if view == "internal" else f"suasion publish --view {view}"
        raise SnapshotError(f"{paths.snapshots(view)}: nothing is published yet; run `{command}`")

    @classmethod
    def _open(cls, paths: Paths, view: str, name: str, instead_of: str = "") -> Self:
        folder = paths.snapshots(view) / name
        manifest = snapshots.verify(folder)
        if (manifest.id, manifest.view) != (name, view):
            raise SnapshotError(
                f"{folder}: holds the snapshot {manifest.id} of the view {manifest.view}; run `suasion publish --view {view}`"
            )
        opened = cls(paths, folder, manifest)
        opened.snapshot = replace(opened.snapshot, instead_of=instead_of)
        return opened

    @staticmethod
    def current_id(paths: Paths, view: str = "internal") -> str | None:
        """Return the id of the snapshot that is served now, at the price of reading one small file."""
        return snapshots.read_current(paths, view)

    def close(self) -> None:
        """Close the snapshot; twice does no harm."""
        self._close()

    def _where(self, filters: Filters, *, skip_selections: bool = False) -> tuple[str, dict[str, Any]]:
        hidden, params = self._not_hidden("q.answer")
        parts = [hidden]
        if filters.text.strip():
            parts.append('get_bit($found::BIT, q."row") = 1')
            params["found"] = self._search.mask(filters.text)
        if not skip_selections:
            for condition in conditions(self._resolved(filters)):
                parts.append(condition.sql)
                params |= condition.params
        return " AND ".join(parts), params

    def _not_hidden(self, column: str) -> tuple[str, dict[str, Any]]:
        hidden = self._withdrawn()
        return (f"{column} NOT IN (SELECT unnest($hidden::VARCHAR[]))", {"hidden": hidden}) if hidden else ("true", {})

    def _withdrawn(self) -> list[str]:
        """Return the answers of this snapshot that were withdrawn since it was made, or of which a quote is released no more."""
        self._refuse_closed()
        decided = (self._watch.latest(WITHDRAWAL), self._watch.latest(RELEASE))
        known, hidden = self._hidden
        if decided[0] is not known[0] or decided[1] is not known[1]:
            query = "SELECT answer FROM answers WHERE answer IN (SELECT unnest($all::VARCHAR[]))"
            withdrawn = [answer for answer, value in decided[0].items() if value == WITHDRAWN] + self._unreleased(decided[1])
            hidden = self._table(query, {"all": withdrawn}).column(0).to_pylist() if withdrawn else []
            self._hidden = (decided, hidden)
        return hidden

    def _unreleased(self, decided: Mapping[str, str]) -> list[str]:
        """Return the answers with a quote that was let out otherwise than what stands now: what stands beside it goes with it."""
        gone = []
        for quote, answer, release in self._released:
            ruling = ruling_of(decided.get(quote, ""))
            if not ruling.holds_for(self.snapshot.view) or ruling.stamp != release:
                gone.append(answer)
        return gone

    def _topic_decisions(self) -> TopicDecisions:
        """Return what people decided about topics, as it stands now."""
        self._refuse_closed()
        return standing(self._watch)

    def _resolved(self, filters: Filters) -> Filters:
        """Let selected topics stand for all that were merged into the same one as they."""
        if TOPIC not in filters.selected():
            return filters
        decided = self._topic_decisions()
        chosen = {decided.target(topic, self._topics) for topic in filters.selected()[TOPIC]}
        all_of_them = sorted(chosen | {topic for topic, into in decided.targets(self._topics).items() if into in chosen})
        others = filters.without(TOPIC)
        return replace(others, codes=(*others.codes, (TOPIC, tuple(all_of_them))))

    def _counted_version(self, filters: Filters) -> tuple[str, dict[str, Any]]:
        """Of answers that are translations of one another those in one language count: the fullest, among the languages selected."""
        if not filters.languages:
            return "q.version = 0", {}
        return (
            """
            (q.translation_group IS NULL OR (q.translation_group, q.version) IN (
                SELECT (v.translation_group, min(v.version)) FROM quotes v
                WHERE v.translation_group IS NOT NULL AND list_contains($counted_languages, v.language) GROUP BY v.translation_group
            ))
            """,
            {"counted_languages": list(filters.languages)},
        )

    def _few(self, unit: str, protection: str, true: str = "true") -> str:
        """Return SQL for whether the rows of a group for which something is true are not to be counted.

        Inside, that is where some are of a protected survey and all speak for too few respondents. Outside, the rows of protected
        surveys are released quotes, which are shown and not counted (their figures are those of declared tables): where there is
        nothing else, a 0 would be untrue.
        """
        if not self._guards:
            return "false"
        guarded = f"{protection} = 'protected' AND {true}"
        if self._inside:
            return f"coalesce(bool_or({guarded}) AND count(DISTINCT CASE WHEN {true} THEN {unit} END) < {INTERNAL_THRESHOLD}, false)"
        return f"coalesce(bool_or({guarded}) AND NOT bool_or({protection} <> 'protected' AND {true}), false)"

    def _told(self, protection: str, true: str = "true") -> str:
        """Return SQL for whether a row counts: something is true of it, and outside it is of no protected survey."""
        return f"{true} AND {protection} <> 'protected'" if self._guards and not self._inside else true

    def _judged(self, rows: int, guarded: int, units: int) -> tuple[int | None, bool]:
        """Return what ``_few`` and ``_told`` say in SQL of a group that was counted elsewhere: how many rows it shows, whether few."""
        few = guarded > 0 and (units < INTERNAL_THRESHOLD if self._inside else guarded == rows)
        return (None if few else rows if self._inside else rows - guarded), few

    def _uncountable(self) -> bool:
        """Whether the snapshot as a whole cannot be counted: too few people inside, outside anything of a protected survey."""
        query = "SELECT count(DISTINCT unit), count(*) FILTER (protection = 'protected') FROM quotes"
        units, guarded = (column[0].as_py() for column in self._table(query).columns)
        return bool(guarded) and (not self._inside or units < INTERNAL_THRESHOLD)

    def _quotes(self, page: str, params: Mapping[str, Any]) -> pa.Table:
        """Return the rows of ``quotes q`` that a query gives with their ``place``, in that order, with all their codes and claims."""
        return self._table(_QUOTES.format(page=page), params)

    def _table(self, query: str, params: Mapping[str, Any] | None = None) -> pa.Table:
        self._refuse_closed()
        with storage_faults(self._place), self._connection.cursor() as cursor:
            return cursor.sql(query, params=dict(params or {})).to_arrow_table()

    def _refuse_closed(self) -> None:
        if not self._close.alive:
            raise StoreError("this reader is closed; open a new one")
