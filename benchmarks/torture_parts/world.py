"""What is tortured: three made-up surveys, one of them protected, carried the whole way by fake models that take a moment each time.

The stages, the store and what stands around the flow are the real ones. Prefect's server and the models alone are left out.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from typing import ParamSpec, TypeVar
from unittest.mock import patch

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows import running
from models.coding import Claim, Code, Coding, Passage, Span
from models.identity import quote_id
from models.tables import PASSAGES, Outcome, no_rejects
from store import Decisions, Paths
from store.decisions import WITHDRAWAL, WITHDRAWN
from store.release import Quoted, Wish, confirm, release
from tests.flows.fake_topics import FakeTopics
from tests.flows.leaky import PERSONAL, masked
from tests.flows.workbench import VERSIONS, FakeCoder, FakeEncoder, staged, write_survey

SURVEYS = {"a-open": "public", "b-closed": "protected", "c-open": "public"}
VIEWS_OUTSIDE = ("partner", "public")
#: Answers per survey at first, and items per task: two to five tasks to a stage.
ANSWERS, BATCH = 24, 16
#: Seconds that a model takes for a batch.
MOMENT = 0.02
_COUNTRIES = ("Brazil", "Kenya", "Peru", "Korea, Republic of")
_PASSAGE = re.compile(r"\S[^.]*\.")

P = ParamSpec("P")
T = TypeVar("T")


def timed(stage: Callable[P, T]) -> Callable[P, T]:
    """Let a fake model take its moment, half of it before it has done anything."""

    def taking_time(*args: P.args, **kwargs: P.kwargs) -> T:
        time.sleep(MOMENT / 2)
        made = stage(*args, **kwargs)
        time.sleep(MOMENT / 2)
        return made

    return taking_time


class TimedEncoder(FakeEncoder):
    """Takes its moment."""

    @timed
    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return super().encode(texts)


class TimedCoder(FakeCoder):
    """Finds banks and mines by their names, at the very place where they stand."""

    @timed
    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        return [_coding(passage.text) for passage in passages]


class TimedTopics(FakeTopics):
    """Takes its moment."""

    fit = timed(FakeTopics.fit)
    place = timed(FakeTopics.place)


def _coding(text: str) -> Coding:
    at = {actor: text.find(word) for actor, word in (("bank", "ank"), ("corporation", "ine"))}
    spans = {actor: (Span(start, start + 3),) for actor, start in at.items() if start >= 0}
    relevance = "influence" if spans else "off_topic"
    told = next(iter(spans.values()), ())
    return Coding(
        (
            Code("relevance", relevance, 0.9, "default", ()),
            *(Code("actor", actor, 0.8, "cue", span) for actor, span in spans.items()),
            *(Code("mechanism", "lobbying", 0.8, "cue", span) for span in list(spans.values())[:1]),
        ),
        tuple(Claim(actor, "lobbying", None, "passive", "encouraged", "harms", told) for actor in spans),
        {"relevance": {relevance: 0.9}, "actor": dict.fromkeys(spans, 0.8)},
    )


def sentences(answers: pa.Table, languages: Sequence[str]) -> Outcome:
    """Split masked answers at full stops."""
    rows = [
        {
            "passage": quote_id(row["survey"], row["answer"], row["masked"], *found.span()),
            "answer": row["answer"],
            "start": found.start(),
            "end": found.end(),
            "text": found[0],
            "language": languages[0],
            "language_confidence": 1.0,
            "segmenter": VERSIONS.segmenter,
        }
        for row in answers.to_pylist()
        for found in _PASSAGE.finditer(row["masked"])
    ]
    return Outcome(pa.Table.from_pylist(rows, schema=PASSAGES), no_rejects())


def first_arrival(paths: Paths) -> None:
    """Write the surveys' files as they come first; one row of each cannot be used."""
    for name, protection in SURVEYS.items():
        rows = [_row(name, number) for number in range(ANSWERS)]
        write_survey(paths, [*rows, ("r-lost", "Atlantis", "Nowhere.")], name, protection)


def second_arrival(paths: Paths) -> None:
    """Write them as they come again: of each survey two answers gone, three changed, nine new."""
    for name, protection in SURVEYS.items():
        rows = [_row(name, number, "at last" if number < 5 else "") for number in range(2, ANSWERS + 9)]
        write_survey(paths, rows, name, protection)


def _row(survey: str, number: int, more: str = "") -> tuple[str, str, str]:
    personal = list(PERSONAL)[number % len(PERSONAL)] if number % 4 == 0 else "nobody"
    text = f"Société n° {number} 🙂 asked {personal} of {survey}. The bank {number} lobbied {more}. A mine, 광산 {number % 7}, paid."
    return (f"r{number}", _COUNTRIES[number % len(_COUNTRIES)], text)


def decide(paths: Paths, quotes: Sequence[Quoted]) -> None:
    """Let two people release some quotes of the protected survey for the public, and one answer be withdrawn."""
    decisions = Decisions(paths)
    for quote in quotes[1:]:
        verdict = release(decisions, quote, Wish("public", "as_is"), "Ada", seen=0, names=lambda *_: [])
        assert verdict.standing is not None
        confirm(decisions, quote, "Bola", seen=verdict.standing.number)
    decisions.record(WITHDRAWAL, quotes[0].answer, WITHDRAWN, "Ada")


@contextmanager
def everyday() -> Iterator[None]:
    """Let commands use the fake models, no server of Prefect's, and one key of respondents, so that two runs can be compared."""
    with ExitStack() as stack:
        flow = stack.enter_context(staged(TimedEncoder(), TimedCoder(), TimedTopics()))
        for what, fake in {
            "flows.running.current_versions": lambda codebook: VERSIONS,
            "flows.running.serving": nullcontext,
            "store.key.secrets.token_bytes": lambda count: b"k" * count,
        }.items():
            stack.enter_context(patch(what, fake))
        stack.enter_context(patch("models.masking.mask", timed(masked)))
        stack.enter_context(patch("models.segmentation.passages", timed(sentences)))
        stack.enter_context(patch.object(flow, "BATCH", BATCH))
        stack.enter_context(patch.object(flow, "create_table_artifact", lambda **_: None))
        stack.enter_context(patch.object(flow, "survey_flow", flow.survey_flow.fn))
        yield


def whole_run() -> None:
    """Do what people do: ``suasion run``, then ``suasion publish`` for both views outside."""
    if status := running.run_surveys(list(SURVEYS)):
        raise AssertionError(f"suasion run ended with {status}")
    for view in VIEWS_OUTSIDE:
        running.publish_view(view)  # type: ignore[arg-type]
