from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import Decisions, Filters, Paths, Reader, Writer, snapshots
from store.filters import ATTRIBUTES, FOR_REVIEW
from store.reader import CLAIM_FACETS, Counts
from store.release import Quoted, Wish, confirm, release
from store.suppression import INTERNAL_THRESHOLD
from taxonomy.errors import SnapshotError, StoreError
from tests.synthetic import (
    BANK,
    BANK_AND_FACTORY,
    CLINIC,
    CONTENT,
    ENCODER,
    EXPERTS,
    FACTORY,
    KOREAN,
    NOTHING,
    VERSIONS,
    Response,
    Sentence,
    answer_id,
    process,
)

pytestmark = pytest.mark.disk


@dataclass(frozen=True)
class Known:
    """A passage of the made-up store as it was written down, to compare with what the reader says."""

    survey: str
    response: Response
    sentence: Sentence
    unit: str
    version: int

    def values(self, *, suggestions: bool = False) -> dict[str, set[str]]:
        values = {
            "survey": {self.survey},
            "country": {self.response.country or ""},
            "language": {self.sentence.language or "en"},
            "wave": {self.response.wave or ""},
            "question": {self.response.question},
        }
        for code in self.sentence.codes:
            facet, value = code.removesuffix("?").split(":")
            if suggestions or not code.endswith("?"):
                values.setdefault(facet, set()).add(value)
            if code.endswith("?"):
                values.setdefault(FOR_REVIEW, set()).add(facet)
        kept = {f"attribute:{name}": {value} for name, value in self.response.attributes.items()}
        return {facet: {value for value in found if value} for facet, found in values.items()} | kept

    def passes(self, filters: Filters, but: str = "") -> bool:
        selected = {facet: values for facet, values in filters.selected().items() if facet != but}
        own = self.values(suggestions=filters.suggestions)
        return all(own.get(facet, set()) & set(values) for facet, values in selected.items())


# Group g1: Portuguese and English have an answer each, Portuguese is the survey's first language. Group g2: English has two.
VERSION = {("g1", "pt"): 0, ("g1", "en"): 1, ("g2", "en"): 0, ("g2", "pt"): 1}

KNOWN = [
    Known(
        survey.survey,
        response,
        sentence,
        response.respondent or answer_id(survey.survey, response.row),
        VERSION.get((response.group or "", response.language or ""), 0),
    )
    for survey, responses in CONTENT
    for response in responses
    for sentence in response.sentences
]


def few(found: list[Known]) -> bool:
    """Whether these speak for too few respondents, some of them of the protected survey, to be counted."""
    return any(known.survey == "experts" for known in found) and len({(known.survey, known.unit) for known in found}) < INTERNAL_THRESHOLD


def bank(*more: tuple[str, tuple[str, ...]]) -> Filters:
    return Filters(codes=(("actor", ("bank",)), *more))


def texts(table: pa.Table) -> list[str]:
    return [str(text) for text in table.column("text").to_pylist()]


def everything(reader: Reader, filters: Filters) -> list[object]:
    """All that a reader says about a selection, to be compared."""
    asked = (reader.quotes, reader.facet_counts, partial(reader.cross, "actor", "right"), reader.countries, reader.coverage)
    tables = [ask(filters) for ask in asked]
    return [reader.count(filters), reader.surveys().to_pylist(), *(table.to_pylist() for table in tables)]


@pytest.fixture
def reader(paths: Paths) -> Iterator[Reader]:
    """A reader of a copy, for tests in which somebody decides something."""
    with closing(Reader.open(paths)) as reader:
        yield reader


# What it shows


def test_it_says_which_snapshot_it_shows(shared_reader: Reader, built: Paths) -> None:
    snapshot = shared_reader.snapshot
    assert snapshot.id == Reader.current_id(built) == Reader.current_id(built, "internal")
    assert snapshot.view == "internal"
    assert snapshot.made.startswith("20")
    assert snapshot.counts["quotes"] == len(KNOWN)
    assert dict(snapshot.versions) == VERSIONS


