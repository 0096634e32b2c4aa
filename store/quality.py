"""Reports on the coder's quality: the figures, and apart from them the passages that they were measured on."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from models.figures import FacetQuality, Figure, Quality
from store.faults import storage_faults
from store.paths import FILE_MODE, FOLDER_MODE, Paths
from taxonomy.errors import StoreError
from taxonomy.folding import fold

__all__ = [
    "FacetQuality",
    "Figure",
    "MeasuredPassage",
    "Quality",
    "load_passages",
    "load_quality",
    "load_shipped",
    "reports",
    "save_quality",
]

FIGURES = "figures.json"
PASSAGES = "passages.json"
_PARTIAL = ".partial-"
_ID = re.compile(r"[0-9]{8}T[0-9]{6}(-[0-9a-z가-힣]+)*(\.[0-9]+)?")
_LONGEST_NAME = 40


class MeasuredPassage(BaseModel):
    """A passage of the reference, with its codes there and the coder's. ``doubtful`` are those the coder would leave to a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    text: str
    language: str
    country: str | None
    source: str
    reference: Mapping[str, tuple[str, ...]]
    predicted: Mapping[str, tuple[str, ...]]
    doubtful: Mapping[str, tuple[str, ...]]


_PASSAGES = TypeAdapter(tuple[MeasuredPassage, ...])


def save_quality(paths: Paths, quality: Quality, passages: tuple[MeasuredPassage, ...]) -> str:
    """Keep a report whole or not at all, and return its id: when it was made, and its name."""
    paths.prepare()
    id = _free(paths, f"{re.sub(r'[-:]|[+].*', '', quality.made)}{_slug(quality.name)}")
    folder = paths.quality / id
    partial = paths.quality / f"{_PARTIAL}{id}"
    with storage_faults(folder):
        try:
            partial.mkdir(mode=FOLDER_MODE)
            _write(partial / FIGURES, quality.to_json().encode())
            _write(partial / PASSAGES, _PASSAGES.dump_json(passages))
            partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return id


def reports(paths: Paths) -> tuple[str, ...]:
    """Return the ids of the reports that are kept, the newest first."""
    with storage_faults(paths.quality):
        if not paths.quality.is_dir():
            return ()
        return tuple(sorted((each.name for each in paths.quality.iterdir() if each.is_dir() and _ID.fullmatch(each.name)), reverse=True))


def load_quality(paths: Paths, id: str) -> Quality:
    """Return a report's figures; ``StoreError`` where they are missing, damaged or of another release."""
    data = _read(paths, id, FIGURES)
    try:
        return Quality.from_json(data)
    except ValidationError as error:
        raise _damaged(paths, id, FIGURES) from error


def load_passages(paths: Paths, id: str) -> tuple[MeasuredPassage, ...]:
    """Return the passages a report was measured on; ``StoreError`` as for its figures."""
    data = _read(paths, id, PASSAGES)
    try:
        return _PASSAGES.validate_json(data)
    except ValidationError as error:
        raise _damaged(paths, id, PASSAGES) from error


def load_shipped() -> Quality | None:
    """Return what was measured when the coder that ships was trained, from its card; None where that cannot be read.

    The card holds no cells of the confusion: nobody can look into its passages.
    """
    try:
        card = json.loads((files("models") / "trained" / "card.json").read_text("utf-8"))
        figures = card["quality"]
        whole = figures | {"facets": [facet | {"cells": []} for facet in figures["facets"]]}
        return Quality.model_validate_json(json.dumps(whole))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _read(paths: Paths, id: str, name: str) -> bytes:
    if not _ID.fullmatch(id):
        raise StoreError(f"there is no report {id[:80]!r}")
    try:
        return (paths.quality / id / name).read_bytes()
    except OSError as error:
        raise _damaged(paths, id, name) from error


def _damaged(paths: Paths, id: str, name: str) -> StoreError:
    return StoreError(f"{paths.quality / id / name}: missing, damaged or of another release; delete the folder and evaluate again")


def _write(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:
        file.write(content)


def _free(paths: Paths, id: str) -> str:
    """Return the id, numbered where a report of the same second and name has it."""
    taken, number, free = set(reports(paths)), 1, id
    while free in taken:
        number += 1
        free = f"{id}.{number}"
    return free


def _slug(name: str) -> str:
    words = re.findall(r"[0-9a-z가-힣]+", fold(name))
    slug = "-".join(words)[:_LONGEST_NAME].strip("-")
    return f"-{slug}" if slug else ""
