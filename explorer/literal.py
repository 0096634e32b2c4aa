"""Text that stays as it is where Streamlit reads Markdown."""

from __future__ import annotations

_SIGNS = frozenset("\\`*_{}[]()<>#+-.!|$:~")


def literal(text: str) -> str:
    """Return a text of one line in which nothing is markup: headings, warnings and labels are Markdown."""
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in " ".join(text.split()))
