from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from models.coded import Coded, code
from models.coding import Claim, Code, Coding, Passage, Span
from models.tables import CLAIMS, CODABLE, CODED, CODES, UNCODED
from tests.models.tiny_codebook import tiny_codebook


class Echo:
    """Codes a passage by what its text says: the relevance, and one code of three more facets, the last one guessed."""

    version = "echo-1"

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        assert vectors.dtype == np.float32
        assert len(passages) == len(vectors)
        return [self._one(passage.text) for passage in passages]

    def _one(self, text: str) -> Coding:
        codes = [Code("relevance", text, 0.9, "rule")]
        if text != "non_substantive":
            codes += [Code("actor", "bank", 0.8, "cue", (Span(0, 2), Span(3, 5))), Code("right", "work", 0.4, "cue", (), True)]
            codes += [Code("people_at_risk", "10", 0.4, "similarity", (), True)]
        return Coding(tuple(codes), (Claim("bank", None, "work", "active", "not_stated", "harms", (Span(0, 2),)),))


def table(*rows: tuple[str, int, list[float]]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "passage": f"p{n}",
                "answer": f"a{n}",
                "text": text,
                "start": start,
                "language": "en",
                "country": None,
                "area": None,
                "key": "k",
                "vector": vector,
            }
            for n, (text, start, vector) in enumerate(rows)
        ],
        schema=CODABLE,
    )


def facets(codes: pa.Table, passage: str) -> set[str]:
    return {row["facet"] for row in codes.to_pylist() if row["passage"] == passage}


def test_a_passage_keeps_the_facets_that_apply_to_it_and_guesses_on_influence_alone() -> None:
    passages = table(*((text, 0, [1.0, 0.0]) for text in ("influence", "off_topic", "no_influence", "non_substantive")))
    coded = code(passages, Echo(), tiny_codebook())
    assert facets(coded.codes, "p0") == {"relevance", "actor", "right", "people_at_risk"}
    assert facets(coded.codes, "p1") == {"relevance", "right"}
    assert facets(coded.codes, "p2") == {"relevance", "right"}
    assert facets(coded.codes, "p3") == {"relevance"}
    assert coded.claims["passage"].to_pylist() == ["p0"]
    assert coded.rejected.num_rows == 0


def test_tables_have_their_schemas_and_every_stamp() -> None:
    coded = code(table(("influence", 0, [1.0])), Echo(), tiny_codebook())
    assert coded.codes.schema == CODES
    assert coded.claims.schema == CLAIMS
    assert coded.rejected.schema == UNCODED
    assert coded.passages.to_pylist() == [{"passage": "p0", "key": "k", "learned_from": False}]
    assert coded.passages.schema == CODED
    assert set(coded.codes["coder"].to_pylist()) == {"echo-1"}
    assert set(coded.codes["codebook"].to_pylist()) == {tiny_codebook().stamp}
    assert coded.codes.to_pylist()[2]["review"] is True


def test_spans_move_by_the_start_of_the_passage() -> None:
    coded = code(table(("influence", 7, [1.0])), Echo(), tiny_codebook())
    actor = next(row for row in coded.codes.to_pylist() if row["facet"] == "actor")
    assert actor["spans"] == [{"start": 7, "end": 9}, {"start": 10, "end": 12}]
    assert coded.claims.to_pylist()[0]["spans"] == [{"start": 7, "end": 9}]


def test_claims_have_ids_of_their_own() -> None:
    passages = table(("influence", 0, [1.0]), ("influence", 9, [1.0]))
    claims = code(passages, Echo(), tiny_codebook()).claims
    assert len(set(claims["claim"].to_pylist())) == 2
    assert claims == code(passages, Echo(), tiny_codebook()).claims


def test_damaged_vectors_are_rejected_and_the_rest_is_coded() -> None:
    passages = table(
        ("influence", 0, [1.0, 0.0]), ("influence", 0, [1.0]), ("influence", 0, [float("nan"), 1.0]), ("influence", 0, [0.0, 1.0])
    )
    coded = code(passages, Echo(), tiny_codebook())
    assert set(coded.codes["passage"].to_pylist()) == {"p0", "p3"}
    assert [reason.split(":")[0] for reason in coded.rejected["reason"].to_pylist()] == ["passage p1", "passage p2"]
    assert coded.rejected["passage"].to_pylist() == ["p1", "p2"]
    assert coded.passages["passage"].to_pylist() == ["p0", "p3"]


def test_no_passages_make_empty_tables() -> None:
    coded = code(CODABLE.empty_table(), Echo(), tiny_codebook())
    assert (coded.codes, coded.claims) == (CODES.empty_table(), CLAIMS.empty_table())


def test_passages_without_any_vector_are_all_rejected() -> None:
    coded = code(table(("influence", 0, [])), Echo(), tiny_codebook())
    assert (coded.codes.num_rows, coded.rejected.num_rows) == (0, 1)


@dataclass(frozen=True)
class Saying:
    """Says one thing of every passage."""

    coding: Coding
    version: str = "saying-1"

    def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
        return [self.coding for _ in passages]


def said(*doubted: str, learned_from: bool = False) -> Coded:
    codes = (("relevance", "influence"), ("actor", "bank"), ("mechanism", "lobbying"), ("right", "work"))
    claim = Claim("bank", "lobbying", "work", "passive", "encouraged", "harms")
    found = tuple(Code(facet, code, 0.6, "cue", (), facet in doubted) for facet, code in codes)
    return code(table(("text", 0, [1.0])), Saying(Coding(found, (claim,), {}, learned_from)), tiny_codebook())


@pytest.mark.parametrize("facet", ["actor", "mechanism", "right", "relevance"])
def test_a_claim_waits_with_any_code_that_it_rests_on(facet: str) -> None:
    assert said().claims["review"].to_pylist() == [False]
    assert said(facet).claims["review"].to_pylist() == [True]


def test_a_claim_on_a_code_that_the_passage_has_not_is_a_suggestion() -> None:
    claim = Claim("bank", None, None, "active", "not_stated", "harms")
    coding = Coding((Code("relevance", "influence", 0.9, "rule"),), (claim,))
    assert code(table(("text", 0, [1.0])), Saying(coding), tiny_codebook()).claims["review"].to_pylist() == [True]


def test_codes_of_influence_wait_with_the_relevance_and_the_others_do_not() -> None:
    waiting = {row["facet"]: row["review"] for row in said("relevance").codes.to_pylist()}
    assert waiting == {"relevance": True, "actor": True, "mechanism": True, "right": False}


def test_what_the_coder_learned_from_is_told() -> None:
    assert said(learned_from=True).passages["learned_from"].to_pylist() == [True]
