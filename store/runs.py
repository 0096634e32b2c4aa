"""The book of runs: what each run did, stage by stage, and with which versions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pyarrow as pa

from store.topics import TopicBook
from taxonomy.errors import StoreError


class RunBook(TopicBook):
    """Writes and reads the record of runs."""

    def begin_run(self, surveys: Sequence[str], versions: Mapping[str, str]) -> str:
        """Open the record of a run and return its id, which sorts by time."""
        now = datetime.now(UTC)
        run = now.strftime("%Y%m%dT%H%M%S-%f")
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
                "UPDATE runs SET status = $2, finished = $3 WHERE run = $1",
                [run, status, datetime.now(UTC).isoformat(timespec="milliseconds")],
            )

    def runs(self) -> pa.Table:
        """Return all runs, the latest first; ``versions`` is a JSON object."""
        return self._read("SELECT * FROM runs ORDER BY run DESC")

    def stages(self, run: str) -> pa.Table:
        """Return what the stages of a run did, in the order in which they first reported."""
        return self._read("SELECT * EXCLUDE (position) FROM stages WHERE run = $run ORDER BY position", {"run": run})

    def _require_run(self, run: str) -> dict[str, str]:
        rows = self._rows("SELECT versions FROM runs WHERE run = $run", {"run": run})
        if not rows:
            raise StoreError(f"there is no run {run} in the store; begin one first")
        versions: dict[str, str] = json.loads(rows[0][0])
        return versions
