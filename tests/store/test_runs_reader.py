from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from models.tables import REJECTS
from store import Decisions, Filters, Paths, Reader, Writer
from store.filters import RUN
from tests.synthetic import BANK, CLINIC, FACTORY, REPORTS, VERSIONS, Response, answer_id, process

pytestmark = pytest.mark.disk

SECRET = "Zebulon Quartermaine"
FIRST = (Response("1", (BANK, CLINIC)), Response("2", (CLINIC,)))


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A store of two runs: the second brought one answer more, refused two rows, and published every view."""
    paths = Paths(tmp_path_factory.mktemp("twice") / "data")
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["reports"], VERSIONS)
        process(writer, REPORTS, FIRST, run)
        writer.record_stage(run, "reports", "ingest", came=2, made=2, rejected=0, skipped=0, seconds=0.5)
        writer.publish("internal", run)
        writer.finish_run(run, "done")
        again = writer.begin_run(["reports"], VERSIONS)
        process(writer, REPORTS, (*FIRST, Response("3", (FACTORY,))), again)
        reasons = (f'unknown country "{SECRET}"; say what it stands for', "no consent", "no consent", f"{SECRET} broke it")
        refused = [
            {"survey": "reports", "stage": "ingest", "file": "file.csv", "row": row, "column": "land", "reason": reason}
            for row, reason in enumerate(reasons, 1)
        ]
        writer.put_rejects(again, "reports", "ingest", pa.Table.from_pylist(refused, schema=REJECTS))
        writer.record_stage(again, "reports", "ingest", came=7, made=1, rejected=4, skipped=2, seconds=0.25)
        for view in ("internal", "partner", "public"):
            writer.publish(view, again)
        writer.finish_run(again, "done")
    return paths


@pytest.fixture
def reader(twice: Paths) -> Iterator[Reader]:
    opened = Reader.open(twice)
    yield opened
    opened.close()


def test_runs_are_told_the_latest_first_with_the_passages_that_came_with_them(reader: Reader) -> None:
    latest, first = reader.runs().to_pylist()
    assert (latest["run"], latest["status"], latest["finished"]) == (reader.snapshot.run, "published", reader.snapshot.made)
    assert (first["status"], first["surveys"]) == ("done", ["reports"])
    assert [latest["passages"], first["passages"]] == [1, 3]
    assert VERSIONS["coder"] in first["versions"]


def test_stages_are_told_with_what_came_and_was_made(reader: Reader) -> None:
    told = [(row["came"], row["made"], row["rejected"], row["skipped"], row["seconds"]) for row in reader.stages().to_pylist()]
    assert told == [(7, 1, 4, 2, 0.25), (2, 2, 0, 0, 0.5)]


def test_what_made_the_snapshot_is_told_part_by_part(reader: Reader) -> None:
    made = reader.made_with()
    assert made == {part: (VERSIONS[part],) for part in ("masker", "segmenter", "encoder", "coder", "codebook")}


def test_rejects_are_counted_by_kind_and_quote_nothing(reader: Reader, twice: Paths) -> None:
    rows = reader.reject_counts().to_pylist()
    assert [(row["file"], row["kind"], row["number"]) for row in rows] == [
        ("file.csv", "no_consent", 2),
        ("file.csv", "country_unknown", 1),
        ("file.csv", "other", 1),
    ]
    for place in twice.root.glob("snapshots/*/*/*"):
        assert SECRET.encode() not in place.read_bytes()


def test_the_passages_of_a_run_can_be_filtered(reader: Reader) -> None:
    latest, first = reader.runs()["run"].to_pylist()
    (quote,) = reader.quotes(Filters(codes=((RUN, (latest,)),))).to_pylist()
    assert quote["text"] == FACTORY.text
    assert reader.count(Filters(codes=((RUN, (first,)),))).passages == 3
    assert reader.count(Filters(codes=((RUN, (latest, first)),))).passages == 4
    assert reader.count(Filters(codes=((RUN, ("none",)),))).passages == 0
    assert reader.arrivals(Filters(codes=(("actor", ("corporation",)),))).to_pydict() == {"run": [latest, first], "passages": [1, 2]}


def test_a_withdrawn_answer_is_no_passage_of_its_run(twice: Paths, reader: Reader) -> None:
    decisions = Decisions(twice)
    decisions.record("withdrawal", answer_id("reports", "3"), "withdrawn", "tests")
    try:
        assert reader.runs()["passages"].to_pylist() == [0, 3]
    finally:
        decisions.record("withdrawal", answer_id("reports", "3"), "active", "tests")


@pytest.mark.parametrize("view", ["partner", "public"])
def test_outside_nothing_is_told_of_runs(twice: Paths, view: str) -> None:
    reader = Reader.open(twice, view)
    try:
        assert [table.num_rows for table in (reader.runs(), reader.stages(), reader.reject_counts())] == [0, 0, 0]
        assert reader.count(Filters()).passages
        assert reader.arrivals(Filters()).num_rows == 0
        assert reader.made_with()["coder"] == (VERSIONS["coder"],)
    finally:
        reader.close()


def test_a_run_that_changes_nothing_makes_no_new_snapshot(twice: Paths, reader: Reader) -> None:
    with Writer(twice, "tests") as writer:
        published = writer.publish("internal", writer.begin_run(["reports"], VERSIONS))
    assert (published.changed, published.snapshot) == (False, reader.snapshot.id)
