"""How topics are found: every number that decides about them, from ``topics.toml``, with the version that stands for all of them."""

from __future__ import annotations

import hashlib
import math
import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

_FILE = Path(__file__).with_name("topics.toml")

_CONFIG = ConfigDict(frozen=True, extra="forbid")


class LayoutSpec(BaseModel):
    """The space in which clusters are looked for."""

    model_config = _CONFIG

    neighbours: int = Field(ge=2)
    dimensions: int = Field(ge=2)
    epochs: int = Field(ge=11)  # below, UMAP takes its own number
    language_weight: float = Field(gt=0)


class ClusterSpec(BaseModel):
    """What counts as a cluster in one run."""

    model_config = _CONFIG

    least: int = Field(ge=2)
    divisor: float = Field(gt=0)
    density_neighbours: int = Field(ge=1)

    def smallest(self, passages: int) -> int:
        """Return how many passages the smallest topic among so many has."""
        return max(self.least, round(math.sqrt(passages) / self.divisor))


class ConsensusSpec(BaseModel):
    """How many runs are brought together, and how."""

    model_config = _CONFIG

    seeds: int = Field(ge=1, le=500)
    resamples: int = Field(ge=1, le=500)
    resample_neighbours: int = Field(ge=2)
    agreement: float = Field(gt=0, lt=1)
    tentative_below: float = Field(ge=0, le=1)
    fit_at_most: int = Field(ge=100)


class SmallSpec(BaseModel):
    """What is done with few passages."""

    model_config = _CONFIG

    below: int = Field(ge=3)
    least: int = Field(ge=3)
    smallest: int = Field(ge=1)


class MemberSpec(BaseModel):
    """When a passage belongs to a topic that no cluster gave it to. Cosines in the space centred by language."""

    model_config = _CONFIG

    weak_from: float = Field(gt=0, le=1)
    placed_from: float = Field(gt=0, le=1)
    map_neighbours: int = Field(ge=1)


class WordSpec(BaseModel):
    """The words that a topic is described by."""

    model_config = _CONFIG

    shown: int = Field(ge=1)
    least_answers: int = Field(ge=1)


class DriftSpec(BaseModel):
    """When a refit is proposed."""

    model_config = _CONFIG

    least_new: int
    excess: float
    growth: float
    left: float = Field(ge=0, le=1)


class LineageSpec(BaseModel):
    """When a topic of one fit is that of another."""

    model_config = _CONFIG

    same_members: float
    same_centroid: float
    part: float


class BeyondSpec(BaseModel):
    """When the codebook foresees a passage."""

    model_config = _CONFIG

    near_code: float


class TopicSpec(BaseModel):
    """All of it. ``stamp`` is the version with a hash of every value: topics with equal stamps were found alike."""

    model_config = _CONFIG

    version: str = Field(min_length=1)
    seed: int = Field(ge=0, le=4_000_000)  # a thousand seeds are made of it, each below 2³²
    layout: LayoutSpec
    clusters: ClusterSpec
    consensus: ConsensusSpec
    small: SmallSpec
    members: MemberSpec
    words: WordSpec
    drift: DriftSpec
    lineage: LineageSpec
    beyond: BeyondSpec

    @property
    def stamp(self) -> str:
        """``<version>+<first 8 digits of the hash of all values>``."""
        return f"{self.version}+{hashlib.blake2b(self.model_dump_json().encode(), digest_size=4).hexdigest()}"


@cache
def topic_spec() -> TopicSpec:
    """Return the specification that ships."""
    return TopicSpec.model_validate(tomllib.loads(_FILE.read_text(encoding="utf-8")))
