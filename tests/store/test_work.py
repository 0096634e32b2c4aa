from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest

from models.identity import identifier, quote_id, text_hash
from models.tables import CODABLE, CODED, UNCODED
from store import Decisions, Paths, Writer
from store.work import CodingCounts, Queue
from taxonomy.errors import StoreError, VerbatimError
from tests.synthetic import (
    BANK,
    CLINIC,
    CODEBOOK,
    CODER,
    ENCODER,
    FEW,
    MASKER,
    REPORTS,
    SEGMENTER,
    VERSIONS,
    Response,
    Sentence,
    answer_id,
    answers_table,
    codes_tables,
    masked_table,
    passages_table,
    process,
    vectors_table,
)

pytestmark = pytest.mark.disk

ONE, TWO, THREE, BLANK = (answer_id("reports", response.row) for response in FEW)

Tables = tuple[pa.Table, pa.Table, pa.Table]


def put_few(writer: Writer) -> None:
    writer.put_survey(REPORTS)
    writer.put_answers("reports", answers_table("reports", FEW), "run")


@pytest.fixture
def ready(writer: Writer) -> Writer:
    """A writer of answers that no stage has seen."""
    put_few(writer)
    return writer


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    """A writer of masked answers, for tests after which nothing has changed."""
    with Writer(Paths(tmp_path_factory.mktemp("masked")), "tests") as writer:
        put_few(writer)
        writer.put_masked(masked_table(writer.to_mask("reports", MASKER)))
        yield writer


@pytest.fixture(scope="module")
def uncoded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Writer, Tables]]:
    """A writer of passages without codes, with the codes they should get, for tests after which nothing has changed."""
    with Writer(Paths(tmp_path_factory.mktemp("uncoded")), "tests") as writer:
        put_few(writer)
        yield writer, coded(writer)


def edited(table: pa.Table, row: int, **values: Any) -> pa.Table:
    rows = table.to_pylist()
    rows[row] |= values
    return pa.Table.from_pylist(rows, schema=table.schema)


def segmented(writer: Writer) -> tuple[list[str], pa.Table]:
    if (waiting := writer.to_mask("reports", MASKER)).num_rows:
        writer.put_masked(masked_table(waiting))
    waiting = writer.to_segment("reports", SEGMENTER)
    return waiting.column("answer").to_pylist(), passages_table(waiting, FEW, "reports")


def coded(writer: Writer) -> Tables:
    answers, passages = segmented(writer)
    writer.put_passages(answers, passages, SEGMENTER)
    writer.put_vectors(vectors_table(writer.to_embed("reports", ENCODER)))
    return codes_tables(writer.to_code("reports", ENCODER, CODER, CODEBOOK), FEW)


def test_blank_answers_are_not_masked(ready: Writer) -> None:
    waiting = ready.to_mask("reports", MASKER)
    assert waiting.column_names == ["answer", "text", "declared_language", "country"]
    assert set(waiting.column("answer").to_pylist()) == {ONE, TWO, THREE}


def test_each_stage_waits_for_the_one_before(ready: Writer) -> None:
    assert ready.to_segment("reports", SEGMENTER).num_rows == 0
    ready.put_masked(masked_table(ready.to_mask("reports", MASKER)))
    assert ready.to_mask("reports", MASKER).num_rows == 0
    waiting = ready.to_segment("reports", SEGMENTER)
    assert waiting.column_names == ["answer", "survey", "masked", "declared_language"]
    assert ready.to_embed("reports", ENCODER).num_rows == 0
    ready.put_passages(waiting.column("answer").to_pylist(), passages_table(waiting, FEW, "reports"), SEGMENTER)
    assert ready.to_segment("reports", SEGMENTER).num_rows == 0
    texts = ready.to_embed("reports", ENCODER)
    assert dict(zip(*texts.to_pydict().values(), strict=True)) == {text_hash(s.text): s.text for s in (BANK, CLINIC)}
    assert ready.to_code("reports", ENCODER, CODER, CODEBOOK).num_rows == 0, "nothing is coded without its vector"
    ready.put_vectors(vectors_table(texts))
    assert ready.to_embed("reports", ENCODER).num_rows == 0
    codable = ready.to_code("reports", ENCODER, CODER, CODEBOOK)
    assert codable.schema == CODABLE
    assert sorted(codable.column("text").to_pylist()) == sorted([BANK.text, CLINIC.text, CLINIC.text, BANK.text])
    ready.put_codes(*codes_tables(codable, FEW))
    assert ready.to_code("reports", ENCODER, CODER, CODEBOOK).num_rows == 0


