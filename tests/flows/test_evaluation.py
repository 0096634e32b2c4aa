from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from flows.cli import app
from flows.evaluation import Wishes, code_labelled, evaluate, write_faults
from flows.labels import Fault, read_labels
from models.coder import CueCoder
from models.coding import Code, Coding, Passage
from models.figures import CAVEAT, Quality
from store import Paths
from store.quality import load_passages, load_quality, reports
from taxonomy import load_codebook
from taxonomy.errors import RawFileError
from tests.flows.workbench import FakeEncoder
from tests.models.tiny_codebook import CountingEncoder, tiny_codebook


class Believer:
    """Takes every passage for an active influence of a bank; learned from the one that says so, and doubts Korean."""

    version = "believer-1"

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        assert len(vectors) == len(passages)
        return [self._one(passage) for passage in passages]

    def _one(self, passage: Passage) -> Coding:
        doubt = passage.language == "ko"
        codes = (
            Code("relevance", "influence", 0.9, "cue"),
            Code("mode", "active", 0.6, "model", review=doubt),
            Code("actor", "bank", 0.8, "cue"),
        )
        return Coding(codes, learned_from="learned" in passage.text)


def line(id: str, mode: str = "active", **more: Any) -> dict[str, Any]:
    coded = {"relevance": "influence", "mode": mode, "actor": ["bank"]}
    return {"id": id, "text": f"Banks lobbied in the town {id}.", "lang": "en", "country": "BRA", "source": "reports"} | coded | more


GOLD = [
    line("one"),
    line("two", "passive"),
    line("three", text="은행이 로비했다.", lang="ko", country="KOR"),
    line("four", text="What was learned from."),
    line("five", "activ"),
    "not json",
]


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in GOLD), "utf-8")
    return path


@pytest.fixture(autouse=True)
def fakes() -> Iterator[None]:
    with (
        patch("models.encoders.load_encoder", FakeEncoder),
        patch("models.coder.load_coder", lambda codebook, encoder, folder: Believer()),
    ):
        yield


