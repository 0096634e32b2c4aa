"""The tables of a snapshot, and how each is filled from the writer's: masked text only, pseudonyms as plain numbers.

Every statement reads tables of the writer's database and temporary tables that stand above it in ``snapshot_tables``. Outside, protected
surveys are there with what ``temp.released_quotes`` and ``temp.released_answers`` hold (``store.released``), with the declared tables
(``store.declared_book``), and with nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from store.paths import View
from store.run_records import RUN_DDL, RUN_TABLES
from store.topic_tables import TOPIC_DDL, topic_tables

SNAPSHOT_DDL = (
    """
CREATE TABLE surveys (
    survey          VARCHAR NOT NULL,
    title           VARCHAR NOT NULL,
    source          VARCHAR NOT NULL,
    licence         VARCHAR NOT NULL,
    text_kind       VARCHAR NOT NULL,
    protection      VARCHAR NOT NULL,
    has_respondents BOOLEAN NOT NULL
);
CREATE TABLE questions (
    survey   VARCHAR NOT NULL,
    question VARCHAR NOT NULL,
    wording  VARCHAR NOT NULL,
    area     VARCHAR,
    position INTEGER NOT NULL
);
CREATE TABLE answers (
    answer            VARCHAR NOT NULL,
    survey            VARCHAR NOT NULL,
    wave              VARCHAR,
    question          VARCHAR NOT NULL,
    area              VARCHAR,
    country           VARCHAR,
    language          VARCHAR,
    text              VARCHAR NOT NULL,
    text_kind         VARCHAR NOT NULL,
    protection        VARCHAR NOT NULL,
    attributes        VARCHAR NOT NULL,
    unit              INTEGER NOT NULL,
    translation_group INTEGER,
    version           INTEGER NOT NULL
);
CREATE TABLE quotes (
    "row"             INTEGER NOT NULL,
    quote             VARCHAR NOT NULL,
    survey            VARCHAR NOT NULL,
    answer            VARCHAR NOT NULL,
    wave              VARCHAR,
    question          VARCHAR NOT NULL,
    area              VARCHAR,
    country           VARCHAR,
    language          VARCHAR NOT NULL,
    text_kind         VARCHAR NOT NULL,
    protection        VARCHAR NOT NULL,
    unit              INTEGER NOT NULL,
    translation_group INTEGER,
    version           INTEGER NOT NULL,
    text              VARCHAR NOT NULL,
    "start"           INTEGER NOT NULL,
    "end"             INTEGER NOT NULL,
    vector_row        INTEGER,
    learned_from      BOOLEAN NOT NULL,
    release           VARCHAR
);
CREATE TABLE attributes (
    "row" INTEGER NOT NULL,
    name  VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);
CREATE TABLE codes (
    "row"      INTEGER NOT NULL,
    facet      VARCHAR NOT NULL,
    code       VARCHAR NOT NULL,
    confidence FLOAT NOT NULL,
    evidence   VARCHAR NOT NULL,
    review     BOOLEAN NOT NULL,
    spans      STRUCT("start" INTEGER, "end" INTEGER)[] NOT NULL,
    coder      VARCHAR NOT NULL,
    codebook   VARCHAR NOT NULL
);
CREATE TABLE claims (
    "row"     INTEGER NOT NULL,
    claim     VARCHAR NOT NULL,
    actor     VARCHAR NOT NULL,
    mechanism VARCHAR,
    "right"   VARCHAR,
    mode      VARCHAR NOT NULL,
    direction VARCHAR NOT NULL,
    effect    VARCHAR NOT NULL,
    spans     STRUCT("start" INTEGER, "end" INTEGER)[] NOT NULL,
    coder     VARCHAR NOT NULL,
    review    BOOLEAN NOT NULL
);
"""
    + TOPIC_DDL
    + """
