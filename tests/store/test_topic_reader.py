"""What is said about topics: counted under filters, decided about live, and silent about what a view does not hold."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from models.tables import TOPIC_WORDS, TOPICS
from store import Decisions, Filters, Paths, Reader, Writer
from store.filters import TOPIC
from store.intervals import wilson
from store.topic_decisions import merge, rename, split_again
from store.topic_reader import WITHOUT_CONTENT
from taxonomy import load_codebook
from taxonomy.errors import StoreError
from tests.synthetic import (
    BANK,
    CLINIC,
    ENCODER,
    FACTORY,
    NOTHING,
    OFF_TOPIC,
    REPORTS,
    SUMMARIES,
    VERSIONS,
    Response,
    Sentence,
    answer_id,
    answers_table,
    build_store,
    process,
)
from tests.themed import give_all_topics, give_topics, made_up_fit, members_table

pytestmark = pytest.mark.disk

BARE = Sentence("Something about rivers.", ("relevance:influence", "effect:harms", "actor:bank?"))


def lender(number: int, **changes: Any) -> Sentence:
    return replace(BANK, text=f"Bank {number} lobbied.", **changes)


#: Topic 1: five on banks. Topic 2: two clinics, weak members. Topic 3: three whom no code of content fits. Two are of no topic.
RESPONSES = (
    Response("1", (lender(1),), country="BRA", wave="2024"),
    Response("2", (lender(2),), country="BRA", wave="2025"),
    Response("3", (lender(3, codes=("relevance:influence", "actor:bank", "effect:improves")),), country="KOR", wave="2025"),
    Response("4", (lender(4), lender(5)), country=None, wave="2025"),
    Response("5", (replace(CLINIC, text="Clinic 1 opened."),), country="BRA", wave="2024"),
    Response("6", (replace(CLINIC, text="Clinic 2 opened."),), country="KOR", wave="2025"),
    Response("7", (replace(BARE, text="Bare 1."),), country="BRA", wave="2025"),
    Response("8", (replace(BARE, text="Bare 2."),), country="BRA", wave="2025"),
    Response("9", (replace(BARE, text="Bare 3."),), country="IND", wave="2025"),
    Response("10", (OFF_TOPIC,), country="BRA", wave="2024"),
    Response("11", (replace(FACTORY, text="A factory."),), country="IND", wave="2025"),
    Response("12", (NOTHING,), country="BRA", wave="2025"),
)
SENTENCES = {sentence.text: response for response in RESPONSES for sentence in response.sentences}


def by_first_word(row: Mapping[str, Any]) -> tuple[int, str]:
    return {"Bank": (1, "core"), "Clinic": (2, "weak"), "Bare": (3, "core")}.get(row["text"].split()[0], (0, "outlier"))


def build(root: Path) -> Paths:
    paths = Paths(root)
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["reports"], VERSIONS)
        process(writer, REPORTS, RESPONSES, run)
        give_topics(writer, "reports", run, by_first_word)
        writer.publish("internal", run)
    return paths


@pytest.fixture(scope="module")
def themes(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A published survey with three topics, for reading only."""
    return build(tmp_path_factory.mktemp("themes") / "data")


@pytest.fixture(scope="module")
def reader(themes: Paths) -> Iterator[Reader]:
    """A reader of that survey, in which nobody decides anything."""
    with closing(Reader.open(themes)) as reader:
        yield reader


@pytest.fixture
def own(themes: Paths, tmp_path: Path) -> Iterator[tuple[Reader, Decisions]]:
    """A reader of a copy, and the decisions that it heeds."""
    paths = Paths(Path(shutil.copytree(themes.root, tmp_path / "own")))
    with closing(Reader.open(paths)) as reader:
        yield reader, Decisions(paths)


def of(*topics: str) -> Filters:
    return Filters(codes=((TOPIC, topics),))


def keyed(table: pa.Table, *names: str) -> dict[Any, dict[str, Any]]:
    return {tuple(row[name] for name in names) if len(names) > 1 else row[names[0]]: row for row in table.to_pylist()}


def sizes(reader: Reader, filters: Filters | None = None) -> dict[str, int]:
    return {row["topic"]: row["size"] for row in reader.topics(filters or Filters()).to_pylist()}


