"""Run as a program: carries a survey and is killed at the moment it is told, as by a power cut."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from unittest.mock import patch

from store import Paths, Writer
from tests.flows.workbench import carry


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    root, method, when = sys.argv[1:]
    real = getattr(Writer, method)

    def after(*args: object, **kwargs: object) -> None:
        real(*args, **kwargs)
        die()

    with patch.object(Writer, method, die if when == "before" else after):
        carry(Paths(Path(root)))