def test_surveys_and_questions(shared_reader: Reader) -> None:
    surveys = shared_reader.surveys().to_pylist()
    assert [(row["survey"], row["protection"], row["has_respondents"], row["answers"], row["passages"]) for row in surveys] == [
        ("experts", "protected", True, None, None),
        ("reports", "public", False, 4, 6),
        ("summaries", "public", False, 6, 6),
    ]
    questions = shared_reader.questions().to_pylist()
    assert [(row["survey"], row["question"]) for row in questions] == [
        ("experts", "q1"),
        ("experts", "q2"),
        ("reports", "q1"),
        ("summaries", "q1"),
        ("summaries", "q2"),
    ]
    assert questions[0]["wording"] == "Have investors encouraged policies?"
    assert questions[0]["area"] == "empowerment"


def test_a_quote_comes_with_its_codes_on_its_own_words(shared_reader: Reader) -> None:
    quotes = {(row["survey"], row["text"]): row for row in shared_reader.quotes(Filters()).to_pylist()}
    assert len(quotes) == len(KNOWN)
    for known in KNOWN:
        quote = quotes[known.survey, known.sentence.text]
        assert {f"{code['facet']}:{code['code']}" + "?" * code["review"] for code in quote["codes"]} == set(known.sentence.codes)
        assert quote["end"] - quote["start"] == len(quote["text"])
        assert quote["answer"] == answer_id(known.survey, known.response.row)
        for code in quote["codes"]:
            words = [quote["text"][span["start"] : span["end"]] for span in code["spans"]]
            assert words == ([] if code["facet"] == "relevance" else [quote["text"].split()[0]])


def test_the_surest_relevance_comes_first_and_pages_add_up(shared_reader: Reader) -> None:
    whole = shared_reader.quotes(Filters()).to_pylist()
    sureness = [next(code["confidence"] for code in quote["codes"] if code["facet"] == "relevance") for quote in whole]
    assert sureness == sorted(sureness, reverse=True)
    pages = [row for offset in range(0, 20, 4) for row in shared_reader.quotes(Filters(), limit=4, offset=offset).to_pylist()]
    assert pages == whole
    assert shared_reader.quotes(Filters(), limit=4, offset=1_000).num_rows == 0
    assert shared_reader.quotes(Filters(), limit=-1, offset=-5).num_rows == 0


def test_a_whole_answer_with_its_quotes(shared_reader: Reader) -> None:
    answer = shared_reader.answer(answer_id("reports", "1"))
    assert (answer.survey, answer.country, answer.language, answer.wave, answer.question) == ("reports", "BRA", "en", "2025", "q1")
    assert [answer.text[start:end] for _, start, end in answer.passages] == [BANK.text, CLINIC.text]
    quote = shared_reader.quotes(Filters(text="clinics", surveys=("reports",))).to_pylist()[0]
    assert answer.passages[1][0] == quote["quote"]


def test_the_language_of_an_answer_that_declares_none_is_that_of_its_passages(shared_reader: Reader) -> None:
    assert shared_reader.answer(answer_id("summaries", "6")).language == "ko"


def test_an_answer_that_is_not_there(shared_reader: Reader) -> None:
    with pytest.raises(StoreError, match="nowhere: not in the snapshot"):
        shared_reader.answer("nowhere")


def test_text_is_searched_together_with_filters(shared_reader: Reader) -> None:
    assert sorted(texts(shared_reader.quotes(Filters(text="LOBBIED labour")))) == [BANK.text] * 2
    assert texts(shared_reader.quotes(Filters(text="lobbied", surveys=("experts",)))) == [BANK.text]
    assert texts(shared_reader.quotes(Filters(text="region"))) == [CLINIC.text] * 3
    assert texts(shared_reader.quotes(Filters(text="인권"))) == [KOREAN.text] * 2
    assert shared_reader.count(Filters(text="\N{SLIGHTLY SMILING FACE}")) == Counts(0, 0, 0)
    assert shared_reader.count(Filters(text="  ")) == shared_reader.count(Filters())
    assert "mechanism" not in {row["facet"] for row in shared_reader.facet_counts(Filters(text="police")).to_pylist()}


# What it counts


