"""What the explorer may ask: one published snapshot, opened so that nothing can be written, loaded or reached from it."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from store import snapshots
from store.decisions import Tombstones
from store.faults import storage_faults
from store.filters import ATTRIBUTES, FOR_REVIEW, SURVEY_ATTRIBUTE, Condition, Filters, conditions
from store.paths import Paths
from store.search import SearchIndex
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

#: The facets that a claim has, each with its column; ``country`` is that of its quote.
CLAIM_FACETS: Mapping[str, str] = {
    "actor": "cl.actor",
    "mechanism": "cl.mechanism",
    "right": 'cl."right"',
    "mode": "cl.mode",
    "direction": "cl.direction",
    "effect": "cl.effect",
    "country": "q.country",
}

#: Of these a claim says what its passage does: where the passage's code waits for a review, so does this part of the claim.
_OF_PASSAGE = frozenset({"mode", "direction", "effect"})

_QUOTES = """
WITH page AS (SELECT q.* FROM quotes q WHERE {where} ORDER BY q."row" LIMIT $limit OFFSET $offset),
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
FROM page LEFT JOIN coded USING ("row") LEFT JOIN claimed USING ("row") ORDER BY "row"
"""


@dataclass(frozen=True)
class Snapshot:
    """The snapshot that a reader shows."""

    id: str
    view: str
    made: str
    counts: Mapping[str, int]
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Counts:
    """How much a selection holds. ``units`` are respondents, or texts where a source has none; of translations one counts."""

    passages: int
    answers: int
    units: int


@dataclass(frozen=True)
class Answer:
    """A whole masked answer, with the quotes in it as (quote, start, end)."""

    answer: str
    survey: str
    text: str
    country: str | None
    language: str | None
    wave: str | None
    question: str
    text_kind: str
    passages: tuple[tuple[str, int, int], ...]


class Reader:
    """Reads one snapshot. Any thread may ask; what is withdrawn is hidden from the next question on."""

    def __init__(self, paths: Paths, folder: Path, manifest: snapshots.Manifest) -> None:
        self.snapshot = Snapshot(manifest.id, manifest.view, manifest.made, manifest.counts, manifest.versions)
        self._place = folder / snapshots.DATA
        with storage_faults(self._place), ExitStack() as opened:
            self._connection = opened.enter_context(duckdb.connect(str(self._place), read_only=True, config=dict(_HARDENED)))
            self._search = opened.enter_context(closing(SearchIndex(folder / snapshots.SEARCH)))
            self._tombstones = opened.enter_context(closing(Tombstones(paths)))
            # A reader that the last session let go of closes its files by itself.
            self._close = weakref.finalize(self, opened.pop_all().close)
        self._hidden: tuple[frozenset[str], list[str]] = (frozenset(), [])

    @classmethod
    def open(cls, paths: Paths, view: str = "internal") -> Reader:
        """Open the snapshot of a view that is served now.

        Raises:
            SnapshotError: there is none, it is damaged, or it is of another schema; the message says what to do.
        """
        current = snapshots.read_current(paths, view)
        while current is not None:
            try:
                return cls._open(paths, view, current)
            except StoreError:
                # Retired between the look at the pointer and the opening? Then the pointer has moved on.
                seen, current = current, snapshots.read_current(paths, view)
                if current == seen:
                    raise
        command = "suasion run" if view == "internal" else f"suasion publish --view {view}"
        raise SnapshotError(f"{paths.snapshots(view)}: nothing is published yet; run `{command}`")

    @classmethod
    def _open(cls, paths: Paths, view: str, name: str) -> Reader:
        folder = paths.snapshots(view) / name
        manifest = snapshots.verify(folder)
        if (manifest.id, manifest.view) != (name, view):
            raise SnapshotError(
                f"{folder}: holds the snapshot {manifest.id} of the view {manifest.view}; run `suasion publish --view {view}`"
            )
        return cls(paths, folder, manifest)

    @staticmethod
    def current_id(paths: Paths, view: str = "internal") -> str | None:
        """Return the id of the snapshot that is served now, at the price of reading one small file."""
        return snapshots.read_current(paths, view)

    def close(self) -> None:
        """Close the snapshot; twice does no harm."""
        self._close()

    def surveys(self) -> pa.Table:
        """Return the surveys with how many answers were given and how many passages they hold."""
        hidden, params = self._not_hidden("a.answer")
        return self._table(
            f"""
            SELECT s.*, coalesce(n.answers, 0) AS answers, coalesce(p.passages, 0) AS passages FROM surveys s
            LEFT JOIN (SELECT survey, count(*) AS answers FROM answers a WHERE text <> '' AND {hidden} GROUP BY survey) n USING (survey)
            LEFT JOIN (SELECT survey, count(*) AS passages FROM quotes a WHERE {hidden} GROUP BY survey) p USING (survey)
            ORDER BY s.survey
            """,
            params,
        ).select(["survey", "title", "source", "licence", "text_kind", "protection", "has_respondents", "answers", "passages"])

    def questions(self) -> pa.Table:
        """Return the questions in the order of their surveys."""
        return self._table("SELECT survey, question, wording, area FROM questions ORDER BY survey, position")

    def quotes(self, filters: Filters, *, limit: int = 50, offset: int = 0) -> pa.Table:
        """Return a page of quotes with all their codes and claims, those of the surest relevance first.

        What waits for a review is among them, marked so. Spans are offsets in the quote's text.
        """
        where, params = self._where(filters)
        return self._table(_QUOTES.format(where=where), params | {"limit": max(limit, 0), "offset": max(offset, 0)})

    def count(self, filters: Filters) -> Counts:
        """Return how much the selection holds."""
        where, params = self._where(filters)
        counted, more = self._counted_version(filters)
        found = self._table(
            f"""
            SELECT count(*) AS passages, count(DISTINCT q.answer) AS answers, count(DISTINCT q.unit) FILTER ({counted}) AS units
            FROM quotes q WHERE {where}
            """,
            params | more,
        ).to_pylist()[0]
        return Counts(**found)

    def facet_counts(self, filters: Filters) -> pa.Table:
        """Return how many passages each value would show: the other facets' selections hold, its own is lifted."""
        chosen = conditions(filters)
        where, params = self._where(filters, skip_selections=True)
        for condition in chosen:
            params |= condition.params
        # Each failed selection is one bit: a facet's values count the passages that fail none, or its own alone.
        failed = " + ".join(f"CASE WHEN {condition.sql} THEN 0 ELSE {1 << bit} END" for bit, condition in enumerate(chosen)) or "0"
        own = {condition.facet: 1 << bit for bit, condition in enumerate(chosen)}
        settled = "" if filters.suggestions else "AND NOT c.review"
        own_code, own_name = _own_bit("c.facet", "facet_", chosen), _own_bit("t.name", "name_", chosen)
        attributes = "".join(
            f"""
            UNION ALL SELECT '{facet}', {column}, count(*) FROM seen
            WHERE failed IN (0, {own.get(facet, 0)}) AND {column} IS NOT NULL GROUP BY {column}
            """
            for facet, column in ATTRIBUTES.items()
        )
        return self._table(
            f"""
            WITH seen AS MATERIALIZED (
                SELECT q."row", q.survey, q.country, q.language, q.wave, q.question, {failed} AS failed FROM quotes q WHERE {where}
            )
            SELECT * FROM (
                SELECT c.facet, c.code, count(*) AS passages FROM codes c JOIN seen USING ("row")
                WHERE seen.failed IN (0, {own_code}) {settled} GROUP BY c.facet, c.code {attributes}
                UNION ALL SELECT '{FOR_REVIEW}', c.facet, count(DISTINCT c."row") FROM codes c JOIN seen USING ("row")
                WHERE seen.failed IN (0, {own.get(FOR_REVIEW, 0)}) AND c.review GROUP BY c.facet
                UNION ALL SELECT '{SURVEY_ATTRIBUTE}' || t.name, t.value, count(*) FROM attributes t JOIN seen USING ("row")
                WHERE seen.failed IN (0, {own_name}) GROUP BY t.name, t.value
            ) ORDER BY facet, passages DESC, code
            """,
            params,
        )

    def coverage(self, filters: Filters) -> pa.Table:
        """Return, by facet, how many codes are settled and how many wait for a review.

        Looked at is what the selection would hold if all suggestions were true: a passage that does not count because its own
        relevance waits is part of what is missing.
        """
        where, params = self._where(replace(filters, suggestions=True))
        return self._table(
            f"""
            SELECT c.facet, count(*) FILTER (NOT c.review) AS settled, count(*) FILTER (c.review) AS waiting
            FROM codes c JOIN quotes q USING ("row") WHERE {where} GROUP BY c.facet ORDER BY c.facet
            """,
            params,
        )

    def coded_with(self) -> pa.Table:
        """Return the coders and codebooks whose codes the snapshot shows, with how many passages; the commonest first."""
        return self._table(
            """
            SELECT coder, codebook, count(DISTINCT "row") AS passages FROM codes
            GROUP BY coder, codebook ORDER BY passages DESC, coder, codebook
            """
        )

    def answer(self, answer_id: str) -> Answer:
        """Return a whole answer.

        Raises:
            StoreError: this snapshot has no such answer, or it was withdrawn.
        """
        hidden, params = self._not_hidden("a.answer")
        rows = self._table(
            f"SELECT answer, survey, text, country, language, wave, question, text_kind FROM answers a WHERE answer = $answer AND {hidden}",
            params | {"answer": answer_id},
        ).to_pylist()
        if not rows:
            raise StoreError(f"answer {answer_id[:40]}: not in the snapshot {self.snapshot.id}, or withdrawn since")
        query = 'SELECT quote, "start", "end" FROM quotes WHERE answer = $answer ORDER BY "start", "end"'
        passages = self._table(query, {"answer": answer_id}).to_pylist()
        return Answer(**rows[0], passages=tuple((passage["quote"], passage["start"], passage["end"]) for passage in passages))

    def cross(self, row_facet: str, column_facet: str, filters: Filters) -> pa.Table:
        """Count claims for each pair of values: never the chance meeting of two codes in one passage.

        A selection in a facet that claims have holds for the claim itself. Of translations one counts. Without suggestions a claim
        counts where all that it rests on is settled, and among harms or improvements only where the effect is settled too.
        """
        for facet in (row_facet, column_facet):
            if facet not in CLAIM_FACETS:
                raise StoreError(f"claims cannot be crossed by “{facet[:40]}”; they have {', '.join(CLAIM_FACETS)}")
        where, params = self._where(filters)
        counted, more = self._counted_version(filters)
        params |= more
        for number, (facet, values) in enumerate(filters.selected().items()):
            if facet in CLAIM_FACETS and facet not in ATTRIBUTES:
                where += f" AND coalesce(list_contains($claim_{number}, {CLAIM_FACETS[facet]}), false)"
                params[f"claim_{number}"] = list(values)
        if not filters.suggestions:
            where += " AND NOT cl.review"
            where += "".join(f" AND {_settled(facet)}" for facet in sorted({row_facet, column_facet} & _OF_PASSAGE))
        effect = "true" if filters.suggestions else _settled("effect")
        row, column = CLAIM_FACETS[row_facet], CLAIM_FACETS[column_facet]
        return self._table(
            f"""
            SELECT {row} AS "row", {column} AS "column", count(*) AS claims,
                count(*) FILTER (cl.effect = 'harms' AND {effect}) AS harms,
                count(*) FILTER (cl.effect = 'improves' AND {effect}) AS improves
            FROM claims cl JOIN quotes q USING ("row")
            WHERE {where} AND {counted} AND {row} IS NOT NULL AND {column} IS NOT NULL
            GROUP BY ALL ORDER BY 1, 2
            """,
            params,
        )

    def countries(self, filters: Filters) -> pa.Table:
        """Return passages and units per country."""
        where, params = self._where(filters)
        counted, more = self._counted_version(filters)
        return self._table(
            f"""
            SELECT q.country, count(*) AS passages, count(DISTINCT q.unit) FILTER ({counted}) AS units
            FROM quotes q WHERE {where} AND q.country IS NOT NULL GROUP BY q.country ORDER BY q.country
            """,
            params | more,
        )

    def _where(self, filters: Filters, *, skip_selections: bool = False) -> tuple[str, dict[str, Any]]:
        hidden, params = self._not_hidden("q.answer")
        parts = [hidden]
        if filters.text.strip():
            parts.append('q."row" IN (SELECT unnest($found::INTEGER[]))')
            params["found"] = self._search.rows(filters.text)
        if not skip_selections:
            for condition in conditions(filters):
                parts.append(condition.sql)
                params |= condition.params
        return " AND ".join(parts), params

    def _not_hidden(self, column: str) -> tuple[str, dict[str, Any]]:
        hidden = self._withdrawn()
        return (f"{column} NOT IN (SELECT unnest($hidden::VARCHAR[]))", {"hidden": hidden}) if hidden else ("true", {})

    def _withdrawn(self) -> list[str]:
        """Return the answers of this snapshot that were withdrawn since it was made."""
        self._refuse_closed()
        tombstones = self._tombstones.now()
        known, hidden = self._hidden
        if tombstones != known:
            query = "SELECT answer FROM answers WHERE answer IN (SELECT unnest($all::VARCHAR[]))"
            hidden = self._table(query, {"all": list(tombstones)}).column(0).to_pylist()
            self._hidden = (tombstones, hidden)
        return hidden

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

    def _table(self, query: str, params: Mapping[str, Any] | None = None) -> pa.Table:
        self._refuse_closed()
        with storage_faults(self._place), self._connection.cursor() as cursor:
            return cursor.sql(query, params=dict(params or {})).to_arrow_table()

    def _refuse_closed(self) -> None:
        if not self._close.alive:
            raise StoreError("this reader is closed; open a new one")


def _settled(facet: str) -> str:
    """SQL for whether the passage's code of a facet with one value is settled."""
    return f"""cl."row" NOT IN (SELECT u."row" FROM codes u WHERE u.facet = '{facet}' AND u.review)"""


def _own_bit(column: str, parameter: str, chosen: Iterable[Condition]) -> str:
    """SQL for the bit of the facet that a column names, 0 where nothing is selected in it."""
    lifted = [
        f"WHEN ${name} THEN {1 << bit}" for bit, condition in enumerate(chosen) for name in condition.params if name.startswith(parameter)
    ]
    return f"CASE {column} {' '.join(lifted)} ELSE 0 END" if lifted else "0"
