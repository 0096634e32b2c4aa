from __future__ import annotations

import errno
import json
import os
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from store import Decisions, Filters, Paths, Reader, View, Writer, snapshots
from taxonomy.errors import SnapshotError, StoreError
from tests.synthetic import REPORTS, VERSIONS

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
    (paths.snapshots("public") / snapshots.CURRENT).write_text("20200101T000000-000000\n")
    with pytest.raises(SnapshotError, match=r"manifest\.json: missing or damaged; run"):
        Reader.open(paths, "public")


def damaged(folder: Path, harm: str) -> None:
    place = folder / snapshots.DATA
    place.chmod(0o600)
    if harm == "vanished":
        place.unlink()
    else:
        place.write_bytes(place.read_bytes()[:-1] + b"x")


@pytest.fixture
def newer(paths: Paths, folder: Path) -> Path:
    """A second snapshot of the internal view, which is served."""
    with Writer(paths, "tests") as writer:
        writer.put_survey(replace(REPORTS, title="Newer"))
        name = writer.publish("internal", writer.begin_run([], VERSIONS)).snapshot
    assert name > folder.name
    return folder.with_name(name)


@pytest.mark.parametrize("harm", ["vanished", "changed"])
def test_of_a_damaged_snapshot_the_last_good_one_is_served_in_its_place(paths: Paths, folder: Path, newer: Path, harm: str) -> None:
    damaged(newer, harm)
    (folder.parent / "20200101T000000-000000").mkdir()  # older, and not sound
    with closing(Reader.open(paths)) as reader:
        assert (reader.snapshot.id, reader.snapshot.instead_of, reader.snapshot.named) == (folder.name, newer.name, newer.name)
        assert reader.surveys().num_rows
    with Writer(paths, "tests") as writer:
        assert writer.publish("internal", writer.begin_run([], VERSIONS)).changed
    with closing(Reader.open(paths)) as reader:
        assert reader.snapshot.instead_of == ""


def test_what_was_withdrawn_since_the_last_good_snapshot_is_hidden_in_it(paths: Paths, newer: Path) -> None:
    with closing(Reader.open(paths)) as reader:
        (quote,) = reader.quotes(Filters(), limit=1).to_pylist()
    Decisions(paths).record("withdrawal", quote["answer"], "withdrawn", "ada")
    damaged(newer, "changed")
    with closing(Reader.open(paths)) as reader:
        assert reader.snapshot.instead_of
        assert quote["quote"] not in reader.quotes(Filters()).column("quote").to_pylist()


@pytest.mark.parametrize("view", ["partner", "public"])
def test_outside_no_older_snapshot_stands_in_and_the_next_publication_mends_it(paths: Paths, view: View) -> None:
    home = paths.snapshots(view)
    served = home / str(snapshots.read_current(paths, view))
    shutil.copytree(served, home / "20200101T000000-000000")
    damaged(served, "changed")
    with pytest.raises(SnapshotError, match=f"is not the file that was published .* Run `suasion publish --view {view}`"):
        Reader.open(paths, view)
    with Writer(paths, "tests") as writer:
        published = writer.publish(view, writer.begin_run([], VERSIONS))
    assert published.changed
    with closing(Reader.open(paths, view)) as reader:
        assert (reader.snapshot.id, reader.snapshot.instead_of) == (published.snapshot, "")
    assert [place.name for place in home.iterdir() if place.is_dir()] == [published.snapshot]


def test_where_no_snapshot_is_sound_the_fault_of_the_served_one_is_told(paths: Paths, folder: Path, newer: Path) -> None:
    for each in (folder, newer):
        damaged(each, "changed")
    with pytest.raises(SnapshotError, match=newer.name):
        Reader.open(paths)


def test_the_newest_are_kept_whatever_the_clock_did_to_their_times(paths: Paths, folder: Path, newer: Path) -> None:
    for name, time in (("20250101T000000-000000", 9e9), ("20250102T000000-000000", 1e9)):
        (folder.parent / name).mkdir()
        os.utime(folder.parent / name, (time, time))
    snapshots.retire(paths, "internal", keep=3)
    assert sorted(each.name for each in folder.parent.iterdir() if each.is_dir()) == ["20250102T000000-000000", folder.name, newer.name]


@pytest.mark.parametrize(("step", "number"), [("seal", errno.ENOSPC), ("serve", errno.EROFS), ("_sync", errno.ENOSPC)])
def test_a_disk_that_takes_nothing_leaves_what_is_served(
    paths: Paths, folder: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with Writer(paths, "tests") as writer:
        writer.put_survey(replace(REPORTS, title="Newer"))
        run = writer.begin_run([], VERSIONS)
        with monkeypatch.context() as patch:
            patch.setattr(snapshots, step, refuse)
            with pytest.raises(StoreError, match="What was stored before is whole"):
                writer.publish("internal", run)
        with closing(Reader.open(paths)) as reader:
            assert (reader.snapshot.id, reader.snapshot.instead_of) == (folder.name, "")
        assert writer.publish("internal", run).changed
    assert not list(folder.parent.glob(f"{snapshots.PARTIAL}*"))


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
