"""What coders are trained on and where they are put, as people ask for it on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import training as module
from flows.cli import _run
from flows.training import SHIPPED_LABELS, files_and_folder, train
from models.trained import SHIPPED
from taxonomy.codebook import SHIPPED as SHIPPED_CODEBOOK
from taxonomy.errors import RawFileError, StageError
from tests.flows.lessons import Fits, labels, options, rows

pytestmark = [pytest.mark.training, pytest.mark.usefixtures("tiny")]


@pytest.fixture
def suasion(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run the command line; returns its exit status and what it said."""

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["suasion", *map(str, arguments)])
        return _run(), capsys.readouterr().err

    return run


# Which files, and where to


OURS, THEIRS = Path("ours.jsonl"), Path("theirs.yaml")


@pytest.mark.parametrize(
    ("labels", "only", "codebook", "out", "expected"),
    [
        ((), False, None, None, (SHIPPED_LABELS, SHIPPED)),
        ((), False, None, Path("new"), (SHIPPED_LABELS, Path("new"))),
        ((OURS,), False, None, Path("new"), ((*SHIPPED_LABELS, OURS), Path("new"))),
        ((OURS, SHIPPED_LABELS[0]), False, None, Path("new"), ((*SHIPPED_LABELS, OURS), Path("new"))),
        ((OURS,), True, None, Path("new"), ((OURS,), Path("new"))),
        ((OURS,), False, SHIPPED_CODEBOOK, Path("new"), ((*SHIPPED_LABELS, OURS), Path("new"))),
        ((OURS,), False, THEIRS, Path("new"), ((OURS,), Path("new"))),
        ((OURS, *SHIPPED_LABELS), True, THEIRS, SHIPPED, ((OURS, *SHIPPED_LABELS), SHIPPED)),
    ],
)
def test_labels_come_beside_those_that_ship_unless_they_are_to_be_alone(
    labels: tuple[Path, ...], only: bool, codebook: Path | None, out: Path | None, expected: tuple[tuple[Path, ...], Path]
) -> None:
    assert files_and_folder(labels, only, codebook, out) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--labels", OURS), "beside the one that ships: name its folder with --out"),
        (("--only", "--labels", OURS), "name its folder with --out"),
        (("--codebook", THEIRS, "--labels", OURS), "name its folder with --out"),
        (("--codebook", SHIPPED_CODEBOOK), "name its folder with --out"),
        (("--only", "--out", "new"), "--only leaves the shipped passages out: name coded passages to learn from with --labels"),
        (("--codebook", THEIRS, "--out", "new"), "the shipped passages are coded by another codebook: name coded passages"),
    ],
)
def test_the_coder_that_ships_is_not_replaced_by_another_unasked(
    arguments: tuple[object, ...], message: str, fits: Fits, suasion: Callable[..., tuple[int, str]]
) -> None:
    status, said = suasion("train", *arguments)
    assert (status, fits.learned) == (1, [])
    assert message in said


