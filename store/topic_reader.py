"""What the explorer may ask about the topics of a published snapshot.

A topic that a person merged into another counts as that one everywhere, from the moment at which it was decided; so do names.
Everything is counted under the filters and without what was withdrawn since. Of translations one counts where shares are told.

Inside, a topic of a protected survey that speaks for too few people is in no topic at all: it has no name, no words and no points.
Where it has enough people and the filters leave too few of them, its figures are null and ``suppressed``. Outside, no topic is of a
protected survey.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from models.topic_spec import topic_spec
from models.topics import Drift
from store.filters import ATTRIBUTES, SURVEY_ATTRIBUTE, TOPIC, Filters
from store.intervals import wilson_sql
from store.opened import OpenSnapshot
from store.suppression import INTERNAL_THRESHOLD
from store.topic_decisions import overlay
from store.topic_words import AUTOMATIC_NAME, SPOKEN, beside_codes, least_speakers
from taxonomy.errors import StoreError

#: These facets tell how, in which direction and whether it is an influence at all; what a passage is about is told by the others.
WITHOUT_CONTENT = ("relevance", "mode", "direction", "effect", "responsibility", "awareness")

#: Passages of a topic that have a code, or two together, before anything is said of these.
_FEWEST = 3

#: The columns of ``topic_models`` that say how well a fit still holds.
_DRIFT = ("fitted", "remaining", "known", "placed", "poor", "outside")

#: The members of topics under the filters, outliers with a null topic, with their quotes. ``counts``: of translations the one.
#: The members of a ``lonely`` topic, which speaks for too few people, have a null topic too.
_SEEN = """
members AS (
    SELECT m.*, coalesce(list_contains($lonely::VARCHAR[], coalesce(g.target, m.topic)), false) AS lonely,
        CASE WHEN NOT lonely THEN coalesce(g.target, m.topic) END AS counted_as
    FROM topic_members m LEFT JOIN merges g ON g.topic = m.topic
), seen AS (
    SELECT q.*, m.counted_as AS topic, m.lonely, m.membership, m.similarity, m.x, m.y, {counted} AS counts
    FROM members m JOIN quotes q USING ("row") WHERE {where}
)
"""

_LONELY = """
SELECT coalesce(g.target, m.topic) AS topic FROM topic_members m JOIN quotes q USING ("row") LEFT JOIN merges g ON g.topic = m.topic
WHERE m.topic IS NOT NULL AND {hidden} GROUP BY 1 HAVING {few}
"""

#: Words and the names made of them speak for those who hold them: once too many of these are withdrawn, a topic goes by its number.
_NAMED = f"""
spoken AS ({{spoken}}), told AS (SELECT topic, word FROM topic_words SEMI JOIN spoken USING (topic, language, "rank")),
named AS (
    SELECT t.topic, n.given IS NOT NULL AS by_person, coalesce(n.given, {AUTOMATIC_NAME}) AS name
    FROM topics t LEFT JOIN names n USING (topic)
)
"""
_HOLDERS_LEFT = '(SELECT h.* FROM topic_word_holders h JOIN quotes q USING ("row") WHERE {hidden})'

#: Topics in the order in which they came to be.
_BY_AGE = "regexp_extract({}, '([0-9]+)$', 1)::BIGINT"

_TOPICS = f"""
visible AS (
    SELECT m.counted_as AS topic, median(m.x)::FLOAT AS x, median(m.y)::FLOAT AS y
    FROM members m JOIN quotes q USING ("row") WHERE m.counted_as IS NOT NULL AND {{hidden}} GROUP BY ALL
), sums AS (
    SELECT topic, count(*) AS size, count(DISTINCT answer) AS answers, count(DISTINCT unit) FILTER (counts) AS units,
        count(*) FILTER (membership = 'weak') AS weak, {{few}} AS few
    FROM seen GROUP BY topic
), figures AS (
    SELECT topic, coalesce(few, false) AS suppressed, CASE WHEN NOT suppressed THEN coalesce(size, 0) END AS size,
        CASE WHEN NOT suppressed THEN coalesce(answers, 0) END AS answers, CASE WHEN NOT suppressed THEN coalesce(units, 0) END AS units,
        CASE WHEN NOT suppressed THEN coalesce(weak, 0) END AS weak
    FROM topics LEFT JOIN sums USING (topic)
), gone AS (
    SELECT target AS topic, list(topic ORDER BY {_BY_AGE.format("topic")}) AS merged FROM merges GROUP BY target
)
SELECT t.topic, t.survey, d.name, d.by_person AS named_by_person, s.size, s.answers, s.units, s.weak, s.suppressed, t.stability,
    t.tentative, v.x, v.y, t.foreseen, t.nearest_code, coalesce(o.merged, []) AS merged
