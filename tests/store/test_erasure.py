"""Erasing: no file keeps the text, a killed erasure is completed, and what was erased does not come back."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from models.identity import text_hash
from store import Decisions, Filters, Paths, Reader, Writer, snapshots
from store.erasure import Erased, Eraser, unfinished
from store.exports import ExportRegister
from store.quality import MeasuredPassage, load_passages
from store.release import Ruling
from store.tombstones import ERASURE, tombstones
from taxonomy.errors import StoreBusyError, StoreError
from tests.synthetic import (
    BANK,
    CLINIC,
    EXPERTS,
    KOREAN,
    MASKER,
    REPORTS,
    VERSIONS,
    Response,
    Sentence,
    answer_id,
    answers_table,
    process,
)
from tests.themed import made_up_fit

pytestmark = pytest.mark.disk

SECRET = "Zqxjvelm"
TOLD = Sentence(f"The {SECRET} bank in my village lobbied against us, and everybody knows who told so.", BANK.codes, BANK.claims)
OTHER = Sentence(f"Only here: {SECRET}burg.", CLINIC.codes, CLINIC.claims)
SURVEY = replace(EXPERTS, survey="told", protection="invented")
PEOPLE = (
    Response("1", (TOLD, CLINIC), respondent="r-one", attributes={"role": SECRET}),
    Response("2", (BANK, OTHER), respondent="r-one", question="q2"),
    Response("3", (KOREAN, CLINIC), country="KOR", respondent="r-two"),
    Response("4", (CLINIC,), question="q2"),
    Response("5", (CLINIC,), respondent="r-three"),
)
FIRST, SECOND, THIRD, ANONYMOUS, _ = (answer_id("told", response.row) for response in PEOPLE)
NOBODY = "0" * 32


def rejected(row: int, reason: str, stage: str = "ingest") -> dict[str, Any]:
    return {"survey": "told", "stage": stage, "file": "file.csv", "row": row, "column": "Q1", "reason": reason}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with an answer that has a word like no other, in topics, reports and several snapshots of two views."""
    paths = Paths(tmp_path_factory.mktemp("planted") / "data")
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["told"], VERSIONS)
        process(writer, REPORTS, (Response("1", (BANK, CLINIC)),), run)
        process(writer, SURVEY, PEOPLE, run)
        fit = made_up_fit(
            "told",
            writer.to_topics("told", VERSIONS["encoder"]),
            lambda _: (1, "core"),
            words={1: {"en": (SECRET.lower(), "bank", "clinics")}},
        )
        named = fit.topics.set_column(fit.topics.column_names.index("name"), "name", pa.array([f"bank, {SECRET.lower()}"]))
        writer.put_fit("told", run, replace(fit, topics=named))
        rejects = (
            rejected(7, "row 7 repeats row 1: same respondent, question, wave and text; row 1 is kept"),
            rejected(8, "row 8 and row 11 are answers of the same respondent to one question and wave; row 11 is kept, as it stands last"),
            rejected(9, "no consent"),
        )
        writer.put_rejects(run, "told", "ingest", pa.Table.from_pylist(list(rejects)))
        for view in ("internal", "public"):
            writer.publish(view, run)  # type: ignore[arg-type]
            writer.put_survey(replace(SURVEY, title=f"Another title for {view}"))
            writer.publish(view, writer.begin_run(["told"], VERSIONS))  # type: ignore[arg-type]
        writer.finish_run(run, "done")
    report = paths.quality / "20261122T170405-measured"
    report.mkdir()
    measured = [MeasuredPassage(
        id=id, text=text, language="en", country=None, source="", reference={}, predicted={}, doubtful={}
    ).model_dump_json() for id, text in (("a", TOLD.text.upper()), ("b", KOREAN.text), ("c", "No."))]  # fmt: skip
    (report / "passages.json").write_text(f"[{','.join(measured)}]", "utf-8")
    return paths.root


@pytest.fixture
def told(planted: Path, tmp_path: Path) -> Paths:
    """A copy of the planted store."""
    return Paths(Path(shutil.copytree(planted, tmp_path / "told")))


@pytest.fixture
def eraser(told: Paths) -> Iterator[Eraser]:
    """A writer that erases, on the planted store."""
    with Eraser(told, "tests") as eraser:
        yield eraser


def erase(paths: Paths, *answers: str, who: str = "ada") -> Erased:
    with Eraser(paths, "tests") as eraser:
        eraser.decide(answers, who)
        done = eraser.complete()
    assert done is not None
    return done


