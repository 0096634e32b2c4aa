from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from models.tables import REJECTS
from store import Changes, Decisions, Writer
from taxonomy.errors import StoreError
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
    Response,
    answer_id,
    answers_table,
    process,
)

pytestmark = pytest.mark.disk

ONE, TWO, THREE, BLANK = (answer_id("reports", response.row) for response in FEW)


def put(writer: Writer, responses: tuple[Response, ...], run: str = "later") -> Changes:
    return writer.put_answers("reports", answers_table("reports", responses), run)


def waiting(writer: Writer) -> tuple[int, int, int, int]:
    """How many answers or passages each stage has to do."""
    return (
        writer.to_mask("reports", MASKER).num_rows,
        writer.to_segment("reports", SEGMENTER).num_rows,
        writer.to_embed("reports", ENCODER).num_rows,
        writer.to_code("reports", ENCODER, CODER, CODEBOOK).num_rows,
    )


def test_the_same_answers_again_are_known_and_make_no_work(done: Writer) -> None:
    assert put(done, FEW) == Changes(new=0, changed=0, withdrawn=0, known=4)
    assert waiting(done) == (0, 0, 0, 0)
    assert Decisions(done.paths).latest("withdrawal") == {}


def test_rows_that_only_moved_are_known(done: Writer) -> None:
    moved = (FEW[2], FEW[0], FEW[1], FEW[3])
    (run,) = {run for (run,) in done._rows("SELECT run FROM answers")}
    assert put(done, moved).known == 4
    rows = done._rows('SELECT answer, "row", run FROM answers ORDER BY "row"')
    assert rows == [(THREE, 1, run), (ONE, 2, run), (TWO, 3, run), (BLANK, 4, run)]
    assert waiting(done) == (0, 0, 0, 0)


def test_only_what_changed_is_worked_on_again(done: Writer) -> None:
    changed = replace(FEW[0], sentences=(BANK, replace(CLINIC, text="A company closed clinics.")))
    new = Response("5", (CLINIC,))
    assert put(done, (changed, *FEW[1:], new)) == Changes(new=1, changed=1, withdrawn=0, known=3)
    assert sorted(done.to_mask("reports", MASKER).column("answer").to_pylist()) == sorted([ONE, answer_id("reports", "5")])
    for table in ("masked", "segmented", "passages"):
        assert {answer for (answer,) in done._rows(f"SELECT answer FROM {table}")} == {TWO, THREE}
    for table in ("coded", "codes", "claims"):
        kept = f"SELECT count(*) FROM {table} ANTI JOIN passages USING (passage)"
        assert done._number(kept) == 0
        assert done._number(f"SELECT count(*) FROM {table}") > 0
    # The texts' vectors are kept by text, so only the new sentence will be encoded.
    process(done, REPORTS, (changed, *FEW[1:], new), "later")
    assert done._number("SELECT count(*) FROM vectors") == 3
    assert done.prune() == 0


def test_an_answer_whose_country_changed_is_coded_again_without_encoding(done: Writer) -> None:
    changed = replace(FEW[1], country="KOR")
    assert put(done, (FEW[0], changed, *FEW[2:])).changed == 1
    process(done, REPORTS, (FEW[0], changed, *FEW[2:]), "later")
    assert done._rows(f"SELECT country FROM answers WHERE answer = '{TWO}'") == [("KOR",)]


def test_what_vanished_is_withdrawn_and_what_comes_back_is_active_without_new_work(done: Writer) -> None:
    assert put(done, FEW[1:]) == Changes(new=0, changed=0, withdrawn=1, known=3)
    assert Decisions(done.paths).latest("withdrawal") == {ONE: "withdrawn"}
    assert put(done, FEW[1:]) == Changes(new=0, changed=0, withdrawn=0, known=3)
    assert put(done, FEW) == Changes(new=1, changed=0, withdrawn=0, known=3)
    assert Decisions(done.paths).latest("withdrawal") == {ONE: "active"}
    assert waiting(done) == (0, 0, 0, 0)


def test_a_person_s_withdrawal_outlives_the_file(done: Writer) -> None:
    Decisions(done.paths).record("withdrawal", ONE, "withdrawn", "ada")
    changed = replace(FEW[0], sentences=(CLINIC,))
    put(done, (changed, *FEW[1:]))
    assert Decisions(done.paths).latest("withdrawal") == {ONE: "withdrawn"}
    assert waiting(done)[0] == 0, "no work is done for a withdrawn answer"


def test_a_person_s_withdrawal_of_an_answer_that_vanished_stays_when_it_comes_back(done: Writer) -> None:
    put(done, FEW[1:])
    Decisions(done.paths).record("withdrawal", ONE, "withdrawn", "ada")
    put(done, FEW)
    assert Decisions(done.paths).latest("withdrawal") == {ONE: "withdrawn"}