CREATE TABLE declared_surveys (
    survey    VARCHAR NOT NULL,
    title     VARCHAR NOT NULL,
    threshold INTEGER NOT NULL,
    base      INTEGER NOT NULL,
    rules     VARCHAR NOT NULL,
    note      VARCHAR NOT NULL,
    answered  VARCHAR NOT NULL
);
CREATE TABLE declared_cells (
    survey     VARCHAR NOT NULL,
    country    VARCHAR,
    region     VARCHAR,
    actor      VARCHAR,
    family     VARCHAR,
    mechanism  VARCHAR,
    "right"    VARCHAR,
    effect     VARCHAR,
    shown      INTEGER,
    suppressed BOOLEAN NOT NULL,
    reason     VARCHAR NOT NULL
);
CREATE TABLE held_back (
    "row" INTEGER NOT NULL,
    until VARCHAR NOT NULL
);
"""
    + RUN_DDL
)

_UNPROTECTED = "s.protection <> 'protected'"
#: Until the last day of an embargo an answer stays inside; a date that cannot be read keeps it inside for good.
_FREE = "(a.embargo IS NULL OR coalesce(try_cast(left(a.embargo, 10) AS DATE) < $today::DATE, false))"
_OUTSIDE = f"{_FREE} AND ({_UNPROTECTED} OR r.answer IS NOT NULL)"

#: The passages of protected surveys that a release can carry outside, of those that ``given`` names.
RELEASABLE = f"""
SELECT p.passage, p.answer, a.survey, p.text, p.text_hash
FROM passages p JOIN active_answers a USING (answer) JOIN masked USING (answer) JOIN surveys s USING (survey)
WHERE p.passage IN (SELECT quote FROM given) AND NOT ({_UNPROTECTED}) AND {_FREE} ORDER BY p.answer, p."start", p."end"
"""

_SURVEYS = "SELECT survey, title, source, licence, text_kind, protection, has_respondents FROM surveys s WHERE {allowed}"
_SURVEYS_OUTSIDE = f"({_UNPROTECTED} OR s.survey IN (SELECT survey FROM temp.released_answers))"

_QUESTIONS = """
SELECT survey, question, wording, area, position FROM questions SEMI JOIN temp.snapshot_surveys USING (survey)
"""

#: The language version of a translation group that has most answers is version 0, the one that counts.
_ANSWERS = """
WITH spoken AS (
    SELECT answer, language FROM passages GROUP BY answer, language
    QUALIFY row_number() OVER (PARTITION BY answer ORDER BY sum("end" - "start") DESC, language) = 1
), present AS (
    SELECT a.answer, a.survey, a.wave, a.question, a.area, a.country, {language} AS language,
        {text} AS text, {text_kind} AS text_kind, s.protection, s.languages, a.translation_group, {attributes} AS attributes,
        CASE WHEN {linked} AND s.has_respondents AND a.respondent IS NOT NULL THEN 'respondent ' || a.respondent
            ELSE 'answer ' || a.answer END AS counted_as
    FROM active_answers a JOIN surveys s USING (survey) LEFT JOIN masked m USING (answer) LEFT JOIN spoken USING (answer) {released}
    WHERE (a.text = '' OR m.answer IS NOT NULL) AND {allowed}
), versions AS (
    SELECT survey AS of_survey, translation_group AS of_group, language AS of_language, row_number() OVER (
        PARTITION BY survey, translation_group
        ORDER BY count(*) DESC, nullif(list_position(any_value(languages), language), 0) NULLS LAST, language
    ) - 1 AS version
    FROM present WHERE translation_group IS NOT NULL AND text <> '' GROUP BY survey, translation_group, language
)
SELECT answer, survey, wave, question, area, country, language, text, text_kind, protection, attributes,
    dense_rank() OVER (ORDER BY survey, counted_as)::INTEGER AS unit,
    CASE WHEN translation_group IS NOT NULL THEN dense_rank() OVER (ORDER BY survey, translation_group)::INTEGER END AS translation_group,
    coalesce(version, 0)::INTEGER AS version
FROM present LEFT JOIN versions
    ON survey = of_survey AND translation_group = of_group AND language IS NOT DISTINCT FROM of_language