def everything(reader: Reader) -> list[Any]:
    """All that a reader says of topics, to be compared and searched."""
    asked: list[Callable[[Filters], pa.Table]] = [
        reader.topics,
        lambda filters: reader.topic_points(filters, 100),
        lambda filters: reader.topic_codes("reports.1", filters),
        lambda filters: reader.topic_split("country", filters),
        lambda filters: reader.central_quotes("reports.1", filters, 10),
        lambda filters: reader.quotes(filters, limit=100),
        reader.beyond_codebook,
    ]
    found = [ask(Filters()).to_pylist() for ask in asked]
    return [*found, reader.topic_words("reports.1").to_pylist(), reader.facet_counts(Filters()).to_pylist()]


# Topics and their points


def test_topics_with_what_is_known_of_each(reader: Reader) -> None:
    found = reader.topics(Filters()).to_pylist()
    assert [(row["topic"], row["name"], row["size"], row["answers"], row["units"], row["weak"]) for row in found] == [
        ("reports.1", "theme 1", 5, 4, 4, 0), ("reports.3", "theme 3", 3, 3, 3, 0), ("reports.2", "Topic 2", 2, 2, 2, 2),
    ]  # fmt: skip
    first = found[0]
    assert (first["survey"], first["named_by_person"], first["tentative"], first["merged"]) == ("reports", False, False, [])
    assert (first["stability"], first["foreseen"], first["nearest_code"]) == (pytest.approx(0.8), 0.25, "actor:code1")
    places = [row for row in reader.topic_points(Filters(), 100).to_pylist() if row["topic"] == "reports.1"]
    assert first["x"] == sorted(row["x"] for row in places)[2], "the median"


def test_topics_are_counted_under_the_filters(reader: Reader) -> None:
    assert sizes(reader, Filters(countries=("BRA",))) == {"reports.1": 2, "reports.3": 2, "reports.2": 1}
    assert sizes(reader, of("reports.2")) == {"reports.2": 2, "reports.1": 0, "reports.3": 0}
    assert sizes(reader, Filters(surveys=("nowhere",))) == {}


def test_points_are_all_that_was_fitted_or_placed(reader: Reader) -> None:
    points = keyed(reader.topic_points(Filters(), 100), "text")
    assert points.keys() == SENTENCES.keys() - {"n/a"}
    bank, factory = points["Bank 1 lobbied."], points["A factory."]
    assert (bank["topic"], bank["membership"], bank["effect"], bank["direction"]) == ("reports.1", "core", "harms", "discouraged")
    assert (factory["topic"], factory["membership"], factory["country"], factory["wave"]) == (None, "outlier", "IND", "2025")
    assert {row["text"] for row in reader.topic_points(Filters(waves=("2024",)), 100).to_pylist()} == {
        "Bank 1 lobbied.", "Clinic 1 opened.", OFF_TOPIC.text,
    }  # fmt: skip


def test_of_many_points_a_sample_is_drawn_that_stays(reader: Reader) -> None:
    some = reader.topic_points(Filters(), 4)
    assert some.num_rows == 4
    assert some == reader.topic_points(Filters(), 4)
    assert set(some["quote"].to_pylist()) <= set(reader.topic_points(Filters(), 8)["quote"].to_pylist())
    assert reader.topic_points(Filters(), -1).num_rows == 0


def test_quotes_are_filtered_by_topic_and_topics_are_a_facet(reader: Reader) -> None:
    assert {row["text"] for row in reader.quotes(of("reports.2")).to_pylist()} == {"Clinic 1 opened.", "Clinic 2 opened."}
    assert reader.count(of("reports.1", "reports.2")).passages == 7
    assert reader.count(of("reports.99")).passages == 0

    def counted(filters: Filters) -> dict[str, int]:
        return {row["code"]: row["passages"] for row in reader.facet_counts(filters).to_pylist() if row["facet"] == TOPIC}

    assert counted(Filters()) == counted(of("reports.2")) == {"reports.1": 5, "reports.3": 3, "reports.2": 2}
    assert counted(Filters(countries=("KOR",))) == {"reports.1": 1, "reports.2": 1}
    countries = {row["code"]: row["passages"] for row in reader.facet_counts(of("reports.3")).to_pylist() if row["facet"] == "country"}
    assert countries == {"BRA": 2, "IND": 1}


def test_words_of_a_topic_of_few_answers_are_not_told(reader: Reader) -> None:
    assert [(row["language"], row["rank"], row["word"]) for row in reader.topic_words("reports.1").to_pylist()] == [
        ("en", 1, "word1"), ("en", 2, "theme 1"), ("en", 3, "common"),
    ]  # fmt: skip
    assert reader.topic_words("reports.2").num_rows == 0, "of two answers"
    assert reader.topic_words("reports.99").num_rows == 0


