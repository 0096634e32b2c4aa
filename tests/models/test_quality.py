from __future__ import annotations

import pytest

from models.comparison import Pair
from models.figures import CAVEAT, JUDGED_FROM
from models.quality import Quality, report, source_kind
from tests.models.compared import labelled, said
from tests.models.tiny_codebook import tiny_codebook

BOOK = tiny_codebook()


def measure(pairs: list[Pair], **more: object) -> Quality:
    return report(pairs, BOOK, name="test", coder="fake-1", draws=50, **more)  # type: ignore[arg-type]


def pairs(count: int, language: str = "en", country: str = "BRA", right: bool = True) -> list[Pair]:
    answer = said(relevance="influence", mode="active" if right else "passive")
    return [
        (labelled(f"{language}{country}{n}", language, country, source="reports: p. 1", relevance="influence", mode="active"), answer)
        for n in range(count)
    ]


def test_relevance_is_scored_on_all_and_the_rest_on_influence() -> None:
    found = measure(
        [
            (labelled("a", relevance="influence", mode="active", actor="bank"), said(relevance="off_topic", mode="active", actor="bank")),
            (labelled("b", relevance="off_topic", right="work"), said(relevance="off_topic", mode="passive", right="health")),
        ]
    )
    assert {facet.facet: facet.rows for facet in found.facets} == {"relevance": 2, "actor": 1, "mode": 1}
    assert found.facet("relevance").overall.value == 0.5
    assert found.facet("mode").overall.value == 1
    with pytest.raises(KeyError):
        found.facet("right")


def test_what_the_coder_learned_from_counts_nowhere() -> None:
    wrong, learned = said(relevance="off_topic"), said(learned_from=True, relevance="influence")
    found = measure([(labelled("a", "ko", relevance="influence"), wrong), (labelled("learned", relevance="influence"), learned)])
    assert (found.passages, found.learned_from) == (1, 1)
    assert found.facet("relevance").overall.value == 0
    assert [(group.by, group.group) for group in found.groups if group.by == "language"] == [("language", "ko")]
    assert '"learned"' not in found.to_json()


def test_groups_are_judged_from_thirty_passages_on() -> None:
    found = measure([*pairs(JUDGED_FROM, "en", "BRA"), *pairs(JUDGED_FROM - 1, "ko", "KOR", right=False)])
    figures = {(group.by, group.group): {each.facet: each for each in group.facets} for group in found.groups}
    english, korean = figures["language", "en"]["mode"], figures["language", "ko"]["mode"]
    assert english.overall is not None
    assert (english.rows, english.overall.value) == (30, 1)
    assert (korean.rows, korean.overall) == (29, None)
    assert ("region", "Latin America and the Caribbean") in figures
    assert [group.rows for group in found.groups if group.by == "source"] == [59]


def test_a_source_is_told_by_its_kind() -> None:
    assert source_kind("reports: chapter 7 (a)") == "reports"
    assert source_kind("a dataset (2023 edition)") == "a dataset"
    assert source_kind("someone/repository@1bf4f939") == "someone/repository"
    assert source_kind("") == ""


def test_the_report_says_what_made_it_and_what_it_is_measured_on() -> None:
    found = measure(
        [(labelled("a", "de", relevance="influence"), said(relevance="influence"))],
        reference="two readers", predictions="out of fold", faults=3, claims={"link F1": 0.5},
    )  # fmt: skip
    assert (found.coder, found.codebook, found.reference, found.predictions) == ("fake-1", BOOK.stamp, "two readers", "out of fold")
    assert (found.faults, found.claims, found.beyond) == (3, {"link F1": 0.5}, {"de": 1})
    assert found.caveat == CAVEAT


def test_the_figures_go_into_json_and_come_back() -> None:
    found = measure([*pairs(12), (labelled("x", relevance="no_influence"), said(relevance="influence", review="relevance:influence"))])
    assert Quality.from_json(found.to_json()) == found
    assert "Text x" not in found.to_json()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"form": 2}', '{"form": 1, "name": "x"}'])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Quality.from_json(text)


def test_without_a_pair_there_is_a_report_without_figures() -> None:
    found = measure([])
    assert (found.passages, found.facets, found.groups) == (0, (), ())
    assert Quality.from_json(found.to_json()) == found
