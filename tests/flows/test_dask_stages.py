"""A run in partitions makes what a run without them makes, wherever it is cut and however often it is broken off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pytest
from distributed.core import error_message
from distributed.protocol.core import dumps

from flows import partition_work
from flows.dask_stages import Cluster
from flows.erasing import Wish, erase
from flows.partition_scratch import prepare
from flows.partition_work import Job, Made
from flows.partitions import cut
from store import Paths, Writer
from taxonomy.errors import StageError, SuasionError
from tests.flows.spread import SAME, HereAlone, carry_in_partitions, contents, with_answers
from tests.flows.test_survey import damaged
from tests.flows.workbench import FakeCoder, FakeEncoder, carry

pytestmark = pytest.mark.disk

TEXTS = ["Banks lobbied.", "Mines polluted.", "Banks lobbied.", "Funds divested.", "", "Firms sued.", "Shops hired."]
ROWS = [(f"r{number}", "Kenya", text) for number, text in enumerate(TEXTS)]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return with_answers(Paths(tmp_path / "spread"), ROWS)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A data folder of the same answers, coded by a run of one process."""
    paths = with_answers(Paths(tmp_path_factory.mktemp("here")), ROWS)
    carry(paths)
    return paths


@pytest.mark.parametrize("rows", [1, 4])
def test_however_it_is_cut_the_same_is_made(rows: int, here: Paths, paths: Paths, tmp_path: Path) -> None:
    report = carry_in_partitions(paths, HereAlone(tmp_path / "scratch"), rows)
    assert contents(paths) == contents(here)
    counts = {count.stage: (count.came, count.made) for count in report.stages}
    assert (counts["passages"], counts["embed"], counts["code"]) == ((6, 6), (5, 5), (6, 18))


def test_a_text_is_encoded_once_whatever_the_partitions(paths: Paths, tmp_path: Path) -> None:
    encoder = FakeEncoder()
    carry_in_partitions(paths, HereAlone(tmp_path / "scratch"), 1, encoder)
    assert sorted(encoder.seen) == sorted({text for text in TEXTS if text})


def test_workers_are_told_where_things_lie_and_no_text(paths: Paths, tmp_path: Path) -> None:
    cluster = HereAlone(tmp_path / "scratch")
    carry_in_partitions(paths, cluster)
    assert {job.stage for job in cluster.sent} == {"passages", "embed", "code"}
    assert not any(word in repr(cluster.sent) for text in TEXTS for word in text.split())
    assert not [place for place in cluster.scratch.rglob("*") if place.is_file()], "what is merged is removed"


def test_again_with_nothing_new_nothing_is_sent(paths: Paths, tmp_path: Path) -> None:
    carry_in_partitions(paths, HereAlone(tmp_path / "scratch"))
    cluster = HereAlone(tmp_path / "scratch")
    report = carry_in_partitions(paths, cluster)
    assert cluster.sent == []
    assert not report.snapshot_is_new


class Breaking(HereAlone):
    """Works on so many partitions and breaks; what was sent before that is done in the background."""

    def __init__(self, scratch: Path, after: int) -> None:
        super().__init__(scratch)
        self._left = after

    def work(self, jobs: Sequence[Job]) -> Iterator[Made]:
        for made in list(super().work(jobs)):
            if not self._left:
                raise StageError("No Dask worker is left")
            self._left -= 1
            yield made


@pytest.mark.parametrize("after", [0, 4, 7])
def test_broken_off_anywhere_the_next_run_makes_only_what_was_not_made(after: int, here: Paths, paths: Paths, tmp_path: Path) -> None:
    first, second = FakeEncoder(), FakeEncoder()
    with pytest.raises(SuasionError, match="No Dask worker is left"):
        carry_in_partitions(paths, Breaking(tmp_path / "scratch", after), 2, first)
    carry_in_partitions(paths, HereAlone(tmp_path / "scratch"), 2, second)
    assert contents(paths) == contents(here)
    assert len(first.seen) + len(second.seen) == 5, "nothing was encoded twice"