def test_respondents_are_counted_once_and_of_translations_one(shared_reader: Reader) -> None:
    units = {survey.survey: shared_reader.count(Filters(surveys=(survey.survey,))) for survey, _ in CONTENT}
    assert units["experts"] == Counts(None, None, None), "two respondents of a protected survey"
    assert units["reports"] == Counts(passages=6, answers=4, units=4)
    # Six texts: one of g1's two, two of g2's three, and one of its own.
    assert units["summaries"] == Counts(passages=6, answers=6, units=4)


def test_the_versions_in_a_language_count_where_that_language_is_asked_for(shared_reader: Reader) -> None:
    def summaries(*languages: str) -> int | None:
        return shared_reader.count(Filters(surveys=("summaries",), languages=languages)).units

    assert summaries("pt") == 2
    assert summaries("en") == 3
    assert summaries("en", "pt") == 3
    assert summaries("ko") == 1
    assert summaries("fr") == 0


def test_countries_count_passages_and_units(shared_reader: Reader) -> None:
    expected = {
        country: (None, None, True) if few(found) else (len(found), len({known.unit for known in found if not known.version}), False)
        for country in ("BGD", "BRA", "KOR")
        if (found := [known for known in KNOWN if known.response.country == country])
    }
    found = {row["country"]: (row["passages"], row["units"], row["suppressed"]) for row in shared_reader.countries(Filters()).to_pylist()}
    assert found == expected
    assert [row["country"] for row in shared_reader.countries(bank()).to_pylist()] == ["BRA"]


selections = st.builds(
    Filters,
    surveys=st.sets(st.sampled_from(["reports", "summaries", "experts", "nowhere"]), max_size=2).map(tuple),
    countries=st.sets(st.sampled_from(["BRA", "KOR", "BGD"]), max_size=2).map(tuple),
    waves=st.sets(st.sampled_from(["2024", "2025"]), max_size=1).map(tuple),
    questions=st.sets(st.sampled_from(["q1", "q2"]), max_size=1).map(tuple),
    codes=st.lists(
        st.tuples(
            st.sampled_from(["actor", "right", "relevance", "mode", "effect", "labour", "attribute:role", FOR_REVIEW]),
            st.sets(
                st.sampled_from(
                    ["bank", "corporation", "work", "influence", "off_topic", "mixed", "minimum_wage", "effect", "lawyer", "''"]
                ),
                max_size=3,
            ).map(tuple),
        ),
        max_size=3,
        unique_by=lambda pair: pair[0],
    ).map(tuple),
    suggestions=st.booleans(),
)
thoroughly = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@thoroughly
@given(filters=selections)
def test_a_selection_holds_what_passes_every_filter(shared_reader: Reader, filters: Filters) -> None:
    passing = [known for known in KNOWN if known.passes(filters)]
    assert sorted(texts(shared_reader.quotes(filters))) == sorted(known.sentence.text for known in passing)
    counts = Counts(
        passages=len(passing),
        answers=len({(known.survey, known.response.row) for known in passing}),
        units=len({(known.survey, known.unit) for known in passing if not known.version}),
    )
    assert shared_reader.count(filters) == (Counts(None, None, None) if few(passing) else counts)


@thoroughly
@given(filters=selections)
def test_counts_of_a_facet_follow_the_other_facets(shared_reader: Reader, filters: Filters) -> None:
    met: dict[tuple[str, str], list[Known]] = {}
    for facet in {facet for known in KNOWN for facet in known.values(suggestions=True)} | set(ATTRIBUTES):
        for known in KNOWN:
            if known.passes(filters, but=facet):
                for value in known.values(suggestions=filters.suggestions).get(facet, ()):
                    met.setdefault((facet, value), []).append(known)
    rows = shared_reader.facet_counts(filters).to_pylist()
    assert {(row["facet"], row["code"]): row["passages"] for row in rows} == {
        value: None if few(found) else len(found) for value, found in met.items()
    }
    assert all(row["suppressed"] == (row["passages"] is None) for row in rows)


