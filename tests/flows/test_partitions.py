"""Files of partitions: whole or not there, found again by their content, for their owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.partitions import Partition, cut
from taxonomy.errors import StoreError


def table(*answers: str) -> pa.Table:
    return pa.table({"answer": pa.array(answers, pa.string()), "masked": pa.array(["A text."] * len(answers), pa.string())})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a-survey.passages"


def test_what_waits_is_cut_in_order_and_read_again(folder: Path) -> None:
    first, second = cut([table("1", "2"), table("3")], folder)
    assert first.read().equals(table("1", "2"))
    assert second.read(["answer"]).to_pydict() == {"answer": ["3"]}
    assert not first.is_done


def test_what_was_made_is_whole_or_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (partition,) = cut([table("1")], folder)
    write = pq.write_table

    def half(made: pa.Table, file: object, **options: object) -> None:
        write(made, file, **options)
        if made.num_columns == 1:
            raise OSError("no space left on device")

    monkeypatch.setattr(pq, "write_table", half)
    with pytest.raises(StoreError, match="disk is full"):
        partition.put({"codes": table("1"), "claims": table("1").select(["answer"])})
    assert not partition.is_done
    assert list(folder.iterdir()) == [partition.content]


def test_of_two_that_made_the_same_the_first_stands(folder: Path) -> None:
    (partition,) = cut([table("1")], folder)
    partition.put({"made": table("1")})
    partition.put({"made": table("2")})
    assert partition.made("made").equals(table("1"))
    assert sorted(folder.iterdir()) == sorted([partition.content, partition.result])


def test_with_the_same_content_what_was_made_is_found_again_and_the_rest_goes(folder: Path) -> None:
    first, second = cut([table("1"), table("2")], folder)
    for each in (first, second):
        each.put({"made": table("x")})
    (folder / "1234.unfinished").mkdir()
    again, changed = cut([table("1"), table("2 and more")], folder)
    assert again == first
    assert again.is_done
    assert not changed.is_done
    assert {place.stem for place in folder.iterdir()} == {again.name, changed.name}


def test_others_cannot_read_them(folder: Path) -> None:
    (partition,) = cut([table("1")], folder)
    partition.put({"made": table("1")})
    modes = {stat.S_IMODE(place.stat().st_mode) for place in (partition.content, partition.result / "made.parquet")}
    assert modes == {0o600}
    assert {stat.S_IMODE(place.stat().st_mode) for place in (folder, partition.result)} == {0o700}


def test_a_damaged_file_is_told_by_its_place(folder: Path) -> None:
    (partition,) = cut([table("1")], folder)
    partition.content.write_bytes(b"PAR1 and no more")
    with pytest.raises(StoreError, match=f"{partition.content}: cannot be read"):
        partition.read()
    with pytest.raises(StoreError, match=r"made\.parquet: cannot be read"):
        Partition(folder, "gone").made("made")


def test_what_is_merged_is_removed(folder: Path) -> None:
    (partition,) = cut([table("1")], folder)
    partition.put({"made": table("1")})
    partition.remove()
    assert list(folder.iterdir()) == []
