from __future__ import annotations

import pytest

from explorer.coverage import Coverage, sentence, together, waiting


def test_the_coverages_of_facets_add_up() -> None:
    assert together([Coverage(3, 1), Coverage(5, 0)]) == Coverage(8, 1)
    assert together([Coverage(3, 1), Coverage(few=True)]) == Coverage(3, 1, few=True)
    assert together([]) == Coverage()


@pytest.mark.parametrize(("coverage", "percent"), [(Coverage(3, 1), 75), (Coverage(999, 1), 99), (Coverage(4, 0), 100), (Coverage(), 100)])
def test_what_waits_is_never_rounded_away(coverage: Coverage, percent: int) -> None:
    assert coverage.percent == percent


@pytest.mark.parametrize(
    ("coverage", "counted", "said"),
    [
        (Coverage(2_019, 412), False, "Coverage 83 %: 412 of 2,431 codes wait for review and are not counted"),
        (Coverage(2_019, 412), True, "Coverage 83 %: 412 of 2,431 codes wait for review and are counted here all the same"),
        (Coverage(1_200, 0), False, "Coverage 100 %: all 1,200 codes are settled"),
        (Coverage(12, 0, few=True), False, "Coverage 100 %: all 12 codes are settled; facets of which too few people speak are left out"),
        (Coverage(), True, ""),
        (Coverage(few=True), True, ""),
    ],
)
def test_coverage_in_words(coverage: Coverage, counted: bool, said: str) -> None:
    assert sentence(coverage, counted=counted) == said


def test_what_waits_in_a_facet_in_words() -> None:
    assert waiting(Coverage(2_019, 412)) == "412 of 2,431 wait for review"
    assert waiting(Coverage(5, 0)) == ""