@pytest.mark.usefixtures("few_are_counted")
def test_crosses_count_claims_and_not_codes_that_meet(shared_reader: Reader) -> None:
    def cross(filters: Filters, rows: str = "actor", columns: str = "right") -> dict[tuple[str, str], tuple[int, int, int]]:
        found = shared_reader.cross(rows, columns, filters).to_pylist()
        return {(row["row"], row["column"]): (row["claims"], row["harms"], row["improves"]) for row in found}

    everywhere = cross(Filters())
    assert everywhere["bank", "housing"] == (1, 0, 0), "whether it harms waits for a review"
    assert cross(Filters(suggestions=True))["bank", "housing"] == (1, 1, 0)
    assert ("bank", "environment") not in everywhere, "both are in one passage, and no claim links them"
    assert everywhere["corporation", "health"] == (3, 0, 3)
    # One in Bangladesh, and of the two language versions one.
    assert everywhere["corporation", "assembly"] == (2, 2, 0)
    assert cross(bank()) == {("bank", "housing"): (1, 0, 0), ("bank", "work"): (2, 2, 0)}, "a selected actor is that of the claim"
    assert cross(Filters(countries=("BGD",)), "country", "mechanism") == {("BGD", "labour_practices"): (2, 2, 0)}
    assert ("pt", "assembly") not in cross(Filters(languages=("pt",)))
    assert cross(Filters(languages=("en",), countries=("BRA",)))["corporation", "assembly"] == (1, 1, 0)


@pytest.mark.parametrize("facet", sorted(CLAIM_FACETS))
def test_every_facet_of_a_claim_can_be_crossed(shared_reader: Reader, facet: str) -> None:
    assert shared_reader.cross(facet, "actor", Filters()).num_rows > 0
    assert shared_reader.cross(facet, facet, Filters()).column_names == ["row", "column", "claims", "harms", "improves", "suppressed"]


@pytest.mark.parametrize("facet", ["relevance", "1; DROP TABLE quotes", ""])
def test_what_claims_have_not_cannot_be_crossed(shared_reader: Reader, facet: str) -> None:
    with pytest.raises(StoreError, match="cannot be crossed"):
        shared_reader.cross("actor", facet, Filters())


# What it hides


@pytest.mark.parametrize("view", ["partner", "public"])
def test_outside_there_is_nothing_of_protected_surveys_nor_of_embargoed_answers(built: Paths, view: str) -> None:
    with closing(Reader.open(built, view)) as reader:
        assert reader.surveys().column("survey").to_pylist() == ["reports", "summaries"]
        assert "experts" not in reader.questions().column("survey").to_pylist()
        assert KOREAN.text not in texts(reader.quotes(Filters()))
        assert reader.count(Filters(surveys=("experts",))) == Counts(0, 0, 0)
        for row in ("experts", "1"), ("summaries", "6"):
            with pytest.raises(StoreError):
                reader.answer(answer_id(*row))


@pytest.mark.parametrize("view", ["internal", "partner", "public"])
def test_no_original_and_no_pseudonym_is_in_a_snapshot(built: Paths, view: str) -> None:
    with closing(Reader.open(built, view)) as reader, reader._connection.cursor() as cursor:
        query = "SELECT column_name FROM duckdb_columns() WHERE NOT internal AND table_name <> 'rejects'"
        columns = {name for (name,) in cursor.execute(query).fetchall()}
        assert view == "internal" or not cursor.execute("FROM rejects").fetchall(), "files that something is wrong with are told inside"
        assert not columns & {"respondent", "masks", "submitted", "embargo", "file", "content"}
        roles = cursor.execute("SELECT count(*) FROM answers WHERE attributes LIKE '%lawyer%'").fetchall()[0][0]
        assert roles == (1 if view == "internal" else 0)
    folder = built.snapshots(view) / str(Reader.current_id(built, view))
    assert all(b"r-one" not in file.read_bytes() for file in folder.iterdir())