def test_a_limit_hands_out_batches_that_add_up(ready: Writer) -> None:
    coded(ready)
    first = ready.to_code("reports", ENCODER, CODER, CODEBOOK, limit=3)
    assert first.num_rows == 3
    ready.put_codes(*codes_tables(first, FEW))
    rest = ready.to_code("reports", ENCODER, CODER, CODEBOOK, limit=3)
    assert rest.num_rows == 1
    assert not set(first.column("passage").to_pylist()) & set(rest.column("passage").to_pylist())


def test_a_queue_says_what_waits_and_what_is_known(done: Writer) -> None:
    versions = {**VERSIONS, "unused": "x"}
    done.put_answers("reports", answers_table("reports", (*FEW, Response("5", (CLINIC,)))), "later")
    stages = ("mask", "passages", "embed", "code")
    assert [done.queue(stage, "reports", versions) for stage in stages] == [Queue(1, 3), Queue(0, 3), Queue(0, 2), Queue(0, 4)]
    other = {**versions, "masker": "m 2", "segmenter": "s 2", "encoder": "e 2", "coder": "c 2"}
    assert [done.queue(stage, "reports", other) for stage in stages[:3]] == [Queue(4, 0), Queue(3, 0), Queue(2, 0)]
    assert done.queue("code", "reports", {**versions, "coder": "c 2"}) == Queue(4, 0)
    assert done.queue("mask", "others", versions) == Queue(0, 0)
    assert done.to_mask("reports", "m 2", limit=2).num_rows == 2


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        (lambda w: w.to_mask("reports", "masker 2"), 3),
        (lambda w: w.to_segment("reports", "segmenter 2"), 3),
        (lambda w: w.to_embed("reports", "encoder 2"), 2),
        (lambda w: w.to_code("reports", ENCODER, "coder 2", CODEBOOK), 4),
        (lambda w: w.to_code("reports", ENCODER, CODER, "1.0.1+abcdef01"), 4),
        (lambda w: w.to_code("reports", ENCODER, CODER, CODEBOOK), 0),
        (lambda w: w.to_mask("others", "masker 2"), 0),
    ],
)
def test_a_new_version_of_what_makes_it_makes_work(done: Writer, again: Callable[[Writer], pa.Table], expected: int) -> None:
    assert again(done).num_rows == expected


def test_what_codes_depend_on_is_in_their_key(done: Writer) -> None:
    keys = {
        tuple(sorted(done.to_code("reports", ENCODER, coder, codebook).column("key").to_pylist()))
        for coder, codebook in ((CODER + "x", CODEBOOK), (CODER, "x" + CODEBOOK), (CODER, CODEBOOK + "x"))
    }
    assert len(keys) == 3
    # The passage in two answers has the same text and the same context, so it has the same key; the other one differs.
    (one,) = {len(set(key)) for key in keys}
    assert one == 2


def test_a_masker_that_finds_more_sends_the_answer_through_again(done: Writer) -> None:
    masked = masked_table(done.to_mask("reports", "masker 2"), "masker 2")
    place = masked.column("answer").to_pylist().index(TWO)
    text = masked.column("masked").to_pylist()[place]
    mask = {"kind": "name", "start": 2, "end": 8, "original_start": 2, "original_end": 9}
    done.put_masked(edited(masked, place, masked=text[:2] + "[name]" + text[9:], masks=[mask]))
    assert done.to_mask("reports", "masker 2").num_rows == 0
    assert done.to_segment("reports", SEGMENTER).column("answer").to_pylist() == [TWO]
    assert {answer for (answer,) in done._rows("SELECT answer FROM passages")} == {ONE, THREE}


