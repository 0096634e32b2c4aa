"""Another masker, protection or list of public figures masks a survey anew, and only what then reads otherwise is coded again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pytest

from flows.masking import masking_of
from flows.raw_folders import survey_folder
from flows.workshop import work_key
from models.masking import Masking
from models.tables import MASKED, Outcome, no_rejects
from store import Filters, Paths, Reader, Writer
from store.release import Quoted, Wish, release
from tests.flows.workbench import VERSIONS, FakeCoder, FakeEncoder, carry, write_survey

pytestmark = pytest.mark.disk

ROWS = [("r1", "Brazil", "Banks paid Zoe."), ("r2", "Kenya", "Mines polluted."), ("r3", "Peru", "Zoe closed the mine.")]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data")


def zoe_masked(answers: pa.Table, masking: Masking) -> Outcome:
    rows = []
    for answer, text in zip(answers["answer"].to_pylist(), answers["text"].to_pylist(), strict=True):
        at = text.find("Zoe") if "zoe" not in masking.figures.names else -1
        masks = [{"kind": "person", "start": at, "end": at + 8, "original_start": at, "original_end": at + 3}] if at >= 0 else []
        masked = text.replace("Zoe", "[person]") if masks else text
        rows.append({"answer": answer, "masked": masked, "masks": masks, "masker": masking.version})
    return Outcome(pa.Table.from_pylist(rows, schema=MASKED), no_rejects())


@contextmanager
def newer_masker() -> Iterator[None]:
    with patch("models.masking.MASKER", "masker-next"), patch("tests.flows.workbench.fake_mask", zoe_masked):
        yield


def shown(paths: Paths, view: str = "internal") -> set[str]:
    with closing(Reader.open(paths, view)) as reader:
        return set(reader.quotes(Filters(), limit=100)["text"].to_pylist())


def let_out(paths: Paths) -> None:
    with Writer(paths, "a test") as writer:
        for row in writer._rows("SELECT passage, answer, text, language FROM passages"):
            release(writer.decisions, Quoted(*row), Wish("partner", "as_is"), "Ada", seen=0, names=lambda text, language: ())
        writer.publish("partner", writer.begin_run([], {"encoder": VERSIONS.encoder}))


def test_another_masker_masks_all_and_codes_what_reads_otherwise(paths: Paths) -> None:
    write_survey(paths, ROWS, protection="protected")
    carry(paths)
    let_out(paths)
    assert shown(paths, "partner") == {text for _, _, text in ROWS}
    encoder, coder = FakeEncoder(), FakeCoder()
    with newer_masker():
        report = carry(paths, encoder=encoder, coder=coder)
        again = carry(paths)
    done = {count.stage: count.came for count in report.stages}
    assert (done["mask"], done["passages"], done["embed"], done["code"]) == (3, 2, 2, 2)
    assert sorted(encoder.seen) == ["         closed the mine.", "Banks paid         ."], "masks are no words"
    assert coder.coded == 2
    assert [count.came for count in again.stages[1:5]] == [0, 0, 0, 0]
    assert shown(paths) == {"Banks paid [person].", "Mines polluted.", "[person] closed the mine."}
    with Writer(paths, "a test") as writer:
        assert writer._number("SELECT count(*) FROM masked WHERE masker NOT LIKE 'masker-next%'") == 0
        writer.publish("partner", writer.begin_run([], {"encoder": VERSIONS.encoder}))
    assert shown(paths, "partner") == {"Mines polluted."}, "a release holds for the text that was decided on"


def test_what_is_masked_otherwise_is_work_to_do(paths: Paths) -> None:
    folder = write_survey(paths, ROWS)
    key = work_key(survey_folder(paths, "a-survey"), VERSIONS)
    write_survey(paths, ROWS, protection="protected")
    protected = survey_folder(paths, "a-survey")
    assert work_key(protected, VERSIONS) != key
    assert masking_of(protected.survey, folder).names_too
    key = work_key(protected, VERSIONS)
    with patch("models.masking.MASKER", "masker-next"):
        assert work_key(protected, VERSIONS) != key
    named(folder, '"Zoé Exemple"')
    listed = work_key(survey_folder(paths, "a-survey"), VERSIONS)
    assert listed != key
    named(folder, '"Zoé Exemple", "Ana Otra"')
    assert work_key(survey_folder(paths, "a-survey"), VERSIONS) not in (listed, key)


def test_a_surveys_own_public_figures_stay(paths: Paths) -> None:
    folder = write_survey(paths, ROWS, protection="protected")
    with newer_masker():
        carry(paths)
        assert "Banks paid [person]." in shown(paths)
        named(folder, '"Zoe"')
        carry(paths)
    assert "Banks paid Zoe." in shown(paths)


def named(folder: Path, names: str) -> None:
    place = folder / "survey.toml"
    description = place.read_text("utf-8").split("\n[masking]")[0]
    place.write_text(f'{description}\n[masking]\npublic_figures = "figures.toml"\n', "utf-8")
    (folder / "figures.toml").write_text(f"names = [{names}]\n", "utf-8")
