"""Whether what says the same in two languages lands in one topic."""

from __future__ import annotations

from collections import defaultdict

from benchmarks.topic_parts.cache import Vectors
from benchmarks.topic_parts.finders import APART, Consensus, Labels, plain
from benchmarks.topic_parts.material import Material
from benchmarks.topic_parts.quality import Say, translated
from benchmarks.topic_parts.tables import Figures
from models.topic_quality import outlier_share, pair_sharing

FITTED, PLACED, THEIRS = "all versions fitted", "one version fitted, the others placed", "BERTopic as it comes, all versions fitted"


def in_two_languages(
    material: Material, vectors: Vectors, consensus: Consensus, seeds: int, say: Say
) -> tuple[dict[str, list[Figures]], dict[str, list[Figures]]]:
    """Return the figures of all pairs, and the share in one topic by pair of languages, per way of finding topics and seed."""
    runs: dict[str, list[Figures]] = {PLACED: [], FITTED: [], THEIRS: []}
    split: dict[str, list[Figures]] = {name: [] for name in runs}
    for number in range(seeds):
        seed = consensus.spec.seed + APART * number
        for name, found in (
            (PLACED, consensus(material, vectors, seed, place_versions=True)),
            (FITTED, consensus(material, vectors, seed)),
            (THEIRS, plain(material, vectors, seed)),
        ):
            made = {"topics": float(found.count), "outliers": outlier_share(found.labels)}
            runs[name].append(made | translated(found.labels, material))
            split[name].append(by_languages(found.labels, material))
        say(f"{material.name}: seed {number + 1} of {seeds}")
    return runs, split


def by_languages(labels: Labels, material: Material) -> Figures:
    """Return the share of pairs in one topic for each pair of languages, with the number of pairs in the name."""
    groups: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for one, other in material.pairs:
        groups["–".join(sorted((material.languages[one], material.languages[other])))].append((one, other))
    return {f"{names}, {len(pairs)} pairs": pair_sharing(labels, pairs).together for names, pairs in sorted(groups.items())}
