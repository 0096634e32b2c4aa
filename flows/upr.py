"""Recommendations of the UN's Universal Periodic Review as labelled passages: of the rights alone, and only of those asked for."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from models.coding import Passage
from models.labels import LabelledPassage
from models.scoring import Layout
from taxonomy import Codebook
from taxonomy.errors import RawFileError, StageError

#: The rights that the publisher's issues name; of any other right a recommendation says nothing.
ASKED = (
    "arrest",
    "disappearance",
    "death-penalty",
    "extrajud-killing",
    "torture",
    "assembly",
    "expression",
    "participation",
    "religion",
    "education",
    "food",
    "health",
    "housing",
    "work",
)
WITHHELD = frozenset({11, 12, 13})  # sessions that are never learned from, so that the figures on them are honest


def read_upr(path: Path, codebook: Codebook) -> list[LabelledPassage]:
    """Read a table with the columns session, text and rights (joined by |); rows of withheld sessions are marked as held out.

    Raises:
        RawFileError: it cannot be read, lacks a column, or has a session that is no number.
        StageError: the codebook lacks a right that recommendations are asked for.
    """
    order = {code.id: place for facet in codebook.facets if facet.id == "right" for place, code in enumerate(facet.codes)}
    lacking = [right for right in ASKED if right not in order]
    if lacking:
        raise StageError(f"recommendations are of no use to the codebook, which lacks right:{', right:'.join(lacking)}; leave out --upr")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table = csv.DictReader(lines, restval="")
            missing = {"session", "text", "rights"} - set(table.fieldnames or ())
            if missing:
                raise RawFileError(f"{path.name}: no column {', '.join(sorted(missing))}; a table of session, text and rights is expected")
            rows: list[LabelledPassage] = []
            for number, row in enumerate(table, 1):
                if not row["session"].strip().isdecimal():
                    raise RawFileError(f"{path.name}, row {number}: the session is no number")
                rows.append(_row(number, row, order))
            return rows
    except (OSError, UnicodeDecodeError, ValueError, csv.Error) as error:
        raise RawFileError(f"{path.name}: cannot be read as a table of recommendations ({type(error).__name__})") from None


def _row(number: int, row: dict[str, str], order: dict[str, int]) -> LabelledPassage:
    session = int(row["session"])
    rights = sorted({right for right in row["rights"].split("|") if right in ASKED}, key=order.__getitem__)
    return LabelledPassage(
        id=f"upr-{number}",
        passage=Passage(row["text"], "en"),
        values={"right": tuple(rights)},
        source="Universal Periodic Review",
        family=f"upr-{session}",
        holdout=session in WITHHELD,
        asked={"right": ASKED},
    )


def upr_figures(rows: Sequence[LabelledPassage], scores: NDArray[np.float32], layout: Layout) -> dict[str, float]:
    """Return micro- and macro-F1 of the rights of withheld recommendations, from the heads alone, as the publisher's coders named them."""
    right = layout["right"]
    places = [right.start + right.codes.index(code) for code in ASKED]
    held = np.asarray([[code in row.values["right"] for code in ASKED] for row in rows])
    said = scores[:, places] >= 0
    return {
        "recommendations": float(len(rows)),
        "micro-F1": float(f1_score(held, said, average="micro", zero_division=0)),
        "macro-F1": float(f1_score(held, said, average="macro", zero_division=0)),
    }
