"""What a snapshot holds of how it was made: versions, and inside the records of the runs. No answer's text and no cell of a file.

These tables tell how the content came to be and are no part of it: a run that finds nothing new makes no new snapshot.
"""

from __future__ import annotations

from store.reject_kinds import kind_sql

RUN_DDL = """
CREATE TABLE runs (
    run      VARCHAR NOT NULL,
    started  VARCHAR NOT NULL,
    finished VARCHAR,
    status   VARCHAR NOT NULL,
    surveys  VARCHAR[] NOT NULL,
    versions VARCHAR NOT NULL
);
CREATE TABLE stages (
    run      VARCHAR NOT NULL,
    survey   VARCHAR NOT NULL,
    stage    VARCHAR NOT NULL,
    came     BIGINT NOT NULL,
    made     BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    skipped  BIGINT NOT NULL,
    seconds  DOUBLE NOT NULL,
    position INTEGER NOT NULL
);
CREATE TABLE rejects (
    run    VARCHAR NOT NULL,
    survey VARCHAR NOT NULL,
    stage  VARCHAR NOT NULL,
    file   VARCHAR NOT NULL,
    kind   VARCHAR NOT NULL,
    number BIGINT NOT NULL
);
CREATE TABLE makers (
    part    VARCHAR NOT NULL,
    version VARCHAR NOT NULL
);
CREATE TABLE arrivals (
    "row" INTEGER NOT NULL,
    run   VARCHAR NOT NULL
);
"""

_STAGES = 'SELECT run, survey, stage, came, made, rejected, skipped, seconds, "position" FROM stages WHERE {inside}'

#: What made what the snapshot shows, which is not what the run that published would make it with.
_MAKERS = """
SELECT 'masker' AS part, m.masker AS version FROM temp.snapshot_quotes q JOIN masked m USING (answer)
UNION SELECT 'segmenter', p.segmenter FROM temp.snapshot_quotes q JOIN passages p ON p.passage = q.quote
UNION SELECT 'coder', coder FROM temp.snapshot_codes
UNION SELECT 'codebook', codebook FROM temp.snapshot_codes
UNION SELECT 'topics', spec FROM temp.snapshot_topic_models
"""

#: Name, query and order of each table; ``inside`` is SQL for whether the view may see it.
RUN_TABLES: tuple[tuple[str, str, str], ...] = (
    ("runs", "SELECT run, started, finished, status, surveys, versions FROM runs WHERE {inside}", "run"),
    ("stages", _STAGES, 'run, "position"'),
    (
        "rejects",
        f"""
        SELECT run, survey, stage, file, {kind_sql("reason")} AS kind, count(*) AS number FROM rejects WHERE {{inside}}
        GROUP BY run, survey, stage, file, kind
        """,
        "survey, stage, file, kind",
    ),
    ("makers", _MAKERS, "part, version"),
    (
        "arrivals",
        'SELECT q."row", a.run FROM temp.snapshot_quotes q JOIN active_answers a USING (answer) WHERE {inside}',
        '"row"',
    ),
)