def test_how_topics_were_found(reader: Reader) -> None:
    (row,) = reader.topic_models().to_pylist()
    assert (row["survey"], row["fit"], row["method"], row["note"], row["seed"]) == ("reports", 1, "agglomerative", "Few passages.", 7)
    assert (row["fitted"], row["known"], row["placed"], row["poor"], row["refit_proposed"]) == (12, 12, 0, 0, False)
    assert row["proposal"]
    assert [event["event"] for event in reader.topic_events("reports").to_pylist()] == ["born"] * 3
    assert reader.topic_events("reports")["name"].to_pylist() == ["theme 1", "Topic 2", "theme 3"]


# Quotes and codes


def test_central_quotes_come_from_different_countries(reader: Reader) -> None:
    quotes = reader.central_quotes("reports.1", Filters())
    assert quotes.column_names == reader.quotes(Filters()).column_names
    similar = [row["text"] for row in sorted(reader.topic_points(of("reports.1"), 9).to_pylist(), key=lambda row: row["x"])]
    countries = [SENTENCES[text].country for text in similar]
    assert set(quotes["country"].to_pylist()) == {"BRA", "KOR", None}
    assert quotes["text"].to_pylist() == [similar[countries.index(country)] for country in quotes["country"].to_pylist()]
    assert quotes["text"][0].as_py() == similar[0]
    assert all(row["codes"] and row["claims"] for row in quotes.to_pylist())
    assert reader.central_quotes("reports.1", Filters(), 99).num_rows == 5
    assert reader.central_quotes("reports.1", Filters(countries=("IND",))).num_rows == 0


def test_codes_that_a_topic_has_more_often(reader: Reader) -> None:
    codes = keyed(reader.topic_codes("reports.1", Filters()), "facet", "code")
    bank = codes["actor", "bank"]
    assert (bank["passages"], bank["share"]) == (5, 1.0)
    assert (bank["base"], bank["lift"]) == (pytest.approx(5 / 12), pytest.approx(12 / 5))
    assert (bank["low"], bank["high"]) == pytest.approx(wilson(5, 5))
    assert codes["effect", "harms"]["share"] == pytest.approx(4 / 5)
    assert codes["effect", "harms"]["lift"] == pytest.approx((4 / 5) / (8 / 12))
    assert next(iter(codes)) == ("actor", "bank")
    assert keyed(reader.topic_codes("reports.1", of("reports.2")), "facet", "code") == codes, "a selection of topics is lifted"
    assert keyed(reader.topic_codes("reports.1", Filters(countries=("KOR",))), "facet", "code")["effect", "improves"]["passages"] == 1
    assert ("actor", "bank") not in keyed(reader.topic_codes("reports.3", Filters()), "facet", "code")
    suggested = keyed(reader.topic_codes("reports.3", Filters(suggestions=True)), "facet", "code")
    assert suggested["actor", "bank"]["passages"] == 3
    assert reader.topic_codes("reports.99", Filters()).num_rows == 0


def test_a_split_by_any_facet(reader: Reader) -> None:
    country = keyed(reader.topic_split("country", Filters()), "topic", "value")
    assert len(country) == 3 * 3
    row = country["reports.1", "BRA"]
    assert (row["units"], row["total"], row["share"]) == (2, 6, pytest.approx(2 / 6))
    assert (row["low"], row["high"]) == pytest.approx(wilson(2, 6))
    assert country["reports.2", "IND"] | {"units": 0, "total": 2, "share": 0.0} == country["reports.2", "IND"]
    wave = keyed(reader.topic_split("wave", of("reports.1")), "topic", "value")
    assert {value: (row["units"], row["total"]) for (_, value), row in wave.items()} == {"2024": (1, 3), "2025": (3, 8)}
    effect = keyed(reader.topic_split("effect", Filters()), "topic", "value")
    assert effect["reports.1", "harms"]["units"] == 3, "two passages of one answer are one unit"
    actor = keyed(reader.topic_split("actor", Filters()), "topic", "value")
    assert ("reports.3", "bank") in actor
    assert actor["reports.3", "bank"]["units"] == 0
    assert keyed(reader.topic_split("actor", Filters(suggestions=True)), "topic", "value")["reports.3", "bank"]["units"] == 3
    assert reader.topic_split("attribute:nothing", Filters()).num_rows == 0
    assert reader.topic_split("'; DROP TABLE quotes", Filters()).num_rows == 0
    with pytest.raises(StoreError, match="cannot be split by topic"):
        reader.topic_split(TOPIC, Filters())


