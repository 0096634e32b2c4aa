"""How the writer's tables came to be: ordered steps, each recorded in the database it was applied to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from taxonomy.errors import StoreError

_RECORD = """
CREATE TABLE IF NOT EXISTS migrations (
    number  INTEGER PRIMARY KEY,
    name    VARCHAR NOT NULL,
    applied VARCHAR NOT NULL
)
"""

_FIRST_TABLES = """
CREATE TABLE surveys (
    survey          VARCHAR PRIMARY KEY,
    title           VARCHAR NOT NULL,
    source          VARCHAR NOT NULL,
    licence         VARCHAR NOT NULL,
    protection      VARCHAR NOT NULL CHECK (protection IN ('public', 'protected', 'invented')),
    text_kind       VARCHAR NOT NULL CHECK (text_kind IN ('verbatim', 'paraphrase', 'transcribed', 'invented')),
    has_respondents BOOLEAN NOT NULL,
    languages       VARCHAR[] NOT NULL,
    fingerprint     VARCHAR
);
CREATE TABLE questions (
    survey   VARCHAR,
    question VARCHAR,
    wording  VARCHAR NOT NULL,
    area     VARCHAR,
    position INTEGER NOT NULL,
    PRIMARY KEY (survey, question)
);
CREATE TABLE answers (
    answer            VARCHAR PRIMARY KEY,
    survey            VARCHAR NOT NULL,
    wave              VARCHAR,
    question          VARCHAR NOT NULL,
    area              VARCHAR,
    country           VARCHAR,
    declared_language VARCHAR,
    respondent        VARCHAR,
    text              VARCHAR NOT NULL,
    submitted         VARCHAR,
    embargo           VARCHAR,
    translation_group VARCHAR,
    attributes        VARCHAR NOT NULL,
    file              VARCHAR NOT NULL,
    "row"             BIGINT NOT NULL,
    content           VARCHAR NOT NULL,
    status            VARCHAR NOT NULL CHECK (status IN ('active', 'withdrawn')),
    run               VARCHAR NOT NULL
);
CREATE TABLE rejects (
    survey   VARCHAR NOT NULL,
    stage    VARCHAR NOT NULL,
    file     VARCHAR NOT NULL,
    "row"    BIGINT,
    "column" VARCHAR,
    reason   VARCHAR NOT NULL,
    run      VARCHAR NOT NULL
);
CREATE TABLE masked (
    answer VARCHAR PRIMARY KEY,
    masked VARCHAR NOT NULL,
    masks  STRUCT(kind VARCHAR, "start" INTEGER, "end" INTEGER, original_start INTEGER, original_end INTEGER)[] NOT NULL,
    masker VARCHAR NOT NULL
);
CREATE TABLE segmented (
    answer    VARCHAR PRIMARY KEY,
    segmenter VARCHAR NOT NULL
);
CREATE TABLE passages (
    passage             VARCHAR PRIMARY KEY,
    answer              VARCHAR NOT NULL,
    "start"             INTEGER NOT NULL,
    "end"               INTEGER NOT NULL,
    text                VARCHAR NOT NULL,
    text_hash           VARCHAR NOT NULL,
    language            VARCHAR NOT NULL,
    language_confidence FLOAT NOT NULL,
    segmenter           VARCHAR NOT NULL
);
CREATE TABLE vectors (
    text_hash VARCHAR,
    encoder   VARCHAR,
    vector    FLOAT[] NOT NULL,
    PRIMARY KEY (text_hash, encoder)
);
CREATE TABLE coded (
    passage VARCHAR PRIMARY KEY,
    key     VARCHAR NOT NULL
);
CREATE TABLE codes (
    passage    VARCHAR,
    facet      VARCHAR,
    code       VARCHAR,
    coder      VARCHAR,
    confidence FLOAT NOT NULL,
    evidence   VARCHAR NOT NULL,
    spans      STRUCT("start" INTEGER, "end" INTEGER)[] NOT NULL,
    codebook   VARCHAR NOT NULL,
    review     BOOLEAN NOT NULL,
    PRIMARY KEY (passage, facet, code, coder)
);
CREATE TABLE claims (
    claim     VARCHAR PRIMARY KEY,
    passage   VARCHAR NOT NULL,
    actor     VARCHAR NOT NULL,
    mechanism VARCHAR,
    "right"   VARCHAR,
    mode      VARCHAR NOT NULL,
    direction VARCHAR NOT NULL,
    effect    VARCHAR NOT NULL,
    spans     STRUCT("start" INTEGER, "end" INTEGER)[] NOT NULL,
    coder     VARCHAR NOT NULL
);
CREATE TABLE codebooks (
    codebook   VARCHAR PRIMARY KEY,
    first_used VARCHAR NOT NULL
);
CREATE TABLE runs (
    run      VARCHAR PRIMARY KEY,
    started  VARCHAR NOT NULL,
    finished VARCHAR,
    status   VARCHAR NOT NULL,
    surveys  VARCHAR[] NOT NULL,
    versions VARCHAR NOT NULL
);
CREATE TABLE stages (
    run      VARCHAR,
    survey   VARCHAR,
    stage    VARCHAR,
    came     BIGINT NOT NULL,
    made     BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    skipped  BIGINT NOT NULL,
    seconds  DOUBLE NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (run, survey, stage)
);
"""

#: Codes below their threshold count nowhere since. What rests on them is marked as well as it can be told from here; since the
#: coder hands doubt on by itself, all passages are coded anew by the next run.
_SUGGESTIONS = """
ALTER TABLE coded ADD COLUMN learned_from BOOLEAN DEFAULT false;
ALTER TABLE coded ALTER COLUMN learned_from SET NOT NULL;
ALTER TABLE coded ALTER COLUMN learned_from DROP DEFAULT;
ALTER TABLE claims ADD COLUMN review BOOLEAN DEFAULT false;
ALTER TABLE claims ALTER COLUMN review SET NOT NULL;
ALTER TABLE claims ALTER COLUMN review DROP DEFAULT;
UPDATE claims SET review = true WHERE EXISTS (
    SELECT 1 FROM codes c WHERE c.passage = claims.passage AND c.review AND (
        c.facet = 'relevance' OR (c.facet, c.code) IN (('actor', actor), ('mechanism', mechanism), ('right', "right"))
    )
);
UPDATE coded SET key = '';
UPDATE surveys SET fingerprint = '' WHERE fingerprint IS NOT NULL;
"""

#: What each fit of a survey left; its words and members are those of the newest fit alone.
_TOPICS = """
CREATE TABLE topic_models (
    survey          VARCHAR,
    fit             INTEGER,
    run             VARCHAR NOT NULL,
    made            VARCHAR NOT NULL,
    encoder         VARCHAR NOT NULL,
    spec            VARCHAR NOT NULL,
    seed            BIGINT NOT NULL,
    method          VARCHAR NOT NULL CHECK (method IN ('consensus', 'agglomerative', 'none')),
    note            VARCHAR NOT NULL,
    fitted          BIGINT NOT NULL,
    outliers_before DOUBLE NOT NULL,
    outliers_after  DOUBLE NOT NULL,
    sharing         DOUBLE,
    seconds         DOUBLE NOT NULL,
    general         FLOAT[] NOT NULL,
    languages       VARCHAR[] NOT NULL,
    means           FLOAT[][] NOT NULL,
    PRIMARY KEY (survey, fit)
);
CREATE TABLE topics (
    survey          VARCHAR,
    fit             INTEGER,
    topic           VARCHAR,
    position        INTEGER NOT NULL,
    name            VARCHAR NOT NULL,
    stability       FLOAT,
    tentative       BOOLEAN NOT NULL,
    centroid        FLOAT[] NOT NULL,
    plain_centroid  FLOAT[] NOT NULL,
    foreseen        FLOAT NOT NULL,
    nearest_code    VARCHAR,
    code_similarity FLOAT,
    PRIMARY KEY (survey, fit, topic)
);
CREATE TABLE topic_words (
    topic    VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    rank     INTEGER NOT NULL,
    word     VARCHAR NOT NULL,
    weight   FLOAT NOT NULL
);
CREATE TABLE topic_members (
    passage    VARCHAR PRIMARY KEY,
    topic      VARCHAR,
    membership VARCHAR NOT NULL CHECK (membership IN ('core', 'weak', 'outlier')),
    fitted     BOOLEAN NOT NULL,
    later      BOOLEAN NOT NULL,
    similarity FLOAT NOT NULL,
    x          FLOAT NOT NULL,
    y          FLOAT NOT NULL
);
CREATE TABLE topic_events (
    survey     VARCHAR NOT NULL,
    fit        INTEGER NOT NULL,
    topic      VARCHAR NOT NULL,
    event      VARCHAR NOT NULL CHECK (event IN ('born', 'continued', 'returned', 'died', 'split', 'merged')),
    others     VARCHAR[] NOT NULL,
    overlap    FLOAT,
    similarity FLOAT
);
"""

#: Words of which nobody knows whose they are, those of a fit before this step, are not shown until the next fit.
_WORD_HOLDERS = """
CREATE TABLE topic_word_holders (
    topic    VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    rank     INTEGER NOT NULL,
    passage  VARCHAR NOT NULL
);
"""

#: Fewer respondents than this are told to nobody outside.
_THRESHOLDS = """
ALTER TABLE surveys ADD COLUMN threshold INTEGER DEFAULT 10;
ALTER TABLE surveys ALTER COLUMN threshold SET NOT NULL;
ALTER TABLE surveys ALTER COLUMN threshold DROP DEFAULT;
"""


@dataclass(frozen=True)
class Migration:
    """One step, never changed once it was released: a later change is a later step."""

    number: int
    name: str
    statements: str


MIGRATIONS = (
    Migration(1, "first tables", _FIRST_TABLES),
    Migration(2, "suggestions and lessons", _SUGGESTIONS),
    Migration(3, "topics", _TOPICS),
    Migration(4, "who holds the words of topics", _WORD_HOLDERS),
    Migration(5, "thresholds of disclosure control", _THRESHOLDS),
)


def migrate(connection: duckdb.DuckDBPyConnection, path: Path, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Apply the steps that the database has not seen, in order, each whole or not at all.

    Raises:
        StoreError: the database was written by a newer release, or by another history of steps.
    """
    connection.execute(_RECORD)
    applied = connection.sql("SELECT number, name FROM migrations ORDER BY number").fetchall()
    known = [(migration.number, migration.name) for migration in migrations]
    if len(applied) > len(known):
        raise StoreError(
            f"{path}: made by a newer Suasion (its tables are at step {applied[-1][0]}, this one knows {known[-1][0]}); "
            "update Suasion, or name another data folder with SUASION_DATA"
        )
    for was, expected in zip(applied, known, strict=False):
        if was != expected:
            raise StoreError(
                f"{path}: step {was[0]} of its tables is “{was[1]}” and should be “{expected[1]}”; this is not a store of Suasion"
            )
    for migration in migrations[len(applied) :]:
        connection.begin()
        try:
            connection.execute(migration.statements)
            connection.execute(
                "INSERT INTO migrations VALUES (?, ?, ?)",
                [migration.number, migration.name, datetime.now(UTC).isoformat(timespec="seconds")],
            )
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
