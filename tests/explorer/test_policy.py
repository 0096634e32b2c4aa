from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.__main__ import sign_in_host
from explorer.policy import load_policy
from store import Paths
from taxonomy.errors import AccessError, FaultsError

SECRET = "s3cret-that-is-never-told-anywhere-0123"
SECRETS = f"""
[auth]
redirect_uri = "https://explorer.example.org/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "suasion"
client_secret = "{SECRET}"
server_metadata_url = "https://login.example.org/.well-known/openid-configuration"
"""
ROLES = """
issuer = "https://login.example.org"

[emails]
"Ana@example.org" = "author"
"""


def write(root: Path, secrets: str | None = SECRETS, roles: str | None = ROLES) -> Path:
    for name, content in (("secrets.toml", secrets), ("roles.toml", roles)):
        if content is not None:
            (root / name).write_text(content, "utf-8")
            (root / name).chmod(0o600)
    return root


def faults(root: Path) -> str:
    with pytest.raises(FaultsError) as raised:
        load_policy(root)
    assert SECRET not in str(raised.value)
    return str(raised.value)


def test_both_files_make_a_policy(tmp_path: Path) -> None:
    policy = load_policy(write(tmp_path))
    assert (policy.issuer, policy.client, policy.host) == ("https://login.example.org", "suasion", "explorer.example.org")
    assert policy.session_seconds == 8 * 3600
    assert policy.emails == {"ana@example.org": "author"}
    assert policy.claim == ""


def test_a_changed_file_counts_at_once(tmp_path: Path) -> None:
    assert load_policy(write(tmp_path)).emails
    write(tmp_path, roles=ROLES.replace("Ana@", "Eve.Long@"))
    assert load_policy(tmp_path).emails == {"eve.long@example.org": "author"}
    (tmp_path / "roles.toml").chmod(0o640)
    assert "chmod 600" in faults(tmp_path)


def test_groups_of_a_claim(tmp_path: Path) -> None:
    roles = ROLES + '[claim]\nname = "groups"\n[claim.roles]\n"hr" = "researcher"\n'
    policy = load_policy(write(tmp_path, roles=roles))
    assert (policy.claim, policy.groups) == ("groups", {"hr": "researcher"})


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        (ROLES.replace('"author"', '"wizard"'), "there is no role “wizard”"),
        (ROLES.replace('"author"', "7"), "emails.Ana@example.org"),
        (ROLES.replace("issuer", "isuer"), "issuer: Field required"),
        ("session_hours = 0\n" + ROLES, "session_hours"),
        ("session_hours = -1\n" + ROLES, "session_hours"),
        ("session_hours = nan\n" + ROLES, "session_hours"),
        ("session_hours = 1000\n" + ROLES, "session_hours"),
        ('issuer = "https://login.example.org"', "gives nobody a role"),
        (ROLES + '"ana@example.org" = "researcher"', "stands there twice"),
        ("issuer = ", "not valid TOML"),
        ("", "issuer"),
    ],
)
def test_roles_that_make_no_sense_are_refused(roles: str, told: str, tmp_path: Path) -> None:
    assert told in faults(write(tmp_path, roles=roles))


@pytest.mark.parametrize(
    ("secrets", "told"),
    [
        (SECRETS.replace(f'cookie_secret = "{SECRET}"', 'cookie_secret = "short"'), "auth.cookie_secret"),
        (SECRETS.replace("client_id", "client"), "auth.client_id: Field required"),
        (SECRETS.replace("https://explorer", "http://explorer"), "auth.redirect_uri: must be an address of the web: https"),
        (SECRETS.replace("/oauth2callback", "/other"), "must end with /oauth2callback"),
        (SECRETS.replace("https://login", "http://login"), "auth.server_metadata_url: must be an address of the web: https"),
        (SECRETS.replace("https://login", "file:///login"), "auth.server_metadata_url"),
        (SECRETS.replace("[auth]", "[auth.google]"), "auth.redirect_uri: Field required"),
        (f'{SECRET} = "', "not valid TOML"),
    ],
)
def test_secrets_that_make_no_sense_are_refused(secrets: str, told: str, tmp_path: Path) -> None:
    assert told in faults(write(tmp_path, secrets=secrets))


def test_all_faults_of_both_files_are_told_together(tmp_path: Path) -> None:
    told = faults(write(tmp_path, SECRETS.replace("client_id", "client"), ROLES.replace('"author"', '"wizard"')))
    assert "secrets.toml: auth.client_id" in told
    assert "roles.toml: emails.Ana@example.org" in told


@pytest.mark.parametrize("missing", ["secrets.toml", "roles.toml"])
def test_a_missing_file_is_told(missing: str, tmp_path: Path) -> None:
    (write(tmp_path) / missing).unlink()
    assert f"{missing}: is missing" in faults(tmp_path)


def test_links_folders_and_pipes_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    roles = tmp_path / "roles.toml"
    roles.rename(tmp_path / "elsewhere.toml")
    roles.symlink_to(tmp_path / "elsewhere.toml")
    assert "a link is not followed" in faults(tmp_path)
    roles.unlink()
    os.mkfifo(roles, 0o600)
    assert "is no file" in faults(tmp_path)


def test_without_secrets_nobody_signs_in(tmp_path: Path) -> None:
    assert sign_in_host(Paths(tmp_path), wanted=False, role="author") == ""


def test_where_people_sign_in_no_role_can_be_chosen(tmp_path: Path) -> None:
    paths = Paths(write(tmp_path))
    assert sign_in_host(paths, wanted=False, role=None) == "explorer.example.org"
    with pytest.raises(AccessError, match="no role can be chosen"):
        sign_in_host(paths, wanted=False, role="researcher")


def test_a_server_that_wants_a_sign_in_does_not_start_without(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match=r"secrets\.toml: is missing"):
        sign_in_host(Paths(tmp_path), wanted=True, role=None)
    (tmp_path / "secrets.toml").symlink_to(tmp_path / "gone")
    with pytest.raises(AccessError):
        sign_in_host(Paths(tmp_path), wanted=False, role=None)
