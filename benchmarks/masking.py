"""What masking costs beside the models: processor time a passage, in one process, median of several rounds.

    python benchmarks/masking.py [--passages 300] [--rounds 3]

Two sets, both masked as in a protected survey: the labelled passages of ``data/masking``, most of which hold something personal, and the
coded ones of ``data/labels``, most of which do not. Then the masked texts are encoded and coded as a run does it. Every round sees other
texts (a number stands in front), so that nothing is remembered from the round before; what is loaded once is loaded before.
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

# Started as a file, Python looks for modules beside it alone.
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.coding_speed import texts as coded_texts
from flows.masking_quality import load_items
from models.coder import load_coder
from models.coding import Coder, Passage
from models.encoders import Encoder, load_encoder
from models.masking import Masking, Protection, blanked, masked_texts
from taxonomy import load_codebook

PROTECTED = Masking(Protection.PROTECTED)
STEPS = ("mask", "embed", "code")
T = TypeVar("T")

Text = tuple[str, str, str | None]  # the words, their language, the country asked about


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor a passage, by step."""

    mask: float
    embed: float
    code: float

    @property
    def share(self) -> float:
        """Masking as a share of what the models cost."""
        return self.mask / (self.embed + self.code)


def sets(passages: int) -> dict[str, list[Text]]:
    """Return so many passages of each set, drawn at random, always the same."""
    labelled: list[Text] = [(item.text, item.language, None) for item in load_items()]
    found = {"personal (data/masking)": labelled, "ordinary (data/labels)": coded_texts(4_000)}
    return {name: random.Random(1).sample(texts, min(passages, len(texts))) for name, texts in found.items()}


def once(texts: Sequence[Text], encoder: Encoder, coder: Coder) -> Cost:
    """Mask, encode and code texts; return what each step cost."""
    words, languages, countries = zip(*texts, strict=True)
    masked, mask = timed(lambda: masked_texts(words, languages, PROTECTED, countries))
    said = [text for text, _ in masked]
    vectors, embed = timed(lambda: encoder.encode([blanked(text) for text in said]))
    passages = [Passage(text, language, country) for text, (_, language, country) in zip(said, texts, strict=True)]
    _, code = timed(lambda: coder.code(passages, vectors))
    return Cost(*(1000 * seconds / len(texts) for seconds in (mask, embed, code)))


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what work makes and the seconds of processor, of all threads, that it took."""
    began = time.process_time()
    return work(), time.process_time() - began


def numbered(texts: Sequence[Text], turn: int) -> list[Text]:
    """Return the texts of a round, none of which another round has."""
    return [(f"{turn}. {text}", *about) for text, *about in texts]


def rows(costs: dict[str, list[Cost]]) -> Iterator[list[str]]:
    """Yield the table: a line a set, medians over the rounds, and the range of the share."""
    yield ["set", *(f"{step}, ms" for step in STEPS), "mask / models", "from", "to"]
    for name, rounds in costs.items():
        shares = [cost.share for cost in rounds]
        medians = [f"{statistics.median(getattr(cost, step) for cost in rounds):.2f}" for step in STEPS]
        yield [name, *medians, *(f"{share:.3f}" for share in (statistics.median(shares), min(shares), max(shares)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    encoder = load_encoder()
    coder = load_coder(load_codebook(), encoder)
    drawn = sets(arguments.passages)
    for texts in drawn.values():
        once(numbered(texts[:40], 0), encoder, coder)
    costs: dict[str, list[Cost]] = {name: [] for name in drawn}
    for turn in range(1, arguments.rounds + 1):
        for name, texts in drawn.items():
            costs[name].append(once(numbered(texts, turn), encoder, coder))
    csv.writer(sys.stdout, delimiter="\t").writerows(rows(costs))


if __name__ == "__main__":
    main()
