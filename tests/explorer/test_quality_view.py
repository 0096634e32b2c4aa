from __future__ import annotations

import pytest

from explorer import quality_view as view
from explorer.names import Names
from models.figures import Figure
from store import Paths
from store.quality import load_passages
from tests.explorer.measured import HOSTILE, kept, quality


def test_a_row_per_facet_with_its_figures(names: Names) -> None:
    rows = view.facet_rows(quality(), names)
    assert [(row["facet"], row["name"], row["n"], row["measure"]) for row in rows] == [
        ("relevance", "Relevance", "43", "accuracy"),
        ("actor", "Actor", "40", "micro-F1"),
        ("mode", names.facet("mode"), "40", "accuracy"),
    ]
    mode = rows[2]
    assert (mode["value"], mode["figure"], mode["coverage"], mode["settled"]) == (0.8, "0.80", "80\u00a0%", "1.00")
    assert mode["low"] < 0.8 < mode["high"]
    assert list(view.facet_table(quality(), names)[2].values())[:4] == [names.facet("mode"), "40", "accuracy", "0.80"]


def test_codes_with_most_cases_first_and_those_of_which_nothing_is_known(names: Names) -> None:
    actor = quality().facet("actor")
    rows = view.code_rows(actor, names)
    assert [(row["name"], row["cases"], row["predicted"]) for row in rows] == [
        (names.code("actor", "bank"), 40, 40), (names.code("actor", "ifi"), 40, 32), (names.code("actor", "investor"), 0, 8),
    ]  # fmt: skip
    assert (rows[0]["precision"], rows[1]["recall"], rows[2]["recall"]) == (1, 0.8, None)
    assert names.code("actor", "lobby") in view.never_met(actor, names)
    assert len(view.never_met(actor, names)) + len(rows) == len(actor.codes)


def test_confusion_in_the_codebooks_order_and_the_passages_behind_it(fresh_quality: tuple[Paths, str], names: Names) -> None:
    mode = quality().facet("mode")
    cells, rows, columns = view.confusion_cells(mode, names)
    active, passive = (names.code("mode", code) for code in ("active", "passive"))
    assert {(cell["row"], cell["column"]): (cell["passages"], cell["hit"]) for cell in cells} == {
        (active, active): (32, True),
        (active, passive): (8, False),
    }
    assert (rows, columns) == ([active], [active, passive])
    behind = view.passages_behind(mode, "active", "passive", load_passages(*fresh_quality), names)
    assert len(behind) == 8
    assert behind[0] == {
        "Passage": f"{HOSTILE} en-0", "Reference": active, "Coder": passive, "For review": passive, "Language": "English",
        "Country": "Brazil", "Source": "reports: p. 1", "Id": "en-0",
    }  # fmt: skip
    assert view.passages_behind(mode, "both", "", load_passages(*fresh_quality), names) == []


def test_a_missing_code_has_a_name_and_a_place_of_its_own(names: Names) -> None:
    actor = quality().facet("actor")
    gone = actor.model_copy(update={"cells": (actor.cells[0].model_copy(update={"predicted": None}),)})
    (cell,), _, columns = view.confusion_cells(gone, names)
    assert (cell["predicted"], cell["column"], columns) == (view.NOTHING, view.NO_CODE, [view.NO_CODE])


def test_groups_that_are_judged_and_those_that_are_too_small(names: Names) -> None:
    cells, judged, few = view.group_cells(quality(), "language", names)
    assert (judged, few) == (["English"], ["Korean (3)"])
    assert {cell["facet"]: (cell["figure"], cell["n"]) for cell in cells}[names.facet("mode")] == ("0.80", 40)
    assert all(cell["difference"] == pytest.approx(0) for cell in cells if cell["facet"] != "Relevance")


def test_what_has_to_be_known_first(names: Names) -> None:
    told = "\n".join(view.facts(quality(reference="two readers", faults=2, claims={"F1 of claim links": 0.5})))
    assert "Coder fake-1" in told
    assert "Reference: two readers" in told
    assert "could not be used: 2" in told
    assert "F1 of claim links: 0.50" in told
    assert "nothing is said of who coded it" in "\n".join(view.facts(quality()))


def test_what_is_not_defined_is_a_dash() -> None:
    assert (view.number(None), view.percentage(None), view.interval(Figure(value=None))) == ("–", "–", "")


def test_a_facets_account_names_its_interval_and_what_was_drawn() -> None:
    account = view.account(quality().facet("mode"), 50)
    assert account.startswith("40 passages: accuracy 0.80 (")
    assert "50 resamples of 40 families of like passages" in account


@pytest.fixture
def fresh_quality(tmp_path_factory: pytest.TempPathFactory) -> tuple[Paths, str]:
    paths = Paths(tmp_path_factory.mktemp("quality") / "data")
    return paths, kept(paths)


def test_figures_of_too_few_passages_can_be_left_out(names: Names) -> None:
    found = quality()
    mode = found.facet("mode")
    assert {row["name"] for row in view.code_rows(mode, names, 9)} < {row["name"] for row in view.code_rows(mode, names)}
    cells, rows, columns = view.confusion_cells(mode, names, 9)
    assert [cell["hit"] for cell in cells] == [True]
    assert (len(rows), len(columns)) == (1, 1)
    assert view.group_cells(found, "language", names, 5)[2] == ["Korean"]


def test_the_commonest_confusions_stand_first_in_the_table(names: Names) -> None:
    cells, _, _ = view.confusion_cells(quality().facet("mode"), names)
    table = view.confusion_table(cells)
    assert [row["Passages"] for row in table] == [8, 32]
    assert table[0]["Reference"] != table[0]["Coder"]