def test_what_the_codebook_explains_worst_comes_first(reader: Reader) -> None:
    found = reader.beyond_codebook(Filters()).to_pylist()
    assert [row["topic"] for row in found] == ["reports.3", "reports.2", "reports.1"], "codes of two passages explain nothing"
    bare, _, banks = found
    assert (bare["unexplained"], bare["best_codes"], bare["without_code"], bare["size"]) == (1.0, [], 1.0, 3)
    assert (banks["unexplained"], banks["best_codes"], banks["without_code"]) == (0.0, ["actor:bank"], 0.0)
    assert bare["foreseen"] == 0.75
    suggested = keyed(reader.beyond_codebook(Filters(suggestions=True)), "topic")
    assert suggested["reports.3"]["best_codes"] == ["actor:bank"]
    assert suggested["reports.3"]["unexplained"] == pytest.approx(1 - 2 * 3 / (3 + 8))
    assert [row["topic"] for row in reader.beyond_codebook(of("reports.1")).to_pylist()] == ["reports.1"]
    assert reader.beyond_codebook(of("reports.1")).to_pylist() == [banks], "passages of other topics still count as others"


def test_two_codes_together_explain_what_neither_does(tmp_path: Path) -> None:
    def said(name: str, *codes: str) -> Sentence:
        return Sentence(name, ("relevance:influence", *codes))

    both = [said(f"Bank {n}", "actor:bank", "right:work") for n in range(3)]
    one = [said(f"Clinic {n}", "actor:bank") for n in range(3)] + [said(f"Bare {n}", "right:work") for n in range(3)]
    paths = Paths(tmp_path / "data")
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["reports"], VERSIONS)
        process(writer, REPORTS, [Response(str(n), (sentence,)) for n, sentence in enumerate(both + one)], run)
        give_topics(writer, "reports", run, by_first_word)
        writer.publish("internal", run)
    with closing(Reader.open(paths)) as reader:
        found = keyed(reader.beyond_codebook(Filters()), "topic")
    assert (found["reports.1"]["best_codes"], found["reports.1"]["unexplained"]) == (["actor:bank", "right:work"], 0.0)
    assert found["reports.2"]["unexplained"] == pytest.approx(1 - 2 * 3 / 9)


# What people decide


def test_names_and_merges_count_from_the_moment_they_are_decided(own: tuple[Reader, Decisions]) -> None:
    reader, decisions = own
    before = everything(reader)
    known = reader.known_topics()
    rename(decisions, "reports.3", "Rivers", "ada", known=known)
    merge(decisions, "reports.1", "reports.2", "ada", known=known)
    merge(decisions, "reports.2", "reports.3", "ada", known=known)
    (row,) = reader.topics(Filters()).to_pylist()
    assert (row["topic"], row["name"], row["named_by_person"], row["size"], row["units"]) == ("reports.3", "Rivers", True, 10, 9)
    assert row["merged"] == ["reports.1", "reports.2"]
    for chosen in ("reports.1", "reports.3"):
        assert reader.count(of(chosen)).passages == 10, "whoever comes by an old link sees the whole"
    assert {row["code"]: row["passages"] for row in reader.facet_counts(of("reports.1")).to_pylist() if row["facet"] == TOPIC} == {
        "reports.3": 10
    }
    assert reader.topic_words("reports.1")["word"].to_pylist() == ["word1", "word3", "theme 1", "theme 3", "common"]
    assert {row["topic"] for row in reader.topic_points(Filters(), 100).to_pylist()} == {"reports.3", None}
    assert {row["topic"] for row in reader.topic_split("country", of("reports.2")).to_pylist()} == {"reports.3"}
    assert reader.central_quotes("reports.1", Filters(), 99).num_rows == 10
    assert keyed(reader.topic_codes("reports.2", Filters()), "facet", "code")["actor", "bank"]["share"] == 0.5
    assert reader.beyond_codebook(Filters())["topic"].to_pylist() == ["reports.3"]
    assert reader.topic_events("reports")["name"].to_pylist() == ["theme 1", "Topic 2", "Rivers"]
    for topic in ("reports.1", "reports.2"):
        split_again(decisions, topic, "ada")
    rename(decisions, "reports.3", "theme 3", "ada", known=known)
    assert [row | {"named_by_person": False} for row in reader.topics(Filters()).to_pylist()] == before[0]
    assert everything(reader)[1:] == before[1:]


