"""Persons whose names stay in a text: a reviewed list, to which a user's own file can add."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from models.folding import folded
from taxonomy.errors import ModelError

SHIPPED = Path(__file__).with_name("public_figures.toml")
_SHORT = 3
_KEYS = ("names", "alone", "offices")


@dataclass(frozen=True)
class PublicFigures:
    """Names that stay: ``names`` whole, ``alone`` also by themselves, a word of a name beside a word for an ``office``."""

    names: frozenset[str]
    alone: frozenset[str]
    offices: frozenset[str]

    @cached_property
    def parts(self) -> frozenset[str]:
        """The words of the full names: beside a word for an office one is enough ("President Samia")."""
        return frozenset(word for name in self.names for word in name.split() if len(word) > _SHORT)

    @cached_property
    def whole(self) -> frozenset[str]:
        """What stays whatever stands beside it."""
        return self.names | self.alone

    @cached_property
    def stamp(self) -> str:
        """Eight digits that differ wherever the lists do."""
        lines = (f"{key}:{name}" for key in _KEYS for name in sorted(getattr(self, key)))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]

    def with_file(self, path: Path) -> PublicFigures:
        """Return these figures with those of a TOML file of lists called names, alone and offices.

        Raises:
            ModelError: the file cannot be read, or holds anything else.
        """
        more = _read(path)
        return PublicFigures(self.names | more.names, self.alone | more.alone, self.offices | more.offices)


@cache
def shipped_figures() -> PublicFigures:
    """Return the figures that ship."""
    return _read(SHIPPED)


def _read(path: Path) -> PublicFigures:
    try:
        lists = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: the list of public figures cannot be read ({error.strerror})") from error
    except UnicodeDecodeError:
        raise ModelError(f"{path}: the list of public figures is not UTF-8; save the file as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ModelError(f"{path}: the list of public figures is no TOML file ({error})") from None
    unknown = sorted(set(lists) - set(_KEYS))
    if unknown:
        raise ModelError(f"{path}: {', '.join(unknown)}: unknown; a list of public figures has {', '.join(_KEYS)}")
    return PublicFigures(*(_names(path, key, lists.get(key, [])) for key in _KEYS))


def _names(path: Path, key: str, names: Sequence[object]) -> frozenset[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        raise ModelError(f"{path}: {key}: write a list of names, each in quotation marks")
    return frozenset(" ".join(folded(str(name)).split()) for name in names)
