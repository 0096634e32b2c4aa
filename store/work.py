"""The book of work: what waits for each stage, and what each stage made. Work is keyed by content and by what made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.identity import quote_id, text_hash
from models.tables import CLAIMS, CODABLE, CODED, CODES, MASKED, PASSAGES, UNCODED, VECTORS
from store.faults import storage_faults
from store.handing_out import HandingOut, QueueQuery
from store.ledger import conform
from store.surveys import SurveyBook
from store.verbatim import check_masks, check_passages
from taxonomy.errors import StoreError, VerbatimError

#: All that a passage's codes depend on. The text stands first as its hash, so that no text can feign a separator.
_KEY = """
md5(concat_ws('|', p.text_hash, p.language, coalesce(a.country, ''), coalesce(a.area, ''), a.question, $codebook, $coder, $encoder))
"""

_TO_MASK = """
SELECT a.answer, a.text, a.declared_language, a.country FROM active_answers a LEFT JOIN masked m USING (answer)
WHERE a.survey = $survey AND a.text <> '' AND m.masker IS DISTINCT FROM $masker ORDER BY a.answer
"""
_TO_SEGMENT = """
SELECT a.answer, a.survey, m.masked, a.declared_language
FROM active_answers a JOIN masked m USING (answer) LEFT JOIN segmented s USING (answer)
WHERE a.survey = $survey AND s.segmenter IS DISTINCT FROM $segmenter ORDER BY a.answer
"""
_TO_EMBED = """
SELECT p.text_hash, any_value(p.text) AS text
FROM passages p JOIN active_answers a USING (answer)
    ANTI JOIN (SELECT text_hash FROM vectors WHERE encoder = $encoder) v USING (text_hash)
