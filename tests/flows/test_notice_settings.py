"""``notices.toml``: all faults at once with their place, none with a secret; nothing goes unencrypted to another machine."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from flows.notice_causes import KINDS
from flows.notice_settings import Email, Settings, load_settings, password
from store import Paths
from taxonomy.errors import NoticeError

MAIL = {"server": '"mail.example.org"', "sender": '"s@example.org"', "to": '["a@example.org"]'}
SECRET = "Secretcanary"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


def load(paths: Paths, text: str, mode: int = 0o600) -> Settings | None:
    place = paths.root / "notices.toml"
    place.write_text(text, "utf-8")
    place.chmod(mode)
    return load_settings(paths)


def mail(**changed: str) -> str:
    return "[email]\n" + "\n".join(f"{key} = {value}" for key, value in (MAIL | changed).items())


def faults(paths: Paths, text: str, mode: int = 0o600) -> str:
    with pytest.raises(NoticeError) as caught:
        load(paths, text, mode)
    assert SECRET not in str(caught.value)
    return "\n".join(caught.value.faults)


def test_without_a_file_nobody_is_told(paths: Paths) -> None:
    assert load_settings(paths) is None


def test_what_is_not_said_has_a_default(paths: Paths) -> None:
    settings = load(paths, mail())
    assert settings is not None
    assert settings.email is not None
    assert (settings.email.port, settings.email.security, settings.email.timeout) == (587, "starttls", 10)
    assert (settings.limits.rejects, settings.limits.silent) == (0.05, ())


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"server": f'"mail.example.org:{SECRET} "'}, "email.server: must be the name or number of a machine, without a port"),
        ({"port": "0"}, "email.port: Input should be greater than or equal to 1"),
        ({"sender": r'"a@example.org\nBcc: x@example.org"'}, "email.sender: must be an address without a name"),
        ({"to": "[]"}, "email.to: is empty; at least one is needed"),
        ({"to": f'["{SECRET}"]'}, "email.to: must be an address without a name"),
        ({"security": '"none"'}, 'email: security = "none" is for a mail server on this machine alone'),
        ({"security": '"tls"'}, "email.security: must be one of starttls, ssl, none"),
        ({"password": f'"{SECRET}"'}, "email.password: unknown key"),
        ({"user": '"u"'}, "email: user needs either password_env or password_file"),
        ({"password_env": '"P"'}, "email: user needs either password_env or password_file"),
        ({"user": '"u"', "password_env": '"P"', "password_file": '"p"'}, "email: user needs either password_env or password_file"),
        ({"server": '"127.0.0.1"', "security": '"none"', "user": '"u"', "password_env": '"P"'}, "email: a password is not sent without"),
        ({"timeout": "0"}, "email.timeout: Input should be greater than 0"),
    ],
)
def test_a_fault_of_the_mail_has_its_place(changed: dict[str, str], fault: str, paths: Paths) -> None:
    assert faults(paths, mail(**changed)).startswith(fault)


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        (f"http://example.org/{SECRET}", "must be https; http is for this machine alone"),
        (f"http://127.0.0.1.example.org/{SECRET}", "must be https"),
        (f"https://u:{SECRET}@example.org/", "must not hold a user or a password"),
        (f"ftp://example.org/{SECRET}", "is not an address of the web"),
        (f"https:///{SECRET}", "is not an address of the web"),
        (f"https://example.org:99999/{SECRET}", "is not an address of the web"),
        (f"https://example.org/{SECRET} x", "is not an address of the web"),
        (f"file:///{SECRET}", "is not an address of the web"),
    ],
)
def test_a_webhook_is_https_or_on_this_machine(address: str, fault: str, paths: Paths) -> None:
    assert f"webhook.address: {fault}" in faults(paths, f'[webhook]\naddress = "{address}"')


@pytest.mark.parametrize("address", ["https://example.org/x", "http://localhost:1/x", "http://127.0.0.1/", "http://[::1]:80/x"])
def test_these_are_webhooks(address: str, paths: Paths) -> None:
    settings = load(paths, f'[webhook]\naddress = "{address}"')
    assert settings is not None
    assert address not in repr(settings)


def test_all_faults_are_told_at_once(paths: Paths) -> None:
    found = faults(paths, "[limits]\nrejects = 5\nleast = 1\nsilent = ['topcs']\n" + mail(port='"x"'))
    assert [line.split(":")[0] for line in found.splitlines()] == ["limits.rejects", "limits.least", "limits.silent[1]", "email.port"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"[email\n{SECRET}", "(at line 1, column 7)"),
        ("", "nobody is told: give [email] or [webhook]"),
        ("[limits]\nsilent = ['trial']", "limits.silent: must be some of failed"),
        ("[hook]", "hook: unknown key"),
    ],
)
def test_what_is_no_settings_is_said(text: str, fault: str, paths: Paths) -> None:
    assert fault in faults(paths, text)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_may_read_is_refused(mode: int, paths: Paths) -> None:
    assert "close it with: chmod 600" in faults(paths, mail(), mode)


def test_what_is_no_file_or_no_text_is_refused(paths: Paths) -> None:
    (paths.root / "notices.toml").mkdir(mode=0o700)
    with pytest.raises(NoticeError, match="cannot be opened"):
        load_settings(paths)
    (paths.root / "notices.toml").rmdir()
    (paths.root / "notices.toml").write_bytes(b"\xff\xfe")
    (paths.root / "notices.toml").chmod(0o600)
    with pytest.raises(NoticeError, match="not UTF-8"):
        load_settings(paths)


def secured(**where: str) -> Email:
    return Email(server="mail.example.org", sender="s@example.org", to=("a@example.org",), user="u", **where)  # type: ignore[arg-type]


def test_a_password_comes_from_where_it_was_said(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", SECRET)
    assert password(secured(password_env="MAIL_PASSWORD"), paths) == SECRET
    with pytest.raises(NoticeError, match="the environment has no NO_PASSWORD"):
        password(secured(password_env="NO_PASSWORD"), paths)
    place = paths.root / "mail.password"
    place.write_text(f"{SECRET}\n", "utf-8")
    place.chmod(0o600)
    assert password(secured(password_file="mail.password"), paths) == SECRET
    assert password(secured(password_file=str(place)), paths) == SECRET


@pytest.mark.parametrize(("content", "mode"), [(SECRET, 0o644), ("", 0o600), (f"{SECRET}\n{SECRET}", 0o600)])
def test_a_password_that_others_may_read_or_that_is_none_is_refused(content: str, mode: int, paths: Paths) -> None:
    place = paths.root / "mail.password"
    place.write_text(content, "utf-8")
    os.chmod(place, mode)
    with pytest.raises(NoticeError) as caught:
        password(secured(password_file="mail.password"), paths)
    assert SECRET not in str(caught.value)


def test_the_documentation_names_every_key_and_its_example_is_valid(paths: Paths) -> None:
    page = (Path(__file__).parents[2] / "docs" / "notices.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    settings = load(paths, example)
    assert settings is not None
    assert len(settings.ways()) == 2
    for part in (settings, *settings.ways(), settings.limits):
        for key in type(part).model_fields:
            assert f"`{key}`" in page or f"`[{key}]`" in page, key
    assert {kind for kind in KINDS if f"`{kind}`" not in page} == set()