def test_what_a_library_says_of_an_answer_is_not_passed_on(paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def choke(self: FakeEncoder, texts: Sequence[str]) -> None:
        raise ValueError(f"cannot encode {texts}")

    monkeypatch.setattr(FakeEncoder, "encode", choke)
    with pytest.raises(SuasionError) as caught:
        carry_in_partitions(paths, HereAlone(tmp_path / "scratch"))
    assert "lobbied" not in str(caught.value)
    assert "embed: ValueError" in str(caught.value)


def test_nor_does_it_travel_behind_the_error_that_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def choke(texts: pa.Table, job: Job) -> dict[str, pa.Table]:
        raise ValueError(f"cannot encode {texts['text'].to_pylist()}")

    monkeypatch.setitem(partition_work.STAGES, "embed", choke)
    monkeypatch.setattr("flows.dask_versions.versions_here", lambda: SAME)
    (partition,) = cut([pa.table({"text_hash": ["hash"], "text": ["Banks lobbied."]})], tmp_path / "scratch")
    with pytest.raises(StageError, match="embed: ValueError") as caught:
        partition_work.work(Job("embed", partition, ("en",), SAME))
    # What Dask sends of an error: with what it was raised from, and while what else was handled.
    sent = b"".join(bytes(frame) for frame in dumps(error_message(caught.value)))
    assert b"embed: ValueError" in sent
    assert b"lobbied" not in sent


def test_what_cannot_be_coded_is_recorded_and_tried_again(paths: Paths, here: Paths, tmp_path: Path) -> None:
    with patch("models.coder.code", damaged):
        coding = carry_in_partitions(paths, HereAlone(tmp_path / "scratch")).stages[-2]
    assert (coding.came, coding.made, coding.rejected) == (6, 15, 1)
    with Writer(paths, "a test") as writer:
        assert [(reject["stage"], reject["row"]) for reject in writer.rejects("a-survey").to_pylist()] == [("code", 2)]
    carry_in_partitions(paths, HereAlone(tmp_path / "scratch"))
    assert contents(paths) == contents(here)


def test_a_worker_of_another_version_makes_nothing(paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Older(HereAlone):
        def work(self, jobs: Sequence[Job]) -> Iterator[Made]:
            monkeypatch.setattr("flows.dask_versions.versions_here", lambda: {"Python": "3", "coder": "coder-0"})
            return super().work(jobs)

    with pytest.raises(SuasionError, match="coder coder-0 instead of coder-1"):
        carry_in_partitions(paths, Older(tmp_path / "scratch"))


class Forging(HereAlone):
    """Answers for one stage with something else than was asked."""

    def __init__(self, scratch: Path, stage: str, table: str, column: str) -> None:
        super().__init__(scratch)
        self._forged = (stage, table, column)

    def work(self, jobs: Sequence[Job]) -> Iterator[Made]:
        stage, table, column = self._forged
        for job, made in zip(jobs, super().work(jobs), strict=True):
            if job.stage == stage:
                self._forge(job, table, column)
            yield made

    def _forge(self, job: Job, table: str, column: str) -> None:
        import pyarrow.parquet as pq

        place = job.partition.result / f"{table}.parquet"
        made = pq.read_table(place)
        at = made.schema.get_field_index(column)
        other = pa.array(["another"] * made.num_rows, pa.string())
        pq.write_table(made.set_column(at, made.schema.field(column), other), place)


@pytest.mark.parametrize(
    ("stage", "table", "column", "said"),
    [
        ("passages", "made", "text", "differs|not the slice|passage"),
        ("passages", "made", "answer", "belong to answers that were not named"),
        ("embed", "made", "text_hash", "not of what it was asked"),
        ("embed", "made", "encoder", "not of what it was asked"),
        ("code", "passages", "key", "not of what it was asked"),
        ("code", "codes", "passage", "belong to passages that were not named"),
    ],
)
def test_what_was_not_asked_for_is_not_taken_in(stage: str, table: str, column: str, said: str, paths: Paths, tmp_path: Path) -> None:
    with pytest.raises(SuasionError, match=said):
        carry_in_partitions(paths, Forging(tmp_path / "scratch", stage, table, column), 100)


def test_a_scheduler_that_goes_away_is_told_with_a_way_out(tmp_path: Path) -> None:
    class Gone:
        """The client of a scheduler that ended: what was given to it is cancelled."""

        def submit(self, *_: object, **__: object) -> Future[Made]:
            future: Future[Made] = Future()
            future.cancel()
            return future

        def cancel(self, futures: object) -> None:
            pass

    with pytest.raises(StageError, match=r"scheduler ended.*the next run goes on"):
        next(Cluster(Gone(), tmp_path).work([None]))  # type: ignore[list-item]


def test_each_stage_is_recorded_as_in_any_run(paths: Paths, tmp_path: Path) -> None:
    coder = FakeCoder()
    report = carry_in_partitions(paths, HereAlone(tmp_path / "scratch"), 2, coder=coder)
    with Writer(paths, "a test") as writer:
        stages = {row["stage"]: row["made"] for row in writer.stages(report.run).to_pylist()}
    assert stages == {"ingest": 7, "mask": 6, "passages": 6, "embed": 5, "code": 18, "topics": 2, "publish": 6}
    assert coder.coded == 6


def test_an_erasure_empties_the_folder_of_partitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = with_answers(Paths(tmp_path / "data"), ROWS)
    monkeypatch.setenv("SUASION_DATA", str(paths.root))
    scratch = prepare(paths, None)
    with pytest.raises(SuasionError):
        carry_in_partitions(paths, Breaking(scratch, 1))
    assert list(scratch.rglob("*.parquet"))
    with Writer(paths, "a test") as writer:
        ((answer,),) = writer._rows("SELECT answer FROM answers WHERE text LIKE 'Mines%'")
    erase(Wish(answers=(answer,)), "somebody", confirmed=True)
    assert not scratch.exists()
