"""The flow of a survey: ingest → mask → passages → embed → code → topics → publish, as Prefect tasks per stage and batch.

Tasks are given the workshop and ids. Texts go from the store to a stage function and back within a task: none is a parameter,
a result, a log line or an error message of Prefect's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.ingest import ingest
from flows.notice_causes import Cause
from flows.notice_triggers import FailedRunError, failure_causes, run_causes
from flows.notices import settings_or_none
from flows.partition_scratch import clear
from flows.progress import Terminal
from flows.report import RunReport, StageCount
from flows.topic_finding import find_or_place
from flows.workshop import Workshop, survey_record, work_key
from models.loading import loading_seconds
from models.tables import no_rejects
from store import Paths, Published, Writer
from taxonomy.errors import StageError, StoreError, SuasionError

#: Items per task at least, and at most, where they are a hundredth of what waits. A task costs Prefect some 10–100 ms, and the store a
#: look at all that it holds; a batch is the most that a killed run repeats, and is in memory.
BATCH, LARGEST_BATCH = 2_000, 20_000

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Batch:
    """How many items came to a stage's task, how many it made of them, and how many it could not use."""

    came: int
    made: int
    rejected: int = 0


def text_free(stage: Callable[P, T]) -> Callable[P, T]:
    """Let no foreign error through: its message may quote what it choked on, and Prefect would keep it."""

    @wraps(stage)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return stage(*args, **kwargs)
        except SuasionError:
            raise
        except Exception as error:
            raise StageError.of(stage.__name__, error) from None

    return guarded


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="ingest {survey}")
@text_free
def ingest_survey(workshop: Workshop, survey: str) -> StageCount:
    """Read the survey's files and make them the survey's present content in the store."""
    began = time.perf_counter()
    found, writer = workshop.survey(survey), workshop.writer
    writer.put_survey(survey_record(found))
    ingested = ingest(found.survey, found.folder, writer.respondent_key())
    changes = writer.put_answers(survey, ingested.answers, workshop.run)
    writer.put_rejects(workshop.run, survey, "ingest", ingested.rejects)
    for line in ingested.report.lines():
        workshop.terminal.say(f"  {survey} · {line}")
    if changes.withdrawn:
        workshop.terminal.say(f"  {survey} · {changes.withdrawn} answers are gone from the files: withdrawn, hidden from now on")
    made, rejected = changes.new + changes.changed, ingested.rejects.num_rows
    return StageCount(survey, "ingest", ingested.report.rows, made, rejected, changes.known, time.perf_counter() - began)


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="mask {survey}")
@text_free
def mask_batch(workshop: Workshop, survey: str, items: int) -> Batch:
    """Mask a batch of answers."""
    from models.masking import mask

    masking = workshop.masking(survey)
    answers = workshop.writer.to_mask(survey, masking.version, limit=items)
    outcome = mask(answers, masking)
    workshop.writer.put_masked(outcome.made)
    return Batch(answers.num_rows, outcome.made.num_rows)


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="passages {survey}")
@text_free
def segment_batch(workshop: Workshop, survey: str, items: int) -> Batch:
    """Split a batch of masked answers into passages."""
    from models.segmentation import passages

    segmenter = workshop.stage_versions(survey)["segmenter"]
    answers = workshop.writer.to_segment(survey, segmenter, limit=items)
    outcome = passages(answers, workshop.survey(survey).survey.languages)
    workshop.writer.put_passages(answers["answer"].to_pylist(), outcome.made, segmenter)
    return Batch(answers.num_rows, outcome.made.num_rows)


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="embed {survey}")
@text_free
def embed_batch(workshop: Workshop, survey: str, items: int) -> Batch:
    """Encode a batch of texts that the encoder has not seen."""
    from models.encoders import embed

    texts = workshop.writer.to_embed(survey, workshop.versions.encoder, limit=items)
    outcome = embed(texts, workshop.encoder)
    workshop.writer.put_vectors(outcome.made)
    return Batch(texts.num_rows, outcome.made.num_rows)


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="code {survey}")
@text_free
def code_batch(workshop: Workshop, survey: str, items: int) -> Batch:
    """Code a batch of passages, and record those that cannot be coded."""
    from models.coder import code

    versions = workshop.versions
    passages = workshop.writer.to_code(survey, versions.encoder, versions.coder, versions.codebook, limit=items)
    coded = code(passages, workshop.coder, workshop.codebook)
    workshop.writer.put_codes(coded.passages, coded.codes, coded.claims)
    workshop.writer.set_aside(workshop.run, survey, coded.rejected)
    return Batch(passages.num_rows, coded.codes.num_rows, coded.rejected.num_rows)


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="topics {survey}")
@text_free
def topics_of_survey(workshop: Workshop, survey: str) -> StageCount:
    """Find the survey's topics the first time, and place what is new among them from then on."""
    return find_or_place(workshop, survey)


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="publish internal")
@text_free
def publish_internal(workshop: Workshop) -> Published:
    """Publish what is coded for the internal view."""
    return workshop.writer.publish("internal", workshop.run)