def test_a_withdrawn_answer_is_gone_at_once_from_all_that_is_said_of_topics(own: tuple[Reader, Decisions]) -> None:
    reader, decisions = own
    before = everything(reader)
    decisions.record("withdrawal", answer_id("reports", "1"), "withdrawn", "ada")
    assert sizes(reader)["reports.1"] == 4
    assert "Bank 1 lobbied." not in repr(everything(reader))
    assert keyed(reader.topic_split("country", Filters()), "topic", "value")["reports.1", "BRA"]["total"] == 5
    assert keyed(reader.topic_codes("reports.1", Filters()), "facet", "code")["actor", "bank"]["passages"] == 4
    assert reader.topic_words("reports.1").num_rows == 3
    decisions.record("withdrawal", answer_id("reports", "2"), "withdrawn", "ada")
    assert reader.topic_words("reports.1").num_rows == 0, "two answers are left"
    assert keyed(reader.topics(Filters()), "topic")["reports.1"]["name"] == "Topic 1"
    assert "theme 1" not in repr(reader.topic_events("reports").to_pylist())
    for row in ("3", "4"):
        decisions.record("withdrawal", answer_id("reports", row), "withdrawn", "ada")
    assert "reports.1" not in sizes(reader)
    assert reader.central_quotes("reports.1", Filters()).num_rows == 0
    for row in "1234":
        decisions.record("withdrawal", answer_id("reports", row), "active", "ada")
    assert everything(reader) == before


def of_one_word(row: Mapping[str, Any]) -> tuple[int, str]:
    return 1, "core"


def held(paths: Paths, responses: tuple[Response, ...], word_of: Callable[[str], bool]) -> None:
    """Publish a survey whose one topic is called by a word that some of its passages hold, and another that all hold."""
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["reports"], VERSIONS)
        process(writer, replace(REPORTS, has_respondents=True), responses, run)
        passages = writer.to_topics("reports", ENCODER)
        fit = made_up_fit("reports", passages, of_one_word, words={1: {"en": ("kivari", "bank")}})
        every = passages["passage"].to_pylist()
        some = [row["passage"] for row in passages.to_pylist() if word_of(row["text"])]
        words = fit.words.set_column(fit.words.column_names.index("passages"), TOPIC_WORDS.field("passages"), pa.array([some, every]))
        named = fit.topics.set_column(fit.topics.column_names.index("name"), TOPICS.field("name"), pa.array(["bank, kivari (1)"]))
        writer.put_fit("reports", run, replace(fit, topics=named, words=words))
        writer.publish("internal", run)


@pytest.fixture
def worded(tmp_path: Path) -> Paths:
    """A topic of six answers, three of which hold the word kivari, which is in its name."""
    paths = Paths(tmp_path / "data")
    held(paths, tuple(Response(str(n), (lender(n),)) for n in range(6)), lambda text: text in {f"Bank {n} lobbied." for n in range(3)})
    return paths


def shown_words(reader: Reader) -> tuple[list[str], str]:
    return reader.topic_words("reports.1")["word"].to_pylist(), reader.topics(Filters())["name"][0].as_py()


def test_a_word_is_shown_while_enough_answers_that_hold_it_are_left(worded: Paths) -> None:
    with closing(Reader.open(worded)) as reader:
        assert shown_words(reader) == (["kivari", "bank"], "bank, kivari (1)")
        Decisions(worded).record("withdrawal", answer_id("reports", "5"), "withdrawn", "ada")
        assert shown_words(reader) == (["kivari", "bank"], "bank, kivari (1)"), "who does not hold it takes nothing away"
        Decisions(worded).record("withdrawal", answer_id("reports", "0"), "withdrawn", "ada")
        assert shown_words(reader) == (["bank"], "Topic 1"), "four answers are left, two of them hold the word"
    with Writer(worded, "tests") as writer:
        (row,) = writer.topics("reports").to_pylist()
        assert (row["words"], row["name"], writer.topic_names("reports")) == (["bank"], "Topic 1", {"reports.1": "Topic 1"})
        writer.publish("internal", writer.begin_run(["reports"], VERSIONS))
    with closing(Reader.open(worded)) as reader:
        assert shown_words(reader) == (["bank"], "Topic 1")
        kept = repr([reader._table(f"SELECT * FROM {table}").to_pylist() for table in ("topics", "topic_words")])
        assert "kivari" not in kept


