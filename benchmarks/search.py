"""Measure how long searches take in the store: by words, by meaning and by both, and what stands beside a quote.

    python benchmarks/search.py SOURCE [--passages 5000 100000 1000000] [--repeats 20] [--queries FILE]

SOURCE is a data folder with a published snapshot; for each size its passages are replicated with recorded perturbations
(``benchmarks/replicas.py``) into a temporary folder. Each time is of one whole question as a page asks it: the search under a filter and
the twenty quotes of its first page. No query is asked twice, so that nothing remembered is measured. Vectors of queries are made
beforehand; making one is told by itself.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from replicas import replicate

from models.encoders import Encoder, load_encoder
from store import Filters, Paths, Reader
from store.search_reader import How

SIZES = (5_000, 100_000, 1_000_000)
PAGE = 20
INFLUENCE = Filters(codes=(("relevance", ("influence",)),))
#: What authors ask for; each is asked with every beginning, so that there are enough that differ.
MATTERS = (
    "suing critics", "union leaders dismissed", "indígenas y empresas", "trabalhadores rurais", "mines and water", "wage theft",
    "land grabs", "journalists threatened", "banks and debt", "police called by the company", "노동조합", "jornalistas de investigação",
)  # fmt: skip
BEGINNINGS = ("", "companies ", "government ", "the rights of ")


def main() -> None:
    """Measure every size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("source", type=Path)
    parser.add_argument("--passages", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--repeats", type=int, default=20)
    asked = parser.parse_args()
    began = time.perf_counter()
    encoder = load_encoder()
    encoder.encode(["ready"])
    print(f"encoder ready after {time.perf_counter() - began:.1f} s; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print(f"{'passages':>10}  {'question':28}{'median':>10}{'95th percentile':>18}{'resident':>12}")
    for passages in asked.passages:
        with tempfile.TemporaryDirectory() as folder:
            target = Paths(Path(folder) / "data")
            replicate(Paths(asked.source), target, passages)
            measure(target, encoder, passages, asked.repeats)


def measure(paths: Paths, encoder: Encoder, passages: int, repeats: int) -> None:
    """Print the times of one size."""
    reader = Reader.open(paths)
    report(passages, "first search by meaning", [once(reader.prepare_meaning)])
    queries = [beginning + matter for beginning in BEGINNINGS for matter in MATTERS][:repeats]
    report(passages, "vector of a query", [once(lambda text=text: encoder.encode([f"{text} "])) for text in queries])
    vectors = dict(zip(queries, encoder.encode(queries), strict=True))
    for filters, name in ((INFLUENCE, "influence"), (Filters(), "everything")):
        for how in ("words", "meaning", "both"):
            times = [once(lambda text=text, how=how, filters=filters: page(reader, filters, text, how, vectors[text])) for text in queries]
            report(passages, f"{how}, {name}", times)
    report(passages, "word filter: counts", [once(lambda text=text: reader.count(Filters(text=text))) for text in queries])
    quotes = reader.quotes(INFLUENCE, limit=repeats)["quote"].to_pylist()
    report(passages, "similar quotes", [once(lambda quote=quote: reader.similar(quote)) for quote in quotes])
    report(passages, "the opposite", [once(lambda quote=quote: reader.opposite(quote)) for quote in quotes])
    reader.close()


def page(reader: Reader, filters: Filters, text: str, how: How, vector: np.ndarray) -> None:
    """Ask for a search and its first page."""
    reader.listed(reader.search(filters, text, how, "fit", vector).rows[:PAGE])


def once(ask: Callable[[], object]) -> float:
    """Return the seconds that a question takes."""
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def report(passages: int, question: str, times: Iterable[float]) -> None:
    """Print the median and the smallest time that 95 % of the times do not exceed."""
    ordered = sorted(times)
    late = ordered[math.ceil(0.95 * len(ordered)) - 1]
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{passages:>10,}  {question:28}{statistics.median(ordered):>8.3f} s{late:>16.3f} s{resident:>9,.0f} MB")


if __name__ == "__main__":
    main()
