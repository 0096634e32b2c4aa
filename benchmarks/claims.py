"""How well claims link actors, mechanisms and rights, against passages whose claims two readers settled.

    python benchmarks/claims.py                                  # data/labels/claims.jsonl: the half that nothing was chosen by
    python benchmarks/claims.py --part development --each        # the other half, passage by passage
    python benchmarks/claims.py --readers A.jsonl B.jsonl        # how far two readings agree
    python benchmarks/claims.py --count GOLD.jsonl …             # the counts of models/links.toml

Two settings: *linking alone* is given the reference's codes, with the words that the coder reads them from; *end to end* the coder in
force finds the codes too, passages that it was trained on being left out. Beside each, what no linking would make of the same codes.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from models.claims import claims
from models.coder import CueCoder, load_coder
from models.coding import Claim, Code, Coding, Passage
from models.encoders import load_encoder
from models.reading import Reading, spans
from models.selection import Picks
from taxonomy import load_codebook

LABELS = Path(__file__).parents[1] / "data/labels/claims.jsonl"
FACETS = ("actor", "mechanism", "right")
VALUES = ("mode", "direction", "effect")
DRAWS = 1000

Row = dict[str, Any]
Linked = Sequence[Claim]
Linker = Callable[[Reading, Picks, Row], Linked]


@dataclass(frozen=True)
class Measure:
    """A kind of link: its name, and the links of a passage's claims."""

    name: str
    links: Callable[[Linked], set[tuple[str | None, ...]]]


MEASURES = (
    Measure("actor–mechanism", lambda made: {(c.actor, c.mechanism) for c in made if c.mechanism}),
    Measure("mechanism–right", lambda made: {(c.mechanism, c.right) for c in made if c.mechanism and c.right}),
    Measure("all three", lambda made: {(c.actor, c.mechanism, c.right) for c in made}),
)


def rows_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def stated(row: Row) -> list[Claim]:
    """Return the claims of a labelled passage."""
    return [Claim(c["actor"], c["mechanism"], c["right"], c["mode"], c["direction"], c["effect"]) for c in row["claims"]]


def united(made: Linked, value: str) -> str:
    """Return a passage's single value from those of its claims: "unclear" gives way, and what differs is both, or mixed."""
    values = {getattr(claim, value) for claim in made}
    telling = values - {"unclear", "not_stated"} or values
    return next(iter(telling)) if len(telling) == 1 else "mixed" if value == "effect" else "both"


# --- what is compared: the clauses' links, and those that no linking would make


def by_clauses(reading: Reading, picks: Picks, row: Row) -> Linked:
    made = stated(row)
    return claims(reading, picks, *(united(made, value) for value in VALUES))


def every_pair(picks: Picks) -> Linked:
    named = [sorted(picks.get(facet, {})) or [None] for facet in FACETS]
    return [Claim(actor, *rest, "", "", "") for actor, *rest in product(*named) if actor]


def one_each(picks: Picks) -> Linked:
    best = [max(picks.get(facet, {}).values(), key=lambda c: (c.confidence, c.code), default=None) for facet in FACETS[1:]]
    mechanism, right = (code.code if code else None for code in best)
    return [Claim(actor, mechanism, right, "", "", "") for actor in picks.get("actor", {})]


BASELINES: tuple[tuple[str, Callable[[Picks], Linked]], ...] = (("every pair", every_pair), ("one per actor", one_each))


def given(row: Row, reading: Reading, coding: Coding) -> Picks:
    """Return the reference's codes of a passage, with the words that the coder reads them from, if any."""
    made = stated(row)
    found = {(code.facet, code.code): code for code in coding.codes}
    picks: Picks = {}
    for facet in FACETS:
        for name in sorted({getattr(claim, facet) for claim in made} - {None}):
            own = found.get((facet, name))
            places = own.spans if own is not None and own.evidence in ("cue", "rule", "model") else spans(reading.of(facet, name))
            picks.setdefault(facet, {})[name] = Code(facet, name, own.confidence if own else 0.5, "cue", places)
    return picks


def said(coding: Coding) -> Picks:
    picks: Picks = {}
    for code in coding.codes:
        picks.setdefault(code.facet, {})[code.code] = code
    return picks


# --- figures


@dataclass(frozen=True)
class Figure:
    """Precision, recall and F1, micro over passages, with the interval of F1 over passages drawn anew."""

    precision: float
    recall: float
    f1: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.precision:.2f} {self.recall:.2f} {self.f1:.3f} [{self.low:.2f}, {self.high:.2f}]"


