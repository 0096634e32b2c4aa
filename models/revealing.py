"""Words by which respondents tell who they are: what they do, where they belong, who is theirs. The stretch that tells is found."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from models.masking import Finding

LISTS = Path(__file__).with_name("revealing.toml")


def revealing_words(text: str) -> Iterator[Finding]:
    """Yield the stretches in which a respondent tells what they are, where they belong or who is theirs."""
    shows, patterns = _patterns()
    if shows.search(text) is None:
        return
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Finding(match.start("self"), match.end("self"), "self")


@cache
def _patterns() -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    lists = tomllib.loads(LISTS.read_text("utf-8"))
    parts = {f"{{{name}}}": _joined(part) for name, part in lists["parts"].items()}
    patterns = []
    for pattern in map(_joined, lists["patterns"]["all"]):
        for name, part in parts.items():
            pattern = pattern.replace(name, part)
        patterns.append(re.compile(pattern, re.IGNORECASE))
    return re.compile(_joined(lists["patterns"]["shows"]), re.IGNORECASE), tuple(patterns)


def _joined(lines: str) -> str:
    return lines.replace("\n", "")
