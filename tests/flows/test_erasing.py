"""``suasion erase``: what is asked, what is refused, what the report says, and that nothing comes back with the next run."""

from __future__ import annotations

import getpass
import io
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from flows.cli import app
from flows.erasing import Wish, complete_erasures, erase
from flows.running import publish_view
from flows.status import show_status
from store import Decisions, Paths, Writer
from store.erasure import Eraser, unfinished
from store.tombstones import tombstones
from taxonomy.errors import ConfirmationError, StoreBusyError, StoreError
from tests.flows.workbench import carry, write_survey

pytestmark = pytest.mark.disk

SECRET = "Zqxjvelm"
ROWS = [("r1", "Brazil", f"Banks of {SECRET} lobbied."), ("r2", "Kenya", "Mines polluted."), ("r3", "Peru", "A bank divested.")]


class Typing(io.StringIO):
    """A terminal in which somebody types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Paths:
    """A store that a run has filled."""
    paths = Paths.default()
    monkeypatch.setattr("flows.raw_folders.CHECKOUT_RAW", tmp_path / "none")
    write_survey(paths, ROWS)
    carry(paths)
    return paths


@pytest.fixture
def told(paths: Paths) -> str:
    """The id of the answer that tells the secret."""
    return ids(paths)[1]


def ids(paths: Paths) -> dict[int, str]:
    """The answers in the store, by their row."""
    with Writer(paths, "a test") as writer:
        return dict(writer._rows('SELECT "row", answer FROM answers'))


def suasion(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["erase", *arguments])


def typed(monkeypatch: pytest.MonkeyPatch, line: str) -> Typing:
    said = Typing()
    monkeypatch.setattr("sys.stdin", Typing(f"{line}\n"))
    monkeypatch.setattr("sys.stderr", said)
    return said


def test_the_report_names_what_people_must_destroy(paths: Paths, told: str) -> None:
    result = suasion("--answer", told, "--yes", "--who", "ada")
    assert result.exit_code == 0, result.exception
    lines = result.output.splitlines()
    assert lines[0] == f"1 answer erased for good: {told}"
    assert f"  {paths.raw / 'a-survey' / 'answers.csv'}, row 1, question q1 (answer {told})" in lines
    assert any("backup" in line for line in lines)
    assert any("exports and screenshots" in line for line in lines)
    assert SECRET not in result.output
    assert tombstones(Decisions(paths))[told].state == "done"
    assert Decisions(paths).standing("erasure")[told].who == "ada"


def test_the_next_run_leaves_it_out(paths: Paths, told: str, capfd: pytest.CaptureFixture[str]) -> None:
    suasion("--answer", told, "--yes")
    write_survey(paths, [*ROWS, ("r4", "Chad", "A bank paid.")])
    carry(paths)
    assert set(ids(paths)) == {2, 3, 4}
    held = [place.name for place in paths.root.rglob("*") if place.is_file() and SECRET.encode() in place.read_bytes()]
    assert held == ["answers.csv"]
    out = capfd.readouterr()
    assert SECRET not in out.out + out.err


def test_without_a_word_nothing_is_erased(paths: Paths, told: str) -> None:
    with pytest.raises(ConfirmationError, match=r"1 answer would be erased for good.*add --yes"):
        erase(Wish((told,)), "", confirmed=False)
    assert unfinished(paths) == ()
    assert told in ids(paths).values()


def test_in_a_terminal_the_number_is_typed(paths: Paths, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        typed(patch, "2")
        with pytest.raises(ConfirmationError, match="another number"):
            erase(Wish((told,)), "", confirmed=False)
    assert told in ids(paths).values()
    with monkeypatch.context() as patch:
        asked = typed(patch, "1")
        erase(Wish(respondent_of=told), "", confirmed=False)
    assert "Type 1 to erase them" in asked.getvalue()
    assert told not in ids(paths).values()
    assert Decisions(paths).standing("erasure")[told].who == getpass.getuser()


def test_all_that_is_withdrawn(paths: Paths) -> None:
    write_survey(paths, ROWS[1:])
    carry(paths)
    assert suasion("--survey", "a-survey", "--withdrawn", "--yes").exit_code == 0
    assert len(ids(paths)) == 2


@pytest.mark.parametrize(
    "arguments",
    [(), ("--survey", "a-survey"), ("--withdrawn",), ("--answer", "a", "--respondent-of", "b"), ("--answer", "a", "--withdrawn")],
)
def test_which_answers_must_be_said_in_one_way(arguments: tuple[str, ...]) -> None:
    result = suasion(*arguments, "--yes")
    assert isinstance(result.exception, StoreError)
    assert "say which answers" in str(result.exception)


def test_unknown_erased_or_busy_is_refused(paths: Paths, told: str) -> None:
    for arguments, message in (
        (("--answer", "nobody"), "no answer of this id"),
        (("--survey", "nowhere", "--withdrawn"), "no survey"),
        (("--survey", "a-survey", "--withdrawn"), "no answer of this survey is withdrawn"),
    ):
        assert message in str(suasion(*arguments, "--yes").exception)
    with Writer(paths, "suasion run"):
        assert isinstance(suasion("--answer", told, "--yes").exception, StoreBusyError)
    suasion("--answer", told, "--yes")
    assert "was erased already" in str(suasion("--answer", told, "--yes").exception)


def test_a_run_completes_what_a_killed_erasure_left(paths: Paths, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Eraser(paths, "dying") as eraser:
        eraser.decide([told], "ada")
    complete_erasures(paths)
    assert told not in ids(paths).values()
    assert unfinished(paths) == ()
    said = capsys.readouterr()
    assert "completed now" in said.err
    assert f"1 answer erased for good: {told}" in said.out
    complete_erasures(paths)
    assert capsys.readouterr().out == ""


def test_status_tells_of_an_unfinished_erasure_and_publishing_completes_it(
    paths: Paths, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Eraser(paths, "dying") as eraser:
        eraser.decide([told], "ada")
    show_status()
    status = " ".join(capsys.readouterr().out.split())
    assert "An erasure of 1 answer was decided and is not done" in status
    assert "suasion publish" in status
    publish_view("public")
    assert unfinished(paths) == ()
    assert "completed now" in capsys.readouterr().err
    show_status()
    assert "erasure" not in capsys.readouterr().out