FROM topics t JOIN visible v USING (topic) JOIN named d USING (topic) JOIN figures s USING (topic) LEFT JOIN gone o USING (topic)
WHERE t.alive AND ($surveys::VARCHAR[] IS NULL OR list_contains($surveys, t.survey))
ORDER BY coalesce(s.size, 0.5) DESC, t.survey, {_BY_AGE.format("t.topic")}
"""

_POINTS = """
SELECT s.quote, s.survey, s.topic, s.membership, s.x, s.y, s.text, s.country, s.language, s.wave, e.code AS effect, d.code AS direction
FROM (SELECT * FROM seen WHERE NOT lonely AND {enough} ORDER BY quote LIMIT $limit) s
    LEFT JOIN (SELECT "row", min(code) AS code FROM codes c WHERE facet = 'effect' AND {settled} GROUP BY "row") e USING ("row")
    LEFT JOIN (SELECT "row", min(code) AS code FROM codes c WHERE facet = 'direction' AND {settled} GROUP BY "row") d USING ("row")
ORDER BY s.quote
"""

_WORDS = """
, best AS (
    SELECT w.language, w.word, min(w.rank) AS rank, max(w.weight) AS weight
    FROM topic_words w LEFT JOIN merges g ON g.topic = w.topic
    WHERE coalesce(g.target, w.topic) = $topic AND (w.topic, w.language, w."rank") IN (SELECT (topic, language, "rank") FROM spoken)
    GROUP BY w.language, w.word
), ranked AS (
    SELECT language, row_number() OVER (PARTITION BY language ORDER BY rank, weight DESC, word)::INTEGER AS rank, word, weight FROM best
)
SELECT language, rank, word, weight FROM ranked WHERE rank <= $shown ORDER BY language, rank
"""

#: Core members come first; among them each country has its turn before any has a second one. The same words are shown once.
_CENTRAL = """
, single AS (
    SELECT *, row_number() OVER (PARTITION BY text ORDER BY membership, similarity DESC, quote) AS copy
    FROM seen WHERE topic = $topic AND counts
), in_turn AS (
    SELECT *, row_number() OVER (PARTITION BY membership, country ORDER BY similarity DESC, quote) AS turn FROM single WHERE copy = 1
)
SELECT *, row_number() OVER (ORDER BY membership, turn, similarity DESC, quote) AS place FROM in_turn ORDER BY place LIMIT $limit
"""

_CODES = """
, base AS (
    SELECT "row", unit, protection, coalesce(topic = $topic, false) AS inside FROM seen
    WHERE counts AND survey = (SELECT survey FROM topics WHERE topic = $topic)
), sums AS (
    SELECT count(*) AS everything, count(*) FILTER (inside) AS members FROM base
), met AS (
    SELECT c.facet, c.code, count(*) AS everywhere, count(*) FILTER (inside) AS passages, {few} AS suppressed
    FROM base JOIN codes c USING ("row") WHERE {settled} GROUP BY c.facet, c.code
), told AS (
    SELECT facet, code, suppressed, CASE WHEN NOT suppressed THEN passages END AS passages, everywhere FROM met WHERE passages > 0
), shares AS (
    SELECT facet, code, suppressed, passages, passages / members AS share, CASE WHEN NOT suppressed THEN {low} END AS low,
        CASE WHEN NOT suppressed THEN {high} END AS high, CASE WHEN NOT suppressed THEN everywhere / everything END AS base
    FROM told, sums
)
SELECT facet, code, passages, share, low, high, base, share / base AS lift,
    coalesce(low > base AND passages >= $fewest AND facet NOT IN ('relevance', 'effect', 'direction'), false) AS over_represented,
    suppressed
