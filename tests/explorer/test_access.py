from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from explorer import access
from explorer.__main__ import chosen_role
from explorer.access import EXPORTS, ROLES, SCREENS, Grant, Refusal, judge
from explorer.policy import Policy
from flows import cli
from taxonomy.errors import AccessError

ROOT = Path(__file__).parents[2]
NOW = 1_800_000_000.0
POLICY = Policy(
    issuer="https://login.example.org", client="suasion", host="explorer.example.org", session_seconds=8 * 3600, claim="groups",
    groups={"rights": "researcher", "blog": "author"}, emails={"ana@example.org": "strategist"}, subjects={"s-9": "public-reader"},
)  # fmt: skip
CLAIMS: Mapping[str, Any] = {
    "is_logged_in": True, "iss": "https://login.example.org", "aud": "suasion", "sub": "s-1", "iat": NOW - 60, "exp": NOW + 300,
    "email": "Ana@Example.org ", "email_verified": True,
}  # fmt: skip


def judged(**claims: Any) -> Grant | Refusal:
    return judge({name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}, POLICY, NOW)


def role(**claims: Any) -> str:
    found = judged(**claims)
    assert isinstance(found, Grant), found
    return found.role.id


def test_each_role_reads_the_snapshots_of_its_view_alone() -> None:
    assert {id: role.view for id, role in ROLES.items()} == {
        "researcher": "internal", "author": "partner", "strategist": "partner", "public-reader": "public",
    }  # fmt: skip


def test_what_is_not_listed_is_nobodys() -> None:
    for known in ROLES.values():
        assert not Grant(known).may_open("secret")
        assert not Grant(known).may_take("everything")
    assert not any(Grant(access.Role("wizard", "Wizard", "internal")).may_open(screen.id) for screen in SCREENS)
    assert not any(Grant(access.Role("wizard", "Wizard", "internal")).may_take(export) for export in EXPORTS)


def test_the_lists_name_roles_that_there_are_and_screens_that_there_are() -> None:
    assert all(screen.roles <= set(ROLES) and screen.roles for screen in SCREENS)
    assert all(roles <= set(ROLES) and roles for roles in EXPORTS.values())
    files = {path.stem for path in (ROOT / "explorer" / "screens").glob("*.py")} - {"__init__"}
    assert {screen.id for screen in SCREENS} == files


def test_a_public_reader_takes_nothing_away() -> None:
    assert not any(Grant(ROLES["public-reader"]).may_take(export) for export in EXPORTS)