def test_a_masked_text_that_says_something_else_is_refused(ready: Writer) -> None:
    masked = masked_table(ready.to_mask("reports", MASKER))
    with pytest.raises(VerbatimError, match="outside its masks"):
        ready.put_masked(edited(masked, 0, masked="Foreign banks wrote the law."))
    assert ready.to_mask("reports", MASKER).num_rows == 3


def test_a_masked_text_of_an_answer_that_is_gone_is_refused(ready: Writer) -> None:
    masked = masked_table(ready.to_mask("reports", MASKER))
    with pytest.raises(StoreError, match="1 of 3 keys \\(answer\\) are not in the table answers"):
        ready.put_masked(edited(masked, 0, answer="nobody"))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"text": "foreign banks lobbied against the labour law."}, "its text is not what stands at"),
        ({"start": 1}, "its text is not what stands at"),
        ({"end": 4000}, "does not lie within its answer"),
        ({"start": -3}, "does not lie within its answer"),
        ({"start": 5, "end": 5, "text": ""}, "does not lie within its answer"),
    ],
)
def test_a_passage_is_true_to_the_letter_or_not_stored(masked: Writer, change: dict[str, Any], error: str) -> None:
    answers, passages = segmented(masked)
    place = passages.column("text").to_pylist().index(BANK.text)
    with pytest.raises(VerbatimError, match=error) as refusal:
        masked.put_passages(answers, edited(passages, place, **change), SEGMENTER)
    assert "labour law" not in str(refusal.value), "a message never quotes an answer"
    assert masked._number("SELECT count(*) FROM passages") == 0
    assert masked.to_segment("reports", SEGMENTER).num_rows == 3


def test_a_passage_has_the_id_that_its_content_gives(masked: Writer) -> None:
    answers, passages = segmented(masked)
    with pytest.raises(StoreError, match="its id is not the one"):
        masked.put_passages(answers, edited(passages, 0, passage="p1"), SEGMENTER)


def test_passages_of_answers_that_were_not_named_are_refused(masked: Writer) -> None:
    _, passages = segmented(masked)
    with pytest.raises(StoreError, match="not named as done"):
        masked.put_passages([ONE], passages, SEGMENTER)


def test_an_answer_without_passages_is_remembered(ready: Writer) -> None:
    answers, passages = segmented(ready)
    ready.put_passages(answers, passages.slice(0, 0), SEGMENTER)
    assert ready.to_segment("reports", SEGMENTER).num_rows == 0


def test_another_segmentation_keeps_the_codes_of_the_passages_that_stay(done: Writer) -> None:
    waiting = done.to_segment("reports", "segmenter 2")
    before = passages_table(waiting, FEW, "reports", "segmenter 2")
    rows = [row for row in before.to_pylist() if not (row["answer"] == ONE and row["start"] > 0)]
    whole = next(row["masked"] for row in waiting.to_pylist() if row["answer"] == ONE)
    rows.append(rows[0] | {"passage": quote_id("reports", ONE, whole, 46, 55), "answer": ONE, "start": 46, "end": 55, "text": whole[46:55]})
    done.put_passages(waiting.column("answer").to_pylist(), pa.Table.from_pylist(rows, schema=before.schema), "segmenter 2")
    due = done.to_embed("reports", ENCODER)
    assert due.column("text").to_pylist() == [whole[46:55]]
    done.put_vectors(vectors_table(due))
    assert done.to_code("reports", ENCODER, CODER, CODEBOOK).column("text").to_pylist() == [whole[46:55]]
    for table in ("coded", "codes", "claims"):
        assert done._number(f"SELECT count(*) FROM {table} ANTI JOIN passages USING (passage)") == 0


