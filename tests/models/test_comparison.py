from __future__ import annotations

import numpy as np
import pytest

from models.coding import Code, Coding
from models.comparison import Predicted, compare, scored
from tests.models.compared import compared, labelled, said
from tests.models.tiny_codebook import tiny_codebook

BOOK = tiny_codebook()


def test_a_coding_becomes_what_is_measured() -> None:
    codes = (Code("relevance", "influence", 0.9, "cue"), Code("actor", "bank", 0.4, "model", review=True), Code("actor", "ifi", 0.8, "cue"))
    predicted = Predicted.of(Coding(codes, learned_from=True))
    assert predicted.confidence == {"relevance": {"influence": 0.9}, "actor": {"bank": 0.4, "ifi": 0.8}}
    assert predicted.review == {("actor", "bank")}
    assert predicted.learned_from


def test_the_matrices_are_in_the_codebooks_order() -> None:
    pairs = [(labelled("a", actor="ifi corporation"), said(review="actor:ifi", sure=0.6, actor="bank ifi"))]
    found = compare(pairs, BOOK.facet("actor"))
    assert found.codes[:3] == ("corporation", "bank", "ifi")
    assert found.held[0, :3].tolist() == [True, False, True]
    assert found.said[0, :3].tolist() == [False, True, True]
    assert found.settled[0, :3].tolist() == [False, True, False]
    assert found.confidence[0, :3].tolist() == [0, 0.6, 0.6]


def test_a_code_that_the_facet_does_not_have_is_refused() -> None:
    with pytest.raises(KeyError, match="banc"):
        compare([(labelled("a", actor="banc"), said())], BOOK.facet("actor"))


@pytest.mark.parametrize(
    ("values", "facet", "counts"),
    [
        ({"relevance": "influence", "actor": "bank"}, "actor", True),
        ({"relevance": "influence", "actor": ""}, "actor", True),  # asked, and none applies
        ({"relevance": "influence"}, "actor", False),  # not asked
        ({"relevance": "off_topic", "right": "work"}, "right", False),
        ({"right": "work"}, "right", True),  # the reference says nothing on relevance
        ({"relevance": "off_topic"}, "relevance", True),
    ],
)
def test_facets_are_scored_where_the_reference_says_influence(values: dict[str, str], facet: str, counts: bool) -> None:
    assert scored(labelled("a", **values), BOOK.facet(facet), BOOK) is counts


def test_some_passages_can_be_taken_out() -> None:
    found = compared("mode", ("active", "active"), ("passive", "active"), ("both", "both")).only(np.array([True, False, True]))
    assert found.ids.tolist() == ["p0", "p2"]
    assert found.held.shape == found.confidence.shape == (2, 4)
