"""Run as a program: every command on fake models that fail in every stage and quote, each time, the text they failed on.

What it prints is what a person would see. How each step ended, and what a person asked to read, go to files of their own.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows.prefect_home import settle_prefect
from flows.prefect_server import free_port, serving
from models.coding import Coding, Passage
from models.masking import Masking
from models.tables import MASKED, Outcome, no_rejects
from store import Paths
from tests.flows.fake_topics import FakeTopics, no_seeds
from tests.flows.workbench import VERSIONS, FakeCoder, FakeEncoder, fake_passages

#: What the fake masker finds; the real one has tests of its own.
PERSONAL = {"+254 700 987654": "[phone]", "canary.mail@example.org": "[email]", "Idcanary8001015009087": "[id]"}
_PERSONAL = re.compile("|".join(map(re.escape, PERSONAL)))

SURVEYS = ("closed", "open")
#: Beside the folder of what commands write: a backup, and what a restore made of it.
KEPT = "kept"
HALF_A_BACKUP = "restore half a backup"
STAGES = ("ingest", "mask", "passages", "embed", "code", "topics", "publish")


def choke(text: str) -> NoReturn:
    """Fail as libraries do: with the text in the message, in its cause and in its arguments."""
    try:
        raise KeyError(text)
    except KeyError as error:
        raise ValueError(f"cannot parse {text!r}", {"text": text}) from error


class Encoder(FakeEncoder):
    """Fails on a text where it is told to."""

    fails = False

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.fails:
            choke(texts[0])
        return super().encode(texts)


class Coder(FakeCoder):
    """Fails on a text where it is told to."""

    fails = False

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        if self.fails:
            choke(passages[0].text)
        return super().code(passages, vectors)


def masked(answers: pa.Table, masking: Masking) -> Outcome:
    """Mask what is known to be personal."""
    rows = []
    for answer, text in zip(answers["answer"].to_pylist(), answers["text"].to_pylist(), strict=True):
        parts: list[str] = []
        masks = []
        at = 0
        for found in _PERSONAL.finditer(text):
            mask = PERSONAL[found[0]]
            parts += (text[at : found.start()], mask)
            end = sum(map(len, parts))
            masks.append({"kind": "id", "start": end - len(mask), "end": end, "original_start": found.start(), "original_end": found.end()})
            at = found.end()
        rows.append({"answer": answer, "masked": "".join((*parts, text[at:])), "masks": masks, "masker": masking.version})
    return Outcome(pa.Table.from_pylist(rows, schema=MASKED), no_rejects())


def on_first(column: str) -> Callable[..., NoReturn]:
    """Fail on the first text of a table, wherever among the arguments it is."""

    def fail(*given: object, **_: object) -> NoReturn:
        table = next(each for each in given if isinstance(each, pa.Table))
        choke(str(table[column][0]))

    return fail


def on_drafts(survey: object, drafts: Sequence[Any]) -> NoReturn:
    choke(drafts[0].text)


def on_index(place: Path, texts: Iterator[tuple[int, str]]) -> NoReturn:
    raise duckdb.ConversionException(f"could not convert {[text for _, text in texts]}")


@contextmanager
def broken(stage: str, encoder: Encoder, coder: Coder) -> Iterator[None]:
    """Let one stage fail, or with "" none."""
    faults: dict[str, tuple[str, object]] = {
        "ingest": ("flows.ingest.answer_rows", on_drafts),
        "mask": ("models.masking.mask", on_first("text")),
        "passages": ("models.segmentation.passages", on_first("masked")),
        "topics": ("models.topics.fit", on_first("text")),
        "publish": ("store.writer.build_search", on_index),
        "measured masks": ("flows.masking_quality.masked_texts", lambda texts, *_: choke(texts[0])),
    }
    encoder.fails, coder.fails = stage == "embed", stage == "code"
    with patch(*faults[stage]) if stage in faults else contextlib.nullcontext():
        yield
    encoder.fails = coder.fails = False


def command(*arguments: str) -> int:
    """Type a command; return its exit status."""
    from flows import cli

    sys.argv = ["suasion", *arguments]
    try:
        cli.main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


def main(root: Path, aside: Path) -> None:
    paths, encoder, coder, topics = Paths(root), Encoder(), Coder(), FakeTopics()
    settle_prefect(paths.prefect)
    with ExitStack() as stack:
        # Patched where it is made, before anything takes it from there.
        for name, fake in {
            "flows.workshop.current_versions": lambda codebook: VERSIONS,
            "models.encoders.load_encoder": lambda: encoder,
            "models.coder.load_coder": lambda *_: coder,
            "models.masking.mask": masked,
            "models.masking.masked_texts": lambda texts, *_: [(text, ()) for text in texts],
            "models.segmentation.passages": fake_passages,
            "models.topics.fit": topics.fit,
            "models.topics.place": topics.place,
            "models.code_seeds.code_seeds": no_seeds,
        }.items():
            stack.enter_context(patch(name, fake))
        server = stack.enter_context(serving())
        if server is not None:
            server.wait()
        everything(root, aside, encoder, coder)


def everything(root: Path, aside: Path, encoder: Encoder, coder: Coder) -> None:
    """Run every command, those that can fail on a text first so that they do."""
    run = ("run", *SURVEYS)
    code = ("code", str(aside / "table.csv"), "--out", str(aside / "coded.jsonl"))
    evaluate = ("evaluate", str(aside / "gold.jsonl"), "--json", str(aside / "figures.json"), "--faults", str(aside / "faults.csv"))
    steps: list[tuple[str, str, Sequence[str]]] = [(f"run without {stage}", stage, run) for stage in STAGES]
    steps += [
        ("run", "", run),
        ("nothing new", "", run),
        ("status", "", ("status",)),
        ("rejects", "", ("rejects",)),
        ("runs", "", ("runs",)),
    ]
    steps += [("rejects into a file", "", ("rejects", "--out", str(aside / "rejects.csv")))]
    masks = ("masks", "evaluate", str(aside / "labelled.jsonl"))
    steps += [("masks evaluate without masks", "measured masks", masks), ("masks evaluate", "", masks)]
    for stage in ("embed", "code", ""):
        steps += [(f"{name} without {stage or 'fault'}", stage, typed) for name, typed in (("code", code), ("evaluate", evaluate))]
    steps += [("refit without topics", "topics", ("topics", "refit", "closed")), ("refit", "", ("topics", "refit", "closed"))]
    steps += [
        (f"topics {name}", "", ("topics", name, *more)) for name, *more in (("list",), ("history", "closed"), ("rename", "open.1", "A"))
    ]
    steps += [(f"publish {view}", "", ("publish", "--view", view)) for view in ("internal", "partner", "public")]
    # Quotes that somebody asked for belong on their screen.
    asked = [("topics show", "", ("topics", "show", "closed.1")), ("topics beyond", "", ("topics", "beyond", "closed"))]

    ends = {}
    for name, stage, typed in steps:
        with broken(stage, encoder, coder):
            ends[name] = command(*typed)
    ends |= keep(aside.parent / KEPT)
    screen = io.StringIO()
    with contextlib.redirect_stdout(screen):
        for name, _, typed in asked:
            ends[name] = command(*typed)
    (aside / "asked.txt").write_text(screen.getvalue(), "utf-8")
    (aside / "ends.json").write_text(json.dumps(ends), "utf-8")


def keep(folder: Path) -> dict[str, int]:
    """Look for faults, back up, and restore elsewhere: from what is left of a backup, then from all of it."""
    folder.mkdir(mode=0o700)
    backup, half, key = folder / "whole.tar.gz", folder / "half.tar.gz", folder / "key"
    ends = {
        "doctor": command("doctor", "--port", str(free_port())),
        "backup": command("backup", str(backup), "--key-to", str(key)),
    }
    half.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    with patch.dict("os.environ", SUASION_DATA=str(folder / "restored")):
        ends[HALF_A_BACKUP] = command("restore", str(half), "--key-from", str(key))
        ends["restore"] = command("restore", str(backup), "--key-from", str(key))
    return ends


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