@pytest.mark.parametrize("what", ["codes", "claims"])
@pytest.mark.parametrize("span", [(-1, 3), (0, 4000), (5, 5), (7, 3)])
def test_a_span_lies_within_its_passage_or_nothing_is_stored(uncoded: tuple[Writer, Tables], what: str, span: tuple[int, int]) -> None:
    writer, (keys, codes, claims) = uncoded
    wrong = [{"start": span[0], "end": span[1]}]
    if what == "codes":
        codes = edited(codes, 3, spans=wrong)
    else:
        claims = edited(claims, 0, spans=wrong)
    with pytest.raises(VerbatimError, match=f"{what}: the span {span[0]}–{span[1]} does not lie within its passage"):
        writer.put_codes(keys, codes, claims)
    assert writer._number("SELECT count(*) FROM coded") + writer._number("SELECT count(*) FROM codes") == 0


def test_a_span_of_the_passage_before_is_not_of_this_one(uncoded: tuple[Writer, Tables]) -> None:
    writer, (keys, codes, claims) = uncoded
    second = next(row for row in writer.to_code("reports", ENCODER, CODER, CODEBOOK).to_pylist() if row["start"] > 0)
    place = codes.column("passage").to_pylist().index(second["passage"])
    with pytest.raises(VerbatimError):
        writer.put_codes(keys, edited(codes, place, spans=[{"start": 0, "end": 7}]), claims)


def test_codes_are_replaced_whole(done: Writer) -> None:
    due = done.to_code("reports", ENCODER, "coder 2", CODEBOOK)
    keys, codes, claims = codes_tables(due, [Response("1", (Sentence(BANK.text), Sentence(CLINIC.text)))], "coder 2")
    done.put_codes(keys, codes, claims)
    assert done._rows("SELECT DISTINCT coder, facet FROM codes") == [("coder 2", "relevance")]
    assert done._number("SELECT count(*) FROM claims") == 0
    assert done._number("SELECT count(*) FROM coded") == 4
    assert done._rows("SELECT codebook FROM codebooks") == [(CODEBOOK,)]


def test_codes_of_strangers_are_refused(uncoded: tuple[Writer, Tables]) -> None:
    writer, (keys, codes, claims) = uncoded
    with pytest.raises(StoreError, match="codes: some belong to passages that were not named"):
        writer.put_codes(keys.slice(0, 0), codes, claims)
    unknown = pa.Table.from_pylist([{"passage": "nowhere", "key": "k", "learned_from": False}], schema=CODED)
    with pytest.raises(StoreError, match="not in the table passages"):
        writer.put_codes(unknown, codes.slice(0, 0), claims.slice(0, 0))
    with pytest.raises(StoreError, match="occur twice"):
        writer.put_codes(pa.concat_tables([keys, keys]), codes, claims)


def test_the_same_code_twice_in_a_passage_is_refused_whole(ready: Writer) -> None:
    keys, codes, claims = coded(ready)
    with pytest.raises(StoreError, match="ConstraintException"):
        ready.put_codes(keys, pa.concat_tables([codes, codes.slice(0, 1)]), claims)
    assert ready._number("SELECT count(*) FROM coded") == 0
    ready.put_codes(keys, codes, claims)
    assert ready.to_code("reports", ENCODER, CODER, CODEBOOK).num_rows == 0


def test_vectors_are_checked(ready: Writer) -> None:
    answers, passages = segmented(ready)
    ready.put_passages(answers, passages, SEGMENTER)
    vectors = vectors_table(ready.to_embed("reports", ENCODER))
    with pytest.raises(StoreError, match="not finite"):
        ready.put_vectors(edited(vectors, 0, vector=[1.0, float("nan"), 0.0, 0.0]))
    with pytest.raises(StoreError, match="lengths \\[3, 4\\]"):
        ready.put_vectors(edited(vectors, 0, vector=[1.0, 0.0, 0.0]))
    with pytest.raises(StoreError, match="occur twice"):
        ready.put_vectors(pa.concat_tables([vectors, vectors]))
    ready.put_vectors(vectors)
    with pytest.raises(StoreError, match="lengths \\[4, 6\\]"):
        ready.put_vectors(vectors_table(pa.table({"text_hash": [text_hash("x")]}), dimensions=6))
    ready.put_vectors(vectors_table(pa.table({"text_hash": [text_hash("x")]}), encoder="encoder 2", dimensions=6))
    before = ready._rows("SELECT vector FROM vectors ORDER BY ALL")
    ready.put_vectors(edited(vectors, 0, vector=[1.0, 0.0, 0.0, 0.0]))
    assert ready._rows("SELECT vector FROM vectors ORDER BY ALL") == before, "a vector that is there stays"


