"""Schedules as Prefect's deployments, on a process work pool whose worker runs one at a time."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    DeploymentFilterTags,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound

from flows.schedule_book import Schedule
from flows.schedule_pool import FLOW, POOL
from flows.schedule_times import stretch

_ENTRY = "flows.scheduled_run.scheduled_run"
_ROOT = Path(__file__).parents[1]
#: Marks what is ours: what a person deployed by hand is left alone.
_TAG = "suasion"


class Deployments:
    """What Prefect's server knows of schedules. Errors of the client pass: the server may be starting anew.

    Args:
        client: of a server that answers.
    """

    def __init__(self, client: SyncPrefectClient) -> None:
        self._client = client
        self._require_pool()

    def names(self) -> set[str]:
        """Return the names of the schedules that the server knows."""
        return set(self._known())

    def carry(self, name: str, schedule: Schedule) -> None:
        """Make the server start a schedule's runs at its times; runs that waited for other times of it are gone."""
        self._client.create_deployment(
            flow_id=self._client.create_flow_from_name(FLOW),
            name=name,
            schedules=[DeploymentScheduleCreate(schedule=times, active=True) for times in _times(schedule)],
            parameters={"schedule": name, "surveys": list(schedule.surveys)},
            tags=[_TAG],
            work_pool_name=POOL,
            entrypoint=_ENTRY,
            enforce_parameter_schema=False,
            # Named, so that Prefect neither prepares a workspace nor asks a package index for anything.
            job_variables={"command": shlex.join([sys.executable, "-m", "prefect.engine"]), "working_dir": str(_ROOT)},
        )

    def drop(self, name: str) -> None:
        """Make the server forget a schedule. A run of it that goes on ends as it would."""
        self._client.delete_deployment(self._known()[name].id)

    def start(self, name: str) -> None:
        """Have a schedule's run started as soon as no other one goes on."""
        self._client.create_flow_run_from_deployment(self._known()[name].id)

    def drop_late(self) -> None:
        """Of the runs of a schedule that are due and wait for their turn keep the last: one finds all that is new."""
        for known in self._known().values():
            waiting = self._client.read_flow_runs(
                deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[known.id])),
                flow_run_filter=FlowRunFilter(
                    state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
                    expected_start_time=FlowRunFilterExpectedStartTime(before_=datetime.now(UTC)),
                ),
                sort=FlowRunSort.EXPECTED_START_TIME_DESC,
            )
            for run in waiting[1:]:
                self._client.delete_flow_run(run.id)

    def _known(self) -> dict[str, DeploymentResponse]:
        ours = DeploymentFilter(tags=DeploymentFilterTags(all_=[_TAG]))
        return {found.name: found for found in self._client.read_deployments(deployment_filter=ours)}

    def _require_pool(self) -> None:
        from prefect.workers.process import ProcessWorker

        try:
            self._client.read_work_pool(POOL)
        except ObjectNotFound:
            template: dict[str, Any] = ProcessWorker.get_default_base_job_template()
            self._client.create_work_pool(WorkPoolCreate(name=POOL, type="process", base_job_template=template))


def _times(schedule: Schedule) -> tuple[CronSchedule | IntervalSchedule, ...]:
    if schedule.cron is not None:
        return (CronSchedule(cron=schedule.cron, timezone=schedule.timezone),)
    if schedule.interval is not None:
        return (IntervalSchedule(interval=stretch(schedule.interval), anchor_date=schedule.since, timezone="UTC"),)
    return ()
