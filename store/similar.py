"""Quotes beside a quote: those nearest in meaning, those that say the opposite, and the same words in other languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from store.filters import Filters
from store.search_reader import SearchReader

#: A quote whose nearness is less has hardly its matter in common with another.
ALIKE = 0.2
_WEIGHED = 300

#: What is the opposite of what, by facet of a claim, the weightier facet first.
OPPOSITES = {"effect": ("harms", "improves"), "direction": ("encouraged", "discouraged")}

#: A code that is settled by little more than its threshold sets nobody against anybody: of the effects of the surveys that ship, read
#: one by one, most of those below were wrong.
SURE = 0.6

#: What two claims can share.
_SHARED = ("actor", "right", "country")


def _sure(facet: str) -> str:
    return f"""cl."row" IN (SELECT u."row" FROM codes u WHERE u.facet = '{facet}' AND NOT u.review AND u.confidence >= {SURE})"""


_CLAIMS = f"""
SELECT q.quote, q."row", q.answer, q.country, cl.actor, cl."right",
    CASE WHEN {_sure("effect")} THEN cl.effect END AS effect, CASE WHEN {_sure("direction")} THEN cl.direction END AS direction
FROM claims cl JOIN quotes q USING ("row") WHERE NOT cl.review AND {{hidden}}
"""

_OPPOSITE = """
WITH claimed AS ({claims}), own AS (SELECT * FROM claimed WHERE quote = $quote)
SELECT o."row", {shared}, {said} FROM own JOIN claimed o
    ON o.answer <> own.answer AND ({contrary}) AND (o.actor = own.actor OR o."right" = own."right" OR o.country = own.country)
GROUP BY ALL
"""

#: Versions of an answer in other languages share a group.
_VERSIONS = """
SELECT q."row", q.language FROM quotes q JOIN quotes own
    ON own.survey = q.survey AND own.translation_group = q.translation_group AND own.language <> q.language
    AND own.question IS NOT DISTINCT FROM q.question