@pytest.mark.usefixtures("few_are_counted")
def test_a_withdrawn_answer_is_gone_at_once_from_everything(reader: Reader, paths: Paths) -> None:
    before = everything(reader, Filters())
    answer = answer_id("reports", "1")
    Decisions(paths).record("withdrawal", answer, "withdrawn", "ada")
    assert answer not in reader.quotes(Filters()).column("answer").to_pylist()
    assert reader.count(Filters()) == Counts(len(KNOWN) - 2, 12, 9)
    assert texts(reader.quotes(Filters(text="lobbied"))) == [BANK.text], "the one of another survey"
    assert reader.surveys().to_pylist()[1] | {"answers": 3, "passages": 4} == reader.surveys().to_pylist()[1]
    counts = {(row["facet"], row["code"]): row["passages"] for row in reader.facet_counts(bank()).to_pylist()}
    assert (counts["actor", "bank"], counts["survey", "reports"]) == (2, 1)
    assert reader.cross("actor", "right", bank()).column("claims").to_pylist() == [1, 1]
    with pytest.raises(StoreError, match="withdrawn"):
        reader.answer(answer)
    Decisions(paths).record("withdrawal", answer, "active", "ada")
    assert everything(reader, Filters()) == before


def test_withdrawing_everything_leaves_nothing(reader: Reader, paths: Paths) -> None:
    answers = [answer_id(survey.survey, response.row) for survey, responses in CONTENT for response in responses]
    Decisions(paths).record_all("withdrawal", [(answer, "withdrawn") for answer in [*answers, "unheard of"]], "ada")
    assert reader.count(Filters()) == Counts(0, 0, 0)
    assert reader.facet_counts(bank()).num_rows == 0


# What it does not count


def test_few_respondents_of_a_protected_survey_are_marked_and_never_nought(shared_reader: Reader) -> None:
    experts = Filters(surveys=("experts",))
    rows = [row for row in shared_reader.facet_counts(experts).to_pylist() if row["facet"] != "survey"]
    assert {row["code"] for row in rows if row["facet"] == "actor"} == {"bank", "corporation"}
    assert all(row["suppressed"] and row["passages"] is None for row in rows)
    nobody = {"passages": None, "units": None, "suppressed": True}
    assert shared_reader.countries(experts).to_pylist() == [{"country": country} | nobody for country in ("BRA", "KOR")]
    cells = {(row["row"], row["column"]): row for row in shared_reader.cross("actor", "right", experts).to_pylist()}
    assert cells["bank", "work"] == {
        "row": "bank", "column": "work", "claims": None, "harms": None, "improves": 0, "suppressed": True,
    }  # fmt: skip


def test_a_cell_in_which_a_protected_survey_meets_enough_others_is_counted(shared_reader: Reader) -> None:
    counts = {(row["facet"], row["code"]): row for row in shared_reader.facet_counts(Filters()).to_pylist()}
    assert counts["country", "BRA"]["passages"] == sum(known.response.country == "BRA" for known in KNOWN)
    assert counts["country", "KOR"]["suppressed"]
    assert not counts["country", "BGD"]["suppressed"], "two texts of a public survey"


def test_public_surveys_count_everything(shared_reader: Reader) -> None:
    public = Filters(surveys=("reports", "summaries"))
    for table in (shared_reader.countries(public), shared_reader.cross("actor", "right", public)):
        assert table.num_rows
        assert not any(table.column("suppressed").to_pylist())
    alone = {row["survey"]: row for row in shared_reader.surveys().to_pylist()}
    values = [row for row in shared_reader.facet_counts(public).to_pylist() if row["suppressed"]]
    assert {(row["facet"], row["code"]) for row in values} == {("survey", "experts")}
    assert alone["experts"]["protection"] == "protected"


def test_a_selection_of_few_is_not_counted_and_still_there(shared_reader: Reader) -> None:
    experts = Filters(surveys=("experts",))
    counts = shared_reader.count(experts)
    assert (counts.passages, counts.whole, counts.anything) == (None, None, True)
    assert shared_reader.quotes(experts).num_rows == 3
    assert shared_reader.coverage(experts).to_pylist()
    assert all(
        (row["settled"], row["waiting"], row["suppressed"]) == (None, None, True) for row in shared_reader.coverage(experts).to_pylist()
    )
    nothing = shared_reader.count(Filters(surveys=("experts",), countries=("BGD",)))
    assert (nothing, nothing.anything) == (Counts(0, 0, 0), False), "nothing is no secret"


