"""What waits for a review is kept, shown and marked, and counts nowhere unless it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from store import Filters, Paths, Reader, Writer
from store.filters import FOR_REVIEW
from tests.synthetic import CODEBOOK, CODER, REPORTS, VERSIONS, Response, Sentence, process

pytestmark = pytest.mark.disk

SURE = Sentence(
    "Banks lobbied against the law.",
    ("relevance:influence", "actor:bank", "mechanism:lobbying", "right:work", "effect:harms"),
    (("bank", "lobbying", "work", "harms"),),
)
WHO = Sentence(
    "They bribed an inspector.",
    ("relevance:influence", "actor:bank?", "mechanism:corruption", "right:work", "effect:harms"),
    (("bank", "corruption", "work", "harms"),),
)
RESULT = Sentence(
    "A bank closed its branches.",
    ("relevance:influence", "actor:bank", "mechanism:access_pricing", "right:housing", "effect:harms?"),
    (("bank", "access_pricing", "housing", "harms"),),
    learned_from=True,
)
WHETHER = Sentence(
    "The bank is near the court.",
    ("relevance:influence?", "actor:bank?", "mechanism:inaction?", "right:remedy", "effect:unclear?"),
    (("bank", "inaction", "remedy", "unclear"),),
)


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader of four passages, three of them doubtful in one way each."""
    paths = Paths(tmp_path_factory.mktemp("doubtful") / "data")
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["reports"], VERSIONS)
        responses = [Response(str(n), (sentence,)) for n, sentence in enumerate((SURE, WHO, RESULT, WHETHER))]
        process(writer, REPORTS, responses, run)
        writer.publish("internal", run)
    with closing(Reader.open(paths)) as reader:
        yield reader


def codes(facet: str, *values: str, suggestions: bool = False) -> Filters:
    return Filters(codes=((facet, values),), suggestions=suggestions)


def texts(reader: Reader, filters: Filters) -> set[str]:
    return set(reader.quotes(filters).column("text").to_pylist())


def claims(reader: Reader, filters: Filters, rows: str = "actor", columns: str = "mechanism") -> dict[str, tuple[int, int]]:
    return {row["column"]: (row["claims"], row["harms"]) for row in reader.cross(rows, columns, filters).to_pylist()}


def test_a_selection_holds_what_is_settled_and_on_demand_what_is_suggested(doubtful: Reader) -> None:
    assert texts(doubtful, codes("actor", "bank")) == {SURE.text, RESULT.text}
    assert texts(doubtful, codes("actor", "bank", suggestions=True)) == {SURE.text, WHO.text, RESULT.text, WHETHER.text}
    assert doubtful.count(codes("effect", "harms")).passages == 2
    assert doubtful.count(codes("effect", "harms", suggestions=True)).passages == 3


def test_a_passage_whose_relevance_waits_is_no_influence_and_can_be_found(doubtful: Reader) -> None:
    assert WHETHER.text not in texts(doubtful, codes("relevance", "influence"))
    assert texts(doubtful, codes(FOR_REVIEW, "relevance")) == {WHETHER.text}
    assert texts(doubtful, codes(FOR_REVIEW, "relevance", "effect")) == {WHETHER.text, RESULT.text}
    assert texts(doubtful, Filters()) == {SURE.text, WHO.text, RESULT.text, WHETHER.text}


@pytest.mark.parametrize(("suggestions", "banks", "influence"), [(False, 2, 3), (True, 4, 4)])
def test_counts_of_facets(doubtful: Reader, suggestions: bool, banks: int, influence: int) -> None:
    found = doubtful.facet_counts(Filters(suggestions=suggestions)).to_pylist()
    counts = {(row["facet"], row["code"]): row["passages"] for row in found}
    assert (counts["actor", "bank"], counts["relevance", "influence"]) == (banks, influence)
    assert counts[FOR_REVIEW, "actor"] == 2, "what waits is told whether or not it counts"
    assert counts[FOR_REVIEW, "relevance"] == 1


def test_the_counts_of_what_waits_follow_the_other_filters_and_not_their_own(doubtful: Reader) -> None:
    def waiting(filters: Filters) -> dict[str, int]:
        return {row["code"]: row["passages"] for row in doubtful.facet_counts(filters).to_pylist() if row["facet"] == FOR_REVIEW}

    everywhere = {"actor": 2, "mechanism": 1, "relevance": 1, "effect": 2}
    assert waiting(codes(FOR_REVIEW, "relevance")) == everywhere
    assert waiting(codes("relevance", "influence")) == {"actor": 1, "effect": 1}


def test_crosses_count_claims_whose_every_code_is_settled(doubtful: Reader) -> None:
    assert claims(doubtful, Filters()) == {"lobbying": (1, 1), "access_pricing": (1, 0)}, "the harm of one waits for a review"
    everything = {"lobbying": (1, 1), "corruption": (1, 1), "access_pricing": (1, 1), "inaction": (1, 0)}
    assert claims(doubtful, Filters(suggestions=True)) == everything
    assert claims(doubtful, Filters(), columns="effect") == {"harms": (1, 1)}
    assert claims(doubtful, codes("effect", "harms")) == {"lobbying": (1, 1)}


def test_countries_follow_what_counts(doubtful: Reader) -> None:
    def passages(filters: Filters) -> list[int]:
        return [row["passages"] for row in doubtful.countries(filters).to_pylist()]

    assert passages(codes("actor", "bank")) == [2]
    assert passages(codes("actor", "bank", suggestions=True)) == [4]


def test_coverage_is_of_all_that_the_selection_might_hold(doubtful: Reader) -> None:
    def coverage(filters: Filters) -> dict[str, tuple[int, int]]:
        return {row["facet"]: (row["settled"], row["waiting"]) for row in doubtful.coverage(filters).to_pylist()}

    whole = {"relevance": (3, 1), "actor": (2, 2), "mechanism": (3, 1), "right": (4, 0), "effect": (2, 2)}
    assert coverage(Filters()) == coverage(codes("relevance", "influence")) == whole
    assert coverage(codes("mechanism", "inaction"))["relevance"] == (0, 1)
    assert coverage(Filters(countries=("KOR",))) == {}


def test_quotes_bring_their_claims_and_say_what_the_coder_learned_from(doubtful: Reader) -> None:
    quotes = {row["text"]: row for row in doubtful.quotes(Filters()).to_pylist()}
    assert [text for text, row in quotes.items() if row["learned_from"]] == [RESULT.text]
    assert {text: [claim["review"] for claim in row["claims"]] for text, row in quotes.items()} == {
        SURE.text: [False], WHO.text: [True], RESULT.text: [False], WHETHER.text: [True],
    }  # fmt: skip
    (claim,) = quotes[SURE.text]["claims"]
    links = (claim["actor"], claim["mechanism"], claim["right"], claim["effect"])
    assert (*links, claim["spans"]) == ("bank", "lobbying", "work", "harms", [{"start": 0, "end": 5}])


def test_a_snapshot_says_what_its_codes_were_made_with(doubtful: Reader) -> None:
    assert doubtful.coded_with().to_pylist() == [{"coder": CODER, "codebook": CODEBOOK, "passages": 4}]


def test_suggestions_are_part_of_what_is_asked() -> None:
    assert replace(Filters(), suggestions=True) != Filters()
