from __future__ import annotations

import numpy as np
import pytest
import torch

from models.coder import CueCoder
from models.judgement import KINDS
from models.labels import LabelledPassage
from models.scoring import Layout
from models.weighing import evidence_of, judge
from tests.models.tiny_codebook import CountingEncoder, tiny_codebook
from tests.models.tiny_transformer import row

pytestmark = pytest.mark.training

BOOK = tiny_codebook()
LAYOUT = Layout.of(BOOK)
HEAD = KINDS.index("head")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def corpus(count: int = 120) -> tuple[list[LabelledPassage], np.ndarray]:
    """Passages, half of them of banks, and evidence in which the heads are mostly right."""
    chance = np.random.default_rng(1)
    rows, table = [], np.zeros((count, LAYOUT.width, len(KINDS)))
    table[..., HEAD] = chance.normal(-2, 1, size=table.shape[:2])
    for number in range(count):
        actor, mode = ("bank", "passive") if number % 2 else ("corporation", "active")
        rows.append(row(f"p{number}", f"text {number}", relevance="influence", actor=actor, mode=mode))
        for facet, code in (("relevance", "influence"), ("actor", actor), ("mode", mode)):
            table[number, LAYOUT[facet].start + LAYOUT[facet].codes.index(code), HEAD] += 2.5
    return rows, table


def test_evidence_of_rows_is_that_of_their_passages() -> None:
    rows = [row("a", "The bank lobbied."), row("b", "Nothing.")]
    scores = np.zeros((2, LAYOUT.width), np.float32)
    scores[1, 0] = 5
    cues, encoder = CueCoder(BOOK, CountingEncoder()), CountingEncoder()
    table = evidence_of(rows, scores, cues, encoder.encode([each.passage.text for each in rows]), LAYOUT)
    assert table.shape == (2, LAYOUT.width, len(KINDS))
    bank = LAYOUT["actor"].start + LAYOUT["actor"].codes.index("bank")
    assert table[:, bank, KINDS.index("strong cue")].tolist() == [1, 0]
    assert table[1, 0, HEAD] > table[0, 0, HEAD]
    alone = evidence_of(rows[1:], scores[1:], cues, encoder.encode(["Nothing."]), LAYOUT)
    np.testing.assert_allclose(table[1], alone[0], atol=1e-6)


def test_every_facet_that_was_asked_gets_weights_that_fit_the_heads() -> None:
    rows, table = corpus()
    weights = judge(rows, table, LAYOUT, BOOK)
    assert list(weights) == ["relevance", "actor", "mode"]
    for facet in (LAYOUT[name] for name in weights):
        fitted = weights[facet.facet]
        assert len(fitted.weights) == len(KINDS)
        assert len(fitted.levels) == len(facet.codes)
        assert len(fitted.tilt) in (0, len(facet.codes))
    assert weights["actor"].weights[HEAD] > 0.5
    assert 0 < weights["actor"].take < 1
    assert weights["relevance"].tilt == ()
    assert len(weights["mode"].tilt) == len(LAYOUT["mode"].codes)


def test_a_facet_that_nobody_was_asked_has_no_weights() -> None:
    rows, table = corpus()
    assert set(judge(rows, table, LAYOUT, BOOK)) == {"relevance", "actor", "mode"}
    # Of influence alone is as good as not asked where there is none.
    strange = [row(f"s{number}", "text", relevance="off_topic", direction="both") for number in range(len(table))]
    assert set(judge(strange, table, LAYOUT, BOOK)) == {"relevance"}


def test_a_facet_for_influence_alone_is_fitted_on_influence_alone() -> None:
    rows, table = corpus()
    strange = [row(f"s{number}", "text", relevance="off_topic", actor="ifi", mode="both") for number in range(60)]
    together = np.concatenate([table, np.zeros((60, *table.shape[1:]))])
    both, one = judge([*rows, *strange], together, LAYOUT, BOOK), judge(rows, table, LAYOUT, BOOK)
    assert both["actor"] == one["actor"]
    assert both["mode"] == one["mode"]
    assert both["relevance"] != one["relevance"]
    # Where relevance was not asked, a facet that was is taken at its word.
    unasked = [LabelledPassage(each.id, each.passage, {"actor": each.values["actor"]}) for each in strange]
    assert judge([*rows, *unasked], together, LAYOUT, BOOK)["actor"] != one["actor"]


def test_the_wanted_precision_decides_what_counts() -> None:
    rows, table = corpus()
    strict, lax = judge(rows, table, LAYOUT, BOOK, precision=0.99), judge(rows, table, LAYOUT, BOOK, precision=0.1)
    assert strict["actor"].settle > lax["actor"].settle
    assert strict["actor"].take == lax["actor"].take


def test_a_kind_can_be_left_out_of_every_facet() -> None:
    rows, table = corpus()
    weights = judge(rows, table, LAYOUT, BOOK, without=("head",))
    assert {fitted.weights[HEAD] for fitted in weights.values()} == {0.0}
