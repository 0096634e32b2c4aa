"""The passages that topics are measured on, with what people said of them and which ones say the same in two languages."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.tables import TOPICABLE
from taxonomy.folding import fold

#: What an answer is about, as people coded it, and how it speaks of that: topics ought to agree with the former alone.
MATTER = ("right", "industry", "mechanism", "actor", "labour", "people_at_risk")
MANNER = ("mode", "direction", "effect")
#: The survey's list of languages: of language versions with equally many bullets the first here counts.
LANGUAGES = ("en", "es", "fr", "pt", "ko")

Codes = tuple[str | None, ...]
Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Material:
    """Passages in order. ``codes`` has the one code of a passage per facet, ``pairs`` the places of passages that say the same.

    ``counted`` marks the language version that counts: what a survey's topics are found in; the rest is placed among them.
    """

    name: str
    ids: tuple[str, ...]
    texts: tuple[str, ...]
    languages: tuple[str, ...]
    codes: Mapping[str, Codes]
    pairs: Pairs = ()
    counted: tuple[bool, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    def sample(self, rows: int | None, seed: int = 0) -> Material:
        """Return so many passages drawn without order; both halves of a pair or neither."""
        if rows is None or rows >= len(self):
            return self
        partner = {a: b for one, other in self.pairs for a, b in ((one, other), (other, one))}
        drawn: dict[int, None] = {}
        for place in np.random.default_rng(seed).permutation(len(self)).tolist():
            if len(drawn) >= rows:
                break
            drawn |= dict.fromkeys((place, partner.get(place, place)))
        return self.at(sorted(drawn))

    def at(self, places: Sequence[int]) -> Material:
        """Return the passages at these places."""
        new = {place: number for number, place in enumerate(places)}
        return replace(
            self,
            ids=tuple(self.ids[place] for place in places),
            texts=tuple(self.texts[place] for place in places),
            languages=tuple(self.languages[place] for place in places),
            codes={facet: tuple(codes[place] for place in places) for facet, codes in self.codes.items()},
            pairs=tuple((new[one], new[other]) for one, other in self.pairs if one in new and other in new),
            counted=tuple(self.counted[place] for place in places) if self.counted else (),
        )

    def table(self, vectors: NDArray[np.float32], *, place_versions: bool = False) -> pa.Table:
        """Return what topics are found in. With ``place_versions`` a language version that does not count is placed, not fitted."""
        counted = self.counted if place_versions else (True,) * len(self)
        return topicable(self.ids, self.texts, self.languages, counted, vectors)


def topicable(
    ids: Sequence[str], texts: Sequence[str], languages: Sequence[str], counted: Sequence[bool], vectors: NDArray[np.float32]
) -> pa.Table:
    """Return a table of TOPICABLE in which every passage is an answer of its own."""
    offsets = np.arange(0, vectors.size + 1, vectors.shape[1], dtype=np.int32)
    listed = pa.ListArray.from_arrays(offsets, pa.array(np.ascontiguousarray(vectors, np.float32).ravel()))
    columns = [list(ids), list(ids), list(ids), list(texts), list(languages), list(counted)]
    arrays = [pa.array(column, TOPICABLE.field(place).type) for place, column in enumerate(columns)]
    return pa.Table.from_arrays([*arrays, listed.cast(TOPICABLE.field("vector").type)], schema=TOPICABLE)


# --- coded passages


def coded(paths: Sequence[Path]) -> Material:
    """Return the coded passages of JSON Lines; those that people say nothing stands in are left out, as a run leaves them out."""
    rows = [row for path in paths for row in map(json.loads, path.read_bytes().splitlines()) if row.get("relevance") != "non_substantive"]
    place = {row["id"]: number for number, row in enumerate(rows)}
    originals = [row.get("translation_of") for row in rows]
    return Material(
        name="coded passages",
        ids=tuple(row["id"] for row in rows),
        texts=tuple(row["text"] for row in rows),
        languages=tuple(row["lang"] for row in rows),
        codes={facet: tuple(only(row.get(facet)) for row in rows) for facet in (*MATTER, *MANNER)},
        pairs=tuple((place[original], number) for number, original in enumerate(originals) if original in place),
        counted=tuple(original not in place for original in originals),
    )


def only(value: object) -> str | None:
    """Return the code of a passage that has exactly one."""
    if isinstance(value, list):
        return str(value[0]) if len(value) == 1 else None
    return str(value) if value else None


# --- patients' answers


def nhs(export: Path) -> Material:
    """Return the answers of the NHS's export that say anything, without the question, with the theme of those that have one."""
    from benchmarks.nhs import CODEBOOK, PLACEHOLDERS, labels
    from taxonomy import load_codebook

    with export.open(encoding="utf-8-sig", newline="") as file:
        answers = {row["Comment ID"]: " ".join(row["FFT answer"].split()) for row in csv.DictReader(file)}
    rows = [row for row in labels(export, load_codebook(CODEBOOK)) if fold(answers[str(row["id"])]) not in PLACEHOLDERS]
    return Material(
        name="NHS",
        ids=tuple(str(row["id"]) for row in rows),
        texts=tuple(answers[str(row["id"])] for row in rows),
        languages=("en",) * len(rows),
        codes={"theme": tuple(only(row["theme"]) for row in rows)},
    )


