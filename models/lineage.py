"""Which topic of a fit is which of the fits before, so that it keeps its id, and its name where it holds; and what became of the others.

A topic is the same where it shares enough passages with one of the last fit (Jaccard over the passages that both fits know; Hennig
2007, *Cluster-wise assessment of cluster stability*, takes the same measure), or, where passages say nothing for or against it, where
its centroid lies where that one's lay, both seen from the middle of the survey: seen from the origin all matters of a survey lie in
one direction, and hardly differ. Pairs are chosen together (Kuhn 1955, the Hungarian method), overlap before centroids,
topics of the last fit before those that died earlier. A number that was given is never given again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.centring import NOTHING
from models.tables import TOPIC_EVENTS
from models.topic_spec import LineageSpec

ANCESTORS = pa.schema(
    [
        pa.field("topic", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("plain_centroid", pa.list_(pa.float32()), nullable=False),
        pa.field("alive", pa.bool_(), nullable=False),  # of the last fit
    ]
)
ANCESTRAL_MEMBERS = pa.schema(
    [
        pa.field("passage", pa.string(), nullable=False),
        pa.field("topic", pa.string()),  # null for an outlier
    ]
)

_TIE = 1e-9  # weight of a centroid's likeness: it decides between equal overlaps alone


@dataclass(frozen=True)
class Ancestry:
    """What the fits before left.

    ``topics`` (ANCESTORS) has every topic that ever was, ``members`` (ANCESTRAL_MEMBERS) every passage that the last fit knew or
    that was placed since: without its outliers overlaps would be overrated. ``next_number`` was never given to a topic.
    """

    topics: pa.Table
    members: pa.Table
    next_number: int

    @staticmethod
    def none() -> Ancestry:
        """Return the ancestry of a survey's first fit."""
        return Ancestry(ANCESTORS.empty_table(), ANCESTRAL_MEMBERS.empty_table(), 1)


@dataclass(frozen=True)
class Fresh:
    """The topics of a new fit: passage to row of ``centroids`` (plain, topics x dimensions), -1 for an outlier.

    ``middle`` (dimensions,): the mean of the survey's plain unit vectors, from where old and new centroids are looked at.
    """

    members: Mapping[str, int]
    centroids: NDArray[np.float32]
    middle: NDArray[np.float32]


@dataclass(frozen=True)
class Inherited:
    """The ids of the fresh topics in their order, the names that still hold, what happened (TOPIC_EVENTS), and the next number.

    A name was made of the words of a topic's passages. It holds where the topic shares enough of them with what it was and took up
    no other; what goes on with other passages is to be named anew.

    Every fresh topic is ``born`` (``others``: what much of it came from), ``continued`` or ``returned``; every topic of the last fit
    that went on under no id is ``split``, ``merged`` (``others``: into what) or ``died``. A topic that went on may besides be
    ``split`` (``others``: its parts, itself among them) or ``merged`` (``others``: what it took up).
    """

    ids: tuple[str, ...]
    names: Mapping[str, str]
    events: pa.Table
    next_number: int


def inherit(survey: str, fresh: Fresh, ancestry: Ancestry, spec: LineageSpec) -> Inherited:
    """Return the ids and the history of fresh topics. The order of passages and of topics does not matter."""
    kin = _Kinship(fresh, ancestry, spec)
    same = _matched(kin.jaccard + _TIE * kin.cosine, kin.alive & kin.bound & (kin.jaccard >= spec.same_members))
    near = (kin.cosine >= spec.same_centroid) & kin.uncontradicted
    for among in (kin.alive, ~kin.alive):
        free = np.ones_like(near)
        free[list(same), :] = False
        free[:, list(same.values())] = False
        same |= _matched(kin.cosine, near & among & free)
    born = [row for row in range(len(kin.rows)) if row not in same]
    numbers = {row: f"{survey}.{ancestry.next_number + at}" for at, row in enumerate(born)}
    ids = [numbers[row] if row in numbers else kin.ids[same[row]] for row in range(len(kin.rows))]
    taken_up = _taken_up(kin, same)
    holding = sorted(old for row, old in same.items() if kin.jaccard[row, old] >= spec.same_members and row not in taken_up)
    names = {kin.ids[old]: kin.names[old] for old in holding}
    in_order = tuple(ids[row] for row in np.argsort(kin.rows))
    return Inherited(in_order, names, _events(kin, same, ids, taken_up), ancestry.next_number + len(born))


