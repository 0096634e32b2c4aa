"""``notices.toml`` in the data folder: who is told of what, by which way. Checked whole; passwords stand elsewhere."""

from __future__ import annotations

import ipaddress
import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from flows.faults import described
from flows.notice_causes import KINDS, Kind
from store import Paths
from taxonomy.errors import NoticeError

FILE = "notices.toml"
_MOST_BYTES = 100_000
#: Seconds that a whole delivery may take.
PATIENCE = 10.0
_HOST = re.compile(r"[A-Za-z0-9.:-]+\Z")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9.-]+\Z")


class _Part(BaseModel):
    """A table of the file: nothing in it is unknown, nothing changes, and what is wrong is not repeated."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Limits(_Part):
    """From where on something is told. Shares lie between 0 and 1.

    Attributes:
        rejects: share of a survey's rows that cannot be used.
        languages: how far the languages of what came may lie from those of what came before (total variation distance).
        abstention: how much larger the share of codes that wait for review may be than before.
        least: passages that must have come, and been there before, to be compared.
        silent: kinds of causes that nobody is told of.
    """

    rejects: float = Field(0.05, ge=0, le=1)
    languages: float = Field(0.2, gt=0, le=1)
    abstention: float = Field(0.1, gt=0, le=1)
    least: int = Field(50, ge=20)
    silent: tuple[Kind, ...] = ()

    @field_validator("silent")
    @classmethod
    def _of_runs(cls, values: tuple[Kind, ...]) -> tuple[Kind, ...]:
        if "trial" in values:
            raise ValueError(f"must be some of {', '.join(KINDS)}")
        return values


class Email(_Part):
    """A mail server and whom it is to reach. The password stands in an environment variable or in a file for its owner alone."""

    name: ClassVar[str] = "e-mail"

    server: str
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "ssl", "none"] = "starttls"
    sender: str
    to: tuple[str, ...] = Field(min_length=1)
    user: str = ""
    password_env: str = ""
    password_file: str = ""
    timeout: float = Field(PATIENCE, gt=0, le=60)

    @field_validator("server")
    @classmethod
    def _host(cls, value: str) -> str:
        if not _HOST.match(value):
            raise ValueError("must be the name or number of a machine, without a port")
        return value

    @field_validator("sender")
    @classmethod
    def _address(cls, value: str) -> str:
        if not _ADDRESS.match(value):
            raise ValueError("must be an address without a name, as in team@example.org")
        return value

    @field_validator("to")
    @classmethod
    def _addresses(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(cls._address(value) for value in values)

    @model_validator(mode="after")
    def _sound(self) -> Email:
        if self.security == "none" and not is_loopback(self.server):
            raise ValueError('security = "none" is for a mail server on this machine alone; use "starttls" or "ssl"')
        if self.security == "none" and self.user:
            raise ValueError("a password is not sent without encryption; leave user out, or set security")
        if bool(self.user) != (bool(self.password_env) != bool(self.password_file)) or (self.password_env and self.password_file):
            raise ValueError("user needs either password_env or password_file, and these need user")
        return self


class Webhook(_Part):
    """An address that takes JSON. The address itself is a secret: whoever has it can write there."""

    name: ClassVar[str] = "webhook"

    address: SecretStr
    timeout: float = Field(PATIENCE, gt=0, le=60)

    @field_validator("address")
    @classmethod
    def _safe(cls, value: SecretStr) -> SecretStr:
        try:
            parts = urlsplit(value.get_secret_value())
            host, sound = parts.hostname or "", parts.port != 0
        except ValueError:
            host, sound = "", False
        if not sound or not host or parts.scheme not in ("https", "http") or any(sign <= " " for sign in value.get_secret_value()):
            raise ValueError("is not an address of the web")
        if parts.scheme == "http" and not is_loopback(host):
            raise ValueError("must be https; http is for this machine alone")
        if parts.username or parts.password:
            raise ValueError("must not hold a user or a password")
        return value

    @property
    def host(self) -> str:
        """Return whom it goes to, without what must not be seen."""
        return urlsplit(self.address.get_secret_value()).hostname or ""


class Settings(_Part):
    """Who is told of what."""

    limits: Limits = Limits()
    email: Email | None = None
    webhook: Webhook | None = None

    def ways(self) -> tuple[Email | Webhook, ...]:
        """Return the ways by which people are told."""
        return tuple(way for way in (self.email, self.webhook) if way is not None)


def load_settings(paths: Paths) -> Settings | None:
    """Return what ``notices.toml`` says; None where there is no such file.

    Raises:
        NoticeError: lists every fault with its place, and no value.
    """
    place = paths.root / FILE
    if not place.exists():
        return None
    try:
        content: dict[str, Any] = tomllib.loads(_closed_file(place))
    except tomllib.TOMLDecodeError as error:
        # The message names a place, and at most one sign of the file.
        raise NoticeError(FILE, [str(error)]) from None
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        raise NoticeError(FILE, described(error, Settings, content)) from None
    if not settings.ways():
        raise NoticeError(FILE, ["nobody is told: give [email] or [webhook] (docs/notices.md)"])
    return settings


def password(email: Email, paths: Paths) -> str:
    """Return the password of the mail server.

    Raises:
        NoticeError: it is not where it should be, or others may read it.
    """
    if email.password_env:
        if not (found := os.environ.get(email.password_env, "")):
            raise NoticeError(FILE, [f"email.password_env: the environment has no {email.password_env}, or it is empty"])
        return found
    found = _closed_file(paths.root / Path(email.password_file).expanduser()).strip()
    if not found or "\n" in found:
        raise NoticeError(FILE, ["email.password_file: the file must have one line, the password"])
    return found


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, told by its name or number alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _closed_file(place: Path) -> str:
    """Return a file's text where nobody but its owner may read it."""
    try:
        with place.open("rb") as file:
            met = os.fstat(file.fileno())
            if met.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise NoticeError(place.name, [f"others on this machine may read it; close it with: chmod 600 {place}"])
            if not stat.S_ISREG(met.st_mode) or met.st_size > _MOST_BYTES:
                raise NoticeError(place.name, ["is not a small file"])
            return file.read().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise NoticeError(place.name, [f"the file cannot be opened: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise NoticeError(place.name, ["not UTF-8; save the file as UTF-8"]) from None
