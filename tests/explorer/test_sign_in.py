"""The whole way of a sign-in: a real provider, the real server, a real browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from explorer import access
from explorer.policy import load_policy
from store import Paths
from tests.explorer.browsing import WAIT, window
from tests.explorer.provider import CLIENT, CLIENT_SECRET, Provider, running
from tests.explorer.serving import free_port, serving
from tests.synthetic import build_store

pytestmark = pytest.mark.browser

PEOPLE = {"ana@example.org": "author", "rea@example.org": "researcher", "pia@example.org": "public-reader"}


@dataclass(frozen=True)
class House:
    """A running explorer with its provider."""

    address: str
    provider: Provider


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    paths = build_store(tmp_path_factory.mktemp("sign-in") / "data")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with running() as provider:
        _settings(paths, provider, address)
        with serving(paths, served_at=load_policy(paths.root).host, port=port, unsaid=[CLIENT_SECRET]):
            yield House(address, provider)


def _settings(paths: Paths, provider: Provider, address: str) -> None:
    people = "\n".join(f'"{mail}" = "{role}"' for mail, role in PEOPLE.items())
    files = {
        "secrets.toml": f'''[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "{"c" * 40}"
client_id = "{CLIENT}"
client_secret = "{CLIENT_SECRET}"
server_metadata_url = "{provider.issuer}/.well-known/openid-configuration"
''',
        "roles.toml": f"""issuer = "{provider.issuer}"
[emails]
{people}
[claim]
name = "groups"
roles = {{ planners = "strategist" }}
""",
    }
    for name, content in files.items():
        (paths.root / name).write_text(content, "utf-8")
        (paths.root / name).chmod(0o600)


@pytest.fixture
def page(house: House, chromium: Any) -> Iterator[Any]:
    with window(chromium, house.address, besides=[house.provider.issuer]) as screen:
        yield screen.page


@pytest.fixture
def visitor(house: House, page: Any) -> Callable[..., Any]:
    """Return a function that signs somebody in, who then stands where the provider sent them."""

    def signs_in(forge: bool = False, **claims: Any) -> Any:
        house.provider.claims, house.provider.forge = claims, forge
        before = house.provider.handed_out
        page.goto(house.address)
        title(page, access.SIGNED_OUT.title)
        page.get_by_role("button", name="Sign in").click()
        deadline = time.monotonic() + WAIT / 1000
        while house.provider.handed_out == before:
            assert time.monotonic() < deadline, "the provider was not asked"
            page.wait_for_timeout(50)
        return page

    return signs_in


def title(page: Any, text: str) -> None:
    page.locator("h1", has_text=text).first.wait_for(timeout=WAIT)


def mail(address: str) -> dict[str, Any]:
    return {"email": address, "email_verified": True}


def test_a_role_from_the_file_and_the_way_out(visitor: Callable[..., Any], house: House) -> None:
    page = visitor(**mail("ana@example.org"))
    page.get_by_text("Author · partner view · ana@example.org").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Sign out").click()
    title(page, access.SIGNED_OUT.title)
    page.goto(f"{house.address}/influence")
    title(page, access.SIGNED_OUT.title)


def test_a_role_from_a_claim(visitor: Callable[..., Any]) -> None:
    page = visitor(groups=["planners", "others"])
    page.get_by_text("Strategist · partner view · s-1").wait_for(timeout=WAIT)


def test_a_typed_address_opens_nothing_that_the_role_may_not_use(visitor: Callable[..., Any], house: House) -> None:
    page = visitor(**mail("pia@example.org"))
    page.get_by_text("Public reader · public view").wait_for(timeout=WAIT)
    page.goto(f"{house.address}/quality")
    title(page, access.NOT_FOR_YOU.title)


@pytest.mark.parametrize(
    ("claims", "refusal"),
    [
        (mail("eve@example.org"), access.NO_ROLE),
        ({"email": "rea@example.org", "email_verified": False}, access.NO_ROLE),
        ({**mail("rea@example.org"), "iat": int(time.time()) - 9 * 3600}, access.EXPIRED),
    ],
    ids=["stranger", "unverified", "old"],
)
def test_who_may_not_see_anything_is_told_so(claims: dict[str, Any], refusal: access.Refusal, visitor: Callable[..., Any]) -> None:
    page = visitor(**claims)
    title(page, refusal.title)
    assert page.get_by_text("view ·").count() == 0


@pytest.mark.parametrize(
    "forged",
    [{"forge": True}, {"nonce": "of another sign-in"}, {"iss": "https://evil.example"}, {"aud": "another-app"}, {"exp": 1}],
    ids=["signature", "nonce", "issuer", "audience", "ended"],
)
def test_a_forged_token_signs_nobody_in(forged: dict[str, Any], visitor: Callable[..., Any]) -> None:
    page = visitor(**{**mail("rea@example.org"), **forged})
    page.wait_for_load_state("networkidle")
    title(page, access.SIGNED_OUT.title)


def test_a_forged_cookie_signs_nobody_in(house: House, page: Any) -> None:
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    told = f'{{"is_logged_in": true, "origin": "{house.address}", "email": "rea@example.org", "email_verified": true}}'
    forged = create_signed_value("another secret", "_streamlit_user", told).decode()
    page.context.add_cookies([{"name": "_streamlit_user", "value": forged, "url": house.address}])
    page.goto(house.address)
    title(page, access.SIGNED_OUT.title)
