"""Lines of JSON in a file for its owner alone, turned over by size, so that it never grows without bound."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from store.paths import FILE_MODE, FOLDER_MODE

MOST_BYTES = 1_000_000
#: Older files that are kept beside the one that is written.
KEPT = 5


class LogFile:
    """A file of lines and its predecessors: ``run.jsonl``, ``run.1.jsonl``, and so on, the oldest last."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def append(self, line: str) -> None:
        """Write a line.

        Raises:
            OSError: it cannot be written.
        """
        content = f"{line}\n".encode()
        self.place.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if self.place.exists() and self.place.stat().st_size + len(content) > MOST_BYTES:
            for number in range(KEPT, 0, -1):
                with suppress(FileNotFoundError):
                    self._older(number - 1).replace(self._older(number))
        # Opened for each line: nothing stays open that a process could take along, and a line that was written is there.
        opened = os.open(self.place, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, FILE_MODE)
        try:
            os.fchmod(opened, FILE_MODE)
            os.write(opened, content)
        finally:
            os.close(opened)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield what was written, the oldest first; a line that was cut off is left out."""
        for number in range(KEPT, -1, -1):
            try:
                content = self._older(number).read_bytes()
            except OSError:
                continue
            for line in content.splitlines():
                with suppress(ValueError):
                    if isinstance(found := json.loads(line), dict):
                        yield found

    def _older(self, number: int) -> Path:
        return self.place.with_suffix(f".{number}{self.place.suffix}") if number else self.place