def test_the_command_line_knows_the_same_roles() -> None:
    assert cli.Role.__args__ == tuple(ROLES)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("typed", "passed"),
    [
        ([], []), (["--role", "author"], ["--role=author"]), (["--view", "partner"], ["--view=partner"]),
        (["--sign-in", "--no-browser"], ["--sign-in", "--no-browser"]),
    ],
)  # fmt: skip
def test_the_command_line_passes_on_what_was_said(typed: list[str], passed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(cli.os, "execv", lambda program, command: asked.append([program, *command]))
    assert CliRunner().invoke(cli.app, ["explore", *typed]).exit_code == 0
    assert asked == [[sys.executable, sys.executable, "-m", "explorer", "--port", "8501", *passed]]


def test_a_role_that_nobody_has_is_refused_on_the_command_line() -> None:
    done = CliRunner().invoke(cli.app, ["explore", "--role", "wizard"])
    assert done.exit_code == 2
    assert "wizard" in done.output


@pytest.mark.parametrize(
    ("asked", "view", "expected"),
    [
        (None, None, None), ("author", None, "author"), (None, "internal", "researcher"), (None, "partner", "author"),
        (None, "public", "public-reader"), ("strategist", "partner", "strategist"),
    ],
)  # fmt: skip
def test_a_role_is_chosen_by_its_name_or_its_view(asked: str | None, view: str | None, expected: str | None) -> None:
    assert chosen_role(asked, view) == expected


@pytest.mark.parametrize(("asked", "view"), [("wizard", None), ("", None), (None, "secret"), ("public-reader", "internal")])
def test_a_role_or_view_that_there_is_not_is_refused(asked: str | None, view: str | None) -> None:
    with pytest.raises(AccessError, match=r"there is no|sees the public view"):
        chosen_role(asked, view)


def test_the_file_stands_over_the_claim() -> None:
    assert role() == "strategist"
    assert role(groups=["rights"]) == "strategist"
    assert role(sub="s-9", email=None) == "public-reader"


def test_a_claim_gives_a_role_to_whom_the_file_does_not_know() -> None:
    assert role(email=None, groups=["blog", "football"]) == "author"
    assert role(email=None, groups="rights") == "researcher"


def test_the_grant_names_the_person_and_does_not_print_the_claims() -> None:
    found = judged()
    assert isinstance(found, Grant)
    assert found.person == "ana@example.org"
    assert not found.local
    assert "s-1" not in repr(found)
    assert Grant(ROLES["author"]).local


@pytest.mark.parametrize("logged_in", [None, False, "true", 1, "yes"])
def test_who_has_not_signed_in_is_asked_to(logged_in: object) -> None:
    assert judged(is_logged_in=logged_in) is access.SIGNED_OUT
    assert judge({}, POLICY, NOW) is access.SIGNED_OUT


@pytest.mark.parametrize(
    "forged",
    [
        {"iss": None}, {"iss": "https://login.example.org/"}, {"iss": "https://evil.example"}, {"iss": 7},
        {"aud": None}, {"aud": "another-app"}, {"aud": ["another-app"]}, {"aud": ["suasion", "another-app"]}, {"aud": {"suasion": 1}},
        {"aud": ["suasion", "another-app"], "azp": "another-app"}, {"azp": "another-app"},
        {"sub": None}, {"sub": ""}, {"sub": " "}, {"sub": 7}, {"sub": "s" * 256}, {"sub": ["s-9"]},
        {"iat": None}, {"iat": "now"}, {"iat": True}, {"iat": float("nan")}, {"iat": float("inf")}, {"iat": NOW + 3600},
        {"exp": None}, {"exp": "later"}, {"exp": NOW - 3600},
    ],
)  # fmt: skip
def test_missing_and_forged_claims_are_refused(forged: dict[str, Any]) -> None:
    assert judged(**forged) is access.NOT_TRUSTED


def test_several_audiences_need_this_one_as_the_party() -> None:
    assert role(aud=["suasion", "another-app"], azp="suasion") == "strategist"
    assert role(aud=["suasion"]) == "strategist"


def test_a_session_ends() -> None:
    assert role(iat=NOW - POLICY.session_seconds + 1, exp=NOW) == "strategist"
    assert judged(iat=NOW - POLICY.session_seconds, exp=NOW + 300) is access.EXPIRED
    assert judged(iat=NOW - 40 * 86_400, exp=NOW - 39 * 86_400) is access.EXPIRED


@pytest.mark.parametrize(
    "stranger",
    [
        {"email": None}, {"email": "eve@example.org"}, {"email_verified": None}, {"email_verified": False}, {"email_verified": "true"},
        {"email": ["ana@example.org"]}, {"email": None, "groups": "RIGHTS"}, {"email": None, "groups": {"rights": 1}},
        {"email": None, "groups": [["rights"]]}, {"email": None, "role": "researcher"}, {"email": None, "sub": "ana@example.org"},
        {"email": None, "groups": "researcher"},
    ],
)  # fmt: skip
def test_who_has_no_role_has_none(stranger: dict[str, Any]) -> None:
    assert judged(**stranger) is access.NO_ROLE


def test_nobody_chooses_between_roles() -> None:
    assert judged(email=None, groups=["rights", "blog"]) is access.SEVERAL_ROLES
    assert judged(sub="s-9") is access.SEVERAL_ROLES


def test_a_role_that_nobody_has_is_refused() -> None:
    assert judge(CLAIMS, replace(POLICY, emails={"ana@example.org": "wizard"}), NOW) is access.UNKNOWN_ROLE


def called(attribute: str) -> set[str]:
    found = set()
    for path in (ROOT / "explorer").rglob("*.py"):
        names = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
        if attribute in names:
            found.add(path.name)
    return found


def test_nothing_leaves_but_through_the_one_gate() -> None:
    assert called("download_button") == {"downloads.py"}


def test_every_export_that_a_page_offers_is_listed() -> None:
    offered = set()
    for path in (ROOT / "explorer").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "download":
                assert isinstance(node.args[1], ast.Constant), f"{path.name}:{node.lineno} names its export"
                offered.add(node.args[1].value)
    assert offered == set(EXPORTS)