def test_another_text_of_an_answer_holds_no_word_of_the_one_before(worded: Paths) -> None:
    with Writer(worded, "tests") as writer:
        run = writer.begin_run(["reports"], VERSIONS)
        process(writer, REPORTS, (Response("0", (CLINIC,)), *(Response(str(n), (lender(n),)) for n in range(1, 6))), run)
        writer.put_placed("reports", members_table("reports", writer.to_place("reports", ENCODER), of_one_word, fitted=False))
        assert writer.topics("reports")["words"].to_pylist() == [["bank"]]


@pytest.mark.parametrize("shared", [{"group": "one"}, {"respondent": "someone"}])
def test_answers_of_one_person_count_once(tmp_path: Path, shared: dict[str, str]) -> None:
    paths = Paths(tmp_path / "data")
    answers = tuple(Response(str(n), (lender(n),), **(shared if n < 3 else {})) for n in range(6))  # type: ignore[arg-type]
    held(paths, answers, lambda text: text in {f"Bank {n} lobbied." for n in range(3)})
    with closing(Reader.open(paths)) as reader:
        assert shown_words(reader) == (["bank"], "Topic 1")
    with Writer(paths, "tests") as writer:
        assert len(set(writer.to_topics("reports", ENCODER)["unit"].to_pylist())) == 4


def test_facets_without_content_are_those_of_one_value() -> None:
    """What explains a topic (the reader) and what foresees it (the seeds) is told by the same facets."""
    assert set(WITHOUT_CONTENT) == {facet.id for facet in load_codebook().facets if facet.values != "many"}


# What a view does not hold


