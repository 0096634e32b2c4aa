"""The book of topics: what is handed out, what is taken in, and what is known of the fits before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models.tables import TOPICABLE
from store import Decisions, Paths, Writer
from store.topic_decisions import merge, rename, split_again
from store.work import Queue
from taxonomy.errors import StoreError
from tests.synthetic import (
    BANK,
    CLINIC,
    CODER,
    CONTENT,
    ENCODER,
    FEW,
    REPORTS,
    SUMMARIES,
    Response,
    answers_table,
    codes_tables,
    process,
    vectors_table,
)
from tests.themed import Placing, axis, give_topics, made_up_fit, members_table

pytestmark = pytest.mark.disk


def by_text(row: Mapping[str, Any]) -> tuple[int, str]:
    return (1, "core") if row["text"] == BANK.text else (2, "weak")


def all_in(number: int) -> Placing:
    return lambda row: (number, "core")


def nowhere(row: Mapping[str, Any]) -> tuple[int, str]:
    return (0, "outlier")


def texts(table: pa.Table) -> list[str]:
    return sorted(table["text"].to_pylist())


@pytest.fixture
def everything(paths: Paths) -> Iterator[Writer]:
    """A writer of all made-up surveys, without topics."""
    with Writer(paths, "tests") as writer:
        yield writer


def test_topics_are_looked_for_in_all_that_says_anything(everything: Writer) -> None:
    waiting = everything.to_topics("reports", ENCODER)
    assert waiting.schema == TOPICABLE
    said = {sentence.text for survey, responses in CONTENT if survey is REPORTS for one in responses for sentence in one.sentences}
    assert texts(waiting) == sorted(said - {"n/a"})
    assert waiting["passage"].to_pylist() == sorted(waiting["passage"].to_pylist())
    assert everything.to_topics("reports", "another encoder").num_rows == 0
    assert everything.to_topics("nowhere", ENCODER).num_rows == 0


def test_of_translations_one_version_is_counted_as_in_a_snapshot(everything: Writer) -> None:
    counted = {row["text"]: row["counted"] for row in everything.to_topics("summaries", ENCODER).to_pylist()}
    assert counted["Fábricas demitiram sindicalistas."] is True
    assert counted["Factories dismissed unionists."] is False
    assert counted["A polícia prendeu jornalistas 🙂."] is False
    assert counted[CLINIC.text] is True


def test_what_was_placed_waits_no_more(done: Writer) -> None:
    assert done.topic_queue("reports", ENCODER) == Queue(4, 0)
    assert done.topic_model("reports") is None
    assert done.drift("reports") is None
    give_topics(done, "reports", "run", by_text)
    assert done.topic_queue("reports", ENCODER) == Queue(0, 4)
    assert done.to_place("reports", ENCODER).num_rows == 0
    more = (*FEW, Response("5", (BANK,)))
    process(done, REPORTS, more, "run")
    waiting = done.to_place("reports", ENCODER)
    assert texts(waiting) == [BANK.text]
    assert done.topic_queue("reports", ENCODER) == Queue(1, 4)
    done.put_placed("reports", members_table("reports", waiting, by_text, fitted=False))
    assert done.topic_queue("reports", ENCODER) == Queue(0, 5)


def test_a_model_comes_back_as_it_was_put(done: Writer) -> None:
    fit = give_topics(done, "reports", "run", by_text)
    found = done.topic_model("reports")
    assert found == fit.model
    assert found is not None
    assert (found.centroids.shape, found.centroids.dtype, found.seconds) == ((2, 4), np.dtype(np.float32), 1.5)


def test_a_model_without_topics_comes_back_too(done: Writer) -> None:
    fit = give_topics(done, "reports", "run", nowhere)
    found = done.topic_model("reports")
    assert found == fit.model
    assert found is not None
    assert found.centroids.shape == (0, 4)
    assert done.topics("reports").num_rows == 0


def test_neighbours_are_the_fitted_passages_that_are_left(done: Writer) -> None:
    give_topics(done, "reports", "run", by_text)
    assert done.neighbours("reports").column_names == ["language", "vector", "x", "y"]
    assert done.neighbours("reports").num_rows == 4
    process(done, REPORTS, (*FEW[:2], Response("9", (BANK,))), "run")
    done.put_placed("reports", members_table("reports", done.to_place("reports", ENCODER), by_text, fitted=False))
    assert done.neighbours("reports").num_rows == 3, "a withdrawn answer is no neighbour, nor is a placed one"


#: As many as FEW, and enough beside them that words are shown.
ENOUGH = (*FEW, Response("5", (BANK,)), Response("6", (CLINIC,)))


def test_words_and_names_of_too_few_are_not_listed(done: Writer) -> None:
    give_topics(done, "reports", "run", by_text)
    assert done.topics("reports")["words"].to_pylist() == [[], []]
    assert done.topics("reports")["name"].to_pylist() == ["Topic 1", "Topic 2"]


def test_the_dead_go_by_their_numbers_or_by_what_people_call_them(done: Writer) -> None:
    process(done, REPORTS, ENOUGH, "run")
    give_topics(done, "reports", "first", by_text)
    rename(done.decisions, "reports.2", "Clinics", "ada", known=done.known_topics())
    assert done.topic_names("reports") == {"reports.1": "theme 1", "reports.2": "Clinics"}
    give_topics(done, "reports", "second", all_in(3))
    assert done.topic_names("reports") == {"reports.1": "Topic 1", "reports.2": "Clinics", "reports.3": "theme 3"}
    assert done.topic_names("nowhere") == {}


def test_topics_with_their_counts(done: Writer) -> None:
    process(done, REPORTS, ENOUGH, "run")
    give_topics(done, "reports", "run", by_text)
    rows = done.topics("reports").to_pylist()
    assert [(row["topic"], row["name"], row["size"], row["answers"], row["weak"]) for row in rows] == [
        ("reports.1", "theme 1", 3, 3, 0), ("reports.2", "theme 2", 3, 3, 3),
    ]  # fmt: skip
    assert rows[0]["words"] == ["word1", "theme 1", "common"]
    assert [row["tentative"] for row in rows] == [False, True]
    assert [row["merged"] for row in rows] == [[], []]


def test_names_and_merges_by_people_win(done: Writer) -> None:
    process(done, REPORTS, ENOUGH, "run")
    give_topics(done, "reports", "run", by_text)
    known = done.known_topics()
    assert known == {"reports.1", "reports.2"}
    rename(done.decisions, "reports.2", "Clinics", "ada", known=known)
    merge(done.decisions, "reports.1", "reports.2", "ada", known=known)
    (row,) = done.topics("reports").to_pylist()
    assert (row["topic"], row["name"], row["named_by_person"], row["size"], row["weak"]) == ("reports.2", "Clinics", True, 6, 3)
    assert row["merged"] == ["reports.1"]
    assert row["words"] == ["word1", "word2", "theme 1", "theme 2", "common"]
    split_again(done.decisions, "reports.1", "ada")
    assert [row["size"] for row in done.topics("reports").to_pylist()] == [3, 3]


# What becomes of members


def test_a_passage_that_goes_loses_its_place_and_a_changed_one_is_placed_anew(done: Writer) -> None:
    give_topics(done, "reports", "run", by_text)
    process(done, REPORTS, (replace(FEW[0], sentences=(BANK,)), *FEW[1:3]), "run")
    assert texts(done.to_place("reports", ENCODER)) == [BANK.text]
    assert {row["topic"]: row["size"] for row in done.topics("reports").to_pylist()} == {"reports.1": 1, "reports.2": 1}


def test_a_passage_whose_language_is_told_anew_is_placed_anew(done: Writer) -> None:
    give_topics(done, "reports", "run", by_text)
    answers = done.to_segment("reports", "another segmenter")
    passages = done._read(
        """
        SELECT passage, answer, "start", "end", text, CASE WHEN text LIKE 'Foreign%' THEN 'fr' ELSE language END AS language,
            language_confidence, segmenter FROM passages
        """
    )
    done.put_passages(answers["answer"].to_pylist(), passages, "another segmenter")
    assert texts(done.to_place("reports", ENCODER)) == [BANK.text] * 2


def test_membership_survives_another_coding(done: Writer) -> None:
    give_topics(done, "reports", "run", by_text)
    silent = replace(BANK, codes=("relevance:non_substantive",), claims=())
    responses = [replace(one, sentences=tuple(silent if said == BANK else said for said in one.sentences)) for one in FEW]
    done.put_codes(*codes_tables(done.to_code("reports", ENCODER, "another coder", "1"), responses, "another coder"))
    assert texts(done.to_topics("reports", ENCODER)) == [CLINIC.text] * 2
    assert [row["size"] for row in done.topics("reports").to_pylist()] == [2, 0]
    done.put_codes(*codes_tables(done.to_code("reports", ENCODER, CODER, "1"), FEW, CODER))
    assert [row["size"] for row in done.topics("reports").to_pylist()] == [2, 2]
    assert done.to_place("reports", ENCODER).num_rows == 0


def test_withdrawn_answers_count_nowhere(done: Writer) -> None:
    give_topics(done, "reports", "run", by_text)
    answer = done.to_topics("reports", ENCODER).filter(pc.field("text") == BANK.text)["answer"][0].as_py()
    done.decisions.record("withdrawal", answer, "withdrawn", "ada")
    done._heed_tombstones()
    assert answer not in done.to_topics("reports", ENCODER)["answer"].to_pylist()
    assert {row["topic"]: row["answers"] for row in done.topics("reports").to_pylist()}["reports.1"] == 1


# From fit to fit


def test_another_fit_replaces_the_first_and_the_history_is_kept(done: Writer) -> None:
    give_topics(done, "reports", "first", by_text)
    second = give_topics(done, "reports", "second", all_in(3), events=[(1, "merged", (3,)), (2, "died", ()), (3, "born", ())])
    assert done.topic_model("reports") == second.model
    assert [row["topic"] for row in done.topics("reports").to_pylist()] == ["reports.3"]
    assert done.topics("reports")["words"].to_pylist() == [["word3", "theme 3", "common"]]
    events = [(row["fit"], row["run"], row["topic"], row["event"], row["others"]) for row in done.topic_events("reports").to_pylist()]
    assert events == [
        (1, "first", "reports.1", "born", []),
        (1, "first", "reports.2", "born", []),
        (2, "second", "reports.1", "merged", ["reports.3"]),
        (2, "second", "reports.2", "died", []),
        (2, "second", "reports.3", "born", []),
    ]
    assert all(row["made"].startswith("20") for row in done.topic_events("reports").to_pylist())
    assert done.known_topics() == {"reports.1", "reports.2", "reports.3"}


def test_a_name_given_by_a_person_stays_with_a_topic_that_dies_and_comes_back(done: Writer) -> None:
    give_topics(done, "reports", "first", by_text)
    rename(done.decisions, "reports.1", "Banks", "ada", known=done.known_topics())
    merge(done.decisions, "reports.2", "reports.1", "ada", known=done.known_topics())
    give_topics(done, "reports", "second", all_in(2))
    assert [(row["topic"], row["size"]) for row in done.topics("reports").to_pylist()] == [("reports.2", 4)], "what it went into is dead"
    give_topics(done, "reports", "third", by_text)
    assert [(row["name"], row["size"]) for row in done.topics("reports").to_pylist()] == [("Banks", 4)]


def test_the_ancestry_knows_all_that_ever_was(done: Writer) -> None:
    assert done.ancestry("reports", ENCODER).next_number == 1
    give_topics(done, "reports", "first", by_text)
    give_topics(done, "reports", "second", lambda row: (1, "core") if row["text"] == BANK.text else (0, "outlier"), numbers=[1, 11])
    ancestry = done.ancestry("reports", ENCODER)
    topics = {row["topic"]: (row["name"], row["alive"], row["plain_centroid"]) for row in ancestry.topics.to_pylist()}
    assert topics == {
        "reports.1": ("theme 1", True, axis(4, 2)),
        "reports.2": ("theme 2", False, axis(4, 3)),
        "reports.11": ("theme 11", True, axis(4, 12)),
    }
    assert list(topics) == ["reports.1", "reports.2", "reports.11"]
    assert sorted(ancestry.members["topic"].to_pylist(), key=str) == [None, None, "reports.1", "reports.1"]
    assert ancestry.next_number == 12


def test_the_centroids_of_another_encoder_are_made_anew_from_its_vectors(done: Writer) -> None:
    give_topics(done, "reports", "first", by_text, numbers=[1, 2, 3])
    embedded = vectors_table(done.to_embed("reports", "fake 2"), "fake 2", dimensions=6)
    done.put_vectors(embedded)
    topics = {row["topic"]: row["plain_centroid"] for row in done.ancestry("reports", "fake 2").topics.to_pylist()}
    bank = done.to_topics("reports", "fake 2").filter(pc.field("text") == BANK.text)["vector"][0].as_py()
    assert topics["reports.1"] == pytest.approx(bank)
    assert topics["reports.3"] == [0.0] * 6, "it has no members"


def test_drift_is_told_of_what_came_later(done: Writer) -> None:
    give_topics(done, "reports", "run", by_text)
    more = tuple(Response(str(number), (BANK,)) for number in range(10, 50))
    process(done, REPORTS, (*FEW, *more), "run")
    done.put_placed("reports", members_table("reports", done.to_place("reports", ENCODER), nowhere, fitted=False))
    drift = done.drift("reports")
    assert drift is not None
    assert (drift.placed, drift.poor, drift.fitted, drift.outliers_at_fit) == (40, 40, 4, 0.25)
    assert drift.refit_proposed


def test_what_the_fit_itself_placed_is_no_drift(everything: Writer) -> None:
    fit = give_topics(everything, "summaries", "run", nowhere)
    assert not all(fit.members["fitted"].to_pylist())
    drift = everything.drift("summaries")
    assert drift is not None
    assert (drift.placed, drift.poor) == (0, 0)


# What is refused


def test_nothing_is_placed_where_there_are_no_topics(done: Writer) -> None:
    with pytest.raises(StoreError, match="reports has no topics yet"):
        done.put_placed("reports", members_table("reports", done.to_place("reports", ENCODER), by_text))


@pytest.mark.parametrize("survey", ["others", "report"])
def test_ids_of_another_survey_are_refused(done: Writer, survey: str) -> None:
    waiting = done.to_topics("reports", ENCODER)
    with pytest.raises(StoreError, match="is not an id of one of its topics"):
        done.put_fit("reports", "run", made_up_fit(survey, waiting, by_text))
    assert done.topic_model("reports") is None


def test_a_fit_that_does_not_fit_together_leaves_what_was_there(done: Writer) -> None:
    before = give_topics(done, "reports", "run", by_text)
    waiting = done.to_topics("reports", ENCODER)
    good = made_up_fit("reports", waiting, by_text)
    stranger = good.members.set_column(0, good.members.schema.field(0), pa.array(["a", "b", "c", "d"]))
    placed = good.members.column_names.index("membership")
    outside = good.members.set_column(placed, good.members.schema.field(placed), pa.array(["outlier"] * 4))
    far = good.members.column_names.index("x")
    infinite = good.members.set_column(far, good.members.schema.field(far), pa.array([np.inf] * 4, pa.float32()))
    for wrong, message in (
        (replace(good, model=replace(good.model, topics=())), "does not hold the topics of the model"),
        (replace(good, members=stranger), "are not in the table passages"),
        (replace(good, members=outside), "4 of 4 are neither in nor out"),
        (replace(good, members=infinite), "not finite"),
        (replace(good, members=made_up_fit("reports", waiting, all_in(9)).members), "are of no topic of its model"),
        (replace(good, words=made_up_fit("reports", waiting, all_in(9)).words), "is not an id of one of its topics"),
    ):
        with pytest.raises(StoreError, match=message):
            done.put_fit("reports", "run", wrong)
    assert done.topic_model("reports") == before.model
    assert done.to_place("reports", ENCODER).num_rows == 0


def test_members_of_another_survey_are_refused(everything: Writer) -> None:
    with pytest.raises(StoreError, match="are of another survey"):
        everything.put_fit("reports", "run", made_up_fit("reports", everything.to_topics("summaries", ENCODER), by_text))


def test_a_survey_that_is_not_there_has_no_topics(writer: Writer) -> None:
    with pytest.raises(StoreError, match="no survey “reports”"):
        writer.put_fit("reports", "run", made_up_fit("reports", TOPICABLE.empty_table(), by_text))
    assert writer.topics("reports").num_rows == 0
    assert writer.neighbours("reports").num_rows == 0


def test_an_empty_survey_can_be_fitted(fresh: Paths) -> None:
    with Writer(fresh, "tests") as writer:
        writer.put_survey(SUMMARIES)
        writer.put_answers("summaries", answers_table("summaries", []), "run")
        give_topics(writer, "summaries", "run", by_text)
        assert writer.topic_model("summaries") is not None
        assert Decisions(fresh).latest("topic-name") == {}
