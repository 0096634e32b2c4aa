"""The file of a backup, read with distrust: nothing but its own plain files is ever written from it."""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.archive import MANIFEST, Manifest, may_hold, part_of, read_manifest, unpack, write_archive
from taxonomy.errors import StoreError

NAME = "raw/a-survey/answers.csv"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    place = tmp_path / "answers.csv"
    place.write_bytes(b"who,Q1\nr1,Banks lobbied.\n")
    return place


@pytest.fixture
def backup(tmp_path: Path, source: Path) -> Path:
    manifest = Manifest(format=1, made="2026-11-23T03:00:00+00:00", key=None, views=(), files={NAME: part_of(source)})
    write_archive(tmp_path / "b.tar.gz", manifest, {NAME: source})
    return tmp_path / "b.tar.gz"


def rewritten(backup: Path, change: Callable[[tarfile.TarInfo, bytes], tuple[tarfile.TarInfo, bytes] | None]) -> Path:
    """The same backup with other entries; None leaves one out."""
    place = backup.with_name("changed.tar.gz")
    with tarfile.open(backup) as old, tarfile.open(place, "w:gz") as new:
        for entry in old:
            stream = old.extractfile(entry)
            assert stream is not None
            changed = change(entry, stream.read())
            if changed is not None:
                changed[0].size = len(changed[1])
                new.addfile(changed[0], io.BytesIO(changed[1]))
    return place


def test_a_backup_comes_out_as_it_went_in_and_is_its_owner_s_alone(backup: Path, source: Path, tmp_path: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    assert read_manifest(backup) == unpack(backup, tmp_path / "out")
    assert (tmp_path / "out" / NAME).read_bytes() == source.read_bytes()
    assert (tmp_path / "out" / NAME).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "out" / "raw").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "name",
    [
        *("raw/x.csv", "raw/a b/é.csv", "quality/r/figures.json", "snapshots/public/r/data.duckdb", "roles.toml"),
        *("store/work.duckdb", "store/decisions.sqlite", "store/exports.sqlite"),
    ],
)
def test_what_a_backup_may_hold(name: str) -> None:
    assert may_hold(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "/etc/passwd", "../x", "raw/../../x", "raw//x", "raw/.", "raw\\x", "raw/a\x00b", "raw/a\nb"),
        *("raw/" + "x" * 300, "raw/x" * 300),
        *("store/key", "store/work.lock", "secrets.toml", "prefect/prefect.db", "x.py", ".bashrc", "raw/\udc80"),
    ],
)  # fmt: skip
def test_what_it_may_not(name: str) -> None:
    assert not may_hold(name)


def as_link(entry: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    if entry.name == NAME:
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        return entry, b""
    return entry, content


def elsewhere(entry: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    """A path that leads out, in the manifest too."""
    if entry.name == MANIFEST:
        return entry, content.replace(NAME.encode(), b"raw/../../out")
    entry.name = "raw/../../out"
    return entry, content


def unnamed(entry: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    entry.name = entry.name.replace("answers", "others")
    return entry, content


def changed(entry: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    return entry, content.replace(b"Banks", b"Mines") if entry.name == NAME else content


def newer(entry: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    return entry, json.dumps(json.loads(content) | {"format": 2}).encode() if entry.name == MANIFEST else content


def without(name: str) -> Callable[[tarfile.TarInfo, bytes], tuple[tarfile.TarInfo, bytes] | None]:
    return lambda entry, content: None if entry.name == name else (entry, content)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (as_link, "does not name"),
        (elsewhere, "nothing of a backup belongs"),
        (unnamed, "does not name"),
        (changed, f"{NAME} is not the file that was backed up"),
        (newer, "a newer Suasion made it"),
        (without(NAME), "1 files are missing"),
        (without(MANIFEST), "is no backup"),
    ],
)
def test_what_was_tampered_with_is_refused_and_nothing_lies_elsewhere(
    backup: Path, tmp_path: Path, change: Callable[[tarfile.TarInfo, bytes], tuple[tarfile.TarInfo, bytes] | None], said: str
) -> None:
    folder = tmp_path / "in" / "out"
    folder.mkdir(parents=True)
    with pytest.raises(StoreError, match=said):
        unpack(rewritten(backup, change), folder)
    assert not [place for place in (tmp_path / "in").rglob("*") if place.is_symlink()]
    assert {place.name for place in (tmp_path / "in").iterdir()} == {"out"}


@pytest.mark.parametrize("content", [b"", b"no tar", b"\x1f\x8b\x08" + bytes(40)])
def test_what_is_no_backup(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "x.tar.gz"
    place.write_bytes(content)
    with pytest.raises(StoreError, match=r"x\.tar\.gz: (cannot be read|is no backup)"):
        unpack(place, None)


def test_one_that_was_cut_off(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:-60])
    with pytest.raises(StoreError, match=r"cannot be read|missing"):
        unpack(backup, None)


def test_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No such file"):
        read_manifest(tmp_path / "gone.tar.gz")


def test_a_file_that_changes_while_it_is_backed_up_is_told_and_no_backup_is_left(source: Path, tmp_path: Path) -> None:
    manifest = Manifest(format=1, made="", key=None, views=(), files={NAME: part_of(source)})
    source.write_bytes(source.read_bytes().upper())
    with pytest.raises(StoreError, match="is not the file"):
        write_archive(tmp_path / "b.tar.gz", manifest, {NAME: source})
    assert not (tmp_path / "b.tar.gz").exists()


def test_a_full_disk_leaves_no_half_of_a_backup(backup: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = read_manifest(backup)

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("os.fsync", full)
    place = backup.with_name("second.tar.gz")
    with pytest.raises(StoreError, match="the disk is full"):
        write_archive(place, manifest, {NAME: source})
    assert not place.exists()
