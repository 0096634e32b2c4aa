"""The command line. Each command imports what it needs when it runs, so that ``suasion --help`` answers at once."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows import codebook, masks, notice_commands, schedule_commands, topics
from taxonomy.errors import StageError, SuasionError

if TYPE_CHECKING:
    from flows.dask_cluster import Spread

app = typer.Typer(
    name="suasion",
    help="Codes open survey answers about private-sector influence on human rights, and keeps every code with the words it was read from.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(codebook.app, name="codebook")
app.add_typer(topics.app, name="topics")
app.add_typer(masks.app, name="masks")
app.add_typer(notice_commands.app, name="notices")
app.add_typer(schedule_commands.app, name="schedule")

_PORT = 8501  # of the explorer
_STOPPED = 130  # what a shell says of a command that Ctrl+C ended

View = Literal["internal", "partner", "public"]
Role = Literal["researcher", "author", "strategist", "public-reader"]
_CODER = "Folder that suasion train wrote; the coder that ships if none is named, cues and likeness alone if it is of another codebook."


@app.command()
def run(
    surveys: Annotated[
        list[str] | None, typer.Argument(metavar="[SURVEY]...", help="Folders of data/raw; all of them if none is named.")
    ] = None,
    runner: Annotated[
        Literal["local", "dask"], typer.Option(help="dask: worker processes share the work (docs/scale.md); the codes are the same.")
    ] = "local",
    address: Annotated[
        str | None, typer.Option(help="With --runner dask: a scheduler of your own, tls://host:port, or tcp:// on this machine.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="With --runner dask: worker processes to start on this machine.", min=1, max=1024)
    ] = None,
    scratch: Annotated[
        Path | None, typer.Option(help="With --runner dask: an existing folder that all workers see.", file_okay=False)
    ] = None,
) -> None:
    """Code what is new in data/raw and publish it for the explorer."""
    from flows.running import run_surveys

    status = run_surveys(tuple(surveys or ()), _spread(runner, address, workers, scratch))
    # A stop that came while a library could not be interrupted was swallowed there; the run that it was meant for says so all the same.
    raise typer.Exit(status or (_STOPPED if _stops.heard() else 0))


def _spread(runner: str, address: str | None, workers: int | None, scratch: Path | None) -> Spread | None:
    if runner == "local":
        if (address, workers, scratch) != (None, None, None):
            raise typer.BadParameter("--address, --workers and --scratch belong to --runner dask")
        return None
    if address is not None and workers is not None:
        raise typer.BadParameter("--workers starts workers on this machine, --address names a cluster that has its own: give one of them")
    from flows.dask_cluster import Spread

    return Spread(address, workers, scratch)


@app.command()
def status() -> None:
    """Say which surveys there are, what is coded, and what the explorer shows."""
    from flows.status import show_status

    show_status()


@app.command()
def runs(
    run: Annotated[str | None, typer.Argument(help="One run, stage by stage; the last ones if none is named.")] = None,
    last: Annotated[int, typer.Option(help="How many of the last runs to list.", min=1, max=10_000)] = 20,
) -> None:
    """List what was run, also what failed or found nothing new."""
    from flows.run_history import show_run, show_runs

    if run is None:
        show_runs(last)
    else:
        show_run(run)


@app.command()
def explore(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = _PORT,
    role: Annotated[
        Role | None, typer.Option(help="As whom to look at it on this machine: a researcher if nobody is named.", show_default=False)
    ] = None,
    view: Annotated[View | None, typer.Option(help="Whose snapshot to show, with the first role that sees it.")] = None,
    sign_in: Annotated[
        bool, typer.Option("--sign-in", help="Refuse to start unless people have to sign in (docs/access.md): for a server.")
    ] = False,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> None:
    """Open the explorer on the published snapshot, on this machine only unless a sign-in is set up."""
    # The explorer is a program of its own: it must not be able to reach the writer's modules.
    print(f"The explorer opens at http://127.0.0.1:{port} (stop it with Ctrl+C)", file=sys.stderr)
    command = [sys.executable, "-m", "explorer", "--port", str(port)]
    command += [f"--{name}={value}" for name, value in (("role", role), ("view", view)) if value is not None]
    command += [name for name, said in (("--sign-in", sign_in), ("--no-browser", not browser)) if said]
    sys.stderr.flush()
    # It takes the place of this process, so that whoever stops the one stops the other.
    os.execv(sys.executable, command)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="The explorer's port on 127.0.0.1.", min=1, max=65535)] = _PORT,
    explorer: Annotated[bool, typer.Option(help="Open the explorer too.")] = True,
    sign_in: Annotated[
        bool, typer.Option("--sign-in", help="The explorer refuses to start unless people have to sign in (docs/access.md).")
    ] = False,
) -> None:
    """Run what is scheduled, and the explorer, until it is stopped."""
    from flows.serve import serve as serve_all

    serve_all(port, explorer=explorer, sign_in=sign_in)


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
    view: Annotated[
        View, typer.Option(help="Who it is for; of protected surveys partner and public hold released quotes alone.")
    ] = "internal",
) -> None:
    """Publish what is coded as a new snapshot."""
    from flows.running import publish_view

    publish_view(view)


@app.command()
def erase(
    answer: Annotated[list[str] | None, typer.Option(metavar="ID", help="An answer; may be given several times.")] = None,
    respondent_of: Annotated[
        str | None, typer.Option(metavar="ANSWER", help="All answers to the survey by the respondent of this answer.")
    ] = None,
    survey: Annotated[str | None, typer.Option(help="With --withdrawn: the survey.")] = None,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="All answers of --survey that are withdrawn.")] = False,
    who: Annotated[str, typer.Option(help="Who decides it; your user name if it is absent.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase answers for good, with all that was made of them, and say what people must destroy themselves."""
    from flows.erasing import Wish
    from flows.erasing import erase as erase_answers

    erase_answers(Wish(tuple(answer or ()), respondent_of, survey, withdrawn), who, confirmed=yes)


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="An existing folder, or a file that ends in .tar.gz; outside the data folder.")],
    key_to: Annotated[Path | None, typer.Option(help="Write the respondents' key into this file, on another disk.", dir_okay=False)] = None,
    with_snapshots: Annotated[bool, typer.Option("--with-snapshots", help="Also what the explorer shows now.")] = False,
) -> None:
    """Copy all that cannot be made anew into one verified file, without the respondents' key."""
    from flows.backup import back_up

    back_up(target, with_snapshots=with_snapshots, key_to=key_to)


