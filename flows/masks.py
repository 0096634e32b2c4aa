"""``suasion masks``: how well masking finds what leads to a person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(no_args_is_help=True, help="Measure how well personal data are masked.", rich_markup_mode=None)


@app.callback()
def masks() -> None:
    """Measure how well personal data are masked."""


@app.command()
def evaluate(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="Labelled passages, JSON Lines (docs/masking.md); those that ship if none is named.", dir_okay=False
        ),
    ] = None,
    half: Annotated[
        Literal["test", "development", "all"], typer.Option(help="Which of them; where lines do not say, all are for the test.")
    ] = "test",
) -> None:
    """Mask labelled passages as in a protected survey, and say what was found and what was masked rightly, by kind and language."""
    from flows.masking_quality import show_quality

    show_quality(file, half)
