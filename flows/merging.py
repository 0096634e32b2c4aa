"""From partitions into the store: one writer takes in what workers made, checked as if it had been made here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa

from flows.partitions import Partition
from flows.workshop import Workshop
from taxonomy.errors import StoreError


def merge(workshop: Workshop, survey: str, stage: str, partition: Partition) -> None:
    """Put what was made of a partition into the store, and remove the partition.

    Raises:
        StoreError: it is not what was asked for, or the store refuses it (a span that does not match, an id that is not its content's).
    """
    _MERGES[stage](workshop, survey, partition)
    partition.remove()


def _passages(workshop: Workshop, survey: str, partition: Partition) -> None:
    answers = partition.read(["answer"])["answer"].to_pylist()
    workshop.writer.put_passages(answers, partition.made("made"), workshop.stage_versions(survey)["segmenter"])


def _vectors(workshop: Workshop, survey: str, partition: Partition) -> None:
    made = partition.made("made")
    encoders = pa.array([workshop.versions.encoder] * partition.read(["text_hash"]).num_rows, pa.string())
    _require_same(partition, made.select(["text_hash", "encoder"]), partition.read(["text_hash"]).append_column("encoder", encoders))
    workshop.writer.put_vectors(made)


def _codes(workshop: Workshop, survey: str, partition: Partition) -> None:
    coded, rejected = partition.made("passages"), partition.made("rejected")
    asked = partition.read(["passage", "key"])
    lost = set(rejected["passage"].to_pylist())
    without = asked.filter(pa.array([passage in lost for passage in asked["passage"].to_pylist()], pa.bool_()))
    _require_same(partition, pa.concat_tables([coded.select(asked.column_names), without]), asked)
    workshop.writer.put_codes(coded, partition.made("codes"), partition.made("claims"))
    workshop.writer.set_aside(workshop.run, survey, rejected)


def _require_same(partition: Partition, made: pa.Table, asked: pa.Table) -> None:
    if sorted(zip(*made.to_pydict().values(), strict=True)) != sorted(zip(*asked.to_pydict().values(), strict=True)):
        raise StoreError(
            f"{partition.result}: what a worker made is not of what it was asked ({', '.join(asked.column_names)}); "
            f"remove the folder {partition.folder} and run again"
        )


_MERGES: Mapping[str, Callable[[Workshop, str, Partition], None]] = {"passages": _passages, "embed": _vectors, "code": _codes}
