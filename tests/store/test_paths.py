from __future__ import annotations

import stat
from pathlib import Path

import pytest

from store import Paths, Writer
from store.paths import VIEWS
from taxonomy.errors import StoreError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_environment_names_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SUASION_DATA", str(tmp_path / "elsewhere"))
    paths = Paths.default()
    assert paths.root == tmp_path / "elsewhere"
    assert paths.raw == tmp_path / "elsewhere" / "raw"
    assert paths.work == tmp_path / "elsewhere" / "store" / "work.duckdb"
    assert paths.snapshots("public") == tmp_path / "elsewhere" / "snapshots" / "public"


@pytest.mark.parametrize("value", [None, ""])
def test_without_it_the_data_lie_in_the_working_folder(value: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if value is None:
        monkeypatch.delenv("SUASION_DATA")
    else:
        monkeypatch.setenv("SUASION_DATA", value)
    monkeypatch.chdir(tmp_path)
    assert Paths.default().root == tmp_path / "data"


def test_a_home_folder_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUASION_DATA", "~/answers")
    assert Paths.default().root == Path.home() / "answers"


@pytest.mark.parametrize("view", ["", "Internal", "../store"])
def test_an_unknown_view_has_no_folder(fresh: Paths, view: str) -> None:
    with pytest.raises(StoreError, match="internal, partner, public"):
        fresh.snapshots(view)


def test_everything_is_closed_to_others(built: Paths) -> None:
    entries = [built.root, *built.root.rglob("*")]
    assert {built.work, built.decisions} <= set(entries)
    for entry in entries:
        allowed = 0o700 if entry.is_dir() else 0o600
        assert mode(entry) & ~allowed == 0, entry


def test_the_files_of_a_snapshot_are_read_only(built: Paths) -> None:
    for view in VIEWS:
        files = [file for folder in built.snapshots(view).iterdir() if folder.is_dir() for file in folder.iterdir()]
        assert len(files) == 4
        assert {mode(file) for file in files} == {0o400}


def test_an_open_writer_leaves_nothing_open_to_others_either(writer: Writer) -> None:
    writer.begin_run([], {})
    files = [file for file in writer.paths.store.iterdir() if file.is_file()]
    assert any(file.name.endswith(".wal") for file in files)
    assert all(mode(file) == 0o600 for file in files)


def test_folders_that_stood_open_are_closed_and_raw_is_left_alone(fresh: Paths) -> None:
    for folder in (fresh.raw, fresh.store):
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    fresh.root.chmod(0o755)
    fresh.prepare()
    assert mode(fresh.root) == mode(fresh.store) == 0o700
    assert mode(fresh.raw) == 0o755


def test_a_shared_folder_that_was_named_stays_as_it_is_and_what_is_made_in_it_is_closed(tmp_path: Path) -> None:
    shared = Paths(tmp_path)
    tmp_path.chmod(0o1777)
    shared.prepare()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777
    assert mode(shared.store) == mode(shared.prefect) == 0o700


def test_a_folder_that_holds_a_home_stays_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "somebody"))
    tmp_path.chmod(0o755)
    Paths(tmp_path).prepare()
    assert mode(tmp_path) == 0o755


def test_a_disk_that_keeps_no_permissions_is_refused(fresh: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh.store.mkdir(parents=True)
    fresh.store.chmod(0o777)
    monkeypatch.setattr(Path, "chmod", lambda self, mode: None)
    with pytest.raises(StoreError, match=r"store: others .* \(mode 777\).* keeps no permissions.*SUASION_DATA"):
        fresh.prepare()


def test_a_place_where_nothing_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="file/data"):
        Paths(tmp_path / "file" / "data").prepare()
