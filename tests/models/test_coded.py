from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.coded import code
from models.coding import Claim, Code, Coding, Passage, Span
from models.tables import CLAIMS, CODABLE, CODES, REJECTS
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
    assert coded.rejected.schema == REJECTS
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
    assert set(coded.rejected["stage"].to_pylist()) == {"code"}


def test_no_passages_make_empty_tables() -> None:
    coded = code(CODABLE.empty_table(), Echo(), tiny_codebook())
    assert (coded.codes, coded.claims) == (CODES.empty_table(), CLAIMS.empty_table())


def test_passages_without_any_vector_are_all_rejected() -> None:
    coded = code(table(("influence", 0, [])), Echo(), tiny_codebook())
    assert (coded.codes.num_rows, coded.rejected.num_rows) == (0, 1)
