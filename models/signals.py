"""The kept lists beside the codebook: words that only rules look at, and the homes of well-known companies."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from pathlib import Path

from models import clauses, links, nationality
from models.cues import EVERY_LANGUAGE, Cue
from models.reading import HOME, SIGNAL

_SIGNALS = Path(__file__).with_name("signals.toml")
_COMPANIES = Path(__file__).with_name("companies.toml")


def signal_cues() -> Iterator[Cue]:
    """Yield the rules' own words as cues of the facet ``signal``."""
    for name, languages in tomllib.loads(_SIGNALS.read_text("utf-8")).items():
        for language, texts in languages.items():
            for text in texts:
                yield Cue(SIGNAL, name, "strong", text, language)


def company_cues() -> Iterator[Cue]:
    """Yield each well-known company's name as a cue of its kind, its industry and its home, in every language."""
    for group in tomllib.loads(_COMPANIES.read_text("utf-8"))["companies"]:
        for home, names in group["homes"].items():
            for name in names:
                yield Cue("actor", group["actor"], "strong", name, EVERY_LANGUAGE, cased=name[0].isupper())
                yield Cue(HOME, home, "strong", name, EVERY_LANGUAGE, cased=name[0].isupper())
                if "industry" in group:
                    yield Cue("industry", group["industry"], "strong", name, EVERY_LANGUAGE, cased=name[0].isupper())


def lists_hash() -> str:
    """Return a digest of the lists, of the nations, and of those that claims are linked by: another word may mean another code."""
    lists = (_SIGNALS, _COMPANIES, nationality.TABLE, clauses.LISTS, links.TABLE)
    return hashlib.blake2b(b"".join(path.read_bytes() for path in lists), digest_size=4).hexdigest()