StageTask = Callable[[Workshop, str, int], Batch]
#: Carries all that waits for a stage of a survey through it.
Drain = Callable[[Workshop, str, str], StageCount]
STAGES: tuple[tuple[str, StageTask], ...] = (
    ("mask", mask_batch),
    ("passages", segment_batch),
    ("embed", embed_batch),
    ("code", code_batch),
)


@flow(name="survey", persist_result=False)
def survey_flow(surveys: list[str], data: str, scratch: str | None = None) -> RunReport:
    """Carry surveys from their raw files to a published snapshot. One that fails does not stop the others.

    Args:
        scratch: folder of the partitions, where the flow's task runner has a Dask cluster.

    Raises:
        SuasionError: none of them could be carried through, or nothing could be published.
    """
    paths = Paths(Path(data))
    with Writer(paths, "suasion run") as writer:
        workshop = Workshop(writer, paths, Terminal(), surveys)
        try:
            report = _carry(workshop, surveys, _in_partitions(Path(scratch)) if scratch else None)
        except Exception as error:
            writer.finish_run(workshop.run, "failed")
            workshop.log.ended("failed")
            raise FailedRunError(str(error), workshop.run, failure_causes("failed", workshop.run, workshop.log.failures)) from None
        except BaseException:
            writer.finish_run(workshop.run, "failed")
            workshop.log.ended("stopped")
            raise
        if not report.failures:
            # While nobody else may write: what another run is at must not be taken from it.
            _clear(paths, workshop)
        create_table_artifact(key="survey-run", table=report.rows(), description=f"Run {report.run}")
        return report


def _clear(paths: Paths, workshop: Workshop) -> None:
    """Remove what a run in partitions left; where that cannot be done what was published stands, and somebody has to see to it."""
    try:
        clear(paths)
    except StoreError as error:
        workshop.terminal.say(str(error))


def _in_partitions(scratch: Path) -> Drain:
    # Dask is imported by those alone who ask for it.
    from flows.dask_stages import Cluster, drain_on

    return drain_on(Cluster.of_flow(scratch))


