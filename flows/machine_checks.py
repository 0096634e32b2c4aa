"""What the doctor looks at beside the store: versions, models, room, the explorer's port, Prefect's folder."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import socket
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from flows.finding import Finding
from flows.running import LEAST_SPACE
from models.packages import PACKAGES, ModelPackage, file_hash, verified_folder
from models.trained import HEADS, JUDGEMENT, LEARNED, SHIPPED
from store import Paths, snapshots
from taxonomy.errors import ModelError, SnapshotError

_PROJECT = Path(__file__).parents[1] / "pyproject.toml"
_SETUP = "make setup, or pip install -e . in the checkout"
_LISTED = 8


def versions() -> Iterator[Finding]:
    """Compare Python and the packages with what the project asks for."""
    python, asked = _asked()
    if platform.python_version() not in SpecifierSet(python):
        yield Finding("broken", f"Python {platform.python_version()} runs, {python} is needed", "Set .venv up again with such a Python")
    wrong = [f"{requirement.name} {found or 'missing'} (needed: {requirement.specifier})" for requirement, found in _unmet(asked)]
    if wrong:
        more = f" and {len(wrong) - _LISTED} more" if len(wrong) > _LISTED else ""
        yield Finding("broken", f"{len(wrong)} packages are not those that are needed: {', '.join(wrong[:_LISTED])}{more}", _SETUP)
    else:
        yield Finding("fine", f"Python {platform.python_version()} and {len(asked)} packages are as they are needed")


def _asked() -> tuple[str, Sequence[Requirement]]:
    """Return what the project asks for: from its own file, because what pip noted at the set-up may be older."""
    if _PROJECT.is_file():
        project = tomllib.loads(_PROJECT.read_text("utf-8"))["project"]
        return project["requires-python"], [Requirement(line) for line in project["dependencies"]]
    known = importlib.metadata.metadata("suasion")
    asked = [Requirement(line) for line in importlib.metadata.requires("suasion") or ()]
    return known["Requires-Python"], [requirement for requirement in asked if requirement.marker is None]


def _unmet(asked: Sequence[Requirement]) -> Iterator[tuple[Requirement, str]]:
    for requirement in asked:
        try:
            found = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            found = ""
        # A build for another processor, 2.13.0+cpu say, is the same release.
        if not found or not requirement.specifier.contains(found, prereleases=True):
            yield requirement, found


def models(*, thorough: bool) -> Iterator[Finding]:
    """See whether every model is there; thorough: whether every file of it is the one that is expected."""
    faults = [fault for package in PACKAGES for fault in _model_faults(package, thorough=thorough)]
    yield from (Finding("broken", fault, "Models are checked before they are loaded: nothing is coded with this one") for fault in faults)
    missing = [name for name in (HEADS, JUDGEMENT, LEARNED) if not (SHIPPED / name).is_file()]
    cure = "Get the files of models/trained anew from the project, or train: suasion train"
    if missing:
        yield Finding("broken", f"{SHIPPED}: {', '.join(missing)} missing; the coder has no trained part", cure)
    elif thorough and not _heads_fit():
        yield Finding("broken", f"{SHIPPED}: {JUDGEMENT} was made for other heads than {HEADS}", cure)
    elif not faults:
        yield Finding("fine", f"{len(PACKAGES)} models and the trained coder are there" + (", every file as expected" if thorough else ""))


def _model_faults(package: ModelPackage, *, thorough: bool) -> Iterator[str]:
    try:
        if thorough:
            verified_folder(package)
            return
    except ModelError as error:
        yield str(error)
        return
    spec = importlib.util.find_spec(package.module)
    if spec is None or not spec.submodule_search_locations:
        yield f"The model package {package.distribution} is not installed. Install it with: {package.install}"
        return
    folder = Path(spec.submodule_search_locations[0], package.folder)
    if gone := [name for name in package.files if not (folder / name).is_file()]:
        yield f"{package.distribution}: {gone[0]} is missing. Install it again with: {package.install} --force-reinstall"


def _heads_fit() -> bool:
    try:
        return bool(json.loads((SHIPPED / JUDGEMENT).read_bytes())["heads"] == file_hash(SHIPPED / HEADS))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def room(paths: Paths) -> Iterator[Finding]:
    """Compare what is free with what the next run and publication may write: twice the served snapshot, and the least of any run."""
    needed = max(LEAST_SPACE, 2 * _served_bytes(paths))
    free = shutil.disk_usage(paths.root).free
    told = f"{free / 1e6:,.0f} MB are free in {paths.root}; the next run may need {needed / 1e6:,.0f} MB"
    cure = "Make room, or move the data folder to another disk (SUASION_DATA)"
    yield Finding("broken", told, cure) if free < needed else Finding("look", told, cure) if free < 2 * needed else Finding("fine", told)


def _served_bytes(paths: Paths) -> int:
    try:
        current = snapshots.read_current(paths, "internal")
    except SnapshotError:
        return 0
    folder = paths.snapshots("internal") / (current or "")
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file()) if current and folder.is_dir() else 0


def port(number: int) -> Iterator[Finding]:
    """See whether the explorer's port on this machine can be taken."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", number))
        except OSError:
            cure = f"If no explorer is open, another program has it: suasion explore --port {number + 1}"
            yield Finding("look", f"Port {number} is taken, by an explorer that is open or by another program", cure)
        else:
            yield Finding("fine", f"Port {number} is free for the explorer")


def prefect_home(paths: Paths) -> Iterator[Finding]:
    """See whether Prefect can write where it keeps its own records."""
    home = paths.prefect
    if home.is_dir() and not os.access(home, os.W_OK | os.X_OK):
        yield Finding("broken", f"{home}: cannot be written, so no run can start", "Make it writable for you alone: chmod 700")
    elif (home / "prefect.db").exists() and not os.access(home / "prefect.db", os.W_OK):
        yield Finding(
            "broken", f"{home / 'prefect.db'}: cannot be written, so no run can start", "Make it writable for you alone: chmod 600"
        )
    else:
        yield Finding("fine", "Prefect can keep its records")
