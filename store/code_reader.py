"""Quotes that show what a code means, and how often a code waits for a review."""

from __future__ import annotations

import pyarrow as pa

from store.filters import Filters
from store.opened import OpenSnapshot


class CodeReader(OpenSnapshot):
    """Reads examples of codes, and how many of them nobody has settled."""

    def waiting(self) -> pa.Table:
        """Return in how many passages of the snapshot each code waits for a review: judged by itself, as a difference of two counts
        that may be told can stand for one person.

        Columns: facet, code, passages (null where suppressed), suppressed.
        """
        hidden, params = self._not_hidden("q.answer")
        return self._table(
            f"""
            SELECT facet, code, CASE WHEN NOT suppressed THEN passages END AS passages, suppressed FROM (
                SELECT c.facet, c.code, count(*) FILTER ({self._told("q.protection")}) AS passages,
                    {self._few("q.unit", "q.protection")} AS suppressed
                FROM codes c JOIN quotes q USING ("row") WHERE c.review AND {hidden} GROUP BY c.facet, c.code
            ) ORDER BY facet, code
            """,
            params,
        )

    def surest(self, facet: str, code: str, filters: Filters, limit: int = 3) -> pa.Table:
        """Return quotes in which a code is settled, the surest first and one of each answer; invented ones come last.

        Columns are those of ``Reader.quotes``.
        """
        where, params = self._where(filters)
        counted, more = self._counted_version(filters)
        page = f"""
            SELECT * FROM (
                SELECT q.*, row_number() OVER (ORDER BY q.text_kind = 'invented', c.confidence DESC, q."row") AS place
                FROM quotes q JOIN codes c USING ("row")
                WHERE {where} AND c.facet = $facet AND c.code = $code AND NOT c.review AND {counted}
                QUALIFY row_number() OVER (PARTITION BY q.answer ORDER BY c.confidence DESC, q."row") = 1
            ) ORDER BY place LIMIT $limit
        """
        return self._quotes(page, params | more | {"facet": facet, "code": code, "limit": max(limit, 0)})
