"""Which versions made the codes that a snapshot shows, and whether newer ones are in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Vintage:
    """Passages whose codes were made by one coder with one codebook; None where they are not counted."""

    coder: str
    codebook: str
    passages: int | None


def older(vintages: Iterable[Vintage], versions: Mapping[str, str], codebook: str) -> tuple[Vintage, ...]:
    """Return what was not made with the codebook in force and the coder of the run that published (``versions``)."""
    coder = versions.get("coder")
    return tuple(each for each in vintages if each.codebook != codebook or coder not in (None, each.coder))


def note(old: Iterable[Vintage], passages: int | None) -> str:
    """Return the older codes in words, or nothing; ``passages`` are all that the snapshot holds, None where they are not counted."""
    found = tuple(old)
    if not found:
        return ""
    made = " and ".join(f"codebook {each.codebook} by coder {each.coder}" for each in found)
    counted = [each.passages for each in found if each.passages is not None]
    if passages is None or len(counted) < len(found):
        return f"Some passages show codes of an older version ({made}); “suasion run” codes them anew."
    count = sum(counted)
    show = "shows" if count == 1 else "show"
    return f"{count:,} of {passages:,} passages {show} codes of an older version ({made}); “suasion run” codes them anew."