def test_an_emptied_file_withdraws_all(done: Writer) -> None:
    assert put(done, ()) == Changes(new=0, changed=0, withdrawn=4, known=0)
    assert set(Decisions(done.paths).latest("withdrawal").values()) == {"withdrawn"}


def test_other_surveys_are_not_touched(done: Writer) -> None:
    done.put_survey(replace(REPORTS, survey="others"))
    assert done.put_answers("others", answers_table("others", FEW[:1]), "later") == Changes(1, 0, 0, 0)
    assert put(done, FEW).known == 4


def test_answers_need_a_survey(writer: Writer) -> None:
    with pytest.raises(StoreError, match="no survey “reports”"):
        put(writer, FEW)


def test_an_id_that_occurs_twice_is_refused_and_nothing_changes(done: Writer) -> None:
    with pytest.raises(StoreError, match=f"{ONE} occurs 2 times"):
        put(done, (FEW[0], FEW[0]))
    assert put(done, FEW).known == 4
    assert Decisions(done.paths).latest("withdrawal") == {}


def test_an_answer_of_another_survey_is_refused(done: Writer) -> None:
    done.put_survey(replace(REPORTS, survey="others"))
    with pytest.raises(StoreError, match="belongs to the survey others"):
        done.put_answers("reports", answers_table("others", FEW), "later")
    table = answers_table("reports", FEW)
    stolen = table.set_column(1, "survey", pa.array(["others"] * 4))
    with pytest.raises(StoreError, match="belongs to the survey reports"):
        done.put_answers("others", stolen, "later")


def test_a_table_of_another_shape_is_refused(done: Writer) -> None:
    table = answers_table("reports", FEW)
    with pytest.raises(StoreError, match="answers of reports: no column file, content"):
        done.put_answers("reports", table.drop_columns(["content", "file"]), "later")
    with pytest.raises(StoreError, match="column text has empty cells"):
        done.put_answers("reports", table.set_column(8, "text", pa.array([None, "a", "b", "c"])), "later")
    with pytest.raises(StoreError, match="columns row cannot be read"):
        done.put_answers("reports", table.set_column(14, "row", pa.array(["x", "y", "z", "w"])), "later")


def test_a_survey_is_replaced_with_its_questions_and_keeps_its_fingerprint(writer: Writer) -> None:
    writer.put_survey(REPORTS)
    assert writer.fingerprint("reports") is None
    writer.set_fingerprint("reports", "f1")
    writer.put_survey(replace(REPORTS, title="New title", languages=("en", "fr"), questions=(("q2", "Really?", "empowerment"),)))
    assert writer.fingerprint("reports") == "f1"
    (survey,) = writer.surveys().to_pylist()
    assert (survey["title"], survey["languages"]) == ("New title", ["en", "fr"])
    assert writer._rows("SELECT * FROM questions") == [("reports", "q2", "Really?", "empowerment", 0)]


def test_a_survey_that_was_never_there_has_no_fingerprint(writer: Writer) -> None:
    assert writer.fingerprint("nowhere") is None
    with pytest.raises(StoreError, match="nowhere"):
        writer.set_fingerprint("nowhere", "f1")


def test_a_protection_that_is_none_is_refused(writer: Writer) -> None:
    with pytest.raises(StoreError, match="ConstraintException"):
        writer.put_survey(replace(REPORTS, protection="secret"))
    assert writer.surveys().num_rows == 0


def test_rejects_are_replaced_by_survey_and_stage(writer: Writer) -> None:
    def table(*reasons: str) -> pa.Table:
        rows = [{"survey": "reports", "stage": "ingest", "file": "f.csv", "row": 3, "column": None, "reason": reason} for reason in reasons]
        return pa.Table.from_pylist(rows, schema=REJECTS)

    writer.put_rejects("r1", "reports", "ingest", table("too long", "no country"))
    writer.put_rejects("r1", "reports", "mask", table("odd"))
    writer.put_rejects("r1", "others", "ingest", table("odd"))
    writer.put_rejects("r2", "reports", "ingest", table("no country"))
    assert [(row["stage"], row["reason"], row["run"]) for row in writer.rejects("reports").to_pylist()] == [
        ("ingest", "no country", "r2"),
        ("mask", "odd", "r1"),
    ]
    assert writer.rejects().num_rows == 3


def test_answers_and_passages_are_counted_by_survey(done: Writer) -> None:
    assert done.counts() == {"reports": (3, 4)}
    Decisions(done.paths).record("withdrawal", ONE, "withdrawn", "ada")
    put(done, FEW[:3])
    assert done.counts() == {"reports": (2, 2)}
