from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer import topic_view
from explorer.export import to_csv
from explorer.library import Library
from explorer.topic_map import PALETTE
from explorer.topic_table import topic_table
from store import Filters, Paths
from store.filters import TOPIC
from taxonomy.errors import StoreError
from tests.explorer.topical import BANKS, CLINICS, HOSTILE, build

pytestmark = pytest.mark.disk

ALL = Filters()


@pytest.fixture(scope="module")
def topical(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The survey with topics, in which nobody decides anything."""
    opened = Library(build(tmp_path_factory.mktemp("topical") / "data"), "internal")
    yield opened
    opened.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Library]:
    opened = Library(build(tmp_path / "own"), "internal")
    yield opened
    opened.close()


def topic(library: Library, id: str, filters: Filters = ALL) -> dict[str, Any]:
    return next(row for row in library.topics.of(filters) if row["topic"] == id)


def test_the_picture_keeps_its_colours_and_outlines_whatever_is_filtered(topical: Library) -> None:
    whole = topic_view.picture(topical, "reports", ALL)
    some = topic_view.picture(topical, "reports", Filters(countries=("KOR",)))
    assert [(topic.id, topic.colour) for topic in whole.topics] == [(BANKS, PALETTE[0]), (CLINICS, PALETTE[1])]
    assert (whole.topics, whole.ground) == (some.topics, some.ground)
    assert (len(whole.points), len(whole.faint)) == (11, 0)
    assert (len(some.points), len(some.faint)) == (1, 10)
    assert set(some.faint[0]) == {"x", "y"}
    assert some.points[0]["text"].endswith(HOSTILE)
    assert some.points[0]["country"] == "South Korea"


def test_what_the_map_draws_is_said(topical: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assert topic_view.drawn_sentence(topic_view.picture(topical, "reports", ALL)) == "11 passages; 1 of them in no topic (grey)."
    some = topic_view.picture(topical, "reports", Filters(countries=("KOR",)))
    assert topic_view.drawn_sentence(some) == "1 passage; each of them in a topic; faint dots are passages that the filters leave out."
    monkeypatch.setattr(topic_view, "MOST_POINTS", 5)
    sample = topic_view.picture(topical, "reports", ALL)
    assert len(sample.points) == 5
    assert topic_view.drawn_sentence(sample).startswith("There are too many passages to draw: an even sample of 5 passages")


def test_a_long_passage_is_cut_for_the_hover(topical: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_view, "LONGEST_HOVER", 9)
    texts = {point["text"] for point in topic_view.picture(topical, "reports", ALL).points}
    assert "Bank 0 …" in texts


def test_the_list_holds_sizes_stability_and_words_that_the_name_lacks(topical: Library) -> None:
    first, second = topic_view.list_rows(topical, "reports", topical.topics.of(ALL))
    assert (first["id"], first["name"], first["words"]) == (BANKS, "theme 1", "word1, common")
    assert [figure["text"] for figure in first["figures"]] == ["6", "0.80"]
    assert (first["tags"], second["tags"]) == ([], ["tentative"])
    assert second["figures"][0]["share"] == pytest.approx(4 / 6)
    assert topic_view.beside(topical, BANKS, "word1, theme 1") == "common"


def test_words_come_by_language_with_weights(topical: Library) -> None:
    (english,) = topic_view.word_lists(topical, BANKS)
    assert (english["lang"], english["language"]) == ("en", "English")
    assert [word["word"] for word in english["words"]] == ["word1", "theme 1", "common"]
    assert english["words"][0]["weight"] == 1


def test_how_a_topic_divides_by_effect(topical: Library) -> None:
    rows = topic_view.said_rows(topical, "effect", topical.topics.codes(BANKS, ALL))
    assert {row["narrow"]["code"]: row["figures"][0] for row in rows} == {"harms": "83\u00a0%", "improves": "17\u00a0%"}
    assert all(row["low"] < row["share"] < row["high"] for row in rows)


def test_codes_that_a_topic_surely_has_more_often(topical: Library) -> None:
    rows = topic_view.lifted_rows(topical, topical.topics.codes(BANKS, ALL))
    assert rows[0]["narrow"] == {"facet": "actor", "code": "bank"}
    assert rows[0]["figures"][-1] == "× 1.8"
    assert not {row["narrow"]["facet"] for row in rows} & set(topic_view.HOW_SAID)


def test_shares_of_each_country_with_their_intervals(topical: Library) -> None:
    rows, left_out = topic_view.split_rows(topical, "country", BANKS, ALL)
    assert left_out == 0
    assert {row["name"]: row["figures"][-1] for row in rows} == {"Brazil": "3 of 8", "India": "2 of 2", "South Korea": "1 of 1"}
    assert topic_view.share_block("Country", rows, "Texts")["highest"] == 1.0


def test_topics_against_waves_hold_nought_where_nobody_spoke(topical: Library) -> None:
    cells = topic_view.crossing_cells(topical, "wave", "reports", ALL, [BANKS, CLINICS])
    assert [(cell["topic"], cell["column"], cell["units"], cell["percent"]) for cell in cells] == [
        (BANKS, "2024", "3 of 3", "100\u00a0%"), (BANKS, "2025", "3 of 8", "38\u00a0%"),
        (CLINICS, "2024", "0 of 3", ""), (CLINICS, "2025", "4 of 8", "50\u00a0%"),
    ]  # fmt: skip


def test_beyond_the_codebook_ranks_and_names_the_nearest_codes(topical: Library) -> None:
    rows = topic_view.beyond_rows(topical, "reports", ALL)
    assert {row["id"] for row in rows} == {BANKS, CLINICS}
    assert all(row["words"].startswith("Nearest in its passages: ") for row in rows)
    assert len(rows[0]["figures"]) == 4


def test_how_topics_were_found_is_said(topical: Library) -> None:
    model = topical.topics.model("reports")
    assert model is not None
    facts = dict(topic_view.model_facts(model, topical))
    assert facts["Note"] == "Few passages."
    assert facts["In no topic"] == "50\u00a0% of the passages, 25\u00a0% after weak members joined"
    assert facts["Specification"] == "topics-1+00000000, seed 7"
    assert "Across runs" not in facts
    assert topical.topics.model("nowhere") is None
    assert topic_view.stability_sentence(topic(topical, CLINICS), model).startswith("0.40: tentative")
    assert topic_view.stability_sentence({"stability": None, "tentative": False}, model) == "Not measured: Few passages."


def test_what_became_of_a_topic_is_told(topical: Library) -> None:
    ((when, said),) = topic_view.history(topical, "reports", BANKS)
    assert when.endswith("fit 1")
    assert said == "first found"
    event = {"event": "split", "others": [CLINICS, "reports.9"], "overlap": 0.4, "similarity": 0.91}
    assert (
        topic_view._happened(event, {CLINICS: "pay"})
        == "split into pay (2), topic (9) (40\u00a0% of the passages in common, likeness 0.91)"
    )


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0\u00a0%"), (0.001, "<\u00a01\u00a0%"), (0.38, "38\u00a0%"), (0.999, ">\u00a099\u00a0%"), (1, "100\u00a0%")]
)
def test_shares_are_never_rounded_to_nothing(share: float, said: str) -> None:
    assert topic_view.percent(share) == said


def test_names_that_two_topics_share_are_told_apart(own: Library) -> None:
    own.topics.rename(BANKS, "Same", "Ana")
    own.topics.rename(CLINICS, "Same", "Ana")
    cells = topic_view.crossing_cells(own, "wave", "reports", ALL, [BANKS, CLINICS])
    assert {cell["row"] for cell in cells} == {"Same (1)", "Same (2)"}


def test_a_name_counts_at_once_everywhere_and_can_be_taken_back(own: Library) -> None:
    assert own.names.code(TOPIC, BANKS) == "theme 1"
    own.topics.rename(BANKS, "  Banks &  law ", "Ana")
    assert own.names.code(TOPIC, BANKS) == topic(own, BANKS)["name"] == "Banks & law"
    assert topic_view.tags(topic(own, BANKS)) == ["named by a person"]
    ((_, said),) = topic_view.namings(own, own.topics.decided(BANKS))
    assert said == "Ana named it “Banks & law”"
    own.topics.forget_name(BANKS, "Ben")
    assert own.names.code(TOPIC, BANKS) == "theme 1"
    assert own.topics.decided(BANKS) == []


def test_a_merged_topic_counts_as_the_other_and_can_be_split_off_again(own: Library) -> None:
    own.topics.merge(CLINICS, BANKS, "Ana")
    assert [(row["topic"], row["size"]) for row in own.topics.of(ALL)] == [(BANKS, 10)]
    assert own.options[TOPIC] == (BANKS,)
    assert own.topics.merged_into() == {CLINICS: BANKS}
    assert own.names.code(TOPIC, CLINICS) == "theme 1"
    ((_, said),) = topic_view.namings(own, own.topics.decided(BANKS))
    assert said == "Ana merged topic 2 into theme 1"
    with pytest.raises(StoreError):
        own.topics.merge(BANKS, CLINICS, "Ben")
    own.topics.split_again(CLINICS, "Ana")
    assert own.options[TOPIC] == (BANKS, CLINICS)


def test_topics_can_be_filtered_by_and_are_counted(topical: Library) -> None:
    assert topical.facet_counts(ALL)[TOPIC] == {BANKS: 6, CLINICS: 4}
    assert topical.counts(Filters(codes=((TOPIC, (CLINICS,)),))).passages == 4


def test_the_table_is_inert_and_holds_what_is_shown(own: Library) -> None:
    own.topics.rename(BANKS, "=1+1", "Ana")
    first, *rest = to_csv(topic_table(own, "reports", ALL)).decode("utf-8-sig").splitlines()
    assert first.startswith("Topic,Name,Named by a person,Passages")
    assert rest[0].startswith("reports.1,'=1+1,yes,6,")
    assert len(topic_table(own, "reports", Filters(countries=("KOR",))).rows) == 1


def test_a_survey_without_topics_has_none(shelf: Paths) -> None:
    library = Library(shelf, "internal")
    assert library.topics.surveys() == []
    assert library.topics.of(ALL) == []
    assert library.options[TOPIC] == ()
    library.close()