def test_the_command_learns_from_what_ships_and_from_further_labels(
    fits: Fits, suasion: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = labels(tmp_path).rename(tmp_path / "shipped.jsonl")
    monkeypatch.setattr(module, "SHIPPED_LABELS", (shipped,))
    other = tmp_path / "more.jsonl"
    other.write_text('{"id": "m", "text": "A bank lobbied.", "lang": "es", "relevance": "influence"}\n', "utf-8")
    assert suasion("train", "--labels", other, "--out", tmp_path / "trained")[0] == 0
    assert set(fits.learned[-1]) == {"m", *(row.id for row in rows())}


def test_the_labels_are_never_written_to(fits: Fits, suasion: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    path = labels(tmp_path)
    before = path.read_bytes()
    status, said = suasion("train", "--only", "--labels", path, "--out", tmp_path / "trained", "--faults", path)
    assert (status, path.read_bytes()) == (1, before)
    assert "which are never written to" in said


# What cannot be trained on


def test_too_few_passages_or_families_are_told_before_anything_is_trained(fits: Fits, tmp_path: Path) -> None:
    labels(tmp_path, count=20)
    with pytest.raises(StageError, match="20 passages to learn from are too few; 30 are the least"):
        train(options(tmp_path))
    labels(tmp_path, family="the only one")
    with pytest.raises(StageError, match="too few families for 3 folds"):
        train(options(tmp_path))
    assert fits.learned == []
    assert not (tmp_path / "trained").exists()


def test_a_folder_that_cannot_be_had_is_told_before_anything_is_trained(fits: Fits, tmp_path: Path) -> None:
    labels(tmp_path)
    (tmp_path / "trained").write_text("a file")
    with pytest.raises(StageError, match="the folder cannot be made: File exists"):
        train(options(tmp_path))
    (tmp_path / "trained").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.access", lambda path, mode: False)
        with pytest.raises(StageError, match="the folder cannot be written to"):
            train(options(tmp_path))
    assert fits.learned == []


def test_labels_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match=r"labels\.jsonl: the file cannot be opened"):
        train(options(tmp_path))


def test_the_command_trains_and_tells_what_is_wrong_with_the_labels(
    fits: Fits, suasion: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    faulty = ["{broken", '{"id": "x", "text": "A secret.", "lang": "en", "actor": ["banc"]}', *["[]"] * 10]
    path = labels(tmp_path, *faulty)
    asked = ("--folds", "2", "--epochs", "3", "--batch", "32", "--seed", "5", "--precision", "0.7", "--faults", tmp_path / "faults.csv")
    status, said = suasion("train", "--only", "--labels", path, "--out", tmp_path / "trained", *asked)
    assert status == 0
    assert "labels.jsonl, line 37: the line is not JSON" in said
    assert 'labels.jsonl, line 38 (x): actor has no code “banc”; did you mean "bank"?' in said
    assert "Faults in lines that are left out: 12" in said
    # That Spanish is no language of the tiny codebook is a remark on each of the 36.
    assert f"48 faults and remarks written to {tmp_path / 'faults.csv'}" in said
    assert len((tmp_path / "faults.csv").read_text("utf-8-sig").splitlines()) == 1 + 48
    assert "secret" not in said
    assert len(fits.learned) == 2 + 1
    card = json.loads((tmp_path / "trained" / "card.json").read_text("utf-8"))
    assert {key: card["recipe"][key] for key in ("epochs", "batch", "seed")} == {"epochs": 3, "batch": 32, "seed": 5}
    assert (card["precision wanted"], card["quality"]["faults"]) == (0.7, 12)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json\n", "0 passages to learn from are too few"),
        ("", "the file is empty"),
        (None, "the file cannot be opened"),
    ],
)
def test_labels_that_are_of_no_use_end_the_command_with_status_1(
    content: str | None, message: str, fits: Fits, suasion: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    path = tmp_path / "labels.jsonl"
    if content is not None:
        path.write_text(content, "utf-8")
    status, said = suasion("train", "--only", "--labels", path, "--out", tmp_path / "trained")
    assert status == 1
    assert message in said
    assert "suasion: " in said
    assert "Traceback" not in said
    assert not (tmp_path / "trained").exists()


def test_the_command_says_that_it_goes_on_where_it_was_stopped(fits: Fits, suasion: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    path = labels(tmp_path)
    fits.stops_at = 2
    assert suasion("train", "--only", "--labels", path, "--out", tmp_path / "trained")[0] == 130
    assert suasion("train", "--only", "--labels", path, "--out", tmp_path / "trained")[0] == 0
    assert len(fits.learned) == 2 + 3


def test_several_files_are_one_body_of_labels(fits: Fits, suasion: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    path = labels(tmp_path)
    other = tmp_path / "more.jsonl"
    other.write_text('{"id": "m", "text": "A bank lobbied.", "lang": "en", "relevance": "influence"}\n', "utf-8")
    assert suasion("train", "--only", "--labels", path, "--labels", other, "--out", tmp_path / "trained")[0] == 0
    assert "m" in fits.learned[-1]