def holding(paths: Paths, word: str) -> list[str]:
    """Return the files outside the raw folder that hold a word: in their bytes, in a table's rows or in a search index."""
    needles = [form.encode(encoding) for form in {word, word.lower(), word.upper()} for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    found = []
    for place in sorted(paths.root.rglob("*")):
        if not place.is_file() or paths.raw in place.parents:
            continue
        data = place.read_bytes()
        if any(needle in data for needle in needles) or (place.suffix == ".duckdb" and in_tables(place, word)):
            found.append(place.name)
        elif place.name == snapshots.SEARCH:
            with closing(sqlite3.connect(place)) as connection:
                found += [place.name] * bool(connection.execute("SELECT 1 FROM quotes WHERE quotes MATCH ?", (word + "*",)).fetchall())
    return found


def in_tables(place: Path, word: str) -> bool:
    with duckdb.connect(str(place), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        assert tables
        return any(
            connection.execute(f"SELECT count(*) FROM {table} t WHERE t::VARCHAR ILIKE ?", [f"%{word}%"]).fetchall() != [(0,)]
            for table in tables
        )


def test_the_planted_word_is_where_it_is_looked_for(told: Paths) -> None:
    assert set(holding(told, SECRET)) == {"work.duckdb", "data.duckdb", "search.sqlite", "passages.json"}


def test_after_an_erasure_no_file_holds_the_text(told: Paths) -> None:
    erase(told, FIRST, SECOND)
    assert holding(told, SECRET) == []
    with Writer(told, "tests") as writer:
        for table in ("answers", "masked", "segmented", "passages"):
            assert writer._rows(f"SELECT count(*) FROM {table} WHERE answer IN ('{FIRST}', '{SECOND}')") == [(0,)], table
        for table in ("coded", "codes", "claims", "topic_members"):
            assert writer._number(f"SELECT count(*) FROM {table} WHERE passage NOT IN (SELECT passage FROM passages)") == 0, table
        assert writer._number("SELECT count(*) FROM vectors WHERE text_hash NOT IN (SELECT text_hash FROM passages)") == 0
        assert writer._number("SELECT count(*) FROM answers") == 4


def test_what_others_said_stays(told: Paths) -> None:
    done = erase(told, FIRST, SECOND)
    with Writer(told, "tests") as writer:
        left = [text for (text,) in writer._rows("SELECT DISTINCT text FROM passages ORDER BY text")]
        assert left == sorted({BANK.text, CLINIC.text, KOREAN.text})
        assert writer._number("SELECT count(*) FROM vectors") == 3
        assert writer._rows("SELECT word FROM topic_words") == [("clinics",)], "the words of the others are in enough answers"
        assert writer._rows("SELECT name FROM topics") == [("Topic 1",)]
        assert writer.rejects()["row"].to_pylist() == [8, 9]
        assert writer._number("SELECT count(*) FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'") >= 17
    assert done.rows["answers"] == 2
    assert done.measured == {"20261122T170405-measured": 1}
    assert [passage.id for passage in load_passages(told, "20261122T170405-measured")] == ["b", "c"]


def test_every_view_serves_a_snapshot_without_it_and_the_older_ones_are_gone(told: Paths) -> None:
    with closing(Reader.open(told)) as reader:
        before = reader.count(Filters()).answers
        done = erase(told, FIRST)
        assert reader.count(Filters()).answers == before - 1, "a reader that is open goes on, without the answer"
        assert reader.count(Filters(text=SECRET)).answers == 1
    assert set(done.snapshots) == {"internal", "public"}
    for view, snapshot in done.snapshots.items():
        folders = [folder.name for folder in told.snapshots(view).iterdir() if folder.is_dir()]
        assert folders == [snapshot] == [Reader.current_id(told, view)]
        with closing(Reader.open(told, view)) as reader:
            assert reader.snapshot.versions["encoder"] == VERSIONS["encoder"]
    assert done.retired == 3
    assert list(told.snapshots("partner").iterdir()) == []


def test_a_snapshot_that_was_never_served_goes(told: Paths) -> None:
    home = told.snapshots("internal")
    (home / snapshots.CURRENT).unlink()
    assert "internal" not in erase(told, FIRST, SECOND).snapshots
    assert list(home.iterdir()) == []


def test_a_withdrawal_is_hidden_by_the_decision_alone(told: Paths, eraser: Eraser) -> None:
    with closing(Reader.open(told)) as reader:
        assert reader.count(Filters(text=SECRET)).answers == 2
        eraser.decide([FIRST, SECOND], "ada")
        assert reader.count(Filters(text=SECRET)).answers == 0
    assert unfinished(told) == tuple(sorted((FIRST, SECOND)))
    standing = Decisions(told).standing("withdrawal")
    assert {standing[answer].who for answer in (FIRST, SECOND)} == {"ada"}


def test_the_same_row_does_not_come_back(told: Paths) -> None:
    erase(told, FIRST)
    with Writer(told, "tests") as writer:
        run = writer.begin_run(["told"], VERSIONS)
        changed = (replace(PEOPLE[0], sentences=(OTHER,)), *PEOPLE[1:])
        for responses in (PEOPLE, changed, PEOPLE[1:]):
            changes = writer.put_answers("told", answers_table("told", responses), run)
            assert (changes.new, changes.changed, changes.withdrawn) == (0, 0, 0)
            assert writer.to_mask("told", MASKER).num_rows == 0
        assert writer._number("SELECT count(*) FROM answers WHERE survey = 'told'") == 4
    stone = tombstones(Decisions(told))[FIRST]
    assert (stone.state, stone.survey, stone.question) == ("done", "told", "q1")
    assert stone.rows == (("file.csv", 1), ("file.csv", 7)), "the row that repeats it holds the text too"


def test_who_erases_what_ingest_had_withdrawn_lifts_it_never_again(told: Paths) -> None:
    with Writer(told, "tests") as writer:
        writer.put_answers("told", answers_table("told", PEOPLE[1:]), "later")
    erase(told, FIRST)
    assert Decisions(told).standing("withdrawal")[FIRST].who == "ada"
    with pytest.raises(StoreError, match="“ingest” signs"):
        erase(told, SECOND, who="ingest")
    assert tombstones(Decisions(told)).keys() == {FIRST}


def test_all_answers_of_a_respondent(eraser: Eraser) -> None:
    assert eraser.of_respondent(SECOND) == tuple(sorted((FIRST, SECOND)))
    with pytest.raises(StoreError, match="no respondent is known"):
        eraser.of_respondent(ANONYMOUS)


def test_all_withdrawn_ones_of_a_survey(told: Paths, eraser: Eraser) -> None:
    with pytest.raises(StoreError, match="no answer of this survey is withdrawn"):
        eraser.withdrawn("told")
    eraser.decisions.record("withdrawal", THIRD, "withdrawn", "ada")
    eraser.put_answers("told", answers_table("told", PEOPLE[1:]), "later")
    assert eraser.withdrawn("told") == tuple(sorted((FIRST, THIRD)))
    with pytest.raises(StoreError, match="no survey “nowhere”"):
        eraser.withdrawn("nowhere")


def test_translations_are_told(told: Paths, eraser: Eraser) -> None:
    process(eraser, REPORTS, (Response("1", (BANK,), group="g"), Response("2", (CLINIC,), group="g")), "later")
    one, other = (answer_id("reports", row) for row in "12")
    assert eraser.translations([one]) == (other,)
    assert eraser.translations([one, other]) == eraser.translations([FIRST]) == ()


def test_what_cannot_be_erased_is_refused_before_anything_is_done(told: Paths) -> None:
    erase(told, FIRST)
    for answer, message in ((FIRST, "was erased already"), (NOBODY, "no answer of this id")):
        with pytest.raises(StoreError, match=message):
            erase(told, SECOND, answer)
    assert tombstones(Decisions(told)).keys() == {FIRST}
    with Eraser(told, "tests") as eraser, pytest.raises(StoreError, match="was erased already"):
        eraser.of_respondent(FIRST)
    with Writer(told, "a run"), pytest.raises(StoreBusyError, match="a run"):
        erase(told, SECOND)


def test_nothing_is_done_where_nothing_is_due(told: Paths, eraser: Eraser) -> None:
    assert unfinished(told) == ()
    assert eraser.complete() is None
    assert unfinished(Paths(told.root / "nowhere")) == ()


def test_decisions_on_its_quotes_are_emptied_and_stay_append_only(told: Paths) -> None:
    with Writer(told, "tests") as writer:
        ((quote,),) = writer._rows(f"SELECT passage FROM passages WHERE contains(text, '{SECRET} bank')")
        ((other,),) = writer._rows(f"SELECT passage FROM passages WHERE answer = '{ANONYMOUS}'")
    decisions = Decisions(told)
    for value in (f"told as {SECRET}", f"and anew as {SECRET}"):
        decisions.record("release", quote, value, "ada")
    decisions.record("release", other, "as it is", "ada")
    assert "decisions.sqlite" in " ".join(holding(told, SECRET))
    assert erase(told, FIRST, SECOND).decisions == 2
    assert holding(told, SECRET) == []
    assert decisions.latest("release") == {quote: "", other: "as it is"}
    with closing(sqlite3.connect(told.decisions)) as connection:
        for statement in ("UPDATE decisions SET value = ''", "DELETE FROM decisions"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


def test_decisions_on_a_quote_that_was_cut_otherwise_are_emptied_too(told: Paths) -> None:
    decisions = Decisions(told)
    cut = f"The {SECRET} bank in my village"
    for quote, text in (("a" * 20, cut), ("b" * 20, cut), ("c" * 20, "somebody else's")):
        ruling = Ruling(outcome="released", text_hash=text_hash(text), audience="partner", form="as_is", looked_at=(text,))
        decisions.record("release", quote, ruling.model_dump_json(), "ada")
    assert erase(told, FIRST, SECOND).decisions == 2
    assert holding(told, SECRET) == []
    assert [quote for quote, value in decisions.latest("release").items() if value] == ["c" * 20]


def test_the_register_of_exports_names_those_that_held_it(told: Paths) -> None:
    with Writer(told, "tests") as writer:
        ((quote,),) = writer._rows(f"SELECT passage FROM passages WHERE contains(text, '{SECRET} bank')")
    register = ExportRegister(told)
    for what, quotes in (("quotes-1.csv", [quote]), ("quotes-2.csv", [])):
        register.record(what, quotes, who="bo", view="internal", snapshot="s")
    (export,) = erase(told, FIRST).tombstones[FIRST].exports
    assert export.startswith("quotes-1.csv, number 1, taken by bo on 20")


def test_copies_that_suasion_did_not_make_are_named(told: Paths) -> None:
    copy = Path(shutil.copy(told.work, told.store / "work.duckdb.bak"))
    (told.store / "work.duckdb.tmp").mkdir()
    (told.store / "work.duckdb.tmp" / "spill").write_text(SECRET)
    assert erase(told, FIRST).strays == (copy,)
    assert not (told.store / "work.duckdb.tmp").exists()


def test_a_report_that_cannot_be_read_loses_its_passages(told: Paths) -> None:
    place = told.quality / "20261122T170405-measured" / "passages.json"
    place.write_text(f"damaged {SECRET}", "utf-8")
    assert erase(told, FIRST).measured == {"20261122T170405-measured": 0}
    assert not place.exists()


def test_a_tombstone_that_nobody_can_read_is_told_and_keeps_the_row_out(told: Paths) -> None:
    Decisions(told).record(ERASURE, FIRST, f"{{{SECRET}", "ada")
    with pytest.raises(StoreError, match="cannot be read") as told_so:
        unfinished(told)
    assert SECRET not in str(told_so.value)
    with Writer(told, "tests") as writer:
        assert writer.put_answers("told", answers_table("told", PEOPLE), "later").withdrawn == 1


STEPS = ("_purge", "_rewrite", "os.replace", "_replace_snapshots", "record_all")


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_it_is_completed(told: Paths, step: str) -> None:
    pid = os.fork()
    if pid == 0:
        _erase_and_die(told, step)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    assert unfinished(told) == tuple(sorted((FIRST, SECOND)))
    with Eraser(told, "tests") as eraser:
        done = eraser.complete()
    assert done is not None
    assert done.tombstones.keys() == {FIRST, SECOND}
    assert holding(told, SECRET) == []
    assert unfinished(told) == ()
    assert not list(told.store.glob("*.fresh*"))


def _erase_and_die(paths: Paths, step: str) -> None:
    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with Eraser(paths, "dying") as eraser:
        eraser.decide([FIRST, SECOND], "ada")
        if step == "os.replace":
            replaced = os.replace
            os.replace = lambda one, other: die() if str(one).endswith(".fresh") else replaced(one, other)  # type: ignore[assignment]
        elif step == "record_all":
            Decisions.record_all = die  # type: ignore[method-assign]
        else:
            setattr(Eraser, step, die)
        eraser.complete()
    os._exit(1)


def test_a_copy_that_is_not_the_same_is_not_put_in_its_place(told: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    before = told.work.stat().st_ino
    with Eraser(told, "tests") as eraser:
        eraser.decide([FIRST], "ada")
        shapes = iter((([], {"answers": 3}), ([], {"answers": 2})))
        monkeypatch.setattr(Eraser, "_shape", lambda *_: next(shapes))
        with pytest.raises(StoreError, match="is not the same"):
            eraser.complete()
    assert told.work.stat().st_ino == before
    assert not list(told.store.glob("*.fresh*"))
    assert unfinished(told) == (FIRST,)
