"""What a coder reads and what it says: the one small protocol in front of every way of coding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Passage:
    """A passage to be coded, with the context that its codes may depend on."""

    text: str
    language: str  # ISO 639-1
    country: str | None = None  # the country asked about, ISO 3166-1 alpha-3
    area: str | None = None  # the rights area asked about


@dataclass(frozen=True, order=True)
class Span:
    """Code points [start, end) of a passage's text."""

    start: int
    end: int


@dataclass(frozen=True)
class Code:
    """One code of a passage, with what it was read from."""

    facet: str
    code: str
    confidence: float  # 0..1
    evidence: str  # cue | rule | model | similarity | default
    spans: tuple[Span, ...] = ()
    review: bool = False  # below the threshold: a suggestion for a person, which counts nowhere


@dataclass(frozen=True)
class Claim:
    """One actor -> mechanism -> right link within a passage."""

    actor: str
    mechanism: str | None
    right: str | None
    mode: str
    direction: str
    effect: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Coding:
    """Everything a coder says of one passage, at full coverage.

    ``codes`` holds the best prediction of every facet whatever the relevance: one code for each single-valued facet
    (unless the passage is ``non_substantive``), and those codes of each multi-valued facet that are predicted present.
    ``probabilities`` maps facet to code to confidence, at least for the codes that are predicted.
    """

    codes: tuple[Code, ...]
    claims: tuple[Claim, ...] = ()
    probabilities: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    learned_from: bool = False  # the coder was trained on this very passage: what it says of it shows no quality


class Coder(Protocol):
    """Codes passages. ``version`` changes whenever the same passage could be coded otherwise."""

    @property
    def version(self) -> str: ...

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        """Return one coding per passage, in order; ``vectors`` has shape (passages, dimensions), unit rows."""
        ...
