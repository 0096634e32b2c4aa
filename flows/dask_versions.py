"""What a worker must have in common with whoever sends it work: the same text has to become the same codes everywhere."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path

from flows.workshop import current_versions
from taxonomy import load_codebook

#: Packages that have a part in what a text becomes, or in how it travels. Models' packages are told by their versions.
_PACKAGES = ("numpy", "torch", "pyarrow", "spacy", "sentence-transformers", "transformers", "kiwipiepy", "simplemma", "distributed")
_CODE = ("taxonomy", "models", "flows")
_READ = (".py", ".toml", ".yaml", ".json", ".safetensors")


@cache
def versions_here() -> dict[str, str]:
    """Return the versions of this process by name. No model is loaded."""
    python = ".".join(platform.python_version_tuple()[:2])
    packages = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {"Python": python, "Suasion's files": _files(), **asdict(current_versions(load_codebook())), **packages}


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Return what differs, by name, in a person's words."""
    names = sorted({*here, *there}, key=str.casefold)
    return [
        f"{name} {there.get(name, 'missing')} instead of {here.get(name, 'none')}" for name in names if here.get(name) != there.get(name)
    ]


def _files() -> str:
    """Return a hash of the code and lists that stages are made of: an edited file may make other codes before any version is raised."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for package in _CODE:
        for path in sorted((root / package).rglob("*")):
            if path.suffix in _READ:
                digest.update(f"{path.relative_to(root).as_posix()}\n{path.stat().st_size}\n".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
