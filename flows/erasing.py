"""``suasion erase``: what would go is said, a person confirms it, and the report says what people must destroy themselves."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.page import console, printable
from flows.partition_scratch import clear
from flows.progress import Terminal
from flows.raw_folders import folders
from store import Paths
from store.erasure import Erased, Eraser, unfinished
from store.tombstones import Tombstone
from taxonomy.errors import ConfirmationError, StoreError

_NAMED = 20  # ids that are listed before the question


@dataclass(frozen=True)
class Wish:
    """Which answers are to be erased: named ones, all of a respondent, or all of a survey that are withdrawn."""

    answers: tuple[str, ...] = ()
    respondent_of: str | None = None
    survey: str | None = None
    withdrawn: bool = False

    @property
    def sound(self) -> bool:
        """Whether exactly one of the three ways is said, and said in full."""
        ways = (bool(self.answers), self.respondent_of is not None, self.survey is not None)
        return sum(ways) == 1 and self.withdrawn == (self.survey is not None)


def erase(wish: Wish, who: str, *, confirmed: bool) -> None:
    """Erase answers for good and report what remains for people to destroy.

    Raises:
        ConfirmationError: nobody confirmed it.
        StoreBusyError: a run is going on.
        StoreError: the wish says none or several ways, names an answer that is unknown or was erased, or finds nothing.
    """
    if not wish.sound:
        raise StoreError("say which answers: --answer ID (as often as needed), or --respondent-of ANSWER, or --survey NAME --withdrawn")
    paths = Paths.default()
    with Eraser(paths, "suasion erase") as eraser:
        answers = _chosen(eraser, wish)
        _confirm(answers, eraser.translations(answers), confirmed=confirmed)
        eraser.decide(answers, printable(who) or getpass.getuser())
        clear(paths)
        done = eraser.complete()
    if done is not None:
        show_report(done, paths)


def complete_erasures(paths: Paths) -> None:
    """Complete what a killed erasure left; a look at the decisions where nothing is left.

    Raises:
        StoreBusyError: another process is writing.
    """
    if not unfinished(paths):
        return
    with Eraser(paths, "completing an erasure") as eraser:
        clear(paths)
        done = eraser.complete()
    if done is not None:
        Terminal().say("An erasure had not come to its end; it is completed now.")
        show_report(done, paths)


def show_report(done: Erased, paths: Paths) -> None:
    """Print what an erasure did and what it leaves to people. It holds ids and places, never a text."""
    output = console()
    for line in report_lines(done, folders(paths), paths):
        output.print(line, soft_wrap=True)


def report_lines(done: Erased, raw: Mapping[str, Path], paths: Paths) -> Iterator[str]:
    """Yield the report's lines; ``raw`` are the surveys' folders."""
    stones = done.tombstones
    yield f"{_answers(len(stones))} erased for good: {', '.join(stones)}"
    if done.rows:
        yield f"  from the store: {', '.join(f'{table} {count:,}' for table, count in done.rows.items())}; its file was written anew"
    for report, count in done.measured.items():
        yield f"  from the report on quality {report}: {f'{count} passages' if count else 'all passages, which could not be read'}"
    if done.decisions:
        yield f"  from the decisions: what was said in {done.decisions} of them on these quotes; who decided when stays"
    served = ", ".join(f"{view} now serves {snapshot}" for view, snapshot in done.snapshots.items()) or "no view is published"
    yield f"  snapshots: {served}; {done.retired} older ones removed. An explorer that is open shows them no more; reload its page"
    yield ""
    yield "Destroy these; Suasion never writes to raw files. Rows count from 1 below the header, as they were last read:"
    yield from _rows(stones, raw)
    yield "  every copy of these files: backups, mail, the survey platform itself"
    yield f"  every backup and copy of {paths.store}, {paths.root / 'snapshots'} and {paths.quality} made before now"
    for place in done.strays:
        yield f"  {place}: is no part of the store and may be a copy of it; look at it"
    yield from _exports(stones)
    yield ""
    yield "What remains:"
    yield "  the answers' ids, the rows named here and who decided, in decisions.sqlite, so that the rows do not come back at the next run"
    yield "  topics: the cut between them, centroids and stability rest on all answers of the last fit (suasion topics refit SURVEY makes"
    yield "  them anew; centroids of earlier fits stay); words that now stand in too few answers are gone, names that people gave are not"
    yield "  passages that people coded, for suasion train or suasion evaluate: take the text out of those files, and train anew"
    yield "  what this machine's disk keeps of deleted files, unless the disk is encrypted"


def _chosen(eraser: Eraser, wish: Wish) -> tuple[str, ...]:
    if wish.respondent_of is not None:
        return eraser.of_respondent(wish.respondent_of)
    if wish.survey is not None:
        return eraser.withdrawn(wish.survey)
    return eraser.named(wish.answers)


def _confirm(answers: Sequence[str], others: Sequence[str], *, confirmed: bool) -> None:
    """Make sure that a person means it: by a flag, or by the number of answers typed in a terminal.

    Raises:
        ConfirmationError: neither.
    """
    others_told = f" Not among them, but told as translations of them: {', '.join(others[:_NAMED])}." if others else ""
    if confirmed:
        if others_told:
            Terminal().say(others_told.strip())
        return
    listed = ", ".join(answers[:_NAMED]) + (f" and {len(answers) - _NAMED} more" if len(answers) > _NAMED else "")
    warning = f"{_answers(len(answers))} would be erased for good, with all that was made of them: {listed}.{others_told}"
    if sys.stdin.isatty() and sys.stderr.isatty():
        print(f"{warning}\nNothing brings them back. Type {len(answers)} to erase them: ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip() == str(len(answers)):
            return
        raise ConfirmationError("another number was typed; nothing was erased")
    raise ConfirmationError(f"{warning} Nothing was erased. If that is meant, add --yes")


def _rows(stones: Mapping[str, Tombstone], raw: Mapping[str, Path]) -> Iterator[str]:
    for answer, stone in stones.items():
        for file, row in stone.rows:
            place = raw[stone.survey] / file if stone.survey in raw else f"{stone.survey} (its raw folder is gone): {file}"
            yield f"  {place}, row {row}, question {stone.question} (answer {answer})"


def _exports(stones: Mapping[str, Tombstone]) -> Iterator[str]:
    known = sorted({export for stone in stones.values() for export in stone.exports})
    for export in known:
        yield f"  the export {export}"
    yield f"  {'other ' if known else ''}exports and screenshots that people made: no register knows them all"


def _answers(count: int) -> str:
    return f"{count} answer" + ("" if count == 1 else "s")
