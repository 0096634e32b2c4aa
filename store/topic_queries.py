"""The questions about topics that ``store.topic_reader`` asks of a snapshot, in SQL; what stands in braces is put in by it."""

from __future__ import annotations

from store.topic_words import AUTOMATIC_NAME

#: The members of topics under the filters, outliers with a null topic, with their quotes. ``counts``: of translations the one.
#: The members of a ``lonely`` topic, which speaks for too few people, have a null topic too.
SEEN = """
members AS (
    SELECT m.*, coalesce(list_contains($lonely::VARCHAR[], coalesce(g.target, m.topic)), false) AS lonely,
        CASE WHEN NOT lonely THEN coalesce(g.target, m.topic) END AS counted_as
    FROM topic_members m LEFT JOIN merges g ON g.topic = m.topic
), seen AS (
    SELECT q.*, m.counted_as AS topic, m.lonely, m.membership, m.similarity, m.x, m.y, {counted} AS counts
    FROM members m JOIN quotes q USING ("row") WHERE {where}
)
"""

LONELY = """
SELECT coalesce(g.target, m.topic) AS topic FROM topic_members m JOIN quotes q USING ("row") LEFT JOIN merges g ON g.topic = m.topic
WHERE m.topic IS NOT NULL AND {hidden} GROUP BY 1 HAVING {few}
"""

#: Words and the names made of them speak for those who hold them: once too many of these are withdrawn, a topic goes by its number.
NAMED = f"""
spoken AS ({{spoken}}), told AS (SELECT topic, word FROM topic_words SEMI JOIN spoken USING (topic, language, "rank")),
named AS (
    SELECT t.topic, n.given IS NOT NULL AS by_person, coalesce(n.given, {AUTOMATIC_NAME}) AS name
    FROM topics t LEFT JOIN names n USING (topic)
)
"""
HOLDERS_LEFT = '(SELECT h.* FROM topic_word_holders h JOIN quotes q USING ("row") WHERE {hidden})'

#: Topics in the order in which they came to be.
BY_AGE = "regexp_extract({}, '([0-9]+)$', 1)::BIGINT"

TOPICS = f"""
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
    SELECT target AS topic, list(topic ORDER BY {BY_AGE.format("topic")}) AS merged FROM merges GROUP BY target
)
SELECT t.topic, t.survey, d.name, d.by_person AS named_by_person, s.size, s.answers, s.units, s.weak, s.suppressed, t.stability,
    t.tentative, v.x, v.y, t.foreseen, t.nearest_code, coalesce(o.merged, []) AS merged
FROM topics t JOIN visible v USING (topic) JOIN named d USING (topic) JOIN figures s USING (topic) LEFT JOIN gone o USING (topic)
WHERE t.alive AND ($surveys::VARCHAR[] IS NULL OR list_contains($surveys, t.survey))
ORDER BY coalesce(s.size, 0.5) DESC, t.survey, {BY_AGE.format("t.topic")}
"""

POINTS = """
SELECT s.quote, s.survey, s.topic, s.membership, s.x, s.y, s.text, s.country, s.language, s.wave, e.code AS effect, d.code AS direction
FROM (SELECT * FROM seen WHERE NOT lonely AND {enough} ORDER BY quote LIMIT $limit) s
    LEFT JOIN (SELECT "row", min(code) AS code FROM codes c WHERE facet = 'effect' AND {settled} GROUP BY "row") e USING ("row")
    LEFT JOIN (SELECT "row", min(code) AS code FROM codes c WHERE facet = 'direction' AND {settled} GROUP BY "row") d USING ("row")
ORDER BY s.quote
"""

WORDS = """
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
CENTRAL = """
, single AS (
    SELECT *, row_number() OVER (PARTITION BY text ORDER BY membership, similarity DESC, quote) AS copy
    FROM seen WHERE topic = $topic AND counts
), in_turn AS (
    SELECT *, row_number() OVER (PARTITION BY membership, country ORDER BY similarity DESC, quote) AS turn FROM single WHERE copy = 1
)
SELECT *, row_number() OVER (ORDER BY membership, turn, similarity DESC, quote) AS place FROM in_turn ORDER BY place LIMIT $limit
"""

CODES = """
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

SPLIT = """
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
BEYOND = """
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
