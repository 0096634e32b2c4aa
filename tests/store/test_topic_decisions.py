from __future__ import annotations

import pytest

from store import Decisions, Paths
from store.topic_decisions import TopicDecisions, forget_name, merge, rename, split_again, standing
from taxonomy.errors import StoreError

KNOWN = frozenset({"s.1", "s.2", "s.3", "other.1"})

pytestmark = pytest.mark.disk


@pytest.fixture
def decisions(fresh: Paths) -> Decisions:
    return Decisions(fresh)


def test_a_name_stands_until_it_is_taken_back(decisions: Decisions) -> None:
    assert rename(decisions, "s.1", "  Banks\n and  lenders ", "ada", known=KNOWN) == "Banks and lenders"
    rename(decisions, "s.1", "은행", "ben", known=KNOWN)
    assert standing(decisions).names == {"s.1": "은행"}
    forget_name(decisions, "s.1", "ben")
    assert standing(decisions).names == {}
    with pytest.raises(StoreError, match=r"s\.1: nobody has named it"):
        forget_name(decisions, "s.1", "ben")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "at least one letter"),
        (" \n", "at least one letter"),
        ("x" * 81, "81 characters"),
        ("a\u202eb", "cannot be seen"),
        ("a\x00", "seen"),
    ],
)
def test_a_name_that_cannot_be_shown_is_refused(decisions: Decisions, name: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        rename(decisions, "s.1", name, "ada", known=KNOWN)
    assert standing(decisions).names == {}


def test_merges_are_followed_to_their_end_and_undone_one_by_one(decisions: Decisions) -> None:
    merge(decisions, "s.1", "s.2", "ada", known=KNOWN)
    merge(decisions, "s.2", "s.3", "ada", known=KNOWN)
    assert standing(decisions).targets(KNOWN) == {"s.1": "s.3", "s.2": "s.3"}
    split_again(decisions, "s.2", "ada")
    assert standing(decisions).targets(KNOWN) == {"s.1": "s.2"}
    split_again(decisions, "s.1", "ada")
    assert standing(decisions).targets(KNOWN) == {}
    with pytest.raises(StoreError, match="not merged"):
        split_again(decisions, "s.1", "ada")


def test_a_merge_into_another_topic_replaces_the_one_before(decisions: Decisions) -> None:
    merge(decisions, "s.1", "s.2", "ada", known=KNOWN)
    merge(decisions, "s.1", "s.3", "ada", known=KNOWN)
    assert standing(decisions).targets(KNOWN) == {"s.1": "s.3"}


@pytest.mark.parametrize(
    ("topic", "into", "message"),
    [
        ("s.1", "s.1", "into itself"),
        ("s.3", "s.1", r"s\.1 went into s\.2 went into s\.3 already.*circle"),
        ("s.2", "s.1", "circle"),
        ("s.1", "other.1", "belongs to the survey s, other.1 to other"),
        ("s.9", "s.1", "no topic “s.9”"),
        ("s.1", "<b>", "no topic “.b.”"),
    ],
)
def test_what_cannot_be_merged(decisions: Decisions, topic: str, into: str, message: str) -> None:
    merge(decisions, "s.1", "s.2", "ada", known=KNOWN)
    merge(decisions, "s.2", "s.3", "ada", known=KNOWN)
    before = standing(decisions)
    with pytest.raises(StoreError, match=message):
        merge(decisions, topic, into, "ada", known=KNOWN)
    assert standing(decisions) == before


def test_unknown_topics_are_not_named(decisions: Decisions) -> None:
    with pytest.raises(StoreError, match=r"no topic “s\.9”; `suasion topics list`"):
        rename(decisions, "s.9", "Nine", "ada", known=KNOWN)


def test_a_topic_counts_as_the_last_one_alive_on_its_way() -> None:
    decided = TopicDecisions({}, {"s.1": "s.2", "s.2": "s.3"})
    assert decided.target("s.1", {"s.1", "s.2", "s.3"}) == "s.3"
    assert decided.target("s.1", {"s.1", "s.2"}) == "s.2"
    assert decided.target("s.1", {"s.1"}) == "s.1"
    assert decided.target("s.1", set()) == "s.1"
    assert decided.targets({"s.1", "s.3"}) == {"s.1": "s.3"}


def test_a_circle_of_two_people_at_once_is_one_topic() -> None:
    decided = TopicDecisions({}, {"s.1": "s.2", "s.2": "s.1", "s.3": "s.1"})
    alive = {"s.1", "s.2", "s.3"}
    assert decided.targets(alive) == {"s.2": "s.1", "s.3": "s.1"}
    assert decided.targets({"s.2", "s.3"}) == {"s.3": "s.2"}
