"""Who moves what: the claims of a selection, by what they say, with the number of voices behind each figure.

A figure's weight is in *units*: respondents, or texts where a source has no respondents. Several claims of one text are no independent
observations, so that shares and their intervals are of units and never of claims. Of translations one counts. Outside, claims of
protected surveys are in no figure.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from store.claim_facets import CLAIM_FACETS, OF_PASSAGE, claims_selected, settled
from store.filters import Filters
from store.intervals import wilson_sql
from store.opened import OpenSnapshot
from taxonomy.errors import StoreError

#: Characters below which a quote says little by itself: “Workers”.
_TERSE = 25

#: What a claim of settled or counted parts says; what waits for a review is null.
_SELECTED = """
selected AS MATERIALIZED (
    SELECT {facets}, q.unit, q."row", q.quote, q.protection, q."end" - q."start" < $terse AS terse
    FROM claims cl JOIN quotes q USING ("row") WHERE {where}
)
"""

_OF_FACET = """
SELECT '{facet}' AS facet, "{facet}" AS code, count(*) FILTER ({told}) AS claims,
    count(DISTINCT unit) FILTER ({told}) AS units, {few} AS few
FROM selected WHERE "{facet}" IS NOT NULL GROUP BY "{facet}"
"""

_ALL_OF_FACET = """
SELECT '{facet}' AS facet, count(DISTINCT unit) FILTER ({told}) AS total, {few} AS few_in_all FROM selected WHERE "{facet}" IS NOT NULL
"""

_PROFILE = """
WITH {claims}, found AS ({found}), totals AS ({totals}), judged AS (
    SELECT *, few OR few_in_all AS suppressed FROM found JOIN totals USING (facet)
)
SELECT facet, code, CASE WHEN NOT suppressed THEN claims END AS claims, CASE WHEN NOT suppressed THEN units END AS units,
    CASE WHEN NOT few_in_all THEN total END AS total, CASE WHEN NOT suppressed THEN units / total END AS share,
    CASE WHEN NOT suppressed THEN {low} END AS low, CASE WHEN NOT suppressed THEN {high} END AS high, suppressed
FROM judged ORDER BY facet, units DESC NULLS LAST, claims DESC NULLS LAST, code
"""

_BANDS = """
WITH {claims}
SELECT source, target, "{by}", CASE WHEN NOT suppressed THEN claims END AS claims, suppressed FROM (
    SELECT "{source}" AS source, "{target}" AS target, "{by}", count(*) FILTER ({told}) AS claims, {few} AS suppressed
    FROM selected WHERE "{source}" IS NOT NULL AND "{target}" IS NOT NULL GROUP BY ALL
) ORDER BY source, target, "{by}"
"""

_WAYS = """
WITH {claims}
SELECT actor, mechanism, "right", "{by}", CASE WHEN NOT suppressed THEN claims END AS claims,
    CASE WHEN NOT suppressed THEN units END AS units, suppressed, quote
FROM (
    SELECT actor, mechanism, "right", "{by}", count(*) FILTER ({told}) AS claims, count(DISTINCT unit) FILTER ({told}) AS units,
        {few} AS suppressed, arg_min(quote, (terse, "row")) AS quote
    FROM selected WHERE mechanism IS NOT NULL AND "right" IS NOT NULL GROUP BY actor, mechanism, "right", "{by}"
) ORDER BY suppressed, units DESC NULLS LAST, claims DESC NULLS LAST, actor, mechanism, "right", "{by}"
"""


class InfluenceReader(OpenSnapshot):
    """Reads claims as a whole: who, by which means, on which right, with which effect."""

    def profile(self, filters: Filters) -> pa.Table:
        """Return what the claims of a selection say, value by value: who, by which means, in which mode, on which right, where.

        Without suggestions a claim counts where all that it rests on is settled, and in mode, direction and effect only where that of
        its passage is settled too: hence each facet has a ``total`` of its own.

        Returns:
            facet (one of ``CLAIM_FACETS``), code, claims, units, total (units with a claim that says anything in the facet), share
            (units / total; one unit may say several things, so that shares may add up to more than 1), low, high (Wilson's 95 %
            interval of the share), suppressed. Where suppressed, the figures are null; those most often told come first.
        """
        claims, params = self._claims(filters)
        few, told = self._few("unit", "protection"), self._told("protection")
        low, high = wilson_sql("units", "total")
        query = _PROFILE.format(
            claims=claims,
            found=" UNION ALL ".join(_OF_FACET.format(facet=facet, few=few, told=told) for facet in CLAIM_FACETS),
            totals=" UNION ALL ".join(_ALL_OF_FACET.format(facet=facet, few=few, told=told) for facet in CLAIM_FACETS),
            low=low,
            high=high,
        )
        return self._table(query, params)

    def bands(self, source: str, target: str, filters: Filters, by: str = "effect") -> pa.Table:
        """Count the claims that link two values, told apart ``by`` a third facet.

        Returns:
            source, target (codes of the two facets), the third facet under its name (null where it waits for a review), claims (null
            where suppressed), suppressed.

        Raises:
            StoreError: claims have no such facet.
        """
        _require_facets(source, target, by)
        claims, params = self._claims(filters)
        few, told = self._few("unit", "protection"), self._told("protection")
        return self._table(_BANDS.format(claims=claims, source=source, target=target, by=by, few=few, told=told), params)

    def ways(self, filters: Filters, by: str = "effect") -> pa.Table:
        """Return the ways of influence: each actor, mechanism and right that a claim links, told apart ``by`` a facet; most told first.

        Returns:
            actor, mechanism, right, that facet under its name (null where it waits for a review), claims, units (both null where
            suppressed), suppressed, quote (the id of the quote of the surest relevance that makes this claim, a longer one before a
            word or two).

        Raises:
            StoreError: claims have no such facet.
        """
        _require_facets(by)
        claims, params = self._claims(filters)
        few, told = self._few("unit", "protection"), self._told("protection")
        return self._table(_WAYS.format(claims=claims, by=by, few=few, told=told), params)

    def _claims(self, filters: Filters) -> tuple[str, dict[str, Any]]:
        """Return the claims of a selection as a table of SQL, ``selected``, each facet of theirs null where it waits for a review."""
        where, params = self._where(filters)
        counted, more = self._counted_version(filters)
        selected, chosen = claims_selected(filters)
        facets = ", ".join(
            f'CASE WHEN {settled(facet)} THEN {column} END AS "{facet}"'
            if facet in OF_PASSAGE and not filters.suggestions
            else f'{column} AS "{facet}"'
            for facet, column in CLAIM_FACETS.items()
        )
        return _SELECTED.format(facets=facets, where=f"{where} AND {counted} AND {selected}"), params | more | chosen | {"terse": _TERSE}


def _require_facets(*facets: str) -> None:
    for facet in facets:
        if facet not in CLAIM_FACETS:
            raise StoreError(f"claims cannot be linked by “{facet[:40]}”; they have {', '.join(CLAIM_FACETS)}")
