"""What stands around quotes in their survey, for whoever weighs their release. For the view ``internal`` alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from store.filters import Filters
from store.risk import Surroundings, words
from store.topic_reader import TopicReader

_IN_COUNTRIES = """
SELECT survey, country, count(DISTINCT unit) FROM answers a WHERE text <> '' AND list_contains($surveys, survey) AND {hidden} GROUP BY ALL
"""

_ROLES = """
WITH kept AS (
    SELECT q.quote, q.survey, q.unit, t.name, t.value FROM attributes t JOIN quotes q USING ("row")
    WHERE list_contains($surveys, q.survey) AND {hidden}
), sizes AS (SELECT survey, name, value, count(DISTINCT unit) AS number FROM kept GROUP BY ALL)
SELECT quote, name, value, number FROM kept JOIN sizes USING (survey, name, value) WHERE list_contains($quotes, quote)
"""

_WORDS = r"""
SELECT survey, word, count(DISTINCT answer) FROM (
    SELECT survey, answer, unnest(list_distinct(regexp_extract_all(lower(text), '\pL+(?:[-''’]\pL+)*'))) AS word FROM quotes q
    WHERE list_contains($surveys, survey) AND {hidden}
) WHERE word IN (SELECT unnest($words::VARCHAR[])) GROUP BY ALL
"""

_EMBARGOES = """
SELECT q.quote, h.until FROM held_back h JOIN quotes q USING ("row")
WHERE list_contains($quotes, q.quote) AND NOT coalesce(try_cast(left(h.until, 10) AS DATE) < $today::DATE, false)
"""

_LENGTHS = """
SELECT survey, quantile_disc(length(text), 0.9) FROM quotes q WHERE list_contains($surveys, survey) AND {hidden} GROUP BY survey
"""


class ReleaseReader(TopicReader):
    """Reads what a release is weighed by."""

    def queue(self, filters: Filters) -> list[tuple[str, int]]:
        """Return (quote, unit) of the quotes that the filters let through, those of the surest relevance first."""
        where, params = self._where(filters)
        found = self._table(f'SELECT q.quote, q.unit FROM quotes q WHERE {where} ORDER BY q."row"', params)
        return list(zip(*(column.to_pylist() for column in found.columns), strict=True))

    def embargoes(self, quotes: Sequence[str], today: date) -> dict[str, str]:
        """Return until when an embargo keeps quotes inside, by id; those without one, or whose embargo has ended, are missing."""
        values = {"quotes": list(quotes), "today": today.isoformat()}
        found = self._table(_EMBARGOES, values)
        return dict(zip(*(column.to_pylist() for column in found.columns), strict=True))

    def chosen(self, quotes: Sequence[str]) -> list[dict[str, Any]]:
        """Return quotes by their ids, with all their codes and claims; what was withdrawn since is missing."""
        hidden, params = self._not_hidden("q.answer")
        page = f'SELECT q.*, q."row" AS place FROM quotes q WHERE list_contains($quotes, q.quote) AND {hidden}'
        found: list[dict[str, Any]] = self._quotes(page, params | {"quotes": list(quotes)}).to_pylist()
        return found

    def surroundings(self, quotes: Sequence[Mapping[str, Any]]) -> dict[str, Surroundings]:
        """Return what stands around each of the quotes (rows of ``Reader.quotes``), by its id."""
        surveys = sorted({quote["survey"] for quote in quotes})
        known = sorted(set().union(*(words(quote["text"]) for quote in quotes)))
        ids = [quote["quote"] for quote in quotes]
        countries = {(survey, country): number for survey, country, number in self._around(_IN_COUNTRIES, "a", surveys=surveys)}
        met = self._around(_WORDS, "q", surveys=surveys, words=known)
        lengths = dict(self._around(_LENGTHS, "q", surveys=surveys))
        roles: dict[str, dict[str, tuple[str, int]]] = {}
        for quote, name, value, number in self._around(_ROLES, "q", surveys=surveys, quotes=ids):
            roles.setdefault(quote, {})[name] = (value, number)
        return {
            quote["quote"]: Surroundings(
                countries.get((quote["survey"], quote["country"])) if quote["country"] else None,
                roles.get(quote["quote"], {}),
                {word: number for survey, word, number in met if survey == quote["survey"]},
                int(lengths.get(quote["survey"], 0)),
            )
            for quote in quotes
        }

    def _around(self, query: str, table: str, **params: Any) -> list[tuple[Any, ...]]:
        hidden, more = self._not_hidden(f"{table}.answer")
        found = self._table(query.format(hidden=hidden), params | more)
        return list(zip(*(column.to_pylist() for column in found.columns), strict=True))
