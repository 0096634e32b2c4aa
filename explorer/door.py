"""The door: who is there, what a visitor without a role is told, and whether what was granted still holds."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

import streamlit as st

from explorer import access, collecting, language
from explorer.access import Grant, Refusal
from explorer.policy import load_policy
from explorer.server import ROLE, SIGN_IN
from store import Paths
from taxonomy.errors import AccessError

_PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")


def admit() -> Grant | Refusal:
    """Decide on whoever looks at the page that is being drawn."""
    if _asks_sign_in(os.environ):
        return _judged(st.user.to_dict())
    if any(header in st.context.headers for header in _PASSED_ON):
        return access.FORWARDED
    return _local(os.environ)


def holds(grant: Grant) -> bool:
    """Say whether a grant would be given again: sessions end, and roles are taken away. May be called from any thread."""
    now = _judged(grant.claims) if _asks_sign_in(os.environ) else _local(os.environ)
    return isinstance(now, Grant) and (now.role, now.person) == (grant.role, grant.person)


def refuse(refusal: Refusal, grant: Grant | None = None) -> None:
    """Draw what a visitor sees who may see nothing else here; ``grant`` is of those who may see other pages."""
    if grant is not None:
        nameplate(grant)
    st.title(refusal.title, anchor=False)
    st.text(refusal.advice)
    if refusal.sign_in:
        st.button("Sign in", key="sign-in", type="primary", on_click=st.login)
    elif refusal.sign_out:
        st.button("Sign out", key="sign-out", on_click=st.logout)


def nameplate(grant: Grant) -> None:
    """Draw who is looking, as what, and at which view."""
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small", key="nameplate"):
        st.text(plate(grant), width="content")
        collecting.sign(grant)
        language.chooser()
        if not grant.local:
            st.button("Sign out", key="nameplate-out", type="tertiary", on_click=st.logout)


def plate(grant: Grant) -> str:
    """Return the nameplate in words."""
    where = "on this machine only" if grant.local else grant.person
    return f"{grant.role.name} · {grant.role.view} view · {where}"


def _asks_sign_in(environment: Mapping[str, str]) -> bool:
    return environment.get(SIGN_IN, "") != ""


def _judged(claims: access.Claims) -> Grant | Refusal:
    try:
        policy = load_policy(Paths.default().root)
    except AccessError:
        return access.MISCONFIGURED
    return access.judge(claims, policy, time.time())


def _local(environment: Mapping[str, str]) -> Grant | Refusal:
    if not environment.get(ROLE):
        return access.NOT_STARTED
    try:
        return Grant(access.role_named(environment[ROLE]))
    except AccessError:
        return access.UNKNOWN_ROLE_CHOSEN
