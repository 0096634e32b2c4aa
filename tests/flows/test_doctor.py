"""``suasion doctor``: every fault is found, said with what to do about it, and nothing is changed by looking."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows import machine_checks, store_checks
from flows.cli import app
from flows.doctor import examine
from flows.finding import Finding, status
from models.packages import PACKAGES
from store import Paths, Writer, snapshots
from store.erasure import Eraser
from store.key import make_key
from taxonomy.errors import ModelError
from tests.synthetic import CONTENT, build_store

pytestmark = pytest.mark.disk


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A store with which all is well, to be copied."""
    paths = build_store(tmp_path_factory.mktemp("sound") / "data", views=("internal", "public"))
    make_key(paths)
    return paths


@pytest.fixture
def paths(sound: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("SUASION_DATA", str(tmp_path / "data"))
    return Paths(Path(shutil.copytree(sound.root, tmp_path / "data")))


def of_store(paths: Paths, *, thorough: bool = False) -> list[Finding]:
    """What the checks of the data folder find."""
    return [
        *store_checks.permissions(paths),
        *store_checks.database(paths, thorough=thorough),
        *store_checks.registers(paths, thorough=thorough),
        *store_checks.erasures(paths),
        *store_checks.served(paths, thorough=thorough),
        *store_checks.leftovers(paths),
    ]


def faults(paths: Paths, *, thorough: bool = False) -> list[tuple[str, str]]:
    found = [finding for finding in of_store(paths, thorough=thorough) if finding.level != "fine"]
    assert all(finding.advice for finding in found)
    return [(finding.level, finding.what) for finding in found]


@pytest.mark.parametrize("thorough", [False, True])
def test_where_all_is_well_nothing_is_found_and_nothing_changed(paths: Paths, thorough: bool) -> None:
    before = {place: place.read_bytes() for place in paths.root.rglob("*") if place.is_file() and place.parent == paths.store}
    assert faults(paths, thorough=thorough) == []
    assert {place: place.read_bytes() for place in before} == before


def test_the_worst_finding_decides_the_exit_status() -> None:
    assert status([]) == 0
    assert [status([Finding("fine", ""), Finding(level, "")]) for level in ("fine", "look", "broken")] == [0, 1, 2]


def test_all_findings_as_json_and_as_lines(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_checks, "port", lambda number: iter([Finding("look", f"port {number} is taken", "take another")]))
    result = CliRunner().invoke(app, ["doctor", "--json", "--port", "9"])
    told = json.loads(result.output)
    assert told["status"] == result.exit_code
    assert {"level": "look", "what": "port 9 is taken", "advice": "take another"} in told["findings"]
    lines = CliRunner().invoke(app, ["doctor"]).output.splitlines()
    assert "LOOK    port 8501 is taken" in lines
    assert "        → take another" in lines


def test_without_a_data_folder_none_is_made(tmp_path: Path) -> None:
    *_, last = examine(Paths(tmp_path / "none"), 1, thorough=False)
    assert last.level == "look"
    assert not (tmp_path / "none").exists()


def break_snapshot(paths: Paths) -> None:
    (folder,) = (place for place in paths.snapshots("public").iterdir() if place.is_dir())
    (folder / snapshots.DATA).chmod(0o600)
    (folder / snapshots.DATA).write_bytes(b"x")


def break_work(paths: Paths) -> None:
    paths.work.write_bytes(b"x" * 5000)


def break_decisions(paths: Paths) -> None:
    paths.decisions.write_bytes(b"x" * 5000)


def open_folder(paths: Paths) -> None:
    paths.store.chmod(0o755)


def drop_key(paths: Paths) -> None:
    with Writer(paths, "a test") as writer:
        writer._con.execute("UPDATE answers SET respondent = 'r'")
    paths.key.unlink()


def cut_key(paths: Paths) -> None:
    paths.key.write_bytes(b"short")


def die(paths: Paths) -> None:
    with Writer(paths, "a test") as writer:
        writer.begin_run([], {})


def set_clock_back(paths: Paths) -> None:
    with Writer(paths, "a test") as writer:
        later = (datetime.now(UTC) + timedelta(days=2)).isoformat()
        writer._con.execute("UPDATE runs SET started = ?", [later])


def decide_erasure(paths: Paths) -> None:
    with Eraser(paths, "a test") as eraser:
        eraser.decide([eraser._rows("SELECT answer FROM answers LIMIT 1")[0][0]], "ada")


def die_publishing(paths: Paths) -> None:
    (paths.snapshots("public") / f"{snapshots.PARTIAL}x").mkdir(mode=0o700)


def copy_store(paths: Paths) -> None:
    shutil.copy(paths.work, paths.root / "before.duckdb.bak")
    (paths.root / "before.duckdb.bak").chmod(0o600)


def newer_store(paths: Paths) -> None:
    with Writer(paths, "a test") as writer:
        writer._con.execute("INSERT INTO migrations VALUES (99, 'later', '')")


@pytest.mark.parametrize(
    ("harm", "level", "said"),
    [
        (break_snapshot, "broken", "is not the file that was published"),
        (break_work, "broken", "work.duckdb"),
        (break_decisions, "broken", "decisions.sqlite"),
        (open_folder, "broken", "Others on this machine may look into store"),
        (drop_key, "broken", "key is gone"),
        (cut_key, "broken", "5 bytes instead of 32"),
        (die, "look", "never ended"),
        (set_clock_back, "look", "in the future"),
        (decide_erasure, "look", "still in the files: 1 of"),
        (die_publishing, "look", "public: a publication goes on, or was killed"),
        (copy_store, "look", "before.duckdb.bak"),
        (newer_store, "broken", "by a newer Suasion"),
    ],
)
def test_each_fault_is_found(paths: Paths, harm: Callable[[Paths], None], level: str, said: str) -> None:
    harm(paths)
    found = faults(paths)
    assert not any(sentence.text in str(found) for _, responses in CONTENT for response in responses for sentence in response.sentences)
    assert any((level, True) == (how, said in what) for how, what in found), found


def test_on_a_disk_that_can_only_be_read_nobody_is_told_to_restore(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    break_decisions(paths)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert {finding.advice for finding in of_store(paths) if finding.level == "broken"} == {
        "Make the disk writable for you, then ask again"
    }


def test_while_a_run_goes_on_it_is_said_who_writes(paths: Paths) -> None:
    with Writer(paths, "suasion run"):
        ((level, what),) = faults(paths)
    assert level == "look"
    assert "suasion run" in what


def test_a_damaged_snapshot_inside_has_one_that_stands_in(paths: Paths) -> None:
    home = paths.snapshots("internal")
    current = str(snapshots.read_current(paths, "internal"))
    (home / snapshots.CURRENT).write_text("29990101T000000-000000")
    (broken,) = [finding for finding in store_checks.served(paths, thorough=False) if finding.level == "broken"]
    assert f"{current} is shown in its place" in broken.advice


def test_the_packages_are_compared_with_what_the_project_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"duckdb": "1.0", "torch": "2.13.0+cpu"}
    real = machine_checks.importlib.metadata.version
    monkeypatch.setattr(machine_checks.importlib.metadata, "version", lambda name: versions.get(name) or real(name))
    monkeypatch.setattr(machine_checks.platform, "python_version", lambda: "3.9.1")
    python, packages = machine_checks.versions()
    assert (python.level, packages.level) == ("broken", "broken")
    assert "duckdb 1.0 (needed: <2.1,>=2.0)" in packages.what
    assert "torch" not in packages.what


def test_a_model_that_is_missing_or_another_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone = replace(PACKAGES[0], distribution="gone", module="a_module_that_is_gone")
    fewer = replace(PACKAGES[1], files={"gone.bin": "0"})
    monkeypatch.setattr(machine_checks, "PACKAGES", (gone, fewer))
    assert [finding.level for finding in machine_checks.models(thorough=False)] == ["broken", "broken"]

    def refused(package: object) -> None:
        raise ModelError("is not the file expected")

    monkeypatch.setattr(machine_checks, "verified_folder", refused)
    monkeypatch.setattr(machine_checks, "SHIPPED", tmp_path)
    assert [finding.level for finding in machine_checks.models(thorough=True)] == ["broken"] * 3


def test_too_little_room_is_told_by_what_the_next_run_may_need(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, level in ((50_000_000, "broken"), (150_000_000, "look"), (10**10, "fine")):
        monkeypatch.setattr("shutil.disk_usage", lambda place, free=free: shutil._ntuple_diskusage(1, 1, free))  # type: ignore[attr-defined]
        assert [finding.level for finding in machine_checks.room(paths)] == [level]


def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        (finding,) = machine_checks.port(taken.getsockname()[1])
    assert finding.level == "look"
    assert "suasion explore --port" in finding.advice


def test_a_folder_of_prefect_s_that_cannot_be_written(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    assert [finding.level for finding in machine_checks.prefect_home(paths)] == ["broken"]
