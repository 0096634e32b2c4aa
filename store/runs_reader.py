"""How a snapshot was made: versions and, in the view ``internal`` alone, what the runs did stage by stage."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from store.filters import Filters
from store.opened import OpenSnapshot

#: The state of the run that made the snapshot: when it was published, its record was still open.
PUBLISHED = "published"


class RunsReader(OpenSnapshot):
    """Reads the records of runs, and the quotes that came with them."""

    def runs(self) -> pa.Table:
        """Return the runs up to the one that published, the latest first.

        Columns: run, started, finished (ISO 8601, null where a run died), status, surveys, versions (a JSON object), passages (how many of
        the snapshot's passages are of answers that came, or changed, with the run; null where they are of too few respondents).
        """
        hidden, params = self._not_hidden("q.answer")
        return self._table(
            f"""
            WITH came AS (
                SELECT r.run, CASE WHEN NOT {self._few("q.unit", "q.protection")} THEN count(*) END AS passages
                FROM arrivals r JOIN quotes q USING ("row") WHERE {hidden} GROUP BY r.run
            )
            SELECT runs.run, started, CASE WHEN status = 'running' THEN $made ELSE finished END AS finished,
                CASE WHEN status = 'running' THEN '{PUBLISHED}' ELSE status END AS status, surveys, versions,
                CASE WHEN came.run IS NULL THEN 0 ELSE passages END AS passages
            FROM runs LEFT JOIN came USING (run) ORDER BY runs.run DESC
            """,
            params | {"made": self.snapshot.made},
        )

    def stages(self) -> pa.Table:
        """Return what the stages of all runs did, in their order.

        Columns: run, survey ("" for all surveys together), stage, came, made, rejected, skipped (known already), seconds.
        """
        return self._table('SELECT * EXCLUDE ("position") FROM stages ORDER BY run DESC, "position"')

    def arrivals(self, filters: Filters) -> pa.Table:
        """Return with which runs the passages of a selection came, or changed last; the latest first.

        Columns: run, passages (null where they are of too few respondents).
        """
        where, params = self._where(filters)
        return self._table(
            f"""
            SELECT r.run, CASE WHEN NOT {self._few("q.unit", "q.protection")} THEN count(*) END AS passages
            FROM arrivals r JOIN quotes q USING ("row") WHERE {where} GROUP BY r.run ORDER BY r.run DESC
            """,
            params,
        )

    def made_with(self) -> Mapping[str, tuple[str, ...]]:
        """Return the versions that made what the snapshot shows: of masker, segmenter, encoder, coder, codebook and topics.

        They are several where not all was made anew since one of them changed.
        """
        made: dict[str, tuple[str, ...]] = {"encoder": (encoder,)} if (encoder := self.snapshot.versions.get("encoder")) else {}
        for row in self._table("SELECT part, version FROM makers ORDER BY part, version").to_pylist():
            made[row["part"]] = (*made.get(row["part"], ()), row["version"])
        return made

    def reject_counts(self) -> pa.Table:
        """Return what could not be used when each survey was last read: run, survey, stage, file, kind (``store.reject_kinds``), number."""
        return self._table("SELECT * FROM rejects ORDER BY survey, stage, number DESC, file, kind")