@text_free
def _carry(workshop: Workshop, surveys: list[str], drain: Drain | None = None) -> RunReport:
    workshop.log.begun(surveys, workshop.versions.recorded())
    counts: list[StageCount] = []
    errors: dict[str, SuasionError] = {}
    without_topics: dict[str, SuasionError] = {}
    keys: dict[str, str] = {}
    for survey in surveys:
        try:
            # Taken before anything is read: a file that changes during the run is new to the next one.
            with workshop.log.watching(survey, "description"):
                keys[survey] = work_key(workshop.survey(survey), workshop.versions)
            counts += _stages(workshop, survey, drain or drain_here)
        except SuasionError as error:
            errors[survey] = error
            continue
        try:
            counts.append(_topics(workshop, survey))
        except SuasionError as error:
            # Its codes do not depend on topics: they are published, and the next run looks for the topics again.
            without_topics[survey] = error
    failures = (*_told(errors), *_told(without_topics))
    if len(errors) == len(surveys):
        raise StageError("\n".join(failures)) from None
    began = time.perf_counter()
    with workshop.log.watching("", "publish"):
        published = publish_internal(workshop)
    publishing = time.perf_counter() - began
    quotes = published.counts["quotes"]
    # All surveys are published together: the stage belongs to none of them.
    workshop.writer.record_stage(
        workshop.run, "", "publish", quotes, quotes * published.changed, 0, quotes * (not published.changed), publishing
    )
    for survey in surveys:
        if survey not in errors:
            workshop.writer.set_fingerprint(survey, keys[survey])
    workshop.log.published(published.snapshot, published.changed, quotes, publishing)
    causes = _causes(workshop, counts)
    status = "partly failed" if failures else "done"
    workshop.writer.finish_run(workshop.run, status)
    workshop.log.ended(status)
    return RunReport(
        run=workshop.run,
        stages=tuple(counts),
        snapshot=published.snapshot,
        snapshot_is_new=published.changed,
        quotes=quotes,
        loading_seconds=loading_seconds(),
        publishing_seconds=publishing,
        failures=failures,
        causes=causes,
    )


def _causes(workshop: Workshop, counts: list[StageCount]) -> tuple[Cause, ...]:
    """Return what people are to be told of; what goes wrong in looking for it is logged, and the run stands."""
    settings = settings_or_none(workshop.paths)
    if settings is not None:
        with suppress(Exception), workshop.log.watching("", "notices"):
            return run_causes(workshop, counts, settings.limits)
    return ()


def _told(errors: Mapping[str, SuasionError]) -> tuple[str, ...]:
    """Say which surveys failed on what; what failed several alike, a missing model say, is told once."""
    alike: dict[str, list[str]] = {}
    for survey, error in errors.items():
        alike.setdefault(str(error), []).append(survey)
    return tuple(
        message if message.startswith(f"{surveys[0]}/") else f"{', '.join(surveys)}: {message}" for message, surveys in alike.items()
    )


def _stages(workshop: Workshop, survey: str, drain: Drain) -> list[StageCount]:
    """The straight line for one survey; each stage is recorded as soon as it is done."""
    counts = []
    for stage in ("ingest", *(name for name, _ in STAGES)):
        with workshop.log.watching(survey, stage):
            count = ingest_survey(workshop, survey) if stage == "ingest" else drain(workshop, survey, stage)
            workshop.writer.record_stage(workshop.run, **asdict(count))
        workshop.log.stage_done(count)
        counts.append(count)
    return counts


def _topics(workshop: Workshop, survey: str) -> StageCount:
    # Until they are published the survey is due, whatever was done for it before.
    workshop.writer.set_fingerprint(survey, "")
    with workshop.log.watching(survey, "topics"):
        count = topics_of_survey(workshop, survey)
        workshop.writer.record_stage(workshop.run, **asdict(count))
    workshop.log.stage_done(count)
    return count


def drain_here(workshop: Workshop, survey: str, stage: str) -> StageCount:
    """Call a stage's task batch by batch until nothing waits for it. What it rejected before is tried again, or not there any more."""
    batch = dict(STAGES)[stage]
    began, loaded = time.perf_counter(), loading_seconds()
    queue = workshop.writer.queue(stage, survey, workshop.stage_versions(survey))
    workshop.writer.put_rejects(workshop.run, survey, stage, no_rejects())
    items = min(max(BATCH, queue.waiting // 100), LARGEST_BATCH)
    came = made = rejected = 0
    with workshop.terminal.stage(survey, stage, queue.waiting) as bar:
        while came < queue.waiting:
            done = batch(workshop, survey, items)
            if not done.came:
                raise StageError(f"{survey} · {stage}: {queue.waiting - came} items wait, but none was handed out; run it again")
            came, made, rejected = came + done.came, made + done.made, rejected + done.rejected
            bar.advance(done.came)
    # Loading a model is paid once per run, not by the survey that needed it first: it is told apart.
    seconds = time.perf_counter() - began - (loading_seconds() - loaded)
    return StageCount(survey, stage, came, made, rejected, queue.known, seconds)
