"""The whole way as a user goes it: the command line, real models, Prefect, a snapshot; and no word of an answer anywhere else."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from store import Filters, Paths, Reader, Writer
from tests.flows.workbench import write_survey

pytestmark = [pytest.mark.server, pytest.mark.real_models]

#: Words that stand in answers, names and dropped columns, and may be found only where texts belong.
CANARIES = ("Quetzalbank", "Zorblax", "canary.respondent@example.org", "R_canary_1")
ROWS = [
    ("R_canary_1", "Brazil", "Banks such as Quetzalbank pushed for the repeal of the labour law. Write to canary.respondent@example.org."),
    ("R_canary_2", "Kenya", "The Zorblax mine poisoned the river and drove the villagers off their land."),
    ("R_canary_3", "Peru", "n/a"),
    ("R_canary_4", "Atlantis", "Quetzalbank was never here."),
]


def suasion(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment["SUASION_DATA"] = str(home)
    command = [sys.executable, "-m", "flows", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=Path(__file__).parents[2], check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("whole") / "data"
    write_survey(Paths(home), ROWS)
    return home


@pytest.fixture(scope="module")
def first_run(home: Path) -> subprocess.CompletedProcess[str]:
    done = suasion(home, "run", "a-survey")
    assert done.returncode == 0, done.stderr
    return done


def test_answers_become_coded_quotes(home: Path, first_run: subprocess.CompletedProcess[str]) -> None:
    with closing(Reader.open(Paths(home))) as reader:
        rows = reader.quotes(Filters(), limit=50).to_pylist()
    by_country = {row["country"]: row for row in rows if "repeal" in row["text"] or "mine" in row["text"] or row["text"] == "n/a"}
    codes = {country: {f"{code['facet']}:{code['code']}" for code in row["codes"]} for country, row in by_country.items()}
    assert {"relevance:influence", "actor:bank", "direction:encouraged"} <= codes["BRA"]
    assert {"relevance:influence", "industry:mining", "right:land", "mode:active"} <= codes["KEN"]
    assert codes["PER"] == {"relevance:non_substantive"}
    for row in rows:
        for code in row["codes"]:
            assert all(row["text"][span["start"] : span["end"]].strip() for span in code["spans"])


def test_personal_addresses_are_masked_before_anything_else(home: Path, first_run: subprocess.CompletedProcess[str]) -> None:
    with closing(Reader.open(Paths(home))) as reader:
        texts = reader.quotes(Filters(), limit=50)["text"].to_pylist()
    assert any("[email]" in text for text in texts)
    assert not any("example.org" in text for text in texts)


def test_what_could_not_be_used_is_listed_by_row(home: Path, first_run: subprocess.CompletedProcess[str]) -> None:
    done = suasion(home, "rejects")
    assert "answers.csv" in done.stdout
    assert "a-survey" in done.stdout


def test_no_word_of_an_answer_is_printed_or_kept_by_prefect(home: Path, first_run: subprocess.CompletedProcess[str]) -> None:
    for canary in CANARIES:
        assert canary not in first_run.stdout + first_run.stderr
        for path in (home / "prefect").rglob("*"):
            if path.is_file():
                assert canary.encode() not in path.read_bytes(), path


def test_snapshots_hold_no_original_and_no_respondent(home: Path, first_run: subprocess.CompletedProcess[str]) -> None:
    for path in (home / "snapshots").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"canary.respondent" not in content, path
            assert b"R_canary_1" not in content, path


def test_everything_is_closed_to_others(home: Path, first_run: subprocess.CompletedProcess[str]) -> None:
    for folder in ("store", "snapshots", "prefect"):
        for path in ((home / folder), *(home / folder).rglob("*")):
            assert not path.is_symlink() or path.exists()
            assert path.stat().st_mode & 0o077 == 0, path


def test_a_run_is_recorded_in_the_store(home: Path, first_run: subprocess.CompletedProcess[str]) -> None:
    with Writer(Paths(home), "a test") as writer:
        run = writer.runs().to_pylist()[-1]
        stages = [row["stage"] for row in writer.stages(run["run"]).to_pylist()]
    assert run["status"] == "done"
    assert stages == ["ingest", "mask", "passages", "embed", "code", "topics", "publish"]
    assert {"encoder", "coder", "codebook", "masker", "segmenter", "topics"} <= set(json.loads(run["versions"]))


def test_again_nothing_is_new_and_then_a_changed_file_is(home: Path, first_run: subprocess.CompletedProcess[str], tmp_path: Path) -> None:
    own = tmp_path / "data"  # the other tests go on reading what the first run left
    shutil.copytree(home, own)
    again = suasion(own, "run", "a-survey")
    assert "Nothing new" in again.stderr
    write_survey(Paths(own), [*ROWS[:2], ("R_canary_3", "Peru", "Banks opposed the bill on water.")])
    changed = suasion(own, "run", "a-survey")
    assert changed.returncode == 0, changed.stderr
    assert "code: 1 came" in changed.stderr
    assert "up to date" in suasion(own, "status").stdout


def test_any_table_is_coded_without_a_store(tmp_path: Path) -> None:
    source, out, home = tmp_path / "answers.csv", tmp_path / "out.jsonl", tmp_path / "unused"
    source.write_text("id,text,country\na,Banks pushed for the repeal of the labour law.,BRA\nb,n/a,KEN\nc,,\n", "utf-8")
    done = suasion(home, "code", str(source), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "repeal" not in done.stdout + done.stderr
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["a", "b", "c"]
    assert [line["relevance"] for line in lines] == ["influence", "non_substantive", "non_substantive"]
    assert lines[0]["actor"] == ["bank"]
    assert all(lines[0][facet] is not None for facet in ("mode", "direction", "effect", "responsibility", "awareness"))
    assert not home.exists()


def test_bad_input_is_one_clear_message(tmp_path: Path) -> None:
    done = suasion(tmp_path / "data", "code", str(tmp_path / "nowhere.csv"), "--out", str(tmp_path / "out.jsonl"))
    assert done.returncode == 2
    (tmp_path / "answers.csv").write_text("id,answer\n1,Banks.\n", "utf-8")
    done = suasion(tmp_path / "data", "code", str(tmp_path / "answers.csv"), "--out", str(tmp_path / "out.jsonl"))
    assert done.returncode == 1
    assert "no column “text”" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_table_is_never_written_over_by_its_codes(tmp_path: Path) -> None:
    table = tmp_path / "answers.csv"
    table.write_text("id,text\n1,Banks.\n", "utf-8")
    done = suasion(tmp_path / "data", "code", str(table), "--out", str(table))
    assert done.returncode == 1
    assert "--out" in done.stderr
    assert table.read_text("utf-8") == "id,text\n1,Banks.\n"


def test_each_survey_that_cannot_be_read_is_one_message(tmp_path: Path) -> None:
    home = tmp_path / "data"
    (write_survey(Paths(home), ROWS) / "answers.csv").write_bytes(b"")
    (write_survey(Paths(home), ROWS, name="b-survey") / "answers.csv").write_text("who,land,Q2\nr1,Peru,x\n", "utf-8")
    done = suasion(home, "run", "a-survey", "b-survey")
    assert done.returncode == 1
    assert done.stderr.count("the file is empty") == done.stderr.count('no column "Q1"') == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("key", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_ends_at_once_and_says_so(tmp_path: Path, key: signal.Signals) -> None:
    write_survey(Paths(tmp_path), ROWS)
    environment = {**os.environ, "SUASION_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "flows", "run", "a-survey"]
    # Where the tests run in the background, a shell has them ignore SIGINT, and what they start would too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env=environment, cwd=Path(__file__).parents[2], start_new_session=True
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with process as run:
        assert run.stderr is not None
        while "answers.csv" not in run.stderr.readline():
            assert run.poll() is None
        os.killpg(run.pid, key)  # as a terminal does: everything the run started hears of it
        _, said = run.communicate(timeout=180)
    assert run.returncode == 130, said
    assert "stopped" in said
    assert "Traceback" not in said
    with Writer(Paths(tmp_path), "a test") as writer:
        assert [row["status"] for row in writer.runs().to_pylist()] == ["failed"]
