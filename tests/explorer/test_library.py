from __future__ import annotations

import gc
import weakref

import pytest

from explorer.library import Library, editions
from store import Decisions, Filters, Paths
from store.reader import Counts
from taxonomy.errors import StoreError
from tests.synthetic import answer_id

BANKS = Filters(codes=(("actor", ("bank",)),))
REPORTED = Filters(surveys=("reports",), codes=BANKS.codes)


def test_options_hold_all_that_is_known_and_all_that_was_met(library: Library) -> None:
    assert set(library.options["survey"]) == {"reports", "summaries", "experts"}
    assert set(library.options["country"]) == {"BRA", "BGD", "KOR"}
    known = tuple(code.id for code in library.names.codebook.facet("actor").codes)
    assert library.options["actor"][: len(known)] == known


def test_values_met_often_come_first(library: Library) -> None:
    met = library.everything["country"]
    assert [met[country] for country in library.options["country"]] == sorted(met.values(), key=lambda count: -(count or 0))


def test_counts_follow_the_other_filters(library: Library) -> None:
    alone = library.facet_counts(Filters())
    followed = library.facet_counts(BANKS)
    assert followed["actor"]["corporation"] == alone["actor"]["corporation"]
    assert followed["survey"]["reports"] < alone["survey"]["reports"]


def test_a_question_is_asked_once(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    filters = Filters(countries=("BGD",))
    first = library.facet_counts(filters)
    monkeypatch.setattr(library._reader, "facet_counts", lambda _: pytest.fail("asked again"))
    assert library.facet_counts(filters) is first


def test_a_withdrawal_hides_at_once_whatever_is_remembered(own_shelf: Paths) -> None:
    library = Library(own_shelf, "internal")
    assert library.counts(REPORTED) == Counts(2, 2, 2)
    answer = answer_id("reports", "1")
    assert answer in {quote["answer"] for quote in library.quotes(BANKS, 50)}
    Decisions(own_shelf).record("withdrawal", answer, "withdrawn", "tests")
    assert library.counts(REPORTED) == Counts(1, 1, 1)
    assert library.facet_counts(BANKS)["survey"]["reports"] == 1
    assert answer not in {quote["answer"] for quote in library.quotes(BANKS, 50)}
    with pytest.raises(StoreError):
        library.answer(answer)
    library.close()


def test_a_library_that_nobody_holds_closes_its_files(shelf: Paths) -> None:
    library = Library(shelf, "internal")
    reader = weakref.ref(library._reader)
    library.facet_counts(Filters())
    del library
    gc.collect()
    found = reader()
    assert found is None or found._connection is None


def test_the_wording_of_a_question(library: Library) -> None:
    assert library.wording("experts", "q2") == "If so, how?"
    assert library.wording("experts", None) == ""


def test_what_every_page_asks_first_is_known_once_it_is_prepared(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.prepare()
    monkeypatch.setattr(library._reader, "_table", None)
    assert library.options["country"]
    assert library.counts(Filters()).passages
    assert library.coverage(Filters())


def test_editions_go_by_their_years_unless_another_survey_has_a_wave_of_that_name() -> None:
    assert editions({"hrmi-people-at-risk": ("v2", "v3_1"), "other": ("2025",)})["v3_1"] == "2019"
    assert editions({"hrmi-people-at-risk": ("v2",), "other": ("v2",)}) == {}
    assert editions({"other": ("v2",)}) == {}


def test_waves_are_told_by_survey(library: Library) -> None:
    assert library.names.code("wave", "2025") == "2025"
    assert set(library._reader.waves()) <= set(library.surveys)
