"""What a worker does with a partition: the same functions of ``models`` that a run on one machine calls, from file to file.

A worker is told where a partition lies and answers with counts. No text is in what it is told or answers, nor in what it raises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa

from flows.partitions import Partition
from models.coding import Coder
from models.encoders import Encoder
from taxonomy import Codebook
from taxonomy.errors import StageError, SuasionError


@dataclass(frozen=True)
class Job:
    """One partition at one stage.

    Attributes:
        partition: where it lies, on a path that all workers see.
        languages: those that the survey's answers may be in.
        versions: what the sender has (``flows.dask_versions``); another worker than those that were asked may have joined since.
    """

    stage: str
    partition: Partition
    languages: tuple[str, ...]
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Made:
    """How many items a partition had, how many were made of them, and how many could not be used."""

    came: int
    made: int
    rejected: int = 0


def work(job: Job) -> Made:
    """Make what a stage makes of a partition, unless it was made before, and write it beside the partition.

    Raises:
        StageError: the worker has other versions, or the stage failed; told without a foreign word, since Dask logs and sends it.
    """
    try:
        _require_alike(job.versions)
        return _done(job)
    except SuasionError as error:
        # Errors of faults cannot travel as what they are.
        told = StageError(str(error))
    except Exception as error:
        told = StageError.of(job.stage, error)
    # Raised out here: raised in there, the foreign error would be its context, and Dask sends that along.
    raise told


def sees(folder: Path, token: str) -> bool:
    """Say whether a worker sees a file of a name in a folder, and could write beside it."""
    try:
        if not (folder / token).is_file():
            return False  # another folder of the same path: nothing is to be left in it
        (folder / f"{token}.written").touch(mode=0o600)
    except OSError:
        return False
    return True


def _done(job: Job) -> Made:
    if not job.partition.is_done:
        tables = STAGES[job.stage](job.partition.read(), job)
        job.partition.put(tables)
    return counted(job.stage, job.partition)


def counted(stage: str, partition: Partition) -> Made:
    """Return what was made of a partition, in numbers."""
    came = partition.read(["passage" if stage == "code" else "text_hash" if stage == "embed" else "answer"]).num_rows
    if stage == "code":
        return Made(came, partition.made("codes").num_rows, partition.made("rejected").num_rows)
    return Made(came, partition.made("made").num_rows)


def _segmented(answers: pa.Table, job: Job) -> dict[str, pa.Table]:
    from models.segmentation import passages

    return {"made": passages(answers, job.languages).made}


def _embedded(texts: pa.Table, job: Job) -> dict[str, pa.Table]:
    from models.encoders import embed

    return {"made": embed(texts, _encoder()).made}


def _coded(passages: pa.Table, job: Job) -> dict[str, pa.Table]:
    from models.coder import code

    coder, codebook = _coder()
    coded = code(passages, coder, codebook)
    return {"passages": coded.passages, "codes": coded.codes, "claims": coded.claims, "rejected": coded.rejected}


STAGES: Mapping[str, Callable[[pa.Table, Job], dict[str, pa.Table]]] = {"passages": _segmented, "embed": _embedded, "code": _coded}


@cache
def _encoder() -> Encoder:
    from models.encoders import load_encoder

    return load_encoder()


@cache
def _coder() -> tuple[Coder, Codebook]:
    from models.coder import load_coder
    from taxonomy import load_codebook

    codebook = load_codebook()
    return load_coder(codebook, _encoder()), codebook


def _require_alike(versions: Mapping[str, str]) -> None:
    from flows.dask_versions import differences, versions_here

    if differing := differences(versions, versions_here()):
        raise StageError(f"a worker has other versions: {', '.join(differing)}. Install the same Suasion on all machines and run again")
