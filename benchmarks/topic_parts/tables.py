"""Results as Markdown to paste and as JSON to keep."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

#: What one run gave, by the name of the figure; None where there is nothing to measure.
Figures = Mapping[str, float | None]

#: Figures that are counts or seconds; all others lie between −1 and 1.
WHOLE = frozenset({"topics", "tentative topics", "pairs", "fits"})
SECONDS = frozenset({"seconds"})


def shown(name: str, values: Sequence[float | None]) -> str:
    """Return the mean over runs, with the range where the runs differ in what is shown."""
    known = [value for value in values if value is not None]
    if not known:
        return "–"
    digits = 0 if name in WHOLE else 1 if name in SECONDS else 3

    def one(value: float) -> str:
        return f"{value:.{digits}f}".replace("0.", ".", 1) if digits == 3 and abs(value) < 1 else f"{value:.{digits}f}"

    low, high = one(min(known)), one(max(known))
    return one(statistics.fmean(known)) if low == high else f"{one(statistics.fmean(known))} ({low} to {high})"


def table(title: str, columns: Mapping[str, Sequence[Figures]]) -> str:
    """Return a table of a figure a line and a method a column; each column is given by its runs."""
    names = list(dict.fromkeys(name for runs in columns.values() for figures in runs for name in figures))
    lines = [f"\n### {title}\n", f"| | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    for name in names:
        cells = [shown(name, [figures.get(name) for figures in runs]) for runs in columns.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def keep(path: Path | None, results: Mapping[str, Any]) -> None:
    """Write the results where a file was named."""
    if path is not None:
        path.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
