"""What the explorer may ask of one published snapshot."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyarrow as pa

from store.claim_facets import CLAIM_FACETS, OF_PASSAGE, claims_selected, settled
from store.code_reader import CodeReader
from store.facet_reader import FacetReader
from store.filters import Filters
from store.influence_reader import InfluenceReader
from store.opened import Snapshot
from store.release_reader import ReleaseReader
from store.runs_reader import RunsReader
from store.similar import SimilarReader
from store.tables_reader import TablesReader
from taxonomy.errors import StoreError

__all__ = ["CLAIM_FACETS", "Answer", "Counts", "Reader", "Snapshot"]


@dataclass(frozen=True)
class Counts:
    """How much a selection holds. ``units`` are respondents, or texts where a source has none; of translations one counts.

    All three are None where the selection speaks for too few respondents to be counted. ``uncounted`` says whether released quotes of
    protected surveys are among what is shown; outside they are in no figure.
    """

    passages: int | None
    answers: int | None
    units: int | None
    uncounted: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is anything to show."""
        return self.passages is None or self.passages > 0 or self.uncounted

    @property
    def whole(self) -> int | None:
        """How many passages are shown, None where nobody is to be told."""
        return None if self.uncounted else self.passages


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


class Reader(FacetReader, ReleaseReader, RunsReader, CodeReader, InfluenceReader, SimilarReader, TablesReader):
    """Reads one snapshot. Any thread may ask; what is withdrawn is hidden from the next question on."""

    def surveys(self) -> pa.Table:
        """Return the surveys with how many answers were given and how many passages they hold; both are null where not counted."""
        hidden, params = self._not_hidden("a.answer")
        few = self._few("unit", "protection")
        return self._table(
            f"""
            SELECT s.*, CASE WHEN NOT coalesce(n.few, false) THEN coalesce(n.answers, 0) END AS answers,
                CASE WHEN NOT coalesce(p.few, false) THEN coalesce(p.passages, 0) END AS passages
            FROM surveys s
            LEFT JOIN (
                SELECT survey, count(*) AS answers, {few} AS few FROM answers a WHERE text <> '' AND {hidden} GROUP BY survey
            ) n USING (survey)
            LEFT JOIN (SELECT survey, count(*) AS passages, {few} AS few FROM quotes a WHERE {hidden} GROUP BY survey) p USING (survey)
            ORDER BY s.survey
            """,
            params,
        ).select(["survey", "title", "source", "licence", "text_kind", "protection", "has_respondents", "answers", "passages"])

    def questions(self) -> pa.Table:
        """Return the questions in the order of their surveys."""
        return self._table("SELECT survey, question, wording, area FROM questions ORDER BY survey, position")

    def waves(self) -> dict[str, tuple[str, ...]]:
        """Return the waves of each survey that has any, as the survey calls them."""
        found = self._table("SELECT DISTINCT survey, wave FROM quotes WHERE wave IS NOT NULL ORDER BY survey, wave").to_pylist()
        return {survey: tuple(row["wave"] for row in found if row["survey"] == survey) for survey in {row["survey"] for row in found}}

    def quotes(self, filters: Filters, *, limit: int = 50, offset: int = 0) -> pa.Table:
        """Return a page of quotes with all their codes and claims, those of the surest relevance first.

        What waits for a review is among them, marked so. Spans are offsets in the quote's text.
        """
        where, params = self._where(filters)
        page = f'SELECT q.*, q."row" AS place FROM quotes q WHERE {where} ORDER BY q."row" LIMIT $limit OFFSET $offset'
        return self._quotes(page, params | {"limit": max(limit, 0), "offset": max(offset, 0)})

    def count(self, filters: Filters) -> Counts:
        """Return how much the selection holds, as far as it may be counted."""
        where, params = self._where(filters)
        counted, more = self._counted_version(filters)
        told = self._told("q.protection")
        uncounted = "false" if self._inside else "coalesce(bool_or(q.protection = 'protected'), false)"
        found = self._table(
            f"""
            SELECT {self._few("q.unit", "q.protection") if self._inside else "false"} AS few, count(*) FILTER ({told}) AS passages,
                count(DISTINCT q.answer) FILTER ({told}) AS answers, count(DISTINCT q.unit) FILTER ({told} AND {counted}) AS units,
                {uncounted} AS uncounted
            FROM quotes q WHERE {where}
            """,
            params | more,
        ).to_pylist()[0]
        return Counts(None, None, None) if found.pop("few") else Counts(**found)

    def coverage(self, filters: Filters) -> pa.Table:
        """Return, by facet, how many codes are settled and how many wait for a review.

        Looked at is what the selection would hold if all suggestions were true: a passage that does not count because its own
        relevance waits is part of what is missing.

        Columns: facet, settled, waiting (both null where either speaks for too few), suppressed.
        """
        where, params = self._where(replace(filters, suggestions=True))
        settled, waiting = (self._told("q.protection", true) for true in ("NOT c.review", "c.review"))
        few = " OR ".join(self._few("q.unit", "q.protection", true) for true in ("NOT c.review", "c.review"))
        return self._table(
            f"""
            SELECT facet, CASE WHEN NOT few THEN settled END AS settled, CASE WHEN NOT few THEN waiting END AS waiting, few AS suppressed
            FROM (
                SELECT c.facet, count(*) FILTER ({settled}) AS settled, count(*) FILTER ({waiting}) AS waiting,
                    {few} AS few
                FROM codes c JOIN quotes q USING ("row") WHERE {where} GROUP BY c.facet
            ) WHERE few OR settled + waiting > 0 ORDER BY facet
            """,
            params,
        )

    def coded_with(self) -> pa.Table:
        """Return the coders and codebooks whose codes the snapshot shows; the commonest first.

        Columns: coder, codebook, passages (null where they speak for too few).
        """
        return self._table(
            f"""
            SELECT coder, codebook, CASE WHEN NOT few THEN passages END AS passages FROM (
                SELECT coder, codebook, count(DISTINCT "row") FILTER ({self._told("q.protection")}) AS passages,
                    {self._few("q.unit", "q.protection")} AS few
                FROM codes c JOIN quotes q USING ("row") GROUP BY coder, codebook
            ) ORDER BY passages DESC, coder, codebook
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
        selected, chosen = claims_selected(filters)
        where, params = f"{where} AND {selected}", params | chosen
        if not filters.suggestions:
            where += "".join(f" AND {settled(facet)}" for facet in sorted({row_facet, column_facet} & OF_PASSAGE))
        effect = "true" if filters.suggestions else settled("effect")
        row, column = CLAIM_FACETS[row_facet], CLAIM_FACETS[column_facet]
        measures = {"claims": "true", "harms": f"cl.effect = 'harms' AND {effect}", "improves": f"cl.effect = 'improves' AND {effect}"}
        counts = ", ".join(f"count(*) FILTER ({self._told('q.protection', true)}) AS {name}" for name, true in measures.items())
        fews = ", ".join(f"{self._few('q.unit', 'q.protection', true)} AS few_{name}" for name, true in measures.items())
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
        told = self._told("q.protection")
        return self._table(
            f"""
            SELECT country, CASE WHEN NOT suppressed THEN passages END AS passages, CASE WHEN NOT suppressed THEN units END AS units,
                suppressed
            FROM (
                SELECT q.country, count(*) FILTER ({told}) AS passages, count(DISTINCT q.unit) FILTER ({told} AND {counted}) AS units,
                    {self._few("q.unit", "q.protection")} AS suppressed
                FROM quotes q WHERE {where} AND q.country IS NOT NULL GROUP BY q.country
            ) ORDER BY country
            """,
            params | more,
        )
