"""What Prefect's server is told of schedules, looked at on a client that asks nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.exceptions import ObjectNotFound

from flows.schedule_book import Schedule
from flows.schedule_deployments import Deployments

SINCE = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


class Client:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.pools: list[str] = []
        self.told: dict[str, dict[str, Any]] = {}
        self.ids: dict[str, UUID] = {}
        self.waiting: list[SimpleNamespace] = []
        self.started: list[UUID] = []

    def read_work_pool(self, name: str) -> str:
        if name not in self.pools:
            raise ObjectNotFound(ValueError("no such pool"))
        return name

    def create_work_pool(self, pool: Any) -> None:
        assert pool.type == "process"
        assert "command" in pool.base_job_template["variables"]["properties"]
        self.pools.append(pool.name)

    def create_flow_from_name(self, name: str) -> str:
        return name

    def create_deployment(self, **told: Any) -> None:
        self.told[told["name"]] = told
        self.ids.setdefault(told["name"], uuid4())

    def read_deployments(self, *, deployment_filter: Any) -> list[SimpleNamespace]:
        assert deployment_filter.tags.all_ == ["suasion"]
        return [SimpleNamespace(name=name, id=id) for name, id in self.ids.items()]

    def delete_deployment(self, id: UUID) -> None:
        self.ids = {name: known for name, known in self.ids.items() if known != id}

    def create_flow_run_from_deployment(self, id: UUID) -> None:
        self.started.append(id)

    def read_flow_runs(self, *, deployment_filter: Any, flow_run_filter: Any, sort: Any) -> list[SimpleNamespace]:
        assert flow_run_filter.state.type.any_[0].value == "SCHEDULED"
        assert flow_run_filter.expected_start_time.before_ <= datetime.now(UTC)
        assert sort.value == "EXPECTED_START_TIME_DESC"
        return list(self.waiting)

    def delete_flow_run(self, id: str) -> None:
        self.waiting = [run for run in self.waiting if run.id != id]


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def deployments(client: Client) -> Deployments:
    return Deployments(client)  # type: ignore[arg-type]


def test_the_pool_is_made_once(client: Client, deployments: Deployments) -> None:
    Deployments(client)  # type: ignore[arg-type]
    assert client.pools == ["suasion"]


def test_a_cron_keeps_its_zone_and_names_alone_are_parameters(client: Client, deployments: Deployments) -> None:
    deployments.carry("nightly", Schedule(cron="0 3 * * *", timezone="Europe/Berlin", surveys=("a",), since=SINCE))
    told = client.told["nightly"]
    (times,) = told["schedules"]
    assert (times.schedule.cron, times.schedule.timezone, times.active) == ("0 3 * * *", "Europe/Berlin", True)
    assert told["parameters"] == {"schedule": "nightly", "surveys": ["a"]}
    assert told["job_variables"]["command"].endswith("-m prefect.engine")
    assert deployments.names() == {"nightly"}


def test_an_interval_is_counted_from_when_it_was_made(client: Client, deployments: Deployments) -> None:
    deployments.carry("six", Schedule(interval="6h", since=SINCE))
    (times,) = client.told["six"]["schedules"]
    assert (times.schedule.interval, times.schedule.anchor_date) == (timedelta(hours=6), SINCE)


def test_what_watches_has_no_times_and_is_started_when_it_is_due(client: Client, deployments: Deployments) -> None:
    deployments.carry("inbox", Schedule(watch=True, since=SINCE))
    assert client.told["inbox"]["schedules"] == []
    deployments.start("inbox")
    assert client.started == [client.ids["inbox"]]


def test_what_is_dropped_is_forgotten(client: Client, deployments: Deployments) -> None:
    deployments.carry("six", Schedule(interval="6h", since=SINCE))
    deployments.drop("six")
    assert deployments.names() == set()


def test_of_what_waits_the_last_is_kept(client: Client, deployments: Deployments) -> None:
    deployments.carry("six", Schedule(interval="6h", since=SINCE))
    client.waiting = [SimpleNamespace(id=name) for name in ("last", "before", "first")]
    deployments.drop_late()
    assert [run.id for run in client.waiting] == ["last"]
