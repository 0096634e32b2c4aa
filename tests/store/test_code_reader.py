from __future__ import annotations

import pytest

from store import Filters, Reader
from tests.synthetic import BANK, FACTORY

pytestmark = pytest.mark.disk


def test_the_surest_settled_quotes_come_first_one_of_each_answer(shared_reader: Reader) -> None:
    found = shared_reader.surest("right", "work", Filters(surveys=("reports",))).to_pylist()
    assert [quote["text"] for quote in found] == [FACTORY.text, BANK.text]
    assert {code["code"] for code in found[0]["codes"] if code["facet"] == "right"} >= {"work"}
    assert len({quote["answer"] for quote in found}) == len(found)


def test_what_waits_for_a_review_is_no_example(shared_reader: Reader) -> None:
    assert shared_reader.surest("labour", "minimum_wage", Filters()).num_rows == 0
    assert shared_reader.surest("right", "work", Filters(), limit=0).num_rows == 0


def test_what_waits_is_counted_by_itself_and_withheld_where_too_few_speak(shared_reader: Reader) -> None:
    rows = {(row["facet"], row["code"]): row for row in shared_reader.waiting().to_pylist()}
    public, guarded = rows["effect", "mixed"], rows["labour", "minimum_wage"]
    assert (public["passages"], public["suppressed"]) == (1, False)
    assert (guarded["passages"], guarded["suppressed"]) == (None, True), "one of these is of a protected survey"


def test_of_translations_one_is_shown(shared_reader: Reader) -> None:
    (quote,) = shared_reader.surest("mechanism", "labour_practices", Filters(surveys=("summaries",))).to_pylist()
    assert quote["language"] == "pt"