WHERE own.quote = $quote AND {hidden} ORDER BY q."row"
"""

_SOURCES = """
SELECT "row", coalesce(survey || ' ' || translation_group::VARCHAR, answer) AS source, text, quote = $quote AS own
FROM quotes q WHERE ("row" IN (SELECT unnest($rows::INTEGER[])) OR quote = $quote) AND {hidden}
"""


@dataclass(frozen=True)
class Near:
    """A quote (a row of ``Reader.quotes``) and its cosine with another one; ``None`` where either has no vector."""

    quote: dict[str, Any]
    closeness: float | None


@dataclass(frozen=True)
class Opposite:
    """A quote that says the opposite of another.

    Attributes:
        quote: a row of ``Reader.quotes``.
        shares: facets in which their claims agree: ``actor``, ``right``, ``country``.
        facet: the facet in which they differ, and ``code`` what this one says.
        closeness: their cosine, ``None`` where either has no vector.
    """

    quote: dict[str, Any]
    shares: tuple[str, ...]
    facet: str
    code: str
    closeness: float | None


class SimilarReader(SearchReader):
    """Finds what stands near a quote and what stands against it."""

    def similar(self, quote: str, filters: Filters | None = None, count: int = 5) -> list[Near]:
        """Return the quotes nearest in meaning, in any language, one of each answer, none of its own answer or of a version of it.

        Nothing where the quote is not there, has no vector, or nothing is near.
        """
        vector = self._vector_of(quote)
        if vector is None:
            return []
        near = self._near(vector, self._passing(filters or Filters()), least=ALIKE, most=_WEIGHED)
        return [Near(row, near[row["row"]]) for row in self._one_of_each(quote, list(near), count)]

    def opposite(self, quote: str, count: int = 4) -> list[Opposite]:
        """Return quotes with a claim of the same actor, right or country and the opposite effect or direction, one of each answer.

        First come those that share most with a claim of the quote, among these those nearest to it in meaning. Only what is settled
        counts, in the quote's claims and in theirs.
        """
        hidden, params = self._not_hidden("q.answer")
        shared = ", ".join(f'coalesce(o."{facet}" = own."{facet}", false) AS same_{facet}' for facet in _SHARED)
        pairs = {facet: _contrary(facet) for facet in OPPOSITES}
        said = ", ".join(f"CASE WHEN {contrary} THEN o.{facet} END AS {facet}" for facet, contrary in pairs.items())
        query = _OPPOSITE.format(claims=_CLAIMS.format(hidden=hidden), shared=shared, said=said, contrary=" OR ".join(pairs.values()))
        vector = self._vector_of(quote)
        closeness = None if vector is None else self._meaning.cosines(vector)
        best: dict[int, tuple[tuple[float, ...], dict[str, Any]]] = {}
        for claim in self._table(query, params | {"quote": quote}).to_pylist():
            row = claim["row"]
            worth = (_shares(claim), claim["effect"] is not None, self._cosine(closeness, row) or 0.0)
            if row not in best or best[row][0] < worth:
                best[row] = (worth, claim)
        ranked = sorted(best, key=lambda row: (*(-part for part in best[row][0]), row))[:_WEIGHED]
        return [_told(row, best[row["row"]][1], self._cosine(closeness, row["row"])) for row in self._one_of_each(quote, ranked, count)]

    def versions(self, quote: str) -> list[Near]:
        """Return the passage nearest to a quote in each other language in which the survey has its answer."""
        hidden, params = self._not_hidden("q.answer")
        others = self._table(_VERSIONS.format(hidden=hidden), params | {"quote": quote})
        vector = self._vector_of(quote)
        if vector is None or not len(others):
            return []
        cosines = self._meaning.cosines(vector)
        nearest: dict[str, int] = {}
        for row, language in zip(others["row"].to_pylist(), others["language"].to_pylist(), strict=True):
            if language not in nearest or (self._cosine(cosines, row) or -1) > (self._cosine(cosines, nearest[language]) or -1):
                nearest[language] = row
        kept = tuple(row for row in nearest.values() if (self._cosine(cosines, row) or -1) >= ALIKE)
        return [Near(row, self._cosine(cosines, row["row"])) for row in self.listed(kept).to_pylist()]

    def _vector_of(self, quote: str) -> Any:
        hidden, params = self._not_hidden("q.answer")
        query = f"SELECT vector_row FROM quotes q WHERE quote = $quote AND vector_row IS NOT NULL AND {hidden}"
        rows = self._table(query, params | {"quote": quote})["vector_row"].to_pylist()
        if not rows:
            return None
        self.prepare_meaning()
        return self._meaning.of_row(rows[0])

    def _cosine(self, cosines: Any, row: int) -> float | None:
        at = int(self._vector_rows[row])
        return None if cosines is None or at < 0 else float(cosines[at])

    def _one_of_each(self, quote: str, rows: list[int], count: int) -> list[dict[str, Any]]:
        """Return the quotes of the first rows, one of each answer, none of the quote's own or of its versions, none with its very words."""
        hidden, params = self._not_hidden("q.answer")
        found = {
            each["row"]: each for each in self._table(_SOURCES.format(hidden=hidden), params | {"quote": quote, "rows": rows}).to_pylist()
        }
        seen = {each[part] for each in found.values() if each["own"] for part in ("source", "text")}
        kept: list[int] = []
        for row in rows:
            each = found.get(row)
            if each is None or each["source"] in seen or each["text"] in seen:
                continue
            seen |= {each["source"], each["text"]}
            kept.append(row)
            if len(kept) == count:
                break
        return list(self.listed(tuple(kept)).to_pylist())


def _contrary(facet: str) -> str:
    one, other = OPPOSITES[facet]
    return f"(coalesce((own.{facet}, o.{facet}) IN (('{one}', '{other}'), ('{other}', '{one}')), false))"


def _shares(claim: dict[str, Any]) -> int:
    return sum(bool(claim[f"same_{facet}"]) for facet in _SHARED)


def _told(quote: dict[str, Any], claim: dict[str, Any], closeness: float | None) -> Opposite:
    facet = next(facet for facet in OPPOSITES if claim[facet])
    return Opposite(quote, tuple(name for name in _SHARED if claim[f"same_{name}"]), facet, claim[facet], closeness)
