"""``suasion codebook``: the codebook checked, compared and shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Check, compare and show the codebook.", rich_markup_mode=None)

File = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A codebook; the shipped one if none is named.", dir_okay=False)]


@app.command()
def check(
    file: File = None,
    everything: Annotated[bool, typer.Option("--all", help="List the examples that come out as they should, too.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit status 1 if any example comes out otherwise.")] = False,
) -> None:
    """List every fault of a codebook, by line, and every example that the coder codes otherwise than it says."""
    from flows.codebook_check import check_codebook

    raise typer.Exit(check_codebook(file, everything=everything, strict=strict))


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="A", help="A codebook's file, or the word shipped.")],
    new: Annotated[Path, typer.Argument(metavar="B", help="The codebook to compare with it; likewise.")],
    survey: Annotated[str | None, typer.Option(help="Look at the passages of one survey; at all of them if none is named.")] = None,
    limit: Annotated[int | None, typer.Option(help="Look at so many passages, drawn at random, always the same.", min=1)] = None,
    out: Annotated[Path | None, typer.Option(help="Write every code that moves, with its passage, into this CSV file.")] = None,
) -> None:
    """Say what changed from codebook A to B, and which codes of the passages in the store would move. The store stays as it is."""
    from flows.codebook_diff import diff_codebooks

    diff_codebooks(old, new, survey, limit, out)


@app.command()
def show(
    file: File = None,
    facet: Annotated[str | None, typer.Option(help="One facet alone.")] = None,
    code: Annotated[str | None, typer.Option(help="One code alone, or those of this id in every facet.")] = None,
    language: Annotated[str | None, typer.Option(help="Names, examples and cues of one language alone.")] = None,
    cues: Annotated[bool, typer.Option("--cues", help="List the cues, where they are only counted otherwise.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write it as Markdown into this file.")] = None,
) -> None:
    """Show a codebook so that a person can read it: facets, codes, how each is decided, examples, cues, rules."""
    from flows.codebook_show import show_codebook

    show_codebook(file, facet, code, language, out, cues=cues)
