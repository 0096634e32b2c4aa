"""The figures of a coder's quality: what a measurement found, frozen, as JSON and back. They hold ids and codes, never a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

#: Goes with every figure: what a reference is, and what it is not.
CAVEAT = (
    "The reference is one careful reading of the codebook and not the truth of experts: where coder and reference differ, either may "
    "be wrong, and careful readers differ too. Its passages are no random sample; the figures hold for texts of these kinds."
)

#: From so many passages on a group is judged, and from so many cases on a code counts in the macro mean.
JUDGED_FROM = 30
FEWEST_CASES = 5


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


#: What the ids of facets and codes look like in every codebook: pages show them as names where they know no other.
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$")]


class Figure(_Part):
    """A figure with its 95 % interval; None where it is not defined, such as the precision of a code that is never given."""

    value: float | None
    low: float | None = None
    high: float | None = None


class CodeQuality(_Part):
    """How one code fares."""

    code: Id
    support: int  # passages of the reference that have it
    predicted: int
    precision: float | None
    recall: float | None
    f1: Figure


class Bin(_Part):
    """Predicted codes of like confidence: what the coder expected and what came true."""

    codes: int
    confidence: float
    correct: float


class Calibration(_Part):
    """Whether a confidence means what it says; ``error`` is the expected calibration error over the predicted codes."""

    error: float | None
    codes: int
    bins: tuple[Bin, ...]


class Coverage(_Part):
    """What is left when the codes that the coder would rather leave to a person are set aside."""

    codes: int  # predicted
    settled: int
    precision: float | None  # of all predicted codes
    settled_precision: float | None

    @property
    def share(self) -> float | None:
        """The settled share of the predicted codes."""
        return self.settled / self.codes if self.codes else None


class Cell(_Part):
    """Passages with one code in the reference and one in the prediction; None stands for no code."""

    reference: Id | None
    predicted: Id | None
    passages: tuple[str, ...]


class FacetQuality(_Part):
    """How one facet fares. ``overall`` is accuracy where it takes one value, micro-F1 where it takes many."""

    facet: Id
    values: Literal["one", "many"]
    rows: int
    drawn: Literal["families", "rows"]  # what the bootstrap resampled
    units: int  # how many of these there are
    overall: Figure
    macro: Figure
    macro_codes: int
    alpha: float | None
    calibration: Calibration
    coverage: Coverage
    codes: tuple[CodeQuality, ...]
    cells: tuple[Cell, ...]

    @property
    def measure(self) -> str:
        """The name of ``overall``."""
        return "accuracy" if self.values == "one" else "micro-F1"


class GroupFigure(_Part):
    """One facet within a group; no figure where the group has too few passages to be judged."""

    facet: Id
    rows: int
    overall: Figure | None


class GroupQuality(_Part):
    """The passages of one language, source or region."""

    by: Literal["language", "source", "region"]
    group: str
    rows: int
    facets: tuple[GroupFigure, ...]


class Quality(_Part):
    """A coder measured against a reference."""

    form: Literal[1] = 1
    name: str
    made: str  # ISO 8601, UTC
    caveat: str = CAVEAT
    reference: str = ""  # what whoever measured says of the reference
    predictions: str  # how the passages came to be coded: anew, or out of fold
    coder: str
    codebook: str
    passages: int  # measured
    learned_from: int  # left out of every figure: the coder was trained on them
    beyond: Mapping[str, int] = Field(default_factory=dict)  # passages by language that the codebook has no words of
    faults: int = 0  # lines of the reference that could not be used
    draws: int
    seed: int
    facets: tuple[FacetQuality, ...]
    groups: tuple[GroupQuality, ...]
    calibration: Calibration
    coverage: Coverage
    claims: Mapping[str, float | None] = Field(default_factory=dict)  # figures of claim links, measured elsewhere

    def facet(self, id: str) -> FacetQuality:
        """Return one facet's quality; KeyError where the reference was not asked it."""
        for facet in self.facets:
            if facet.facet == id:
                return facet
        raise KeyError(id)

    def to_json(self) -> str:
        """Return the figures as JSON."""
        return self.model_dump_json(indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Quality:
        """Return the figures that ``to_json`` wrote; pydantic.ValidationError (a ValueError) where it is anything else."""
        return cls.model_validate_json(text)