"""

_QUOTES = """
WITH shown AS (
    SELECT p.passage, p.answer, p.text_hash, {columns} FROM passages p JOIN temp.snapshot_answers a USING (answer) {released}
), encoded AS (
    SELECT DISTINCT text_hash FROM shown SEMI JOIN (SELECT text_hash FROM vectors WHERE encoder = $encoder) USING (text_hash) WHERE whole
), vector_rows AS (
    SELECT text_hash, (row_number() OVER (ORDER BY text_hash) - 1)::INTEGER AS vector_row FROM encoded
), relevance AS (
    SELECT passage, max(confidence) AS confidence FROM codes WHERE facet = 'relevance' GROUP BY passage
)
SELECT (row_number() OVER (ORDER BY r.confidence DESC NULLS LAST, p.passage) - 1)::INTEGER AS "row",
    p.passage AS quote, a.survey, a.answer, a.wave, a.question, a.area, a.country, p.language, p.text_kind, a.protection,
    a.unit, a.translation_group, a.version, p.text, p."start", p."end", CASE WHEN whole THEN v.vector_row END AS vector_row,
    coalesce(d.learned_from, false) AS learned_from, p.release
FROM shown p JOIN temp.snapshot_answers a USING (answer)
    LEFT JOIN relevance r USING (passage) LEFT JOIN coded d USING (passage) LEFT JOIN vector_rows v USING (text_hash)
"""
_QUOTES_INSIDE = {
    "columns": """p.text, p."start", p."end", p.language, a.text_kind, true AS whole, NULL::VARCHAR AS release""",
    "released": "",
}
_QUOTES_OUTSIDE = {
    "columns": """
        coalesce(r.text, p.text) AS text, coalesce(r."start", p."start") AS "start", coalesce(r."end", p."end") AS "end",
        coalesce(r.language, p.language) AS language, CASE WHEN r.quote IS NULL THEN a.text_kind ELSE coalesce(r.text_kind, s.text_kind) END
        AS text_kind, coalesce(r.whole, true) AS whole, r.release
    """,
    "released": """
        JOIN surveys s USING (survey) LEFT JOIN temp.released_quotes r ON r.quote = p.passage
        WHERE a.protection <> 'protected' OR r.quote IS NOT NULL
    """,
}

_ATTRIBUTES = """
SELECT q."row", e.key AS name, e.value ->> '$' AS value
FROM temp.snapshot_quotes q JOIN temp.snapshot_answers a USING (answer), json_each(a.attributes) e WHERE e.value ->> '$' <> ''
"""

#: Whoever weighs a release is told of the embargo; outside there is nothing that is under one.
_HELD_BACK = """
SELECT q."row", a.embargo AS until FROM temp.snapshot_quotes q JOIN answers a USING (answer) WHERE a.embargo IS NOT NULL AND {inside}
"""

#: Spans become offsets in the quote; where other words stand in its place, there are none.
_SPANS = """list_transform(c.spans, lambda s: {'start': s."start" - q."start", 'end': s."end" - q."start"})"""
_SPANS_OUTSIDE = f"CASE WHEN coalesce(r.whole, true) THEN {_SPANS.replace('q.', 'p.')} ELSE [] END"

#: Outside, what was read from words that are withheld goes with them; what was read from the whole passage stays.
_KEPT = """
JOIN passages p ON p.passage = c.passage LEFT JOIN temp.released_quotes r ON r.quote = c.passage
WHERE r.quote IS NULL OR len(list_filter(c.spans, lambda s:
    NOT (s."start" = p."start" AND s."end" = p."end")
    AND len(list_filter(r.withheld, lambda w: s."start" < p."start" + w."end" AND p."start" + w."start" < s."end")) > 0)) = 0