def figure(pairs: Sequence[tuple[set[Any], set[Any]]]) -> Figure:
    counts = [(len(made & held), len(made), len(held)) for made, held in pairs]
    draw = random.Random(0)
    drawn = sorted(f1(draw.choices(counts, k=len(counts))) for _ in range(DRAWS))
    true, made, held = (sum(column) for column in zip(*counts, strict=True))
    return Figure(true / max(made, 1), true / max(held, 1), f1(counts), drawn[DRAWS // 40], drawn[-DRAWS // 40])


def f1(counts: Iterable[tuple[int, int, int]]) -> float:
    true, made, held = (sum(column) for column in zip(*counts, strict=True))
    return 2 * true / (made + held) if made + held else 1.0


def show(title: str, made: Mapping[str, Sequence[Linked]], held: Sequence[Linked]) -> None:
    print(f"\n{title}: {len(held)} passages, {sum(map(len, held))} claims\n{'':18}{'':18} {'P':>4} {'R':>4} {'F1':>5}  95 %")
    for name, linked in made.items():
        for measure in MEASURES:
            print(f"{name:18}{measure.name:18} {figure([(measure.links(m), measure.links(h)) for m, h in zip(linked, held, strict=True)])}")


def values_agree(made: Sequence[Linked], held: Sequence[Linked]) -> None:
    """Show how often mode, direction and effect of a claim are the reference's, where the link is."""
    right, asked, passage = Counter[str](), 0, Counter[str]()
    for linked, reference in zip(made, held, strict=True):
        own = {(c.actor, c.mechanism, c.right): c for c in linked}
        for claim in reference:
            match = own.get((claim.actor, claim.mechanism, claim.right))
            if match is None:
                continue
            asked += 1
            for value in VALUES:
                right[value] += getattr(match, value) == getattr(claim, value)
                passage[value] += united(reference, value) == getattr(claim, value)
    told = (
        ", ".join(f"{value} {right[value] / asked:.2f} (the passage's {passage[value] / asked:.2f})" for value in VALUES) if asked else "-"
    )
    print(f"of {asked} claims linked as in the reference: {told}")


def agreement(first: Path, second: Path) -> None:
    one, other = ({row["id"]: stated(row) for row in rows_of(path)} for path in (first, second))
    both = sorted(one.keys() & other.keys())
    show("two readings", {"first": [one[key] for key in both]}, [other[key] for key in both])
    values_agree([one[key] for key in both], [other[key] for key in both])


def count(paths: Sequence[Path], labels: Path) -> None:
    """Print how often codes go together, in passages of one actor or one mechanism, those of the labels left out."""
    apart = {row["source"].split(":")[0] for row in rows_of(labels)}
    apart |= {source.rsplit("-", 1)[0] for source in apart}  # the passage that one was translated from
    tables: dict[str, dict[str, Counter[str]]] = {facet: defaultdict(Counter) for facet in ("mechanisms", "rights", "mode", "direction")}
    for row in (row for path in paths for row in rows_of(path)):
        if row["relevance"] != "influence" or row.get("translation_of") or row.get("holdout") or row["id"] in apart:
            continue
        if len(row["actor"]) == 1:
            tables["mechanisms"][row["actor"][0]].update(row["mechanism"])
        if len(row["mechanism"]) == 1:
            tables["rights"][row["mechanism"][0]].update(row["right"])
            for value in ("mode", "direction"):
                tables[value][row["mechanism"][0]][row[value]] += 1
    for facet, firsts in tables.items():
        print(f"[{facet}]")
        for first, seconds in sorted(firsts.items()):
            told = sorted(seconds.items(), key=lambda found: (-found[1], found[0]))
            inside = ", ".join(f"{json.dumps(code) if '-' in code else code} = {cases}" for code, cases in told)
            print(f"{first} = {{ {inside} }}")
        print()


def measure(rows: Sequence[Row], *, each: bool) -> None:
    codebook = load_codebook()
    encoder = load_encoder("multilingual")
    coder = load_coder(codebook, encoder)
    passages = [Passage(row["text"], row["lang"], row.get("country")) for row in rows]
    vectors = encoder.encode([row["text"] for row in rows])
    codings = coder.code(passages, vectors)
    readings = CueCoder(codebook, encoder).read(passages, vectors)
    held = [stated(row) for row in rows]
    codes = [given(row, reading, coding) for row, reading, coding in zip(rows, readings, codings, strict=True)]
    linked = [by_clauses(reading, picks, row) for reading, picks, row in zip(readings, codes, rows, strict=True)]
    show("linking alone", {"clauses": linked} | {name: [make(picks) for picks in codes] for name, make in BASELINES}, held)
    values_agree(linked, held)
    unseen = [number for number, coding in enumerate(codings) if not coding.learned_from]
    found = {"clauses": [codings[n].claims for n in unseen]}
    found |= {name: [make(said(codings[n])) for n in unseen] for name, make in BASELINES}
    show(f"end to end, {coder.version}", found, [held[n] for n in unseen])
    values_agree(found["clauses"], [held[n] for n in unseen])
    if each:
        for row, made, reference in zip(rows, linked, held, strict=True):
            wanted, made_links = MEASURES[2].links(reference), MEASURES[2].links(made)
            if wanted != made_links:
                print(f"\n{row['id']} {row['text']}")
                for what, links in (("missing", wanted - made_links), ("too many", made_links - wanted)):
                    print(f"   {what} {sorted(map(str, links))}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", nargs="?", type=Path, default=LABELS)
    parser.add_argument("--part", choices=("development", "final"), default="final")
    parser.add_argument("--each", action="store_true", help="the passages that linking alone gets wrong")
    parser.add_argument("--readers", nargs=2, type=Path, metavar=("A", "B"))
    parser.add_argument("--count", nargs="+", type=Path, metavar="GOLD")
    arguments = parser.parse_args()
    if arguments.readers:
        agreement(*arguments.readers)
    elif arguments.count:
        count(arguments.count, arguments.labels)
    else:
        measure([row for row in rows_of(arguments.labels) if row["part"] == arguments.part], each=arguments.each)


if __name__ == "__main__":
    main()
