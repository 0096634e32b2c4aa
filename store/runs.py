"""The book of runs: what each run did, stage by stage, and with which versions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from store.reject_kinds import kind_sql
from store.topics import TopicBook
from taxonomy.errors import StoreError

_ID = "%Y%m%dT%H%M%S-%f"


class RunBook(TopicBook):
    """Writes and reads the record of runs."""

    def begin_run(self, surveys: Sequence[str], versions: Mapping[str, str]) -> str:
        """Open the record of a run and return its id, which sorts by time, and behind all others even where the clock was set back."""
        now = datetime.now(UTC)
        ((newest,),) = self._rows("SELECT max(run) FROM runs")
        run = _after(newest or "", now.strftime(_ID))
        with self._transaction():
            # One writer at a time: a run that still counts as running belongs to a process that died.
            self._con.execute("UPDATE runs SET status = 'interrupted' WHERE status = 'running'")
            self._con.execute(
                "INSERT INTO runs VALUES (?, ?, NULL, 'running', ?, ?)",
                [run, now.isoformat(timespec="milliseconds"), list(surveys), json.dumps(dict(versions), sort_keys=True)],
            )
        return run

    def record_stage(self, run: str, survey: str, stage: str, came: int, made: int, rejected: int, skipped: int, seconds: float) -> None:
        """Record what a stage, or one more batch of it, did for a survey: batches add up."""
        with self._transaction():
            self._con.execute(
                """
                INSERT INTO stages
                SELECT $run, $survey, $stage, $came, $made, $rejected, $skipped, $seconds,
                    (SELECT count(*) FROM stages WHERE run = $run)
                ON CONFLICT DO UPDATE SET came = came + excluded.came, made = made + excluded.made,
                    rejected = rejected + excluded.rejected, skipped = skipped + excluded.skipped, seconds = seconds + excluded.seconds
                """,
                {
                    "run": run,
                    "survey": survey,
                    "stage": stage,
                    "came": came,
                    "made": made,
                    "rejected": rejected,
                    "skipped": skipped,
                    "seconds": seconds,
                },
            )

    def finish_run(self, run: str, status: str) -> None:
        """Close the record of a run: ``done``, ``failed``, or what else became of it."""
        self._require_run(run)
        with self._transaction():
            self._con.execute(
                # Where the clock was set back meanwhile a run ends when it began, not before.
                "UPDATE runs SET status = $2, finished = greatest(started, $3) WHERE run = $1",
                [run, status, datetime.now(UTC).isoformat(timespec="milliseconds")],
            )

    def runs(self) -> pa.Table:
        """Return all runs, the latest first; ``versions`` is a JSON object."""
        return self._read("SELECT * FROM runs ORDER BY run DESC")

    def stages(self, run: str) -> pa.Table:
        """Return what the stages of a run did, in the order in which they first reported."""
        return self._read("SELECT * EXCLUDE (position) FROM stages WHERE run = $run ORDER BY position", {"run": run})

    def languages_by_arrival(self, survey: str, run: str) -> pa.Table:
        """Return the languages of a survey's passages: language, now (passages of answers that came, or changed, with the run), before."""
        return self._read(
            """
            SELECT p.language, count(*) FILTER (a.run = $run) AS now, count(*) FILTER (a.run < $run) AS before
            FROM passages p JOIN active_answers a USING (answer) WHERE a.survey = $survey GROUP BY p.language ORDER BY p.language
            """,
            {"survey": survey, "run": run},
        )

    def reviews_by_arrival(self, survey: str, run: str) -> pa.Table:
        """Return how a survey's passages are coded, by whether they came, or changed, with the run: came, passages, codes, waiting."""
        return self._read(
            """
            SELECT a.run = $run AS came, count(DISTINCT c.passage) AS passages, count(*) AS codes, count(*) FILTER (c.review) AS waiting
            FROM codes c JOIN passages p USING (passage) JOIN active_answers a USING (answer)
            WHERE a.survey = $survey AND a.run <= $run GROUP BY came ORDER BY came
            """,
            {"survey": survey, "run": run},
        )

    def refused_rows(self, survey: str) -> pa.Table:
        """Return the rows of a survey that could not be used when it was last read: kind (``store.reject_kinds``), rows; the most first."""
        return self._read(
            f"""
            SELECT {kind_sql("reason")} AS kind, count(DISTINCT (file, "row")) AS "rows" FROM rejects
            WHERE survey = $survey AND stage = 'ingest' GROUP BY kind ORDER BY "rows" DESC, kind
            """,
            {"survey": survey},
        )

    def reject_kinds(self, run: str) -> pa.Table:
        """Return what a run found that could not be used, unless a later one has read the survey anew: survey, stage, kind, number."""
        return self._read(
            f"""
            SELECT survey, stage, {kind_sql("reason")} AS kind, count(*) AS number FROM rejects
            WHERE run = $run GROUP BY survey, stage, kind ORDER BY survey, stage, number DESC, kind
            """,
            {"run": run},
        )

    def _require_run(self, run: str) -> dict[str, str]:
        rows = self._rows("SELECT versions FROM runs WHERE run = $run", {"run": run})
        if not rows:
            raise StoreError(f"there is no run {run} in the store; begin one first")
        versions: dict[str, str] = json.loads(rows[0][0])
        return versions


def _after(newest: str, run: str) -> str:
    """Return a run's id, or where the newest one is not before it, an id of a moment after that one."""
    return run if run > newest else (datetime.strptime(newest, _ID) + timedelta(microseconds=1)).strftime(_ID)
