"""The folder of partitions is its owner's alone, and nothing of it is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.partition_scratch import clear, prepare
from store import Paths
from taxonomy.errors import StoreError


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    (tmp_path / "data").mkdir(mode=0o700)
    return Paths(tmp_path / "data")


def test_it_lies_in_the_data_folder_and_is_closed(paths: Paths) -> None:
    folder = prepare(paths, None)
    assert folder.parent == paths.root
    assert folder.stat().st_mode & 0o777 == 0o700
    assert prepare(paths, None) == folder, "what a failed run left is found again"


def test_elsewhere_it_is_told_apart_from_those_of_other_data_folders(paths: Paths, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    ours, theirs = prepare(paths, shared), prepare(Paths(tmp_path), shared)
    assert ours.parent == theirs.parent == shared
    assert ours != theirs
    clear(paths)
    assert not ours.exists()
    assert theirs.exists()
    assert not (paths.root / "partitions").exists()


def test_each_place_that_was_ever_used_is_found_again(paths: Paths, tmp_path: Path) -> None:
    used = []
    for name in ("one", "two", "one"):
        (tmp_path / name).mkdir(exist_ok=True)
        used.append(prepare(paths, tmp_path / name))
        (used[-1] / "left.parquet").touch()
    clear(paths)
    assert not any(place.exists() for place in used)


def test_a_disk_that_is_not_there_is_told_and_not_forgotten(paths: Paths, tmp_path: Path) -> None:
    shared, away = tmp_path / "shared", tmp_path / "away"
    shared.mkdir()
    left = prepare(paths, shared)
    shared.rename(away)
    with pytest.raises(StoreError, match="Bring it back"):
        clear(paths)
    away.rename(shared)
    clear(paths)
    assert not left.exists()


def test_one_that_others_can_read_is_refused(paths: Paths) -> None:
    prepare(paths, None).chmod(0o755)
    with pytest.raises(StoreError, match="not a folder of yours alone"):
        prepare(paths, None)


def test_a_link_to_elsewhere_is_refused_and_not_followed(paths: Paths, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (elsewhere / "theirs").touch()
    (paths.root / "partitions").symlink_to(elsewhere)
    with pytest.raises(StoreError, match="not a folder of yours alone"):
        prepare(paths, None)
    clear(paths)
    assert (elsewhere / "theirs").exists()


def test_a_note_that_names_another_folder_removes_nothing(paths: Paths, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (prepare(paths, None) / "elsewhere").write_text(str(tmp_path / "precious"), "utf-8")
    clear(paths)
    assert (tmp_path / "precious").exists()


def test_a_shared_folder_that_is_not_there_is_told(paths: Paths, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such folder"):
        prepare(paths, tmp_path / "none")


def test_where_nothing_was_nothing_is_cleared(paths: Paths) -> None:
    clear(paths)
    clear(paths)
