"""What ``suasion run`` and ``suasion publish`` do around the flow: find the surveys, see what is new in them, say what happened."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flows.erasing import complete_erasures
from flows.logs import RunLog
from flows.notice_triggers import FailedRunError, before_a_run, unusable
from flows.notices import tell
from flows.partition_scratch import prepare
from flows.prefect_home import settle_prefect
from flows.prefect_server import serving
from flows.progress import Terminal
from flows.raw_folders import Found, find
from flows.workshop import current_versions, is_due
from store import Paths, View, Writer
from store.declared_book import Declared
from taxonomy import load_codebook
from taxonomy.errors import StoreBusyError, StoreError

if TYPE_CHECKING:
    from flows.dask_cluster import Spread

#: Bytes: what Prefect's records, the store and a snapshot of a small survey take.
LEAST_SPACE = 100_000_000
#: Seconds between two tries of a run that waits until nobody else writes.
_TRY = 10.0


def run_surveys(names: Sequence[str], spread: Spread | None = None, patience: timedelta = timedelta(0)) -> int:
    """Code what is new in the named surveys, in all of them if none is named, publish it, and tell people what needs them.

    Args:
        spread: the Dask cluster to work on; this process alone if there is none. The codes are the same.
        patience: how long to wait where somebody else writes. Without any, nobody is told of it but whoever asked for the run.

    Returns:
        The exit status: 0, or 1 where a survey could not be used. The others are coded all the same.
    """
    terminal, paths = Terminal(), Paths.default()
    try:
        return _run_in_turn(names, paths, terminal, spread, patience.total_seconds())
    except FailedRunError as error:
        tell(paths, terminal, error.run, error.causes)
        raise
    except Exception as error:
        if isinstance(error, StoreBusyError) and not patience:
            raise
        RunLog(paths, "", terminal).failed("", "start", error)
        tell(paths, terminal, "", (before_a_run(error),))
        raise


def _run_in_turn(names: Sequence[str], paths: Paths, terminal: Terminal, spread: Spread | None, patience: float) -> int:
    until, waits = time.monotonic() + patience, False
    while True:
        try:
            return _run(names, paths, terminal, spread)
        except StoreBusyError as error:
            if time.monotonic() >= until:
                raise
            if not waits:
                terminal.say(f"This run waits for its turn: {error}")
            waits = True
            time.sleep(_TRY)


def _run(names: Sequence[str], paths: Paths, terminal: Terminal, spread: Spread | None) -> int:
    began = time.perf_counter()
    complete_erasures(paths)
    surveys, errors = find(paths, names)
    for error in errors:
        terminal.say(str(error))
    tell(paths, terminal, "", unusable(paths, errors))
    if not surveys:
        return 1

    pending = _pending(paths, surveys)
    if not pending:
        terminal.say(f"Nothing new in {_listed(surveys)} ({time.perf_counter() - began:.1f} s). Look at it with: suasion explore")
        return 1 if errors else 0

    terminal.say(f"Coding {_listed(pending)}. Starting Prefect (up to a minute) …")
    _require_space(paths)
    settle_prefect(paths.prefect)
    with _cluster(spread, paths, terminal) as cluster, serving() as server:
        # It starts while Prefect is imported here.
        from flows.survey import survey_flow

        if server is not None:
            server.wait()
        due = [found.survey.id for found in pending]
        if cluster is None:
            report = survey_flow(surveys=due, data=str(paths.root))
        else:
            from flows.dask_cluster import task_runner

            address, scratch = cluster
            spread_flow = survey_flow.with_options(task_runner=task_runner(address))
            report = spread_flow(surveys=due, data=str(paths.root), scratch=str(scratch))
    for line in report.lines():
        terminal.say(line)
    tell(paths, terminal, report.run, report.causes)
    return 1 if errors or report.failures else 0


@contextmanager
def _cluster(spread: Spread | None, paths: Paths, terminal: Terminal) -> Iterator[tuple[str, Path] | None]:
    """Yield the address of the cluster and the folder of partitions, if one is asked for; what is wrong is told before Prefect starts."""
    if spread is None:
        yield None
        return
    from flows.dask_cluster import cluster

    terminal.say("Looking for the workers; those that are started here take up to a minute …")
    scratch = prepare(paths, spread.scratch)
    with cluster(spread, scratch) as address:
        yield address, scratch


def publish_view(view: View) -> None:
    """Publish what is coded for a view, where anything differs from what is served.

    Raises:
        StoreError: nothing was coded yet, or another process is writing.
    """
    terminal, paths = Terminal(), Paths.default()
    complete_erasures(paths)
    with Writer(paths, f"suasion publish --view {view}") as writer:
        run = writer.begin_run([], current_versions(load_codebook()).recorded())
        try:
            published = writer.publish(view, run)
        except BaseException:
            writer.finish_run(run, "failed")
            raise
        writer.finish_run(run, "done" if published.changed else "nothing new")
    new = "New snapshot" if published.changed else "Nothing changed in the snapshot"
    terminal.say(f"{new} {published.snapshot} for the {view} view: {published.counts['quotes']} passages.")
    for line in _declared_lines(published.declared):
        terminal.say(line)


def _declared_lines(declared: Declared) -> list[str]:
    lines = [f"  {note}" for note in declared.notes]
    if declared.cells:
        lines.append(f"  Tables of protected surveys: {declared.cells:,} cells, {declared.suppressed:,} of them suppressed.")
    return lines


def _pending(paths: Paths, surveys: Sequence[Found]) -> list[Found]:
    """Return the surveys in which anything is to be done. It is told without Prefect and without a model, in a second."""
    versions = current_versions(load_codebook())
    with Writer(paths, "suasion run") as writer:
        pending = [found for found in surveys if is_due(writer, found, versions)]
        if not pending:
            run = writer.begin_run([found.survey.id for found in surveys], versions.recorded())
            writer.finish_run(run, "nothing new")
    return pending


def _require_space(paths: Paths) -> None:
    """Tell of a full disk before Prefect's server, which starts first, dies of it without a word.

    Raises:
        StoreError: less is free than a small run writes.
    """
    free = shutil.disk_usage(paths.root).free
    if free < LEAST_SPACE:
        raise StoreError(
            f"{paths.root}: only {free / 1e6:.0f} MB are free, a run needs at least {LEAST_SPACE / 1e6:.0f} MB. Nothing was done. "
            "Make room, or name a data folder on another disk with SUASION_DATA"
        )


def _listed(surveys: Sequence[Found]) -> str:
    return ", ".join(found.survey.id for found in surveys)
