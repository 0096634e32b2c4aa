"""Topics beside those of BERTopic as it comes, and how alike the same findings are when they are repeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.topic_parts.cache import Vectors
from benchmarks.topic_parts.finders import APART, Consensus, Finder, Found, Labels, bertopic, plain
from benchmarks.topic_parts.material import Material
from benchmarks.topic_parts.measures import Vocabulary, agreement, alike, as_lemmas, as_shown, by_chance, our_words
from benchmarks.topic_parts.tables import Figures
from models.topic_quality import language_mix, outlier_share, pair_sharing

Say = Callable[[str], None]

OURS, OURS_CORE = "Suasion", "Suasion, core members alone"
THEIRS, THEIRS_REDUCED = "BERTopic as it comes", "BERTopic, outliers reduced"


@dataclass(frozen=True)
class Compared:
    """What each run of each method gave, and how alike its runs are: over seeds, and over resamples of the passages."""

    runs: dict[str, list[Figures]]
    stability: dict[str, list[Figures]]


def figures(found: Found, vocabulary: Vocabulary, consensus: Consensus) -> Figures:
    """Return everything that is measured on the topics of one run."""
    material, labels = vocabulary.material, found.labels
    words, lemmas = as_shown(found, vocabulary), as_lemmas(labels, found.ranked, vocabulary)
    made: dict[str, float | None] = {
        "topics": float(found.count),
        "outliers": outlier_share(labels),
        "NPMI, words as shown": words.npmi,
        "NPMI, lemmas": lemmas.npmi,
        "NPMI, the same topics in our words": our_words(labels, found.count, vocabulary, consensus.spec).npmi,
        "diversity, words as shown": words.diversity,
        "diversity, lemmas": lemmas.diversity,
    }
    made |= {f"AMI with {facet}": value for facet, value in agreement(labels, material).items()}
    made |= translated(labels, material)
    return made | {"seconds": found.seconds}


def translated(labels: Labels, material: Material) -> dict[str, float | None]:
    """Return how translated pairs and languages lie in topics; nothing where there is one language."""
    made: dict[str, float | None] = {}
    if len(set(material.languages)) > 1:
        made["evenness of languages"] = language_mix(labels, material.languages)
    if material.pairs:
        shared = pair_sharing(labels, material.pairs)
        made |= {
            "pairs": float(shared.pairs),
            "pairs in one topic": shared.together,
            "pairs in one topic, of those with no outlier": shared.together_where_both,
            "pairs in one topic by chance": by_chance(labels, material.pairs),
        }
    return made


def compared(material: Material, vectors: Vectors, consensus: Consensus, seeds: int, resamples: int, say: Say) -> Compared:
    """Fit with so many seeds, and on so many resamples, and measure."""
    vocabulary, whole = Vocabulary(material), np.arange(len(material))
    runs: dict[str, list[Figures]] = {name: [] for name in (OURS, OURS_CORE, THEIRS, THEIRS_REDUCED)}
    labels: dict[str, list[tuple[Labels, Labels]]] = {name: [] for name in runs}
    for number in range(seeds):
        seed = consensus.spec.seed + APART * number
        ours = consensus(material, vectors, seed)
        theirs, reduced = bertopic(material, vectors, seed)
        say(f"{material.name}: seed {number + 1} of {seeds}: {ours.seconds:.0f} s and {theirs.seconds:.0f} s")
        variants = {OURS: ours, OURS_CORE: replace(ours, labels=ours.core), THEIRS: theirs, THEIRS_REDUCED: reduced}
        for name, found in variants.items():
            runs[name].append(figures(found, vocabulary, consensus))
            labels[name].append((whole, found.labels))
    drawn = resampled(material, vectors, {OURS: consensus, THEIRS: plain}, resamples, consensus.spec.seed, say)
    return Compared(runs, {name: [_stability(labels[name], drawn.get(name, []))] for name in runs})


def resampled(
    material: Material, vectors: Vectors, finders: dict[str, Finder], times: int, seed: int, say: Say
) -> dict[str, list[tuple[Labels, Labels]]]:
    """Find topics on bootstrap resamples: the distinct passages of as many draws as there are. Both methods on the same ones."""
    found: dict[str, list[tuple[Labels, Labels]]] = {name: [] for name in finders}
    for number in range(times):
        places = np.unique(np.random.default_rng((seed, number)).integers(0, len(material), len(material)))
        part = material.at(places.tolist())
        for name, finder in finders.items():
            found[name].append((places, finder(part, vectors[places], seed + APART * number).labels))
        say(f"{material.name}: resample {number + 1} of {times}")
    return found


def _stability(seeds: list[tuple[Labels, Labels]], resamples: list[tuple[Labels, Labels]]) -> Figures:
    made: dict[str, float | None] = {}
    for name, fits in (("seeds", seeds), ("resamples", resamples)):
        if same := alike(fits):
            made |= {
                f"adjusted Rand between {name}": same.rand,
                f"adjusted Rand between {name}, members of both": same.rand_of_members,
                f"pairs that share a topic again, {name}": same.sharing,
            }
    return made
