from __future__ import annotations

from collections.abc import Iterator

import pytest

from store import Filters, Paths, Reader, Writer
from store.declared import TABLES
from store.suppression import withheld_reason
from taxonomy.errors import StoreError
from tests.crowd import crowd
from tests.synthetic import EXPERTS, VERSIONS, process

pytestmark = pytest.mark.disk

REGION = "Latin America and the Caribbean"


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A partner's view of three countries."""
    paths = Paths(tmp_path_factory.mktemp("crowd") / "data")
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["experts"], VERSIONS)
        process(writer, EXPERTS, crowd(), run)
        writer.publish("partner", run)
    reader = Reader.open(paths, "partner")
    yield reader
    reader.close()


def asked(**codes: str) -> Filters:
    country = codes.pop("country", None)
    chosen = tuple((facet, (code,)) for facet, code in codes.items())
    return Filters(surveys=("experts",), countries=(country,) if country else (), codes=chosen)


def test_which_surveys_have_tables(numbers: Reader) -> None:
    (survey,) = numbers.declared()
    assert (survey.survey, survey.title, survey.threshold, survey.base, survey.note) == ("experts", "Expert survey", 10, 1, "")
    assert survey.tables == TABLES
    assert survey.answered == "81"


def test_a_table_comes_with_its_margins(numbers: Reader) -> None:
    table = numbers.declared_table("experts", "country-effect")
    assert table.column_names == ["country", "effect", "shown", "suppressed", "reason"]
    rows = {(row["country"], row["effect"]): row for row in table.to_pylist()}
    assert rows[None, None]["shown"] == 81
    assert rows["BRA", None]["shown"] == 32
    assert rows["PER", "harms"] == {
        "country": "PER", "effect": "harms", "shown": None, "suppressed": True, "reason": withheld_reason(10),
    }  # fmt: skip
    assert ("KOR", "harms") not in rows
    for wrong in (("nobody", "country"), ("experts", "country-wave"), ("experts", "' OR true --")):
        with pytest.raises(StoreError, match="no declared table"):
            numbers.declared_table(*wrong)


def test_filters_that_are_a_cell_have_a_count(numbers: Reader) -> None:
    everybody = numbers.declared_count(asked())
    assert everybody is not None
    assert (everybody.shown, everybody.suppressed) == (81, False)
    korea = numbers.declared_count(asked(country="KOR", actor="corporation", effect="improves"))
    assert korea is not None
    assert korea.shown == 15
    none = numbers.declared_count(asked(country="KOR", effect="harms"))
    assert none is not None
    assert (none.shown, none.reason) == (0, "")


def test_a_suppressed_cell_says_what_it_can_be_rolled_up_into(numbers: Reader) -> None:
    peru = numbers.declared_count(asked(country="PER", actor="bank", effect="harms"))
    assert peru is not None
    assert (peru.shown, peru.reason) == (None, withheld_reason(10))
    assert peru.rolled_up is not None
    assert peru.rolled_up.shown is not None
    assert peru.rolled_up.shown >= 10
    assert set(peru.rolled_up.values) < {"country", "region", "actor", "family", "effect"}


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(surveys=("experts", "others")),
        Filters(surveys=("others",)),
        Filters(surveys=("experts",), text="bank"),
        Filters(surveys=("experts",), suggestions=True),
        Filters(surveys=("experts",), countries=("BRA", "PER")),
        Filters(surveys=("experts",), waves=("2025",)),
        asked(country="BRA", actor="bank", mechanism="lobbying"),
        asked(country="BRA", actor="bank", effect="harms", right="work"),
        asked(actor="small_business"),
        asked(actor="private_sector"),
        asked(effect="unclear"),
    ],
)
def test_all_others_have_none(numbers: Reader, filters: Filters) -> None:
    assert numbers.declared_count(filters) is None
