"""``suasion notices``: who is told of what needs a person, looked at and tried out."""

from __future__ import annotations

import typer

app = typer.Typer(help="Look at and try out who is told when a run needs a person.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def check() -> None:
    """Look through notices.toml, and say who would be told of what. Nothing is sent."""
    from flows.notice_check import show_check

    show_check()


@app.command()
def test() -> None:
    """Send a notice that says it is a trial, by every way there is."""
    from flows.notice_check import send_trial

    raise typer.Exit(send_trial())
