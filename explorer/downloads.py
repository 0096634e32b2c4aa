"""The only way by which something leaves the explorer: a button for those who may, and the question again when it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import streamlit as st

from explorer import door
from explorer.access import Grant
from taxonomy.errors import AccessError


class Visitor(Protocol):
    """Somebody who was let in, such as a ``session.Visit``."""

    @property
    def grant(self) -> Grant:
        """What the visitor may see and take away."""


def download(visit: Visitor, export: str, label: str, make: Callable[[], bytes], name: str, kind: str, *, key: str, help: str) -> None:
    """Draw the button of an export (one of ``access.EXPORTS``), or nothing for a role that may not use it.

    ``make`` returns the file and runs when somebody asks for it, if what was granted then still holds.
    """
    if not visit.grant.may_take(export):
        return
    st.download_button(
        label, lambda: handed_out(visit.grant, export, make), name, kind, key=key, on_click="ignore", icon=":material/download:", help=help
    )


def handed_out(grant: Grant, export: str, make: Callable[[], bytes]) -> bytes:
    """Make the file, or raise an AccessError."""
    if not grant.may_take(export) or not door.holds(grant):
        raise AccessError("this export is not for your role, or your session has ended: open the page again")
    return make()
