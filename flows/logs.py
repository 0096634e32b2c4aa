"""The log of runs, ``logs/run.jsonl`` in the data folder: JSON lines of ids, counts, seconds, versions, kinds and places of errors.

Nothing can be logged but by the methods below, and none takes a text: an error is told by its kind and the places in the code
that it went through, as its message may quote what it choked on (docs/decisions/0002).
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from flows.progress import Terminal
from flows.report import StageCount
from store import Paths
from store.log_file import LogFile
from store.run_log import run_log
from taxonomy.errors import StageError


@dataclass(frozen=True)
class Failure:
    """What failed: of which survey ("" if of all), at which stage, with which kind of error."""

    survey: str
    stage: str
    error: str


class RunLog:
    """The log of one run. It never fails a run: where it cannot be written, that is said once.

    Args:
        run: the run's id; "" for what happens before one begins.
    """

    def __init__(self, paths: Paths, run: str, terminal: Terminal) -> None:
        # Imported here: a run that finds nothing new ends within a second and logs nothing.
        import structlog

        processors = (
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(sort_keys=True),
        )
        sink = cast(Any, _Sink(run_log(paths), terminal))
        self._log = structlog.wrap_logger(sink, processors=processors, wrapper_class=structlog.BoundLogger, run=run)
        self.failures: tuple[Failure, ...] = ()

    def begun(self, surveys: Sequence[str], versions: Mapping[str, str]) -> None:
        """Log that a run began."""
        self._log.info("begun", surveys=list(surveys), versions=dict(versions))

    def stage_done(self, count: StageCount) -> None:
        """Log what a stage did for a survey."""
        self._log.info("stage done", **asdict(count) | {"seconds": round(count.seconds, 3)})

    def published(self, snapshot: str, is_new: bool, quotes: int, seconds: float) -> None:
        """Log which snapshot is served."""
        self._log.info("published", snapshot=snapshot, is_new=is_new, quotes=quotes, seconds=round(seconds, 3))

    def ended(self, status: str) -> None:
        """Log how a run ended."""
        self._log.info("ended", status=status)

    @contextmanager
    def watching(self, survey: str, stage: str) -> Iterator[None]:
        """Log an error that leaves the block, and let it pass."""
        try:
            yield
        except Exception as error:
            self.failed(survey, stage, error)
            raise

    def failed(self, survey: str, stage: str, error: BaseException) -> None:
        """Log and keep in mind what failed."""
        kind = error_kind(error)
        self._log.error("failed", survey=survey, stage=stage, error=type(error).__name__, kind=kind, places=places(error))
        self.failures = (*self.failures, Failure(survey, stage, kind))


def error_kind(error: BaseException) -> str:
    """Return the kind of an error; of one that a stage broke on unforeseen, the kind of what broke it."""
    return type(_origin(error) if isinstance(error, StageError) else error).__name__


def places(error: BaseException) -> list[str]:
    """Return the innermost places in the code that an error went through, the last first."""
    frames = traceback.extract_tb(_origin(error).__traceback__)[-5:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames)]


def _origin(error: BaseException) -> BaseException:
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error


class _Sink:
    """What structlog writes to."""

    def __init__(self, file: LogFile, terminal: Terminal) -> None:
        self._file, self._terminal, self._told = file, terminal, False

    def info(self, line: str) -> None:
        """Write a line, or say once that it cannot be."""
        try:
            self._file.append(line)
        except OSError as error:
            if not self._told:
                self._terminal.say(f"The log {self._file.place} cannot be written: {error.strerror}. The run goes on.")
            self._told = True

    error = info