class _Kinship:
    """Fresh topics, the biggest first (rows), against all that were before, the oldest first (columns)."""

    def __init__(self, fresh: Fresh, ancestry: Ancestry, spec: LineageSpec) -> None:
        rows = sorted(ancestry.topics.to_pylist(), key=lambda row: _number(row["topic"]))
        self.ids: list[str] = [row["topic"] for row in rows]
        self.names: list[str] = [row["name"] for row in rows]
        self.alive = np.array([row["alive"] for row in rows], dtype=bool)
        self.rows = _by_size(fresh)
        shape = (len(self.rows), len(rows))
        row_of = {topic: row for row, topic in enumerate(self.rows)}
        column = {topic: at for at, topic in enumerate(self.ids)}
        before = dict(zip(*(ancestry.members[name].to_pylist() for name in ("passage", "topic")), strict=True))
        self._sizes, self._sizes_before = np.zeros((shape[0], 1), np.int64), np.zeros((1, shape[1]), np.int64)
        self._known = np.zeros((shape[0], 1), np.int64)  # passages of each fresh topic that were there before ...
        self._still = np.zeros((1, shape[1]), np.int64)  # ... and of each earlier topic that are there still
        self._common = np.zeros(shape, np.int64)
        for passage, topic in before.items():
            if topic in column:
                self._sizes_before[0, column[topic]] += 1
                self._still[0, column[topic]] += passage in fresh.members
        for passage, topic in fresh.members.items():
            if topic < 0:
                continue
            self._sizes[row_of[topic]] += 1
            self._known[row_of[topic]] += passage in before
            if before.get(passage) in column:
                self._common[row_of[topic], column[before[passage]]] += 1
        self.cosine = _cosines(fresh.centroids[self.rows], [row["plain_centroid"] for row in rows], fresh.middle)
        self._part = spec.part

    @cached_property
    def jaccard(self) -> NDArray[np.float64]:
        """Overlap over the passages that both fits know."""
        return _share(self._common, self._known + self._still - self._common)

    @cached_property
    def bound(self) -> NDArray[np.bool_]:
        """Whether two share so much of the smaller one, lost and new passages counted, that their overlap means anything."""
        return _share(self._common, np.minimum(self._sizes, self._sizes_before)) >= self._part

    @cached_property
    def holds(self) -> NDArray[np.bool_]:
        """Whether a fresh topic holds much of what is left of an earlier one."""
        return self.bound & (_share(self._common, self._still) >= self._part)

    @cached_property
    def comes(self) -> NDArray[np.bool_]:
        """Whether much of what was known of a fresh topic comes from an earlier one."""
        return self.bound & (_share(self._common, self._known) >= self._part)

    @cached_property
    def uncontradicted(self) -> NDArray[np.bool_]:
        """Whether passages speak for two being the same, or for nothing: what came from one topic is not another that is like it."""
        kin = self.holds | self.comes
        return kin | ~(self.comes.any(axis=1, keepdims=True) | self.holds.any(axis=0, keepdims=True))


def _by_size(fresh: Fresh) -> list[int]:
    """Return the topics, the biggest first, equally big ones by their first passage: whatever order they came in."""
    sizes = [0] * len(fresh.centroids)
    firsts = [""] * len(fresh.centroids)
    for passage in sorted(fresh.members):
        topic = fresh.members[passage]
        if topic >= 0:
            firsts[topic] = firsts[topic] or passage
            sizes[topic] += 1
    return sorted(range(len(sizes)), key=lambda topic: (-sizes[topic], firsts[topic]))


