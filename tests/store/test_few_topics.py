"""Inside, no topic of a protected survey speaks for too few people, and no figure of a topic does under any filter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from store import Filters, Paths, Reader, Writer
from store.decisions import WITHDRAWAL, WITHDRAWN
from store.filters import TOPIC
from store.topic_decisions import merge
from tests.synthetic import BANK, CLINIC, EXPERTS, OFF_TOPIC, VERSIONS, Response, answer_id, process
from tests.themed import give_topics

pytestmark = pytest.mark.disk

KOREA, EVERYTHING = Filters(countries=("KOR",)), Filters()


def answered(number: int, words: str, country: str = "BRA", **changes: Any) -> Response:
    sentence = replace(CLINIC if words == "Clinic" else BANK, text=f"{words} {number}.", **changes)
    return Response(str(number), (sentence,), country=country, respondent=f"r{number}")


#: Topic 1: six respondents, two of them in Korea, one with a code of its own. Topic 2: two. Outside: six, one in Korea.
RESPONSES = (
    *(answered(number, "Bank", "KOR" if number < 3 else "BRA") for number in range(1, 6)),
    answered(6, "Bank", codes=(*BANK.codes, "right:water")),
    answered(7, "Clinic"),
    answered(8, "Clinic"),
    *(
        Response(str(number), (replace(OFF_TOPIC, text=f"Else {number}."),), country="BRA", respondent=f"r{number}")
        for number in range(9, 14)
    ),
    Response("14", (replace(OFF_TOPIC, text="Else 14."),), country="KOR", respondent="r14"),
)
NUMBERS = {"Bank": (1, "core"), "Clinic": (2, "weak"), "Else": (0, "outlier")}


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A protected survey with a topic of six people and one of two."""
    paths = Paths(tmp_path / "data")
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["experts"], VERSIONS)
        process(writer, EXPERTS, RESPONSES, run)
        give_topics(writer, "experts", run, lambda row: NUMBERS[row["text"].split()[0]])
        writer.publish("internal", run)
    return paths


@pytest.fixture
def reader(paths: Paths) -> Iterator[Reader]:
    """A reader of that survey."""
    with closing(Reader.open(paths)) as reader:
        yield reader


def by(table: pa.Table, *names: str) -> dict[Any, dict[str, Any]]:
    return {tuple(row[name] for name in names) if len(names) > 1 else row[names[0]]: row for row in table.to_pylist()}


def test_a_topic_of_few_people_is_nowhere(reader: Reader) -> None:
    assert by(reader.topics(EVERYTHING), "topic").keys() == {"experts.1"}
    assert {row["topic"] for row in reader.topic_points(EVERYTHING, 99).to_pylist()} == {"experts.1", None}
    assert not any(row["text"].startswith("Clinic") for row in reader.topic_points(EVERYTHING, 99).to_pylist())
    assert reader.topic_words("experts.2").num_rows == reader.topic_codes("experts.2", EVERYTHING).num_rows == 0
    assert reader.central_quotes("experts.2", EVERYTHING).num_rows == 0
    assert {row["topic"] for row in reader.topic_events("experts").to_pylist()} == {"experts.1"}
    assert {row["topic"] for row in reader.topic_split("country", EVERYTHING).to_pylist()} == {"experts.1"}
    assert reader.beyond_codebook(EVERYTHING)["topic"].to_pylist() == ["experts.1"]
    assert {row["code"] for row in reader.facet_counts(EVERYTHING).to_pylist() if row["facet"] == TOPIC} == {"experts.1"}
    base = by(reader.topic_codes("experts.1", EVERYTHING), "facet", "code")["actor", "bank"]["base"]
    assert base == pytest.approx(6 / 14), "its passages still are passages of the survey"


def test_where_filters_leave_few_of_a_topic_it_has_no_figures(reader: Reader) -> None:
    untold = dict.fromkeys(("size", "answers", "units", "weak")) | {"suppressed": True}
    banks = by(reader.topics(EVERYTHING), "topic")["experts.1"]
    assert (banks["size"], banks["units"], banks["suppressed"]) == (6, 6, False)
    korean = by(reader.topics(KOREA), "topic")["experts.1"]
    assert korean | untold == korean
    assert by(reader.topics(Filters(countries=("BGD",))), "topic")["experts.1"]["size"] == 0, "nobody is not few"
    assert reader.topic_points(KOREA, 99).num_rows == 0, "neither of the topic nor of the one outlier"
    (beyond,) = reader.beyond_codebook(KOREA).to_pylist()
    assert (beyond["unexplained"], beyond["without_code"], beyond["size"], beyond["best_codes"]) == (None, None, None, [])
    assert beyond["suppressed"]
    codes = reader.topic_codes("experts.1", KOREA).to_pylist()
    figures = ("passages", "share", "low", "high", "base", "lift")
    assert codes
    assert all(row["suppressed"] and not row["over_represented"] and {row[name] for name in figures} == {None} for row in codes)


def test_a_code_of_few_in_a_topic_has_no_figures_and_the_others_do(reader: Reader) -> None:
    codes = by(reader.topic_codes("experts.1", EVERYTHING), "facet", "code")
    assert (codes["right", "water"]["passages"], codes["right", "water"]["suppressed"]) == (None, True)
    assert (codes["actor", "bank"]["passages"], codes["actor", "bank"]["suppressed"]) == (6, False)


def test_who_withdraws_or_merges_moves_the_line_at_once(reader: Reader, paths: Paths) -> None:
    with Writer(paths, "tests") as writer:
        merge(writer.decisions, "experts.2", "experts.1", "Ada", known=reader.known_topics())
        assert by(reader.topics(EVERYTHING), "topic")["experts.1"]["size"] == 8
        assert any(row["text"].startswith("Clinic") for row in reader.topic_points(EVERYTHING, 99).to_pylist())
        for number in range(1, 5):
            writer.decisions.record(WITHDRAWAL, answer_id("experts", str(number)), WITHDRAWN, "Ada")
        assert reader.topics(EVERYTHING).num_rows == 0, "two banks and two clinics are left"
        assert reader.topic_words("experts.1").num_rows == 0
