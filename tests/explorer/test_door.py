from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from explorer import access, door, session
from explorer.access import EXPORTS, ROLES, SCREENS, Grant
from explorer.downloads import handed_out
from store import Paths
from taxonomy.errors import AccessError
from tests.explorer.conftest import APP, part
from tests.explorer.test_policy import SECRETS
from tests.synthetic import build_store

ROLE_FILE = 'issuer = "https://login.example.org"\n[emails]\n"ana@example.org" = "{role}"\n'
#: Download buttons of each page, by their keys.
OFFERED = {"quotes": {"csv", "claims", "xlsx"}}


def claims(**also: Any) -> dict[str, Any]:
    now = time.time()
    known = {
        "is_logged_in": True, "iss": "https://login.example.org", "aud": "suasion", "sub": "s-1", "iat": now - 60, "exp": now + 300,
        "email": "ana@example.org", "email_verified": True,
    }  # fmt: skip
    return {name: value for name, value in {**known, **also}.items() if value is not None}


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """The made-up store with all three views and a sign-in."""
    return build_store(tmp_path_factory.mktemp("door") / "data")


@pytest.fixture
def visit(shelves: Paths, forget: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that opens an address as somebody."""
    from streamlit.testing.v1 import AppTest
    from streamlit.util import calc_hash

    monkeypatch.setenv("SUASION_DATA", str(shelves.root))

    def opened(screen: str, role: str | None = None, user: dict[str, Any] | None = None) -> Any:
        for name, value in ((door.ROLE, role), (door.SIGN_IN, None if user is None else "explorer.example.org")):
            monkeypatch.delenv(name, raising=False)
            if value is not None:
                monkeypatch.setenv(name, value)
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.user = user or {}
        app._page_hash = calc_hash("" if screen == SCREENS[0].id else screen)  # what a typed address asks for
        app.run()
        assert not app.exception
        return app

    return opened


@pytest.fixture
def sign_in(shelves: Paths, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Return a function that gives the person of ``claims`` a role, in place of the settings of the shelves."""

    def given(role: str) -> None:
        for name, content in (("secrets.toml", SECRETS), ("roles.toml", ROLE_FILE.format(role=role))):
            (tmp_path / name).write_text(content, "utf-8")
            (tmp_path / name).chmod(0o600)
        monkeypatch.setattr(door, "load_policy", lambda _, known=door.load_policy: known(tmp_path))

    return given


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be opened or even be looked for."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a snapshot was touched")

    monkeypatch.setattr(session, "Library", refused)
    monkeypatch.setattr(session.Reader, "current_id", refused)


def shown(app: Any) -> str:
    return "\n".join(str(element.value) for kind in ("title", "text", "subheader", "caption", "markdown") for element in app.get(kind))


def refused(app: Any, refusal: access.Refusal) -> None:
    assert [element.value for element in app.title] == [refusal.title]
    assert refusal.advice in shown(app)
    assert not app.get("bidi_component")
    assert not app.get("download_button")
    assert not app.get("dataframe")
    assert not app.get("vega_lite_chart")


@pytest.mark.server
@pytest.mark.parametrize("screen", [screen.id for screen in SCREENS])
@pytest.mark.parametrize("role", list(ROLES))
def test_every_page_as_every_role(role: str, screen: str, visit: Callable[..., Any]) -> None:
    app = visit(screen, role)
    grant = Grant(ROLES[role])
    if not grant.may_open(screen):
        refused(app, access.NOT_FOR_YOU)
        return
    assert f"{ROLES[role].name} · {ROLES[role].view} view · on this machine only" in shown(app)
    if screen == "quotes":
        foot = dict(line for line in part(app, "panel")["foot"]["lines"] if len(line) == 2)
        assert (foot["Role"], foot["View"]) == (ROLES[role].name, ROLES[role].view)
    buttons = {element.proto.id.rsplit("-", 1)[-1] for element in app.get("download_button")}
    if not any(grant.may_take(export) for export in EXPORTS):
        assert buttons == set()
    else:
        assert buttons >= OFFERED.get(screen, set())


