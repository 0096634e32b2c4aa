"""What ``suasion run`` and ``suasion publish`` do around the flow: find the surveys, ask what must be asked, say what happened."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence

from flows.erasing import complete_erasures
from flows.prefect_home import settle_prefect
from flows.prefect_server import serving
from flows.progress import Terminal
from flows.raw_folders import Found, find
from flows.workshop import current_versions, is_due
from store import Paths, View, Writer
from taxonomy import load_codebook
from taxonomy.errors import ConfirmationError, StoreError

#: Bytes: what Prefect's records, the store and a snapshot of a small survey take.
LEAST_SPACE = 100_000_000


def run_surveys(names: Sequence[str], *, confirm_protected: bool) -> int:
    """Code what is new in the named surveys, in all of them if none is named, and publish it.

    Returns:
        The exit status: 0, or 1 where a survey could not be used or was not confirmed. The others are coded all the same.

    Raises:
        ConfirmationError: protected surveys alone are new, and nobody confirmed them.
    """
    began = time.perf_counter()
    terminal = Terminal()
    paths = Paths.default()
    complete_erasures(paths)
    surveys, errors = find(paths, names)
    for error in errors:
        terminal.say(str(error))
    if not surveys:
        return 1

    pending = _pending(paths, surveys)
    if not pending:
        terminal.say(f"Nothing new in {_listed(surveys)} ({time.perf_counter() - began:.1f} s). Look at it with: suasion explore")
        return 1 if errors else 0

    allowed = _confirmed(pending, terminal, confirmed=confirm_protected)
    terminal.say(f"Coding {_listed(allowed)}. Starting Prefect (up to a minute) …")
    _require_space(paths)
    settle_prefect(paths.prefect)
    with serving() as server:
        # It starts while Prefect is imported here.
        from flows.survey import survey_flow

        if server is not None:
            server.wait()
        report = survey_flow(surveys=[found.survey.id for found in allowed], data=str(paths.root))
    for line in report.lines():
        terminal.say(line)
    return 1 if errors or report.failures or allowed != pending else 0


def publish_view(view: View) -> None:
    """Publish what is coded for a view, where anything differs from what is served.

    Raises:
        StoreError: nothing was coded yet, or another process is writing.
    """
    terminal = Terminal()
    with Writer(Paths.default(), f"suasion publish --view {view}") as writer:
        run = writer.begin_run([], current_versions(load_codebook()).recorded())
        try:
            published = writer.publish(view, run)
        except BaseException:
            writer.finish_run(run, "failed")
            raise
        writer.finish_run(run, "done" if published.changed else "nothing new")
    new = "New snapshot" if published.changed else "Nothing changed in the snapshot"
    terminal.say(f"{new} {published.snapshot} for the {view} view: {published.counts['quotes']} passages.")


def _pending(paths: Paths, surveys: Sequence[Found]) -> list[Found]:
    """Return the surveys in which anything is to be done. It is told without Prefect and without a model, in a second."""
    versions = current_versions(load_codebook())
    with Writer(paths, "suasion run") as writer:
        pending = [found for found in surveys if is_due(writer, found, versions)]
        if not pending:
            run = writer.begin_run([found.survey.id for found in surveys], versions.recorded())
            writer.finish_run(run, "nothing new")
    return pending


def _confirmed(surveys: Sequence[Found], terminal: Terminal, *, confirmed: bool) -> list[Found]:
    """Return the surveys that may be coded: protected ones need a person's word, the others do not wait for it.

    Raises:
        ConfirmationError: all of them need it, and nobody gave it.
    """
    protected = [found for found in surveys if found.survey.protection == "protected"]
    if not protected or confirmed:
        return list(surveys)
    warning = (
        f"{_listed(protected)}: protected. E-mail addresses, phone numbers, links, handles and id and card numbers are masked; "
        "names of people and places are not yet, and small groups are not suppressed."
    )
    if sys.stdin.isatty() and sys.stderr.isatty():
        print(f"{warning}\nType “yes” to code them all the same: ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() == "yes":
            return list(surveys)
    refusal = f"{warning} Not coded. If that is acceptable on this machine, add --confirm-protected"
    others = [found for found in surveys if found not in protected]
    if not others:
        raise ConfirmationError(refusal)
    terminal.say(refusal)
    return others


def _require_space(paths: Paths) -> None:
    """Tell of a full disk before Prefect's server, which starts first, dies of it without a word.

    Raises:
        StoreError: less is free than a small run writes.
    """
    free = shutil.disk_usage(paths.root).free
    if free < LEAST_SPACE:
        raise StoreError(
            f"{paths.root}: only {free / 1e6:.0f} MB are free, a run needs at least {LEAST_SPACE / 1e6:.0f} MB. Nothing was done. "
            "Make room, or name a data folder on another disk with SUASION_DATA"
        )


def _listed(surveys: Sequence[Found]) -> str:
    return ", ".join(found.survey.id for found in surveys)
