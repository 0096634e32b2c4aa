"""Publishing: what a snapshot holds, when there is a new one, and what is kept."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from models.identity import text_hash
from store import Decisions, Filters, Paths, Reader, Writer, snapshots
from store.search import build_search
from taxonomy.errors import StoreError
from tests.synthetic import (
    BANK,
    CLINIC,
    ENCODER,
    FEW,
    KOREAN,
    REPORTS,
    SUMMARIES,
    VERSIONS,
    Response,
    answer_id,
    answers_table,
    process,
    vectors_table,
)

pytestmark = pytest.mark.disk


def published(paths: Paths, view: str = "internal") -> list[str]:
    return sorted(folder.name for folder in paths.snapshots(view).iterdir() if folder.is_dir())


def current_folder(paths: Paths, view: str = "internal") -> Path:
    return paths.snapshots(view) / str(Reader.current_id(paths, view))


def begin(writer: Writer) -> str:
    return writer.begin_run(["reports"], VERSIONS)


def shift(writer: Writer, number: int) -> str:
    """Change something that a snapshot holds."""
    writer.put_survey(replace(REPORTS, title=f"Title {number}"))
    return begin(writer)


def test_a_first_snapshot_is_complete(done: Writer) -> None:
    run = begin(done)
    result = done.publish("internal", run)
    assert (result.snapshot, result.changed) == (run, True)
    counts = {"surveys": 1, "questions": 1, "answers": 4, "quotes": 4, "attributes": 0, "codes": 34, "claims": 4, "vectors": 2}
    counts |= dict.fromkeys(("topic_members", "topic_models", "topics", "topic_words", "topic_events", "topic_word_holders"), 0)
    counts |= {"declared_surveys": 0, "declared_cells": 0, "held_back": 0}
    counts |= {"runs": 2, "stages": 0, "rejects": 0, "arrivals": 4, "makers": 4}
    assert result.counts == counts
    manifest = json.loads((current_folder(done.paths) / "manifest.json").read_text("utf-8"))
    assert (manifest["id"], manifest["run"], manifest["view"], manifest["schema"]) == (run, run, "internal", snapshots.SCHEMA)
    assert manifest["versions"] == VERSIONS
    assert sorted(manifest["files"]) == ["data.duckdb", "search.sqlite", "vectors.npy"]
    assert sorted(file.name for file in current_folder(done.paths).iterdir()) == [
        "data.duckdb",
        "manifest.json",
        "search.sqlite",
        "vectors.npy",
    ]


def test_nothing_new_makes_no_new_snapshot(done: Writer) -> None:
    first = done.publish("internal", begin(done))
    again = done.publish("internal", begin(done))
    assert (again.snapshot, again.changed, again.counts) == (first.snapshot, False, first.counts)
    assert published(done.paths) == [first.snapshot]


def test_a_change_within_one_run_gets_a_place_of_its_own(done: Writer) -> None:
    """DuckDB would serve the old rows under a path that it knows."""
    run = begin(done)
    done.publish("internal", run)
    with closing(Reader.open(done.paths)) as before:
        done.put_survey(replace(REPORTS, title="New"))
        result = done.publish("internal", run)
        assert result.snapshot == f"{run}-2"
        with closing(Reader.open(done.paths)) as after:
            assert after.surveys().column("title").to_pylist() == ["New"]
        assert before.surveys().column("title").to_pylist() == [REPORTS.title]


def test_the_last_ones_are_kept_and_the_served_one_always(done: Writer) -> None:
    results = [done.publish("internal", shift(done, number), keep=3).snapshot for number in range(5)]
    assert published(done.paths) == results[-3:]
    assert Reader.current_id(done.paths) == results[-1]
    last = done.publish("internal", shift(done, 9), keep=0).snapshot
    assert published(done.paths) == [last]


def test_views_are_published_apart(done: Writer) -> None:
    done.publish("internal", begin(done))
    assert Reader.current_id(done.paths, "public") is None


def test_the_same_content_written_again_has_the_same_rows(done: Writer) -> None:
    folders = []
    for title in ("A", "B", "A"):
        done.put_survey(replace(REPORTS, title=title))
        done.publish("internal", begin(done))
        folders.append(current_folder(done.paths))
    first, other, again = (snapshots.read_manifest(folder) for folder in folders)
    assert first.content == again.content != other.content
    for name in (snapshots.SEARCH, snapshots.VECTORS):
        assert first.files[name] == again.files[name]


def test_an_unknown_run_or_view_publishes_nothing(done: Writer) -> None:
    with pytest.raises(StoreError, match="no run nowhere"):
        done.publish("internal", "nowhere")
    with pytest.raises(StoreError, match="no view"):
        done.publish("secret", begin(done))  # type: ignore[arg-type]
    assert published(done.paths) == []


def test_an_empty_store_can_be_published(writer: Writer) -> None:
    writer.publish("internal", begin(writer))
    with closing(Reader.open(writer.paths)) as reader:
        assert reader.count(Filters()).passages == reader.quotes(Filters(text="bank")).num_rows == 0
        assert reader.facet_counts(Filters()).num_rows == 0


def test_vectors_stand_in_the_rows_that_their_quotes_name(done: Writer) -> None:
    done.publish("internal", begin(done))
    matrix = np.load(current_folder(done.paths) / "vectors.npy", allow_pickle=False)
    assert (matrix.dtype, matrix.shape) == (np.float32, (2, 4))
    with closing(Reader.open(done.paths)) as reader, reader._connection.cursor() as cursor:
        for text, row in cursor.execute("SELECT text, vector_row FROM quotes").fetchall():
            (vector,) = vectors_table(pa.table({"text_hash": [text_hash(text)]})).column("vector").to_pylist()
            assert matrix[row].tolist() == vector


def test_many_vectors_are_written_in_batches(done: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.writer._BATCH", 1)
    done.publish("internal", begin(done))
    matrix = np.load(current_folder(done.paths) / "vectors.npy", allow_pickle=False)
    assert np.allclose(np.linalg.norm(matrix, axis=1), 1)


def test_the_vectors_are_those_of_the_run_s_encoder_and_without_one_of_the_commonest(done: Writer) -> None:
    other = vectors_table(done.to_embed("reports", "encoder 2"), "encoder 2", dimensions=6)
    done.put_vectors(other.slice(0, 1))
    for versions, encoder, shape in (
        ({}, ENCODER, (2, 4)),
        ({"encoder": "encoder 2"}, "encoder 2", (1, 6)),
        ({"encoder": "encoder 3"}, "encoder 3", (0, 0)),
    ):
        done.publish("internal", done.begin_run([], versions))
        folder = current_folder(done.paths)
        assert snapshots.read_manifest(folder).versions["encoder"] == encoder
        assert np.load(folder / "vectors.npy", allow_pickle=False).shape == shape


def test_answers_that_are_not_through_all_stages_show_as_far_as_they_are(done: Writer) -> None:
    new = (*FEW, Response("5", (CLINIC,)))
    done.put_answers("reports", answers_table("reports", new), "later")
    assert done.publish("internal", begin(done)).counts["answers"] == 4, "nothing unmasked is ever published"
    done.publish("internal", shift(done, 1))
    process(done, REPORTS, new, "later")
    with done._transaction():
        done._con.execute("DELETE FROM coded")
        done._con.execute("DELETE FROM codes WHERE passage IN (SELECT passage FROM passages WHERE answer = ?)", [answer_id("reports", "5")])
    assert done.publish("internal", begin(done)).counts["quotes"] == 5
    with closing(Reader.open(done.paths)) as reader:
        last = reader.quotes(Filters()).to_pylist()[-1]
        assert (last["answer"], last["codes"]) == (answer_id("reports", "5"), [])


def test_a_withdrawn_answer_is_gone_from_the_next_snapshot(done: Writer) -> None:
    done.publish("internal", begin(done))
    Decisions(done.paths).record("withdrawal", answer_id("reports", "1"), "withdrawn", "ada")
    result = done.publish("internal", begin(done))
    assert result.changed
    assert (result.counts["answers"], result.counts["quotes"]) == (3, 2)
    data = (current_folder(done.paths) / snapshots.DATA).read_bytes()
    assert answer_id("reports", "1").encode() not in data
    assert answer_id("reports", "2").encode() in data


def test_what_nothing_needs_any_more_is_pruned_when_a_snapshot_is_made(done: Writer) -> None:
    done.put_vectors(vectors_table(pa.table({"text_hash": [text_hash("gone")]})))
    done.publish("internal", begin(done))
    assert done._number("SELECT count(*) FROM vectors") == 2


def test_an_embargo_holds_until_its_day_is_over(writer: Writer) -> None:
    embargoes = {"1": "2026-03-31", "2": "2026-04-01T12:00:00+02:00", "3": "after the elections", "4": None}
    process(writer, REPORTS, [Response(row, (BANK,), embargo=embargo) for row, embargo in embargoes.items()], begin(writer))
    for day, shown in ((date(2026, 3, 31), 1), (date(2026, 4, 1), 2), (date(2099, 1, 1), 3)):
        assert writer.publish("public", begin(writer), today=day).counts["quotes"] == shown
    assert writer.publish("internal", begin(writer)).counts["quotes"] == 4


def test_the_version_that_counts_is_the_fullest_then_the_survey_s_first_language(writer: Writer) -> None:
    """A blank answer makes no version fuller, and one of a language that the survey does not list comes last."""
    responses = (
        Response("1", (CLINIC,), language="en", group="g"),
        Response("2", (), language="en", group="g"),
        Response("3", (CLINIC,), language="pt", group="g"),
        Response("4", (CLINIC,), language="de", group="g"),
        Response("5", (KOREAN,), language="ko", group="h"),
    )
    process(writer, SUMMARIES, responses, begin(writer))
    writer.publish("internal", begin(writer))
    with closing(Reader.open(writer.paths)) as reader, reader._connection.cursor() as cursor:
        rows = cursor.execute("SELECT language, version FROM answers WHERE text <> '' ORDER BY version, language").fetchall()
    assert rows == [("ko", 0), ("pt", 0), ("en", 1), ("de", 2)]


def test_a_damaged_snapshot_is_replaced_although_nothing_is_new(done: Writer) -> None:
    done.publish("internal", begin(done))
    (current_folder(done.paths) / snapshots.SEARCH).unlink()
    assert done.publish("internal", begin(done)).changed
    (done.paths.snapshots("internal") / snapshots.CURRENT).write_text("../../store\n")
    assert done.publish("internal", begin(done)).changed
    Reader.open(done.paths).close()


def test_a_publication_that_fails_leaves_what_is_served(done: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    first = done.publish("internal", begin(done)).snapshot
    run = shift(done, 1)

    def fail(place: Path, texts: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("store.writer.build_search", fail)
    with pytest.raises(StoreError, match=r"the disk is full \([\d,]+ MB free\)"):
        done.publish("internal", run)
    assert published(done.paths) == [first]
    assert Reader.current_id(done.paths) == first
    monkeypatch.setattr("store.writer.build_search", build_search)
    assert done.publish("internal", run).snapshot == run


def test_a_snapshot_that_does_not_read_back_as_meant_is_not_served(done: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Writer._copy

    def spoil(self: Writer, tables: object, place: Path) -> None:
        copy(self, tables, place)  # type: ignore[arg-type]
        with self._attached(place, ""):
            self._con.execute('UPDATE snapshot.quotes SET "end" = "end" - 1 WHERE "row" = 0')

    monkeypatch.setattr(Writer, "_copy", spoil)
    with pytest.raises(StoreError, match="1 quotes untrue"):
        done.publish("internal", begin(done))
    assert Reader.current_id(done.paths) is None
    assert published(done.paths) == []


def test_what_a_dead_publication_left_is_swept(done: Writer) -> None:
    home = done.paths.snapshots("internal")
    (home / ".partial-old").mkdir()
    (home / ".partial-old" / snapshots.DATA).write_bytes(b"half")
    (home / ".partial-CURRENT").write_text("half")
    done.publish("internal", begin(done))
    assert [entry.name for entry in home.iterdir() if entry.name.startswith(".")] == []


def test_a_folder_whose_name_has_quotes(few: Path, tmp_path: Path) -> None:
    paths = Paths(tmp_path / 'it\'s a "folder" 100%')
    with Writer(paths, "tests") as writer:
        process(writer, REPORTS, FEW, begin(writer))
        writer.publish("internal", begin(writer))
    with closing(Reader.open(paths)) as reader:
        assert reader.count(Filters(text="bank")).passages == 2
