"""The book of what arrived: surveys, their answers, and what could not be used."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from models.tables import ANSWERS, REJECTS
from store.decisions import ACTIVE, WITHDRAWAL, WITHDRAWN
from store.key import make_key, read_key
from store.ledger import Ledger, conform
from store.suppression import OUTSIDE_THRESHOLD, checked_threshold
from store.tombstones import without_erased
from taxonomy.errors import StoreError

#: Signs the withdrawals that ingest records: only these are lifted when an answer comes back, a person's never.
INGEST = "ingest"

_COLUMNS = ", ".join(f'"{name}"' for name in ANSWERS.names)


@dataclass(frozen=True)
class SurveyRecord:
    """A survey as its description tells it. Questions are (id, exact wording, area asked about).

    Fewer respondents than ``threshold`` are told to nobody outside.
    """

    survey: str
    title: str
    source: str
    licence: str
    protection: str
    text_kind: str
    has_respondents: bool
    languages: tuple[str, ...]
    questions: tuple[tuple[str, str, str | None], ...]
    threshold: int = OUTSIDE_THRESHOLD


@dataclass(frozen=True)
class Changes:
    """How what arrived differs from what was there. An answer that comes back counts as new."""

    new: int
    changed: int
    withdrawn: int
    known: int


class SurveyBook(Ledger):
    """Writes surveys, answers and rejects."""

    def respondent_key(self) -> bytes:
        """Return the key of the respondents' pseudonyms; it is made when first asked for."""
        key = read_key(self.paths)
        if key is not None:
            return key
        if self._number("SELECT count(*) FROM answers WHERE respondent IS NOT NULL"):
            raise StoreError(
                f"{self.paths.key}: the respondents' key is gone; bring it back from its backup. With a new one every "
                "respondent would count as new (to begin anew, remove the whole store folder)"
            )
        return make_key(self.paths)

    def put_survey(self, survey: SurveyRecord) -> None:
        """Write or replace a survey's record and questions; its fingerprint stays what it was.

        Raises:
            StoreError: the survey's threshold would protect nobody.
        """
        checked_threshold(survey.threshold)
        questions = pa.table(
            {
                "question": pa.array([question for question, _, _ in survey.questions], pa.string()),
                "wording": pa.array([wording for _, wording, _ in survey.questions], pa.string()),
                "area": pa.array([area for _, _, area in survey.questions], pa.string()),
                "position": pa.array(range(len(survey.questions)), pa.int32()),
            }
        )
        with self._transaction(given=questions):
            self._con.execute(
                """
                INSERT INTO surveys (survey, title, source, licence, protection, text_kind, has_respondents, languages, threshold)
                VALUES ($survey, $title, $source, $licence, $protection, $text_kind, $has_respondents, $languages, $threshold)
                ON CONFLICT DO UPDATE SET title = excluded.title, source = excluded.source, licence = excluded.licence,
                    protection = excluded.protection, text_kind = excluded.text_kind,
                    has_respondents = excluded.has_respondents, languages = excluded.languages, threshold = excluded.threshold
                """,
                {name: value for name, value in vars(survey).items() if name not in ("questions", "languages")}
                | {"languages": list(survey.languages)},
            )
            self._con.execute("DELETE FROM questions WHERE survey = ?", [survey.survey])
            self._con.execute("INSERT INTO questions SELECT ?, question, wording, area, position FROM given", [survey.survey])

    def surveys(self) -> pa.Table:
        """Return the surveys in the store, by id."""
        return self._read("SELECT * FROM surveys ORDER BY survey")

    def fingerprint(self, survey: str) -> str | None:
        """Return the fingerprint of what was last ingested whole, or nothing."""
        rows = self._rows("SELECT fingerprint FROM surveys WHERE survey = $survey", {"survey": survey})
        return rows[0][0] if rows else None

    def set_fingerprint(self, survey: str, fingerprint: str) -> None:
        """Remember what was ingested. Called last, so that a run killed before it ingests again."""
        self._require_survey(survey)
        with self._transaction():
            self._con.execute("UPDATE surveys SET fingerprint = $2 WHERE survey = $1", [survey, fingerprint])

    def put_answers(self, survey: str, answers: pa.Table, run: str) -> Changes:
        """Make ``answers`` the present content of the survey.

        What vanished is withdrawn: a tombstone hides it from every reader at once, and the next snapshot lacks it.
        What changed loses its mask, passages and codes; vectors stay, since they are kept by text. What was erased is passed over.
        """
        self._require_survey(survey)
        answers = without_erased(conform(answers, ANSWERS, f"answers of {survey}"), self.decisions)
        with self._transaction(arrived=answers):
            self._refuse_strangers(survey)
            changes = self._compare(survey)
            # Hidden first and written second: killed in between, the next run finds the same answers gone.
            vanished = "SELECT answer FROM answers WHERE survey = $survey AND answer NOT IN (SELECT answer FROM arrived)"
            self._bury([answer for (answer,) in self._rows(vanished, {"survey": survey})])
            self._con.execute(f"UPDATE answers SET status = 'withdrawn' WHERE answer IN ({vanished})", {"survey": survey})
            self._drop_derived("SELECT a.answer FROM answers a JOIN arrived USING (answer) WHERE a.content <> arrived.content")
            self._con.execute(
                """
                CREATE OR REPLACE TEMP TABLE touched AS
                SELECT arrived.answer, a.answer IS NULL OR a.status <> 'active' OR a.content <> arrived.content AS fresh, a.run
                FROM arrived LEFT JOIN answers a USING (answer)
                WHERE fresh OR a.file <> arrived.file OR a."row" <> arrived."row"
                """
            )
            self._con.execute("DELETE FROM answers WHERE answer IN (SELECT answer FROM touched)")
            self._con.execute(
                f"""
                INSERT INTO answers ({_COLUMNS}, status, run)
                SELECT arrived.*, 'active', CASE WHEN fresh THEN $run ELSE touched.run END
                FROM arrived JOIN touched USING (answer) ORDER BY arrived."row", answer
                """,
                {"run": run},
            )
        self._lift(set(answers.column("answer").to_pylist()))
        self._heed_tombstones()
        return changes

    def put_rejects(self, run: str, survey: str, stage: str, rejects: pa.Table) -> None:
        """Replace what could not be used of a survey at a stage."""
        rejects = conform(rejects, REJECTS, f"rejects of {survey}")
        with self._transaction(given=rejects):
            self._con.execute("DELETE FROM rejects WHERE survey = ? AND stage = ?", [survey, stage])
            self._con.execute('INSERT INTO rejects SELECT ?, ?, file, "row", "column", reason, ? FROM given', [survey, stage, run])

    def rejects(self, survey: str | None = None) -> pa.Table:
        """Return what could not be used, of one survey or of all, with the run that found it."""
        return self._read(
            """
            SELECT * FROM rejects WHERE $survey IS NULL OR survey = $survey
            ORDER BY survey, stage, file, "row" NULLS FIRST, "column", reason
            """,
            {"survey": survey},
        )

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return, by survey, how many answers with a text there are and how many passages were made of them."""
        rows = self._rows(
            """
            SELECT a.survey, count(DISTINCT a.answer) FILTER (a.text <> ''), count(p.passage)
            FROM active_answers a LEFT JOIN passages p USING (answer) GROUP BY a.survey
            """
        )
        return {survey: (answers, passages) for survey, answers, passages in rows}

    def _require_survey(self, survey: str) -> None:
        if not self._number("SELECT count(*) FROM surveys WHERE survey = $survey", {"survey": survey}):
            raise StoreError(f"there is no survey “{survey}” in the store; put its record first")

    def _refuse_strangers(self, survey: str) -> None:
        twice = self._rows("SELECT answer, count(*) FROM arrived GROUP BY answer HAVING count(*) > 1 ORDER BY answer LIMIT 1")
        if twice:
            raise StoreError(f"answers of {survey}: the id {twice[0][0]} occurs {twice[0][1]} times; an answer may be there once")
        query = """
            SELECT arrived.answer, coalesce(a.survey, arrived.survey) FROM arrived LEFT JOIN answers a USING (answer)
            WHERE arrived.survey <> $survey OR a.survey <> $survey ORDER BY 1 LIMIT 1
        """
        if stranger := self._rows(query, {"survey": survey}):
            raise StoreError(f"answers of {survey}: the answer {stranger[0][0]} belongs to the survey {stranger[0][1]}")

    def _compare(self, survey: str) -> Changes:
        query = """
            SELECT count(*) FILTER (arrived.answer IS NOT NULL AND (a.answer IS NULL OR a.status <> 'active')),
                   count(*) FILTER (a.status = 'active' AND a.content <> arrived.content),
                   count(*) FILTER (a.status = 'active' AND arrived.answer IS NULL),
                   count(*) FILTER (a.status = 'active' AND a.content = arrived.content)
            FROM arrived FULL JOIN (SELECT * FROM answers WHERE survey = $survey) a ON a.answer = arrived.answer
        """
        return Changes(*self._rows(query, {"survey": survey})[0])

    def _drop_derived(self, answers: str) -> None:
        """Forget what was made of the answers that a query names."""
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE dropped AS {answers}")
        self._drop_passages("SELECT passage FROM passages WHERE answer IN (SELECT answer FROM dropped)")
        for table in ("segmented", "masked"):
            self._con.execute(f"DELETE FROM {table} WHERE answer IN (SELECT answer FROM dropped)")

    def _drop_passages(self, passages: str) -> None:
        """Forget the passages that a query names, with their codes, claims and topics."""
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE dropped_passages AS {passages}")
        for table in ("topic_members", "topic_word_holders", "claims", "codes", "coded", "passages"):
            self._con.execute(f"DELETE FROM {table} WHERE passage IN (SELECT passage FROM dropped_passages)")

    def _bury(self, answers: list[str]) -> None:
        standing = self.decisions.standing(WITHDRAWAL)
        fresh = [answer for answer in answers if answer not in standing or standing[answer].value != WITHDRAWN]
        if fresh:
            self.decisions.record_all(WITHDRAWAL, [(answer, WITHDRAWN) for answer in fresh], INGEST)

    def _lift(self, present: set[str]) -> None:
        standing = self.decisions.standing(WITHDRAWAL)
        back = [
            answer for answer, decision in standing.items() if answer in present and decision.value == WITHDRAWN and decision.who == INGEST
        ]
        if back:
            self.decisions.record_all(WITHDRAWAL, [(answer, ACTIVE) for answer in back], INGEST)