# --- HRMI's bullets


def hrmi(table: Path) -> Material:
    """Return the bullets, with those at one position of equally long lists in two languages as pairs.

    A list is what was published of one edition, country and right in one language. Where a list exists in more than one, the longest
    counts, of equally long ones the first of ``LANGUAGES``, as in the survey. What stands in italics is a note of the publisher's.
    """
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["text"].startswith("_")]
    lists: defaultdict[tuple[str, str, str], defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, row in enumerate(rows):
        lists[row["edition"], row["country"], row["right"]][row["lang"]].append(number)
    counted, pairs = [False] * len(rows), []
    for versions in lists.values():
        ranked = sorted(versions, key=lambda language: (-len(versions[language]), LANGUAGES.index(language)))
        for number in versions[ranked[0]]:
            counted[number] = True
        for other in ranked[1:]:
            if len(versions[other]) == len(versions[ranked[0]]):
                pairs += list(zip(versions[ranked[0]], versions[other], strict=True))
    return Material(
        name="HRMI",
        ids=tuple(f"hrmi-{number}" for number in range(len(rows))),
        texts=tuple(row["text"] for row in rows),
        languages=tuple(row["lang"] for row in rows),
        codes={"question": tuple(row["right"] for row in rows)},
        pairs=tuple(pairs),
        counted=tuple(counted),
    )


def load(paths: Sequence[Path]) -> list[Material]:
    """Return what the files hold: JSON Lines together as coded passages, and each CSV file as what its columns say it is."""
    lines = [path for path in paths if path.suffix == ".jsonl"]
    found = [coded(lines)] if lines else []
    for path in paths:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                names = next(csv.reader(file), [])
            found.append(nhs(path) if "FFT answer" in names else hrmi(path))
    return found


# --- many passages out of few


def mixed(material: Material, vectors: NDArray[np.float32], rows: int, seed: int = 0) -> tuple[Material, NDArray[np.float32]]:
    """Return so many passages, each a mixture of two real ones of a language: both texts, and the unit sum of .6 to .9 of one vector
    and the rest of the other. They lie where real passages lie, closer to one another than as many real ones would.
    """
    draw = np.random.default_rng(seed)
    by_language = {language: np.flatnonzero(np.asarray(material.languages) == language) for language in Counter(material.languages)}
    first = draw.integers(0, len(material), rows)
    second = np.asarray([draw.choice(by_language[material.languages[place]]) for place in first])
    share = draw.uniform(0.6, 0.9, (rows, 1)).astype(np.float32)
    sums = share * vectors[first] + (1 - share) * vectors[second]
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    made: dict[str, Any] = {
        "ids": tuple(f"mixed-{number}" for number in range(rows)),
        "texts": tuple(f"{material.texts[one]} {material.texts[other]}" for one, other in zip(first, second, strict=True)),
        "languages": tuple(material.languages[place] for place in first),
    }
    return Material(name="mixed", codes={}, **made), sums.astype(np.float32)
