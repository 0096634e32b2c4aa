"""What somebody would write in an afternoon: pandas, BERTopic as it comes, the most similar code descriptions. The run is compared with it.

It keeps nothing between runs, masks nothing, keeps no evidence, checks nothing, and publishes a CSV file. ``benchmarks/whole_run.py
--plain`` times it on the vectors of the run, and scores its codes on coded passages beside those of the coder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Descriptions:
    """The codes of a facet, a unit vector of each one's description, and the cosine from which a code is given where many may be."""

    codes: tuple[str, ...]
    vectors: Floats
    least: float | None = None  # None where one code is given


def plain_run(source: Path, vectors: Floats, facets: Mapping[str, Descriptions], out: Path) -> int:
    """Code and cluster the texts of a CSV file and write the result as another; return how many topics were found.

    Args:
        vectors: one unit row for each row of the file.
    """
    import pandas as pd
    from bertopic import BERTopic

    table = pd.read_csv(source, dtype=str, keep_default_na=False)
    for facet, described in facets.items():
        table[facet] = ["; ".join(codes) for codes in similar(vectors, described)]
    model = BERTopic(embedding_model=None)
    table["topic"], _ = model.fit_transform(table["text"].tolist(), embeddings=vectors)
    table.drop_duplicates("id").to_csv(out, index=False)
    return int(table["topic"].nunique()) - 1


def similar(vectors: Floats, described: Descriptions) -> list[tuple[str, ...]]:
    """Return the codes of each row: the most similar one, or all that are similar enough."""
    cosines = vectors @ described.vectors.T
    if described.least is None:
        return [(described.codes[place],) for place in cosines.argmax(axis=1)]
    rows, places = np.nonzero(cosines >= described.least)
    found: list[list[str]] = [[] for _ in cosines]
    for row, place in zip(rows.tolist(), places.tolist(), strict=True):
        found[row].append(described.codes[place])
    return [tuple(codes) for codes in found]


def best_least(vectors: Floats, described: Descriptions, held: Sequence[tuple[str, ...]]) -> float:
    """Return the cosine from which giving a code makes the greatest micro-F1 on passages whose codes are known."""
    cosines = vectors @ described.vectors.T
    true = np.array([[code in codes for code in described.codes] for codes in held])
    tried = np.quantile(cosines, np.linspace(0.5, 0.999, 200))
    scores = [2 * (true & (cosines >= least)).sum() / (true.sum() + (cosines >= least).sum() or 1) for least in tried]
    return float(tried[int(np.argmax(scores))])
