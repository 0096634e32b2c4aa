"""A stage over partitions: cut what waits, let the cluster work on it, take in what comes back in order.

Prefect's ``DaskTaskRunner`` opens the cluster for the flow, and a stage is one task of Prefect's. What goes to the workers are plain
calls: a worker needs no way to Prefect's server, and a partition costs none of its time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import distributed
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext

from flows.dask_versions import versions_here
from flows.merging import merge
from flows.partition_work import STAGES, Job, Made, counted, work
from flows.partitions import ROWS, Partition, cut
from flows.report import StageCount
from flows.survey import Drain, drain_here, text_free
from flows.workshop import Workshop
from models.identity import identifier
from models.tables import no_rejects
from taxonomy.errors import StageError

#: Seconds between two looks at whether any worker is left, and how many looks in a row may find none: one that died is started anew.
_LOOK, _LOOKS = 15.0, 8


class Cluster:
    """The cluster of a flow and the folder of its partitions, given to tasks as one opaque object."""

    def __init__(self, client: Any, scratch: Path) -> None:
        self._client = client
        self.scratch = scratch

    @classmethod
    def of_flow(cls, scratch: Path) -> Cluster:
        """Return the cluster that the present flow's task runner opened."""
        context = FlowRunContext.get()
        assert context is not None
        return cls(context.task_runner.client, scratch)  # type: ignore[attr-defined]

    def work(self, jobs: Sequence[Job]) -> Iterator[Made]:
        """Yield what was made of each job, in order; what a dead worker was at goes to another one.

        Raises:
            StageError: the stage failed on a worker, several workers died of the same partition, or none is left.
        """
        waiting = [self._client.submit(work, job, pure=False) for job in jobs]
        try:
            for place, future in enumerate(waiting):
                yield self._awaited(future)
                waiting[place] = None  # forgotten by the scheduler too
        finally:
            self._client.cancel([future for future in waiting if future is not None])

    def _awaited(self, future: Any) -> Made:
        missed = 0
        while True:
            try:
                made: Made = future.result(timeout=_LOOK)
                return made
            except StageError:
                raise
            except distributed.KilledWorker:
                raise StageError(
                    "Several workers died of the same partition. The usual reason is memory: start fewer workers per machine, or give "
                    "them more. What was done before is kept; the next run goes on from here"
                ) from None
            except CancelledError:
                raise StageError(
                    "The Dask scheduler ended or was started anew. What was done before is kept; the next run goes on from here"
                ) from None
            except TimeoutError:
                missed = 0 if self._client.nthreads() else missed + 1
                if missed < _LOOKS:
                    continue
                raise StageError("No Dask worker is left. What was done before is kept; the next run goes on from here") from None
            except Exception as error:
                raise StageError.of("dask", error) from None


def drain_on(cluster: Cluster) -> Drain:
    """Return what carries a stage through on a cluster. Masking stays here: no original leaves the writer's machine."""

    def drain(workshop: Workshop, survey: str, stage: str) -> StageCount:
        return stage_in_partitions(workshop, survey, stage, cluster) if stage in STAGES else drain_here(workshop, survey, stage)

    return drain


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="{stage} {survey}, in partitions")
@text_free
def stage_in_partitions(workshop: Workshop, survey: str, stage: str, cluster: Cluster) -> StageCount:
    """Carry what waits for a stage through it, partition by partition. What it rejected before is tried again."""
    began = time.perf_counter()
    versions = workshop.stage_versions(survey)
    queue = workshop.writer.queue(stage, survey, versions)
    workshop.writer.put_rejects(workshop.run, survey, stage, no_rejects())
    folder = cluster.scratch / f"{survey}.{stage}.{identifier(*versions_here().values(), *versions.values())}"
    partitions = cut(workshop.writer.waiting(stage, survey, versions, ROWS), folder)
    came = made = rejected = 0
    with workshop.terminal.stage(survey, stage, queue.waiting) as bar:
        for partition, done in _worked(workshop, survey, stage, cluster, partitions):
            merge(workshop, survey, stage, partition)
            came, made, rejected = came + done.came, made + done.made, rejected + done.rejected
            bar.advance(done.came)
    return StageCount(survey, stage, came, made, rejected, queue.known, time.perf_counter() - began)


def _worked(
    workshop: Workshop, survey: str, stage: str, cluster: Cluster, partitions: Sequence[Partition]
) -> Iterator[tuple[Partition, Made]]:
    """Yield the partitions in order, each as soon as it and all before it are done: in this order the next run cuts the rest alike."""
    languages, versions = workshop.survey(survey).survey.languages, versions_here()
    already = {each.name for each in partitions if each.is_done}
    worked = cluster.work([Job(stage, each, languages, versions) for each in partitions if each.name not in already])
    for partition in partitions:
        yield partition, counted(stage, partition) if partition.name in already else next(worked)
