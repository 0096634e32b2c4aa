"""What ``suasion status`` and ``suasion rejects`` show: where every survey stands, and what could not be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from flows import page
from flows.csv_file import write_csv
from flows.raw_folders import find
from flows.schedules import schedule_lines
from flows.topic_finding import proposals, topics_line
from flows.workshop import current_versions, is_due
from store import Paths, Reader, Writer
from store.erasure import unfinished
from store.work import CodingCounts
from taxonomy import load_codebook
from taxonomy.errors import SnapshotError, SurveyError

_SHOWN = 50
NOTHING_CODED = CodingCounts(0, 0, 0, 0)
_REJECT_COLUMNS = ("survey", "stage", "file", "row", "column", "reason")


@dataclass(frozen=True)
class Standing:
    """Where one survey stands."""

    survey: str
    protection: str
    state: str
    answers: int
    passages: int
    rejects: int
    coding: CodingCounts = NOTHING_CODED
    topics: tuple[str, ...] = ()

    def coding_line(self) -> str:
        """Return what there is to know about the survey's codes, in one line; nothing where there are none."""
        coding = self.coding
        if not coding.codes:
            return ""
        # Rounded down: what waits is never rounded away.
        share = 100 * (coding.codes - coding.waiting) // coding.codes
        parts = [f"coverage {share} % ({coding.waiting:,} of {coding.codes:,} codes wait for review)"]
        if coding.learned_from:
            parts.append(f"the coder was trained on {coding.learned_from:,} of {self.passages:,} passages")
        if coding.stale:
            carry = "passage carries" if coding.stale == 1 else "passages carry"
            parts.append(f"{coding.stale:,} {carry} codes of another codebook or coder: suasion run codes them anew")
        return f"{self.survey}: {'; '.join(parts)}"


def standings(paths: Paths) -> tuple[Standing, ...]:
    """Return where every survey stands, those in raw folders and those in the store alone.

    Raises:
        StoreBusyError: a run is going on.
    """
    found, errors = find(paths)
    versions = current_versions(load_codebook())
    lines: list[Standing] = []
    with Writer(paths, "suasion status") as writer:
        counts = writer.counts()
        rejects = Counter(writer.rejects()["survey"].to_pylist())
        coding = writer.coding_counts(versions.coder, versions.codebook)
        for each in found:
            name = each.survey.id
            never = writer.fingerprint(name) is None
            state = "never coded" if never else "something is new" if is_due(writer, each, versions) else "up to date"
            counted = (*counts.get(name, (0, 0)), rejects[name], coding.get(name, NOTHING_CODED))
            lines.append(Standing(name, each.survey.protection, state, *counted, _topics(writer, name, versions.encoder)))
        known = {line.survey for line in lines}
        for row in writer.surveys().to_pylist():
            if (name := row["survey"]) not in known:
                state = "in the store, but not in a raw folder (or its description has faults)"
                counted = (*counts.get(name, (0, 0)), rejects[name], coding.get(name, NOTHING_CODED))
                lines.append(Standing(name, row["protection"], state, *counted, _topics(writer, name, versions.encoder)))
    lines += [Standing(str(error).split(":")[0], "", "cannot be used; suasion run says why", 0, 0, 0) for error in errors]
    return tuple(lines)


def _topics(writer: Writer, survey: str, encoder: str) -> tuple[str, ...]:
    """Return what there is to know about a survey's topics: what there is, and each reason to find them anew."""
    model = writer.topic_model(survey)
    if model is None:
        return ()
    drift = writer.drift(survey)
    lines = (topics_line(model, writer.topics(survey), drift), *proposals(survey, model, drift, encoder))
    return tuple(f"{survey} · topics: {line}" for line in lines)


def show_status() -> None:
    """Print where every survey stands, how it is coded, which topics it has, and what the explorer shows."""
    console = page.console()
    paths = Paths.default()
    table = Table("survey", "protection", "state", "answers", "passages", "rejects", box=None, pad_edge=False, header_style="bold")
    lines = standings(paths)
    if due := unfinished(paths):
        many = "1 answer" if len(due) == 1 else f"{len(due):,} answers"
        console.print(
            f"An erasure of {many} was decided and is not done: they are hidden, and their texts are still in the files. Complete it with "
            "`suasion publish`; `suasion run` and `suasion erase` complete it too.\n"
        )
    for line in lines:
        table.add_row(line.survey, line.protection, line.state, *(f"{count:,}" for count in (line.answers, line.passages, line.rejects)))
    console.print(table)
    if told := [line.coding_line() for line in lines if line.coding.codes]:
        console.print("", *told, sep="\n")
    if topics := [told for line in lines for told in line.topics]:
        console.print("", *topics, sep="\n")
    if planned := schedule_lines(paths):
        console.print("", *planned, sep="\n", soft_wrap=True)
    try:
        reader = Reader.open(paths)
    except SnapshotError as error:
        console.print(f"\n{error}")
        return
    with closing(reader):
        shown = reader.snapshot
        # Of a few people alone the snapshot is not counted.
        held = f": {shown.counts['quotes']:,} passages" if shown.counts else ""
        console.print(f"\nThe explorer shows snapshot {shown.id} of {shown.made}{held}. Data folder: {paths.root}")
        if shown.instead_of:
            console.print(f"It is the last good one: {shown.instead_of} is damaged. Make a new one with `suasion publish`.")


def show_rejects(survey: str | None, out: Path | None) -> None:
    """Print what could not be used, or write all of it into a CSV file.

    Raises:
        SurveyError: nothing was ever read of the survey.
        RawFileError: the file cannot be written.
    """
    console = page.console()
    with Writer(Paths.default(), "suasion rejects") as writer:
        known = writer.surveys()["survey"].to_pylist()
        if survey is not None and survey not in known:
            raise SurveyError(survey, [f"nothing was read of a survey of this name; there are: {', '.join(known) or 'none'}"])
        rejects = writer.rejects(survey).to_pylist()
    if out is not None:
        write_rejects(rejects, out)
        console.print(f"{len(rejects)} rejects written to {out}")
        return
    if not rejects:
        console.print("Nothing was rejected.")
        return
    table = Table("survey", "stage", "file", "row", "column", "reason", box=None, pad_edge=False, header_style="bold")
    for reject in rejects[:_SHOWN]:
        table.add_row(*("" if reject[column] is None else str(reject[column]) for column in _REJECT_COLUMNS))
    console.print(table)
    if len(rejects) > _SHOWN:
        console.print(f"… and {len(rejects) - _SHOWN} more; all of them into a file: suasion rejects --out rejects.csv")


def write_rejects(rejects: Sequence[Mapping[str, object]], out: Path) -> None:
    """Write rejects as CSV, with nothing in it that a spreadsheet would run.

    Raises:
        RawFileError: the file cannot be written.
    """
    write_csv(out, _REJECT_COLUMNS, ([reject[column] for column in _REJECT_COLUMNS] for reject in rejects))
