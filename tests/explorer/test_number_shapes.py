from __future__ import annotations

from explorer.names import Names
from explorer.number_charts import bars, heat
from explorer.number_shapes import MARK, choices, laid_out, name_of, rolled, rows_of, slices, title
from explorer.number_shelf import Told
from store.declared import ELSEWHERE, TABLES, Table
from store.tables_reader import DeclaredSurvey

SURVEY = DeclaredSurvey("experts", "Experts", 10, 1, "", "81", TABLES)
TABLE = Table(("country", "actor", "effect"))
CELLS = [
    Told((None, None, None), 81), Told(("BRA", None, None), 32), Told(("KOR", None, None), 26), Told(("PER", None, None), None),
    Told(("BRA", "bank", None), 20), Told((None, "bank", None), 23), Told(("PER", "bank", None), None), Told((None, "lobby", None), 40),
    Told(("BRA", "bank", "harms"), 15), Told((None, "bank", "harms"), 15), Told(("BRA", None, "harms"), 15),
    Told((ELSEWHERE, None, None), 11),
]  # fmt: skip


def test_a_roll_up_is_a_step_and_not_a_choice() -> None:
    assert all(not {"region", "family"} & set(table.dimensions) for table in choices())
    assert rolled(TABLE, ["country", "actor"]) in TABLES
    assert rolled(TABLE, []) == TABLE
    assert title(("country", "actor", "effect")) == "Country, actor and effect"
    assert title(("right",)) == "Right"


def test_the_largest_come_first_and_what_is_withheld_is_never_0(names: Names) -> None:
    layout = laid_out(TABLE, CELLS, names, SURVEY)
    assert layout.rows == ("Brazil", "South Korea", "Peru", "Several countries, or none told")
    assert layout.columns == ("All", "Lobby", "Bank or insurer")
    assert (layout.withheld, layout.whole) == (2, 81)
    squares = {(square.row, square.column): square for square in layout.squares}
    assert len(squares) == 12
    peru = squares["Peru", "Bank or insurer"]
    assert (peru.count, peru.said) == (None, MARK)
    assert "fewer than 10 respondents" in peru.why
    assert squares["South Korea", "Lobby"].said == "0"
    assert rows_of(layout, "Country")[0] == {"Country": "Brazil", "All": "32", "Lobby": "0", "Bank or insurer": "20"}
    assert layout.first(1).rows == ("Brazil",)
    assert {square.row for square in layout.first(1).squares} == {"Brazil"}


def test_a_table_of_three_dimensions_is_shown_slice_by_slice(names: Names) -> None:
    assert slices(TABLE, CELLS, names) == {"": "All", "harms": "Harms"}
    assert slices(Table(("country",)), CELLS, names) == {"": "All"}
    layout = laid_out(TABLE, CELLS, names, SURVEY, "harms")
    assert (layout.rows, layout.columns) == (("Brazil",), ("All", "Bank or insurer"))


def test_one_dimension_is_a_column(names: Names) -> None:
    layout = laid_out(Table(("effect",)), [Told((None,), 81), Told(("harms",), 60), Told(("mixed",), None)], names, SURVEY)
    assert rows_of(layout, "Effect") == [{"Effect": "Harms", "Respondents": "60"}, {"Effect": "Mixed", "Respondents": MARK}]
    assert [value["count"] for value in bars(layout)["data"]["values"]] == [60, None]


def test_values_have_names(names: Names) -> None:
    assert name_of("family", "finance", names) == "Finance and advice"
    assert name_of("region", "Oceania", names) == "Oceania"
    assert name_of("region", ELSEWHERE, names) == "Several countries, or none told"


def test_no_chart_holds_a_number_in_the_place_of_a_withheld_one(names: Names) -> None:
    values = heat(laid_out(TABLE, CELLS, names, SURVEY))["data"]["values"]
    assert [value["said"] for value in values if value["count"] is None] == [MARK, MARK]
