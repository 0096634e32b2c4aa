"""Killed at any stage, or out of room: nothing lost, nothing doubled, nothing half-written is served, and the next run goes on."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from store import Filters, Paths, Reader, Writer, snapshots
from tests.synthetic import FEW, REPORTS, VERSIONS, process

pytestmark = pytest.mark.disk

ROOT = Path(__file__).parents[2]


def suffer(what: str, paths: Paths) -> None:
    subprocess.run([sys.executable, "-m", "tests.store.dying", what, str(paths.root)], cwd=ROOT, check=True, timeout=120)


def finish(paths: Paths) -> snapshots.Manifest:
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["reports"], VERSIONS)
        process(writer, REPORTS, FEW, run)
        writer.publish("internal", run)
    return snapshots.read_manifest(paths.snapshots("internal") / str(Reader.current_id(paths)))


def test_a_run_that_is_killed_again_and_again_ends_as_one_that_never_was(few: Path, tmp_path: Path) -> None:
    killed, calm = Paths(tmp_path / "killed"), Paths(Path(shutil.copytree(few, tmp_path / "calm")))
    suffer("kill", killed)
    assert finish(killed).content == finish(calm).content
    home = killed.snapshots("internal")
    assert [entry.name for entry in home.iterdir() if entry.name.startswith(".")] == []
    with Writer(killed, "tests") as writer:
        assert set(writer.runs().column("status").to_pylist()) == {"running", "interrupted"}
        assert writer.rejects().num_rows == 0


def test_what_a_killed_process_spilled_to_disk_is_gone_with_the_next_writer(fresh: Paths) -> None:
    with Writer(fresh, "tests"):
        pass
    spilled = fresh.work.with_name("work.duckdb.tmp")
    spilled.mkdir()
    (spilled / "duckdb_temp_storage_DEFAULT-0.tmp").write_text("words of an answer")
    with Writer(fresh, "tests"):
        assert not spilled.exists()


def test_a_full_disk_is_told_and_leaves_everything_as_it_was(few: Path, tmp_path: Path) -> None:
    paths = Paths(Path(shutil.copytree(few, tmp_path / "full")))
    suffer("fill", paths)
    assert Reader.current_id(paths) is None
    assert list(paths.snapshots("internal").iterdir()) == []
    with Writer(paths, "tests") as writer:
        assert writer._rows("SELECT count(*), count(*) FILTER (status = 'active') FROM answers") == [(4, 4)]
    finish(paths)
    with closing(Reader.open(paths)) as reader:
        assert reader.count(Filters()).passages == 4