@app.command()
def restore(
    backup: Annotated[Path, typer.Argument(help="A file that suasion backup wrote.", exists=True, dir_okay=False)],
    key_from: Annotated[Path | None, typer.Option(help="The respondents' key that was kept apart.", exists=True, dir_okay=False)] = None,
    over: Annotated[bool, typer.Option("--over", help="Put a store that is there aside, and the backup's in its place.")] = False,
    without_key: Annotated[bool, typer.Option("--without-key", help="Go on although the respondents' key is lost.")] = False,
) -> None:
    """Bring a backup back, checked before anything is moved; what was erased since is erased again."""
    from flows.restore import restore as bring_back

    bring_back(backup, over=over, key_from=key_from, without_key=without_key)


@app.command()
def doctor(
    thorough: Annotated[bool, typer.Option("--thorough", help="Also read every byte of models, store and snapshots.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    port: Annotated[int, typer.Option(help="The explorer's port.", min=1, max=65535)] = _PORT,
) -> None:
    """Look at all that runs and the explorer rest on, and say what to do; exit status 0, 1 (look) or 2 (broken)."""
    from flows.doctor import show_findings

    raise typer.Exit(show_findings(port, thorough=thorough, as_json=json))


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
    codebook: Annotated[Path | None, typer.Option(help="Another codebook than the one that ships.", exists=True, dir_okay=False)] = None,
    coder: Annotated[Path | None, typer.Option(help=_CODER, exists=True, file_okay=False)] = None,
) -> None:
    """Code any table of texts, without touching the store. A row that cannot be read is told, by number, and has no line."""
    from flows.coding import Columns, code_table

    code_table(file, out, Columns(id, text, country, language), unit, codebook, coder)


@app.command()
def evaluate(
    gold: Annotated[
        list[Path], typer.Argument(help="JSON Lines of coded passages; several files are one reference.", exists=True, dir_okay=False)
    ],
    json: Annotated[Path | None, typer.Option(help="Write the figures into this JSON file; it holds ids and no texts.")] = None,
    name: Annotated[str, typer.Option(help="What to call the report; the files' names if it is absent.")] = "",
    reference: Annotated[str, typer.Option(help="Who coded the passages and how; stands in every output.")] = "",
    codebook: Annotated[Path | None, typer.Option(help="Another codebook than the one that ships.", exists=True, dir_okay=False)] = None,
    faults: Annotated[Path | None, typer.Option(help="Write everything wrong with the lines into this CSV file.")] = None,
    codes: Annotated[bool, typer.Option("--codes", help="Show every code too, and what is most often taken for what.")] = False,
    coder: Annotated[Path | None, typer.Option(help=_CODER, exists=True, file_okay=False)] = None,
) -> None:
    """Measure the coder on passages that people coded; the explorer's page “Coding quality” shows the same."""
    from flows.evaluation import Wishes
    from flows.evaluation import evaluate as measure

    measure(gold, codebook, Wishes(name, reference, json, faults, codes, coder))


@app.command()
def train(
    labels: Annotated[
        list[Path] | None,
        typer.Option(help="Further coded passages, JSON Lines, beside those that ship; may be given several times. Needs --out."),
    ] = None,
    only: Annotated[bool, typer.Option("--only", help="Learn from --labels alone; of another codebook they always are alone.")] = False,
    upr: Annotated[Path | None, typer.Option(help="UN recommendations with rights (session, text, rights), from their publisher.")] = None,
    codebook: Annotated[Path | None, typer.Option(help="Another codebook than the one that ships; needs --labels and --out.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the trained coder; the one that ships, trained anew, if none is named.")
    ] = None,
    faults: Annotated[Path | None, typer.Option(help="Write everything wrong with the labels into this CSV file.")] = None,
    folds: Annotated[int, typer.Option(help="Folds of the cross-validation.", min=2, max=10)] = 3,
    precision: Annotated[
        float, typer.Option(help="Share of the codes that count that is to be right; less sure ones wait for review.", min=0.5, max=0.99)
    ] = 0.85,
    epochs: Annotated[int, typer.Option(help="How often each passage is read.", min=1, max=50)] = 4,
    batch: Annotated[int, typer.Option(help="Passages that are read at a step.", min=1, max=256)] = 16,
    seed: Annotated[int, typer.Option(help="The same seed gives the same figures.")] = 1,
) -> None:
    """Train the coder on coded passages; what was stopped goes on where it was."""
    from flows.training import Options, files_and_folder, train
    from models.training import Recipe

    files, folder = files_and_folder(labels or (), only, codebook, out)
    train(Options(files, folder, upr, codebook, faults, folds, precision, Recipe(epochs=epochs, batch=batch, seed=seed)))


def main() -> None:
    """Run the command line; an error that a user can act upon is one message and exit status 1."""
    # Data files are for their owner alone, whatever the shell's default.
    os.umask(0o077)
    # Ended out here: an error that is still being handled holds on to the database, which then complains at length.
    _stops.listen()
    sys.exit(_run())


def _run() -> int:
    try:
        app()
    except SystemExit as ended:
        # Typer ends every command so, Ctrl+C too, of which it says nothing.
        status = ended.code if isinstance(ended.code, int) else 1
        return _say_stopped() if status and _stops.heard() else status
    except Exception as error:
        if _stops.heard():  # whatever the stop broke on its way out is no news
            return _say_stopped()
        # A foreign message may quote an answer; its kind and place are enough to report it.
        told = error if isinstance(error, SuasionError) else StageError.of("unforeseen", error)
        print(f"suasion: {told}", file=sys.stderr)
        return 1
    except BaseException:  # whatever else a library makes of the signal that ends a run
        return _say_stopped()
    return 0


class _Stops:
    """Lets a scheduler's stop end a command as Ctrl+C does: run closed, lock freed, nothing left behind."""

    def __init__(self) -> None:
        self._heard = False
        self._pipe: int | None = None

    def listen(self) -> None:
        """Turn stops into interrupts. Where a library puts a handler of its own in the place of ours, a pipe hears of them all the same."""
        self._pipe, told = os.pipe()
        for end in (self._pipe, told):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:  # what a shell runs in the background hears no Ctrl+C
                signal.signal(number, self._interrupt)

    def heard(self) -> bool:
        """Say whether a stop has come."""
        if not self._heard and self._pipe is not None:
            with suppress(BlockingIOError):
                self._heard = any(number in (signal.SIGINT, signal.SIGTERM) for number in os.read(self._pipe, 4096))
        return self._heard

    def _interrupt(self, number: int, frame: object) -> None:
        self._heard = True
        raise KeyboardInterrupt


_stops = _Stops()


def _say_stopped() -> int:
    print("\nsuasion: stopped; what was done is kept, the next run goes on from here", file=sys.stderr)
    return _STOPPED
