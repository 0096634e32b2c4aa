"""What of protected surveys goes outside: the tests open the published files and look for planted words."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pytest

from models.coding import Span
from store import Decisions, Filters, Paths, Reader, Writer, snapshots
from store.reader import Counts
from store.release import Quoted, Wish, confirm, refuse, release, spans_of, standing, take_back
from taxonomy.errors import StoreError
from tests.synthetic import EXPERTS, REPORTS, VERSIONS, Response, Sentence, answer_id, process
from tests.themed import give_topics

pytestmark = pytest.mark.disk

OUTSIDE = ("partner", "public")
CODES = ("relevance:influence", "actor:bank", "right:work")
CLAIM = (("bank", "lobbying", "work", "harms"),)
TELLING = Sentence("Xanthum banks lobbied near the Wexford mill.", CODES, CLAIM)
HIDDEN = Sentence("Plovertine factories paid the minister.", CODES, CLAIM)
OTHER = Sentence("Quibblex lenders asked for austerity.", CODES, CLAIM)
OPEN = Sentence("Foreign banks lobbied against the law.", CODES, CLAIM)
ANSWERS = (
    Response("1", (TELLING, HIDDEN), respondent="r-secret-one", attributes={"role": "zoologist-of-one"}),
    Response("2", (OTHER,), respondent="r-secret-one", question="q2"),
    Response("3", (replace(OTHER, text="Embargoed vexillum words."),), respondent="r-secret-two", embargo="2999-01-01"),
)
PLANTED = ("Xanthum", "Wexford", "Plovertine", "Quibblex", "vexillum", "r-secret", "zoologist")


@pytest.fixture
def house(writer: Writer) -> Writer:
    """A protected and a public survey, through all stages."""
    run = begin(writer)
    process(writer, EXPERTS, ANSWERS, run)
    process(writer, REPORTS, (Response("1", (OPEN,)),), run)
    return writer


def begin(writer: Writer) -> str:
    return writer.begin_run(["experts"], VERSIONS)


def nobody(text: str, language: str | None) -> Sequence[Span]:
    return ()


def quoted(writer: Writer, sentence: str) -> Quoted:
    ((quote, answer, text, language),) = writer._rows(
        "SELECT passage, answer, text, language FROM passages WHERE text = $text", {"text": sentence}
    )
    return Quoted(quote, answer, text, language)


def let_out(writer: Writer, sentence: str, wish: Wish | None = None, confirmed: bool = True) -> Quoted:
    quote = quoted(writer, sentence)
    before = standing(writer.decisions).get(quote.quote)
    verdict = release(writer.decisions, quote, wish or Wish("public", "as_is"), "Ada", seen=before.number if before else 0, names=nobody)
    assert verdict.standing is not None
    if confirmed and verdict.standing.awaits_confirmation:
        confirm(writer.decisions, quote, "Ben", seen=verdict.standing.number)
    return quote


def publish(writer: Writer, view: str = "partner", **more: Any) -> dict[str, int]:
    return writer.publish(view, begin(writer), **more).counts  # type: ignore[arg-type]


def files(paths: Paths, view: str) -> bytes:
    """All that lies in the folder of a view, as bytes, and every cell of its tables."""
    raw = b"".join(place.read_bytes() for place in sorted(paths.snapshots(view).rglob("*")) if place.is_file())
    place = paths.snapshots(view) / str(Reader.current_id(paths, view)) / snapshots.DATA
    with duckdb.connect(str(place), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        cells = "".join(str(connection.execute(f"FROM {table}").fetchall()) for table in tables)
    return raw.lower() + cells.lower().encode()


def met(paths: Paths, view: str, words: Sequence[str] = PLANTED) -> set[str]:
    content = files(paths, view)
    return {word for word in words if word.lower().encode() in content}


def shown(paths: Paths, view: str, filters: Filters | None = None) -> list[dict[str, Any]]:
    with closing(Reader.open(paths, view)) as reader:
        return list(reader.quotes(filters or Filters(surveys=("experts",))).to_pylist())


@pytest.mark.parametrize("view", OUTSIDE)
def test_nothing_of_a_protected_survey_is_outside_before_somebody_released_it(house: Writer, view: str) -> None:
    counts = publish(house, view)
    assert met(house.paths, view) == set()
    assert (counts["surveys"], counts["quotes"], counts["vectors"]) == (1, 1, 1)
    publish(house, "internal")
    assert met(house.paths, "internal", ("Plovertine",)) == {"Plovertine"}, "the search of this test finds what is there"


@pytest.mark.parametrize("view", OUTSIDE)
def test_a_released_quote_stands_alone(house: Writer, view: str) -> None:
    quote = let_out(house, TELLING.text)
    counts = publish(house, view)
    assert met(house.paths, view) == {"Xanthum", "Wexford"}
    assert (counts["surveys"], counts["answers"], counts["quotes"], counts["attributes"]) == (2, 2, 2, 0)
    (found,) = shown(house.paths, view)
    assert (found["quote"], found["text"], found["text_kind"], found["protection"]) == (
        quote.quote, TELLING.text, "verbatim", "protected",
    )  # fmt: skip
    assert {code["code"] for code in found["codes"]} == {"influence", "bank", "work"}
    assert [code["spans"] for code in found["codes"] if code["facet"] == "actor"] == [[{"start": 0, "end": 7}]]
    with closing(Reader.open(house.paths, view)) as reader:
        assert reader.answer(quote.answer).text == TELLING.text
        assert reader.count(Filters(text="Xanthum")) == Counts(0, 0, 0, uncounted=True)
        assert reader.count(Filters(text="Plovertine")).passages == 0


def test_two_quotes_of_an_answer_leave_out_what_stands_between(house: Writer) -> None:
    last = replace(OTHER, text="Vitreous lenders asked for austerity.")
    process(house, EXPERTS, (Response("1", (TELLING, HIDDEN, last), respondent="r-secret-one"),), begin(house))
    for text in (last.text, TELLING.text):
        let_out(house, text)
    publish(house)
    assert met(house.paths, "partner") == {"Xanthum", "Wexford"}
    with closing(Reader.open(house.paths, "partner")) as reader:
        answer = reader.answer(answer_id("experts", "1"))
    assert answer.text == f"{TELLING.text} […] {last.text}"
    assert [answer.text[start:end] for _, start, end in answer.passages] == [TELLING.text, last.text]


def units(reader: Reader) -> int:
    """Whoever has the file can count whatever it holds, shown or not."""
    return len(set(reader._table("SELECT unit FROM quotes WHERE survey = 'experts'")["unit"].to_pylist()))


def test_answers_of_one_respondent_cannot_be_told_to_be_so(house: Writer) -> None:
    for text in (TELLING.text, OTHER.text):
        let_out(house, text)
    publish(house)
    with closing(Reader.open(house.paths, "partner")) as reader:
        assert units(reader) == 2
    publish(house, "internal")
    with closing(Reader.open(house.paths)) as reader:
        assert units(reader) == 2, "inside the two are one, and r-secret-two another"


def test_the_public_sees_what_two_people_released_and_partners_what_one_did(house: Writer) -> None:
    let_out(house, TELLING.text, confirmed=False)
    let_out(house, OTHER.text, Wish("partner", "as_is"))
    for view in OUTSIDE:
        publish(house, view)
    assert met(house.paths, "partner") == {"Xanthum", "Wexford", "Quibblex"}
    assert met(house.paths, "public") == set()


@pytest.mark.parametrize("view", OUTSIDE)
def test_an_embargo_binds_whatever_was_decided(house: Writer, view: str) -> None:
    let_out(house, "Embargoed vexillum words.")
    publish(house, view)
    assert met(house.paths, view) == set()
    assert publish(house, view, today=date(2999, 1, 2))["quotes"] == 2
    assert met(house.paths, view) == {"vexillum"}


@pytest.mark.parametrize("view", OUTSIDE)
def test_words_that_are_withheld_are_nowhere_outside(house: Writer, view: str) -> None:
    let_out(house, TELLING.text, Wish("public", "masked", spans_of(TELLING.text, ["xanthum", "Wexford"])))
    counts = publish(house, view)
    assert met(house.paths, view) == set()
    assert counts["vectors"] == 1, "the vector of the words as they were stays inside"
    (found,) = shown(house.paths, view)
    assert found["text"] == "[withheld] banks lobbied near the [withheld] mill."
    assert [code["code"] for code in found["codes"]] == ["influence"], "codes that were read from a withheld word go with it"
    assert found["claims"] == []
    assert len(shown(house.paths, view, Filters(text="lobbied", surveys=("experts",)))) == 1


@pytest.mark.parametrize(("form", "language", "kind"), [("paraphrase", None, "paraphrase"), ("translation", "es", "translation")])
def test_other_words_stand_in_the_quotes_place_and_say_so(house: Writer, form: Any, language: str | None, kind: str) -> None:
    quote = let_out(house, TELLING.text, Wish("public", form, text="Los bancos presionaron.", language=language))
    assert publish(house, "public")["vectors"] == 1
    assert met(house.paths, "public") == set()
    (found,) = shown(house.paths, "public")
    assert (found["text"], found["text_kind"], found["language"]) == ("Los bancos presionaron.", kind, language or "en")
    assert {code["code"] for code in found["codes"]} == {"influence", "bank", "work"}
    assert all(code["spans"] == [] for code in [*found["codes"], *found["claims"]]), "the words that they were read from are not here"
    with closing(Reader.open(house.paths, "public")) as reader:
        answer = reader.answer(quote.answer)
    assert (answer.text, answer.text_kind) == ("Los bancos presionaron.", kind)


def test_what_is_released_no_more_is_hidden_at_once_and_gone_from_the_next_snapshot(house: Writer) -> None:
    quote = let_out(house, TELLING.text)
    for view in OUTSIDE:
        publish(house, view)
    with closing(Reader.open(house.paths, "partner")) as partner, closing(Reader.open(house.paths, "public")) as public:
        everything = Filters(surveys=("experts",))
        assert partner.count(everything).anything == public.count(everything).anything is True
        changed = let_out(house, TELLING.text, Wish("public", "masked", spans_of(TELLING.text, ["Wexford"])), confirmed=False)
        assert changed == quote
        assert partner.count(everything).anything == public.count(everything).anything is False
        with pytest.raises(StoreError, match="withdrawn since"):
            partner.answer(quote.answer)
        let_out(house, TELLING.text)
        assert partner.count(everything).anything == public.count(everything).anything is True
        take_back(house.decisions, quote.quote, "Cem")
        assert partner.count(everything).anything == public.count(everything).anything is False
        assert public.count(Filters()).passages == 1, "what needs no release stays"
    publish(house)
    assert met(house.paths, "partner") == set(), "no older snapshot is kept"


@pytest.mark.parametrize("view", OUTSIDE)
def test_outside_no_older_snapshot_is_kept(house: Writer, view: str) -> None:
    let_out(house, TELLING.text)
    publish(house, view)
    let_out(house, OTHER.text)
    publish(house, view)
    kept = [folder.name for folder in house.paths.snapshots(view).iterdir() if folder.is_dir()]
    assert kept == [Reader.current_id(house.paths, view)]
    (house.paths.snapshots(view) / "left-from-before").mkdir()
    assert not house.publish(view, begin(house)).changed  # type: ignore[arg-type]
    assert [folder.name for folder in house.paths.snapshots(view).iterdir() if folder.is_dir()] == kept, "nor where nothing is new"


def test_an_answer_that_was_withdrawn_takes_its_release_along(house: Writer) -> None:
    quote = let_out(house, TELLING.text)
    Decisions(house.paths).record("withdrawal", quote.answer, "withdrawn", "eva")
    publish(house)
    assert met(house.paths, "partner") == set()


def test_a_changed_text_loses_its_release(house: Writer) -> None:
    let_out(house, TELLING.text)
    changed = (replace(ANSWERS[0], sentences=(TELLING, replace(HIDDEN, text="Something else was said."))), *ANSWERS[1:])
    process(house, EXPERTS, changed, begin(house))
    publish(house)
    assert met(house.paths, "partner") == set()


def test_a_refused_quote_stays_inside(house: Writer) -> None:
    refuse(house.decisions, quoted(house, TELLING.text), "Ada", seen=0)
    publish(house)
    assert met(house.paths, "partner") == set()


def test_a_confirmation_by_the_first_person_is_none_wherever_it_comes_from(house: Writer) -> None:
    quote = let_out(house, TELLING.text, confirmed=False)
    forged = standing(house.decisions)[quote.quote].ruling.model_copy(update={"first": "ADA"})
    house.decisions.record("release", quote.quote, forged.model_dump_json(), "Ada")
    publish(house, "public")
    assert met(house.paths, "public") == set()


def test_a_protected_survey_has_no_topics_outside(house: Writer) -> None:
    let_out(house, TELLING.text)
    for survey in ("experts", "reports"):
        give_topics(house, survey, begin(house), lambda row: (1, "core"))
    assert publish(house, "internal")["topic_members"] > 2
    counts = publish(house)
    assert (counts["topic_models"], counts["topic_members"]) == (1, 1)
    with closing(Reader.open(house.paths, "partner")) as reader:
        assert all(topic.startswith("reports.") for topic in reader.known_topics())


def test_vectors_outside_are_those_of_the_words_that_are_shown(house: Writer) -> None:
    let_out(house, TELLING.text)
    publish(house)
    folder = house.paths.snapshots("partner") / str(Reader.current_id(house.paths, "partner"))
    stored = {tuple(np.float32(vector)) for (vector,) in house._rows("SELECT vector FROM vectors")}
    matrix = np.load(folder / snapshots.VECTORS, allow_pickle=False)
    assert matrix.shape[0] == 2 < len(stored)
    assert {tuple(row) for row in matrix} < stored
