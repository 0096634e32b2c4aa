"""Starts the explorer's server. Imports nothing heavy: the command line asks for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from store import Paths

APP = Path(__file__).with_name("app.py")
ADDRESS = "127.0.0.1"
PORT = 8501

#: What safety depends on is said on the command line, where no other configuration can override it.
_SETTINGS: Mapping[str, str] = {
    "server.address": ADDRESS,
    "server.enableCORS": "true",
    "server.enableXsrfProtection": "true",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": "1",
    "server.showEmailPrompt": "false",
    "browser.gatherUsageStats": "false",
    "browser.serverAddress": ADDRESS,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
}


@dataclass(frozen=True)
class Launch:
    """A command and the environment that it runs in."""

    command: tuple[str, ...]
    environment: Mapping[str, str]


def launch(paths: Paths, view: str = "internal", port: int = PORT, headless: bool = False) -> Launch:
    """Return what starts the explorer over the snapshots of one view."""
    settings = {**_SETTINGS, "server.port": str(port), "server.headless": str(headless).lower()}
    command = (sys.executable, "-m", "explorer.host", "run", str(APP), *(f"--{name}={value}" for name, value in settings.items()))
    # Streamlit's own variables would override what is not on the command line.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    return Launch(command, {**inherited, "SUASION_DATA": str(paths.root), "SUASION_VIEW": view, "PYTHONUTF8": "1"})


def serve(paths: Paths, view: str = "internal", port: int = PORT, headless: bool = False) -> int:
    """Run the explorer until it is stopped; return its exit status."""
    start = launch(paths, view, port, headless)
    # Whoever ends this process means the server, which would otherwise go on and keep the port.
    signal.signal(signal.SIGTERM, _interrupt)
    process = subprocess.Popen(start.command, env=dict(start.environment))
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        return 0


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
