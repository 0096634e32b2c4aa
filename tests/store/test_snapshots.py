from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from store import Paths, Reader, snapshots
from taxonomy.errors import SnapshotError

pytestmark = pytest.mark.disk


@pytest.fixture
def folder(paths: Paths) -> Path:
    return paths.snapshots("internal") / str(snapshots.read_current(paths, "internal"))


def rewrite(folder: Path, **values: Any) -> None:
    place = folder / snapshots.MANIFEST
    record = json.loads(place.read_text("utf-8")) | values
    place.chmod(0o600)
    place.write_text(json.dumps(record))


@pytest.mark.parametrize("content", ["", "../../../store", "a/b", ".partial-x", "\0", "two names"])
def test_a_pointer_leads_nowhere_else(paths: Paths, content: str) -> None:
    (paths.snapshots("internal") / snapshots.CURRENT).write_text(content)
    for look in (Reader.current_id, Reader.open):
        with pytest.raises(SnapshotError, match="does not name a snapshot; run `suasion publish --view internal`"):
            look(paths, "internal")


def test_a_pointer_that_is_no_text(paths: Paths) -> None:
    (paths.snapshots("internal") / snapshots.CURRENT).write_bytes(b"\xff\xfe")
    with pytest.raises(SnapshotError, match="does not name a snapshot"):
        Reader.current_id(paths)


def test_a_pointer_to_a_snapshot_that_is_gone(paths: Paths) -> None:
    (paths.snapshots("internal") / snapshots.CURRENT).write_text("20200101T000000-000000\n")
    with pytest.raises(SnapshotError, match=r"manifest\.json: missing or damaged; run"):
        Reader.open(paths)


@pytest.mark.parametrize(
    ("schema", "cure"),
    [(snapshots.SCHEMA + 1, "update Suasion"), (snapshots.SCHEMA - 1, "run `suasion publish"), ("x", "run `suasion publish")],
)
def test_a_snapshot_of_another_schema_is_refused(paths: Paths, folder: Path, schema: object, cure: str) -> None:
    rewrite(folder, schema=schema)
    with pytest.raises(SnapshotError, match=f"schema {schema}, this release reads schema {snapshots.SCHEMA}; {cure}"):
        Reader.open(paths)


@pytest.mark.parametrize("content", ["", "[]", "{", f'{{"schema": {snapshots.SCHEMA}}}', '"text"'])
def test_a_manifest_that_is_none_is_refused(paths: Paths, folder: Path, content: str) -> None:
    (folder / snapshots.MANIFEST).chmod(0o600)
    (folder / snapshots.MANIFEST).write_text(content)
    with pytest.raises(SnapshotError, match="damaged"):
        Reader.open(paths)


@pytest.mark.parametrize("values", [{"files": None}, {"counts": 3}, {"versions": ["a"]}, {"extra": 1}])
def test_a_manifest_of_another_shape_is_refused(paths: Paths, folder: Path, values: dict[str, Any]) -> None:
    rewrite(folder, **values)
    with pytest.raises(SnapshotError, match="damaged"):
        Reader.open(paths)


def test_a_manifest_that_leaves_a_file_out_does_not_vouch_for_it(paths: Paths, folder: Path) -> None:
    rewrite(folder, files={})
    with pytest.raises(SnapshotError, match="is not the file that was published"):
        Reader.open(paths)


def test_a_file_is_hashed_once_while_it_stays_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"one")
    first = snapshots.file_hash(place)
    digested: list[Path] = []
    digest = snapshots._digest
    monkeypatch.setattr(snapshots, "_digest", lambda place: (digested.append(place), digest(place))[1])
    assert snapshots.file_hash(place) == first
    assert digested == []
    place.write_bytes(b"other")
    assert snapshots.file_hash(place) != first
    assert digested == [place]
