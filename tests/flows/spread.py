"""A run in partitions whose workers are this process, and what two stores are compared by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb

from flows.partition_work import Job, Made, work
from flows.progress import Terminal
from flows.report import RunReport
from flows.workshop import Workshop
from store import Paths, Writer, snapshots
from store.key import KEY_BYTES, write_key
from tests.flows.workbench import FakeCoder, FakeEncoder, staged, write_survey

#: What stands for the versions of all processes.
SAME = {"Python": "3", "coder": "coder-1"}
_COMPARED = {
    "answers": "SELECT * EXCLUDE (run) FROM answers",
    "masked": "SELECT * FROM masked",
    "passages": "SELECT * FROM passages",
    "coded": "SELECT * FROM coded",
    "codes": "SELECT * FROM codes",
    "claims": "SELECT * FROM claims",
    "rejects": "SELECT * EXCLUDE (run) FROM rejects",
    "texts with a vector": "SELECT text_hash, encoder FROM vectors",
}
#: What a snapshot tells of the run, and when its topics were found; rejects are compared in the store.
_OF_A_RUN = {"arrivals", "runs", "stages", "topic_models", "topic_events", "rejects"}


def with_answers(paths: Paths, rows: Sequence[Sequence[str]]) -> Paths:
    """Write a survey into a data folder with the same key of respondents as every other one that is made here."""
    write_survey(paths, rows)
    paths.prepare()
    write_key(bytes(KEY_BYTES), paths.key)
    return paths


class HereAlone:
    """A cluster of no other process; notes what it was sent."""

    def __init__(self, scratch: Path) -> None:
        scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.scratch = scratch
        self.sent: list[Job] = []

    def work(self, jobs: Sequence[Job]) -> Iterator[Made]:
        self.sent += jobs
        return (work(job) for job in jobs)


def carry_in_partitions(
    paths: Paths, cluster: Any, rows: int = 2, encoder: FakeEncoder | None = None, coder: FakeCoder | None = None
) -> RunReport:
    """Carry a survey through every stage, in partitions of so many rows."""
    from flows import dask_stages, partition_work

    encoder = encoder or FakeEncoder()
    with ExitStack() as stack:
        flow = stack.enter_context(staged(encoder, coder))
        stack.enter_context(patch.object(dask_stages, "ROWS", rows))
        stack.enter_context(patch.object(dask_stages, "versions_here", lambda: SAME))
        stack.enter_context(patch("flows.dask_versions.versions_here", lambda: SAME))
        stack.enter_context(patch.object(dask_stages, "stage_in_partitions", dask_stages.stage_in_partitions.fn))
        # Those of another test are not to be found.
        partition_work._encoder.cache_clear()
        partition_work._coder.cache_clear()
        writer = stack.enter_context(Writer(paths, "a test"))
        workshop = Workshop(writer, paths, Terminal(), ["a-survey"])
        report: RunReport = flow._carry(workshop, ["a-survey"], dask_stages.drain_on(cluster))
        return report


def contents(paths: Paths) -> dict[str, list[str]]:
    """Return all that a run made, in the store and in what is served, but when and by which run, and the numbers of vectors."""
    served = snapshots.read_current(paths, "internal")
    assert served is not None
    with Writer(paths, "a test") as writer:
        made = {name: sorted(map(repr, writer._rows(query))) for name, query in _COMPARED.items()}
    data = paths.snapshots("internal") / served / snapshots.DATA
    with closing(duckdb.connect(str(data), read_only=True)) as connection:
        tables = {name for (name,) in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()} - _OF_A_RUN
        assert {"quotes", "answers"} <= tables
        made |= {f"served {name}": sorted(map(repr, connection.execute(f"SELECT * FROM {name}").fetchall())) for name in tables}
    return made
