"""What stays of an answer that was erased: its id, so that the same row does not come back, and where people find its row."""

from __future__ import annotations

from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, ValidationError

from store.decisions import Decisions
from taxonomy.errors import StoreError

#: The kind of decision that erases an answer, its subject; the value is a tombstone.
ERASURE = "erasure"


class Tombstone(BaseModel):
    """An erased answer, without its text.

    Attributes:
        state: ``due`` from the decision on, ``done`` when every file is free of the text.
        rows: (file, row) in the survey's raw folder as last read, those of earlier versions by the same respondent among them.
        exports: what the register of exports knew to hold quotes of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: Literal["due", "done"]
    survey: str
    question: str
    rows: tuple[tuple[str, int], ...]
    exports: tuple[str, ...] = ()


def tombstones(decisions: Decisions) -> dict[str, Tombstone]:
    """Return the tombstones by answer.

    Raises:
        StoreError: one of them cannot be read.
    """
    found = {}
    for answer, value in decisions.latest(ERASURE).items():
        try:
            found[answer] = Tombstone.model_validate_json(value)
        except ValidationError:
            raise StoreError(f"the decision to erase the answer {answer[:60]} cannot be read: a newer Suasion made it; update") from None
    return found


def without_erased(answers: pa.Table, decisions: Decisions) -> pa.Table:
    """Return the answers but those that were erased or are to be: their rows may still stand in a raw file."""
    erased = pa.array(sorted(decisions.latest(ERASURE)), pa.string())
    return answers.filter(pc.invert(pc.is_in(answers.column("answer"), value_set=erased)))
