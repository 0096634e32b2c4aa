"""The command line. Each command imports what it needs when it runs, so that ``suasion --help`` answers at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from taxonomy.errors import StageError, SuasionError

app = typer.Typer(
    name="suasion",
    help="Codes open survey answers about private-sector influence on human rights, and keeps every code with the words it was read from.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

View = Literal["internal", "partner", "public"]


@app.command()
def run(
    surveys: Annotated[
        list[str] | None, typer.Argument(metavar="[SURVEY]...", help="Folders of data/raw; all of them if none is named.")
    ] = None,
    confirm_protected: Annotated[
        bool,
        typer.Option("--confirm-protected", help="Yes, code surveys marked as protected too, although names are not masked yet."),
    ] = False,
) -> None:
    """Code what is new in data/raw and publish it for the explorer."""
    from flows.running import run_surveys

    raise typer.Exit(run_surveys(tuple(surveys or ()), confirm_protected=confirm_protected))


@app.command()
def status() -> None:
    """Say which surveys there are, what is coded, and what the explorer shows."""
    from flows.status import show_status

    show_status()


@app.command()
def explore(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = 8501,
    view: Annotated[View, typer.Option(help="Whose snapshot to show.")] = "internal",
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> None:
    """Open the explorer on the published snapshot."""
    # The explorer is a program of its own: it must not be able to reach the writer's modules.
    print(f"The explorer opens at http://127.0.0.1:{port} (stop it with Ctrl+C)", file=sys.stderr)
    command = [sys.executable, "-m", "explorer", "--port", str(port), "--view", view, *([] if browser else ["--no-browser"])]
    try:
        raise typer.Exit(subprocess.run(command, check=False).returncode)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


@app.command()
def rejects(
    survey: Annotated[str | None, typer.Argument(help="One survey; all of them if none is named.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write all of them into this CSV file.")] = None,
) -> None:
    """List what could not be used: file, row, reason."""
    from flows.status import show_rejects

    show_rejects(survey, out)


@app.command()
def publish(
    view: Annotated[View, typer.Option(help="Who it is for; protected surveys are published for internal only.")] = "internal",
) -> None:
    """Publish what is coded as a new snapshot."""
    from flows.running import publish_view

    publish_view(view)


@app.command()
def code(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, XLSX, JSON Lines or Parquet.", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(help="JSON Lines to write: a line per row, in order.")],
    id: Annotated[str, typer.Option(help="Column of the ids; row numbers if it is absent.")] = "id",
    text: Annotated[str, typer.Option(help="Column of the texts.")] = "text",
    country: Annotated[str, typer.Option(help="Column of the country asked about; may be absent.")] = "country",
    language: Annotated[str, typer.Option(help="Column of the language; may be absent.")] = "lang",
    unit: Annotated[
        Literal["answer", "row"],
        typer.Option(help="row: each row is one passage; answer: each row is split into passages, and their codes are combined."),
    ] = "row",
) -> None:
    """Code any table of texts, without touching the store. A row that cannot be read is told, by number, and has no line."""
    from flows.coding import Columns, code_table

    code_table(file, out, Columns(id, text, country, language), unit)


def main() -> None:
    """Run the command line; an error that a user can act upon is one message and exit status 1."""
    # Data files are for their owner alone, whatever the shell's default.
    os.umask(0o077)
    # Ended out here: an error that is still being handled holds on to the database, which then complains at length.
    sys.exit(_run(_hear_stops()))


def _run(stopped: list[int]) -> int:
    try:
        app()
    except SystemExit as ended:
        # Typer ends every command so, Ctrl+C too, of which it says nothing.
        status = ended.code if isinstance(ended.code, int) else 1
        return _say_stopped() if stopped and status else status
    except Exception as error:
        if stopped:  # whatever the stop broke on its way out is no news
            return _say_stopped()
        # A foreign message may quote an answer; its kind and place are enough to report it.
        told = error if isinstance(error, SuasionError) else StageError.of("unforeseen", error)
        print(f"suasion: {told}", file=sys.stderr)
        return 1
    except BaseException:  # whatever else a library makes of the signal that ends a run
        return _say_stopped()
    return 0


def _hear_stops() -> list[int]:
    """Let a scheduler's stop end a command as Ctrl+C does: run closed, lock freed, nothing left behind. Returns what was heard."""
    stopped: list[int] = []

    def stop(number: int, _: object) -> None:
        stopped.append(number)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # what a shell runs in the background hears no Ctrl+C
            signal.signal(number, stop)
    return stopped


def _say_stopped() -> int:
    print("\nsuasion: stopped; what was done is kept, the next run goes on from here", file=sys.stderr)
    return 130
