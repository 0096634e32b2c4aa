from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from store import Decisions, Filters, Paths, Reader, Writer
from store.claim_facets import CLAIM_FACETS
from store.intervals import wilson
from taxonomy.errors import StoreError
from tests.synthetic import EXPERTS, REPORTS, VERSIONS, Response, Sentence, answer_id, process

pytestmark = pytest.mark.disk

Row = dict[str, Any]

MINE = Sentence(
    "A mine took the land.",
    ("relevance:influence", "actor:corporation", "mechanism:land_resources", "right:land", "mode:active", "effect:harms"),
    (("corporation", "land_resources", "land", "harms"), ("corporation", "land_resources", "housing", "harms")),
)
LAWSUIT = Sentence(
    "A bank won in court.",
    ("relevance:influence", "actor:bank", "mechanism:litigation", "right:remedy", "mode:active", "effect:improves"),
    (("bank", "litigation", "remedy", "improves"),),
)
OPEN = Sentence(
    "A bank paid for it.",
    ("relevance:influence", "actor:bank", "mechanism:litigation", "right:remedy", "mode:active?", "effect:improves?"),
    (("bank", "litigation", "remedy", "improves"),),
)


@pytest.fixture
def read(tmp_path: Path) -> Any:
    opened: list[Reader] = []

    def made(responses: tuple[Response, ...], survey: Any = REPORTS) -> Reader:
        paths = Paths(tmp_path / "data")
        with Writer(paths, "tests") as writer:
            run = writer.begin_run([survey.survey], VERSIONS)
            process(writer, survey, responses, run)
            writer.publish("internal", run)
        opened.append(Reader.open(paths))
        return opened[0]

    yield made
    for reader in opened:
        reader.close()


Reads = Callable[..., Reader]


def profile(reader: Reader, filters: Filters = Filters()) -> dict[tuple[str, str], Row]:  # noqa: B008
    return {(row["facet"], row["code"]): row for row in reader.profile(filters).to_pylist()}


def test_shares_are_of_texts_and_not_of_claims(read: Reads) -> None:
    reader = read(
        (Response("1", (MINE,)), Response("2", (MINE, LAWSUIT), country="PER"), Response("3", (LAWSUIT,)), Response("4", (OPEN,)))
    )
    found = profile(reader)
    mine = found["actor", "corporation"]
    assert (mine["claims"], mine["units"], mine["total"], mine["share"]) == (4, 2, 4, 0.5)
    assert (mine["low"], mine["high"]) == pytest.approx(wilson(2, 4))
    bank = found["actor", "bank"]
    assert (bank["claims"], bank["units"], bank["share"]) == (3, 3, 0.75), "one text names both"
    assert {facet for facet, _ in found} == set(CLAIM_FACETS)
    assert found["country", "PER"]["units"] == 1


def test_what_waits_for_a_review_is_in_no_total_until_it_is_asked_for(read: Reads) -> None:
    reader = read((Response("1", (MINE,)), Response("2", (LAWSUIT,)), Response("3", (OPEN,))))
    found = profile(reader)
    assert (found["effect", "improves"]["units"], found["effect", "improves"]["total"]) == (1, 2)
    assert (found["mechanism", "litigation"]["units"], found["mechanism", "litigation"]["total"]) == (2, 3)
    counted = profile(reader, Filters(suggestions=True))
    assert (counted["effect", "improves"]["units"], counted["effect", "improves"]["total"]) == (2, 3)


def test_a_selected_actor_is_that_of_the_claim(read: Reads) -> None:
    reader = read((Response("1", (MINE,)), Response("2", (MINE, LAWSUIT))))
    found = profile(reader, Filters(codes=(("actor", ("bank",)),)))
    assert {code for facet, code in found if facet == "mechanism"} == {"litigation"}
    assert {row["way"] for row in ways(reader, Filters(codes=(("mechanism", ("litigation",)),)))} == {("bank", "litigation", "remedy")}


def ways(reader: Reader, filters: Filters = Filters()) -> list[Row]:  # noqa: B008
    return [row | {"way": (row["actor"], row["mechanism"], row["right"])} for row in reader.ways(filters).to_pylist()]


