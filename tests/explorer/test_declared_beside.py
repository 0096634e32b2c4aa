from __future__ import annotations

from explorer.declared_beside import alone, side_by_side, told
from explorer.names import Names
from explorer.number_shelf import Told
from store import Filters
from store.declared import Table
from store.tables_reader import DeclaredCount, DeclaredSurvey

SURVEY = DeclaredSurvey("experts", "Experts", 10, 1, "", "62", ())
CELLS = (
    Told((None, None), 62), Told(("BRA", None), 32), Told(("PER", None), 23), Told(("BRA", "bank"), 20), Told(("PER", "bank"), None),
    Told(("KOR", "corporation"), 15), Told(("BRA", "corporation"), 12), Told((None, "bank"), None),
)  # fmt: skip


def test_a_table_follows_its_own_facet_and_the_survey_alone() -> None:
    assert alone(Filters(countries=("BRA",), surveys=("experts",)), "country")
    assert not alone(Filters(countries=("BRA",)), "actor")
    assert not alone(Filters(text="mine"))
    assert alone(Filters(codes=(("relevance", ("influence",)),)))
    assert not alone(Filters(codes=(("relevance", ("off_topic",)),)))
    assert not alone(Filters(suggestions=True))


def test_values_stand_side_by_side_with_what_is_withheld_marked(names: Names) -> None:
    layout = side_by_side(Table(("country", "actor")), CELLS, "country", ["BRA", "PER"], names, SURVEY)
    assert layout.columns == ("Brazil", "Peru")
    assert layout.rows[0] == "All"
    said = {(square.row, square.column): square.said for square in layout.squares}
    bank, corporation = layout.rows[1:]
    assert (said["All", "Brazil"], said["All", "Peru"]) == ("32", "23")
    assert (said[bank, "Brazil"], said[bank, "Peru"]) == ("20", "–")
    assert (said[corporation, "Brazil"], said[corporation, "Peru"]) == ("12", "0")
    assert (layout.withheld, layout.whole) == (1, 62)


def test_one_value_alone_has_its_whole(names: Names) -> None:
    layout = side_by_side(Table(("country", "actor")), CELLS, "actor", ["corporation"], names, SURVEY)
    assert layout.rows == ("All", "South Korea", "Brazil")
    assert side_by_side(Table(("country", "actor")), CELLS, "country", ["BRA"], names, SURVEY).whole == 32


def test_a_cell_is_told_or_why_it_is_not() -> None:
    above = DeclaredCount({"region": "South America"}, 55, "")
    assert told("Peru", DeclaredCount({}, 20, ""), 5) == ("Peru", "20 respondents, to the nearest 5")
    assert told("Peru", DeclaredCount({}, None, "too few", above), 1) == ("Peru", "– (too few); in the nearest larger group 55")
    assert told("Peru", None, 1)[1] == "no declared table counts this"
