"""How well masks are found: recall and precision per kind and language on a labelled set, for ``suasion masks evaluate``.

A labelled stretch counts as found when no letter or digit of it is left outside a mask, of whatever kind: what matters is that nobody
can read it. A mask counts as right when it touches a labelled stretch of its kind. Companies and public figures count as kept when no
mask touches them. Intervals are Wilson's, 95 % (Wilson 1927, "Probable inference, the law of succession, and statistical inference").
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator
from rich.table import Table

from flows import page
from models.masking import KINDS, Mask, Masking, Protection, masked_texts
from taxonomy.errors import RawFileError
from taxonomy.languages import to_iso639_1

LABELLED = Path(__file__).parents[1] / "data" / "masking" / "labelled.jsonl"
#: What a protected survey keeps.
KEPT = ("company", "public_figure")
_Z = 1.959964
_LEGEND = (
    "found: no letter of it is left to be read; of companies and public figures: they stay. right: the mask touches something of its kind. "
    "In brackets the 95 % interval (Wilson), then how many of how many."
)

Half = Literal["development", "test"]


class LabelledSpan(BaseModel):
    """A stretch [start, end) of an item's text and what it is: a kind of mask, or what is to stay."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    start: int
    end: int


class LabelledItem(BaseModel):
    """A passage with all that is personal in it, and companies and public figures that must stay.

    ``half`` and ``planted`` are those of the shipped set; whoever labels passages of their own may leave them out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    half: Half = "test"
    language: str
    planted: bool = False
    text: str
    spans: tuple[LabelledSpan, ...]

    @field_validator("language")
    @classmethod
    def _code(cls, value: str) -> str:
        code = to_iso639_1(value)
        if code is None:
            raise ValueError("not a language; give its ISO 639-1 code")
        return code

    @field_validator("text")
    @classmethod
    def _whole(cls, value: str) -> str:
        if any("\ud800" <= sign <= "\udfff" for sign in value):
            raise ValueError("holds half a character, which nothing can read")
        return value

    @model_validator(mode="after")
    def _inside(self) -> LabelledItem:
        for number, span in enumerate(self.spans, 1):
            if span.kind not in (*KINDS, *KEPT):
                raise ValueError(f"spans[{number}]: its kind is none of {', '.join((*KINDS, *KEPT))}")
            if not 0 <= span.start < span.end <= len(self.text):
                raise ValueError(f"spans[{number}]: {span.start} to {span.end} does not lie within the text ({len(self.text)} characters)")
        return self


@dataclass(frozen=True)
class Share:
    """How many of how many, with Wilson's 95 % interval."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval; None of nothing."""
        if not self.of:
            return None
        share, n = self.hits / self.of, self.of
        middle, spread = share + _Z**2 / (2 * n), _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        return max(0.0, (middle - spread) / (1 + _Z**2 / n)), min(1.0, (middle + spread) / (1 + _Z**2 / n))

    def __str__(self) -> str:
        if self.value is None or self.interval is None:
            return "–"
        low, high = self.interval
        return f"{self.value:.3f} [{low:.2f}, {high:.2f}] {self.hits}/{self.of}"


@dataclass(frozen=True)
class MaskFigure:
    """A kind in a language ("" for all): ``recall`` is the share of what was labelled that was found (or, of what stays, kept)."""

    kind: str
    language: str
    recall: Share
    precision: Share


def load_items(path: Path = LABELLED) -> tuple[LabelledItem, ...]:
    """Read a labelled set.

    Raises:
        RawFileError: the file cannot be read, or a line is no item; the line is named, its text is not.
    """
    try:
        content = path.read_text("utf-8-sig")
    except OSError as error:
        raise RawFileError(f"{path}: the labelled passages cannot be read ({error.strerror})") from error
    except UnicodeDecodeError:
        raise RawFileError(f"{path}: the labelled passages are not UTF-8; save the file as UTF-8") from None
    items = []
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        try:
            items.append(LabelledItem.model_validate(json.loads(line)))
        except ValidationError as error:
            raise RawFileError(f"{path}, line {number}: {_fault(error)}") from None
        except (ValueError, RecursionError):
            raise RawFileError(f"{path}, line {number}: not JSON; write one object a line") from None
    return tuple(items)


def evaluate_masks(items: Sequence[LabelledItem], masking: Masking | None = None) -> tuple[MaskFigure, ...]:
    """Mask the items and return how well each kind was found, in each language and in all."""
    masking = masking or Masking(Protection.PROTECTED)
    made = masked_texts([item.text for item in items], [item.language for item in items], masking)
    recall: dict[tuple[str, str], list[bool]] = defaultdict(list)
    precision: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for item, (_, masks) in zip(items, made, strict=True):
        for span in item.spans:
            good = not any(_touch(mask, span) for mask in masks) if span.kind in KEPT else _hidden(item.text, span, masks)
            for language in ("", item.language):
                recall[span.kind, language].append(good)
        for mask in masks:
            right = any(span.kind == mask.kind and _touch(mask, span) for span in item.spans)
            for language in ("", item.language):
                precision[mask.kind, language].append(right)
    keys = sorted(recall.keys() | precision.keys(), key=lambda key: ((*KINDS, *KEPT).index(key[0]), key[1]))
    return tuple(MaskFigure(*key, _share(recall[key]), _share(precision[key])) for key in keys)


def quality_table(figures: Iterable[MaskFigure]) -> Table:
    """Return the figures as a table for people."""
    rows = [(figure.kind, figure.language or "all", str(figure.recall), str(figure.precision)) for figure in figures]
    return page.table(("kind", "language", "found (or kept)", "right"), rows)


def show_quality(path: Path | None, half: Half | Literal["all"]) -> None:
    """Print how well the passages of a labelled file are masked, those of one half or all.

    Raises:
        RawFileError: the file cannot be read, a line is no item, or none is of the half.
    """
    path = path or LABELLED
    items = [item for item in load_items(path) if half in ("all", item.half)]
    if not items:
        raise RawFileError(f"{path}: no labelled passage{'' if half == 'all' else f' of the {half} half; take all with --half all'}")
    console = page.console()
    masking = Masking(Protection.PROTECTED)
    told = "passage" if len(items) == 1 else "passages"
    whole = "" if half == "all" else f" ({half} half)"
    console.print(
        f"{len(items)} {told} of {page.printable(str(path))}{whole}, masked as in a protected survey by {masking.version}\n", soft_wrap=True
    )
    console.print(quality_table(evaluate_masks(items, masking)))
    console.print(f"\n{_LEGEND}", soft_wrap=True)


def _fault(error: ValidationError) -> str:
    """Say what is wrong with a line by its place, without anything that stands in it."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "extra_forbidden":
        return "an unknown key; known: " + ", ".join(LabelledItem.model_fields)
    place = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in first["loc"]).removeprefix(".")
    message = "is missing" if first["type"] == "missing" else first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def _hidden(text: str, span: LabelledSpan, masks: Sequence[Mask]) -> bool:
    left = [place for place in range(span.start, span.end) if text[place].isalnum()]
    return all(any(mask.original_start <= place < mask.original_end for mask in masks) for place in left)


def _touch(mask: Mask, span: LabelledSpan) -> bool:
    return mask.original_start < span.end and span.start < mask.original_end


def _share(outcomes: Sequence[bool]) -> Share:
    return Share(sum(outcomes), len(outcomes))