def test_ways_come_with_the_quote_that_tells_them_best(read: Reads) -> None:
    sure = Sentence("A firm took land.", MINE.codes, MINE.claims, confidence=0.99)
    reader = read((Response("1", (MINE,)), Response("2", (sure,)), Response("3", (LAWSUIT,)), Response("4", (OPEN,))))
    found = ways(reader)
    assert [(row["way"], row["effect"], row["claims"], row["units"]) for row in found] == [
        (("corporation", "land_resources", "housing"), "harms", 2, 2),
        (("corporation", "land_resources", "land"), "harms", 2, 2),
        (("bank", "litigation", "remedy"), "improves", 1, 1),
        (("bank", "litigation", "remedy"), None, 1, 1),
    ]
    assert [quote["text"] for quote in reader.chosen([found[1]["quote"]])] == [sure.text]


def test_bands_tell_effects_apart(read: Reads) -> None:
    reader = read((Response("1", (MINE,)), Response("2", (LAWSUIT,)), Response("3", (OPEN,))))
    found = [tuple(row.values()) for row in reader.bands("actor", "mechanism", Filters()).to_pylist()]
    assert found == [
        ("bank", "litigation", "improves", 1, False),
        ("bank", "litigation", None, 1, False),
        ("corporation", "land_resources", "harms", 2, False),
    ]
    for strange in (("actor", "labour'; --", Filters()), ("actor", "mechanism", Filters(), "labour'; --")):
        with pytest.raises(StoreError, match="cannot be linked"):
            reader.bands(*strange)
    with pytest.raises(StoreError, match="cannot be linked"):
        reader.ways(Filters(), "survey")


def test_bands_and_ways_tell_modes_apart_too(shared_reader: Reader) -> None:
    filters = Filters(surveys=("reports", "summaries"))
    for by in ("mode", "direction"):
        bands, ways = (
            found.to_pylist() for found in (shared_reader.bands("actor", "mechanism", filters, by), shared_reader.ways(filters, by))
        )
        assert {row[by] for row in ways} <= {row[by] for row in bands}
        whole = shared_reader.bands("actor", "mechanism", filters)
        assert sum(row["claims"] for row in bands) == sum(whole["claims"].to_pylist())


def test_few_respondents_of_a_protected_survey_are_not_counted(read: Reads) -> None:
    many = tuple(Response(str(number), (MINE,), respondent=f"r{number}") for number in range(5))
    reader = read((*many, Response("5", (LAWSUIT,), respondent="r0")), EXPERTS)
    found = profile(reader)
    assert found["actor", "corporation"]["units"] == 5
    hidden = found["actor", "bank"]
    assert hidden["suppressed"]
    assert {hidden[name] for name in ("claims", "units", "share", "low", "high")} == {None}
    assert [(row["claims"], row["units"]) for row in ways(reader) if row["actor"] == "bank"] == [(None, None)]
    assert [row["claims"] for row in reader.bands("actor", "right", Filters()).to_pylist() if row["source"] == "bank"] == [None]
    alone = profile(reader, Filters(codes=(("actor", ("bank",)),)))
    assert alone["mechanism", "litigation"]["total"] is None, "how many there are in all is too few as well"


def test_what_is_withdrawn_counts_no_more(read: Reads, tmp_path: Path) -> None:
    reader = read((Response("1", (MINE,)), Response("2", (MINE,))))
    Decisions(Paths(tmp_path / "data")).record("withdrawal", answer_id("reports", "1"), "withdrawn", "tests")
    assert profile(reader)["actor", "corporation"]["units"] == 1


def test_of_nothing_there_is_nothing(shared_reader: Reader) -> None:
    nothing = Filters(text="xylophone")
    assert shared_reader.profile(nothing).num_rows == shared_reader.ways(nothing).num_rows == 0
    assert shared_reader.bands("actor", "right", nothing).num_rows == 0


def test_profile_and_crosses_agree(shared_reader: Reader) -> None:
    filters = Filters(surveys=("reports", "summaries"))
    crossed: dict[str, int] = {}
    for row in shared_reader.cross("actor", "actor", filters).to_pylist():
        crossed[row["row"]] = row["claims"]
    assert {code: row["claims"] for (facet, code), row in profile(shared_reader, filters).items() if facet == "actor"} == crossed