def test_a_snapshot_of_few_people_alone_is_not_counted_either(done: Writer) -> None:
    run = done.begin_run(["experts"], VERSIONS)
    process(done, EXPERTS, CONTENT[2][1], run)
    done.publish("internal", run)
    with closing(Reader.open(done.paths)) as reader:
        assert reader.snapshot.counts, "three texts of a public survey and two respondents"
    done._con.execute("DELETE FROM surveys WHERE survey <> 'experts'")
    done.publish("internal", run)
    with closing(Reader.open(done.paths)) as reader:
        assert reader.snapshot.counts == {}
        assert reader.coded_with()["passages"].to_pylist() == [None]


# What it counts outside


@pytest.fixture(scope="module", params=["partner", "public"])
def outside(request: pytest.FixtureRequest, built: Paths, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader of what is outside, with one released quote of a protected survey among it."""
    paths = Paths(Path(shutil.copytree(built.root, tmp_path_factory.mktemp("released") / "data")))
    with Writer(paths, "tests") as writer:
        ((quote, answer),) = writer._rows(
            "SELECT passage, answer FROM passages JOIN answers USING (answer) WHERE passages.text = $text AND survey = 'experts'",
            {"text": BANK.text},
        )
        seen = Quoted(quote, answer, BANK.text, "en")
        first = release(writer.decisions, seen, Wish("public", "as_is"), "Ada", seen=0, names=lambda text, language: ())
        assert first.standing is not None
        confirm(writer.decisions, seen, "Ben", seen=first.standing.number)
        writer.publish(request.param, writer.begin_run([], VERSIONS))
    with closing(Reader.open(paths, request.param)) as reader:
        yield reader


def test_released_quotes_are_shown_outside_and_in_no_count(outside: Reader) -> None:
    public = [known for known in KNOWN if known.survey != "experts" and known.sentence is not KOREAN]
    everything = outside.count(Filters())
    assert everything.uncounted
    assert (everything.passages, everything.whole) == (len(public), None)
    assert len(texts(outside.quotes(Filters()))) == len(public) + 1
    assert outside.count(Filters(surveys=("reports",))) == Counts(6, 4, 4)
    alone = outside.count(Filters(surveys=("experts",)))
    assert (alone, alone.anything) == (Counts(0, 0, 0, uncounted=True), True)
    assert outside.snapshot.counts == {}
    surveys = {row["survey"]: (row["answers"], row["passages"]) for row in outside.surveys().to_pylist()}
    assert surveys == {"experts": (None, None), "reports": (4, 6), "summaries": (5, 5)}


def test_outside_every_figure_is_of_the_other_surveys_and_never_an_untrue_nought(outside: Reader) -> None:
    public, experts = Filters(surveys=("reports", "summaries")), Filters(surveys=("experts",))

    def of(table: pa.Table, *names: str) -> dict[object, tuple[object, ...]]:
        return {tuple(row[name] for name in names): tuple(row.values()) for row in table.to_pylist()}

    def both(ask: Callable[[Filters], pa.Table], *names: str) -> None:
        whole, others = of(ask(Filters()), *names), of(ask(public), *names)
        assert {key: row for key, row in whole.items() if key in others} == others
        assert all(None in row and True in row for key, row in whole.items() if key not in others), "nothing else is there: not 0"
        assert all(None in row for row in of(ask(experts), *names).values())

    both(outside.countries, "country")
    both(outside.coverage, "facet")
    both(partial(outside.cross, "actor", "country"), "row", "column")
    facets = {(row["facet"], row["code"]): row for row in outside.facet_counts(Filters()).to_pylist()}
    assert facets["survey", "experts"]["passages"] is None
    assert facets["country", "BRA"]["passages"] == sum(row["country"] == "BRA" for row in outside.quotes(public).to_pylist())


# What it refuses


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "ATTACH '{folder}/other.duckdb'",
        "COPY quotes TO '{folder}/stolen.csv'",
        "EXPORT DATABASE '{folder}/stolen'",
        "INSERT INTO surveys SELECT * FROM surveys",
        "DELETE FROM quotes",
        "CREATE TABLE mine AS SELECT 1",
        "DROP TABLE quotes",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET threads = 8",
        "RESET lock_configuration",
        "SELECT * FROM local_table",
    ],
)
def test_nothing_can_be_reached_or_changed_through_it(shared_reader: Reader, tmp_path: Path, statement: str) -> None:
    local_table = pa.table({"a": [1]})  # a name that DuckDB could find by looking around
    with shared_reader._connection.cursor() as cursor, pytest.raises(duckdb.Error):
        cursor.execute(statement.format(folder=tmp_path)).fetchall()
    assert local_table.num_rows == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("view", "command"), [("internal", "suasion run"), ("public", "suasion publish --view public")])
def test_without_a_snapshot_it_says_what_to_do(fresh: Paths, view: str, command: str) -> None:
    assert Reader.current_id(fresh, view) is None
    with pytest.raises(SnapshotError, match=f"nothing is published yet; run `{command}`"):
        Reader.open(fresh, view)


@pytest.mark.parametrize(("view", "other"), [("internal", "public"), ("partner", "internal"), ("public", "internal")])
def test_a_file_that_was_exchanged_is_not_served(paths: Paths, view: str, other: str) -> None:
    folder, others = (paths.snapshots(each) / str(Reader.current_id(paths, each)) for each in (view, other))
    for name in (snapshots.DATA, snapshots.SEARCH, snapshots.VECTORS):
        own = (folder / name).read_bytes()
        (folder / name).unlink()
        shutil.copyfile(others / name, folder / name)
        with pytest.raises(SnapshotError, match=f"{name}: is not the file that was published"):
            Reader.open(paths, view)
        (folder / name).unlink()
        with pytest.raises(SnapshotError, match=f"{name}: cannot be read"):
            Reader.open(paths, view)
        (folder / name).write_bytes(own)
    Reader.open(paths, view).close()


def test_a_snapshot_of_another_view_is_not_served(paths: Paths) -> None:
    inside, outside = (paths.snapshots(view) for view in ("internal", "public"))
    shutil.rmtree(outside / str(Reader.current_id(paths, "public")))
    current = str(Reader.current_id(paths))
    shutil.copytree(inside / current, outside / current)
    with pytest.raises(SnapshotError, match="of the view internal"):
        Reader.open(paths, "public")


# How it lives


def test_closing_twice_does_no_harm_and_a_closed_reader_says_so(paths: Paths) -> None:
    reader = Reader.open(paths)
    reader.close()
    reader.close()
    with pytest.raises(StoreError, match="closed"):
        reader.count(Filters())


def test_a_reader_that_nobody_holds_closes_itself(paths: Paths) -> None:
    reader = Reader.open(paths)
    finalizer = reader._close
    del reader
    gc.collect()
    assert not finalizer.alive


def test_two_readers_of_one_snapshot_stand_side_by_side(reader: Reader, paths: Paths) -> None:
    with closing(Reader.open(paths)) as second:
        assert second.count(Filters()) == reader.count(Filters())
    assert reader.count(Filters()).passages == len(KNOWN)


def test_a_reader_outlives_the_files_of_its_snapshot(reader: Reader, paths: Paths) -> None:
    before = everything(reader, Filters(text="bank"))
    shutil.rmtree(paths.snapshots("internal") / reader.snapshot.id)
    assert everything(reader, Filters(text="bank")) == before


def test_many_threads_may_ask_at_once(shared_reader: Reader) -> None:
    asked = [Filters(), bank(), Filters(text="bank"), Filters(countries=("KOR",))] * 2
    expected = [everything(shared_reader, filters) for filters in asked[:4]] * 2
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda filters: everything(shared_reader, filters), asked)) == expected


def test_a_snapshot_that_is_replaced_while_it_is_opened(built: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pointer was read, then the snapshot that it named was retired: the reader looks again."""
    current = snapshots.read_current(built, "internal")
    answers = iter(["20200101T000000-000000", current, current])
    monkeypatch.setattr(snapshots, "read_current", lambda paths, view: next(answers))
    with closing(Reader.open(built)) as reader:
        assert reader.snapshot.id == current


def test_the_made_up_store_is_what_these_tests_think() -> None:
    assert {BANK, CLINIC, FACTORY, BANK_AND_FACTORY, KOREAN, NOTHING} <= {known.sentence for known in KNOWN}
    assert VERSIONS["encoder"] == ENCODER
