"""The registry of encoders: which there are, and where each comes from. Read without loading any model."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.packages import PACKAGES
from taxonomy.errors import RegistryError

SHIPPED = Path(__file__).with_name("encoders.toml")

_SOURCES = ("package", "folder", "hub")


class Entry(BaseModel):
    """Where one encoder comes from: a shipped package, a folder, or a pinned model of the Hugging Face hub."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    package: str | None = None
    folder: str | None = None
    hub: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")] | None = None
    revision: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")] | None = None
    download: bool = False
    prompt: str = ""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        named = [source for source in _SOURCES if getattr(self, source) is not None]
        if len(named) != 1:
            raise ValueError(f"name exactly one of {', '.join(_SOURCES)} (found: {', '.join(named) or 'none'})")
        if self.hub is not None and self.revision is None:
            raise ValueError("a hub model needs `revision`, the 40 hexadecimal digits of one commit: a branch or tag can change")
        if self.hub is None and (self.revision is not None or self.download):
            raise ValueError("`revision` and `download` belong to a hub model only")
        if self.package is not None and self.package not in {package.distribution for package in PACKAGES}:
            raise ValueError(f"{self.package} is not a model package that Suasion ships with")
        return self


class _Registry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    encoder: Mapping[str, Entry] = Field(default_factory=dict)


def registered(registry: Path | None = None) -> dict[str, Entry]:
    """Return every encoder by name: the shipped ones and those of the user's file.

    Raises:
        RegistryError: with all faults of the file at once.
    """
    entries = dict(_read(SHIPPED))
    if registry is None:
        return entries
    own = _read(registry)
    taken = [f"encoder.{name}: the name is taken by a shipped encoder; choose another" for name in own if name in entries]
    if taken:
        raise RegistryError(str(registry), taken)
    for name, entry in own.items():
        folder = entry.folder and str((registry.parent / entry.folder).resolve())
        entries[name] = entry.model_copy(update={"folder": folder})
    return entries


def _read(path: Path) -> Mapping[str, Entry]:
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RegistryError(str(path), [f"cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RegistryError(str(path), [f"is not a TOML file: {error}"]) from error
    try:
        return _Registry.model_validate(content).encoder
    except ValidationError as error:
        raise RegistryError(str(path), [_fault(detail["loc"], detail["msg"]) for detail in error.errors()]) from error


def _fault(place: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(map(str, place))}: {message.removeprefix('Value error, ')}"