def _cosines(fresh: NDArray[np.float32], before: Sequence[Sequence[float]], middle: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return cosines as seen from the middle; nought where vectors are of different lengths, which an encoder that was replaced leaves."""
    cosines = np.zeros((len(fresh), len(before)))
    seen = _seen_from(middle, fresh)
    for at, centroid in enumerate(before):
        old = np.asarray(centroid, dtype=np.float32)
        # One of zeros is near to nothing; without its middle taken away it stays so.
        if len(fresh) and old.shape == fresh.shape[1:] and old.any():
            # einsum, not a matrix product: the sum of a row must not depend on which rows are beside it.
            cosines[:, at] = np.einsum("td,d->t", seen, _seen_from(middle, old[None])[0])
    return cosines


def _seen_from(middle: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the directions (topics, d) in which unit centroids lie; zeros for one that lies in the middle itself."""
    apart = centroids.astype(np.float64) - middle.astype(np.float64)
    lengths = np.sqrt(np.einsum("td,td->t", apart, apart))
    return np.asarray(apart / np.where(lengths < NOTHING, np.inf, lengths)[:, None], dtype=np.float64)


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(part / np.maximum(whole, 1), dtype=np.float64)


def _number(topic: str) -> int:
    return int(topic.rpartition(".")[2])


def _matched(value: NDArray[np.float64], allowed: NDArray[np.bool_]) -> dict[int, int]:
    """Return the pairs of rows and columns, among those allowed, whose values sum up highest."""
    if not allowed.any():
        return {}
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(np.where(allowed, value, 0.0), maximize=True)
    return {int(row): int(column) for row, column in zip(rows, columns, strict=True) if allowed[row, column]}


def _taken_up(kin: _Kinship, same: Mapping[int, int]) -> dict[int, list[int]]:
    """Return the earlier topics that ended in one fresh topic, by its row."""
    taken_up: dict[int, list[int]] = {}
    for old in np.flatnonzero(kin.alive).tolist():
        holders = np.flatnonzero(kin.holds[:, old]).tolist()
        if old not in same.values() and len(holders) == 1:
            taken_up.setdefault(holders[0], []).append(old)
    return taken_up


def _events(kin: _Kinship, same: Mapping[int, int], ids: Sequence[str], taken_up: Mapping[int, Sequence[int]]) -> pa.Table:
    rows: list[dict[str, Any]] = []

    def happened(topic: str, event: str, others: Sequence[str] = (), at: tuple[int, int] | None = None) -> None:
        overlap = float(kin.jaccard[at]) if at is not None and kin.alive[at[1]] else None
        similarity = float(kin.cosine[at]) if at is not None else None
        rows.append({"topic": topic, "event": event, "others": sorted(others, key=_number), "overlap": overlap, "similarity": similarity})

    goes_on = {old: row for row, old in same.items()}
    holders = {int(old): [int(row) for row in np.flatnonzero(kin.holds[:, old])] for old in np.flatnonzero(kin.alive)}
    for old, parts in holders.items():
        if old in goes_on:
            parts = sorted({*parts, goes_on[old]})
            if len(parts) > 1:
                happened(kin.ids[old], "split", [ids[row] for row in parts])
        elif len(parts) == 1:
            happened(kin.ids[old], "merged", [ids[parts[0]]], (parts[0], old))
        else:
            happened(kin.ids[old], "split" if parts else "died", [ids[row] for row in parts])
    for row, topic in enumerate(ids):
        if row not in same:
            happened(topic, "born", [kin.ids[int(old)] for old in np.flatnonzero(kin.comes[row])])
        else:
            happened(topic, "continued" if kin.alive[same[row]] else "returned", at=(row, same[row]))
        if row in taken_up:
            happened(topic, "merged", [kin.ids[old] for old in taken_up[row]])
    rows.sort(key=lambda each: (_number(each["topic"]), each["event"]))
    return pa.Table.from_pylist(rows, schema=TOPIC_EVENTS)
