from __future__ import annotations

from typing import Any

import pytest

from explorer.examples import among, real
from store import Filters


class Survey:
    def __init__(self, title: str, text_kind: str) -> None:
        self.title, self.text_kind = title, text_kind


class Shelf:
    def __init__(self, counts: dict[str, int | None]) -> None:
        self._counts = counts
        self.surveys = {"real": Survey("Reports", "transcribed"), "made": Survey("An example", "invented")}

    def facet_counts(self, filters: Filters) -> Any:
        return {"survey": self._counts}


@pytest.mark.parametrize("count", [3, None])
def test_invented_answers_among_others_are_named(count: int | None) -> None:
    said = among(Filters(), Shelf({"real": 9, "made": count}))  # type: ignore[arg-type]
    assert "An example" in said
    assert "Reports" not in said


def test_nothing_is_said_where_there_are_none() -> None:
    assert among(Filters(), Shelf({"real": 9, "made": 0})) == ""  # type: ignore[arg-type]
    # Counts of a facet leave its own filter out.
    assert among(Filters(surveys=("real",)), Shelf({"real": 9, "made": 3})) == ""  # type: ignore[arg-type]


def test_what_somebody_said_is_chosen_alone_only_where_there_is_a_choice() -> None:
    shelf = Shelf({})
    assert real(shelf) == ("real",)  # type: ignore[arg-type]
    del shelf.surveys["made"]
    assert real(shelf) == ()  # type: ignore[arg-type]