@pytest.mark.server
@pytest.mark.parametrize("screen", [screen.id for screen in SCREENS])
@pytest.mark.parametrize(
    ("role", "user", "refusal"),
    [
        (None, None, access.NOT_STARTED),
        ("wizard", None, access.UNKNOWN_ROLE_CHOSEN),
        (None, {"is_logged_in": False}, access.SIGNED_OUT),
        ("researcher", claims(sub=None), access.NOT_TRUSTED),
        (None, claims(email="eve@example.org"), access.NO_ROLE),
        (None, claims(iat=1.0, exp=2.0), access.EXPIRED),
    ],
    ids=["not started", "no such role", "signed out", "forged", "no role", "expired"],
)
def test_every_page_without_a_role(
    role: str | None, user: Any, refusal: access.Refusal, screen: str, visit: Callable[..., Any], sign_in: Any, sealed: None
) -> None:
    sign_in("researcher")
    app = visit(screen, role, user)
    refused(app, refusal)
    assert {button.key for button in app.button} == ({"sign-in"} if refusal.sign_in else {"sign-out"} if refusal.sign_out else set())


@pytest.mark.server
def test_unsound_settings_let_nobody_in(visit: Callable[..., Any], sealed: None) -> None:
    refused(visit("quotes", user=claims()), access.MISCONFIGURED)


@pytest.mark.server
def test_who_signed_in_sees_the_view_of_the_role_until_it_is_taken_away(visit: Callable[..., Any], sign_in: Any) -> None:
    sign_in("author")
    app = visit("quotes", user=claims())
    assert "Author · partner view · ana@example.org" in shown(app)
    assert part(app, "panel")["foot"]["lines"][1] == ["View", "partner"]
    sign_in("public-reader")
    assert "Public reader · public view" in shown(app.run())
    app.user = claims(email="eve@example.org")
    refused(app.run(), access.NO_ROLE)


@pytest.mark.server
def test_a_forwarded_visit_to_one_machine_is_refused(visit: Callable[..., Any], sealed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door.st, "context", SimpleNamespace(headers={"X-Forwarded-For": "192.0.2.1"}, theme=SimpleNamespace(type="light")))
    refused(visit("quotes", "researcher"), access.FORWARDED)


@pytest.mark.parametrize("export", list(EXPORTS))
@pytest.mark.parametrize("role", list(ROLES))
def test_every_export_as_every_role(role: str, export: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(door.ROLE, role)
    grant = Grant(ROLES[role])
    if grant.may_take(export):
        assert handed_out(grant, export, lambda: b"made") == b"made"
    else:
        with pytest.raises(AccessError, match="not for your role"):
            handed_out(grant, export, lambda: pytest.fail("the file was made"))


def test_an_export_is_refused_when_the_session_has_ended(monkeypatch: pytest.MonkeyPatch, sign_in: Any) -> None:
    monkeypatch.setenv(door.SIGN_IN, "explorer.example.org")
    sign_in("author")
    grant = door._judged(claims())
    assert isinstance(grant, Grant)
    assert handed_out(grant, "quotes-csv", lambda: b"made") == b"made"
    later = time.time() + 9 * 3600
    monkeypatch.setattr(door.time, "time", lambda: later)
    with pytest.raises(AccessError, match="session has ended"):
        handed_out(grant, "quotes-csv", lambda: pytest.fail("the file was made"))


def test_a_grant_holds_as_long_as_it_would_be_given_again(monkeypatch: pytest.MonkeyPatch, sign_in: Any) -> None:
    monkeypatch.setenv(door.ROLE, "author")
    assert door.holds(Grant(ROLES["author"]))
    assert not door.holds(Grant(ROLES["researcher"]))
    monkeypatch.setenv(door.SIGN_IN, "explorer.example.org")
    sign_in("author")
    assert not door.holds(Grant(ROLES["author"]))
    assert door.holds(Grant(ROLES["author"], "ana@example.org", claims()))
    assert not door.holds(Grant(ROLES["researcher"], "ana@example.org", claims()))