FROM shares ORDER BY low / base DESC NULLS LAST, facet, code
"""

_SPLIT = """
, valued AS (SELECT s.survey, s.topic, s.unit, s.protection, {value} AS value FROM seen s {join} WHERE s.counts AND {value} IS NOT NULL),
totals AS (SELECT survey, value, count(DISTINCT unit) AS total, {few} AS few_in_all FROM valued GROUP BY survey, value),
grid AS (
    SELECT survey, t.topic, n.value, n.total, n.few_in_all
    FROM (SELECT DISTINCT survey, topic FROM seen WHERE topic IS NOT NULL) t JOIN totals n USING (survey)
), found AS (SELECT topic, value, count(DISTINCT unit) AS units, {few} AS few FROM valued GROUP BY topic, value),
whole AS (
    SELECT g.survey, g.topic, g.value, CASE WHEN NOT g.few_in_all THEN g.total END AS total,
        coalesce(g.few_in_all OR f.few, false) AS suppressed,
        CASE WHEN NOT coalesce(g.few_in_all OR f.few, false) THEN coalesce(f.units, 0) END AS units
    FROM grid g LEFT JOIN found f USING (topic, value)
)
SELECT topic, value, units, total, units / total AS share, CASE WHEN NOT suppressed THEN {low} END AS low,
    CASE WHEN NOT suppressed THEN {high} END AS high, suppressed
FROM whole
WHERE $chosen::VARCHAR[] IS NULL OR list_contains($chosen, topic) ORDER BY survey, {age}, value
"""

#: A code stands beside itself too, so that single codes and pairs are weighed alike. Numbers group faster than words.
_BEYOND = """
, content AS MATERIALIZED (
    SELECT s.survey, s.topic, s."row", CASE WHEN s.protection = 'protected' THEN s.unit END AS person, c.facet || ':' || c.code AS code
    FROM seen s JOIN codes c USING ("row") WHERE s.counts AND NOT list_contains($aside::VARCHAR[], c.facet) AND {settled}
), sums AS (
    SELECT topic, any_value(survey) AS survey, count(*) AS size, count(*) FILTER (counts) AS members,
        count(*) FILTER (counts AND "row" NOT IN (SELECT "row" FROM content)) AS bare, {few} AS few, {few_bare} AS few_bare
    FROM seen WHERE topic IS NOT NULL GROUP BY topic
), code_numbers AS MATERIALIZED (
    SELECT code, row_number() OVER (ORDER BY code)::SMALLINT AS number FROM (SELECT DISTINCT code FROM content)
), places AS MATERIALIZED (
    SELECT survey, topic, row_number() OVER (ORDER BY survey, topic)::INTEGER AS place FROM (SELECT DISTINCT survey, topic FROM content)
), numbered AS MATERIALIZED (
    SELECT p.place, c."row", c.person, n.number FROM content c JOIN code_numbers n USING (code)
        JOIN places p ON p.survey = c.survey AND p.topic IS NOT DISTINCT FROM c.topic
), pairs AS (
    SELECT a.place, a.number AS first, b.number AS second, count(*) AS passages, count(DISTINCT a.person) AS people
    FROM numbered a JOIN numbered b ON a."row" = b."row" AND a.number <= b.number GROUP BY ALL
), everywhere AS (
    SELECT p.survey, first, second, sum(passages) AS passages FROM pairs JOIN places p USING (place) GROUP BY ALL
), fits AS (
    SELECT s.topic, n.first, n.second, 2 * n.passages / (s.members + e.passages) AS f1
    FROM pairs n JOIN places p USING (place) JOIN sums s USING (topic)
        JOIN everywhere e ON e.survey = p.survey AND e.first = n.first AND e.second = n.second
    WHERE n.passages >= $fewest AND (n.people = 0 OR n.people >= $fewest_people)
), best AS (
    SELECT topic, max(f1) AS f1, arg_max((first, second), (f1, first = second, -first, -second)) AS pair FROM fits GROUP BY topic
), told AS (
    SELECT topic, f1, CASE WHEN pair[1] = pair[2] THEN [o.code] ELSE [o.code, t.code] END AS codes
    FROM best JOIN code_numbers o ON o.number = pair[1] JOIN code_numbers t ON t.number = pair[2]
)
SELECT s.topic, CASE WHEN NOT s.few THEN 1 - coalesce(b.f1, 0)::DOUBLE END AS unexplained,
    CASE WHEN s.few THEN [] ELSE coalesce(b.codes, []) END AS best_codes, t.foreseen,
    CASE WHEN NOT (s.few OR s.few_bare) THEN coalesce(s.bare / nullif(s.members, 0), 0)::DOUBLE END AS without_code,
    CASE WHEN NOT s.few THEN s.size END AS size, s.few AS suppressed
