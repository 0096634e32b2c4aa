"""Prefect's settings, made before Prefect is imported: its home inside the data folder, no telemetry, a patient start."""

from __future__ import annotations

import os
from pathlib import Path


def settle_prefect(home: Path) -> None:
    """Point Prefect at ``home`` and switch its telemetry off; settings that a person already made for the server stand.

    Logs stay at WARNING and are not sent to Prefect's database: a run's record lives in the store, and nothing that a
    library prints may end up beside it.
    """
    os.environ["PREFECT_HOME"] = str(home)
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    # The server that Prefect starts for a single run takes up to a minute on a new database and gives up after 20 s by default.
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")
