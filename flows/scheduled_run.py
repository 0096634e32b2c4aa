"""The flow that a schedule starts: ``suasion run`` in a process of Prefect's worker. It is given names, never a text."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.progress import Terminal
from flows.running import run_surveys
from flows.schedule_record import record_begun
from store import Paths
from taxonomy.errors import StageError, SuasionError

#: How long a run waits for a person's own run, or another one's, to end. Longer than any of them takes.
PATIENCE = timedelta(hours=6)


@flow(name="scheduled-run", persist_result=False)
def scheduled_run(schedule: str, surveys: list[str]) -> State[None]:
    """Code what is new in the named surveys, in all if none is named, and publish it: what ``suasion run`` does, which waits for its turn.

    Args:
        schedule: the name of the schedule that it is due by.
        surveys: names of folders in ``data/raw``.

    Raises:
        SuasionError: nothing was published; people were told as of any run.
    """
    os.umask(0o077)
    record_begun(Paths.default(), schedule, datetime.now(UTC))
    terminal = Terminal()
    try:
        status = run_surveys(surveys, patience=PATIENCE)
    except Exception as error:
        # A foreign message may quote an answer, and Prefect keeps what leaves a flow.
        told = error if isinstance(error, SuasionError) else StageError.of("unforeseen", error)
        terminal.say(f"suasion: {told}")
        raise told from None
    if status:
        return Failed(message="Not every survey could be run; the others are published. suasion run says why.")
    return Completed(message="Published, or nothing was new.")
