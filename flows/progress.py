"""What a person sees while a run goes on: one bar per stage in a terminal, one line per stage elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn


@dataclass
class StageProgress:
    """The bar of one stage; ``advance`` moves it by so many items."""

    bars: Progress
    bar: TaskID

    def advance(self, items: int) -> None:
        self.bars.advance(self.bar, items)

    def reach(self, done: int, of: int) -> None:
        """Move the bar to ``done`` of ``of``, for work that counts by itself."""
        self.bars.update(self.bar, completed=done, total=of)


class Terminal:
    """Shows the stages of a run on standard error, so that standard output stays free for results."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.console = Console(file=stream or sys.stderr, highlight=False, markup=False, soft_wrap=True)

    def say(self, line: str) -> None:
        """Print one line. The caller never passes an answer's text."""
        self.console.print(line)

    @contextmanager
    def stage(self, survey: str, stage: str, total: int) -> Iterator[StageProgress]:
        """Show a bar for ``total`` items while the block runs."""
        bars = Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        with bars:
            yield StageProgress(bars, bars.add_task(f"{survey} · {stage}", total=total))
