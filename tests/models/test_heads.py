from __future__ import annotations

import math

import pytest
import torch

from models.coding import Passage
from models.heads import Heads, loss, targets
from models.labels import LabelledPassage
from models.scoring import FacetLayout, Layout
from tests.models.tiny_codebook import tiny_codebook

pytestmark = pytest.mark.training

ONE = FacetLayout("mode", True, ("active", "passive", "unclear"), 0)
MANY = FacetLayout("actor", False, ("bank", "ifi"), 3)
LAYOUT = Layout((ONE, MANY))


def row(asked: dict[str, tuple[str, ...]] | None = None, **values: tuple[str, ...]) -> LabelledPassage:
    return LabelledPassage("a", Passage("A text.", "en"), values, asked=asked or {})


def test_a_layout_has_the_codes_of_a_codebook_in_a_row() -> None:
    book = tiny_codebook()
    layout = Layout.of(book)
    assert list(layout.codes()) == [(facet.id, code.id) for facet in book.facets for code in facet.codes]
    assert layout.width == sum(len(facet.codes) for facet in book.facets)
    assert [facet.start for facet in layout.facets[1:]] == [facet.end for facet in layout.facets[:-1]]
    assert layout["mode"].one
    assert not layout["actor"].one
    assert "mode" in layout
    assert "colour" not in layout
    with pytest.raises(KeyError):
        layout["colour"]


def test_a_facet_that_was_not_asked_is_asked_of_no_code() -> None:
    held, asked = targets([row(actor=("ifi",)), row(mode=("active",), actor=())], LAYOUT)
    assert held.tolist() == [[0, 0, 0, 0, 1], [1, 0, 0, 0, 0]]
    assert asked.tolist() == [[0, 0, 0, 1, 1], [1, 1, 1, 1, 1]]


def test_a_single_value_that_is_empty_was_not_asked() -> None:
    held, asked = targets([row(mode=(), actor=("bank",))], LAYOUT)
    assert asked.tolist() == [[0, 0, 0, 1, 1]]
    assert held.tolist() == [[0, 0, 0, 1, 0]]


def test_of_a_facet_asked_in_part_only_that_part_is_asked() -> None:
    held, asked = targets([row({"actor": ("ifi",)}, actor=())], LAYOUT)
    assert asked.tolist() == [[0, 0, 0, 0, 1]]
    assert not held.any()


def test_no_rows_give_empty_tables() -> None:
    held, asked = targets([], LAYOUT)
    assert held.shape == asked.shape == (0, 5)


def test_the_loss_is_what_can_be_computed_by_hand() -> None:
    held, asked = targets([row(actor=("bank",))], LAYOUT)
    scores = torch.tensor([[9.0, -9.0, 0.0, 0.0, math.log(3)]])
    # half of (-log 1/2) + (-log 1/4), whatever is said of the mode, which was not asked
    assert loss(scores, held, asked, LAYOUT).item() == pytest.approx(0.5 * (math.log(2) + math.log(4)))


def test_the_loss_of_a_single_value_is_cross_entropy_smoothed_a_little() -> None:
    held, asked = targets([row(mode=("active",))], LAYOUT)
    scores = torch.zeros(1, 5)
    assert loss(scores, held, asked, LAYOUT).item() == pytest.approx(2 * math.log(3))
    better, worse = torch.zeros(1, 5), torch.zeros(1, 5)
    better[0, 0], worse[0, 1] = 3.0, 3.0
    assert loss(better, held, asked, LAYOUT) < loss(scores, held, asked, LAYOUT) < loss(worse, held, asked, LAYOUT)


def test_codes_that_were_not_asked_have_no_part_in_the_loss() -> None:
    held, asked = targets([row({"actor": ("bank",)}, actor=("bank",)), row()], LAYOUT)
    scores = torch.zeros(2, 5, requires_grad=True)
    found = loss(scores, held, asked, LAYOUT)
    found.backward()
    assert found.item() == pytest.approx(0.5 * math.log(2) / 2), "the mean over both passages, of which one was asked nothing"
    assert scores.grad is not None
    assert scores.grad.nonzero().tolist() == [[0, 3]]


def test_a_score_is_the_sum_of_the_shares_of_the_tokens_and_padding_has_none() -> None:
    torch.manual_seed(1)
    heads = Heads(3, 8)
    with torch.no_grad():
        heads.look.normal_()
        heads.bias.copy_(torch.tensor([1.0, 2.0, 3.0]))
    states, mask = torch.randn(2, 4, 8), torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0]])
    shares = heads.shares(states, mask)
    assert shares.shape == (2, 3, 4)
    torch.testing.assert_close(heads(states, mask), shares.sum(-1) + heads.bias)
    assert not shares[1, :, 2:].any()
    alone = heads(states[1:, :2], torch.ones(1, 2))
    torch.testing.assert_close(heads(states, mask)[1:], alone)


def test_a_head_looks_where_it_learned_to_look() -> None:
    heads = Heads(1, 2)
    with torch.no_grad():
        heads.look.copy_(torch.tensor([[20.0, 0.0]]))
        heads.weigh.copy_(torch.tensor([[0.0, 1.0]]))
    states = torch.tensor([[[1.0, 0.4], [0.0, 9.0]]])
    shares = heads.shares(states, torch.ones(1, 2))[0, 0]
    assert shares[0].item() == pytest.approx(1.0, abs=1e-3), "two and a half times 0.4: the second token is not looked at"
    assert shares[1].item() == pytest.approx(0.0, abs=1e-3)