def test_figures_are_told_written_and_kept(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate([gold], None, Wishes(name="Trial", reference="two readers", json=tmp_path / "out.json", codes=True))
    shown = capsys.readouterr()
    assert "Trial: 3 passages, coded anew by the coder that ships. Coder believer-1, codebook " in shown.out
    assert "1 passages that the coder was trained on are left out of every figure." in shown.out
    assert "Reference: two readers" in shown.out
    assert CAVEAT in shown.out
    assert "mode" in shown.out
    assert "passive    active     1         two" in shown.out
    assert "Faults in lines that are left out: 2" in shown.err
    assert 'mode has no code “activ”; did you mean "active"?' in shown.err

    (id,) = reports(Paths.default())
    assert id in shown.err
    quality = load_quality(Paths.default(), id)
    assert Quality.from_json((tmp_path / "out.json").read_text("utf-8")) == quality
    assert (quality.passages, quality.learned_from, quality.faults) == (3, 1, 2)
    assert quality.facet("mode").overall.value == pytest.approx(2 / 3)
    assert quality.facet("mode").coverage.settled == 2


def test_the_passages_are_kept_for_the_explorer_and_nowhere_else(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate([gold], None, Wishes(json=tmp_path / "out.json", faults=tmp_path / "faults.csv", codes=True))
    passages = {passage.id: passage for passage in load_passages(Paths.default(), reports(Paths.default())[0])}
    assert set(passages) == {"one", "two", "three"}
    assert passages["three"].doubtful == {"mode": ("active",)}
    assert (passages["two"].reference["mode"], passages["two"].predicted["mode"]) == (("passive",), ("active",))
    shown = capsys.readouterr()
    for said in (shown.out, shown.err, (tmp_path / "out.json").read_text("utf-8"), (tmp_path / "faults.csv").read_text("utf-8-sig")):
        assert "lobbied" not in said
        assert "은행" not in said


def test_without_a_name_a_report_is_called_by_its_files(gold: Path, tmp_path: Path) -> None:
    other = tmp_path / "more.jsonl"
    other.write_text(json.dumps(line("ten")), "utf-8")
    evaluate([gold, other], None, Wishes())
    quality = load_quality(Paths.default(), reports(Paths.default())[0])
    assert (quality.name, quality.passages) == ("gold + more", 4)


def test_nothing_usable_is_an_error_and_no_report(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text("not json\n", "utf-8")
    with pytest.raises(RawFileError, match=r"gold\.jsonl: no line can be used"):
        evaluate([path], None, Wishes())
    assert reports(Paths.default()) == ()


@pytest.mark.parametrize("output", ["json", "faults"])
def test_the_labels_are_never_written_to(output: str, gold: Path) -> None:
    before = gold.read_bytes()
    with pytest.raises(RawFileError, match="never written to"):
        evaluate([gold], None, Wishes(**{output: gold}))
    assert gold.read_bytes() == before


def test_an_output_that_cannot_be_written_is_told(gold: Path, tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match="cannot be written"):
        evaluate([gold], None, Wishes(json=tmp_path / "missing" / "out.json"))
    assert len(reports(Paths.default())) == 1, "what was measured is kept all the same"
    with pytest.raises(RawFileError, match="cannot be written"):
        write_faults([], tmp_path / "missing" / "faults.csv")


def test_the_first_ten_faults_are_told_and_all_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join([json.dumps(line("one")), *["[]"] * 12, json.dumps(line("de", lang="de"))]), "utf-8")
    evaluate([path], None, Wishes())
    said = capsys.readouterr().err
    assert "Faults in lines that are left out: 12" in said
    assert "line 11" in said
    assert "line 12" not in said
    assert "… and 2 more; all of them into a file: --faults FAULTS.csv" in said
    assert "Remarks on lines that count all the same: 1" in said

    evaluate([path], None, Wishes(faults=tmp_path / "faults.csv"))
    rows = list(csv.DictReader((tmp_path / "faults.csv").read_text("utf-8-sig").splitlines()))
    assert [row["left out"] for row in rows] == [*["yes"] * 12, "no"]
    assert "13 faults and remarks written to" in capsys.readouterr().err


def test_no_cell_of_the_faults_is_a_formula(tmp_path: Path) -> None:
    write_faults([Fault("=cmd.jsonl", 1, "-1", "+x")], tmp_path / "faults.csv")
    (row,) = csv.reader((tmp_path / "faults.csv").read_text("utf-8-sig").splitlines()[1:])
    assert not any(cell.startswith(("=", "+", "-")) for cell in row)


def test_passages_are_coded_in_batches_and_in_order(gold: Path) -> None:
    codebook, steps = load_codebook(), []
    rows = read_labels([gold], codebook).rows
    with patch("flows.evaluation.BATCH", 3):
        pairs = code_labelled(rows, codebook, FakeEncoder(), Believer(), steps.append)
    assert [row.id for row, _ in pairs] == ["one", "two", "three", "four"]
    assert steps == [3, 1]
    assert [predicted.learned_from for _, predicted in pairs] == [False, False, False, True]


def test_the_command_measures(gold: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", str(gold), "--name", "By hand", "--json", str(tmp_path / "out.json")])
    assert done.exit_code == 0, done.output
    assert "By hand: 3 passages" in done.output
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["name"] == "By hand"


def test_a_report_says_where_cues_coded_alone(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = CueCoder(tiny_codebook(), CountingEncoder())
    with patch("models.coder.load_coder", lambda codebook, encoder, asked: alone):
        evaluate([gold], None, Wishes())
    how = "coded anew by cues and likeness alone, because no trained coder knows this codebook"
    assert load_quality(Paths.default(), reports(Paths.default())[0]).predictions == how
    assert how in capsys.readouterr().out


def test_another_coder_is_named_in_the_report(gold: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    with patch("models.coder.load_coder", lambda codebook, encoder, asked: Believer() if asked == folder else None):
        done = CliRunner().invoke(app, ["evaluate", str(gold), "--coder", str(folder)])
    assert done.exit_code == 0, done.output
    assert load_quality(Paths.default(), reports(Paths.default())[0]).predictions == "coded anew by the coder in ours"