def test_vectors_that_nothing_needs_are_pruned(done: Writer) -> None:
    done.put_vectors(vectors_table(pa.table({"text_hash": [text_hash("gone"), text_hash("gone too")]})))
    assert done.prune() == 2
    assert done.prune() == 0
    assert done.to_embed("reports", ENCODER).num_rows == 0


def test_a_text_cannot_feign_another_context(writer: Writer) -> None:
    pairs = [("a|en", "b"), ("a", "en|b")]
    responses = [Response(str(n), (Sentence(text),), country=country) for n, (text, country) in enumerate(pairs)]
    process(writer, REPORTS, responses, "run")
    assert writer._number("SELECT count(DISTINCT key) FROM coded") == 2


def test_a_writer_that_is_not_open_says_so(done: Writer) -> None:
    with pytest.raises(StoreError, match="with Writer"):
        Writer(done.paths, "closed").to_mask("reports", identifier("x"))


def uncoded_table(*passages: str) -> pa.Table:
    return pa.Table.from_pylist([{"passage": passage, "reason": "its vector is damaged"} for passage in passages], schema=UNCODED)


def test_what_could_not_be_coded_is_rejected_by_its_place_and_waits_for_the_next_writer(ready: Writer) -> None:
    coded(ready)
    due = ready.to_code("reports", ENCODER, CODER, CODEBOOK)
    first, *others = due.column("passage").to_pylist()
    ready.set_aside("run", "reports", uncoded_table(first))
    (reject,) = ready.rejects("reports").to_pylist()
    rows = [number for number, response in enumerate(FEW, start=1) if response.text.startswith((BANK.text, CLINIC.text))]
    assert (reject["stage"], reject["file"], reject["reason"], reject["run"]) == ("code", "file.csv", "its vector is damaged", "run")
    assert reject["row"] in rows
    assert ready.to_code("reports", ENCODER, CODER, CODEBOOK).column("passage").to_pylist() == others
    with pytest.raises(StoreError, match="not in the table passages"):
        ready.set_aside("run", "reports", uncoded_table("nowhere"))
    paths = ready.paths
    ready.__exit__(None, None, None)
    with Writer(paths, "tests") as later:
        assert later.to_code("reports", ENCODER, CODER, CODEBOOK).num_rows == due.num_rows


def test_codes_are_counted_with_what_waits_and_what_is_stale(writer: Writer) -> None:
    learned = Sentence("Banks lobbied.", ("relevance:influence", "actor:bank?"), learned_from=True)
    process(writer, REPORTS, [Response("1", (BANK,)), Response("2", (learned,))], "run")
    assert writer.coding_counts(CODER, CODEBOOK) == {"reports": CodingCounts(codes=12, waiting=2, learned_from=1, stale=0)}
    assert writer.coding_counts("coder 2", CODEBOOK)["reports"].stale == 2
    due = writer.to_code("reports", ENCODER, "coder 2", CODEBOOK, limit=1)
    writer.put_codes(*codes_tables(due, [Response("1", (BANK,)), Response("2", (learned,))], "coder 2"))
    assert writer.coding_counts("coder 2", CODEBOOK)["reports"].stale == 1
    assert writer.coding_counts("coder 2", CODEBOOK + "x")["reports"].stale == 2
    Decisions(writer.paths).record("withdrawal", ONE, "withdrawn", "ada")
    Decisions(writer.paths).record("withdrawal", TWO, "withdrawn", "ada")
    writer.put_answers("reports", answers_table("reports", [Response("1", (BANK,)), Response("2", (learned,))]), "run")
    assert writer.coding_counts(CODER, CODEBOOK) == {}, "of what is withdrawn nothing is counted"