"""

_CODES = """
SELECT q."row", c.facet, c.code, c.confidence, c.evidence, c.review, {spans} AS spans, c.coder, c.codebook
FROM codes c JOIN temp.snapshot_quotes q ON q.quote = c.passage {kept}
"""

_CLAIMS = """
SELECT q."row", c.claim, c.actor, c.mechanism, c."right", c.mode, c.direction, c.effect, {spans} AS spans, c.coder, c.review
FROM claims c JOIN temp.snapshot_quotes q ON q.quote = c.passage {kept}
"""

_ANSWERS_INSIDE = {
    "text": "coalesce(m.masked, '')",
    "text_kind": "s.text_kind",
    "language": "coalesce(a.declared_language, spoken.language)",
    "linked": "true",
    "released": "",
    "allowed": "true",
}
#: What several answers of a protected survey share is that somebody gave them all: outside nobody is to know.
_ANSWERS_OUTSIDE = {
    "text": f"CASE WHEN {_UNPROTECTED} THEN coalesce(m.masked, '') ELSE r.text END",
    "text_kind": f"CASE WHEN {_UNPROTECTED} THEN s.text_kind ELSE coalesce(r.text_kind, s.text_kind) END",
    "language": "coalesce(r.language, a.declared_language, spoken.language)",
    "linked": _UNPROTECTED,
    "released": "LEFT JOIN temp.released_answers r USING (answer)",
    "allowed": _OUTSIDE,
}

#: The answers as ``internal`` has them; what stands for all language versions of one has ``version`` 0.
ANSWERS_INSIDE = _ANSWERS.format(**_ANSWERS_INSIDE, attributes="'{}'")

#: The answers of protected surveys that declared tables count: given by respondents who are told apart, under no embargo, and of
#: translations one.
DECLARED_ANSWERS = f"""
WITH told AS (
    SELECT a.answer, a.survey, a.respondent, a.country
    FROM active_answers a JOIN surveys s USING (survey) JOIN ({ANSWERS_INSIDE}) i USING (answer)
    WHERE NOT ({_UNPROTECTED}) AND s.has_respondents AND a.respondent IS NOT NULL AND {_FREE} AND i.text <> '' AND i.version = 0
), placed AS (
    SELECT survey, respondent, CASE WHEN count(DISTINCT country) = 1 THEN any_value(country) ELSE $elsewhere END AS country
    FROM told GROUP BY survey, respondent
)
SELECT t.answer, t.survey, t.respondent, p.country FROM told t JOIN placed p USING (survey, respondent)
"""

#: Their settled claims, each with what ``temp.declared_actors`` tells of its actor. An effect counts where it is settled too.
DECLARED_CLAIMS = """
SELECT DISTINCT a.survey, a.respondent, a.country, d.actor, d.family, c.mechanism, c."right", CASE
    WHEN list_contains($effects, c.effect) AND c.passage NOT IN (SELECT passage FROM codes WHERE facet = 'effect' AND review) THEN c.effect
    END AS effect
FROM claims c JOIN passages p USING (passage) JOIN temp.declared_answers a USING (answer)
    LEFT JOIN temp.declared_actors d ON d.claimed = c.actor
WHERE NOT c.review
"""


@dataclass(frozen=True)
class SnapshotTable:
    """One table of a snapshot, the query that fills it, the order of its rows, and whether another content makes another snapshot."""

    name: str
    query: str
    order: str
    content: bool = True


def snapshot_tables(view: View) -> tuple[SnapshotTable, ...]:
    """Return the tables of a view's snapshots in the order in which they are made."""
    inside = view == "internal"
    surveys = _SURVEYS.format(allowed="true" if inside else _SURVEYS_OUTSIDE)
    answers = _ANSWERS.format(**_ANSWERS_INSIDE if inside else _ANSWERS_OUTSIDE, attributes="a.attributes" if inside else "'{}'")
    quotes = _QUOTES.format(**_QUOTES_INSIDE if inside else _QUOTES_OUTSIDE)
    read = {"spans": _SPANS if inside else _SPANS_OUTSIDE, "kept": "" if inside else _KEPT}
    return (
        SnapshotTable("surveys", surveys, "survey"),
        SnapshotTable("questions", _QUESTIONS, "survey, position"),
        SnapshotTable("answers", answers, "survey, answer"),
        SnapshotTable("quotes", quotes, '"row"'),
        SnapshotTable("held_back", _HELD_BACK.format(inside="true" if inside else "false"), '"row"'),
        SnapshotTable("attributes", _ATTRIBUTES, 'name, value, "row"'),
        SnapshotTable("codes", _CODES.format(**read), 'facet, code, "row"'),
        SnapshotTable("claims", _CLAIMS.format(**read), '"row", claim'),
        *(SnapshotTable(name, query, order) for name, query, order in topic_tables(inside=inside)),
        SnapshotTable("declared_surveys", "SELECT * FROM temp.made_declared_surveys", "survey"),
        SnapshotTable("declared_cells", "SELECT * FROM temp.made_declared_cells", "ALL"),
        *(SnapshotTable(name, query.format(inside="true" if inside else "false"), order, False) for name, query, order in RUN_TABLES),
    )