FROM sums s JOIN topics t USING (topic) LEFT JOIN told b USING (topic)
WHERE $chosen::VARCHAR[] IS NULL OR list_contains($chosen, s.topic)
ORDER BY unexplained DESC NULLS LAST, without_code DESC NULLS LAST, {age}
"""


class TopicReader(OpenSnapshot):
    """Answers about topics. A topic that is not in the snapshot, or all of whose answers were withdrawn, has no rows anywhere."""

    _alone: tuple[tuple[dict[str, str], list[str]] | None, list[str]] = (None, [])

    def topics(self, filters: Filters) -> pa.Table:
        """Return the topics of the selected surveys, the largest under the filters first; those without a passage there have size 0.

        Columns: topic, survey, name, named_by_person, size (passages), answers, units, weak (passages that are weak members; these four
        are null where the filters leave too few people), suppressed (whether they are), stability, tentative, x, y (the median place of
        all its passages, whatever the filters), foreseen, nearest_code, and merged (the topics that went into it). Stability,
        tentative, foreseen and nearest_code are those of the topic itself, without the merged ones.
        """
        seen, params = self._seen(filters)
        hidden, more = self._not_hidden("q.answer")
        named, least = self._named()
        params |= more | least | {"surveys": list(filters.surveys) or None}
        topics = _TOPICS.format(hidden=hidden, few=self._few("unit", "protection"))
        return beside_codes(self._table(f"WITH {seen}, {named}, {topics}", params))

    def topic_points(self, filters: Filters, limit: int) -> pa.Table:
        """Return the passages on the map; of more than ``limit`` a sample that is always the same.

        What the filters leave of a topic, or outside of all, is not on it where it speaks for too few people.

        Columns: quote, survey, topic (null for an outlier), membership, x, y, text, country, language, wave, effect and direction
        (null where they are not settled; with suggestions those are taken).
        """
        seen, params = self._seen(filters)
        few = self._few("unit", "protection")
        crowd = f"(SELECT (survey, coalesce(topic, '')) FROM seen WHERE NOT lonely GROUP BY survey, topic HAVING {few})"
        enough = "true" if few == "false" else f"(survey, coalesce(topic, '')) NOT IN {crowd}"
        query = f"WITH {seen} {_POINTS.format(settled=_settled(filters), enough=enough)}"
        return self._table(query, params | {"limit": max(limit, 0)})

    def topic_words(self, topic: str) -> pa.Table:
        """Return (language, rank, word, weight), with the words of merged topics among them; none that too few people are left to hold."""
        merges, params = self._overlay()
        named, more = self._named()
        target = self._target(topic)
        params |= more | {"topic": "" if target in self._lonely() else target, "shown": topic_spec().words.shown}
        return self._table(f"WITH {merges}, {named} {_WORDS}", params)

    def topic_events(self, survey: str) -> pa.Table:
        """Return what became of a survey's topics from fit to fit, the oldest first.

        Columns: fit (from 1), run, made, topic, name, event, others, overlap, similarity. Merges by people are no events of a fit.
        """
        merges, params = self._overlay()
        named, more = self._named()
        return self._table(
            f"""
            WITH {merges}, {named}
            SELECT e.fit, e.run, e.made, e.topic, d.name, e.event, e.others, e.overlap, e.similarity
            FROM topic_events e LEFT JOIN named d USING (topic)
            WHERE e.survey = $survey AND NOT list_contains($lonely::VARCHAR[], e.topic)
            ORDER BY e.fit, {_BY_AGE.format("e.topic")}, e.event, e.others
            """,
            params | more | {"survey": survey, "lonely": self._lonely()},
        )

    def topic_models(self) -> pa.Table:
        """Return how the topics of each survey were found, and how well they still hold.

        Columns: survey, fit (its number), run, made, encoder, spec, seed, method, note ("" or why the method is not the consensus), fitted,
        outliers_before, outliers_after, sharing, remaining (of the fitted, there still), outside (in no topic now), known (passages
        that came with the fit), placed (later), poor (placed ones that lie near no topic), drift (their share), refit_proposed,
        proposal (the sentence that says so, or why not).
        """
        models = self._table("SELECT * FROM topic_models ORDER BY survey")
        drifts = [Drift(**{name: row[name] for name in _DRIFT}, outliers_at_fit=row["outliers_after"]) for row in models.to_pylist()]
        return (
            models.append_column("drift", pa.array([drift.share for drift in drifts], pa.float64()))
            .append_column("refit_proposed", pa.array([drift.refit_proposed for drift in drifts], pa.bool_()))
            .append_column("proposal", pa.array([drift.sentence for drift in drifts], pa.string()))
        )

    def central_quotes(self, topic: str, filters: Filters, count: int = 3) -> pa.Table:
        """Return the quotes nearest to the middle of a topic, with the columns of ``quotes``: core members first, of as many countries as
        there are, no text twice and of translations one.
        """
        seen, params = self._seen(filters)
        return self._quotes(f"WITH {seen} {_CENTRAL}", params | {"topic": self._target(topic), "limit": max(count, 0)})

    def topic_codes(self, topic: str, filters: Filters) -> pa.Table:
        """Return the codes that a topic's passages have, those that it surely has more often than others first.

        Columns: facet, code, passages, share (of the topic's passages), low, high (its 95 % interval), base (share in all passages of the
        survey under the filters, outliers too), lift (share / base), over_represented (the whole interval lies above the base, and
        at least three passages stand behind it; never of relevance, effect or direction, which say how it is spoken), suppressed
        (whether the topic's passages with the code speak for too few, so that all figures of it are null). Of
        translations one counts; codes that wait for a review only with suggestions. A selection of topics is lifted.
        """
        lifted, _ = self._lifted(filters)
        seen, params = self._seen(lifted)
        low, high = wilson_sql("passages", "members")
        few = self._few("unit", "protection", "inside")
        query = f"WITH {seen} {_CODES.format(settled=_settled(filters), low=low, high=high, few=few)}"
        return self._table(query, params | {"topic": self._target(topic), "fewest": _FEWEST})

    def topic_split(self, by: str, filters: Filters) -> pa.Table:
        """Return how many units of each value of a facet speak of each topic of the same survey.

        Args:
            by: one of ``filters.ATTRIBUTES`` (such as country, language, wave), a facet of codes, or ``attribute:NAME``.
            filters: what is counted; a selection of topics only says which are returned, totals stay those of all.

        Returns:
            topic, value, units, total (units that have the value, of any topic or none), share, low, high (95 % interval). Every
            value that the survey has is there for each of its topics, with 0 units where nobody spoke of it. Where ``suppressed``, units,
            share and interval are null, and so is the total where it speaks for too few itself.

        Raises:
            StoreError: ``by`` is ``topic`` itself.
        """
        if by == TOPIC:
            raise StoreError("topics cannot be split by topic; name another facet")
        lifted, chosen = self._lifted(filters)
        seen, params = self._seen(lifted)
        if by in ATTRIBUTES:
            value, join = f"s.{ATTRIBUTES[by]}", ""
        elif by.startswith(SURVEY_ATTRIBUTE):
            value, join = "t.value", 'JOIN (SELECT * FROM attributes WHERE name = $by) t USING ("row")'
            params["by"] = by.removeprefix(SURVEY_ATTRIBUTE)
        else:
            value, join = "c.code", f'JOIN (SELECT * FROM codes c WHERE facet = $by AND {_settled(filters)}) c USING ("row")'
            params["by"] = by
        low, high = wilson_sql("units", "total")
        few = self._few("unit", "protection")
        split = _SPLIT.format(value=value, join=join, few=few, low=low, high=high, age=_BY_AGE.format("topic"))
        return self._table(f"WITH {seen} {split}", params | {"chosen": chosen})

    def beyond_codebook(self, filters: Filters) -> pa.Table:
        """Return the topics by how badly codes of content explain them, the worst explained first.

        Columns: topic, unexplained (1 − the F1 with which the best code, or the best two codes that a passage has together, tell its
        passages from the others of its survey; of codes and pairs that three of its passages have), best_codes ("facet:code", those
        one or two), foreseen, without_code (share of its passages that have no code of content), size (passages under the filters),
        suppressed (whether the filters leave too few people of it: its own figures are null then).
        Of translations one counts; codes that wait for a review count only with suggestions. A selection of topics only says which
        are returned.
        """
        lifted, chosen = self._lifted(filters)
        seen, params = self._seen(lifted)
        bare = """(counts AND "row" NOT IN (SELECT "row" FROM content))"""
        fews = {"few": self._few("unit", "protection"), "few_bare": self._few("unit", "protection", bare)}
        query = f"WITH {seen} {_BEYOND.format(settled=_settled(filters), age=_BY_AGE.format('s.topic'), **fews)}"
        least = {"fewest": _FEWEST, "fewest_people": INTERNAL_THRESHOLD}
        return self._table(query, params | least | {"chosen": chosen, "aside": list(WITHOUT_CONTENT)})

    def known_topics(self) -> frozenset[str]:
        """Return the ids of all topics that ever were in the surveys of the snapshot."""
        return frozenset(self._table("SELECT topic FROM topics").column(0).to_pylist())

    def _seen(self, filters: Filters) -> tuple[str, dict[str, Any]]:
        """Return the tables ``merges``, ``names`` and ``seen`` for a query, with their parameters."""
        merges, params = self._overlay()
        where, more = self._where(filters)
        counted, last = self._counted_version(filters)
        return f"{merges}, {_SEEN.format(where=where, counted=counted)}", params | more | last | {"lonely": self._lonely()}

    def _lonely(self) -> list[str]:
        """Return the topics that speak for too few people, whatever the filters: counted anew only when somebody decided something."""
        if not (self._guards and self._inside):
            return []
        stamp = (self._topic_decisions().targets(self._topics), self._withdrawn())
        known, lonely = self._alone
        if known != stamp:
            merges, params = self._overlay()
            hidden, more = self._not_hidden("q.answer")
            query = _LONELY.format(hidden=hidden, few=self._few("q.unit", "q.protection"))
            lonely = self._table(f"WITH {merges} {query}", params | more).column(0).to_pylist()
            self._alone = (stamp, lonely)
        return lonely

    def _overlay(self) -> tuple[str, dict[str, Any]]:
        return overlay(self._topic_decisions(), self._topics)

    def _named(self) -> tuple[str, dict[str, Any]]:
        """Return the tables ``spoken`` (words that are shown) and ``named``, for which ``names`` is there, with their parameters.

        The snapshot holds but words that enough people hold: they are counted again only where somebody was withdrawn since.
        """
        hidden, params = self._not_hidden("q.answer")
        if not params:
            return _NAMED.format(spoken='SELECT topic, language, "rank" FROM topic_words'), params
        spoken = SPOKEN.format(holders=_HOLDERS_LEFT.format(hidden=hidden))
        return _NAMED.format(spoken=spoken), params | {"least": least_speakers()}

    def _target(self, topic: str) -> str:
        return self._topic_decisions().target(topic, self._topics)

    def _lifted(self, filters: Filters) -> tuple[Filters, list[str] | None]:
        """Return the filters without a selection of topics, and that selection."""
        chosen = self._resolved(filters).selected().get(TOPIC)
        return filters.without(TOPIC), None if chosen is None else list(chosen)


def _settled(filters: Filters) -> str:
    return "true" if filters.suggestions else "NOT c.review"
