"""Run as a program: carries a survey in each folder of a folder, and is killed at the moment that the folder's name tells.

It forks before anything opens DuckDB, so that a death, as by a power cut, does not cost an interpreter's start.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from unittest.mock import patch

import flows.survey
from store import Paths, Writer
from tests.flows.workbench import carry
from tests.store.dying import child

assert flows.survey.STAGES  # imported here once, not by each of the children


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def carry_and_die(paths: Paths) -> None:
    """Carry the survey in a folder named like ``put_codes after``."""
    method, when = paths.root.name.split()
    real = getattr(Writer, method)

    def after(*args: object, **kwargs: object) -> None:
        real(*args, **kwargs)
        die()

    with patch.object(Writer, method, die if when == "before" else after):
        carry(paths)


if __name__ == "__main__":
    ends = {place.name: child(carry_and_die, Paths(place)) for place in Path(sys.argv[1]).iterdir()}
    assert set(ends.values()) == {-signal.SIGKILL}, ends
