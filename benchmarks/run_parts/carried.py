"""A run of the real flow in this process: its stages as Prefect's tasks would call them, with clocks around them and the models."""

from __future__ import annotations

import os
import resource
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil

from benchmarks.run_parts.clocks import Clocks
from benchmarks.run_parts.instant import Instant, InstantCoder, InstantEncoder
from benchmarks.run_parts.material import SURVEY
from flows.report import RunReport
from store import Paths, Writer


@dataclass
class Carried:
    """What a run made and what it cost: seconds of its stages, those of them that models took, bytes of memory at the peak."""

    report: RunReport
    stages: Clocks
    models: Clocks
    memory: int
    of_models: dict[str, float] = field(default_factory=dict)


class Bench:
    """Runs of one data folder, one after the other, in this process. With ``models`` these take the real ones' place."""

    def __init__(self, paths: Paths, models: Instant | None) -> None:
        self._paths = paths
        self._models = models
        self._stages, self._clocks = Clocks(), Clocks()
        self._of_models: dict[str, float] = {}
        _watch_stages(self._stages, self._clocks, self._of_models)
        _watch_models(self._clocks, models)

    def warm_up(self, pool: Sequence[Mapping[str, str]]) -> None:
        """Load what is loaded when a first text of a language comes: it is paid once, whatever the number of answers."""
        from models.coding import Passage
        from models.language import identify
        from models.masking import masked_text
        from models.packages import sentence_pipeline
        from models.segmentation import segment

        first = {row["lang"]: row["text"] for row in pool}
        for language, text in first.items():
            identify(text, tuple(first), language)
            masked_text(f"{text} a@example.org +44 20 7946 0018", language)
            segment(text, language)
            sentence_pipeline(language)
        if self._models is None:
            from models.coder import load_coder
            from models.encoders import load_encoder
            from taxonomy import load_codebook

            encoder = load_encoder()
            passages = [Passage(text, language) for language, text in first.items()]
            load_coder(load_codebook(), encoder).code(passages, encoder.encode([passage.text for passage in passages]))

    def run(self) -> Carried:
        """Carry the survey from its file to a snapshot, as ``suasion run`` does; what there is nothing to do for is not done."""
        from flows import survey as flow
        from flows.progress import Terminal
        from flows.workshop import Workshop, is_due

        self._stages.forget()
        self._clocks.forget()
        self._of_models.clear()
        with peak_memory() as memory, Writer(self._paths, "a benchmark") as writer:
            workshop = Workshop(writer, self._paths, Terminal(), [SURVEY])
            if self._models is not None:
                vars(workshop).update(encoder=self._models.encoder, coder=self._models.coder)
            assert workshop.coder  # to load the models is part of neither side
            with self._stages.watching("is anything new"):
                due = is_due(writer, workshop.survey(SURVEY), workshop.versions)
            report = flow._carry(workshop, [SURVEY]) if due else _nothing(workshop.run)
        return Carried(report, self._stages, self._clocks, max(memory), dict(self._of_models))


def _nothing(run: str) -> RunReport:
    return RunReport(run=run, stages=(), snapshot="", snapshot_is_new=False, quotes=0, loading_seconds=0.0, publishing_seconds=0.0)


def _watch_stages(stages: Clocks, models: Clocks, of_models: dict[str, float]) -> None:
    from flows import survey as flow

    flow.STAGES = tuple((name, task.fn) for name, task in flow.STAGES)
    for name in ("ingest_survey", "topics_of_survey", "publish_internal"):
        setattr(flow, name, getattr(flow, name).fn)
    stages.around(flow, "ingest_survey", "ingest")
    stages.around(flow, "drain_here", lambda workshop, survey, stage: stage)
    stages.around(flow, "topics_of_survey", "topics")
    stages.around(flow, "publish_internal", "publish")
    for function, name in (
        ("ingest_survey", "ingest"),
        ("drain_here", None),
        ("topics_of_survey", "topics"),
        ("publish_internal", "publish"),
    ):
        _attribute(flow, function, name, models, of_models)


def _attribute(flow: Any, function: str, name: str | None, models: Clocks, of_models: dict[str, float]) -> None:
    """Note under the stage's name how much processor time models took while it ran."""
    real = getattr(flow, function)

    def noted(*given: Any, **named: Any) -> Any:
        before = models.total().processor
        try:
            return real(*given, **named)
        finally:
            stage = name or given[2]
            of_models[stage] = of_models.get(stage, 0.0) + models.total().processor - before

    setattr(flow, function, noted)


def _watch_models(clocks: Clocks, models: Instant | None) -> None:
    """Put a clock around the forward passes: what cannot be had faster without another model."""
    import kiwipiepy
    import spacy.language
    from py3langid.langid import LanguageIdentifier

    clocks.around(LanguageIdentifier, "rank", "language")
    clocks.around(spacy.language.Language, "__call__", "spaCy")
    clocks.around(kiwipiepy.Kiwi, "tokenize", "kiwi")
    clocks.around(kiwipiepy.Kiwi, "split_into_sents", "kiwi")
    if models is not None:
        clocks.around(InstantEncoder, "encode", "sentence vectors (instant)")
        clocks.around(InstantCoder, "code", "coder (instant)")
        return
    from transformers import BertModel

    from models.universal import UniversalSentenceEncoder

    clocks.around(UniversalSentenceEncoder, "forward", "sentence vectors")
    clocks.around(BertModel, "forward", "transformer of the coder")


@contextmanager
def peak_memory() -> Iterator[list[int]]:
    """Watch this process's resident memory, ten times a second; the list's largest number is the peak, in bytes."""
    process, seen, over = psutil.Process(os.getpid()), [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            seen[0] = max(seen[0], process.memory_info().rss)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def largest_memory() -> int:
    """Return the most resident memory that this process ever had, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
