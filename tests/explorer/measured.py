"""A small report on a made-up coder, for tests of the page that shows it."""

from __future__ import annotations

from functools import cache

from models.comparison import Pair, Predicted
from models.labels import LabelledPassage
from models.quality import Quality, report
from store import Paths
from store.quality import MeasuredPassage, save_quality
from taxonomy import load_codebook
from tests.models.compared import labelled, said

HOSTILE = "<script>alert(1)</script> ![x](http://example.org/x.png)"


def pairs() -> list[Pair]:
    """Forty passages in English, three in Korean; the coder takes every fifth active one for passive and learned from one."""
    made: list[Pair] = []
    for number in range(40):
        row = labelled(f"en-{number}", country="BRA", source="reports: p. 1", relevance="influence", mode="active", actor="bank ifi")
        wrong = number % 5 == 0
        review = "mode:passive" if wrong else ""
        found = said(review, relevance="influence", mode="passive" if wrong else "active", actor="bank investor" if wrong else "bank ifi")
        made.append((row, found))
    for number in range(3):
        made.append((labelled(f"ko-{number}", "ko", "KOR", relevance="off_topic"), said(relevance="off_topic")))
    made.append((labelled("learned", relevance="influence"), said(learned_from=True, relevance="influence")))
    return made


@cache
def _figures() -> Quality:
    return report(pairs(), load_codebook(), name="Test", coder="fake-1", draws=50)


def quality(**more: object) -> Quality:
    """The report on these pairs; ``more`` says something else of it."""
    return _figures().model_copy(update=more)


def kept(paths: Paths, **more: object) -> str:
    """Keep the report and its passages, each with a hostile text; return its id."""
    return save_quality(paths, quality(**more), tuple(_measured(*pair) for pair in pairs()))


def _measured(row: LabelledPassage, predicted: Predicted) -> MeasuredPassage:
    return MeasuredPassage(
        id=row.id,
        text=f"{HOSTILE} {row.id}",
        language=row.passage.language,
        country=row.passage.country,
        source=row.source,
        reference=row.values,
        predicted={facet: tuple(codes) for facet, codes in predicted.confidence.items()},
        doubtful={facet: (code,) for facet, code in predicted.review},
    )
