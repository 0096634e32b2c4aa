"""``suasion doctor``: looks at all that a run and the explorer rest on, changes nothing, and says what to do about each finding."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from flows import machine_checks, store_checks
from flows.finding import Finding, status
from flows.page import console, printable
from flows.schedules import schedule_findings
from store import Paths

_MARKS = {"fine": "fine  ", "look": "LOOK  ", "broken": "BROKEN"}


def examine(paths: Paths, port: int, *, thorough: bool) -> Iterator[Finding]:
    """Yield what is found in a data folder and on this machine."""
    yield from machine_checks.versions()
    yield from machine_checks.models(thorough=thorough)
    yield from machine_checks.port(port)
    if not paths.root.is_dir():
        yield Finding("look", f"{paths.root}: there is no data folder yet", "suasion run makes it; or name another one with SUASION_DATA")
        return
    yield from machine_checks.room(paths)
    yield from machine_checks.prefect_home(paths)
    yield from store_checks.permissions(paths)
    yield from store_checks.database(paths, thorough=thorough)
    yield from store_checks.registers(paths, thorough=thorough)
    yield from store_checks.erasures(paths)
    yield from store_checks.served(paths, thorough=thorough)
    yield from store_checks.leftovers(paths)
    yield from schedule_findings(paths)


def show_findings(port: int, *, thorough: bool, as_json: bool) -> int:
    """Print what is found, and return the exit status."""
    output = console()
    if as_json:
        findings = tuple(examine(Paths.default(), port, thorough=thorough))
        told = {"status": status(findings), "findings": [asdict(finding) for finding in findings]}
        output.print(json.dumps(told, indent=1, ensure_ascii=False), soft_wrap=True)
        return status(findings)
    seen = []
    for finding in examine(Paths.default(), port, thorough=thorough):
        seen.append(finding)
        output.print(f"{_MARKS[finding.level]}  {printable(finding.what)}", soft_wrap=True)
        if finding.advice:
            output.print(f"        → {printable(finding.advice)}", soft_wrap=True)
    return status(seen)