@pytest.fixture(scope="module")
def all_themes(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """The made-up store with topics in all its surveys and views, for reading only."""
    paths = build_store(tmp_path_factory.mktemp("all") / "data", ())
    give_all_topics(paths)
    return paths


@pytest.mark.parametrize("view", ["partner", "public"])
def test_outside_nothing_is_told_of_topics_of_what_is_not_there(all_themes: Paths, view: str) -> None:
    with closing(Reader.open(all_themes, view)) as reader, reader._connection.cursor() as cursor:
        assert reader.topic_models()["survey"].to_pylist() == ["reports", "summaries"]
        assert reader.known_topics() == {"reports.1", "reports.2", "reports.3", "summaries.2", "summaries.3"}
        assert sizes(reader).keys() == reader.known_topics()
        tables = ("topic_models", "topics", "topic_words", "topic_members", "topic_events")
        kept = repr([cursor.execute(f"SELECT * FROM {table}").fetchall() for table in tables])
        assert "experts" not in kept
        assert "summaries.4" not in kept, "its one answer is under an embargo"
        assert "theme" not in kept, "words of topics with fewer than three answers outside"
        assert "word" not in kept


@pytest.mark.usefixtures("few_are_counted")
def test_inside_all_surveys_have_their_topics(all_themes: Paths) -> None:
    with closing(Reader.open(all_themes)) as reader:
        assert reader.topic_models()["survey"].to_pylist() == ["experts", "reports", "summaries"]
        assert {"experts.4", "summaries.4"} <= sizes(reader).keys()
        summaries = keyed(reader.topics(Filters(surveys=("summaries",))), "topic")
        factory = summaries["summaries.2"]
        assert (factory["size"], factory["answers"], factory["units"]) == (2, 2, 1), "of translations one counts"
        portuguese = keyed(reader.topics(Filters(surveys=("summaries",), languages=("en",))), "topic")
        assert portuguese["summaries.2"]["units"] == 1, "in the language asked for"


def test_shares_of_few_respondents_of_a_protected_survey_are_not_told(all_themes: Paths) -> None:
    with closing(Reader.open(all_themes)) as reader:
        assert reader.topic_split("country", Filters(surveys=("experts",))).num_rows == 0, "its topics speak for two people"
        public = reader.topic_split("country", Filters(surveys=("reports",)))
        assert not any(public.column("suppressed").to_pylist())
        assert not public.column("share").null_count
        split = keyed(reader.topic_split("language", Filters(surveys=("summaries",))), "topic", "value")
        assert split["summaries.2", "pt"]["units"] == 1
        assert split["summaries.2", "en"]["units"] == 0
        two = reader.topic_points(Filters(surveys=("summaries",)), 99)
        assert two["topic"].to_pylist().count("summaries.2") == 2, "each version is a point"
        assert reader.central_quotes("summaries.2", Filters()).num_rows == 1


def test_whoever_says_nothing_after_another_coding_is_not_published(tmp_path: Path) -> None:
    paths = build(tmp_path / "data")
    with Writer(paths, "tests") as writer:
        writer._con.execute(
            "UPDATE codes SET code = 'non_substantive' WHERE facet = 'relevance' AND passage IN "
            "(SELECT passage FROM passages WHERE text = 'Bank 1 lobbied.')"
        )
        run = writer.begin_run(["reports"], VERSIONS)
        assert writer.publish("internal", run).changed
        assert not writer.publish("internal", run).changed
    with closing(Reader.open(paths)) as reader:
        assert sizes(reader)["reports.1"] == 4
        assert reader.topic_models()["known"].to_pylist() == [11]


def test_topics_that_died_are_known_and_keep_a_persons_name_alone(tmp_path: Path) -> None:
    paths = build(tmp_path / "data")
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["reports"], VERSIONS)
        events = [(4, "born", ()), (1, "merged", (4,)), (2, "died", ()), (3, "died", ())]
        give_topics(writer, "reports", run, lambda row: (4, "core"), events=events)
        rename(writer.decisions, "reports.2", "Clinics", "ada", known=writer.known_topics())
        for view in ("internal", "public"):
            writer.publish(view, run)
    with closing(Reader.open(paths)) as inside, closing(Reader.open(paths, "public")) as outside:
        for reader in (inside, outside):
            assert sizes(reader) == {"reports.4": 12}
            assert reader.known_topics() == {"reports.1", "reports.2", "reports.3", "reports.4"}
            history = [(row["fit"], row["topic"], row["event"], row["others"]) for row in reader.topic_events("reports").to_pylist()]
            assert history[3:] == [
                (2, "reports.1", "merged", ["reports.4"]), (2, "reports.2", "died", []), (2, "reports.3", "died", []),
                (2, "reports.4", "born", []),
            ]  # fmt: skip
            assert reader.topic_events("reports")["name"].to_pylist()[3:] == ["Topic 1", "Clinics", "Topic 3", "theme 4"]
            assert "theme 1" not in repr(reader._table("SELECT * FROM topics").to_pylist())
        assert inside.topic_models()["fit"].to_pylist() == [2]


def test_what_was_placed_later_is_on_the_map_and_in_the_drift(tmp_path: Path) -> None:
    paths = build(tmp_path / "data")
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["reports"], VERSIONS)
        more = tuple(Response(str(number), (replace(FACTORY, text=f"Factory {number}."),)) for number in range(20, 60))
        process(writer, REPORTS, (*RESPONSES, *more), run)
        placed = members_table("reports", writer.to_place("reports", ENCODER), by_first_word, fitted=False)
        writer.put_placed("reports", placed)
        writer.publish("internal", run)
    with closing(Reader.open(paths)) as reader:
        (row,) = reader.topic_models().to_pylist()
        assert (row["known"], row["placed"], row["poor"], row["drift"], row["refit_proposed"]) == (12, 40, 40, 1.0, True)
        assert reader.topic_points(Filters(), 100).num_rows == 52


def test_a_store_without_topics_has_none(shared_reader: Reader) -> None:
    for table in (shared_reader.topics(Filters()), shared_reader.topic_points(Filters(), 9), shared_reader.topic_models()):
        assert table.num_rows == 0
    assert shared_reader.topic_models()["proposal"].to_pylist() == []
    assert TOPIC not in shared_reader.facet_counts(Filters())["facet"].to_pylist()
    assert shared_reader.known_topics() == frozenset()


def test_a_survey_whose_answers_are_all_gone_has_none(tmp_path: Path) -> None:
    paths = build(tmp_path / "data")
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["reports"], VERSIONS)
        writer.put_answers("reports", answers_table("reports", []), run)
        writer.put_survey(SUMMARIES)
        writer.publish("internal", run)
    with closing(Reader.open(paths)) as reader:
        assert sizes(reader) == {}
        assert reader.topic_words("reports.1").num_rows == 0
        assert reader.topic_models()["known"].to_pylist() == [0]