WHERE a.survey = $survey GROUP BY p.text_hash ORDER BY p.text_hash
"""
_TO_CODE = f"""
WITH due AS (
    SELECT p.passage, p.answer, p.text, p.text_hash, p."start", p.language, a.country, a.area, {_KEY} AS key
    FROM passages p JOIN active_answers a USING (answer) LEFT JOIN coded c USING (passage)
    WHERE a.survey = $survey AND c.key IS DISTINCT FROM {_KEY} AND p.passage NOT IN (SELECT passage FROM set_aside)
)
SELECT d.passage, d.answer, d.text, d."start", d.language, d.country, d.area, d.key, v.vector
FROM due d JOIN vectors v ON v.text_hash = d.text_hash AND v.encoder = $encoder ORDER BY d.passage
"""
_PASSAGES = "FROM passages p JOIN active_answers a USING (answer) WHERE a.survey = $survey"
#: What waits for each stage, by the stage's name, and how many items of a survey the stage is there for in all.
_QUEUES = {
    "mask": QueueQuery(_TO_MASK, "SELECT count(*) FROM active_answers WHERE survey = $survey AND text <> ''", "answer", "a"),
    "passages": QueueQuery(
        _TO_SEGMENT, "SELECT count(*) FROM active_answers a JOIN masked USING (answer) WHERE a.survey = $survey", "answer", "a"
    ),
    "embed": QueueQuery(_TO_EMBED, f"SELECT count(DISTINCT p.text_hash) {_PASSAGES}", "text_hash", "p"),
    "code": QueueQuery(_TO_CODE, f"SELECT count(*) {_PASSAGES}", "passage", "p"),
}


@dataclass(frozen=True)
class Queue:
    """How many items of a survey wait for a stage, and how many need nothing more from it."""

    waiting: int
    known: int


@dataclass(frozen=True)
class CodingCounts:
    """How a survey is coded: codes, those that wait for a review, passages that the coder learned from, passages with stale codes."""

    codes: int
    waiting: int
    learned_from: int
    stale: int


class WorkBook(SurveyBook, HandingOut):
    """Hands out what is to be done and takes in what was made."""

    def queue(self, stage: str, survey: str, versions: Mapping[str, str]) -> Queue:
        """Return what waits for a stage (mask, passages, embed or code) under the versions given by name."""
        query = _QUEUES[stage]
        used = {name: value for name, value in {"survey": survey, **versions}.items() if f"${name}" in query.waiting}
        waiting = self._listed(query, used).size
        return Queue(waiting, self._number(query.everything, {"survey": survey}) - waiting)

    def waiting(self, stage: str, survey: str, versions: Mapping[str, str], rows: int) -> Iterator[pa.Table]:
        """Yield all that waits for a stage, in order and ``rows`` at a time: the tables that the ``to_…`` methods return.

        Nothing may be asked of the writer or put before the last is taken.
        """
        query = _QUEUES[stage].waiting
        used = {name: value for name, value in {"survey": survey, **versions}.items() if f"${name}" in query}
        with storage_faults(self.paths.work):
            for batch in self._con.sql(query, params=used).to_arrow_reader(rows):
                table = pa.Table.from_batches([batch])
                yield table.cast(CODABLE) if stage == "code" else table

    def to_mask(self, survey: str, masker: str, limit: int | None = None) -> pa.Table:
        """Return (answer, text, declared_language, country) of the answers that this masker has not seen."""
        return self._queue("mask", limit, survey=survey, masker=masker)

    def put_masked(self, table: pa.Table) -> None:
        """Store masked texts. Where one differs from the masked text before, its passages and codes go."""
        table = conform(table, MASKED, "masked answers")
        with self._transaction(given=table):
            self._refuse_unknown("given", "answer", "answers")
            originals = self._rows("SELECT answer, text FROM answers WHERE answer IN (SELECT answer FROM given)")
            check_masks(table, dict(originals))
            self._drop_derived("SELECT m.answer FROM masked m JOIN given USING (answer) WHERE m.masked <> given.masked")
            self._con.execute("DELETE FROM masked WHERE answer IN (SELECT answer FROM given)")
            self._con.execute("INSERT INTO masked SELECT answer, masked, masks, masker FROM given")

    def to_segment(self, survey: str, segmenter: str, limit: int | None = None) -> pa.Table:
        """Return (answer, survey, masked, declared_language) of the masked answers that this segmenter has not seen."""
        return self._queue("passages", limit, survey=survey, segmenter=segmenter)

    def put_passages(self, answers: Sequence[str], table: pa.Table, segmenter: str) -> None:
        """Store the passages of ``answers``; an answer without any is remembered as done.

        A passage that was there before, the same slice of the same answer, keeps its codes.

        Raises:
            VerbatimError: a passage is not the slice of the masked answer that it says it is.
        """
        passages = conform(table, PASSAGES, "passages")
        hashes = [text_hash(text) for text in passages.column("text").to_pylist()]
        passages = passages.append_column("text_hash", pa.array(hashes, pa.string()))
        done = pa.table({"answer": pa.array(list(dict.fromkeys(answers)), pa.string())})
        with self._transaction(given=passages, done=done):
            self._refuse_unknown("done", "answer", "masked")
            if self._number("SELECT count(*) FROM given WHERE answer NOT IN (SELECT answer FROM done)"):
                raise StoreError("passages: some belong to answers that were not named as done")
            masked = self._rows("SELECT answer, masked, survey FROM masked JOIN answers USING (answer) JOIN done USING (answer)")
            check_passages(passages, {answer: text for answer, text, _ in masked})
            _check_identity(passages, {answer: (survey, text) for answer, text, survey in masked})
            self._drop_passages("SELECT passage FROM passages JOIN done USING (answer) WHERE passage NOT IN (SELECT passage FROM given)")
            # Where a passage lies among the topics is told from its language too.
            relearned = "SELECT passage FROM passages p JOIN given USING (passage) WHERE p.language <> given.language"
            self._con.execute(f"DELETE FROM topic_members WHERE passage IN ({relearned})")
            self._con.execute("DELETE FROM passages WHERE answer IN (SELECT answer FROM done)")
            self._con.execute(
                """
                INSERT INTO passages
                SELECT passage, answer, "start", "end", text, text_hash, language, language_confidence, segmenter FROM given
                """
            )
            self._con.execute("INSERT OR REPLACE INTO segmented SELECT answer, ? FROM done", [segmenter])

    def to_embed(self, survey: str, encoder: str, limit: int | None = None) -> pa.Table:
        """Return (text_hash, text) of the passages' texts that this encoder has not seen, each once."""
        return self._queue("embed", limit, survey=survey, encoder=encoder)

    def put_vectors(self, table: pa.Table) -> None:
        """Store vectors; one that is there already stays as it is."""
        table = conform(table, VECTORS, "vectors")
        values = pc.list_flatten(table.column("vector")).to_numpy()
        if not np.isfinite(values).all():
            raise StoreError("vectors: some values are not finite numbers; the encoder is at fault")
        with self._transaction(given=table):
            if self._number("SELECT count(*) - count(DISTINCT (text_hash, encoder)) FROM given"):
                raise StoreError("vectors: some texts occur twice for one encoder")
            self._refuse_other_lengths(table)
            self._con.execute("INSERT OR IGNORE INTO vectors SELECT text_hash, encoder, vector FROM given")

    def _refuse_other_lengths(self, vectors: pa.Table) -> None:
        """Refuse vectors of an encoder that are not as long as its others; one that is there already tells how long those are."""
        for encoder in pc.unique(vectors.column("encoder")).to_pylist():
            own = vectors.filter(pc.equal(vectors.column("encoder"), encoder)).column("vector")
            kept = self._rows("SELECT len(vector) FROM vectors WHERE encoder = $encoder LIMIT 1", {"encoder": encoder})
            lengths = sorted({*pc.unique(pc.list_value_length(own)).to_pylist(), *(length for (length,) in kept)})
            if len(lengths) > 1:
                raise StoreError(f"vectors of {encoder} have the lengths {lengths}; one encoder has one length")

    def to_code(self, survey: str, encoder: str, coder: str, codebook_stamp: str, limit: int | None = None) -> pa.Table:
        """Return the passages whose codes are missing or were made from something else (``CODABLE``)."""
        return self._queue("code", limit, survey=survey, encoder=encoder, coder=coder, codebook=codebook_stamp).cast(CODABLE)

    def put_codes(self, passages: pa.Table, codes: pa.Table, claims: pa.Table) -> None:
        """Store what a coder said of ``passages`` (CODED), instead of what was said before.

        Raises:
            VerbatimError: a span does not lie within its passage.
        """
        keys = conform(passages, CODED, "coded passages")
        codes, claims = conform(codes, CODES, "codes"), conform(claims, CLAIMS, "claims")
        with self._transaction(keys_given=keys, codes_given=codes, claims_given=claims):
            self._refuse_unknown("keys_given", "passage", "passages")
            for what in ("codes", "claims"):
                self._check_spans(what)
            for table in ("claims", "codes", "coded"):
                self._con.execute(f"DELETE FROM {table} WHERE passage IN (SELECT passage FROM keys_given)")
            self._con.execute("INSERT INTO coded BY NAME SELECT * FROM keys_given")
            self._con.execute("INSERT INTO codes BY NAME SELECT * FROM codes_given")
            self._con.execute("INSERT INTO claims BY NAME SELECT * FROM claims_given")
            self._con.execute(
                "INSERT OR IGNORE INTO codebooks SELECT DISTINCT codebook, ? FROM codes_given",
                [datetime.now(UTC).isoformat(timespec="seconds")],
            )

    def set_aside(self, run: str, survey: str, rejected: pa.Table) -> None:
        """Record passages that could not be coded (UNCODED) among the rejects, by the file and row of their answers.

        They are not handed out again while this writer is open; the next one tries them again.
        """
        rejected = conform(rejected, UNCODED, "passages that were not coded")
        with self._transaction(given=rejected):
            self._refuse_unknown("given", "passage", "passages")
            self._con.execute(
                """
                INSERT INTO rejects BY NAME
                SELECT $survey AS survey, 'code' AS stage, a.file, a."row", NULL AS "column", given.reason, $run AS run
                FROM given JOIN passages USING (passage) JOIN answers a USING (answer)
                """,
                {"survey": survey, "run": run},
            )
            self._con.execute("INSERT INTO set_aside SELECT passage FROM given")

    def coding_counts(self, coder: str, codebook_stamp: str) -> dict[str, CodingCounts]:
        """Return, by survey, what is coded; codes of another coder or codebook than the named ones are stale."""
        rows = self._rows(
            """
            SELECT a.survey, count(*), count(*) FILTER (c.review), count(DISTINCT c.passage) FILTER (d.learned_from),
                count(DISTINCT c.passage) FILTER (c.coder <> $coder OR c.codebook <> $codebook)
            FROM codes c JOIN coded d USING (passage) JOIN passages p USING (passage) JOIN active_answers a USING (answer)
            GROUP BY a.survey
            """,
            {"coder": coder, "codebook": codebook_stamp},
        )
        return {survey: CodingCounts(*counts) for survey, *counts in rows}

    def _queue(self, stage: str, limit: int | None, **values: str) -> pa.Table:
        query = _QUEUES[stage]
        return self._read(query.waiting, values) if limit is None else self._hand_out(query, int(limit), values)

    def prune(self) -> int:
        """Remove the vectors that no passage needs any more, and say how many."""
        unused = "FROM vectors WHERE text_hash NOT IN (SELECT text_hash FROM passages)"
        with self._transaction():
            count = self._number(f"SELECT count(*) {unused}")
            if count:
                self._con.execute(f"DELETE {unused}")
        return count

    def _refuse_unknown(self, given: str, key: str, table: str) -> None:
        """Refuse keys that occur twice or that the table lacks: the answer changed meanwhile, or was never there."""
        rows, distinct, known = self._rows(
            f"SELECT count(*), count(DISTINCT {key}), count(*) FILTER ({key} IN (SELECT {key} FROM {table})) FROM {given}"
        )[0]
        if distinct < rows:
            raise StoreError(f"{rows - distinct} of {rows} keys ({key}) occur twice")
        if known < rows:
            raise StoreError(
                f"{rows - known} of {rows} keys ({key}) are not in the table {table}; run the stage again, it goes on from there"
            )

    def _check_spans(self, what: str) -> None:
        given = f"{what}_given"
        if self._number(f"SELECT count(*) FROM {given} WHERE passage NOT IN (SELECT passage FROM keys_given)"):
            raise StoreError(f"{what}: some belong to passages that were not named in the keys")
        wrong = self._rows(
            f"""
            SELECT g.passage, span."start", span."end", p."start", p."end"
            FROM (SELECT passage, unnest(spans) AS span FROM {given}) g JOIN passages p USING (passage)
            WHERE NOT (p."start" <= span."start" AND span."start" < span."end" AND span."end" <= p."end")
            ORDER BY ALL LIMIT 1
            """
        )
        if wrong:
            passage, start, end, low, high = wrong[0]
            raise VerbatimError(f"{what}: the span {start}–{end} does not lie within its passage {passage} ({low}–{high})")


def _check_identity(passages: pa.Table, answers: dict[str, tuple[str, str]]) -> None:
    """Decisions and links bind to a quote's id, so none but the one its content gives is taken."""
    rows = zip(*(passages.column(name).to_pylist() for name in ("passage", "answer", "start", "end")), strict=True)
    for passage, answer, start, end in rows:
        survey, masked = answers[answer]
        if passage != quote_id(survey, answer, masked, start, end):
            raise StoreError(f"passage {passage}: its id is not the one that its answer {answer} and its place {start}–{end} give")
