"""The flow's stages on fake models and without Prefect's server, for tests that look at what a run leaves behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows.progress import Terminal
from flows.report import RunReport
from flows.workshop import Versions, Workshop
from models.coding import Claim, Code, Coding, Passage, Span
from models.identity import quote_id
from models.masking import Masking
from models.tables import MASKED, PASSAGES, Outcome, no_rejects
from store import Paths, Writer
from tests.flows.fake_topics import FakeTopics, no_seeds

VERSIONS = Versions(segmenter="segmenter-1", encoder="encoder-1", coder="coder-1", codebook="1.0.0+00000000")

DESCRIPTION = """
title = "A survey"
source = "A test"
licence = "CC0"
protection = "{protection}"
text_kind = "verbatim"
languages = ["en"]
layout = "wide"
files = ["answers.csv"]

[columns]
respondent = "who"
country = "land"
{kept}

[[questions]]
id = "q1"
wording = "What have banks done?"
column = "Q1"
"""


class FakeEncoder:
    """Three dimensions, by the length of the text; counts what it was given."""

    name = "fake"
    version = VERSIONS.encoder
    dimensions = 3

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.seen += texts
        return np.array([[1.0, len(text) % 7, 0.0] for text in texts], dtype=np.float32).reshape(-1, 3)


class FakeCoder:
    """Every passage is on influence, read from its first letter."""

    version = VERSIONS.coder

    def __init__(self) -> None:
        self.coded = 0

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        assert vectors.shape == (len(passages), 3)
        self.coded += len(passages)
        span = (Span(0, 1),)
        return [
            Coding(
                (
                    Code("relevance", "influence", 0.9, "cue", span),
                    Code("actor", "bank", 0.8, "cue", span),
                    Code("mechanism", "lobbying", 0.8, "cue", span),
                ),
                (Claim("bank", "lobbying", None, "passive", "encouraged", "harms", span),),
                {"relevance": {"influence": 0.9}, "actor": {"bank": 0.8}},
            )
            for _ in passages
        ]


def fake_mask(answers: pa.Table, masking: Masking) -> Outcome:
    rows = [
        {"answer": answer, "masked": text, "masks": [], "masker": masking.version}
        for answer, text in zip(answers["answer"].to_pylist(), answers["text"].to_pylist(), strict=True)
    ]
    return Outcome(pa.Table.from_pylist(rows, schema=MASKED), no_rejects())


def fake_passages(answers: pa.Table, languages: Sequence[str]) -> Outcome:
    """Each answer is one passage."""
    rows = [
        {
            "passage": quote_id(row["survey"], row["answer"], row["masked"], 0, len(row["masked"])),
            "answer": row["answer"],
            "start": 0,
            "end": len(row["masked"]),
            "text": row["masked"],
            "language": languages[0],
            "language_confidence": 1.0,
            "segmenter": VERSIONS.segmenter,
        }
        for row in answers.to_pylist()
    ]
    return Outcome(pa.Table.from_pylist(rows, schema=PASSAGES), no_rejects())


def write_survey(
    paths: Paths,
    rows: Sequence[Sequence[str]],
    name: str = "a-survey",
    protection: str = "public",
    *,
    header: Sequence[str] = ("who", "land", "Q1"),
    kept: str = "",
) -> Path:
    """Write a survey of (respondent, country, answer) into the data folder's raw folder; ``kept`` is one more line on its columns."""
    folder = paths.raw / name
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    (folder / "survey.toml").write_text(DESCRIPTION.format(protection=protection, kept=kept), "utf-8")
    lines = [",".join(header), *(",".join(f'"{cell}"' for cell in row) for row in rows)]
    (folder / "answers.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def carry(
    paths: Paths,
    surveys: Sequence[str] = ("a-survey",),
    encoder: FakeEncoder | None = None,
    coder: FakeCoder | None = None,
    topics: FakeTopics | None = None,
) -> RunReport:
    """Carry surveys through every stage as the flow does, in this process."""
    with staged(encoder, coder, topics) as flow, Writer(paths, "a test") as writer:
        return flow._carry(Workshop(writer, paths, Terminal(), list(surveys)), list(surveys))


@contextmanager
def staged(encoder: FakeEncoder | None = None, coder: FakeCoder | None = None, topics: FakeTopics | None = None) -> Iterator[ModuleType]:
    """Let the flow's stages use fake models and be plain functions, and yield its module."""
    # Prefect takes seconds to import: only a test that carries something waits for it.
    from flows import survey as flow

    topics = topics or FakeTopics()
    tasks = {stage: task.fn for stage, task in flow.STAGES}
    with ExitStack() as stack:
        stack.enter_context(patch("flows.workshop.current_versions", lambda codebook: VERSIONS))
        stack.enter_context(patch("models.encoders.load_encoder", lambda: encoder or FakeEncoder()))
        stack.enter_context(patch("models.coder.load_coder", lambda codebook, used: coder or FakeCoder()))
        stack.enter_context(patch("models.masking.mask", fake_mask))
        stack.enter_context(patch("models.segmentation.passages", fake_passages))
        stack.enter_context(patch("models.topics.fit", topics.fit))
        stack.enter_context(patch("models.topics.place", topics.place))
        stack.enter_context(patch("models.code_seeds.code_seeds", no_seeds))
        stack.enter_context(patch.object(flow, "STAGES", tuple(tasks.items())))
        stack.enter_context(patch.object(flow, "ingest_survey", flow.ingest_survey.fn))
        stack.enter_context(patch.object(flow, "topics_of_survey", flow.topics_of_survey.fn))
        stack.enter_context(patch.object(flow, "publish_internal", flow.publish_internal.fn))
        yield flow
