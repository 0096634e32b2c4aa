"""Measuring the coder: labelled passages are coded anew, compared with their labels, and the figures are told and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.csv_file import write_csv
from flows.labels import Fault, Labels, read_labels
from flows.progress import Terminal
from models.coding import Coder
from models.encoders import Encoder
from models.labels import LabelledPassage
from models.quality import Pair, Predicted, Quality, report
from store import Paths
from store.quality import MeasuredPassage, save_quality
from taxonomy import Codebook
from taxonomy.errors import RawFileError

BATCH = 64  # small enough for the bar to move
_SHOWN = 10
_FAULT_COLUMNS = ("file", "line", "id", "left out", "fault")


@dataclass(frozen=True)
class Wishes:
    """What whoever measures wants to have."""

    name: str = ""
    reference: str = ""
    json: Path | None = None
    faults: Path | None = None
    codes: bool = False
    coder: Path | None = None  # the folder of a trained coder; the one that ships if none is named


def evaluate(gold: Sequence[Path], codebook_file: Path | None, wishes: Wishes) -> None:
    """Measure a coder, the one that ships unless another is named, on labelled passages; print the figures and keep them for the explorer.

    Raises:
        RawFileError: a file cannot be read, none of its lines can be used, or an output cannot be written.
        CodebookError: the codebook has faults.
        ModelError: the folder holds no trained coder, or one for another codebook.
    """
    from flows.quality_tables import show
    from models.coder import by_whom, load_coder
    from models.encoders import load_encoder
    from models.trained import SHIPPED
    from taxonomy import load_codebook

    never_over(gold, wishes.json, wishes.faults)
    terminal = Terminal()
    codebook = load_codebook(codebook_file)
    labels = read_labels(gold, codebook)
    tell_faults(labels, wishes.faults, terminal)
    if not labels.rows:
        raise RawFileError(f"{', '.join(path.name for path in gold)}: no line can be used; see what is told above")
    name = wishes.name or " + ".join(path.stem for path in gold)
    encoder = load_encoder()
    coder = load_coder(codebook, encoder, wishes.coder or SHIPPED)
    with terminal.stage(name, "code", len(labels.rows)) as bar:
        pairs = code_labelled(labels.rows, codebook, encoder, coder, bar.advance)
    how = f"coded anew {by_whom(coder, wishes.coder)}"
    quality = report(pairs, codebook, name=name, coder=coder.version, predictions=how, reference=wishes.reference, faults=labels.lines_lost)
    show(quality, codebook, codes=wishes.codes)
    id = keep(Paths.default(), quality, pairs, codebook)
    if wishes.json is not None:  # last: whatever is wrong with it, the work is kept
        write_quality(quality, wishes.json)
    terminal.say(f"Kept as {id}; look at it with: suasion explore (page “Coding quality”)")


def code_labelled(
    rows: Sequence[LabelledPassage], codebook: Codebook, encoder: Encoder, coder: Coder, advance: Callable[[int], None] = lambda _: None
) -> list[Pair]:
    """Code each labelled passage as ``suasion code --unit row`` does, and return it with what was said of it."""
    from models.language import identify

    pairs: list[Pair] = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        passages = [
            replace(row.passage, language=identify(row.passage.text, codebook.languages, row.passage.language).language) for row in batch
        ]
        codings = coder.code(passages, encoder.encode([passage.text for passage in passages]))
        pairs += [(row, Predicted.of(coding)) for row, coding in zip(batch, codings, strict=True)]
        advance(len(batch))
    return pairs


def keep(paths: Paths, quality: Quality, pairs: Sequence[Pair], codebook: Codebook) -> str:
    """Keep a report and the passages it was measured on for the explorer; return the report's id."""
    passages = tuple(_measured(row, predicted, codebook) for row, predicted in pairs if not predicted.learned_from)
    return save_quality(paths, quality, passages)


def write_quality(quality: Quality, out: Path) -> None:
    """Write the figures as JSON; ``out`` is there whole or not at all.

    Raises:
        RawFileError: it cannot be written.
    """
    partial = out.with_name(f"{out.name}.part")
    try:
        partial.write_text(quality.to_json(), "utf-8")
        partial.replace(out)
    except OSError as error:
        raise RawFileError(f"{out}: cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def write_faults(faults: Sequence[Fault], out: Path) -> None:
    """Write faults as CSV, with nothing in it that a spreadsheet would run.

    Raises:
        RawFileError: the file cannot be written.
    """
    told = ((fault.file, fault.line, fault.id, "no" if fault.kept else "yes", fault.message) for fault in faults)
    write_csv(out, _FAULT_COLUMNS, told)


def never_over(labels: Sequence[Path], *outs: Path | None) -> None:
    """Make sure that no output is one of the files of labels.

    Raises:
        RawFileError: one is.
    """
    for out in outs:
        if out is not None and out.exists() and any(path.exists() and out.samefile(path) for path in labels):
            raise RawFileError(f"{out}: is one of the files of labels, which are never written to; name another file")


def tell_faults(labels: Labels, out: Path | None, terminal: Terminal) -> None:
    """Say what is wrong with the labels: the first ten of what was left out and of what was kept, all of it into a file.

    Raises:
        RawFileError: the file cannot be written.
    """
    remarks = [fault for fault in labels.faults if fault.kept]
    for faults, heading in ((labels.lost, "Faults in lines that are left out"), (remarks, "Remarks on lines that count all the same")):
        if faults:
            terminal.say(f"{heading}: {len(faults)}")
            for fault in faults[:_SHOWN]:
                terminal.say(f"  {fault}")
        if len(faults) > _SHOWN and out is None:
            terminal.say(f"  … and {len(faults) - _SHOWN} more; all of them into a file: --faults FAULTS.csv")
    if out is not None:
        write_faults(labels.faults, out)
        terminal.say(f"{len(labels.faults)} faults and remarks written to {out}")


def _measured(row: LabelledPassage, predicted: Predicted, codebook: Codebook) -> MeasuredPassage:
    codes = {facet.id: [code.id for code in facet.codes] for facet in codebook.facets}
    said = {facet: tuple(code for code in known if code in predicted.confidence.get(facet, {})) for facet, known in codes.items()}
    doubtful = {facet: tuple(code for code in found if (facet, code) in predicted.review) for facet, found in said.items()}
    return MeasuredPassage(
        id=row.id,
        text=row.passage.text,
        language=row.passage.language,
        country=row.passage.country,
        source=row.source,
        reference=row.values,
        predicted={facet: found for facet, found in said.items() if found},
        doubtful={facet: found for facet, found in doubtful.items() if found},
    )
