"""What is taken for what: the passages with one code in the reference and one in the prediction."""

from __future__ import annotations

from collections import defaultdict

from models.comparison import Comparison
from models.figures import Cell


def cells(comparison: Comparison) -> tuple[Cell, ...]:
    """Return the cells that have passages, in the codebook's order, hits included; a missing code stands last.

    Of a set, each missed code meets each false code of the same passage: nobody knows which was taken for which. A missed code
    without a false one, or a false one without a missed one, meets None.
    """
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    none = len(comparison.codes)
    for id, held, said in zip(comparison.ids, comparison.held, comparison.said, strict=True):
        for place in (held & said).nonzero()[0]:
            found[int(place), int(place)].append(id)
        missed, false = (held & ~said).nonzero()[0], (said & ~held).nonzero()[0]
        if len(missed) or len(false):
            for one in missed if len(missed) else (none,):
                for other in false if len(false) else (none,):
                    found[int(one), int(other)].append(id)
    names = (*comparison.codes, None)
    return tuple(Cell(reference=names[one], predicted=names[other], passages=tuple(ids)) for (one, other), ids in sorted(found.items()))
