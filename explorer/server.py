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

#: Of these variables exactly one is set: the role of this machine, or the host where people sign in.
ROLE, SIGN_IN = _WHO = ("SUASION_ROLE", "SUASION_SIGN_IN")
#: Streamlit's name for the settings of the sign-in, in the folder of the data.
SECRETS = "secrets.toml"

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
    "client.toolbarMode": "viewer",
    # Who somebody is comes from the sign-in alone, never from what a request says of itself.
    "server.trustedUserHeaders": "{}",
    "server.enableAgentApi": "false",
    "server.enableStaticServing": "false",
}
_AT_HOME = (ADDRESS, "localhost")


@dataclass(frozen=True)
class Launch:
    """A command and the environment that it runs in."""

    command: tuple[str, ...]
    environment: Mapping[str, str]


def launch(paths: Paths, role: str = "researcher", port: int = PORT, headless: bool = False, *, served_at: str = "") -> Launch:
    """Return what starts the explorer for one role on this machine, or, ``served_at`` a host, for people who sign in there.

    The server listens on this machine alone in either case: others reach it through a web server that encrypts.
    """
    settings = {
        **_SETTINGS,
        "server.port": str(port),
        "server.headless": str(headless).lower(),
        # The folder of the data is the one place where Streamlit finds its secrets, whatever lies in the home.
        "secrets.files": str(paths.root / SECRETS),
    }
    hosts = (served_at,) if served_at else _AT_HOME
    arguments = (*settings.items(), *(("server.allowedHosts", host) for host in hosts))
    command = (sys.executable, "-m", "explorer.host", "run", str(APP), *(f"--{name}={value}" for name, value in arguments))
    # Streamlit's own variables would override what is not on the command line.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_") and name not in _WHO}
    who = {SIGN_IN: served_at} if served_at else {ROLE: role}
    return Launch(command, {**inherited, **who, "SUASION_DATA": str(paths.root), "PYTHONUTF8": "1"})


def serve(paths: Paths, role: str = "researcher", port: int = PORT, headless: bool = False, *, served_at: str = "") -> int:
    """Run the explorer until it is stopped; return its exit status."""
    start = launch(paths, role, port, headless, served_at=served_at)
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
