"""The declared tables of a survey with enough people in it, in the files of all three views."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from store import Paths, Reader, Writer, snapshots
from store.declared import ELSEWHERE, RULES, Key
from store.inference import Node
from store.suppression import suppressed, withheld_reason
from taxonomy.errors import StoreError
from tests.crowd import GROUPS, crowd
from tests.store.peopled import Claim, Person, counted
from tests.synthetic import BANK, CLINIC, EXPERTS, VERSIONS, Response, process

pytestmark = pytest.mark.disk

MIXED = replace(
    BANK, text="Banks lobbied, to some effect.", codes=tuple(f"{code}?" if code == "effect:harms" else code for code in BANK.codes)
)


def people() -> list[Person]:
    claims = {
        BANK.text: (Claim("bank", "lobbying", "work", "harms"),),
        CLINIC.text: (Claim("corporation", "public_advocacy", "health", "improves"),),
    }
    return [(country, claims.get(sentence.text, ())) for country, many, sentence in GROUPS for _ in range(many)]


@pytest.fixture
def crowded(writer: Writer) -> tuple[Writer, str]:
    run = writer.begin_run(["experts"], VERSIONS)
    process(writer, EXPERTS, crowd(), run)
    return writer, run


def cells(paths: Paths, view: str) -> dict[tuple[str | None, ...], tuple[int | None, bool, str]]:
    folder = paths.snapshots(view) / str(snapshots.read_current(paths, view))
    with duckdb.connect(str(folder / snapshots.DATA), read_only=True) as connection:
        rows = connection.execute("SELECT * EXCLUDE (survey) FROM declared_cells").fetchall()
    return {row[:7]: row[7:] for row in rows}


def at(*place: str | None, **values: str) -> tuple[str | None, ...]:
    return (*place, *Key(**values))


def test_only_what_may_be_shown_is_in_the_files(crowded: tuple[Writer, str], fresh: Paths) -> None:
    writer, run = crowded
    declared = writer.publish("partner", run).declared
    writer.publish("public", run)
    partner, public = cells(fresh, "partner"), cells(fresh, "public")
    assert declared.cells == len(partner)
    assert declared.suppressed == sum(suppressed for _, suppressed, _ in partner.values()) > 0
    assert partner.keys() == public.keys()
    for key, (shown, hidden, reason) in partner.items():
        assert (shown is None) == hidden == (reason == withheld_reason(10))
        assert shown is None or shown >= 10
        assert (public[key][0] is None) == hidden
        assert shown is None or public[key][0] in (shown // 5 * 5, shown // 5 * 5 + 5)
    assert partner[at("BRA", None)][0] == 32
    assert public[at("BRA", None)][0] == 30
    assert partner[at("PER", None, actor="bank")] == (None, True, withheld_reason(10))
    told = [partner[at(*place, actor="bank")][0] for place in (("BRA", None), (None, "Latin America and the Caribbean"))]
    assert None in told, "together they would tell that of Peru"
    assert partner[at(None, None, actor="bank", effect="harms")][0] == 23
    assert at("KOR", None, actor="bank") not in partner, "what waits for review counts nowhere"


def test_the_counts_are_those_of_the_people(crowded: tuple[Writer, str], fresh: Paths) -> None:
    writer, run = crowded
    writer.publish("partner", run)
    found = cells(fresh, "partner")
    counts = replace(counted(people()), regions={"BRA": "Latin America and the Caribbean", "PER": "Latin America and the Caribbean",
                                                  "KOR": "Eastern and South-Eastern Asia"})  # fmt: skip
    hidden = suppressed(counts, 10).hidden
    expected = {}
    for node in counts.nodes():
        place = (node.place, None) if node.place in counts.regions else (None, node.place.removeprefix("region:").replace("*", "") or None)
        expected[(*place, *counts.keys[node.key])] = None if node in hidden else counts.count(node)
    assert {key: shown for key, (shown, _, _) in found.items()} == expected


def test_who_does_not_count(writer: Writer, fresh: Paths) -> None:
    someone = crowd()
    several = [replace(someone[0], row="again", country="KOR"), Response("none", (BANK,), country=None, respondent="nowhere")]
    others = [
        Response("e", (BANK,), respondent="embargoed", embargo="2999-01-01"),
        Response("n", (BANK,), respondent=None),
        Response("w", (BANK,), respondent="withdrawn"),
        Response("x", (), respondent="silent"),
    ]
    run = writer.begin_run(["experts"], VERSIONS)
    process(writer, EXPERTS, [*someone, *several, *others], run)
    writer.decisions.record("withdrawal", str(writer._rows("SELECT answer FROM answers WHERE row = $row", {"row": len(someone) + 5})[0][0]),
                            "withdrawn", "tests")  # fmt: skip
    writer.publish("internal", run)
    found = cells(fresh, "internal")
    assert found[at(None, None)][0] == len(someone) + 1
    assert found[at("BRA", None)][0] is None or found[at("BRA", None)][0] == 31
    assert found[at(ELSEWHERE, None)] == (None, True, withheld_reason(10))


def test_an_effect_that_waits_is_not_counted_as_one(writer: Writer, fresh: Paths) -> None:
    run = writer.begin_run(["experts"], VERSIONS)
    process(writer, EXPERTS, [Response(str(n), (MIXED,), respondent=f"person {n}") for n in range(12)], run)
    writer.publish("partner", run)
    found = cells(fresh, "partner")
    assert found[at("BRA", None, actor="bank")][0] == 12
    assert not any(key[-1] for key in found)


def test_a_survey_that_does_not_tell_people_apart_and_one_that_is_public_have_no_tables(writer: Writer, fresh: Paths) -> None:
    run = writer.begin_run(["experts"], VERSIONS)
    process(writer, replace(EXPERTS, has_respondents=False), crowd(), run)
    process(writer, replace(EXPERTS, survey="open", protection="public"), crowd(), run)
    declared = writer.publish("partner", run).declared
    assert declared.cells == 0
    assert [note.startswith("experts: no tables, its respondents cannot be told apart") for note in declared.notes] == [True]
    assert cells(fresh, "partner") == {}


def test_how_many_answered_is_a_band_where_they_are_few(writer: Writer, fresh: Paths) -> None:
    run = writer.begin_run(["experts"], VERSIONS)
    process(writer, EXPERTS, crowd()[:7], run)
    writer.publish("partner", run)
    reader = Reader.open(fresh, "partner")
    assert [survey.answered for survey in reader.declared()] == ["fewer than 10"]
    reader.close()
    assert {shown for shown, _, _ in cells(fresh, "partner").values()} == {None}


def test_a_survey_has_a_threshold_of_its_own(crowded: tuple[Writer, str], fresh: Paths) -> None:
    writer, run = crowded
    writer.put_survey(replace(EXPERTS, threshold=3))
    writer.publish("partner", run)
    found = cells(fresh, "partner")
    assert found[at("PER", None, actor="bank")][0] == 3
    folder = fresh.snapshots("partner") / str(snapshots.read_current(fresh, "partner"))
    with duckdb.connect(str(folder / snapshots.DATA), read_only=True) as connection:
        rows = connection.execute("SELECT survey, threshold, base, rules, note, answered FROM declared_surveys").fetchall()
    assert rows == [("experts", 3, 1, RULES, "", "81")]
    for wrong in (0, -1, 1, True):
        with pytest.raises(StoreError, match="protects nobody"):
            writer.put_survey(replace(EXPERTS, threshold=wrong))


def test_no_true_count_of_a_suppressed_cell_is_anywhere_in_a_file(crowded: tuple[Writer, str], fresh: Paths) -> None:
    writer, run = crowded
    writer.publish("public", run)
    folder = fresh.snapshots("public") / str(snapshots.read_current(fresh, "public"))
    with duckdb.connect(str(folder / snapshots.DATA), read_only=True) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        filled = {name for name in names if connection.execute(f"SELECT count(*) FROM {name}").fetchone() != (0,)}
        numbers = {value for (value,) in connection.execute("SELECT DISTINCT shown FROM declared_cells").fetchall()}
    assert filled <= {"declared_surveys", "declared_cells"}, "nobody released a quote"
    assert all(number is None or number % 5 == 0 for number in numbers)


def test_tables_that_cannot_be_proved_in_time_are_not_shown(
    crowded: tuple[Writer, str], fresh: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.suppression._SECONDS", -1.0)
    writer, run = crowded
    declared = writer.publish("partner", run).declared
    assert (declared.cells, len(declared.notes)) == (0, 1)
    assert "too much to count" in declared.notes[0]
    assert cells(fresh, "partner") == {}


def test_a_place_is_a_country_a_region_or_everywhere() -> None:
    counts = counted([("BRA", ())] * 3)
    assert set(counts.nodes()) == {Node(0, "BRA"), Node(0, "region:South"), Node(0, "*")}
