"""Measure how long a snapshot takes to open, and each question that the explorer's pages ask of it.

    SUASION_DATA=… python benchmarks/reading.py [--repeats 9] [--only count cross …]

Each question is asked without filters, and then with filters that differ each time, so that nothing remembered is measured.
``processor`` is the time that both cores together spent on one with filters: on a machine with other work it says more than the clock.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from store import Filters, Paths, Reader

Answer = TypeVar("Answer")
Ask = Callable[[Reader, Filters], object]

QUESTIONS: Mapping[str, Ask] = {
    "count": lambda reader, filters: reader.count(filters),
    "facet_counts": lambda reader, filters: reader.facet_counts(filters),
    "coverage": lambda reader, filters: reader.coverage(filters),
    "quotes, first page": lambda reader, filters: reader.quotes(filters, limit=20),
    "quotes, page 200": lambda reader, filters: reader.quotes(filters, limit=20, offset=4_000),
    "cross, actor by mechanism": lambda reader, filters: reader.cross("actor", "mechanism", filters),
    "cross, country by right": lambda reader, filters: reader.cross("country", "right", filters),
    "countries": lambda reader, filters: reader.countries(filters),
    "profile": lambda reader, filters: reader.profile(filters),
    "bands": lambda reader, filters: reader.bands("actor", "mechanism", filters),
    "ways": lambda reader, filters: reader.ways(filters),
    "topics": lambda reader, filters: reader.topics(filters),
    "topic_points": lambda reader, filters: reader.topic_points(filters, 8_000),
    "topic_split, country": lambda reader, filters: reader.topic_split("country", filters),
    "beyond_codebook": lambda reader, filters: reader.beyond_codebook(filters),
    "surest": lambda reader, filters: reader.surest("actor", "state", filters),
    "arrivals": lambda reader, filters: reader.arrivals(filters),
    "surveys": lambda reader, _: reader.surveys(),
    "coded_with": lambda reader, _: reader.coded_with(),
    "runs": lambda reader, _: reader.runs(),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--only", nargs="+", default=list(QUESTIONS))
    asked = parser.parse_args()
    opened, reader = timed(lambda: Reader.open(Paths.default()))
    again, other = timed(lambda: Reader.open(Paths.default()))
    other.close()
    print(f"{reader.count(Filters()).passages:,} passages, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"opened in {opened:.2f} s, and again, its files known, in {again:.2f} s\n")
    print(f"{'':28}{'unfiltered':>12}{'filtered':>12}{'95 % within':>14}{'processor':>12}{'resident':>12}")
    for name in (name for name in QUESTIONS if name in asked.only or name.split(",")[0] in asked.only):
        ask, chosen = QUESTIONS[name], selections(reader)
        whole = timed(lambda ask=ask: ask(reader, Filters()))[0]
        few = [next(chosen) for _ in range(asked.repeats)]
        before = time.process_time()
        times = sorted(timed(lambda ask=ask, filters=filters: ask(reader, filters))[0] for filters in few)
        spent = (time.process_time() - before) / asked.repeats
        late = times[math.ceil(0.95 * len(times)) - 1]
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{name:28}{whole:>10.3f} s{statistics.median(times):>10.3f} s{late:>12.3f} s{spent:>10.3f} s{resident:>9,.0f} MB", flush=True
        )
    reader.close()


def selections(reader: Reader) -> Iterator[Filters]:
    """Yield filters as people choose them: influence, in a country, of an actor, both, and so on with others."""
    met = reader.facet_counts(Filters()).to_pylist()
    often: dict[str, list[str]] = {}
    for row in met:
        often.setdefault(row["facet"], []).append(row["code"])
    while True:
        for country, actor in zip(often["country"], often["actor"], strict=False):
            yield Filters(countries=(country,))
            yield Filters(codes=(("relevance", ("influence",)), ("actor", (actor,))))
            yield Filters(countries=(country,), codes=(("relevance", ("influence",)), ("actor", (actor,))))


def timed(ask: Callable[[], Answer]) -> tuple[float, Answer]:
    """Return the seconds that a question takes, and its answer."""
    began = time.perf_counter()
    answer = ask()
    return time.perf_counter() - began, answer


if __name__ == "__main__":
    main()
