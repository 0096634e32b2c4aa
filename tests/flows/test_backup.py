"""``suasion backup`` and ``restore``: all of it comes back, the key apart, and nothing that was erased or withdrawn since."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from flows.archive import read_manifest
from flows.backup import back_up
from flows.cli import app
from flows.restore import STAGING, restore
from store import Decisions, Filters, Paths, Reader, Writer
from store.erasure import Eraser, unfinished
from store.exports import ExportRegister
from store.key import make_key
from store.paths import REPLACED
from store.registers import take_over_decisions
from store.tombstones import tombstones
from taxonomy.errors import StoreBusyError, StoreError
from tests.synthetic import build_store

pytestmark = pytest.mark.disk

SETTINGS = ("roles.toml", "notices.toml", "schedules.toml")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Paths, Path, Path]:
    """A store with raw files, a key and a register of exports, its backup, and the key apart."""
    folder = tmp_path_factory.mktemp("filled")
    paths = build_store(folder / "data", views=("internal", "public"))
    make_key(paths)
    survey = paths.raw / "a-survey"
    survey.mkdir(parents=True)
    (survey / "answers.csv").write_text("who,Q1\nr1,Banks lobbied.\n", "utf-8")
    (survey / "link.csv").symlink_to("answers.csv")
    for name in (*SETTINGS, "secrets.toml", "logs/run.jsonl"):
        (paths.root / name).write_text("", "utf-8")
    ExportRegister(paths).record("quotes.csv", ["q1", "q2"], who="ada", view="internal", snapshot="s")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUASION_DATA", str(paths.root))
        back_up(folder / "b.tar.gz", key_to=folder / "key")
        back_up(folder / "all.tar.gz", with_snapshots=True)
    return paths, folder / "b.tar.gz", folder / "key"


@pytest.fixture
def paths(filled: tuple[Paths, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """A copy of that store, which the commands act upon."""
    monkeypatch.setenv("SUASION_DATA", str(tmp_path / "data"))
    return Paths(Path(shutil.copytree(filled[0].root, tmp_path / "data", symlinks=True)))


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """An empty data folder, which the commands act upon."""
    monkeypatch.setenv("SUASION_DATA", str(tmp_path / "elsewhere"))
    return Paths(tmp_path / "elsewhere")


@pytest.fixture
def backup(filled: tuple[Paths, Path, Path]) -> Path:
    return filled[1]


@pytest.fixture
def key(filled: tuple[Paths, Path, Path]) -> Path:
    return filled[2]


def suasion(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def contents(paths: Paths) -> dict[str, list[tuple[object, ...]]]:
    with Writer(paths, "a test") as writer:
        tables = [name for (name,) in writer._rows("SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY 1")]
        return {table: writer._rows(f"SELECT * FROM {table} ORDER BY ALL") for table in tables}


def an_answer(paths: Paths) -> str:
    with Writer(paths, "a test") as writer:
        return str(writer._rows("SELECT answer FROM passages ORDER BY answer LIMIT 1")[0][0])


def erase(paths: Paths, answer: str) -> None:
    with Eraser(paths, "a test") as eraser:
        eraser.decide([answer], "ada")
        eraser.complete()


def test_all_of_it_comes_back_and_the_key_was_never_in_it(
    filled: tuple[Paths, Path, Path], elsewhere: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    before, backup, key = filled
    assert not [
        name for name in read_manifest(backup).files if "key" in name or "secrets" in name or name.startswith(("snapshots/", "logs/"))
    ]
    assert key.stat().st_mode & 0o777 == 0o600
    restore(backup, key_from=key)
    assert contents(elsewhere) == contents(before)
    assert elsewhere.key.read_bytes() == before.key.read_bytes()
    assert (elsewhere.raw / "a-survey" / "answers.csv").read_bytes() == (before.raw / "a-survey" / "answers.csv").read_bytes()
    assert all((elsewhere.root / name).exists() for name in SETTINGS)
    assert [each.what for each in ExportRegister(elsewhere).holding(["q2"])] == ["quotes.csv"]
    modes = {place.stat().st_mode & 0o777 for place in elsewhere.root.rglob("*") if place.is_file() and place != elsewhere.lock}
    assert modes == {0o600}
    assert not (elsewhere.root / STAGING).exists()
    said = capsys.readouterr().out
    for view in ("internal", "public"):
        assert f"suasion publish --view {view}" in said
    assert "knew of no decisions" in said


def test_with_its_snapshots_it_is_served_at_once(filled: tuple[Paths, Path, Path], elsewhere: Paths, key: Path) -> None:
    result = suasion("restore", filled[1].with_name("all.tar.gz"), "--key-from", key)
    assert result.exit_code == 0, result.exception
    for view in ("internal", "public"):
        with closing(Reader.open(elsewhere, view)) as reader, closing(Reader.open(filled[0], view)) as before:
            assert reader.snapshot.id == before.snapshot.id
            assert reader.quotes(Filters()).num_rows == before.quotes(Filters()).num_rows


def test_what_was_erased_and_withdrawn_since_does_not_come_back(paths: Paths, backup: Path) -> None:
    erased = an_answer(paths)
    erase(paths, erased)
    withdrawn = an_answer(paths)
    Decisions(paths).record("withdrawal", withdrawn, "withdrawn", "ada")
    ExportRegister(paths).record("later.csv", ["q9"], who="ada", view="internal", snapshot="s")
    result = suasion("restore", backup, "--over")
    assert result.exit_code == 0, result.exception
    assert f"1 answer erased for good: {erased}" in result.output
    assert not any(erased in str(rows) for rows in contents(paths).values())
    assert tombstones(Decisions(paths))[erased].state == "done"
    assert Decisions(paths).latest("withdrawal")[withdrawn] == "withdrawn"
    assert [each.what for each in ExportRegister(paths).holding(["q9"])] == ["later.csv"]
    aside = [place for place in paths.root.iterdir() if place.name.startswith(REPLACED)]
    assert sorted(place.name for place in aside[0].iterdir()) == ["snapshots", "store"]
    assert f"{aside[0]}: is no part of the store and may be a copy" in result.output
    before = Decisions(paths).standing("withdrawal")
    assert suasion("restore", backup, "--over").exit_code == 0
    assert Decisions(paths).latest("withdrawal") == {subject: decision.value for subject, decision in before.items()}
    assert not any(erased in str(rows) for rows in contents(paths).values())


def test_a_restore_that_is_killed_before_the_erasure_leaves_it_due(paths: Paths, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    erased = an_answer(paths)
    erase(paths, erased)
    monkeypatch.setattr("flows.restore.complete_erasures", lambda paths: None)
    restore(backup, over=True)
    assert unfinished(paths) == (erased,)


def test_a_backup_that_knows_of_the_erasure_asks_for_none(paths: Paths, tmp_path: Path) -> None:
    erase(paths, an_answer(paths))
    back_up(tmp_path / "later.tar.gz")
    result = suasion("restore", tmp_path / "later.tar.gz", "--over")
    assert result.exit_code == 0, result.exception
    assert "erased for good" not in result.output


def test_nothing_is_put_over_a_store_unasked(paths: Paths, backup: Path) -> None:
    before = paths.work.read_bytes()
    with pytest.raises(StoreError, match=r"a store is there already.*--over"):
        restore(backup)
    assert paths.work.read_bytes() == before


def test_without_its_key_it_is_refused_unless_the_key_is_lost(elsewhere: Paths, backup: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="--key-from FILE"):
        restore(backup)
    (tmp_path / "other").write_bytes(bytes(32))
    with pytest.raises(StoreError, match="not the key that belongs to this backup"):
        restore(backup, key_from=tmp_path / "other")
    assert not elsewhere.work.exists()
    result = suasion("restore", backup, "--without-key")
    assert "key is missing" in result.output
    assert elsewhere.work.exists()


def test_raw_files_that_are_there_stay_as_they_are(paths: Paths, backup: Path) -> None:
    raw = paths.raw / "a-survey" / "answers.csv"
    raw.write_text("who,Q1\n", "utf-8")
    assert "raw/a-survey/answers.csv was there already" in suasion("restore", backup, "--over").output
    assert raw.read_text("utf-8") == "who,Q1\n"


def test_a_damaged_backup_changes_nothing(paths: Paths, backup: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 255
    broken.write_bytes(content)
    before = paths.work.stat().st_ino
    with pytest.raises(StoreError):
        restore(broken, over=True)
    assert paths.work.stat().st_ino == before
    assert not [place for place in paths.root.iterdir() if place.name.startswith((STAGING, REPLACED))]


def test_a_database_that_is_none_of_suasion_s_is_refused(paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Writer(paths, "a test") as writer:
        writer._con.execute("INSERT INTO migrations VALUES (99, 'later', '')")
    monkeypatch.setattr("store.ledger.migrate", lambda *_: None)
    back_up(tmp_path / "newer.tar.gz")
    with pytest.raises(StoreError, match="of a newer Suasion"):
        restore(tmp_path / "newer.tar.gz", over=True)
    assert paths.work.exists()


def test_while_a_run_goes_on_both_are_refused(paths: Paths, backup: Path, tmp_path: Path) -> None:
    with Writer(paths, "suasion run"):
        with pytest.raises(StoreBusyError, match="suasion run"):
            back_up(tmp_path / "b.tar.gz")
        with pytest.raises(StoreBusyError, match="suasion run"):
            restore(backup, over=True)
    assert not list(tmp_path.glob("*.tar.gz"))


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("b.zip", "ends in"),
        ("data/b.tar.gz", "lies in the data folder"),
        ("gone/b.tar.gz", "no folder"),
        ("there.tar.gz", "is there already"),
    ],
)
def test_a_place_that_is_not_fit_for_it(paths: Paths, tmp_path: Path, place: str, said: str) -> None:
    (tmp_path / "there.tar.gz").write_bytes(b"")
    with pytest.raises(StoreError, match=said):
        back_up(tmp_path / place)


def test_a_folder_gets_a_file_that_is_named_by_the_time_and_what_is_left_out_is_told(paths: Paths, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    result = suasion("backup", folder)
    assert result.exit_code == 0, result.exception
    (place,) = folder.iterdir()
    assert place.name.startswith("suasion-20")
    for told in (str(place), "link.csv", "secrets.toml", "The respondents' key is not in it"):
        assert told in result.output


def test_too_little_room_is_told_before_anything_is_written(paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda place: shutil._ntuple_diskusage(10, 9, 1))  # type: ignore[attr-defined]
    with pytest.raises(StoreError, match="0 MB are free, the backup may need"):
        back_up(tmp_path / "b.tar.gz")


def test_an_empty_data_folder_has_nothing_to_back_up(elsewhere: Paths, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing to back up"):
        back_up(tmp_path / "b.tar.gz")


def test_decisions_of_another_store_never_undo_what_stands_here(paths: Paths, backup: Path) -> None:
    """A backup of elsewhere, with a decision that is newer in its count and says the contrary."""
    answer = an_answer(paths)
    Decisions(paths).record("withdrawal", answer, "withdrawn", "ada")
    other = paths.root.parent / "other.sqlite"
    shutil.copy(paths.decisions, other)
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("DROP TRIGGER decisions_never_vanish")
        connection.execute("DELETE FROM decisions")
        rows = ((70, "2027-01-01", "withdrawal", answer, "active", "bob"), (71, "2027-01-01", "topic-name", "t", "n", "bob"))
        connection.executemany("INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?)", rows)
    for _ in range(2):
        assert take_over_decisions(paths, other) == ()
        assert Decisions(paths).latest("withdrawal")[answer] == "withdrawn"
        assert Decisions(paths).latest("topic-name") == {"t": "n"}
