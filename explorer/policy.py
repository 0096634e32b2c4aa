"""Who has which role where people sign in: ``roles.toml`` and ``secrets.toml`` in the data folder, read with distrust."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from explorer.access import role_named
from explorer.server import SECRETS
from taxonomy.errors import AccessError, FaultsError

ROLES_FILE = "roles.toml"
CALLBACK = "/oauth2callback"

_Model = TypeVar("_Model", bound=BaseModel)

_LARGEST = 1_000_000
_AT_HOME = frozenset({"127.0.0.1", "localhost"})


class PolicyError(FaultsError, AccessError):
    """The files that say who may see what are not sound."""


@dataclass(frozen=True)
class Policy:
    """Whose word on a visitor counts, for how long, and which role it gives."""

    issuer: str
    client: str
    host: str
    session_seconds: float
    claim: str
    groups: Mapping[str, str]
    emails: Mapping[str, str]
    subjects: Mapping[str, str]


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


def _known(role: str) -> str:
    try:
        return role_named(role).id
    except AccessError as error:
        raise ValueError(str(error)) from None


_Role = Annotated[str, AfterValidator(_known)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class _Claim(_Strict):
    name: _Text
    roles: dict[_Text, _Role]


class _Roles(_Strict):
    issuer: _Text
    session_hours: float = Field(default=8.0, gt=0, le=24)
    claim: _Claim | None = None
    emails: dict[_Text, _Role] = {}
    subjects: dict[_Text, _Role] = {}


class _Auth(BaseModel):
    """What Streamlit needs; what else stands there is Streamlit's."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, hide_input_in_errors=True)

    redirect_uri: _Text
    cookie_secret: Annotated[str, StringConstraints(min_length=32)]
    client_id: _Text
    client_secret: _Text
    server_metadata_url: _Text


class _Secrets(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    auth: _Auth


def has_sign_in(root: Path) -> bool:
    """Say whether a sign-in is set up in a data folder, soundly or not."""
    return os.path.lexists(root / SECRETS)


def load_policy(root: Path) -> Policy:
    """Return who may see what, by the files as they are now; a PolicyError names all that is wrong with them, and no secret."""
    return _read(root, _stamp(root / SECRETS), _stamp(root / ROLES_FILE))


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        met = path.lstat()
    except OSError:
        return ()
    return met.st_mtime_ns, met.st_ctime_ns, met.st_size, met.st_ino, met.st_mode, met.st_uid


@lru_cache(maxsize=4)
def _read(root: Path, _secrets: tuple[int, ...], _roles: tuple[int, ...]) -> Policy:
    faults: list[str] = []
    auth = _checked(_Secrets, root / SECRETS, faults)
    roles = _checked(_Roles, root / ROLES_FILE, faults)
    if auth is not None:
        faults += _addresses(auth.auth)
    if roles is not None:
        faults += _people(roles)
    if faults or auth is None or roles is None:
        raise PolicyError("who may see what", faults)
    return Policy(
        roles.issuer, auth.auth.client_id, str(urlsplit(auth.auth.redirect_uri).hostname), roles.session_hours * 3600,
        roles.claim.name if roles.claim else "", roles.claim.roles if roles.claim else {},
        {mail.lower(): role for mail, role in roles.emails.items()}, roles.subjects,
    )  # fmt: skip


def _checked(model: type[_Model], path: Path, faults: list[str]) -> _Model | None:
    """Return what a file says, or note what is wrong with it."""
    try:
        return model.model_validate(_content(path))
    except ValidationError as error:
        # pydantic's own message would repeat the input, which is a secret here.
        for fault in error.errors(include_input=False, include_url=False):
            place = ".".join(str(part) for part in fault["loc"])
            faults.append(f"{path.name}: {place}: {fault['msg'].removeprefix('Value error, ')}")
    except AccessError as error:
        faults.append(f"{path.name}: {error}")
    return None


def _content(path: Path) -> dict[str, Any]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise AccessError("is missing; docs/access.md says what belongs into it") from None
    except OSError as error:
        raise AccessError(f"cannot be opened ({error.strerror}); a link is not followed") from None
    with open(descriptor, "rb") as file:
        met = os.fstat(descriptor)
        if not stat.S_ISREG(met.st_mode) or met.st_size > _LARGEST:
            raise AccessError("is no file, or larger than 1 MB")
        if met.st_uid != os.geteuid() or stat.S_IMODE(met.st_mode) & 0o077:
            raise AccessError(f"must be yours and closed to others: chmod 600 {path}")
        try:
            return tomllib.loads(file.read(_LARGEST + 1).decode("utf-8"))
        except UnicodeDecodeError:
            raise AccessError("is not UTF-8") from None
        except tomllib.TOMLDecodeError:
            # Its message may quote a secret.
            raise AccessError("is not valid TOML") from None


def _addresses(auth: _Auth) -> list[str]:
    faults = []
    for name, address in (("redirect_uri", auth.redirect_uri), ("server_metadata_url", auth.server_metadata_url)):
        try:
            parts = urlsplit(address)
            host = parts.hostname
        except ValueError:
            parts, host = None, None
        if parts is None or not host or (parts.scheme != "https" and not (parts.scheme == "http" and host in _AT_HOME)):
            faults.append(f"{SECRETS}: auth.{name}: must be an address of the web: https, or http on 127.0.0.1 or localhost alone")
        elif name == "redirect_uri" and parts.path != CALLBACK:
            faults.append(f"{SECRETS}: auth.{name}: must end with {CALLBACK}")
    return faults


def _people(roles: _Roles) -> list[str]:
    faults = []
    if not (roles.emails or roles.subjects or (roles.claim and roles.claim.roles)):
        faults.append(f"{ROLES_FILE}: gives nobody a role: add [emails], [subjects] or [claim]")
    if len({mail.lower() for mail in roles.emails}) < len(roles.emails):
        faults.append(f"{ROLES_FILE}: emails: an address stands there twice, in capitals and in small letters")
    return faults
