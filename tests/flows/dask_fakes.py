"""Worker processes with fake models: what each of them is given when it starts, also one that takes the place of a dead one."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from distributed import WorkerPlugin
from numpy.typing import NDArray

from tests.flows.spread import SAME
from tests.flows.workbench import FakeCoder, FakeEncoder, fake_passages


class FatalEncoder(FakeEncoder):
    """Kills its process the first time that anybody encodes a text with the word “deadly”; notes who encoded what."""

    def __init__(self, notes: Path) -> None:
        super().__init__()
        self._notes = notes

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        mark = self._notes / "died"
        if any("deadly" in text for text in texts) and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if any("unreadable" in text for text in texts) and (self._notes / "choke").exists():
            raise ValueError(f"cannot encode {texts}")
        with (self._notes / f"encoded.{os.getpid()}").open("a") as notes:
            notes.writelines(f"{text}\n" for text in texts)
        return super().encode(texts)


class FakeModels(WorkerPlugin):  # type: ignore[misc]
    """Puts the workbench's models in the place of the real ones."""

    name = "fake models"

    def __init__(self, notes: Path) -> None:
        self._notes = notes

    def setup(self, worker: Any) -> None:
        patch("models.encoders.load_encoder", lambda: FatalEncoder(self._notes)).start()
        patch("models.coder.load_coder", lambda codebook, encoder: FakeCoder()).start()
        patch("models.segmentation.passages", fake_passages).start()
        patch("flows.dask_versions.versions_here", lambda: SAME).start()
