"""What the explorer may ask of one published snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from store.filters import ATTRIBUTES, FOR_REVIEW, SURVEY_ATTRIBUTE, TOPIC, Condition, Filters, conditions
from store.opened import Snapshot
from store.release_reader import ReleaseReader
from taxonomy.errors import StoreError

__all__ = ["CLAIM_FACETS", "Answer", "Counts", "Reader", "Snapshot"]

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

_PROTECTED = "'protected'"


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


class Reader(ReleaseReader):
    """Reads one snapshot. Any thread may ask; what is withdrawn is hidden from the next question on."""

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
        page = f'SELECT q.*, q."row" AS place FROM quotes q WHERE {where} ORDER BY q."row" LIMIT $limit OFFSET $offset'
        return self._quotes(page, params | {"limit": max(limit, 0), "offset": max(offset, 0)})

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
        """Return how many passages each value would show: the other facets' selections hold, its own is lifted.

        Columns: facet, code, passages (null where suppressed), suppressed.
        """
        chosen = conditions(self._resolved(filters))
        where, params = self._where(filters, skip_selections=True)
        merges, more = self._overlay()
        params |= more
        for condition in chosen:
            params |= condition.params
        # Each failed selection is one bit: a facet's values count the passages that fail none, or its own alone.
        failed = " + ".join(f"CASE WHEN {condition.sql} THEN 0 ELSE {1 << bit} END" for bit, condition in enumerate(chosen)) or "0"
        own = {condition.facet: 1 << bit for bit, condition in enumerate(chosen)}
        settled = "" if filters.suggestions else "AND NOT c.review"
        few = self._few("guarded", "unit")
        own_code, own_name = _own_bit("c.facet", "facet_", chosen), _own_bit("t.name", "name_", chosen)
        attributes = "".join(
            f"""
            UNION ALL SELECT '{facet}', {column}, count(*), {few} FROM seen
            WHERE failed IN (0, {own.get(facet, 0)}) AND {column} IS NOT NULL GROUP BY {column}
            """
            for facet, column in ATTRIBUTES.items()
        )
        return self._table(
            f"""
            WITH {merges}, seen AS MATERIALIZED (
                SELECT q."row", q.survey, q.country, q.language, q.wave, q.question, q.unit, q.protection = {_PROTECTED} AS guarded,
                    {failed} AS failed
                FROM quotes q WHERE {where}
            ), counted AS (
                SELECT c.facet, c.code, count(*) AS passages, {few} AS suppressed FROM codes c JOIN seen USING ("row")
                WHERE seen.failed IN (0, {own_code}) {settled} GROUP BY c.facet, c.code {attributes}
                UNION ALL SELECT '{FOR_REVIEW}', c.facet, count(DISTINCT c."row"), {few} FROM codes c JOIN seen USING ("row")
                WHERE seen.failed IN (0, {own.get(FOR_REVIEW, 0)}) AND c.review GROUP BY c.facet
                UNION ALL SELECT '{TOPIC}', coalesce(g.target, m.topic) AS code, count(*), {few}
                FROM topic_members m JOIN seen USING ("row") LEFT JOIN merges g ON g.topic = m.topic
                WHERE seen.failed IN (0, {own.get(TOPIC, 0)}) AND m.topic IS NOT NULL GROUP BY 2
                UNION ALL SELECT '{SURVEY_ATTRIBUTE}' || t.name, t.value, count(*), {few} FROM attributes t JOIN seen USING ("row")
                WHERE seen.failed IN (0, {own_name}) GROUP BY t.name, t.value
            )
            SELECT facet, code, CASE WHEN NOT suppressed THEN passages END AS passages, suppressed FROM counted
            ORDER BY facet, passages DESC, code
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

        Columns: row, column, claims, harms, improves (each null where it is suppressed), suppressed (whether any of them is).
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
        measures = {"claims": "true", "harms": f"cl.effect = 'harms' AND {effect}", "improves": f"cl.effect = 'improves' AND {effect}"}
        counts = ", ".join(f"count(*) FILTER ({true}) AS {name}" for name, true in measures.items())
        fews = ", ".join(
            f"{self._few(f'q.protection = {_PROTECTED} AND {true}', f'CASE WHEN {true} THEN q.unit END')} AS few_{name}"
            for name, true in measures.items()
        )
        shown = ", ".join(f"CASE WHEN NOT few_{name} THEN {name} END AS {name}" for name in measures)
        return self._table(
            f"""
            SELECT "row", "column", {shown}, {" OR ".join(f"few_{name}" for name in measures)} AS suppressed FROM (
                SELECT {row} AS "row", {column} AS "column", {counts}, {fews} FROM claims cl JOIN quotes q USING ("row")
                WHERE {where} AND {counted} AND {row} IS NOT NULL AND {column} IS NOT NULL GROUP BY {row}, {column}
            ) ORDER BY 1, 2
            """,
            params,
        )

    def countries(self, filters: Filters) -> pa.Table:
        """Return (country, passages, units, suppressed); passages and units are null where suppressed."""
        where, params = self._where(filters)
        counted, more = self._counted_version(filters)
        return self._table(
            f"""
            SELECT country, CASE WHEN NOT suppressed THEN passages END AS passages, CASE WHEN NOT suppressed THEN units END AS units,
                suppressed
            FROM (
                SELECT q.country, count(*) AS passages, count(DISTINCT q.unit) FILTER ({counted}) AS units,
                    {self._few(f"q.protection = {_PROTECTED}", "q.unit")} AS suppressed
                FROM quotes q WHERE {where} AND q.country IS NOT NULL GROUP BY q.country
            ) ORDER BY country
            """,
            params | more,
        )


def _settled(facet: str) -> str:
    """SQL for whether the passage's code of a facet with one value is settled."""
    return f"""cl."row" NOT IN (SELECT u."row" FROM codes u WHERE u.facet = '{facet}' AND u.review)"""


def _own_bit(column: str, parameter: str, chosen: Iterable[Condition]) -> str:
    """SQL for the bit of the facet that a column names, 0 where nothing is selected in it."""
    lifted = [
        f"WHEN ${name} THEN {1 << bit}" for bit, condition in enumerate(chosen) for name in condition.params if name.startswith(parameter)
    ]
    return f"CASE {column} {' '.join(lifted)} ELSE 0 END" if lifted else "0"
