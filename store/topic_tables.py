"""What a snapshot holds of topics, and how it is filled from the writer's tables (see ``store.schema``)."""

from __future__ import annotations

from store.topic_words import AUTOMATIC_NAME, SPEAKERS, SPOKEN

TOPIC_DDL = """
CREATE TABLE topic_models (
    survey          VARCHAR NOT NULL,
    fit             INTEGER NOT NULL,
    run             VARCHAR NOT NULL,
    made            VARCHAR NOT NULL,
    encoder         VARCHAR NOT NULL,
    spec            VARCHAR NOT NULL,
    seed            BIGINT NOT NULL,
    method          VARCHAR NOT NULL,
    note            VARCHAR NOT NULL,
    fitted          BIGINT NOT NULL,
    outliers_before DOUBLE NOT NULL,
    outliers_after  DOUBLE NOT NULL,
    sharing         DOUBLE,
    remaining       BIGINT NOT NULL,
    outside         BIGINT NOT NULL,
    known           BIGINT NOT NULL,
    placed          BIGINT NOT NULL,
    poor            BIGINT NOT NULL
);
CREATE TABLE topics (
    topic        VARCHAR NOT NULL,
    survey       VARCHAR NOT NULL,
    alive        BOOLEAN NOT NULL,
    name         VARCHAR NOT NULL,
    stability    FLOAT,
    tentative    BOOLEAN NOT NULL,
    foreseen     FLOAT NOT NULL,
    nearest_code VARCHAR
);
CREATE TABLE topic_words (
    topic    VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    rank     INTEGER NOT NULL,
    word     VARCHAR NOT NULL,
    weight   FLOAT NOT NULL
);
CREATE TABLE topic_word_holders (
    topic    VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    rank     INTEGER NOT NULL,
    "row"    INTEGER NOT NULL,
    speaker  INTEGER NOT NULL
);
CREATE TABLE topic_members (
    "row"      INTEGER NOT NULL,
    topic      VARCHAR,
    membership VARCHAR NOT NULL,
    similarity FLOAT NOT NULL,
    x          FLOAT NOT NULL,
    y          FLOAT NOT NULL
);
CREATE TABLE topic_events (
    survey     VARCHAR NOT NULL,
    fit        INTEGER NOT NULL,
    run        VARCHAR NOT NULL,
    made       VARCHAR NOT NULL,
    topic      VARCHAR NOT NULL,
    event      VARCHAR NOT NULL,
    others     VARCHAR[] NOT NULL,
    overlap    FLOAT,
    similarity FLOAT
);
"""

#: Of members m with the ``version`` of their answers: how many the fit was made of, how many came with it, how many later, how many of
#: these lie badly, and how many of all.
TOPIC_DRIFT = """
count(*) FILTER (m.fitted) AS remaining, count(*) FILTER (version = 0 AND m.membership = 'outlier') AS outside,
count(*) FILTER (version = 0 AND NOT m.later) AS known, count(*) FILTER (version = 0 AND m.later) AS placed,
count(*) FILTER (version = 0 AND m.later AND m.membership = 'outlier') AS poor
"""

#: Whoever says nothing is no member, however the passage was coded when the topics were found.
_TOPIC_MEMBERS = """
SELECT q."row", m.topic, m.membership, m.similarity, m.x, m.y
FROM topic_members m JOIN temp.snapshot_quotes q ON q.quote = m.passage
WHERE m.passage NOT IN (SELECT passage FROM codes WHERE facet = 'relevance' AND code = 'non_substantive') AND {topical}
"""

_TOPIC_MODELS = f"""
WITH drift AS (
    SELECT q.survey, {TOPIC_DRIFT} FROM temp.snapshot_quotes q JOIN topic_members m ON m.passage = q.quote
    WHERE q."row" IN (SELECT "row" FROM temp.snapshot_topic_members) GROUP BY q.survey
)
SELECT t.survey, t.fit, t.run, t.made, t.encoder, t.spec, t.seed, t.method, t.note, t.fitted, t.outliers_before, t.outliers_after,
    t.sharing, coalesce(d.remaining, 0) AS remaining, coalesce(d.outside, 0) AS outside,
    coalesce(d.known, 0) AS known, coalesce(d.placed, 0) AS placed, coalesce(d.poor, 0) AS poor
FROM topic_models t JOIN temp.snapshot_surveys q USING (survey) LEFT JOIN drift d USING (survey)
WHERE {{topical}} AND (t.survey, t.fit) IN (SELECT (survey, max(fit)) FROM topic_models GROUP BY survey)
"""

#: Words and the names made of them speak for the answers that the view has, each for those that hold it.
_TOPIC_WORD_HOLDERS = f"""
SELECT h.topic, h.language, h.rank, q."row", s.speaker
FROM topic_word_holders h JOIN temp.snapshot_quotes q ON q.quote = h.passage
    JOIN temp.snapshot_topic_members m ON m."row" = q."row" AND m.topic = h.topic
    JOIN ({SPEAKERS.format(answers="temp.snapshot_answers")}) s USING (answer)
"""

_TOPIC_WORDS = f"""
SELECT w.topic, w.language, w.rank, w.word, w.weight
FROM topic_words w SEMI JOIN ({SPOKEN.format(holders="temp.snapshot_topic_word_holders")}) s USING (topic, language, "rank")
"""

_TOPICS = f"""
WITH last AS (
    SELECT t.* FROM topics t JOIN temp.snapshot_surveys q USING (survey) WHERE {{topical}}
    QUALIFY row_number() OVER (PARTITION BY t.topic ORDER BY t.fit DESC) = 1
), known AS (
    SELECT last.*, (last.survey, last.fit) IN (SELECT (survey, fit) FROM temp.snapshot_topic_models) AS alive FROM last
), told AS (
    SELECT topic, word FROM temp.snapshot_topic_words
)
SELECT topic, survey, alive, {AUTOMATIC_NAME} AS name, stability, tentative, foreseen, nearest_code
FROM known t WHERE {{held}}
"""

_TOPIC_EVENTS = """
SELECT e.survey, e.fit, t.run, t.made, e.topic, e.event, e.others, e.overlap, e.similarity
FROM topic_events e JOIN topic_models t USING (survey, fit) SEMI JOIN temp.snapshot_topics k USING (topic)
"""

#: The topics of a protected survey are made of all its answers: outside it has none. ``q`` is whatever has the protection.
_TOPICAL_OUTSIDE = "q.protection <> 'protected'"

#: Outside, a topic that lives has somebody there who speaks of it.
_HELD = "NOT alive OR topic IN (SELECT topic FROM temp.snapshot_topic_members)"


def topic_tables(*, inside: bool) -> tuple[tuple[str, str, str], ...]:
    """Return name, query and order of each table, in the order in which they are made; ``inside`` for the internal view."""
    topical = "true" if inside else _TOPICAL_OUTSIDE
    return (
        ("topic_members", _TOPIC_MEMBERS.format(topical=topical), '"row"'),
        ("topic_models", _TOPIC_MODELS.format(topical=topical), "survey"),
        ("topic_word_holders", _TOPIC_WORD_HOLDERS, 'topic, language, rank, "row"'),
        ("topic_words", _TOPIC_WORDS, "topic, language, rank"),
        ("topics", _TOPICS.format(held="true" if inside else _HELD, topical=topical), "survey, topic"),
        ("topic_events", _TOPIC_EVENTS, "survey, fit, topic, event, others"),
    )
