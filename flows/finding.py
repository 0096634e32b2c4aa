"""What the doctor finds: how grave, what, and what to do about it. Never a word of an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Level = Literal["fine", "look", "broken"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``advice`` is empty only where all is well."""

    level: Level
    what: str
    advice: str = ""


def status(findings: Iterable[Finding]) -> int:
    """Return the exit status: 0 where all is well, 1 where something deserves a look, 2 where something is broken."""
    return max((get_args(Level).index(finding.level) for finding in findings), default=0)
