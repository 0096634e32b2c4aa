"""Prefect's settings, made before Prefect is imported: its home inside the data folder, no telemetry, no chatter."""

from __future__ import annotations

import os
from pathlib import Path


def settle_prefect(home: Path) -> None:
    """Point Prefect at ``home`` and switch its telemetry off; levels of logging that a person chose stand.

    Logs stay at WARNING and are not sent to Prefect's database: a run's record lives in the store, and nothing that a
    library prints may end up beside it. What its tasks and flows log is dropped: ``suasion run`` says what failed itself, in
    one message, where Prefect would print each failure twice with a traceback.
    """
    os.environ["PREFECT_HOME"] = str(home)
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    for runs in ("FLOW", "TASK"):
        os.environ.setdefault(f"PREFECT_LOGGING_LOGGERS_PREFECT_{runs}_RUNS_LEVEL", "CRITICAL")
