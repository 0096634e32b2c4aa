"""What docs/running.md, the units for systemd and prefect.yaml name is there."""

from __future__ import annotations

import configparser
import importlib
import inspect
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from flows.cli import app
from flows.schedule_book import Schedule
from flows.schedule_pool import FLOW, POOL
from flows.schedule_times import checked_cron, checked_zone

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "running.md").read_text("utf-8")
UNITS = sorted((ROOT / "docs" / "systemd").glob("*.service"))
HARDENED = {
    "UMask": "0077",
    "NoNewPrivileges": "true",
    "ProtectSystem": "strict",
    "ProtectHome": "true",
    "PrivateTmp": "true",
    "ReadWritePaths": "/srv/suasion",
    "User": "suasion",
    "CapabilityBoundingSet": "",
    "IPAddressDeny": "any",
}


def unit(path: Path) -> configparser.SectionProxy:
    """Return what a unit says of its service; of a key that stands twice, the last."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text("utf-8"))
    return parser["Service"]


def helped(*command: str) -> str:
    done = CliRunner().invoke(app, [*command, "--help"])
    assert done.exit_code == 0, command
    return done.output


def options(text: str) -> set[str]:
    return set(re.findall(r"--[a-z][a-z-]+", text))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_with_options_that_exist_and_is_closed(path: Path) -> None:
    service = unit(path)
    program, command, *arguments = shlex.split(service["ExecStart"])
    assert program == "/opt/suasion/.venv/bin/suasion"
    assert options(" ".join(arguments)) <= options(helped(command))
    assert {key: service.get(key) for key in HARDENED} == HARDENED
    assert path.name in PAGE


def test_every_command_of_the_page_exists() -> None:
    for group, command in set(re.findall(r"suasion (schedule) ([a-z]+)\b", PAGE)):
        helped(group, command)
    for command in set(re.findall(r"(?:`|^    |bin/)suasion ([a-z]+)", PAGE, re.MULTILINE)):
        helped(command)
    known = options(helped("schedule", "add") + helped("serve"))
    typed = {option for line in PAGE.splitlines() if "suasion schedule" in line for option in options(line)}
    assert typed
    assert typed <= known


def test_every_schedule_of_the_page_can_be_written() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (entry,) = tomllib.loads(example).values()
    assert Schedule.model_validate(entry).timezone == "Europe/Berlin"
    for cron in re.findall(r'--cron "([^"]+)"', PAGE):
        checked_cron(cron)


@pytest.fixture(scope="module")
def deployment() -> dict[str, Any]:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]
    assert len(deployments) == 1
    found: dict[str, Any] = deployments[0]
    return found


def test_prefect_reads_its_file_and_finds_the_flow(deployment: dict[str, Any]) -> None:
    from prefect.cli.deploy._models import PrefectYamlModel

    PrefectYamlModel.model_validate(yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8")))
    path, name = deployment["entrypoint"].split(":")
    assert (ROOT / path).is_file()
    flow = getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), name)
    assert flow.name == FLOW
    inspect.signature(flow.fn).bind(**deployment["parameters"])
    assert flow.validate_parameters(deployment["parameters"]) == deployment["parameters"]


def test_its_times_exist_and_its_pool_is_the_one_of_the_page(deployment: dict[str, Any]) -> None:
    for times in deployment["schedules"]:
        checked_cron(times["cron"])
        checked_zone(times["timezone"])
    assert deployment["work_pool"]["name"] == POOL
    assert f"work-pool create {POOL} --type process" in PAGE
    assert deployment["work_pool"]["job_variables"]["env"]["DO_NOT_TRACK"] == "1"


def test_what_serves_names_the_flow_that_exists() -> None:
    from flows import schedule_deployments

    module, _, name = schedule_deployments._ENTRY.rpartition(".")
    assert getattr(importlib.import_module(module), name).name == FLOW
